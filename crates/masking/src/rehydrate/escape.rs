//! How a restored value is written where it stands: JSON escapes (RFC 8259, section 7).

use std::fmt::Write;

use zeroize::Zeroizing;

/// Appends `value`, JSON-escaped `times` times.
pub(super) fn write(value: &str, times: usize, out: &mut String) {
    match times {
        0 => out.push_str(value),
        1 => json(value, out),
        _ => {
            let mut inner = Zeroizing::new(String::with_capacity(2 * value.len()));
            json(value, &mut inner);
            write(&inner, times - 1, out);
        }
    }
}

fn json(value: &str, out: &mut String) {
    let mut plain = 0;
    for (at, byte) in value.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&value[plain..at]);
        plain = at + 1;
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            control => write!(out, "\\u{control:04x}").expect("writing to a string does not fail"),
        }
    }
    out.push_str(&value[plain..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_read_back() {
        let value = "a\"b\\c\n\r\t\u{0}\u{1f}\u{7f}é\u{2028}😀";
        for times in 1..4 {
            let mut text = String::new();
            write(value, times, &mut text);
            for _ in 0..times {
                text = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            }
            assert_eq!(text, value);
        }
    }
}
