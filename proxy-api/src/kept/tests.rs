use super::*;
use crate::caller::Caller;

fn bounds(count: usize, bytes: usize) -> Bounds {
    Bounds {
        count,
        bytes,
        entry_bytes: bytes,
        idle: Duration::from_secs(60),
    }
}

/// What a test keeps under numbers.
struct Table {
    kept: Kept<u32, u32>,
    now: Instant,
}

impl Table {
    fn new(bounds: Bounds) -> Self {
        let now = Instant::now();
        Self {
            kept: Kept::new(bounds),
            now,
        }
    }

    fn put(&mut self, owner: &str, key: u32, bytes: usize) -> Result<(), NotKept> {
        let owner = Caller::named(owner).owner;
        self.kept.put(owner, &key, key, bytes - ENTRY_BYTES, self.now).0
    }

    fn is_there(&self, key: u32) -> bool {
        matches!(self.kept.find(&key, self.now), Found::Value(value) if value == key)
    }

    fn tombstone(&self, key: u32) -> Option<Tombstone> {
        match self.kept.find(&key, self.now) {
            Found::Tombstone(tombstone) => Some(tombstone),
            Found::Nothing | Found::Value(_) => None,
        }
    }
}

#[test]
fn one_alone_may_have_all_room_and_gives_up_its_oldest() {
    let mut table = Table::new(bounds(3, 10_000));
    for key in 0..3 {
        table.put("a", key, 1000).unwrap();
    }
    table.kept.let_go(&0, table.now);
    table.put("a", 3, 1000).unwrap();
    assert!(table.is_there(0) && table.is_there(2) && table.is_there(3));
    assert_eq!(table.tombstone(1), Some(Tombstone::MadeRoom));
    // Bytes count as well.
    table.put("a", 4, 9000).unwrap();
    assert_eq!(table.kept.count(), 2);
    assert!(table.is_there(3) && table.is_there(4));
}

#[test]
fn whoever_holds_most_makes_room() {
    let mut table = Table::new(bounds(1000, 100_000));
    for key in 0..100 {
        table.put("large", key, 1000).unwrap();
    }
    for key in 100..110 {
        table.put("small", key, 1000).unwrap();
    }
    assert!((100..110).all(|key| table.is_there(key)));
    assert!((0..10).all(|key| table.tombstone(key) == Some(Tombstone::MadeRoom)));
    // The large one itself asks for more: from its own.
    table.put("large", 110, 5000).unwrap();
    assert!((100..110).all(|key| table.is_there(key)));
}

#[test]
fn a_crowd_cannot_take_from_one_that_holds_less() {
    let mut table = Table::new(bounds(1000, 100_000));
    table.put("honest", 1_000_000, 500).unwrap();
    for stranger in 0..50 {
        for key in 0..10 {
            table
                .put(&format!("{stranger}"), stranger * 10 + key, 1000)
                .unwrap();
        }
    }
    assert!(table.is_there(1_000_000));
}

#[test]
fn what_a_turn_has_stays() {
    let mut table = Table::new(bounds(2, 10_000));
    table.put("a", 1, 1000).unwrap();
    table.put("a", 2, 1000).unwrap();
    table.kept.hold(&1);
    table.kept.hold(&2);
    assert_eq!(table.put("b", 3, 1000), Err(NotKept::Full));
    assert_eq!(table.tombstone(3), Some(Tombstone::MadeRoom));
    table.now += Duration::from_secs(600);
    assert!(table.is_there(1), "however long it takes");
    assert!(table.kept.sweep(table.now).is_empty());
    table.kept.let_go(&2, table.now);
    table.put("b", 3, 1000).unwrap();
    assert!(table.is_there(1) && table.is_there(3) && !table.is_there(2));
}

#[test]
fn one_that_is_too_large_leaves_a_tombstone_and_takes_nothing() {
    let mut table = Table::new(bounds(10, 10_000));
    table.put("a", 1, 9000).unwrap();
    assert_eq!(table.put("b", 2, 10_001), Err(NotKept::TooLarge));
    assert_eq!(table.tombstone(2), Some(Tombstone::TooLarge));
    assert!(table.is_there(1));
    table.put("b", 2, 10_000).unwrap();
    assert!(table.is_there(2), "as large as all room");
    assert_eq!(table.tombstone(1), Some(Tombstone::MadeRoom));
}

#[test]
fn all_ends_in_time() {
    let mut table = Table::new(bounds(10, 10_000));
    table.put("a", 1, 1000).unwrap();
    let _ = table.put("a", 2, 20_000);
    table.now += Duration::from_secs(60);
    assert!(!table.is_there(1) && table.tombstone(2).is_none());
    assert_eq!(table.kept.sweep(table.now), [1]);
    let Table { kept, .. } = table;
    assert_eq!((kept.bytes, kept.count()), (0, 0));
    assert!(kept.tombstones.is_empty() && kept.graves.is_empty());
    assert!(kept.holdings.is_empty() && kept.ranks.is_empty());
}

#[test]
fn tombstones_are_as_many_as_entries_may_be() {
    let mut table = Table::new(bounds(5, 100_000));
    for key in 0..100 {
        table.put("a", key, 1000).unwrap();
    }
    let left = (0..100).filter(|key| table.tombstone(*key).is_some());
    assert_eq!(left.collect::<Vec<_>>(), [90, 91, 92, 93, 94]);
}

#[test]
fn what_is_forgotten_leaves_its_room_and_no_tombstone() {
    let mut table = Table::new(bounds(1, 10_000));
    table.put("a", 0, 1000).unwrap();
    table.put("a", 1, 1000).unwrap();
    assert_eq!(table.kept.forget(&0), None);
    assert_eq!(table.tombstone(0), None);
    assert_eq!(table.kept.forget(&1), Some(1));
    assert!(!table.is_there(1));
    assert_eq!((table.kept.count(), table.kept.bytes()), (0, 0));
}
