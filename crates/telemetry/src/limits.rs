//! What the system allows a process.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Has the system allow as many open files as it does.
pub fn raise_open_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    if setrlimit(Resource::Nofile, most).is_err() {
        tracing::debug!("the limit on open files could not be raised");
    }
}
