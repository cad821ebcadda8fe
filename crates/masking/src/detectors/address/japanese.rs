//! Japanese addresses, from the prefecture or the postal code to the number of the house: `東京都千代田区千代田1-1-9`,
//! `〒350-1175 埼玉県川越市霞台町3-8-41`, `大阪市北区梅田3丁目1番3号`.

use super::super::text::{char_at, is_han};
use crate::ByteSpan;

/// Characters of the longest address before its last number.
const MAX_CHARS: usize = 48;
/// Characters of a building's name behind the number.
const MAX_BUILDING: usize = 24;

/// Prefectures, the postal mark, and the cities that stand without their prefecture.
#[rustfmt::skip]
pub(super) const LITERALS: &[&str] = &[
    "〒", "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県",
    "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県",
    "島根県", "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
    "札幌市", "仙台市", "さいたま市", "千葉市", "横浜市", "川崎市", "相模原市", "新潟市", "静岡市", "浜松市", "名古屋市", "京都市", "大阪市", "堺市", "神戸市",
    "岡山市", "広島市", "北九州市", "福岡市", "熊本市", "千代田区", "中央区", "港区", "新宿区", "文京区", "台東区", "墨田区", "江東区", "品川区", "目黒区", "大田区",
    "世田谷区", "渋谷区", "中野区", "杉並区", "豊島区", "荒川区", "板橋区", "練馬区", "足立区", "葛飾区", "江戸川区",
];
/// What divides an address.
const MUNICIPALITIES: &str = "市区町村郡";
const NUMERALS: &str = "一二三四五六七八九十〇";

/// The address that starts at the literal.
pub(super) fn address(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let is_mark = &text[at.range()] == "〒";
    let from = if is_mark {
        behind_code(text, at.end)?
    } else {
        at.end
    };
    let parts = || parts(text, from, !is_mark && text[at.range()].ends_with(['市', '区']));
    match parts() {
        Some(end) => Some((at.start, building(text, end))),
        None if is_mark => Some((at.start, from - blanks_before(text, from))),
        None => None,
    }
}

/// Where the text behind `350-1175` goes on.
fn behind_code(text: &str, at: usize) -> Option<usize> {
    let at = at + usize::from(text[at..].starts_with(' '));
    let bytes = &text.as_bytes()[at..];
    let code = bytes.get(..8)?;
    let digits = |from: usize, to: usize| code[from..to].iter().all(u8::is_ascii_digit);
    let is_code =
        digits(0, 3) && code[3] == b'-' && digits(4, 8) && !bytes.get(8).is_some_and(u8::is_ascii_digit);
    let gap = bytes[8..]
        .iter()
        .take(2)
        .take_while(|b| matches!(b, b' ' | b'\n'))
        .count();
    is_code.then_some(at + 8 + gap)
}

fn blanks_before(text: &str, at: usize) -> usize {
    let before = &text[..at];
    before.len() - before.trim_end_matches([' ', '\n']).len()
}

/// Where the last number behind municipality and quarter ends.
fn parts(text: &str, from: usize, mut has_municipality: bool) -> Option<usize> {
    let mut at = from;
    let mut end = None;
    let mut is_number = false;
    for _ in 0..MAX_CHARS {
        let Some(c) = char_at(text, at) else { break };
        let next = at + c.len_utf8();
        match c {
            // A particle before the first number: `大阪市で5-1`.
            '0'..='9'
                if end.is_none()
                    && text[..at].ends_with(['で', 'に', 'は', 'が', 'を', 'と', 'へ', 'も']) =>
            {
                break;
            }
            '0'..='9' if has_municipality => {
                end = Some(next);
                is_number = true;
            }
            '-' | '−' | '‐' | 'の' | 'ノ' | '–' | 'ー' if is_number && starts_number(text, next) => {
            }
            ' ' if !is_number && end.is_none() => {}
            '丁' | '番' | '号' | '目' | '地' if is_number || end == Some(at) => end = Some(next),
            _ if NUMERALS.contains(c) && is_counted(text, next) && has_municipality => {
                end = Some(next);
                is_number = true;
            }
            _ if is_place_char(c) && (end.is_none() || is_counted_before(text, at)) => {
                has_municipality |= MUNICIPALITIES.contains(c);
                is_number = false;
                // Behind the numbers only another number belongs to it.
                if end.is_some() {
                    break;
                }
            }
            _ => break,
        }
        at = next;
    }
    end.filter(|end| is_house(&text[from..*end]))
}

/// Whether the numbers are those of a house: `1-1-9`, `3丁目1番3号`, `68-5`, `12番地`; a lone number counts other things.
fn is_house(text: &str) -> bool {
    let tail = text.trim_start_matches(|c: char| !c.is_ascii_digit() && !NUMERALS.contains(c));
    tail.contains(['-', '−', '‐', 'の', 'ノ', '–', 'ー'])
        || ["丁目", "番", "号"].iter().any(|mark| text.contains(mark))
}

fn starts_number(text: &str, at: usize) -> bool {
    char_at(text, at).is_some_and(|c| c.is_ascii_digit())
}

fn is_counted(text: &str, at: usize) -> bool {
    ["丁目", "番", "号"]
        .iter()
        .any(|mark| text[at..].starts_with(mark))
}

fn is_counted_before(text: &str, at: usize) -> bool {
    ["丁目", "番地", "番", "号"]
        .iter()
        .any(|mark| text[..at].ends_with(mark))
}

fn is_place_char(c: char) -> bool {
    is_han(c) || matches!(c, '\u{3041}'..='\u{30FF}' | '々')
}

/// Where the building and the room behind a house number end: ` 丸の内ビル12階`, `-501号室`.
fn building(text: &str, end: usize) -> usize {
    let Some(rest) = text[end..].strip_prefix(' ') else {
        return end;
    };
    let name: usize = rest
        .chars()
        .take(MAX_BUILDING)
        .take_while(|c| is_place_char(*c) || c.is_ascii_alphanumeric() || matches!(c, '・' | 'ー' | '-'))
        .map(char::len_utf8)
        .sum();
    let is_building = rest[..name].contains(|c: char| c.is_ascii_digit())
        || [
            "ビル",
            "マンション",
            "ハイツ",
            "荘",
            "タワー",
            "コーポ",
            "アパート",
        ]
        .iter()
        .any(|word| rest[..name].contains(word));
    if is_building && name > 0 {
        end + 1 + name
    } else {
        end
    }
}
