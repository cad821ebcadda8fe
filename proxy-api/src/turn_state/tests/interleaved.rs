//! Any order of claims, commits, releases, drops and expiry leaves the state of the last commit that succeeded.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Claim(usize),
    Commit(usize),
    Release(usize),
    Drop(usize),
    /// Everything idle expires.
    Pass,
}

const CHAINS: usize = 3;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let chain = 0..CHAINS;
    let step = prop_oneof![
        4 => chain.clone().prop_map(Step::Claim),
        3 => chain.clone().prop_map(Step::Commit),
        1 => chain.clone().prop_map(Step::Release),
        1 => chain.prop_map(Step::Drop),
        1 => Just(Step::Pass),
    ];
    prop::collection::vec(step, 1..60)
}

/// What a store should hold.
#[derive(Default)]
struct Model {
    leases: HashMap<usize, Lease>,
    committed: HashMap<usize, (String, Version)>,
    /// Those committed that no turn has, by their last use.
    idle: Vec<usize>,
    /// Those that had to go.
    gone: HashSet<usize>,
    /// The last of them: a store remembers as many at least as it may keep.
    remembered: Vec<usize>,
}

impl Model {
    async fn claim(&mut self, states: &TurnStates, chain: usize, by_version: bool) {
        let committed = self.committed.get(&chain);
        let known = committed.filter(|_| by_version).map(|(_, version)| *version);
        let is_busy = self.leases.contains_key(&chain);
        let is_full = self.leases.len() == CHAINS - 1;
        let claimed = states.claim(&caller("a"), &key(&chain.to_string()), known).await;
        match claimed {
            Err(ClaimError::Busy) => assert!(is_busy),
            Err(ClaimError::Full) => assert!(is_full && !is_busy),
            Err(ClaimError::Unavailable) => panic!("the store is away"),
            Ok(Claim { lease, held }) => {
                assert!(!is_full && !is_busy);
                match (held, committed) {
                    (Held::Nothing, None) => assert!(!self.remembered.contains(&chain)),
                    (Held::Gone, None) => assert!(self.gone.contains(&chain)),
                    (Held::Unchanged, Some(_)) => assert!(by_version),
                    (Held::State(state, version), Some((id, committed))) => {
                        assert_eq!((&*state.response_id, version), (id.as_str(), *committed));
                    }
                    (held, _) => panic!("{held:?} is not the last commit"),
                }
                self.leases.insert(chain, lease);
                self.idle.retain(|idle| *idle != chain);
            }
        }
    }

    async fn commit(&mut self, states: &TurnStates, number: usize, chain: usize) {
        let Some(lease) = self.leases.remove(&chain) else {
            return;
        };
        let id = format!("resp_{number}");
        // Now and then one that is too large.
        let is_large = number.is_multiple_of(7);
        let text = if is_large { "x".repeat(9000) } else { String::new() };
        self.committed.remove(&chain);
        match states.commit(lease, state_of(&id, &text)).await {
            Ok(version) => {
                if self.committed.len() == CHAINS - 1 {
                    let oldest = self.idle.remove(0);
                    self.committed.remove(&oldest);
                    self.bury(oldest);
                }
                self.committed.insert(chain, (id, version));
                self.unbury(chain);
                self.idle.push(chain);
            }
            Err(CommitError::TooLarge) if is_large => self.bury(chain),
            Err(error) => panic!("{error}"),
        }
    }

    fn bury(&mut self, chain: usize) {
        self.unbury(chain);
        self.gone.insert(chain);
        if self.remembered.len() == CHAINS - 1 {
            self.remembered.remove(0);
        }
        self.remembered.push(chain);
    }

    fn unbury(&mut self, chain: usize) {
        self.gone.remove(&chain);
        self.remembered.retain(|other| *other != chain);
    }

    /// The turn that has the chain leaves nothing.
    fn let_go(&mut self, chain: usize) -> Option<Lease> {
        let lease = self.leases.remove(&chain)?;
        if self.committed.contains_key(&chain) {
            self.idle.push(chain);
        }
        Some(lease)
    }

    async fn take(&mut self, states: &TurnStates, number: usize, step: Step) {
        match step {
            Step::Claim(chain) => self.claim(states, chain, number.is_multiple_of(2)).await,
            Step::Commit(chain) => self.commit(states, number, chain).await,
            Step::Release(chain) => {
                if let Some(lease) = self.let_go(chain) {
                    states.release(lease).await;
                }
            }
            Step::Drop(chain) => {
                self.let_go(chain);
                // The shared store hears of it in a moment.
                wait(Duration::from_millis(5)).await;
            }
            Step::Pass => {
                self.committed.retain(|chain, _| self.leases.contains_key(chain));
                self.idle.clear();
                self.gone.clear();
                self.remembered.clear();
            }
        }
    }
}

fn small() -> config::TurnState {
    config::TurnState {
        count: CHAINS - 1,
        entry_bytes: 8192,
        ..limits()
    }
}

proptest! {
    #[test]
    fn in_memory(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let states = TurnStates::new(&small(), None, &KEY, TurnStateMetrics::hidden());
            let mut model = Model::default();
            for (number, step) in steps.into_iter().enumerate() {
                model.take(&states, number, step).await;
                if matches!(step, Step::Pass) {
                    tokio::time::advance(small().idle()).await;
                }
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn in_redis(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let server = Server::start();
        runtime.block_on(async {
            let states = on_server(&server, &small(), Timing::DEFAULT);
            let mut model = Model::default();
            // Its clock cannot be moved.
            let steps = steps.into_iter().filter(|step| !matches!(step, Step::Pass));
            for (number, step) in steps.enumerate() {
                // A busy key costs the whole grace.
                let is_busy = matches!(step, Step::Claim(chain) if model.leases.contains_key(&chain));
                if !is_busy || number.is_multiple_of(11) {
                    model.take(&states, number, step).await;
                }
            }
        });
    }
}
