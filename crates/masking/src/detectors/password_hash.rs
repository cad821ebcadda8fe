//! PASSWORD: hashes of passwords, wherever they stand: in `/etc/shadow`, `.htpasswd`, directories, databases and what is
//! dumped of them. They are broken offline. A scheme's own form tells them from anything else.

mod scheme;

use std::sync::Arc;

use self::scheme::{SCHEMES, hash_at};
use super::rule::{Found, Rule, Wake};
use super::secret::{distinct, is_template};
use super::text::line_before;
use crate::{EntityType, Score};

/// Fewest different characters of a hash: one of documentation is filler.
const MIN_DISTINCT: u32 = 10;
/// What stands behind the hash in a line of `/etc/shadow`: the days of a password's life, as every system sets them.
const SHADOW: &str = ":99999:7:";
/// What ends a line of `pwdump`.
const DUMPED: &str = ":::";
/// How far before its end such a line may start.
const MAX_LINE: usize = 160;
/// Labels of bare digests.
const LABELS: [&str; 7] = [
    "password_hash",
    "passwordhash",
    "passwd_hash",
    "pass_hash",
    "pwd_hash",
    "password_digest",
    "encrypted_password",
];
/// Hexadecimal digits of MD5, SHA-1 and SHA-2.
const DIGESTS: [usize; 6] = [32, 40, 56, 64, 96, 128];
/// Most marks between a label and its digest.
const MAX_GAP: usize = 8;

/// Finds hashes by their scheme.
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
        let schemes = SCHEMES.iter().map(|scheme| scheme.head);
        let others = [SHADOW, DUMPED].into_iter().chain(LABELS);
        schemes.chain(others).map(str::to_owned).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let bytes = text.as_bytes();
        let span = match index.checked_sub(SCHEMES.len()) {
            None => hash_at(bytes, at, &SCHEMES[index]),
            Some(0) => shadowed(text, at.start),
            Some(1) => dumped(text, at.start),
            Some(_) => labelled(bytes, at.end),
        };
        let Some((start, end)) = span else {
            return;
        };
        let hash = &bytes[start..end];
        if distinct(hash) >= MIN_DISTINCT && !is_template(hash) {
            found.push(EntityType::Password, start, end, Score::CERTAIN, &self.detector);
        }
    }
}

/// The second field of the line of `/etc/shadow` whose fields of days start at `at`: a hash as DES makes it.
fn shadowed(text: &str, at: usize) -> Option<(usize, usize)> {
    const DES: usize = 13;
    let line = line_before(text, at, MAX_LINE);
    let from = at - line.len();
    let mut fields = line.split(':');
    let name = fields.next()?.len();
    let hash = fields.next()?;
    let is_des = hash.len() == DES
        && hash
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"./".contains(&b));
    let start = from + name + 1;
    (is_des && name > 0).then_some((start, start + DES))
}

/// Both hashes of the line `name:id:lm:nt:::` whose last marks start at `at`.
fn dumped(text: &str, at: usize) -> Option<(usize, usize)> {
    const MD4: usize = 32;
    let line = line_before(text, at, 2 * MD4 + 2).as_bytes();
    let is_hash = |hash: &[u8]| hash.iter().all(u8::is_ascii_hexdigit);
    let (lm, nt) = line.last_chunk::<{ 2 * MD4 + 1 }>()?.split_at(MD4);
    (is_hash(lm) && nt[0] == b':' && is_hash(&nt[1..])).then_some((at - 2 * MD4 - 1, at))
}

/// The digest behind the label that ends at `from`.
fn labelled(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let gap = bytes[from..].iter().take(MAX_GAP);
    let gap = gap.take_while(|b| b"\"'\\ :=>".contains(b)).count();
    let start = from + gap;
    let most = DIGESTS[DIGESTS.len() - 1] + 1;
    let digits = bytes[start..].iter().take(most);
    let len = digits.take_while(|b| b.is_ascii_hexdigit()).count();
    let ends = !bytes.get(start + len).is_some_and(u8::is_ascii_alphanumeric);
    (gap > 0 && ends && DIGESTS.contains(&len)).then_some((start, start + len))
}

#[cfg(test)]
mod tests;
