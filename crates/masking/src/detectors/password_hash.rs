//! PASSWORD: hashes of passwords in the files of accounts: `/etc/shadow`, `.htpasswd`. They are broken offline.

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::is_template;
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
/// Fewest `$` in a hash that has any.
const MIN_MARKS: usize = 3;
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
        let is_name = is_account(name.as_bytes());
        let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"$./+=,-_{}".contains(b);
        let start = at.start + 1;
        let rest = &text.as_bytes()[start..];
        let len = rest.iter().take(MAX_HASH).take_while(is_part).count();
        let hash = &rest[..len];
        // Behind the scheme's name stands at least one more part: `$6$salt$hash`.
        let is_whole = hash[0] == b'{' || hash.iter().filter(|b| **b == b'$').count() >= MIN_MARKS;
        if is_name && is_whole && len >= MIN_HASH && !is_template(hash) {
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

/// Whether the name of an account stands at the end of `before`, and not a shell's variable (`PATH=$PATH:$HOME:`). A
/// machine's account ends in `$`.
fn is_account(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"$").unwrap_or(before);
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let name = before.iter().rev().take_while(is_part).count();
    name > 0 && !before[..before.len() - name].ends_with(b"$")
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
            "PATH=$PATH:$HOME:$6$abc/q7Zr2XvT9mKc4LwPaB3d",
            "PATH=$PATH:$HOME:$6$abc$q7Zr2XvT9mKc4LwPaB3d",
            "PATH=/opt/bin:$1$PREFIX/q7Zr2XvT9mKc4LwPaB3d",
        ] {
            assert!(found(PasswordHashes::new(), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_end() {
        endure(PasswordHashes::new(), &[":$6$", "a:$6$", "a:$6$q7Zr2XvT9m"]);
    }
}
