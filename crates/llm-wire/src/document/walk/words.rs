//! Arrays that hold the words of a command: `["mysql", "-uroot", "--password", "..."]`.

/// The leaves of the words that say something about the ones behind them.
#[derive(Clone, Copy, Default)]
pub(super) struct Words {
    command: Option<usize>,
    option: Option<usize>,
    any: bool,
}

impl Words {
    /// The next element became the leaf with this index and text, or none. Answers which leaf says what it is: a long
    /// option, its value; the command, a short option with its value.
    pub(super) fn see(&mut self, leaf: Option<(usize, &str)>) -> Option<usize> {
        let is_first = !std::mem::replace(&mut self.any, true);
        let Some((leaf, text)) = leaf else {
            self.option = None;
            return None;
        };
        let is_option = text.starts_with('-') && !text.contains(char::is_whitespace);
        let is_long = is_option && text.starts_with("--") && !text.contains('=');
        let named = std::mem::replace(&mut self.option, is_long.then_some(leaf));
        if is_first && !is_option && !text.contains(char::is_whitespace) {
            self.command = Some(leaf);
        }
        if is_option {
            self.command.filter(|_| text.len() > 2 && !text.starts_with("--"))
        } else {
            named
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_name_their_values() {
        let mut words = Words::default();
        let seen: Vec<Option<usize>> = ["mysql", "-u", "-phunter2", "--password", "hunter2", "crm"]
            .into_iter()
            .enumerate()
            .map(|(leaf, text)| words.see(Some((leaf, text))))
            .collect();
        assert_eq!(seen, [None, None, Some(0), None, Some(3), None]);
    }

    #[test]
    fn other_lists_name_nothing() {
        let mut words = Words::default();
        for text in ["- a point", "--flag=x", "y", "two words", "-x1"] {
            assert_eq!(words.see(Some((7, text))), None, "{text}");
        }
        let mut words = Words::default();
        assert_eq!(words.see(Some((0, "--password"))), None);
        assert_eq!(words.see(None), None);
        assert_eq!(words.see(Some((3, "x"))), None);
    }
}
