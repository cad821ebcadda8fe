//! Go's regular expressions in the `regex` crate's syntax: both are RE2's, with differences in what a class may hold, in
//! what a lone brace is, and in Go's ASCII-only `\w`, `\d`, `\s` and `\b`.
//!
//! Source: the syntax page of Go's `regexp/syntax` package.

use std::fmt::Write as _;

/// The same expression for the `regex` crate. What is malformed stays so.
pub(super) fn translate(go: &str) -> String {
    let mut out = String::with_capacity(go.len() + 16);
    let mut rest = go;
    let mut in_class = false;
    while let Some(first) = rest.chars().next() {
        let used = match first {
            '\\' => escape(rest, in_class, &mut out),
            _ if in_class => inside_class(rest, first, &mut in_class, &mut out),
            '[' => {
                in_class = true;
                open_class(rest, &mut out)
            }
            '{' if !is_repetition(rest) => {
                out.push_str(r"\{");
                1
            }
            _ => {
                out.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[used..];
    }
    out
}

/// `[`, `[^`, and a `]` directly behind, which is an ordinary character there.
fn open_class(rest: &str, out: &mut String) -> usize {
    let open = if rest.starts_with("[^") { "[^" } else { "[" };
    out.push_str(open);
    if rest[open.len()..].starts_with(']') {
        out.push_str(r"\]");
        return open.len() + 1;
    }
    open.len()
}

/// Go knows no classes in classes and no set operations.
fn inside_class(rest: &str, first: char, in_class: &mut bool, out: &mut String) -> usize {
    match first {
        ']' => *in_class = false,
        '[' if rest.starts_with("[:") => {
            if let Some(end) = rest.find(":]") {
                out.push_str(&rest[..end + 2]);
                return end + 2;
            }
            out.push('\\');
        }
        '-' if rest.starts_with("--") => {
            out.push_str(r"-\-");
            return 2;
        }
        '[' | '&' | '~' => out.push('\\'),
        _ => {}
    }
    out.push(first);
    first.len_utf8()
}

fn escape(rest: &str, in_class: bool, out: &mut String) -> usize {
    let Some(kind) = rest[1..].chars().next() else {
        out.push('\\');
        return 1;
    };
    let class = match kind {
        'w' => "[:word:]",
        'W' => "[:^word:]",
        'd' => "[:digit:]",
        'D' => "[:^digit:]",
        's' => "[:space:]",
        'S' => "[:^space:]",
        'b' if !in_class => {
            out.push_str(r"(?-u:\b)");
            return 2;
        }
        'Q' if !in_class => {
            let quoted = &rest[2..];
            let text = quoted.split_once(r"\E").map_or(quoted, |(text, _)| text);
            out.push_str(&regex::escape(text));
            return rest.len().min(2 + text.len() + 2);
        }
        // The crate reads these as borders of words.
        '<' | '>' => {
            out.push(kind);
            return 2;
        }
        'x' | 'p' | 'P' if rest[2..].starts_with('{') => {
            let end = rest.find('}').map_or(rest.len(), |end| end + 1);
            out.push_str(&rest[..end]);
            return end;
        }
        _ => {
            out.push('\\');
            out.push(kind);
            return 1 + kind.len_utf8();
        }
    };
    // Writing to a String cannot fail.
    let _ = if in_class {
        out.write_str(class)
    } else {
        write!(out, "[{class}]")
    };
    2
}

/// `{2}`, `{2,}` or `{2,5}`; any other brace is an ordinary character.
fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest[1..].split_once('}') else {
        return false;
    };
    let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    !low.is_empty() && digits(low) && digits(high)
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn matches(go: &str, text: &str) -> bool {
        Regex::new(&translate(go)).unwrap().is_match(text)
    }

    #[test]
    fn classes_of_characters_are_ascii() {
        assert!(matches(r"^\w\d\s$", "a1 ") && !matches(r"^\w$", "é") && !matches(r"^\d$", "٣"));
        assert!(matches(r"^[\w.-]+$", "a.b-c_1") && matches(r"^[^\s]$", "x") && matches(r"^[\w-.]+$", "a-."));
        assert!(matches(r"^\W\D\S$", "éxx") && matches(r"^[\W\d]+$", "é1"));
        assert!(matches(r"\bkey\b", "密key=") && matches("^[[:alpha:]]$", "x"));
    }

    #[test]
    fn a_class_holds_ordinary_characters() {
        assert!(matches(r"^[[{a]+$", "[{a") && matches("^[]a]+$", "]a") && matches("^[^]a]$", "b"));
        assert!(matches("^[a&&b]+$", "a&b") && matches("^[a~~b]+$", "~") && matches("^[!--]+$", "!-,"));
        assert!(matches(r"^[\]]$", "]"));
    }

    #[test]
    fn lone_braces_are_ordinary() {
        assert!(matches("^{{[a-z]+}}$", "{{name}}") && matches(r"^\${(?:[a-z]+)}$", "${name}"));
        assert!(
            matches("^a{2}b{1,}c{0,3}$", "aabcc") && matches("^x{a}$", "x{a}") && matches("^{,3}$", "{,3}")
        );
    }

    #[test]
    fn escapes_mean_themselves() {
        assert!(matches(r"^\<\>\_\/\=$", "<>_/=") && matches(r"^\x{41}\x42\p{Greek}$", "ABα"));
        assert!(matches(r"^\Qa.b[\E.$", "a.b[x") && !matches(r"^\Qa.b\E$", "axb") && matches(r"^\Q(", "("));
        assert!(matches(r"^[\<\x{41}]+$", "<A"));
    }

    #[test]
    fn what_is_malformed_stays_so() {
        for malformed in ["(", "[", "\\", r"\C", r"\x{", "[[:"] {
            assert!(Regex::new(&translate(malformed)).is_err(), "{malformed}");
        }
    }
}
