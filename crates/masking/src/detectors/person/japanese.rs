//! Japanese names: before honorifics (`高橋美咲様`, `佐々木さん`), behind roles (`担当：佐藤`), and as readings in kana.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::text::{char_at, char_before, is_han};
use super::Span;
use super::cjk::is_kana;
use super::value::Trust;
use crate::ByteSpan;

/// The family names that most people have.
const SURNAMES: &str = "佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 渡邉 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 齋藤 斉藤 清水 \
山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 福田 太田 西村 藤井 岡本 金子 藤原 三浦 中野 中川 \
原田 松田 竹内 小野 田村 中山 和田 石田 上田 森田 原 柴田 酒井 工藤 横山 宮崎 宮本 内田 高木 安藤 谷口 大野 丸山 今井 高田 藤本 武田 村田 上野 杉山 \
増田 平野 大塚 千葉 久保 松井 岩崎 桜井 野口 松尾 木下 菊地 菊池 野村 新井 杉本 佐野 水野 古川 小島 山内 島田 市川 小松 高野 西田 吉川 大西 川口 \
五十嵐 北村 永井 飯田 中田 安田 川崎 辻 平田 川村 浜田 久保田 本田 東 秋山 関 岩田 松下 矢野 樋口 吉村 服部 福島 荒木 大久保 川上 浅野 黒田 熊谷 \
野田 小山 大橋 田口 松岡 片山 須藤 関口 土屋 大島 望月 西川 川島 永田 早川 菅原 中西 堀 吉岡 三宅 内藤 大谷 小池 河野 岩本 篠原 石原 松村 森本 岡崎 \
平井 小泉 上村 栗原 馬場 滝沢 荒井 尾崎 天野 福井 白石 奥村 大森 西山 広瀬 星野 岸本 成田 大石 鎌田 安達 榎本 堀田 堀内 小西 渋谷 松浦 宮田 稲垣 宮下 \
桑原 飯塚 村山 川田 福岡 西 島 沢田 澤田 田辺 根本 関根 黒木 徳永 上原 今村 黒川 片岡 児玉 川端 相馬 三好 岩井 柳 村井 荻野 坂口 竹田 平山 北川 富田 \
本間 神田 長田 岡村 大川 坂井 伊東 大山 長島 藤川 倉田 大沢 大澤 植田 須田 甲斐 庄司 古賀 福本 中井 高山 徳田 古田 米田 横田 高松 石橋 松原 青山 \
森川 宇野 町田 瀬戸 松永 比嘉 金城 大城 宮城 津田 柏木 小田 小沢 小澤 矢島 金田 北原 生田 井口 吉野 江口 浅井 堤 窪田 笠原 笹木 笹川 花田 土井 田島 \
奥田 水谷 水島 竹中 梶原 稲葉 柿崎 雨宮 早坂 有馬 有村 結城 鳥居 朝倉 園田 岸 岸田 安倍 小倉 牧野 秋元 藤村 藤沢 藤澤 湯浅 戸田 日高 真田 河合 川合 河村 河内";

static TABLE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| SURNAMES.split_ascii_whitespace().collect());

/// Behind a name, longest first where one ends another.
pub(super) const HONORIFICS: &[&str] = &[
    "様",
    "殿",
    "さま",
    "さん",
    "氏",
    "先生",
    "くん",
    "君",
    "ちゃん",
    "課長",
    "部長",
    "社長",
    "係長",
    "専務",
    "常務",
    "主任",
    "店長",
    "教授",
    "弁護士",
    "医師",
    "看護師",
    "と申します",
];
/// Before a name, with or without a colon.
pub(super) const ROLES: &[&str] = &[
    "氏名",
    "お名前",
    "名前",
    "患者",
    "患者名",
    "担当",
    "担当者",
    "担当医",
    "主治医",
    "依頼人",
    "依頼者",
    "差出人",
    "宛先",
    "被告",
    "原告",
    "被告人",
    "申請者",
    "申込者",
    "契約者",
    "利用者",
    "受取人",
    "代表者",
    "代表取締役",
    "保護者",
    "記入者",
    "作成者",
    "承認者",
    "送信者",
    "受信者",
    "届出人",
    "被保険者",
    "世帯主",
    "借主",
    "貸主",
    "債務者",
    "従業員",
    "社員",
    "生徒",
    "弁護士",
    "証人",
    "名義人",
    "口座名義",
    "著者",
    "署名",
];
/// Labels of the reading of a name.
pub(super) const READINGS: &[&str] = &[
    "フリガナ",
    "ふりがな",
    "カナ)",
    "かな)",
    "カナ氏名",
    "氏名カナ",
    "セイメイ",
    "よみがな",
    "ヨミガナ",
];
/// Ideographs before a name that belong to a place of work.
const BEFORE: &str = "部課社長係室店院者人員客当科局所堂";
/// What forms write where a name is missing.
const NONE: &[&str] = &[
    "必須",
    "任意",
    "未入力",
    "未設定",
    "非公開",
    "不明",
    "入力",
    "匿名",
    "未定",
    "記入",
    "欄",
    "一覧",
    "各位",
    "株式",
    "会社",
];
/// Longest given name and longest surname, in letters.
const GIVEN: usize = 5;
const LONGEST_SURNAME: usize = 3;

/// Bytes of the family name that `text` starts with.
fn surname(text: &str) -> Option<usize> {
    let ends = text
        .char_indices()
        .take(LONGEST_SURNAME)
        .map(|(at, c)| at + c.len_utf8());
    let mut longest = None;
    for end in ends {
        if TABLE.contains(&text[..end]) {
            longest = Some(end);
        }
    }
    longest
}

fn is_letter(c: char) -> bool {
    is_han(c) || is_kana(c)
}

/// Whether `name` is a family name, with a given name unless the place leaves no doubt.
pub(super) fn is_name(name: &str, trust: Trust) -> bool {
    if NONE.iter().any(|word| name.contains(word)) {
        return false;
    }
    let given = |length: usize| name[length..].trim_start_matches(' ').chars().count();
    match surname(name) {
        Some(length) if name.len() == length => trust == Trust::Label,
        Some(length) => given(length) <= GIVEN && is_given(name[length..].trim_start_matches(' ')),
        // `久遠寺 みづき`, `ワタナベ ケンタ`: two words behind a label.
        None => trust == Trust::Label && is_pair(name),
    }
}

fn is_pair(name: &str) -> bool {
    let length = |part: &str| (1..=GIVEN + 1).contains(&part.chars().count());
    name.split_once([' ', '・'])
        .is_some_and(|(family, given)| length(family) && length(given) && is_given(given))
}

/// Whether a given name is no particle with what it joins: `田中の本`.
fn is_given(given: &str) -> bool {
    let is_particle = |c: char| "のをはがにへと".contains(c);
    let mut letters = given.chars();
    let is_kana_alone = given.chars().count() == 1 && letters.all(|c| is_kana(c) && c != '々');
    let opens_otherwise = given.starts_with(['の', 'を', 'は', 'が']);
    let is_written = !given.is_empty() && given.chars().all(is_letter);
    is_written && !is_kana_alone && !opens_otherwise && !given.ends_with(is_particle)
}

/// Without an honorific at the end, if something is left.
pub(super) fn without_honorific(name: &str) -> &str {
    let honorific = HONORIFICS
        .iter()
        .find(|honorific| name.ends_with(**honorific) && name.len() > honorific.len());
    honorific.map_or(name, |honorific| name[..name.len() - honorific.len()].trim_end())
}

/// The name before the honorific at `at`; behind a reading in brackets the reading too.
pub(super) fn before_honorific(text: &str, at: usize) -> [Option<Span>; 2] {
    let head = text[..at].strip_suffix(' ').unwrap_or(&text[..at]);
    if head.ends_with(')') {
        let reading = bracketed_reading(head);
        return match reading {
            Some((start, end)) => [ending_at(text, start - 1), Some((start, end))],
            None => [None, None],
        };
    }
    [ending_at(text, head.len()), None]
}

/// `(たかはし みさき)`, what `head` ends with.
fn bracketed_reading(head: &str) -> Option<Span> {
    let close = head.len() - 1;
    let mut at = close;
    for _ in 0..24 {
        let c = char_before(head, at)?;
        at -= c.len_utf8();
        if c == '(' {
            return (at + 1 < close).then_some((at + 1, close));
        }
        if !is_kana(c) && c != ' ' {
            return None;
        }
    }
    None
}

/// The longest name that ends at `end` and that no letters of another word precede.
fn ending_at(text: &str, end: usize) -> Option<Span> {
    let (mut at, mut best, mut spaces) = (end, None, 0);
    for _ in 0..=GIVEN + LONGEST_SURNAME {
        let Some(c) = char_before(text, at) else { break };
        if c == ' ' && at < end && spaces == 0 {
            spaces += 1;
        } else if !is_letter(c) && c != '・' {
            break;
        }
        at -= c.len_utf8();
        let name = &text[at..end];
        if is_foreign(name) && begins(text, at) {
            best = Some((at, end));
        }
        let Some(length) = surname(name).filter(|_| begins(text, at)) else {
            continue;
        };
        let given = name[length..].trim_start_matches(' ');
        if given.is_empty() && spaces == 0 || is_name(name, Trust::Layout) {
            best = Some((at, end));
        }
    }
    best
}

/// `マリア・シルバ`
fn is_foreign(name: &str) -> bool {
    let is_part = |part: &str| {
        part.chars().count() > 1 && part.chars().all(|c| matches!(c, '\u{30a1}'..='\u{30fa}' | 'ー'))
    };
    name.split_once('・')
        .is_some_and(|(given, family)| is_part(given) && is_part(family))
}

/// Whether a name may begin at `at`: behind kana and marks, and behind ideographs that end a role.
fn begins(text: &str, at: usize) -> bool {
    char_before(text, at)
        .is_none_or(|c| !is_han(c) && !matches!(c, '\u{30a1}'..='\u{30fc}') || BEFORE.contains(c))
}

/// The name behind the role at `at`.
pub(super) fn after_role(text: &str, at: ByteSpan) -> Option<Span> {
    let rest = &text[at.end..];
    let value = rest.trim_start_matches([' ', ':', '\t', '|', '「', '・']);
    let value = if value.len() == rest.len() {
        rest.strip_prefix('の')?
    } else {
        value
    };
    let start = text.len() - value.len();
    if start - at.end > 12 {
        return None;
    }
    let (mut to, mut spaces, mut letters) = (start, 0, 0);
    while let Some(c) = char_at(text, to).filter(|_| letters <= GIVEN + LONGEST_SURNAME) {
        let joins = c == ' ' && letters > 0 && spaces == 0 && char_at(text, to + 1).is_some_and(is_letter);
        if !joins && !is_letter(c) {
            break;
        }
        spaces += usize::from(joins);
        letters += usize::from(!joins);
        to += c.len_utf8();
    }
    let name = without_honorific(&text[start..to]);
    // The space may end the value: `佐藤 営業部`.
    let shorter = name.split(' ').next().unwrap_or(name);
    let is_marked = rest.starts_with([':', ' ', '\t', '|']);
    let trust = if is_marked && rest.trim_start_matches(' ').starts_with([':', '|']) {
        Trust::Label
    } else {
        Trust::Layout
    };
    let named = [name, shorter]
        .into_iter()
        .find(|name| surname(name).is_some() && is_name(name, trust));
    named.map(|name| (start, start + name.len()))
}

/// The kana behind the label at `at` of a reading: `フリガナ：タカハシ ミサキ`.
pub(super) fn reading_after(text: &str, end: usize) -> Option<Span> {
    let rest = &text[end..];
    let value = rest.trim_start_matches([' ', ':', '\t', '|', ')']);
    let start = text.len() - value.len();
    let name: usize = value
        .chars()
        .take(20)
        .take_while(|c| is_kana(*c) || *c == ' ')
        .map(char::len_utf8)
        .sum();
    let name = value[..name].trim_end();
    let is_marked = value.len() < rest.len() && start - end < 8;
    (is_marked && name.chars().count() > 3 && is_pair(name)).then_some((start, start + name.len()))
}
