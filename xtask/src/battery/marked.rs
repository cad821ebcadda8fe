//! A text whose characters know what they are, so that every reading of it keeps track of the value.

use std::ops::Range;

/// What a character is for, the weightiest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// The text around.
    Around,
    /// What stands between label and value.
    Between,
    Label,
    /// Of the value, but it says nothing alone: blanks, and signs at its ends.
    Edge,
    /// Of the value: it must not leave.
    Tells,
}

/// Which stretch of a text a reading is applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Value,
    Label,
    /// Label and value, each for itself.
    Each,
    /// From the label to the value's end, as one.
    Line,
    /// The whole text.
    All,
}

impl Scope {
    pub(super) const EVERY: &'static [Self] = &[Self::Value, Self::Label, Self::Each, Self::Line, Self::All];
    /// Those that hold the value, and no label for itself.
    pub(super) const WITH_VALUE: &'static [Self] = &[Self::Value, Self::Line, Self::All];
    /// Those that hold a word and nothing else.
    pub(super) const EVERY_WORD: &'static [Self] = &[Self::Value, Self::Label, Self::Each];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Label => "label",
            Self::Each => "label, value",
            Self::Line => "label with value",
            Self::All => "whole text",
        }
    }
}

/// Characters and their roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marked(Vec<(char, Role)>);

impl Marked {
    pub(super) fn of(text: &str, role: Role) -> Self {
        Self::default().with(text, role)
    }

    /// A private value.
    pub(super) fn value(text: &str) -> Self {
        let is_sign = |c: char| !c.is_alphanumeric();
        let start = text.len() - text.trim_start_matches(is_sign).len();
        let end = text.trim_end_matches(is_sign).len();
        let role = |(at, c): (usize, char)| {
            let tells = (start..end).contains(&at) && !c.is_whitespace();
            (c, if tells { Role::Tells } else { Role::Edge })
        };
        Self(text.char_indices().map(role).collect())
    }

    pub(super) fn with(mut self, text: &str, role: Role) -> Self {
        self.0.extend(text.chars().map(|c| (c, role)));
        self
    }

    pub(super) fn around(self, text: &str) -> Self {
        self.with(text, Role::Around)
    }

    pub(super) fn then(mut self, other: &Self) -> Self {
        self.0.extend_from_slice(&other.0);
        self
    }

    pub(super) fn chars(&self) -> &[(char, Role)] {
        &self.0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        Self(self.0[range].to_vec())
    }

    pub(super) fn text(&self) -> String {
        self.0.iter().map(|(c, _)| c).collect()
    }

    /// How many line ends are in it.
    pub(super) fn lines(&self) -> usize {
        self.0.iter().filter(|(c, _)| *c == '\n').count()
    }

    /// The weightiest role in it.
    pub(super) fn weight(&self) -> Role {
        let roles = self.0.iter().map(|(_, role)| *role);
        roles.max().unwrap_or(Role::Around)
    }

    /// The bytes of its text and their roles.
    pub(super) fn bytes(&self) -> Vec<(u8, Role)> {
        let mut bytes = Vec::new();
        for (c, role) in &self.0 {
            bytes.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|byte| (byte, *role)));
        }
        bytes
    }

    /// Where the text holds what must not leave, in bytes.
    pub(super) fn telling(&self) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        for (c, role) in &self.0 {
            let end = at + c.len_utf8();
            if *role == Role::Tells {
                match ranges.last_mut() {
                    Some(last) if last.end == at => last.end = end,
                    _ => ranges.push(at..end),
                }
            }
            at = end;
        }
        ranges
    }

    /// Every character replaced by what `change` makes of it; it keeps its role.
    pub(super) fn each(&self, change: impl Fn(char) -> Option<String>) -> Self {
        let mut changed = Self::default();
        for (c, role) in &self.0 {
            match change(*c) {
                Some(text) => changed = changed.with(&text, *role),
                None => changed.0.push((*c, *role)),
            }
        }
        changed
    }

    /// The stretches of `scope` replaced by what `change` makes of each; nothing where it makes nothing of one, or
    /// where the scope is none of this text's own.
    pub(super) fn at(&self, scope: Scope, change: impl Fn(&Self) -> Option<Self>) -> Option<Self> {
        let mut changed = Self::default();
        let mut end = 0;
        for stretch in self.stretches(scope)? {
            changed = changed.then(&self.slice(end..stretch.start));
            changed = changed.then(&change(&self.slice(stretch.clone()))?);
            end = stretch.end;
        }
        let changed = changed.then(&self.slice(end..self.len()));
        (changed != *self).then_some(changed)
    }

    /// The stretches that a scope means; nothing where another scope means the same ones.
    pub(super) fn stretches(&self, scope: Scope) -> Option<Vec<Range<usize>>> {
        let has_label = self.0.iter().any(|(_, role)| *role == Role::Label);
        let in_line = |role: Role| role >= Role::Label;
        match scope {
            Scope::Value => Some(self.stretches_of(|role| role >= Role::Edge)),
            Scope::Label => has_label.then(|| self.stretches_of(|role| role == Role::Label)),
            Scope::Each => has_label.then(|| {
                let mut both = self.stretches_of(|role| role == Role::Label);
                both.extend(self.stretches_of(|role| role >= Role::Edge));
                both.sort_by_key(|stretch| stretch.start);
                both
            }),
            Scope::Line => {
                let start = self.0.iter().position(|(_, role)| in_line(*role))?;
                let end = self.0.iter().rposition(|(_, role)| in_line(*role))? + 1;
                has_label.then(|| std::iter::once(start..end).collect())
            }
            Scope::All => Some(std::iter::once(0..self.len()).collect()),
        }
    }

    fn stretches_of(&self, wanted: impl Fn(Role) -> bool) -> Vec<Range<usize>> {
        let mut stretches: Vec<Range<usize>> = Vec::new();
        for (at, _) in self.0.iter().enumerate().filter(|(_, (_, role))| wanted(*role)) {
            match stretches.last_mut() {
                Some(last) if last.end == at => last.end = at + 1,
                _ => stretches.push(at..at + 1),
            }
        }
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Marked {
        Marked::of("Tel", Role::Label)
            .with(": ", Role::Between)
            .then(&Marked::value("(212) 55"))
            .around(".")
    }

    #[test]
    fn the_ends_of_a_value_and_its_blanks_do_not_tell() {
        assert_eq!(line().telling(), [6..10, 11..13]);
    }

    #[test]
    fn each_scope_has_its_own_stretch() {
        let up = |scope| line().at(scope, |run| Some(Marked::of("#", run.weight())));
        let text = |scope| up(scope).map(|marked| marked.text());
        assert_eq!(text(Scope::Value).as_deref(), Some("Tel: #."));
        assert_eq!(text(Scope::Label).as_deref(), Some("#: (212) 55."));
        assert_eq!(text(Scope::Each).as_deref(), Some("#: #."));
        assert_eq!(text(Scope::Line).as_deref(), Some("#."));
        assert_eq!(text(Scope::All).as_deref(), Some("#"));
    }
}
