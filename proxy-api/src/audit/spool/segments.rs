//! The segments of a spool: which one is appended to, what makes room, what is done with.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::directory::{Directory, SpoolError};
use super::segment::{Segment, Source};
use super::{Cursor, Depth, Rules};
use crate::config::WhenFull;

/// Segments are an eighth of the spool: dropping the oldest does not drop much.
const SHARE: u64 = 8;
const LARGEST: u64 = 4 << 20;
const SMALLEST: u64 = 1 << 10;
/// A disk that took nothing is asked again after so long.
const RETRY: Duration = Duration::from_secs(1);

/// Where segments have their files.
enum Home {
    /// Nowhere: there is no directory, or this process uses it no more.
    Memory,
    Directory(Directory),
    /// The directory was there, and is deleted, replaced, or somebody else's now.
    Lost,
}

/// What was found to be otherwise than it was left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mended {
    pub(super) segments: u64,
    /// Events in them that nobody can read any more.
    pub(super) lost: u64,
}

pub(super) struct Segments {
    rules: Rules,
    home: Home,
    /// By id, the oldest first; only the last one is not sealed.
    all: VecDeque<Segment>,
    next_id: u64,
    acknowledged: Cursor,
    depth: Depth,
    in_memory: u64,
    /// The disk took nothing, the last time at this moment.
    failed: Option<Instant>,
    /// Some events are in files without a name: they would end with this process.
    nameless: bool,
    /// Events that were found damaged, and that nobody was told of yet.
    damaged: u64,
    unsynced: Vec<Arc<File>>,
}

impl Segments {
    pub(super) fn open(rules: Rules) -> Result<Self, SpoolError> {
        let directory = rules.directory.as_deref().map(Directory::open).transpose()?;
        let found = match &directory {
            Some(directory) => directory.segments()?,
            None => Vec::new(),
        };
        let mut segments = Self {
            rules,
            home: directory.map_or(Home::Memory, Home::Directory),
            all: VecDeque::new(),
            next_id: found.last().map_or(0, |last| last.id + 1),
            acknowledged: Cursor::default(),
            depth: Depth::default(),
            in_memory: 0,
            failed: None,
            nameless: false,
            damaged: 0,
            unsynced: Vec::new(),
        };
        for segment in found {
            segments.depth.events += segment.records;
            segments.depth.bytes += segment.length();
            segments.all.push_back(segment);
        }
        Ok(segments)
    }

    pub(super) fn depth(&self) -> Depth {
        self.depth
    }

    pub(super) fn acknowledged(&self) -> Cursor {
        self.acknowledged
    }

    /// Whether turns that end now may find no room for their events.
    pub(super) fn is_full(&self) -> bool {
        // Those that run already still need some.
        let reserve = self.segment_bytes();
        let memory = self.in_memory >= self.rules.queue - self.rules.queue / SHARE;
        self.depth.bytes + reserve > self.rules.bytes || memory || self.failed.is_some()
    }

    fn segment_bytes(&self) -> u64 {
        (self.rules.bytes / SHARE).clamp(SMALLEST, LARGEST)
    }

    /// Appends a record; tells how many events were lost for it.
    pub(super) fn append(&mut self, record: &[u8]) -> u64 {
        let mut dropped = 0;
        if self.rules.when_full == WhenFull::DropOldest {
            while self.depth.bytes + record.len() as u64 > self.rules.bytes && !self.all.is_empty() {
                dropped += self.drop_at(0);
            }
        }
        let on_disk = matches!(self.home, Home::Directory(_))
            && self.failed.is_none_or(|since| since.elapsed() >= RETRY);
        if on_disk {
            match self.write(record) {
                Ok(()) => {
                    self.recovered();
                    return dropped;
                }
                Err(error) => self.fail(error.kind()),
            }
        }
        dropped + self.remember(record)
    }

    fn fail(&mut self, kind: io::ErrorKind) {
        if self.failed.replace(Instant::now()).is_none() {
            tracing::error!(
                error.kind = %kind,
                "the audit spool takes no more events: they wait in memory"
            );
        }
    }

    /// Appends on disk.
    fn write(&mut self, record: &[u8]) -> io::Result<()> {
        let most = self.segment_bytes();
        let has_room = |last: &Segment| {
            !last.sealed
                && !last.is_in_memory()
                && last.length() + record.len() as u64 <= most
                && last.is_as_written()
        };
        let goes_on = self.all.back().is_some_and(has_room);
        if goes_on && self.write_last(record).is_ok() {
            return Ok(());
        }
        // A new file may be taken where a longer one is not.
        self.begin()?;
        self.write_last(record)
    }

    fn begin(&mut self) -> io::Result<()> {
        self.seal();
        let Home::Directory(directory) = &self.home else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let segment = directory.create(self.next_id)?;
        self.unsynced.extend(directory.handle().map(Arc::new));
        self.push(segment);
        Ok(())
    }

    fn write_last(&mut self, record: &[u8]) -> io::Result<()> {
        let Some(last) = self.all.back_mut() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        if let Err(error) = last.append(record) {
            // Else each attempt would leave an empty file.
            if last.records == 0 {
                self.drop_at(self.all.len() - 1);
            }
            return Err(error);
        }
        if let Some(file) = last.file()
            && !self.unsynced.iter().any(|known| Arc::ptr_eq(known, file))
        {
            self.unsynced.push(Arc::clone(file));
        }
        self.added(record);
        Ok(())
    }

    /// Appends in memory.
    fn remember(&mut self, record: &[u8]) -> u64 {
        let mut dropped = 0;
        while self.in_memory >= self.rules.queue {
            if self.rules.when_full == WhenFull::RefuseRequests {
                return 1;
            }
            dropped += self.drop_at(0);
            // That may have been a file: what is in memory has its room then.
            if self.save().is_ok() {
                self.recovered();
            }
        }
        // An eighth of the queue each: the oldest of them goes at once when there is no more room.
        let most = (self.rules.queue / SHARE).max(1);
        let has_room = |last: &Segment| !last.sealed && last.is_in_memory() && last.records < most;
        if !self.all.back().is_some_and(has_room) {
            self.seal();
            self.push(Segment::in_memory(self.next_id));
        }
        if let Some(last) = self.all.back_mut()
            && last.append(record).is_ok()
        {
            self.in_memory += 1;
            self.added(record);
        }
        dropped
    }

    fn push(&mut self, segment: Segment) {
        self.next_id = segment.id + 1;
        self.all.push_back(segment);
    }

    fn added(&mut self, record: &[u8]) {
        self.depth.events += 1;
        self.depth.bytes += record.len() as u64;
    }

    fn seal(&mut self) {
        if let Some(last) = self.all.back_mut() {
            last.sealed = true;
        }
    }

    /// Removes a segment; tells how many of its events nobody has stored.
    fn drop_at(&mut self, index: usize) -> u64 {
        let Some(segment) = self.all.remove(index) else {
            return 0;
        };
        let waiting = segment.waiting();
        self.depth.events -= waiting;
        self.depth.bytes -= segment.length();
        if segment.is_in_memory() {
            self.in_memory -= segment.records;
        }
        if let Some(file) = segment.file() {
            self.unsynced.retain(|known| !Arc::ptr_eq(known, file));
        }
        segment.remove();
        waiting
    }

    /// What can be read at `cursor`, which goes on to the next segment where one has ended: the source, how much of it,
    /// and whether the segment ends there.
    pub(super) fn piece(&mut self, cursor: &mut Cursor, most: usize) -> Option<(Source, usize, bool)> {
        let first = self.all.partition_point(|segment| segment.id < cursor.segment);
        for segment in self.all.range_mut(first..) {
            if segment.id != cursor.segment {
                *cursor = Cursor {
                    segment: segment.id,
                    ..Cursor::default()
                };
            }
            let (source, size) = segment.source(cursor.offset, most);
            if size > 0 {
                let is_last = cursor.offset + size as u64 == segment.length();
                return Some((source, size, is_last));
            }
            let lost = segment.read_whole(cursor.records);
            self.depth.events -= lost;
            self.damaged += lost;
        }
        None
    }

    /// How many events were found damaged since the last call.
    pub(super) fn damaged(&mut self) -> u64 {
        std::mem::take(&mut self.damaged)
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// Lets the others go before a segment that cannot be read; false where there are none.
    pub(super) fn set_aside(&mut self, id: u64) -> bool {
        let at = self.all.partition_point(|segment| segment.id < id);
        if at + 1 >= self.all.len() {
            return false;
        }
        if let Some(mut segment) = self.all.remove(at) {
            self.seal();
            segment.id = self.next_id;
            segment.sealed = true;
            self.push(segment);
        }
        true
    }

    /// Mends one thing of the directory and its segments that is not as it was left; `None` where there is no more to
    /// mend, or it cannot be now.
    pub(super) fn mend(&mut self) -> Option<Mended> {
        self.find_home()?;
        let mended = self.take_changed().or_else(|| self.name_again());
        if mended.is_none() && self.all.iter().all(Segment::has_its_name) {
            self.nameless = false;
        }
        mended
    }

    /// Makes the directory anew where it is gone.
    fn find_home(&mut self) -> Option<()> {
        match &self.home {
            Home::Memory => return None,
            Home::Directory(directory) if directory.is_in_place() => return Some(()),
            Home::Directory(_) => {
                tracing::error!(
                    "the directory of the audit spool is deleted or replaced while it is used: it is made anew, and what \
                     waits is written there"
                );
                // Lets go of its lock, too: it may come back.
                self.home = Home::Lost;
                self.seal();
            }
            Home::Lost => {}
        }
        match Directory::open(self.rules.directory.as_deref()?) {
            Ok(directory) => {
                self.home = Home::Directory(directory);
                Some(())
            }
            Err(error) => {
                self.nameless = true;
                self.fail(match error {
                    SpoolError::InUse => io::ErrorKind::ResourceBusy,
                    SpoolError::Unusable(kind) => kind,
                });
                None
            }
        }
    }

    /// A segment that somebody has cut short or continued.
    fn take_changed(&mut self) -> Option<Mended> {
        for segment in self.all.iter_mut().filter(|segment| segment.has_another_length()) {
            let (waited, length) = (segment.waiting(), segment.length());
            // What cannot be read at all is not mended here.
            if segment.reread().is_ok() {
                let waits = segment.waiting();
                self.depth.events = self.depth.events - waited + waits;
                self.depth.bytes = self.depth.bytes - length + segment.length();
                return Some(Mended {
                    segments: 1,
                    lost: waited.saturating_sub(waits),
                });
            }
        }
        None
    }

    /// A segment whose file is deleted, or in a directory that is: what is in it gets a name again.
    fn name_again(&mut self) -> Option<Mended> {
        let Home::Directory(directory) = &self.home else {
            return None;
        };
        let segment = self.all.iter_mut().find(|segment| !segment.has_its_name())?;
        let old = segment.file().cloned();
        let saved = directory.create(segment.id).and_then(|empty| segment.save(empty));
        match saved {
            Ok(()) => {
                self.unsynced
                    .retain(|known| !old.as_ref().is_some_and(|old| Arc::ptr_eq(known, old)));
                self.unsynced.extend(segment.file().map(Arc::clone));
                self.unsynced.extend(directory.handle().map(Arc::new));
                Some(Mended { segments: 1, lost: 0 })
            }
            Err(error) => {
                self.nameless = true;
                self.fail(error.kind());
                None
            }
        }
    }

    /// Everything before `until` is done with; tells how many events that are.
    pub(super) fn acknowledge(&mut self, until: Cursor) -> u64 {
        let mut stored = 0;
        while let Some(oldest) = self.all.front()
            && oldest.id < until.segment
        {
            stored += self.drop_at(0);
        }
        if let Some(segment) = self.all.front_mut()
            && segment.id == until.segment
        {
            let records = until.records.min(segment.records);
            let more = records.saturating_sub(segment.acknowledged);
            segment.acknowledged += more;
            self.depth.events -= more;
            stored += more;
        }
        self.acknowledged = self.acknowledged.max(until);
        self.drop_done(false);
        stored
    }

    /// Removes what is stored; of the segment that is appended to, on request.
    fn drop_done(&mut self, even_open: bool) {
        while let Some(oldest) = self.all.front()
            && oldest.waiting() == 0
            && (oldest.sealed || even_open)
        {
            self.drop_at(0);
        }
    }

    /// What is stored needs no place; what waits in memory is written as soon as the disk takes it.
    pub(super) fn tidy(&mut self) {
        self.drop_done(true);
        if (self.failed.is_some() || self.in_memory > 0) && self.save().is_ok() {
            self.recovered();
        }
    }

    fn save(&mut self) -> io::Result<()> {
        let directory = match &self.home {
            Home::Memory => return Ok(()),
            Home::Directory(directory) => directory,
            Home::Lost => return Err(io::ErrorKind::NotFound.into()),
        };
        for segment in self.all.iter_mut().filter(|segment| segment.is_in_memory()) {
            segment.save(directory.create(segment.id)?)?;
            self.in_memory -= segment.records;
            self.unsynced.extend(segment.file().map(Arc::clone));
        }
        self.unsynced.extend(directory.handle().map(Arc::new));
        Ok(())
    }

    fn recovered(&mut self) {
        if !self.nameless && self.failed.take().is_some() {
            tracing::info!("the audit spool takes events again");
        }
    }

    /// Lets go of the directory.
    pub(super) fn close(&mut self) {
        self.seal();
        self.home = Home::Memory;
    }

    /// Files that are not lasting yet, and no longer named here.
    pub(super) fn unsynced(&mut self) -> Vec<Arc<File>> {
        std::mem::take(&mut self.unsynced)
    }
}
