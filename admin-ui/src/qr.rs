//! A QR code as an SVG path, drawn here: the secret of a second factor goes nowhere else.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// How many modules a side has with its quiet zone, and the path of the dark ones.
#[must_use]
pub fn code(text: &str) -> Option<(i32, String)> {
    const QUIET: i32 = 4;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Some((code.size() + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_becomes_a_path() {
        let (side, path) = code("otpauth://totp/Bauta:ada?secret=JBSWY3DPEHPK3PXP&issuer=Bauta").unwrap();
        assert_eq!(side % 4, 1);
        // The corner of the first finder pattern.
        assert!(path.starts_with("M4 4h1v1h-1z"));
        assert_eq!(code(&"x".repeat(5000)), None);
    }
}
