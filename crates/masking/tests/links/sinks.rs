//! What a browser, a linkifier or a program that draws links takes out of a rendered answer.

use std::sync::LazyLock;

use linkify::{LinkFinder, LinkKind};
use percent_encoding::percent_decode_str;
use scraper::{Html, Node};

use crate::fixture::{PRIVATE, VALUES};

/// Attributes that hold text and are neither fetched nor sent.
const TEXTS: &[&str] = &[
    "alt",
    "title",
    "id",
    "class",
    "lang",
    "data-math-style",
    "data-wikilink",
    "start",
    "align",
];

/// Addresses of the notations that no crate here renders.
static FOREIGN: LazyLock<Vec<regex::Regex>> = LazyLock::new(|| {
    [
        // GitHub's autolinks, markdown-it's and terminals', taken as wide as any of them.
        r"(?i)(?:\b[a-z][a-z0-9+.-]+://|\bwww\.)[^\s<]*",
        // Lenient Markdown, Slack, wikis, Org, BBCode, Textile, reST, LaTeX, terminals.
        r"\]\(([^)\n]*)\)",
        r"<([^<>\n|]*)[|>]",
        r"\[\[([^\]\n]*)\]",
        r"\[(?:url|img)=([^\]\n]*)\]",
        r"\[img\]([^\[\n]*)\[",
        r#"":(\S*)"#,
        r"<([^<>\n]*)>`_",
        r"\\(?:href|url|includegraphics)\{([^{}\n]*)\}",
        r"\x1b\]8;[^;\x1b]*;([^\x07\x1b]*)",
    ]
    .iter()
    .map(|source| regex::Regex::new(source).expect("a regex"))
    .collect()
});

/// The addresses in rendered HTML, and what its forms would send.
pub(crate) fn of_html(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let mut found = Vec::new();
    for node in page.tree.nodes() {
        match node.value() {
            Node::Element(element) => {
                // What no element is called has a style and handlers only.
                let is_known = element
                    .name()
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                let carried = element.attrs().filter(|(name, _)| {
                    !TEXTS.contains(name) && (is_known || *name == "style" || name.starts_with("on"))
                });
                found.extend(carried.map(|(_, value)| value.to_owned()));
            }
            Node::Text(text) => {
                let is_carried = |above: &Node| {
                    matches!(above, Node::Element(element)
                    if matches!(element.name(), "style" | "script" | "textarea" | "select"))
                };
                if node.ancestors().any(|above| is_carried(above.value())) {
                    found.push(text.to_string());
                } else {
                    found.extend(of_text(text));
                }
            }
            _ => {}
        }
    }
    found
}

/// What linkifiers make of bare text. Punctuation beyond ASCII is none of an address to those in use.
pub(crate) fn of_text(text: &str) -> Vec<String> {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    finder.kinds(&[LinkKind::Url, LinkKind::Email]);
    let pieces = text.split(|c| matches!(c, '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff0f}' | '\u{a0}'));
    pieces
        .flat_map(|piece| {
            finder
                .links(piece)
                .map(|link| ascii_host(link.as_str()))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A mail's address without letters of Chinese or Korean that follow it.
fn ascii_host(address: &str) -> String {
    let host = address.find('@').map_or(address.len(), |at| at + 1);
    let end = address[host..]
        .find(|c: char| !c.is_ascii())
        .map_or(address.len(), |at| host + at);
    address[..end].to_owned()
}

/// What other notations make of the text.
pub(crate) fn foreign(text: &str) -> Vec<String> {
    let captures = FOREIGN.iter().flat_map(|regex| regex.captures_iter(text));
    let targets = captures.filter_map(|captures| captures.get(1).or(captures.get(0)));
    let targets = targets.map(|target| target.as_str().to_owned());
    targets.filter(|target| !is_relative(target)).collect()
}

/// Whether an address leads to where it is shown.
pub(crate) fn is_relative(address: &str) -> bool {
    static ABSOLUTE: LazyLock<regex::Regex> = LazyLock::new(|| {
        let source = concat!(
            r"(?i)^[\s\x00-\x1f]*(?:(?:https?|ftp|wss?|file|data|mailto|xmpp|javascript)(?::|&colon;)",
            r"|[/\\]{2}|www\.)"
        );
        regex::Regex::new(source).expect("a regex")
    });
    let plain = [
        ("\n", ""),
        ("\t", ""),
        ("&#104;", "h"),
        ("&#47;", "/"),
        ("&#x2f;", "/"),
        ("&sol;", "/"),
    ]
    .iter()
    .fold(address.to_owned(), |text, (escaped, plain)| {
        text.replace(escaped, plain)
    });
    !ABSOLUTE.is_match(&plain)
}

/// The private value that an address carries, if any. An address that is a value as a whole goes to its owner.
pub(crate) fn carried(address: &str) -> Option<&'static str> {
    let decoded = percent_decode_str(address).decode_utf8_lossy().into_owned();
    let squeezed = squeezed(&decoded);
    let bare = decoded.trim();
    let bare = ["mailto:", "http://", "https://", "tel:"]
        .iter()
        .find_map(|scheme| bare.strip_prefix(scheme))
        .unwrap_or(bare);
    let mut private = VALUES[..PRIVATE].iter().map(|(_, value)| *value);
    // A mail goes to what ends its address; letters of Chinese after a host are no host.
    let ascii = bare.trim_end_matches(|c: char| !c.is_ascii());
    if ascii.matches('@').count() == 1
        && private
            .clone()
            .any(|value| value.contains('@') && ascii.ends_with(value))
    {
        return None;
    }
    // A domain is its last label's.
    let is_host = !bare.contains(['/', ':', '?', '#', '@']);
    private.find(|value| {
        bare != *value && !(is_host && bare.ends_with(value)) && squeezed.contains(&self::squeezed(value))
    })
}

/// Letters and digits, whatever writes or separates them.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
