//! Comparing texts without regard to case and to how much white space parts their words.

/// Hashes folded characters one by one. Its seed is random: nobody can choose values or texts that meet in one hash.
#[derive(Clone, Copy)]
pub(super) struct Hash {
    state: u64,
    seed: u64,
}

impl Hash {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: seed, seed }
    }

    pub(super) fn add(&mut self, char: char) {
        let product = u128::from(self.state ^ u64::from(char)) * u128::from(self.seed | 1);
        self.state = (product >> 64) as u64 ^ product as u64;
    }

    pub(super) const fn value(self) -> u64 {
        self.state
    }
}

/// The folded form: lower case, single blanks, no accent or width folded that the canonical form keeps.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.is_ascii() {
            let from = folded.len();
            folded.push_str(word);
            folded[from..].make_ascii_lowercase();
            continue;
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// The folded characters of a text.
pub(super) fn chars(text: &str) -> impl Iterator<Item = char> {
    Folded::new(text).map(|(char, _)| char)
}

/// How many bytes of `text` say the folded `wanted`. Of a long value as much as there is counts.
pub(super) fn matched(wanted: &str, text: &str, is_long: bool) -> Option<usize> {
    let mut read = Folded::new(text);
    let mut bytes = 0;
    for wanted in wanted.chars() {
        match read.next() {
            Some((char, end)) if char == wanted => bytes = end,
            _ if is_long => return Some(bytes),
            _ => return None,
        }
    }
    Some(bytes)
}

/// How many bytes at the end of `text` say the folded `wanted`.
pub(super) fn extend_back(wanted: &str, text: &str, is_long: bool) -> Option<usize> {
    let mut chars = text.char_indices().rev().peekable();
    let mut start = text.len();
    for wanted in wanted.chars().rev() {
        let Some((at, char)) = chars.next() else {
            return is_long.then_some(text.len() - start);
        };
        let is_it = if wanted == ' ' {
            char.is_whitespace()
        } else {
            char.to_lowercase().eq([wanted])
        };
        if !is_it {
            return is_long.then_some(text.len() - start);
        }
        start = at;
        while wanted == ' '
            && let Some((at, _)) = chars.next_if(|(_, char)| char.is_whitespace())
        {
            start = at;
        }
    }
    Some(text.len() - start)
}

/// A text's folded characters, each with the byte behind it.
struct Folded<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Folded<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl Iterator for Folded<'_> {
    type Item = (char, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let byte = *bytes.get(self.at)?;
        if byte.is_ascii_graphic() {
            self.at += 1;
            return Some((char::from(byte.to_ascii_lowercase()), self.at));
        }
        let mut chars = self.text[self.at..].chars();
        let char = chars.next()?;
        self.at += char.len_utf8();
        if !char.is_whitespace() {
            // What unfolds to several letters is compared by the first.
            return Some((char.to_lowercase().next().unwrap_or(char), self.at));
        }
        let blanks = chars.take_while(|char| char.is_whitespace());
        self.at += blanks.map(char::len_utf8).sum::<usize>();
        Some((' ', self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_blanks_do_not_count() {
        assert_eq!(folded(" Zorvath \n\tQUELLINGER"), "zorvath quellinger");
        assert_eq!(matched("zorvath quell", "Zorvath\n  Quellinger", false), Some(15));
        assert_eq!(matched("müller", "MÜLLER", false), Some(7));
        assert_eq!(chars("MÜLLER\n  x").collect::<String>(), "müller x");
        assert_eq!(extend_back("jo ", "x Jo \n", false), Some(4));
        assert_eq!(extend_back("jo ", "x Je ", false), None);
        assert_eq!(extend_back("abcdef", "x def", true), Some(3));
    }
}
