//! The numbers of a surface whose events count themselves: what is inserted moves those behind it.

/// How far a stream has counted.
#[derive(Default)]
pub(crate) struct Sequence {
    /// Events inserted so far.
    shift: u64,
    /// The number of the next event that goes out, once one was seen.
    next: Option<u64>,
    /// The number of the event in work.
    current: Option<u64>,
    /// The caller has had the events up to this one.
    pub(crate) had: Option<u64>,
}

impl Sequence {
    /// An event comes.
    pub(crate) fn begin(&mut self) {
        self.current = None;
    }

    /// It carries its own number `value`: what is inserted from here on comes before it.
    pub(crate) fn numbered(&mut self, value: u64) {
        self.next = Some(value.saturating_add(self.shift));
    }

    /// It takes its number, which is told where it is another than the upstream's.
    pub(crate) fn pass(&mut self) -> Option<u64> {
        let number = self.next?;
        self.current = Some(number);
        self.next = Some(number.saturating_add(1));
        Some(number).filter(|_| self.shift > 0)
    }

    /// Takes the number for an inserted event.
    pub(crate) fn insert(&mut self) -> Option<u64> {
        let number = self.next?;
        self.shift += 1;
        self.next = Some(number.saturating_add(1));
        Some(number)
    }

    /// Whether the caller has had the event in work.
    pub(crate) fn is_had(&self) -> bool {
        self.was_had(self.current)
    }

    pub(crate) fn was_had(&self, number: Option<u64>) -> bool {
        number.zip(self.had).is_some_and(|(number, had)| number <= had)
    }
}
