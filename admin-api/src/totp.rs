//! The second factor (RFC 6238): six digits, 30 seconds, one step of tolerance.

use thiserror::Error;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::clock::Moment;

/// Of the secret: RFC 4226 recommends 160 bits.
const BYTES: usize = 20;
const ISSUER: &str = "Bauta";

/// A secret could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a secret could not be made")]
pub(crate) struct NoSecret;

/// What an authenticator needs.
pub(crate) struct Fresh {
    pub(crate) secret: Zeroizing<String>,
    pub(crate) url: Zeroizing<String>,
}

pub(crate) fn fresh(username: &str) -> Result<Fresh, NoSecret> {
    let bytes = Zeroizing::new(crate::random::bytes::<BYTES>().map_err(|_| NoSecret)?);
    let secret = Secret::from(bytes.as_slice());
    let text = Zeroizing::new(secret.to_base32());
    let totp = of(secret, username).ok_or(NoSecret)?;
    let url = totp.to_url().map(Zeroizing::new).map_err(|_| NoSecret)?;
    Ok(Fresh { secret: text, url })
}

/// The step of a code that is right at `now`.
pub(crate) fn step_of(secret: &str, code: &str, now: Moment) -> Option<i64> {
    if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let totp = of(Secret::try_from_base32(secret).ok()?, "operator")?;
    let step = totp.check(code, u64::try_from(now.seconds()).ok()?)?;
    i64::try_from(step).ok()
}

fn of(secret: Secret, username: &str) -> Option<Totp> {
    Builder::new()
        .with_secret(secret)
        .with_account_name(username.replace(':', "-"))
        .with_issuer(Some(ISSUER))
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: SHA-1, 59 seconds, the last six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = Secret::from(b"12345678901234567890".as_slice()).to_base32();
        assert_eq!(step_of(&secret, "287082", Moment(59_000)), Some(1));
        assert_eq!(step_of(&secret, "287082", Moment(89_000)), Some(1));
        assert_eq!(step_of(&secret, "287082", Moment(90_000)), None);
        for bad in ["", "28708", "2870820", "28708a", "000000"] {
            assert_eq!(step_of(&secret, bad, Moment(59_000)), None, "{bad}");
        }
    }

    #[test]
    fn a_fresh_secret_works() {
        let fresh = fresh("alice").unwrap();
        assert!(fresh.url.starts_with("otpauth://totp/Bauta:alice?"));
        let totp = of(Secret::try_from_base32(&*fresh.secret).unwrap(), "alice").unwrap();
        let code = totp.generate(600).to_string();
        assert_eq!(step_of(&fresh.secret, &code, Moment(600_000)), Some(20));
    }
}
