//! What a spool keeps: over restarts, damage, full disks and bounds.

use std::path::{Path, PathBuf};

use super::*;

const MOST: usize = 1000;

fn rules(directory: Option<&Path>, bytes: u64, when_full: WhenFull) -> Rules {
    Rules {
        directory: directory.map(Path::to_owned),
        bytes,
        queue: 64,
        when_full,
    }
}

fn open(rules: Rules) -> Spool {
    Spool::open(rules, AuditMetrics::hidden()).unwrap()
}

fn on_disk(directory: &Path) -> Spool {
    open(rules(Some(directory), 1 << 20, WhenFull::DropOldest))
}

fn event(number: u32) -> Vec<u8> {
    let mut event = number.to_le_bytes().to_vec();
    event.resize(100, 7);
    event
}

fn number(event: &Bytes) -> u32 {
    u32::from_le_bytes(event[..4].try_into().unwrap())
}

/// The numbers of all events that wait.
fn waiting(spool: &Spool) -> Vec<u32> {
    let mut cursor = spool.beginning();
    let mut all = Vec::new();
    loop {
        let batch = spool.read(cursor, 7, 1 << 20).unwrap();
        if batch.events.is_empty() {
            return all;
        }
        all.extend(batch.events.iter().map(number));
        cursor = batch.next;
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "spool"))
        .collect();
    files.sort();
    files
}

#[test]
fn events_are_read_in_their_order_and_forgotten_when_stored() {
    let folder = tempfile::tempdir().unwrap();
    for directory in [None, Some(folder.path())] {
        let spool = open(Rules {
            queue: MOST as u64,
            ..rules(directory, 1 << 20, WhenFull::DropOldest)
        });
        (0..100).for_each(|n| spool.append(&event(n)));
        assert_eq!(waiting(&spool), (0..100).collect::<Vec<_>>());
        let half = spool.read(spool.beginning(), 50, 1 << 20).unwrap();
        spool.acknowledge(half.next);
        assert_eq!(waiting(&spool), (50..100).collect::<Vec<_>>());
        assert_eq!(spool.depth().events, 50);
        // An old answer takes nothing back.
        spool.acknowledge(Cursor::default());
        assert_eq!(spool.beginning(), half.next);
        let rest = spool.read(half.next, MOST, 1 << 20).unwrap();
        spool.acknowledge(rest.next);
        spool.sync();
        assert_eq!(spool.depth(), Depth::default());
        spool.append(&event(100));
        assert_eq!(waiting(&spool), [100]);
    }
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn a_restart_finds_what_was_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    let spool = on_disk(folder.path());
    (0..2000).for_each(|n| spool.append(&event(n)));
    let sent = spool.read(spool.beginning(), 1500, 1 << 20).unwrap();
    spool.acknowledge(sent.next);
    drop(spool);
    let spool = on_disk(folder.path());
    let left = waiting(&spool);
    // Whole segments are forgotten: some of the last one comes twice, and is known by its id.
    assert!(left[0] <= 1500 && left[0] > 0, "{}", left[0]);
    assert_eq!(left, (left[0]..2000).collect::<Vec<_>>());
    assert_eq!(spool.depth().events, left.len() as u64);
    spool.append(&event(2000));
    assert_eq!(waiting(&spool).last(), Some(&2000));
}

#[test]
fn a_torn_tail_and_a_flipped_byte_cost_an_event_each() {
    let folder = tempfile::tempdir().unwrap();
    let spool = on_disk(folder.path());
    (0..50).for_each(|n| spool.append(&event(n)));
    drop(spool);
    let file = &files(folder.path())[0];
    let mut bytes = std::fs::read(file).unwrap();
    let size = bytes.len() / 50;
    bytes[10 * size + 2] ^= 0x40;
    bytes[20 * size + 50] ^= 1;
    bytes.truncate(bytes.len() - 3);
    std::fs::write(file, bytes).unwrap();
    let spool = on_disk(folder.path());
    let expected: Vec<u32> = (0..49).filter(|n| ![10, 20].contains(n)).collect();
    assert_eq!(waiting(&spool), expected);
    assert_eq!(spool.depth().events, 47);
    // What follows goes to another file.
    spool.append(&event(50));
    assert_eq!(files(folder.path()).len(), 2);
    assert_eq!(waiting(&spool).last(), Some(&50));
    let all = spool.read(spool.beginning(), MOST, 1 << 20).unwrap();
    spool.acknowledge(all.next);
    spool.sync();
    assert_eq!(spool.depth(), Depth::default());
    assert!(files(folder.path()).is_empty());
}

#[test]
fn the_oldest_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = 64 << 10;
    let spool = open(rules(Some(folder.path()), bytes, WhenFull::DropOldest));
    (0..2000).for_each(|n| spool.append(&event(n)));
    let left = waiting(&spool);
    assert_eq!(left.last(), Some(&1999));
    assert!(left.len() > 450, "{}", left.len());
    assert_eq!(spool.metrics.dropped.now(), u64::from(left[0]));
    assert!(spool.depth().bytes <= bytes && spool.admits());
    let on_disk: u64 = files(folder.path())
        .iter()
        .map(|file| file.metadata().unwrap().len())
        .sum();
    assert_eq!(on_disk, spool.depth().bytes);
}

#[test]
fn a_reader_goes_on_behind_what_was_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(rules(Some(folder.path()), 64 << 10, WhenFull::DropOldest));
    spool.append(&event(0));
    let first = spool.read(spool.beginning(), 1, 1 << 20).unwrap();
    (1..2000).for_each(|n| spool.append(&event(n)));
    let next = spool.read(first.next, 1, 1 << 20).unwrap();
    assert_eq!(number(&next.events[0]), waiting(&spool)[0]);
    // What was dropped is not counted as stored.
    let before = spool.depth().events;
    spool.acknowledge(first.next);
    assert_eq!(spool.depth().events, before);
}

#[test]
fn requests_are_refused_while_there_is_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(rules(Some(folder.path()), 64 << 10, WhenFull::RefuseRequests));
    let mut sent = 0;
    while spool.admits() {
        spool.append(&event(sent));
        sent += 1;
    }
    // Turns that run already still find room.
    (sent..sent + 10).for_each(|n| spool.append(&event(n)));
    assert_eq!(waiting(&spool), (0..sent + 10).collect::<Vec<_>>());
    assert_eq!(spool.metrics.dropped.now(), 0);
    let half = spool.read(spool.beginning(), sent as usize / 2, 1 << 20).unwrap();
    spool.acknowledge(half.next);
    assert!(spool.admits());
}

#[test]
fn memory_is_bounded_by_events() {
    let spool = open(rules(None, 1 << 20, WhenFull::DropOldest));
    (0..1000).for_each(|n| spool.append(&event(n)));
    let left = waiting(&spool);
    assert!((56..=64).contains(&left.len()), "{}", left.len());
    assert_eq!(left.last(), Some(&999));
    assert_eq!(spool.metrics.dropped.now(), 1000 - left.len() as u64);
    let refusing = open(rules(None, 1 << 20, WhenFull::RefuseRequests));
    (0..1000).for_each(|n| refusing.append(&event(n)));
    assert!(!refusing.admits());
    assert_eq!(waiting(&refusing), (0..64).collect::<Vec<_>>());
    assert_eq!(refusing.metrics.dropped.now(), 936);
}

#[test]
fn what_the_disk_does_not_take_waits_in_memory_until_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("spool");
    let spool = open(rules(Some(&directory), 1 << 20, WhenFull::RefuseRequests));
    // Files can no longer be made there, and no directory either.
    let aside = folder.path().join("aside");
    std::fs::rename(&directory, &aside).unwrap();
    std::fs::write(&directory, "").unwrap();
    (0..20).for_each(|n| spool.append(&event(n)));
    assert_eq!(waiting(&spool), (0..20).collect::<Vec<_>>());
    assert!(!spool.admits(), "a dead process would lose them");
    spool.sync();
    assert!(!spool.admits());
    std::fs::remove_file(&directory).unwrap();
    std::fs::rename(&aside, &directory).unwrap();
    spool.sync();
    assert!(spool.admits());
    (20..30).for_each(|n| spool.append(&event(n)));
    assert_eq!(waiting(&spool), (0..30).collect::<Vec<_>>());
    drop(spool);
    assert_eq!(waiting(&on_disk(&directory)), (0..30).collect::<Vec<_>>());
}

#[test]
fn without_a_disk_the_oldest_in_memory_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("spool");
    let spool = open(rules(Some(&directory), 1 << 20, WhenFull::DropOldest));
    spool.append(&event(0));
    // The file that is there already goes on; another one cannot be made.
    let aside = folder.path().join("aside");
    std::fs::rename(&directory, &aside).unwrap();
    (1..3000).for_each(|n| spool.append(&event(n)));
    assert!(spool.admits());
    let left = waiting(&spool);
    assert_eq!(left.last(), Some(&2999));
    assert_eq!(left.len() as u64 + spool.metrics.dropped.now(), 3000);
    std::fs::rename(&aside, &directory).unwrap();
    spool.sync();
    let kept = waiting(&spool);
    assert_eq!(kept, left);
    drop(spool);
    assert!(waiting(&on_disk(&directory)).ends_with(&kept));
}

#[test]
fn an_event_that_is_too_large_is_counted() {
    let spool = open(rules(None, 1 << 20, WhenFull::DropOldest));
    spool.append(&vec![0; record::MOST + 1]);
    assert_eq!((spool.metrics.dropped.now(), spool.depth().events), (1, 0));
}

#[tokio::test]
async fn whoever_waits_hears_of_what_comes_and_goes() {
    let spool = open(rules(None, 1 << 20, WhenFull::DropOldest));
    spool.append(&event(1));
    spool.news().await;
    let all = spool.read(spool.beginning(), 1, 1).unwrap();
    let (spool, next) = (std::sync::Arc::new(spool), all.next);
    let emptied = tokio::spawn({
        let spool = std::sync::Arc::clone(&spool);
        async move { spool.emptied().await }
    });
    spool.acknowledge(next);
    emptied.await.unwrap();
}

/// What the next start finds.
fn left_in(directory: &Path, spool: Spool) -> Vec<u32> {
    drop(spool);
    waiting(&on_disk(directory))
}

#[test]
fn what_was_in_a_deleted_file_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let spool = on_disk(folder.path());
    (0..10).for_each(|n| spool.append(&event(n)));
    std::fs::remove_file(&files(folder.path())[0]).unwrap();
    // This one is not appended to a file that nobody finds.
    spool.append(&event(10));
    assert_eq!(files(folder.path()).len(), 1);
    spool.sync();
    assert_eq!(files(folder.path()).len(), 2);
    assert_eq!(waiting(&spool), (0..=10).collect::<Vec<_>>());
    assert_eq!((spool.depth().events, spool.metrics.dropped.now()), (11, 0));
    let mut left = left_in(folder.path(), spool);
    left.sort_unstable();
    assert_eq!(left, (0..=10).collect::<Vec<_>>());
}

#[test]
fn a_deleted_directory_is_made_anew_with_what_was_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("spool");
    let spool = open(rules(Some(&directory), 1 << 20, WhenFull::RefuseRequests));
    (0..10).for_each(|n| spool.append(&event(n)));
    std::fs::remove_dir_all(&directory).unwrap();
    (10..20).for_each(|n| spool.append(&event(n)));
    assert!(!spool.admits(), "they wait in memory");
    spool.sync();
    assert!(spool.admits());
    (20..30).for_each(|n| spool.append(&event(n)));
    assert_eq!(waiting(&spool), (0..30).collect::<Vec<_>>());
    let other = Spool::open(spool.rules.clone(), AuditMetrics::hidden());
    assert!(matches!(other, Err(SpoolError::InUse)), "its lock is there again");
    assert_eq!(left_in(&directory, spool), (0..30).collect::<Vec<_>>());
}

#[test]
fn while_no_directory_can_be_made_what_was_in_it_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("spool");
    let spool = open(rules(Some(&directory), 1 << 20, WhenFull::RefuseRequests));
    (0..10).for_each(|n| spool.append(&event(n)));
    std::fs::remove_dir_all(&directory).unwrap();
    std::fs::write(&directory, "").unwrap();
    spool.sync();
    assert!(!spool.admits());
    spool.append(&event(10));
    assert_eq!(waiting(&spool), (0..=10).collect::<Vec<_>>());
    std::fs::remove_file(&directory).unwrap();
    spool.sync();
    assert!(spool.admits());
    assert_eq!(left_in(&directory, spool), (0..=10).collect::<Vec<_>>());
}

#[test]
fn files_of_a_directory_that_took_the_place_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, foreign) = (folder.path().join("spool"), folder.path().join("foreign"));
    let other = on_disk(&foreign);
    (100..110).for_each(|n| other.append(&event(n)));
    drop(other);
    let spool = on_disk(&directory);
    (0..10).for_each(|n| spool.append(&event(n)));
    // Its file has the name of one that is there.
    std::fs::rename(&directory, folder.path().join("aside")).unwrap();
    std::fs::rename(&foreign, &directory).unwrap();
    spool.sync();
    spool.append(&event(10));
    assert_eq!(waiting(&spool), (0..=10).collect::<Vec<_>>());
    let all = spool.read(spool.beginning(), 10, 1 << 20).unwrap();
    spool.acknowledge(all.next);
    let mut left = left_in(&directory, spool);
    left.sort_unstable();
    left.retain(|n| *n >= 10);
    assert_eq!(left, (10..=10).chain(100..110).collect::<Vec<_>>());
}

#[test]
fn a_file_in_the_way_of_the_next_one_is_passed_by() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(rules(Some(folder.path()), 1 << 20, WhenFull::RefuseRequests));
    for id in 0..3 {
        std::fs::write(folder.path().join(format!("{id:020}.spool")), "foreign").unwrap();
    }
    spool.append(&event(0));
    assert!(spool.admits());
    assert_eq!(left_in(folder.path(), spool), [0]);
}

#[test]
fn a_cut_costs_what_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    // Whether it is noticed by whoever appends, reads or looks after the files.
    for by in 0..3 {
        let spool = on_disk(folder.path());
        (0..50).for_each(|n| spool.append(&event(n)));
        let some = spool.read(spool.beginning(), 10, 1 << 20).unwrap();
        spool.acknowledge(some.next);
        let file = std::fs::File::options()
            .write(true)
            .open(&files(folder.path())[0])
            .unwrap();
        let size = file.metadata().unwrap().len() / 50;
        file.set_len(20 * size + size / 2).unwrap();
        let more: Vec<u32> = if by == 0 { vec![50, 51] } else { vec![] };
        more.iter().for_each(|n| spool.append(&event(*n)));
        if by == 2 {
            spool.sync();
        }
        let expected: Vec<u32> = (10..20).chain(more).collect();
        assert_eq!(waiting(&spool), expected, "{by}");
        assert_eq!(spool.metrics.dropped.now(), 30);
        assert_eq!(spool.depth().events, expected.len() as u64);
        spool.append(&event(60));
        assert_eq!(waiting(&spool).last(), Some(&60));
        let all = spool.read(spool.beginning(), MOST, 1 << 20).unwrap();
        spool.acknowledge(all.next);
        spool.sync();
        assert_eq!(spool.depth(), Depth::default());
        assert!(files(folder.path()).is_empty());
    }
}

#[test]
fn what_is_damaged_under_a_reader_is_counted_as_lost() {
    let folder = tempfile::tempdir().unwrap();
    let spool = on_disk(folder.path());
    (0..50).for_each(|n| spool.append(&event(n)));
    let file = &files(folder.path())[0];
    let mut bytes = std::fs::read(file).unwrap();
    let size = bytes.len() / 50;
    bytes[10 * size + 50] ^= 1;
    let whole = std::fs::File::options().write(true).open(file).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&whole, &bytes, 0).unwrap();
    assert_eq!(waiting(&spool), (0..50).filter(|n| *n != 10).collect::<Vec<_>>());
    assert_eq!((spool.metrics.dropped.now(), spool.depth().events), (1, 49));
    let all = spool.read(spool.beginning(), MOST, 1 << 20).unwrap();
    spool.acknowledge(all.next);
    assert_eq!(spool.depth().events, 0);
}

#[test]
fn a_batch_holds_events_of_one_instance() {
    let spool = open(rules(None, 1 << 20, WhenFull::DropOldest));
    let of = |instance: u128| AuditEvent {
        instance_id: Uuid::from_u128(instance).as_bytes().to_vec(),
        ..AuditEvent::default()
    };
    for instance in [1, 1, 2, 1] {
        spool.append(&of(instance).encode_to_vec());
    }
    spool.append(&event(0));
    let (mut cursor, mut seen) = (spool.beginning(), Vec::new());
    loop {
        let batch = spool.read(cursor, MOST, 1 << 20).unwrap();
        if batch.events.is_empty() {
            break;
        }
        seen.push((batch.instance.map(|id| id.as_u128()), batch.events.len()));
        cursor = batch.next;
    }
    assert_eq!(seen, [(Some(1), 2), (Some(2), 1), (Some(1), 1), (None, 1)]);
    spool.acknowledge(cursor);
    assert_eq!(spool.depth().events, 0);
}
