//! The schemes of hashes of passwords: how they start, and how long their parts are.

use crate::ByteSpan;

/// A scheme.
pub(super) struct Scheme {
    /// In lower case, as a rule's literals are. A quote is not part of the hash, and closes it.
    pub(super) head: &'static str,
    /// Least and most bytes of each part behind it.
    parts: &'static [(usize, usize)],
    /// What stands between parts.
    joint: u8,
    alphabet: fn(u8) -> bool,
}

/// A scheme of crypt(5) may say first how often it runs.
const ROUNDS: &[u8] = b"rounds=";
const MAX_ROUNDS: usize = 20;

const fn crypt(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/')
}

const fn base64(byte: u8) -> bool {
    crypt(byte) || matches!(byte, b'+' | b'=' | b'-' | b'_')
}

/// Base64, and the settings before it: `m=65536,t=3,p=4`.
const fn set(byte: u8) -> bool {
    base64(byte) || matches!(byte, b',' | b':')
}

/// A service's port is written with `~`.
const fn ticket(byte: u8) -> bool {
    base64(byte) || matches!(byte, b'$' | b'*' | b'@' | b'#' | b'~')
}

const fn hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

const fn scheme(
    head: &'static str,
    joint: u8,
    alphabet: fn(u8) -> bool,
    parts: &'static [(usize, usize)],
) -> Scheme {
    Scheme {
        head,
        parts,
        joint,
        alphabet,
    }
}

const BCRYPT: &[(usize, usize)] = &[(2, 2), (53, 53)];
const YESCRYPT: &[(usize, usize)] = &[(2, 16), (1, 86), (43, 43)];
const ARGON2: &[(usize, usize)] = &[(2, 8), (8, 64), (8, 128), (16, 256)];
const PBKDF2: &[(usize, usize)] = &[(1, 10), (1, 128), (20, 128)];
const WERKZEUG: &[(usize, usize)] = &[(1, 10), (4, 64), (40, 128)];
const CISCO: &[(usize, usize)] = &[(14, 14), (43, 43)];

/// All of them: crypt(5) and what grew from it, frameworks, directories, databases, devices.
#[rustfmt::skip]
pub(super) const SCHEMES: &[Scheme] = &[
    scheme("$1$", b'$', crypt, &[(1, 8), (22, 22)]),
    scheme("$apr1$", b'$', crypt, &[(1, 8), (22, 22)]),
    scheme("$5$", b'$', crypt, &[(1, 16), (43, 43)]),
    scheme("$6$", b'$', crypt, &[(1, 16), (86, 86)]),
    scheme("$2a$", b'$', crypt, BCRYPT),
    scheme("$2b$", b'$', crypt, BCRYPT),
    scheme("$2x$", b'$', crypt, BCRYPT),
    scheme("$2y$", b'$', crypt, BCRYPT),
    scheme("$y$", b'$', crypt, YESCRYPT),
    scheme("$gy$", b'$', crypt, YESCRYPT),
    scheme("$7$", b'$', crypt, &[(12, 100), (43, 43)]),
    scheme("$p$", b'$', crypt, &[(31, 31)]),
    scheme("$h$", b'$', crypt, &[(31, 31)]),
    scheme("$s$", b'$', crypt, &[(52, 52)]),
    scheme("$sha1$", b'$', crypt, &[(1, 8), (1, 64), (28, 28)]),
    scheme("$argon2id$", b'$', set, ARGON2),
    scheme("$argon2i$", b'$', set, ARGON2),
    scheme("$argon2d$", b'$', set, ARGON2),
    scheme("$scrypt$", b'$', set, &[(6, 40), (8, 128), (20, 128)]),
    scheme("scrypt:", b'$', set, &[(5, 16), (4, 64), (128, 128)]),
    scheme("$pbkdf2$", b'$', base64, PBKDF2),
    scheme("$pbkdf2-sha256$", b'$', base64, PBKDF2),
    scheme("$pbkdf2-sha512$", b'$', base64, PBKDF2),
    scheme("pbkdf2_sha256$", b'$', base64, PBKDF2),
    scheme("pbkdf2_sha1$", b'$', base64, PBKDF2),
    scheme("pbkdf2:sha1:", b'$', base64, WERKZEUG),
    scheme("pbkdf2:sha256:", b'$', base64, WERKZEUG),
    scheme("pbkdf2:sha512:", b'$', base64, WERKZEUG),
    scheme("sha1$", b'$', crypt, &[(1, 32), (40, 40)]),
    scheme("md5$", b'$', crypt, &[(1, 32), (32, 32)]),
    scheme("scram-sha-256$", b'$', set, &[(10, 64), (89, 89)]),
    scheme("scram-sha-512$", b'$', set, &[(10, 64), (177, 177)]),
    scheme("{ssha}", 0, base64, &[(32, 64)]),
    scheme("{ssha256}", 0, base64, &[(48, 80)]),
    scheme("{ssha384}", 0, base64, &[(68, 100)]),
    scheme("{ssha512}", 0, base64, &[(88, 140)]),
    scheme("{sha}", 0, base64, &[(27, 28)]),
    scheme("{sha256}", 0, base64, &[(43, 44)]),
    scheme("{sha512}", 0, base64, &[(86, 88)]),
    scheme("{md5}", 0, base64, &[(22, 24)]),
    scheme("{smd5}", 0, base64, &[(28, 48)]),
    scheme("{crypt}", 0, crypt, &[(13, 13)]),
    scheme("{pbkdf2}", b'$', base64, PBKDF2),
    scheme("{pbkdf2-sha256}", b'$', base64, PBKDF2),
    scheme("{pbkdf2-sha512}", b'$', base64, PBKDF2),
    scheme("grub.pbkdf2.sha512.", b'.', hex, &[(4, 8), (64, 256), (64, 256)]),
    // MySQL and PostgreSQL.
    scheme("'*", 0, hex, &[(40, 40)]),
    scheme("\"*", 0, hex, &[(40, 40)]),
    scheme("'md5", 0, hex, &[(32, 32)]),
    scheme("\"md5", 0, hex, &[(32, 32)]),
    // IOS, and Junos, which writes passwords so that it can read them again.
    scheme("$8$", b'$', crypt, CISCO),
    scheme("$9$", b'$', crypt, CISCO),
    scheme("\"$9$", 0, base64, &[(8, 256)]),
    // What is left of tickets and of domains' caches for those who guess the password.
    scheme("$krb5tgs$", 0, ticket, &[(32, 4096)]),
    scheme("$krb5asrep$", b':', ticket, &[(4, 300), (32, 4096)]),
    scheme("$dcc2$", 0, ticket, &[(32, 256)]),
];

/// The hash of `scheme` whose head stands at `head`. Where `$` is the mark of a variable, each is written twice.
pub(super) fn hash_at(bytes: &[u8], head: ByteSpan, scheme: &Scheme) -> Option<(usize, usize)> {
    let first = bytes[head.start];
    let before = head.start.checked_sub(1).map(|at| bytes[at]);
    let is_doubled = first == b'$' && before == Some(b'$') && bytes.get(head.end) == Some(&b'$');
    let is_joined = before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$'));
    if is_joined && first.is_ascii_alphanumeric() {
        return None;
    }
    let quote = Some(first).filter(|b| matches!(b, b'"' | b'\''));
    let start = head.start + usize::from(quote.is_some()) - usize::from(is_doubled);
    let mut at = head.end + usize::from(is_doubled);
    if bytes[at..].starts_with(ROUNDS) {
        at += 1 + memchr::memchr(b'$', &bytes[at..bytes.len().min(at + MAX_ROUNDS)])?;
        at += usize::from(is_doubled);
    }
    for (nth, &(least, most)) in scheme.parts.iter().enumerate() {
        if nth > 0 {
            let joint = if is_doubled { 2 } else { 1 };
            let is_joint =
                bytes.len() >= at + joint && bytes[at..at + joint].iter().all(|b| *b == scheme.joint);
            at += is_joint.then_some(joint)?;
        }
        let is_last = nth + 1 == scheme.parts.len();
        // What stands behind a hash that settings come before is other text: `..., 7`.
        let is_part = |b: &&u8| (scheme.alphabet)(**b) && !(is_last && matches!(b, b',' | b':') && nth > 1);
        let run = bytes[at..].iter().take(most + 1).take_while(is_part).count();
        // A sentence may end behind it, or go on with a field of its line.
        let dots = bytes[at..at + run]
            .iter()
            .rev()
            .take_while(|b| **b == b'.')
            .count();
        let len = match run {
            _ if run > most && matches!(bytes[at + most], b'.' | b':') => most,
            _ if is_last && least < most && quote.is_none() => run - dots,
            _ => run,
        };
        if !(least..=most).contains(&len) {
            return None;
        }
        at += len;
    }
    let is_closed = match quote {
        Some(quote) => bytes.get(at) == Some(&quote),
        None => !bytes.get(at).is_some_and(u8::is_ascii_alphanumeric),
    };
    is_closed.then_some((start, at))
}
