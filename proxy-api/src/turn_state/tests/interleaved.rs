//! Any order of claims, commits, releases, drops and expiry leaves the state of the last commit that succeeded.

use std::collections::HashMap;

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
}

impl Model {
    async fn claim(&mut self, states: &TurnStates, chain: usize, by_version: bool) {
        let committed = self.committed.get(&chain);
        let known = committed.filter(|_| by_version).map(|(_, version)| *version);
        let is_new = committed.is_none() && !self.leases.contains_key(&chain);
        let used = (0..CHAINS)
            .filter(|n| self.committed.contains_key(n) || self.leases.contains_key(n))
            .count();
        let claimed = states.claim(&caller("a"), &key(&chain.to_string()), known).await;
        match claimed {
            Err(ClaimError::Busy) => assert!(self.leases.contains_key(&chain)),
            Err(ClaimError::Full) => assert!(is_new && used == CHAINS - 1),
            Err(ClaimError::Unavailable) => panic!("the store is away"),
            Ok(Claim { lease, held }) => {
                assert!(!is_new || used < CHAINS - 1);
                match (held, committed) {
                    (Held::Nothing, None) => {}
                    (Held::Unchanged, Some(_)) => assert!(by_version),
                    (Held::State(state, version), Some((id, committed))) => {
                        assert_eq!((&*state.response_id, version), (id.as_str(), *committed));
                    }
                    (held, _) => panic!("{held:?} is not the last commit"),
                }
                assert!(self.leases.insert(chain, lease).is_none(), "two leases");
            }
        }
    }

    async fn take(&mut self, states: &TurnStates, number: usize, step: Step) {
        match step {
            Step::Claim(chain) => self.claim(states, chain, number.is_multiple_of(2)).await,
            Step::Commit(chain) => {
                let Some(lease) = self.leases.remove(&chain) else {
                    return;
                };
                let id = format!("resp_{number}");
                // Now and then one that is too large.
                let text = if number.is_multiple_of(7) {
                    "x".repeat(9000)
                } else {
                    String::new()
                };
                match states.commit(lease, state_of(&id, &text)).await {
                    Ok(version) => self.committed.insert(chain, (id, version)),
                    Err(CommitError::TooLarge) if !text.is_empty() => self.committed.remove(&chain),
                    Err(error) => panic!("{error}"),
                };
            }
            Step::Release(chain) => {
                if let Some(lease) = self.leases.remove(&chain) {
                    states.release(lease).await;
                }
            }
            Step::Drop(chain) => {
                self.leases.remove(&chain);
                // The shared store hears of it in a moment.
                wait(Duration::from_millis(5)).await;
            }
            Step::Pass => {
                self.committed.retain(|chain, _| self.leases.contains_key(chain));
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
            let states = TurnStates::new(&small(), None, &KEY, TurnStateMetrics::new());
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
