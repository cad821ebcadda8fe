//! The maps of chains in the store that replicas share: sealed, written behind the turn, read before the next one.

use std::sync::Arc;

use masking::{MasterKey, Remembered};
use redis::Script;
use tokio::sync::mpsc;

use crate::caller::Caller;
use crate::config::Continuations as Limits;
use crate::kept::Tombstone;
use crate::random;
use crate::shared_store::{
    Bounded, Index, Names, Place, Reader, Sealing, SharedStore, Writer, aside, script, sealed_at,
};

/// What an entry costs beside its map: key and index.
const ENTRY_BYTES: usize = 384;

/// One map; bytes: so much goes over the wire while a turn waits. A larger one stays in the memory of this process, and
/// the others know that there was one.
const MAX_BYTES: usize = 16 << 20;

/// Maps that wait to be written; more are dropped and counted.
const QUEUE: usize = 256;

/// The form of a map as bytes; one of another form counts as none.
const FORM: u8 = 1;

/// Tells what was written under an id at one time from what was at another.
pub(super) type Version = u128;

/// What the store says of a chain.
pub(super) enum Found {
    /// It knows nothing, or does not answer.
    Nothing,
    /// It has what is known.
    Unchanged,
    Map(Remembered, Version),
    /// It had to go.
    Gone(Tombstone),
}

/// Reads, and queues what is to be written.
pub(super) struct Shared {
    store: Arc<Store>,
    queue: mpsc::Sender<Job>,
}

/// What is to be written at a place.
struct Job {
    place: Place,
    what: What,
}

enum What {
    Map(Version, Arc<Remembered>),
    Nothing,
}

struct Store {
    connection: Arc<SharedStore>,
    index: Bounded,
    slots: MasterKey,
    sealing: Sealing,
    keep: Script,
    find: Script,
    forget: Script,
}

impl Shared {
    /// Starts the task that writes; it ends with this. `dropped` hears of every map that was not written.
    pub(super) fn start(
        connection: &Arc<SharedStore>,
        limits: &Limits,
        master: &MasterKey,
        dropped: impl Fn() + Send + 'static,
    ) -> Self {
        let store = Arc::new(Store {
            connection: Arc::clone(connection),
            index: Bounded {
                names: Names::new(master, "chain"),
                count: limits.count,
                bytes: limits.bytes,
                idle: limits.idle(),
            },
            slots: MasterKey::new(master.derive("continuations: key", b"")),
            sealing: Sealing::new(master, "continuations: value"),
            keep: script(include_str!("keep.lua")),
            find: script(include_str!("find.lua")),
            forget: script(include_str!("forget.lua")),
        });
        let (queue, jobs) = mpsc::channel(QUEUE);
        tokio::spawn(write(Arc::clone(&store), jobs, dropped));
        Self { store, queue }
    }

    /// Queues `map`; answers the version that it will have, or nothing when the queue is full.
    pub(super) fn keep(&self, caller: &Caller, id: &str, map: &Arc<Remembered>) -> Option<Version> {
        let version = u128::from_be_bytes(random::bytes().ok()?);
        let job = Job {
            place: self.store.place(caller, id),
            what: What::Map(version, Arc::clone(map)),
        };
        self.queue.try_send(job).ok().map(|()| version)
    }

    /// Queues that nothing is to be there any more; where the queue is full, it goes in its time.
    pub(super) fn forget(&self, caller: &Caller, id: &str) {
        let job = Job {
            place: self.store.place(caller, id),
            what: What::Nothing,
        };
        let _ = self.queue.try_send(job);
    }

    /// The map under `id`, unless it is the one that is known.
    pub(super) async fn find(&self, caller: &Caller, id: &str, known: Option<Version>) -> Found {
        let place = self.store.place(caller, id);
        self.store.find(place, known).await.unwrap_or(Found::Nothing)
    }
}

/// Until nobody can queue any more.
async fn write(store: Arc<Store>, mut jobs: mpsc::Receiver<Job>, dropped: impl Fn()) {
    while let Some(job) = jobs.recv().await {
        let Job { place, what } = job;
        match what {
            What::Map(version, map) => {
                if store.keep(place, version, map).await.is_none() {
                    dropped();
                }
            }
            What::Nothing => store.forget(&place).await,
        }
    }
}

impl Store {
    async fn forget(&self, place: &Place) {
        let call = self.index.call(&self.forget, place);
        // A store that is away keeps it until its time is over.
        let _: Result<Index, _> = self.connection.run(&call).await;
    }

    async fn keep(&self, place: Place, version: Version, map: Arc<Remembered>) -> Option<()> {
        let sealed = self.seal(place.slot, version, map).await?;
        let mut call = self.index.call(&self.keep, &place);
        call.arg(&version.to_be_bytes())
            .arg(&sealed)
            .arg(ENTRY_BYTES + sealed.len());
        let (outcome, ..): Index = self.connection.run(&call).await.ok()?;
        (outcome == "kept").then_some(())
    }

    /// Empty when the map is larger than one may be.
    async fn seal(&self, slot: [u8; 32], version: Version, map: Arc<Remembered>) -> Option<Vec<u8>> {
        let bytes = 1 + Writer::map_bytes(&map);
        if bytes > MAX_BYTES {
            return Some(Vec::new());
        }
        let sealing = self.sealing.clone();
        aside(bytes, move || {
            let mut writer = Writer::new(bytes);
            writer.byte(FORM);
            writer.map(&map);
            sealing
                .seal(&mut writer.finish(), &sealed_at(&slot, version))
                .ok()
        })
        .await
        .flatten()
    }

    /// What cannot be read counts as nothing: its placeholders stay as they are.
    async fn find(&self, place: Place, known: Option<Version>) -> Option<Found> {
        let known = known.map(u128::to_be_bytes);
        let mut call = self.index.call(&self.find, &place);
        call.arg(known.as_ref().map_or(&[][..], |version| version));
        let (outcome, _, _, version, sealed): Index = self.connection.run(&call).await.ok()?;
        match &*outcome {
            "unchanged" => return Some(Found::Unchanged),
            "too large" => return Some(Found::Gone(Tombstone::TooLarge)),
            "made room" => return Some(Found::Gone(Tombstone::MadeRoom)),
            _ => {}
        }
        let version = u128::from_be_bytes(version?.try_into().ok()?);
        let (sealed, sealing) = (sealed?, self.sealing.clone());
        let map = aside(sealed.len(), move || {
            let plain = sealing.open(sealed, &sealed_at(&place.slot, version))?;
            let mut reader = Reader::new(&plain);
            let map = (reader.byte()? == FORM).then(|| reader.map())??;
            reader.end().map(|()| map)
        })
        .await
        .flatten()?;
        Some(Found::Map(map, version))
    }

    /// A chain as the store knows it: a keyed hash of caller and id.
    fn place(&self, caller: &Caller, id: &str) -> Place {
        let named = [&caller.owner.0, id.as_bytes()].concat();
        Place {
            owner: caller.owner,
            slot: self.slots.derive("slot", &named),
        }
    }
}
