//! A panic hook that tells where a panic happened and never what it says.

use std::panic;

/// Replaces the process' panic hook.
///
/// Panic messages can quote text (slicing a `str` off a character boundary prints the string), so only the
/// source location is logged.
pub fn install_panic_hook() {
    panic::set_hook(Box::new(|info| {
        let (file, line) = info
            .location()
            .map_or(("unknown", 0), |location| (location.file(), location.line()));
        tracing::error!(
            code.file = file,
            code.line = line,
            "a task panicked; its message is withheld"
        );
    }));
}
