//! HTML, XML, Markdown and diffs: what is drawn and not read.

use super::super::marked::{Marked, Role, Scope};
use super::{Reading, pair, stretch};

const HTML: &str = "html and xml";
const MARKDOWN: &str = "markdown";
const DIFF: &str = "diff and quote marks";

pub(super) fn all() -> Vec<Reading> {
    let mut all = elements();
    all.extend(pairs());
    all.extend(markdown());
    all.extend(diff());
    all
}

/// `before` and `after` around the stretch.
pub(super) fn between(text: &Marked, before: &str, after: &str) -> Marked {
    Marked::of(before, Role::Around).then(text).around(after)
}

/// `inserted` in the middle of the stretch.
pub(super) fn middle(text: &Marked, inserted: &str) -> Option<Marked> {
    let half = text.len() / 2;
    (half > 0).then(|| {
        text.slice(0..half)
            .around(inserted)
            .then(&text.slice(half..text.len()))
    })
}

/// The character in the middle, or the first `@` or sign, between `before` and `after`.
pub(super) fn one(text: &Marked, before: &str, after: &str) -> Option<Marked> {
    let sign = |at: &usize| text.chars()[*at].0.is_ascii_punctuation();
    let inner = 1..text.len().saturating_sub(1);
    let at = inner
        .clone()
        .find(sign)
        .or_else(|| inner.clone().nth(inner.len() / 2))?;
    let (head, tail) = (text.slice(0..at), text.slice(at + 1..text.len()));
    Some(
        head.then(&between(&text.slice(at..at + 1), before, after))
            .then(&tail),
    )
}

fn wraps(kind: &'static str, forms: &[(&'static str, &'static str)]) -> Vec<Reading> {
    let wrap = |(before, after): &(&'static str, &'static str)| {
        let (before, after) = (*before, *after);
        stretch(
            kind,
            format!("{before}x{after}").escape_debug().to_string(),
            move |text| Some(between(text, before, after)),
        )
    };
    forms.iter().map(wrap).collect()
}

fn elements() -> Vec<Reading> {
    let mut all = wraps(
        HTML,
        &[
            ("<b>", "</b>"),
            ("<strong class='k'>", "</strong>"),
            ("<em>", "</em>"),
            ("<code>", "</code>"),
            ("<span class=\"field value\">", "</span>"),
            ("<font color=red>", "</font>"),
            ("<a href=\"https://host.example/a\">", "</a>"),
            ("<!-- next -->", "<!-- end -->"),
            ("<v>", "</v>"),
            ("<ns:text xml:space=\"preserve\">", "</ns:text>"),
            ("<![CDATA[", "]]>"),
            ("<note><to>", "</to></note>"),
        ],
    );
    let blocks = [
        ("<p>", "</p>"),
        ("<li>", "</li>"),
        ("<div><div>", "</div></div>"),
        ("<BR>", "<BR/>"),
    ];
    let lines = wraps(HTML, &blocks).into_iter();
    all.extend(lines.map(|reading| reading.only(Scope::WITH_VALUE).parting().apart()));
    all.extend(
        wraps(HTML, &[("<td>", "</td>")])
            .into_iter()
            .map(|cell| cell.only(Scope::WITH_VALUE).apart()),
    );
    for inserted in [
        "<wbr>",
        "<b></b>",
        "<!-- x -->",
        "<span></span>",
        "<i/>",
        "&shy;",
        "&#8203;",
        "&ZeroWidthSpace;",
        "</b><b>",
    ] {
        let insert = move |text: &Marked| middle(text, inserted);
        all.push(stretch(HTML, format!("{inserted} inside"), insert).only(Scope::EVERY_WORD));
    }
    for (before, after) in [("<b>", "</b>"), ("<span style=\"color:red\">", "</span>")] {
        all.push(
            stretch(HTML, format!("{before} around one character"), move |text| {
                one(text, before, after)
            })
            .only(Scope::EVERY_WORD),
        );
    }
    all.push(
        stretch(HTML, "<span> around each character", |text| {
            let spans = text
                .chars()
                .iter()
                .enumerate()
                .map(|(at, _)| between(&text.slice(at..at + 1), "<span>", "</span>"));
            Some(spans.fold(Marked::default(), |all, span| all.then(&span)))
        })
        .only(Scope::EVERY_WORD)
        .for_codes(),
    );
    all
}

/// Label and value in elements of their own.
fn pairs() -> Vec<Reading> {
    let mut all = frames(
        HTML,
        &[
            ("<tr><td>", "</td><td>", "</td></tr>"),
            ("<tr>\n  <th scope=\"row\">", "</th>\n  <td>", "</td>\n</tr>"),
            ("<b>", "</b>: ", ""),
            ("<b>", ":</b> ", ""),
            ("<label>", ":</label> <span>", "</span>"),
            ("<p><strong>", ":</strong>&nbsp;", "</p>"),
            ("", ": <b>", "</b>"),
            ("<li>", ": <code>", "</code></li>"),
            ("<span>", "</span><span>: </span><span>", "</span>"),
        ],
    );
    let lines = [
        ("<dl><dt>", "</dt><dd>", "</dd></dl>"),
        ("", ":<br>", "<br>"),
        ("<div>", "</div><div>", "</div>"),
    ];
    all.extend(frames(HTML, &lines).into_iter().map(Reading::always_parting));
    all
}

fn frames(kind: &'static str, forms: &[(&'static str, &'static str, &'static str)]) -> Vec<Reading> {
    let frame = |(before, between, after): &(&'static str, &'static str, &'static str)| {
        let (before, inner, after) = (*before, *between, *after);
        let name = format!("{before}label{inner}value{after}")
            .escape_debug()
            .to_string();
        pair(kind, name, move |label, value| {
            let line = Marked::of(before, Role::Around).then(label);
            line.with(inner, Role::Between).then(value).around(after)
        })
    };
    forms.iter().map(frame).collect()
}

fn markdown() -> Vec<Reading> {
    // Marks inside a word, or side by side, are none.
    let around = wraps(
        MARKDOWN,
        &[
            ("**", "**"),
            ("*", "*"),
            ("_", "_"),
            ("__", "__"),
            ("***", "***"),
            ("`", "`"),
            ("``", "``"),
            ("~~", "~~"),
            ("[", "](https://host.example/a)"),
            ("[", "][1]"),
            ("![", "](https://host.example/a.png)"),
            ("**`", "`**"),
        ],
    );
    let mut all: Vec<Reading> = around.into_iter().map(Reading::apart).collect();
    all.extend(
        wraps(
            MARKDOWN,
            &[
                ("# ", ""),
                ("- ", ""),
                ("* ", ""),
                ("1. ", ""),
                ("- [ ] ", ""),
                ("```\n", "\n```"),
                ("> ", ""),
            ],
        )
        .into_iter()
        .map(|reading| reading.only(&[Scope::Line]).apart()),
    );
    for (before, after) in [("**", "**"), ("`", "`")] {
        all.push(
            stretch(MARKDOWN, format!("{before} around one character"), move |text| {
                one(text, before, after)
            })
            .only(Scope::EVERY_WORD),
        );
    }
    all.extend(frames(
        MARKDOWN,
        &[
            ("**", "**: ", ""),
            ("**", ":** ", ""),
            ("", ": **", "**"),
            ("- **", "**: `", "`"),
            ("[", "](#a): ", ""),
            ("| ", " | ", " |"),
        ],
    ));
    let lines = frames(MARKDOWN, &[("*", "*:\n", "")]);
    all.extend(lines.into_iter().map(Reading::always_parting));
    all
}

/// A mark before each line, and before the value where it begins one.
fn diff() -> Vec<Reading> {
    let mut all = Vec::new();
    for mark in ["+", "-", "> ", ">", ">> ", "+ ", "- "] {
        all.push(
            stretch(DIFF, format!("{mark} before each line"), move |text| {
                Some(lines(text, mark))
            })
            .only(&[Scope::All]),
        );
        all.push(
            stretch(DIFF, format!("{mark} before the value"), move |text| {
                Some(lines(&Marked::of("\n", Role::Around).then(text), mark).around("\n"))
            })
            .only(&[Scope::Value])
            .parting(),
        );
    }
    all.push(
        stretch(DIFF, "a hunk", |text| {
            let head = "diff --git a/notes.txt b/notes.txt\n--- a/notes.txt\n+++ b/notes.txt\n@@ -1,2 +1,3 @@\n first\n";
            Some(Marked::of(head, Role::Around).then(&lines(text, "+")).around("\n last\n"))
        })
        .only(&[Scope::All]),
    );
    all
}

fn lines(text: &Marked, mark: &str) -> Marked {
    let mut marked = Marked::default();
    let mut is_start = text.chars().first().is_none_or(|(c, _)| *c != '\n');
    for (at, (c, _)) in text.chars().iter().enumerate() {
        if is_start {
            marked = marked.around(mark);
        }
        is_start = *c == '\n';
        marked = marked.then(&text.slice(at..at + 1));
    }
    marked
}
