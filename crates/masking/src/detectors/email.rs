//! EMAIL: mail addresses, internationalised ones included (RFC 5321, RFC 6531).
//!
//! Told apart from what code writes with `@`: package versions, decorators, remotes of the user `git`, unit names,
//! image sizes. Quoted local parts are known; address literals (`a@[192.0.2.1]`) are not.

use std::sync::Arc;

use super::text::{char_at, char_before, file_ending, is_unspaced, line_before, starts_with_ignore_case};
use super::{Found, Rule, Wake};
use crate::{EntityType, Score};

/// RFC 5321, 4.5.3.1.1 allows 64 bytes; what is a little longer is masked rather than let through.
const MAX_LOCAL: usize = 96;
/// RFC 1035, 2.3.4.
const MAX_DOMAIN: usize = 255;

/// Last labels that look like a top-level domain and are none: file names, systemd units, attributes of code.
const NOT_TOP_LEVEL: &[&str] = &[
    "bmp", "conf", "config", "context", "css", "csv", "device", "exe", "gif", "gz", "html", "ico", "ini",
    "java", "jpeg", "jpg", "js", "json", "jsx", "length", "log", "mjs", "mount", "path", "php", "png", "rb",
    "scope", "scss", "service", "slice", "socket", "svg", "swift", "target", "tar", "tgz", "timer", "toml",
    "ts", "tsx", "txt", "vue", "webp", "whl", "xml", "yaml", "yml",
];

/// Local parts that name no person: version-control remotes, and labels of `return@label` and the like.
const NOT_A_MAILBOX: &[&str] = &["git", "hg", "svn", "return", "break", "continue", "this", "super"];

/// Top-level domains that Chinese prose may run on from without a space.
const HAN_TOP_LEVEL: &[&str] = &[
    "公司",
    "中国",
    "中國",
    "网络",
    "網絡",
    "网址",
    "在线",
    "中文网",
    "我爱你",
    "集团",
    "手机",
    "移动",
    "香港",
    "台湾",
    "台灣",
    "商城",
    "商店",
    "政务",
    "公益",
    "企业",
    "网店",
    "网站",
    "信息",
    "娱乐",
    "游戏",
];

/// Finds mail addresses around `@`.
pub struct Email {
    name: Arc<str>,
}

/// The generic and country domains that most mailboxes are under, but for those that are also names of code.
const COMMON_TOP_LEVEL: [&str; 41] = [
    "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "io", "ai", "dev", "app", "eu", "uk",
    "de", "fr", "es", "it", "nl", "be", "ch", "at", "pl", "se", "no", "dk", "fi", "ie", "pt", "cz", "us",
    "ca", "mx", "br", "cn", "hk", "jp", "kr", "in", "au",
];

impl Email {
    /// The rule, as `email`.
    #[must_use]
    pub fn new() -> Self {
        Self { name: "email".into() }
    }
}

impl Default for Email {
    fn default() -> Self {
        Self::new()
    }
}

impl Rule for Email {
    fn literals(&self) -> Vec<String> {
        vec!["@".into()]
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { at, .. } = wake else { return };
        if let Some((start, end)) = address(text, at.start) {
            found.push(EntityType::Email, start, end, Score::STRONG, &self.name);
        }
    }
}

fn address(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    if at == 0
        || matches!(
            bytes[at - 1],
            b' ' | b'\t' | b'\n' | b'@' | b'(' | b'/' | b',' | b'=' | b':'
        )
    {
        return None;
    }
    let end = domain_end(text, at + 1)?;
    let start = local_start(text, at)?;
    let local = &text[start..at];
    let top = text[at + 1..end].rsplit('.').next().unwrap_or_default();
    let called = matches!(bytes.get(end), Some(b'(' | b'[')) && !is_common_top_level(top);
    let mailbox = !NOT_A_MAILBOX.iter().any(|name| local.eq_ignore_ascii_case(name));
    (mailbox && !called && !is_userinfo(text, start)).then_some((start, end))
}

/// Where the local part before the `@` at `at` starts.
fn local_start(text: &str, at: usize) -> Option<usize> {
    let last = char_before(text, at)?;
    if last == '"' {
        return quoted_start(text, at - 1);
    }
    let unspaced = is_unspaced(last);
    let mut start = at;
    while let Some(c) = char_before(text, start) {
        let belongs = if c.is_ascii() {
            is_local_byte(c as u8)
        } else {
            c.is_alphanumeric() && is_unspaced(c) == unspaced
        };
        if !belongs || at - start > MAX_LOCAL {
            break;
        }
        start -= c.len_utf8();
    }
    while start < at && is_outer_punctuation(text.as_bytes()[start]) {
        start += 1;
    }
    text[start..at]
        .chars()
        .any(char::is_alphanumeric)
        .then_some(start)
}

/// Where the quotes that close at `close` open, if they hold a mailbox's name.
fn quoted_start(text: &str, close: usize) -> Option<usize> {
    let window = line_before(text, close, MAX_LOCAL);
    let inner = &window[window.rfind('"')? + 1..];
    let plain = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    (plain(inner.chars().next()) && plain(inner.chars().next_back())).then(|| close - inner.len() - 1)
}

/// RFC 5322's `atext` without what ends words in URLs, tables and code (`/ = ? { | } `` ` ``).
const fn is_local_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'.' | b'_' | b'-' | b'+' | b'\'' | b'%' | b'!' | b'#' | b'$' | b'&' | b'*' | b'^' | b'~'
        )
}

/// What stands around an address rather than at the start of one: markup, quotes, list signs.
const fn is_outer_punctuation(byte: u8) -> bool {
    matches!(
        byte,
        b'.' | b'-' | b'\'' | b'!' | b'#' | b'$' | b'&' | b'*' | b'^' | b'~' | b'%'
    )
}

/// Where the domain that starts at `start` ends, if it has a top-level domain.
fn domain_end(text: &str, start: usize) -> Option<usize> {
    let mut end = start;
    let mut label = start;
    let mut labels = 0;
    while let Some(label_end) = domain_label_end(text, label, start + MAX_DOMAIN) {
        labels += 1;
        end = label_end;
        let more = text.as_bytes().get(end) == Some(&b'.')
            && char_at(text, end + 1).is_some_and(char::is_alphanumeric);
        if !more {
            break;
        }
        label = end + 1;
    }
    // `alice@corp.de.png` is a picture named after a mailbox.
    let named = text[start..end].rsplit_once('.').and_then(|(shorter, _)| {
        let (_, top) = shorter.rsplit_once('.')?;
        is_common_top_level(top).then_some(start + shorter.len())
    });
    let top = &text[label.min(end)..end];
    // `alice@corp.de_x3`: a name that goes on behind a mailbox.
    if let Some((shorter, _)) = top
        .split_once('_')
        .filter(|(top, _)| labels > 1 && is_common_top_level(top))
    {
        return Some(label + shorter.len());
    }
    if labels > 1 && is_top_level(top) {
        let is_file = named.is_some() && file_ending(text, label - 1) > 0;
        return named
            .filter(|_| is_file)
            .or_else(|| Some(label + top_level_length(top)));
    }
    named
}

/// Top-level domains that stand for themselves, whatever follows them.
fn is_common_top_level(label: &str) -> bool {
    COMMON_TOP_LEVEL.iter().any(|top| label.eq_ignore_ascii_case(top))
}

/// Where the label of one script that starts at `start` ends; `None` if there is none.
fn domain_label_end(text: &str, start: usize, limit: usize) -> Option<usize> {
    let unspaced = is_unspaced(char_at(text, start)?);
    let mut end = start;
    while let Some(c) = char_at(text, end) {
        let belongs = if c.is_ascii() {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
        } else {
            c.is_alphanumeric() && is_unspaced(c) == unspaced
        };
        if !belongs || end > limit {
            break;
        }
        end += c.len_utf8();
    }
    while end > start && matches!(text.as_bytes()[end - 1], b'-' | b'_') {
        end -= 1;
    }
    (end > start).then_some(end)
}

fn is_top_level(label: &str) -> bool {
    if !label.is_ascii() {
        return label.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    }
    if starts_with_ignore_case(label, "xn--") {
        return label.len() > 4;
    }
    let one_case = !label.bytes().any(|b| b.is_ascii_uppercase())
        || !label.bytes().skip(1).any(|b| b.is_ascii_lowercase())
        || !label.bytes().skip(1).any(|b| b.is_ascii_uppercase());
    label.len() >= 2
        && label.bytes().all(|b| b.is_ascii_alphabetic())
        && one_case
        && !NOT_TOP_LEVEL.iter().any(|not| label.eq_ignore_ascii_case(not))
}

/// Bytes of the top-level domain itself where Chinese prose runs on behind it.
fn top_level_length(label: &str) -> usize {
    if label.chars().next().is_some_and(is_unspaced) {
        HAN_TOP_LEVEL
            .iter()
            .find(|top| label.starts_with(**top))
            .map_or(label.len(), |top| top.len())
    } else {
        label.len()
    }
}

/// Whether what starts at `start` is the password in `scheme://user:password@host`: another rule's.
fn is_userinfo(text: &str, start: usize) -> bool {
    let before = line_before(text, start, MAX_LOCAL);
    before.strip_suffix(':').is_some_and(|user| {
        user.rfind("://")
            .is_some_and(|scheme| !user[scheme + 3..].contains(['/', ' ', '@']))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        testing::found(Email::new(), text)
    }

    #[test]
    fn addresses_in_prose_code_and_markup() {
        for (text, address) in [
            ("Write to alice@corp.com.", "alice@corp.com"),
            ("<alice.b+news@mail.corp.co.uk>", "alice.b+news@mail.corp.co.uk"),
            ("**alice@corp.com**", "alice@corp.com"),
            ("print('alice@corp.com')", "alice@corp.com"),
            ("and/or/alice@corp.com", "alice@corp.com"),
            ("?email=alice@corp.com&x=1", "alice@corp.com"),
            ("[[raw]]alice@corp.com[[/raw]]", "alice@corp.com"),
            ("https://host.example/alice@corp.de.png", "alice@corp.de"),
            ("mailto:alice@corp.com?subject=x", "alice@corp.com"),
            ("o'brien@corp.ie", "o'brien@corp.ie"),
            ("ALICE@CORP.COM", "ALICE@CORP.COM"),
            (
                "alice_1@sub-domain.corp.museum,",
                "alice_1@sub-domain.corp.museum",
            ),
            ("\"alice smith\"@corp.com", "\"alice smith\"@corp.com"),
            ("alice@mail.corp.internal", "alice@mail.corp.internal"),
            ("alice@host.corp.com:/srv", "alice@host.corp.com"),
            ("_alice@corp.com", "_alice@corp.com"),
            ("alice.smith@corp.com.eml", "alice.smith@corp.com"),
            ("/mail/alice@corp.io.zip", "alice@corp.io"),
            ("EMAIL_alice@corp.com", "EMAIL_alice@corp.com"),
            ("<PERSON_alice@corp.com>", "PERSON_alice@corp.com"),
            ("alice@corp.zip", "alice@corp.zip"),
            ("<PASSWORD_alice@corp.com_x3>", "PASSWORD_alice@corp.com"),
        ] {
            assert_eq!(found(text), [address], "{text}");
        }
    }

    #[test]
    fn internationalised_addresses_stop_where_the_script_changes() {
        for (text, address) in [
            ("jörg@müller.de", "jörg@müller.de"),
            ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
            ("δοκιμή@παράδειγμα.ελ", "δοκιμή@παράδειγμα.ελ"),
            ("иван@почта.рф", "иван@почта.рф"),
            ("用户@例子.公司", "用户@例子.公司"),
            ("邮箱:用户@例子.公司谢谢", "用户@例子.公司"),
            ("请联系alice@corp.com谢谢", "alice@corp.com"),
            ("电话/邮箱:alice@corp.com", "alice@corp.com"),
            ("a@corp.xn--fiqs8s", "a@corp.xn--fiqs8s"),
        ] {
            assert_eq!(found(text), [address], "{text}");
        }
    }

    #[test]
    fn what_code_writes_with_an_at_sign_is_no_address() {
        for text in [
            "git@github.com:corp/repo.git",
            "ssh://git@gitlab.corp.com/repo",
            "@scope/pkg@1.2.3",
            "lodash@4.17.21",
            "actions/checkout@v4",
            "@app.route('/x')",
            "  @Override",
            "user@host:~$ ls",
            "alice@localhost",
            "icon@2x.png",
            "return@forEach.map",
            "this@MainActivity.context",
            "x = A@B.T",
            "y = w@x.sum()",
            "getty@tty1.service",
            "java.lang.Object@1b2c3d",
            "image@sha256:abc",
            "@@@@",
            "a@",
            "@b.com",
            "a@b.c",
            "a@.com",
            "postgres://app:s3cret@db.corp.com/x",
            "\"a\": \"@b.com\"",
            "foo@bar.bazQux",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn several_addresses_each_count() {
        assert_eq!(
            found("a@b.org,c@d.org;e@f.org"),
            ["a@b.org", "c@d.org", "e@f.org"]
        );
    }

    #[test]
    fn hostile_runs_are_bounded() {
        testing::endure(
            Email::new(),
            &["a.", "@", "a@", "a@a.", ".", "用户@", "\"@", "a@a.aa"],
        );
        let long = format!("{}@corp.com", "a".repeat(1 << 20));
        assert_eq!(found(&long).len(), 1);
    }
}
