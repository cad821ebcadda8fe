//! Passwords: PHC strings, hashed off the async threads, a bounded number at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::metrics::Metrics;

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// A stored hash that costs more than this would stop the service: an attacker who can write one may as well.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
/// Memory times passes that one takes: a second or so.
const MOST_WORK_KIB: u64 = 1 << 20;
const MOST_LANES: u32 = 16;
/// Each holds `MEMORY_KIB` while it runs, and a core.
const MOST_AT_ONCE: usize = 4;
/// More callers than this are told to come back.
const MOST_WAITING: usize = 256;

/// Characters of a password.
const SHORTEST: usize = 12;
const LONGEST: usize = 256;

/// Why a password could not be hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Too many others are being checked.
    #[error("too many sign-ins at once")]
    Busy,
    /// The hash is not one of ours.
    #[error("not a PHC string of argon2id or scrypt")]
    Form,
    /// The hash is too weak or too costly.
    #[error(
        "the password hash is weaker than argon2id with 19 MiB, 2 passes and 1 lane, or costs more than 256 MiB or a second"
    )]
    Strength,
    /// The password is too short or too long.
    #[error("a password has 12 to 256 characters")]
    Length,
    /// The system failed.
    #[error("hashing failed")]
    Failed,
}

/// What a check found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, and here is a stronger hash of it.
    Upgraded(String),
}

/// Hashes and checks; clones share the bound.
#[derive(Clone)]
pub(crate) struct Passwords {
    permits: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// Checked for a name that nobody has, so that it takes as long.
    nobody: Arc<str>,
    metrics: Arc<Metrics>,
}

impl Passwords {
    /// Makes a hash that no password belongs to.
    pub(crate) fn new(metrics: Arc<Metrics>) -> Result<Self, PasswordError> {
        let random: [u8; 32] = crate::random::bytes().map_err(|_| PasswordError::Failed)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            permits: Arc::new(Semaphore::new((cores / 2).clamp(1, MOST_AT_ONCE))),
            waiting: Arc::new(AtomicUsize::new(0)),
            nobody: hash(&random)?.into(),
            metrics,
        })
    }

    /// Checks a password against a stored hash, or against nobody's.
    pub(crate) async fn verify(
        &self,
        stored: Option<String>,
        password: Zeroizing<String>,
    ) -> Result<Verdict, PasswordError> {
        let is_somebody = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let verdict = self.run(move || verify(&stored, password.as_bytes())).await?;
        Ok(if is_somebody { verdict } else { Verdict::Wrong })
    }

    /// Hashes a new password.
    pub(crate) async fn hash(&self, password: Zeroizing<String>) -> Result<String, PasswordError> {
        check_length(&password)?;
        self.run(move || hash(password.as_bytes())).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let waiting = Waiting::join(&self.waiting)?;
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| PasswordError::Failed)?;
        drop(waiting);
        self.metrics.hashing();
        tokio::task::spawn_blocking(move || {
            // Until the work is done, also when nobody waits for it any more.
            let _permit = permit;
            work()
        })
        .await
        .map_err(|_| PasswordError::Failed)?
    }
}

/// A place in the queue, given back however the wait ends.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn join(count: &Arc<AtomicUsize>) -> Result<Self, PasswordError> {
        let place = Self(Arc::clone(count));
        if count.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            return Err(PasswordError::Busy);
        }
        Ok(place)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn check_length(password: &str) -> Result<(), PasswordError> {
    if (SHORTEST..=LONGEST).contains(&password.chars().count()) {
        Ok(())
    } else {
        Err(PasswordError::Length)
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &[u8]) -> Result<String, PasswordError> {
    let hash: PasswordHash = argon2()?
        .hash_password(password)
        .map_err(|_| PasswordError::Failed)?;
    Ok(hash.to_string())
}

fn verify(stored: &str, password: &[u8]) -> Result<Verdict, PasswordError> {
    let parsed = PasswordHash::new(stored).map_err(|_| PasswordError::Form)?;
    let (is_right, is_strong) = match parsed.algorithm.as_str() {
        "argon2id" => {
            let params = Params::try_from(&parsed).map_err(|_| PasswordError::Form)?;
            if !is_affordable(&params) {
                return Err(PasswordError::Strength);
            }
            (
                argon2()?.verify_password(password, &parsed).is_ok(),
                is_strong(&params),
            )
        }
        "scrypt" if is_affordable_scrypt(&parsed) => (
            scrypt::Scrypt::new().verify_password(password, &parsed).is_ok(),
            false,
        ),
        "scrypt" => return Err(PasswordError::Strength),
        _ => return Err(PasswordError::Form),
    };
    Ok(match (is_right, is_strong) {
        (false, _) => Verdict::Wrong,
        (true, true) => Verdict::Right,
        (true, false) => Verdict::Upgraded(hash(password)?),
    })
}

/// A hash that takes too much memory or time would take all sign-ins with it.
fn is_affordable(params: &Params) -> bool {
    params.m_cost() <= MOST_MEMORY_KIB
        && u64::from(params.m_cost()) * u64::from(params.t_cost()) <= MOST_WORK_KIB
        && params.p_cost() <= MOST_LANES
}

/// scrypt takes 128 * 2^ln * r bytes, p times over (RFC 7914).
fn is_affordable_scrypt(parsed: &PasswordHash) -> bool {
    scrypt::Params::try_from(parsed).is_ok_and(|params| {
        let kib = (u64::from(params.r()) << params.log_n().min(40)) / 8;
        kib <= u64::from(MOST_MEMORY_KIB) && kib * u64::from(params.p()) <= MOST_WORK_KIB
    })
}

fn is_strong(params: &Params) -> bool {
    params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES && params.p_cost() >= LANES
}

/// A PHC string for a password that `admin-api hash-password` read.
///
/// # Errors
/// Says how long a password is.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    check_length(password)?;
    hash(password.as_bytes())
}

/// Whether a configured hash may be stored.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_hash(text: &str) -> Result<(), PasswordError> {
    let parsed = PasswordHash::new(text).map_err(|_| PasswordError::Form)?;
    if parsed.salt.is_none() || parsed.hash.is_none() {
        // No password would ever be right.
        return Err(PasswordError::Form);
    }
    match parsed.algorithm.as_str() {
        "scrypt" if is_affordable_scrypt(&parsed) => Ok(()),
        "scrypt" => Err(PasswordError::Strength),
        "argon2id" => {
            let params = Params::try_from(&parsed).map_err(|_| PasswordError::Form)?;
            if is_strong(&params) && is_affordable(&params) {
                Ok(())
            } else {
                Err(PasswordError::Strength)
            }
        }
        _ => Err(PasswordError::Form),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// passlib's own test vector.
    const SCRYPT: &str =
        "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E";

    #[test]
    fn only_the_right_password_is_right() {
        let stored = hash_password("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(verify(&stored, b"correct horse battery"), Ok(Verdict::Right));
        assert_eq!(verify(&stored, b"correct horse batterz"), Ok(Verdict::Wrong));
        assert!(check_hash(&stored).is_ok());
    }

    #[test]
    fn scrypt_is_accepted_and_upgraded() {
        let Ok(Verdict::Upgraded(stronger)) = verify(SCRYPT, b"password") else {
            panic!("not upgraded")
        };
        assert_eq!(verify(&stronger, b"password"), Ok(Verdict::Right));
        assert_eq!(verify(SCRYPT, b"passwore"), Ok(Verdict::Wrong));
    }

    #[test]
    fn other_hashes_are_refused() {
        let weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$mZ3CzQ6pEEUvhLPTfLN+hQ";
        assert_eq!(check_hash(weak), Err(PasswordError::Strength));
        for other in [
            "",
            "password",
            "$2b$12$abc",
            "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$mZ3CzQ6pEEUvhLPTfLN+hQ",
        ] {
            assert_eq!(check_hash(other), Err(PasswordError::Form), "{other}");
        }
        assert_eq!(hash_password("short"), Err(PasswordError::Length));
    }

    #[test]
    fn hashes_that_take_everything_are_refused() {
        let rest = "c29tZXNhbHRzb21lc2FsdA$mZ3CzQ6pEEUvhLPTfLN+hQ";
        for (text, problem) in [
            (format!("$scrypt$ln=30,r=8,p=1${rest}"), PasswordError::Strength),
            (
                format!("$scrypt$ln=16,r=8,p=1000${rest}"),
                PasswordError::Strength,
            ),
            (
                format!("$argon2id$v=19$m=19456,t=1000000,p=1${rest}"),
                PasswordError::Strength,
            ),
            (
                format!("$argon2id$v=19$m=4000000,t=2,p=1${rest}"),
                PasswordError::Strength,
            ),
            (
                "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA".to_owned(),
                PasswordError::Form,
            ),
        ] {
            assert_eq!(check_hash(&text), Err(problem), "{text}");
        }
        for (text, problem) in [
            (format!("$scrypt$ln=30,r=8,p=1${rest}"), PasswordError::Strength),
            (
                format!("$argon2id$v=19$m=19456,t=1000000,p=1${rest}"),
                PasswordError::Strength,
            ),
        ] {
            assert_eq!(verify(&text, b"password"), Err(problem), "{text}");
        }
        assert!(check_hash(SCRYPT).is_ok());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let passwords = Passwords::new(Arc::new(Metrics::new())).unwrap();
        let verdict = passwords.verify(None, "anything at all".to_owned().into()).await;
        assert_eq!(verdict, Ok(Verdict::Wrong));
        // It costs what a password of somebody's costs.
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(
            cost(&passwords.nobody),
            cost(&hash_password("correct horse battery").unwrap())
        );
    }
}
