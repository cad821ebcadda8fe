//! IPv4 addresses as four numbers with dots, told apart from versions.

use super::super::NumberRun;
use super::super::text::{follows_template_head, is_word, line_before};
use super::{Place, path_data};

/// How far before an address the word `version` makes it a version.
const VERSION_WINDOW: usize = 24;
/// Words that make four dotted numbers something else.
const NOT_ADDRESSES: &[&str] = &[
    "version",
    "release",
    "build ",
    "section ",
    "chapter ",
    "oid",
    " ver ",
    " ver.",
    "rev ",
    "rfc ",
    "identifier",
    "upgrade",
];

/// An address in dotted form.
pub(super) struct Dotted {
    pub(super) place: Place,
    pub(super) octets: [u8; 4],
}

/// Calls `each` for the addresses among the run's groups.
pub(super) fn in_run(text: &str, run: &NumberRun, mut each: impl FnMut(Dotted)) {
    let mut first = 0;
    while first + 4 <= run.groups().len() {
        match address_of(text, run, first) {
            Some(address) => {
                each(address);
                first += 4;
            }
            None => first += 1,
        }
    }
}

fn address_of(text: &str, run: &NumberRun, first: usize) -> Option<Dotted> {
    let bytes = text.as_bytes();
    let groups = &run.groups()[first..first + 4];
    // Inside a longer list of dotted numbers none starts.
    if bytes[..groups[0].span.start].ends_with(b".") {
        return None;
    }
    let dots = groups
        .windows(2)
        .all(|pair| pair[1].span.start == pair[0].span.end + 1 && bytes[pair[0].span.end] == b'.');
    dots.then(|| address_at(text, groups[0].span.start)).flatten()
}

/// The address that starts at `start`, if one stands there on its own.
pub(super) fn address_at(text: &str, start: usize) -> Option<Dotted> {
    let (octets, end) = octets_at(text.as_bytes(), start)?;
    let is_behind_head = follows_template_head(text, start);
    let alone = (is_behind_head || starts_alone(text, start))
        && (is_behind_head && text.as_bytes().get(end) == Some(&b'_') || ends_alone(text.as_bytes(), end));
    let is_other =
        || is_object_identifier(octets) || is_version(text, start) || path_data::is_around(text, start, end);
    (alone && !is_other()).then_some(Dotted {
        place: Place { start, end },
        octets,
    })
}

fn octets_at(bytes: &[u8], start: usize) -> Option<([u8; 4], usize)> {
    let mut octets = [0; 4];
    let mut at = start;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            at += usize::from(*bytes.get(at)? == b'.');
        }
        let digits = bytes[at..]
            .iter()
            .take(4)
            .take_while(|b| b.is_ascii_digit())
            .count();
        let padded = digits > 1 && bytes[at] == b'0';
        if !(1..=3).contains(&digits) || padded || index > 0 && bytes[at - 1] != b'.' {
            return None;
        }
        let value = bytes[at..at + digits]
            .iter()
            .fold(0, |value, digit| value * 10 + u16::from(digit - b'0'));
        *octet = u8::try_from(value).ok()?;
        at += digits;
    }
    Some((octets, at))
}

fn starts_alone(text: &str, start: usize) -> bool {
    let bytes = text.as_bytes();
    let Some(&last) = bytes[..start].last() else {
        return true;
    };
    let second = start.checked_sub(2).map_or(b' ', |at| bytes[at]);
    match last {
        b'.' | b'^' => false,
        b'@' => is_account(line_before(text, start - 1, VERSION_WINDOW)),
        // Ranges, not names of packages.
        b'-' => second.is_ascii_digit(),
        b'=' => !matches!(second, b'=' | b'<' | b'>' | b'~' | b'!'),
        // `Chrome/1.2.3.4` names a product, `broker/1.2.3.4` a host.
        b'/' => {
            let word = line_before(text, start - 1, VERSION_WINDOW);
            let word = word
                .rsplit(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .unwrap_or(word);
            !word.as_bytes().first().is_some_and(u8::is_ascii_uppercase)
        }
        _ => !is_word(last),
    }
}

/// Accounts that people log in to hosts with; `package@1.2.3.4` is a version.
const ACCOUNTS: [&str; 14] = [
    "admin",
    "administrator",
    "centos",
    "debian",
    "deploy",
    "ec2-user",
    "fedora",
    "opc",
    "pi",
    "postgres",
    "root",
    "ubuntu",
    "user",
    "vagrant",
];

fn is_account(before: &str) -> bool {
    let word = before
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .next();
    let remote = ["ssh ", "scp ", "sftp ", "rsync "]
        .iter()
        .any(|command| before.contains(command));
    remote || word.is_some_and(|word| ACCOUNTS.contains(&word))
}

fn ends_alone(bytes: &[u8], end: usize) -> bool {
    let word_at = |at: usize| bytes.get(at).is_some_and(|b| is_word(*b));
    match bytes.get(end) {
        Some(b'.') => !word_at(end + 1),
        Some(b'-') => !word_at(end + 1) || octets_at(bytes, end + 1).is_some(),
        _ => !word_at(end),
    }
}

/// The identifiers of X.500 that certificates are full of (2.5.4: attributes, 2.5.29: extensions; ITU-T X.520, X.509).
const fn is_object_identifier(octets: [u8; 4]) -> bool {
    matches!(octets, [2, 5, 4 | 29, 0..=99])
}

fn is_version(text: &str, start: usize) -> bool {
    let before = line_before(text, start, VERSION_WINDOW);
    (0..before.len()).any(|at| {
        let rest = &before.as_bytes()[at..];
        NOT_ADDRESSES
            .iter()
            .any(|word| rest.len() >= word.len() && rest[..word.len()].eq_ignore_ascii_case(word.as_bytes()))
    })
}
