//! PASSWORD: hashes of passwords in the files of accounts: `/etc/shadow`, `.htpasswd`. They are broken offline.

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::is_placeholder;
use super::text::line_before;
use crate::{EntityType, Score};

/// What a hash starts with, behind the account's name: crypt(5), bcrypt, Argon2, Apache's.
const PREFIXES: [&str; 13] = [
    ":$1$", ":$5$", ":$6$", ":$7$", ":$y$", ":$gy$", ":$2a$", ":$2b$", ":$2x$", ":$2y$", ":$argon2",
    ":$apr1$", ":{sha}",
];
/// The longest name of an account, with what tools write before a line.
const MAX_NAME: usize = 64;
const MIN_HASH: usize = 20;
const MAX_HASH: usize = 256;

/// Finds hashes behind names of accounts.
pub(super) struct PasswordHashes {
    detector: Arc<str>,
}

impl PasswordHashes {
    pub(super) fn new() -> Self {
        Self {
            detector: "password.hash".into(),
        }
    }
}

impl Rule for PasswordHashes {
    fn literals(&self) -> Vec<String> {
        PREFIXES.map(str::to_owned).into()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { at, .. } = wake else {
            return;
        };
        let name = line_before(text, at.start, MAX_NAME);
        let is_name = name
            .bytes()
            .next_back()
            .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'$'));
        let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"$./+=,-_{}".contains(b);
        let start = at.start + 1;
        let rest = &text.as_bytes()[start..];
        let len = rest.iter().take(MAX_HASH).take_while(is_part).count();
        if is_name && len >= MIN_HASH && !is_placeholder(&rest[..len]) {
            found.push(
                EntityType::Password,
                start,
                start + len,
                Score::CERTAIN,
                &self.detector,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{endure, found};

    #[test]
    fn hashes_of_accounts_are_found() {
        for (before, hash, behind) in [
            (
                "root:",
                "$6$Zr2XvT9mKc4LwP$q7Zr2XvT9mKc4LwPaB3dq7Zr2XvT9mKc4LwPaB3d",
                ":19000:0:99999:7:::",
            ),
            (
                "bob:",
                "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",
                ":19000::",
            ),
            (
                "a\nweb:",
                "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC",
                "\n",
            ),
            ("web:", "$apr1$Zr2XvT9m$q7Zr2XvT9mKc4LwPaB3dq7", ""),
            (
                "web:",
                "$argon2id$v=19$m=65536,t=2,p=1$gZiV/M1gPc22ElAH$CWOrkoo7oJBQ",
                "",
            ),
        ] {
            let text = format!("{before}{hash}{behind}");
            assert_eq!(found(PasswordHashes::new(), &text), [hash], "{text}");
        }
    }

    #[test]
    fn locked_accounts_and_code_hold_none() {
        for text in [
            "daemon:*:19000:0:99999:7:::",
            "bob:!:19000::",
            "echo ${x:$1$2}",
            "path:$1$",
            "regex: ^:$6$",
            "bob:$6$xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:1",
        ] {
            assert!(found(PasswordHashes::new(), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_end() {
        endure(PasswordHashes::new(), &[":$6$", "a:$6$", "a:$6$q7Zr2XvT9m"]);
    }
}
