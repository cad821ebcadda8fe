//! Names with `*` and `?`.

/// `*` stands for any run, `?` for one byte; linear in the product of both lengths at worst.
pub(crate) fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&b) if b == b'?' || b == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// A list of names in any case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Globs(Vec<String>);

impl Globs {
    pub(crate) fn new(patterns: &[String]) -> Self {
        Self(patterns.iter().map(|pattern| pattern.to_lowercase()).collect())
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.0
            .iter()
            .any(|pattern| matches(pattern.as_bytes(), name.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_in_any_case() {
        let globs = Globs::new(&["*Gemma*".to_owned(), "o1-mini*".to_owned()]);
        for name in ["google/GEMMA-3-27b-it", "gemma", "O1-mini-2024-09-12"] {
            assert!(globs.matches(name), "{name}");
        }
        for name in ["", "gpt-5", "openai/o1-mini"] {
            assert!(!globs.matches(name), "{name}");
        }
        assert!(!Globs::default().matches(""));
    }
}
