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
use super::lease::{Lease, Owner};
use super::{Claim, ClaimError, CommitError, Held, Version};
use crate::config;
use crate::ops::TurnStateMetrics;
use crate::random;
use crate::shared_store::{Away, Index, Names, Sealing, SharedStore, aside, place, script};

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
    names: Names,
    sealing: Sealing,
    scripts: Scripts,
    limits: config::TurnState,
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
    slot: Slot,
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
            names: Names::new(master, "turn"),
            sealing: Sealing::new(master, "turn state: value"),
            scripts: Scripts {
                claim: script(include_str!("shared/claim.lua")),
                renew: script(include_str!("shared/renew.lua")),
                commit: script(include_str!("shared/commit.lua")),
                release: script(include_str!("shared/release.lua")),
            },
            limits: limits.clone(),
            timing,
            metrics,
        }
    }

    /// Claims, or asks again until `deadline` for a busy key.
    pub(super) async fn claim_until(
        self: &Arc<Self>,
        slot: Slot,
        known: Option<Version>,
        deadline: Instant,
    ) -> Result<Claim, ClaimError> {
        loop {
            match self.claim(slot, known).await {
                Err(ClaimError::Busy) if Instant::now() < deadline => {}
                done => return done,
            }
            tokio::time::sleep_until(deadline.min(Instant::now() + POLL)).await;
        }
    }

    async fn claim(self: &Arc<Self>, slot: Slot, known: Option<Version>) -> Result<Claim, ClaimError> {
        let token = random::bytes().map_err(|_| ClaimError::Unavailable)?;
        let held = Holding { slot, token };
        // Before it is asked for: a claim that is given up on the way may have come through.
        let mut lease = RedisLease::new(self, held);
        let known = known.map(|version| version.0.to_be_bytes());
        let (outcome, .., version, sealed) = self
            .run(
                self.invocation(&self.scripts.claim, held)
                    .arg(milliseconds(self.timing.lease))
                    .arg(milliseconds(self.limits.idle()))
                    .arg(self.limits.count)
                    .arg(self.limits.bytes)
                    .arg(ENTRY_BYTES)
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
            ("state", Some(version), Some(sealed)) => self
                .open(slot, &version, sealed)
                .await
                .map_or(Held::Nothing, |(state, version)| {
                    Held::State(Arc::new(state), version)
                }),
            _ => Held::Nothing,
        };
        lease.keep_renewing();
        let lease = Lease::new(Owner::Redis(lease));
        Ok(Claim { lease, held })
    }

    async fn renew(&self, held: Holding) -> Result<bool, Away> {
        let (outcome, ..) = self
            .run(
                self.invocation(&self.scripts.renew, held)
                    .arg(milliseconds(self.timing.lease))
                    .arg(milliseconds(self.limits.idle())),
            )
            .await?;
        Ok(outcome == "held")
    }

    async fn commit(&self, held: Holding, state: Arc<ChainState>) -> Result<Version, CommitError> {
        let version = u128::from_be_bytes(random::bytes().map_err(|_| CommitError::Unavailable)?);
        let sealed = self.seal(held.slot, version, state).await?;
        let (outcome, ..) = self
            .run(
                self.invocation(&self.scripts.commit, held)
                    .arg(milliseconds(self.limits.idle()))
                    .arg(&version.to_be_bytes())
                    .arg(&sealed)
                    .arg(ENTRY_BYTES + sealed.len())
                    .arg(self.limits.bytes),
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
        let idle = milliseconds(self.limits.idle());
        let script = &self.scripts.release;
        self.run(self.invocation(script, held).arg(idle))
            .await
            .map(|_| ())
    }

    /// Empty when the state is larger than an entry may be.
    async fn seal(&self, slot: Slot, version: u128, state: Arc<ChainState>) -> Result<Vec<u8>, CommitError> {
        let (sealing, bytes) = (self.sealing.clone(), state.encoded_bytes());
        if bytes > self.limits.entry_bytes {
            return Ok(Vec::new());
        }
        aside(bytes, move || {
            sealing.seal(&mut state.encode(), &place(slot.as_bytes(), version))
        })
        .await
        .and_then(Result::ok)
        .ok_or(CommitError::Unavailable)
    }

    /// What does not open, or is of a form that this build does not know, counts as nothing.
    async fn open(&self, slot: Slot, version: &[u8], sealed: Vec<u8>) -> Option<(ChainState, Version)> {
        let version = u128::from_be_bytes(version.try_into().ok()?);
        let sealing = self.sealing.clone();
        let state = aside(sealed.len(), move || {
            let plain = sealing.open(sealed, &place(slot.as_bytes(), version))?;
            ChainState::decode(&plain)
        })
        .await
        .flatten()?;
        Some((state, Version(version)))
    }

    fn invocation<'a>(&self, script: &'a Script, held: Holding) -> ScriptInvocation<'a> {
        let slot = held.slot.as_bytes();
        let mut invocation = script.prepare_invoke();
        invocation
            .key(self.names.key("expiry"))
            .key(self.names.key("sizes"))
            .key(self.names.of("lease", slot))
            .key(self.names.of("value", slot))
            .arg(data_encoding::HEXLOWER.encode(slot))
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
