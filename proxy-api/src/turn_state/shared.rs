//! Turn state in Redis or Valkey: sealed values, leases that expire with their holder, and a fence in every script.
//!
//! The fence is the lease's token, 128 random bits: a script changes nothing for anybody whose token is not there.

mod lease;

use std::sync::Arc;
use std::time::Duration;

use masking::MasterKey;
use redis::{Script, ScriptInvocation};
use tokio::time::Instant;

pub(super) use self::lease::RedisLease;
use super::chain::ChainState;
use super::key::Slot;
use super::lease::{Holder, Lease};
use super::{Claim, ClaimError, CommitError, Held, Version};
use crate::caller::Owner;
use crate::config;
use crate::ops::TurnStateMetrics;
use crate::pause::pause;
use crate::random;
use crate::shared_store::{
    Away, Bounded, Index, Names, Place, Sealing, SharedStore, aside, script, sealed_at,
};

/// What an entry costs beside its state: keys, lease, index.
const ENTRY_BYTES: usize = 512;

/// How often a claim asks for a busy key.
const POLL: Duration = Duration::from_millis(25);

/// How long a lease lasts, and how often its holder renews it.
#[derive(Clone, Copy)]
pub(super) struct Timing {
    pub(super) lease: Duration,
    pub(super) renewal: Duration,
}

impl Timing {
    pub(super) const DEFAULT: Self = Self {
        lease: Duration::from_secs(30),
        renewal: Duration::from_secs(10),
    };
}

/// The store.
pub(super) struct Redis {
    store: Arc<SharedStore>,
    index: Bounded,
    sealing: Sealing,
    scripts: Scripts,
    entry_bytes: usize,
    timing: Timing,
    metrics: TurnStateMetrics,
}

struct Scripts {
    claim: Script,
    renew: Script,
    commit: Script,
    release: Script,
}

/// A lease as the store knows it.
#[derive(Clone, Copy)]
struct Holding {
    place: Place,
    token: [u8; 16],
}

impl Redis {
    pub(super) fn new(
        store: Arc<SharedStore>,
        limits: &config::TurnState,
        master: &MasterKey,
        metrics: TurnStateMetrics,
        timing: Timing,
    ) -> Self {
        Self {
            store,
            index: Bounded {
                names: Names::new(master, "turn"),
                count: limits.count,
                bytes: limits.bytes,
                idle: limits.idle(),
            },
            sealing: Sealing::new(master, "turn state: value"),
            scripts: Scripts {
                claim: script(include_str!("shared/claim.lua")),
                renew: script(include_str!("shared/renew.lua")),
                commit: script(include_str!("shared/commit.lua")),
                release: script(include_str!("shared/release.lua")),
            },
            entry_bytes: limits.entry_bytes,
            timing,
            metrics,
        }
    }

    /// Claims, or asks again until `deadline` for a busy key.
    pub(super) async fn claim_until(
        self: &Arc<Self>,
        owner: Owner,
        slot: Slot,
        known: Option<Version>,
        deadline: Instant,
    ) -> Result<Claim, ClaimError> {
        let place = Place {
            owner,
            slot: *slot.as_bytes(),
        };
        loop {
            match self.claim(place, known).await {
                Err(ClaimError::Busy | ClaimError::Full) if Instant::now() < deadline => {}
                done => return done,
            }
            pause(POLL.min(deadline.saturating_duration_since(Instant::now()))).await;
        }
    }

    async fn claim(self: &Arc<Self>, place: Place, known: Option<Version>) -> Result<Claim, ClaimError> {
        let token = random::bytes().map_err(|_| ClaimError::Unavailable)?;
        let held = Holding { place, token };
        // Before it is asked for: a claim that is given up on the way may have come through.
        let mut lease = RedisLease::new(self, held);
        let known = known.map(|version| version.0.to_be_bytes());
        let (outcome, .., version, sealed) = self
            .run(
                self.invocation(&self.scripts.claim, held)
                    .arg(milliseconds(self.timing.lease))
                    .arg(known.as_ref().map_or(&[][..], |version| version)),
            )
            .await
            .map_err(|Away| ClaimError::Unavailable)?;
        let held = match (&*outcome, version, sealed) {
            ("busy", ..) => {
                lease.is_over();
                return Err(ClaimError::Busy);
            }
            ("full", ..) => {
                lease.is_over();
                return Err(ClaimError::Full);
            }
            ("unchanged", ..) => Held::Unchanged,
            ("gone", ..) => Held::Gone,
            ("state", Some(version), Some(sealed)) => self
                .open(place.slot, &version, sealed)
                .await
                .map_or(Held::Nothing, |(state, version)| {
                    Held::State(Arc::new(state), version)
                }),
            _ => Held::Nothing,
        };
        lease.keep_renewing();
        let lease = Lease::new(Holder::Redis(lease));
        Ok(Claim { lease, held })
    }

    async fn renew(&self, held: Holding) -> Result<bool, Away> {
        let (outcome, ..) = self
            .run(
                self.invocation(&self.scripts.renew, held)
                    .arg(milliseconds(self.timing.lease)),
            )
            .await?;
        Ok(outcome == "held")
    }

    async fn commit(&self, held: Holding, state: Arc<ChainState>) -> Result<Version, CommitError> {
        let version = u128::from_be_bytes(random::bytes().map_err(|_| CommitError::Unavailable)?);
        let sealed = self.seal(held.place.slot, version, state).await?;
        let (outcome, ..) = self
            .run(
                self.invocation(&self.scripts.commit, held)
                    .arg(&version.to_be_bytes())
                    .arg(&sealed)
                    .arg(ENTRY_BYTES + sealed.len()),
            )
            .await
            .map_err(|Away| CommitError::Unavailable)?;
        match &*outcome {
            "kept" => Ok(Version(version)),
            "too large" => Err(CommitError::TooLarge),
            _ => Err(CommitError::Lost),
        }
    }

    async fn release(&self, held: Holding) -> Result<(), Away> {
        let release = self.invocation(&self.scripts.release, held);
        self.run(&release).await.map(|_| ())
    }

    /// Empty when the state is larger than an entry may be.
    async fn seal(
        &self,
        slot: [u8; 32],
        version: u128,
        state: Arc<ChainState>,
    ) -> Result<Vec<u8>, CommitError> {
        let (sealing, bytes) = (self.sealing.clone(), state.encoded_bytes());
        if bytes > self.entry_bytes {
            return Ok(Vec::new());
        }
        aside(bytes, move || {
            sealing.seal(&mut state.encode(), &sealed_at(&slot, version))
        })
        .await
        .and_then(Result::ok)
        .ok_or(CommitError::Unavailable)
    }

    /// What does not open, or is of a form that this build does not know, counts as nothing.
    async fn open(&self, slot: [u8; 32], version: &[u8], sealed: Vec<u8>) -> Option<(ChainState, Version)> {
        let version = u128::from_be_bytes(version.try_into().ok()?);
        let sealing = self.sealing.clone();
        let state = aside(sealed.len(), move || {
            let plain = sealing.open(sealed, &sealed_at(&slot, version))?;
            ChainState::decode(&plain)
        })
        .await
        .flatten()?;
        Some((state, Version(version)))
    }

    fn invocation<'a>(&self, script: &'a Script, held: Holding) -> ScriptInvocation<'a> {
        let mut invocation = self.index.call(script, &held.place);
        invocation
            .key(self.index.names.of("lease", &held.place.slot))
            .key(self.index.names.key("leases"))
            .arg(&held.token);
        invocation
    }

    async fn run(&self, invocation: &ScriptInvocation<'_>) -> Result<Index, Away> {
        let answer: Index = self.store.run(invocation).await?;
        self.metrics.holds(answer.1, answer.2);
        Ok(answer)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
