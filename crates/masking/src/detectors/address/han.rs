//! Chinese addresses: from the province down to the house number, or what a label names.

use super::super::text::{char_at, char_before, is_han};
use crate::ByteSpan;

/// Characters that are read before a street.
const MAX_BEFORE: usize = 30;
/// Characters that are read behind a house number, and of a labelled address.
const MAX_BEHIND: usize = 40;

/// Streets that wake the rule.
pub(super) const LITERALS: &[&str] = &["路", "街", "大道", "道", "巷", "弄", "胡同", "村", "镇"];
/// Words that end in a street's character and are none.
#[rustfmt::skip]
const NOT_STREETS: &[&str] = &[
    "线路", "电路", "网路", "思路", "铁路", "链路", "通路", "支路", "回路", "旁路", "短路", "出路", "道路", "上街", "逛街", "轨道", "軌道", "频道", "頻道",
    "通道", "跑道", "车道", "車道", "航道", "管道", "渠道", "赛道", "信道", "隧道",
];
/// Provinces, municipalities and large cities, which start an address.
#[rustfmt::skip]
const REGIONS: &[&str] = &[
    "北京", "上海", "天津", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南",
    "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾", "臺灣", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门", "深圳",
    "广州", "杭州", "南京", "苏州", "成都", "武汉", "西安", "长沙", "郑州", "青岛", "济南", "大连", "沈阳", "厦门", "福州", "宁波", "无锡", "东莞", "佛山",
    "珠海", "合肥", "昆明", "贵阳", "南昌", "南宁", "台北", "臺北", "哈尔滨", "长春", "石家庄", "太原", "兰州",
];
/// Characters before which an address without a region starts.
const BEFORE: &str = "在到于住寄去往从给是的至送来与和址";
/// What divides the parts of an address.
const DIVISIONS: &str = "省市区县镇乡村路街道巷弄号楼栋幢室";
/// What a house number counts.
const HOUSES: &[&str] = &["号", "號", "弄", "栋", "幢", "巷"];

/// `广东省深圳市南山区科技路12号3栋501室`.
pub(super) fn street(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let street = at.end + section(&text[at.end..]);
    let number = text[street..]
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_digit)
        .count();
    let house = street + number;
    HOUSES
        .iter()
        .find(|house_word| text[house..].starts_with(**house_word))
        .filter(|_| number > 0)?;
    if NOT_STREETS.iter().any(|word| text[..at.end].ends_with(word)) {
        return None;
    }
    let start = start_of(text, at.start)?;
    Some((start, end_of(text, house)))
}

/// Bytes of a section of a street: `忠孝東路四段`.
fn section(rest: &str) -> usize {
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (Some(number), Some('段')) if "一二三四五六七八九十".contains(number) || number.is_ascii_digit() => {
            number.len_utf8() + '段'.len_utf8()
        }
        _ => 0,
    }
}

/// Where the address whose street's character is at `street` starts.
fn start_of(text: &str, street: usize) -> Option<usize> {
    let mut from = street;
    let mut count = 0;
    while let Some(c) = char_before(text, from).filter(|c| is_han(*c) || c.is_ascii_digit()) {
        if count == MAX_BEFORE {
            break;
        }
        from -= c.len_utf8();
        count += 1;
    }
    let run = &text[from..street];
    let region = REGIONS.iter().filter_map(|region| run.find(region)).min();
    let start = from
        + region.unwrap_or_else(|| {
            run.char_indices()
                .filter(|(_, c)| BEFORE.contains(*c))
                .map(|(at, c)| at + c.len_utf8())
                .rfind(|at| run[*at..].chars().next().is_some_and(|c| !DIVISIONS.contains(c)))
                .unwrap_or(0)
        });
    (start < street && text[start..street].chars().any(is_han)).then_some(start)
}

/// Where the address goes on to behind its house number: buildings, units, rooms.
fn end_of(text: &str, from: usize) -> usize {
    let mut end = from;
    let mut at = from;
    for _ in 0..MAX_BEHIND {
        let Some(c) = char_at(text, at) else { break };
        if !(is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '-' | '#')) {
            break;
        }
        at += c.len_utf8();
        if "号號楼樓栋幢室层層弄座院厦廈".contains(c)
            || text[..at].ends_with("单元")
            || text[..at].ends_with("小区")
        {
            end = at;
        } else if BEFORE.contains(c) || "，。联电手邮收".contains(c) {
            break;
        }
    }
    end
}

/// The value of a label at `start`, if it has the parts of an address.
pub(super) fn labelled(text: &str, start: usize) -> Option<(usize, usize)> {
    let mut at = start;
    let mut end = start;
    let (mut divisions, mut count) = (0, 0);
    while let Some(c) = char_at(text, at) {
        let belongs =
            is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '-' | '#' | '(' | ')' | ' ' | '·');
        if !belongs || count == MAX_BEHIND || (count > 4 && is_next_label(&text[at..])) {
            break;
        }
        at += c.len_utf8();
        if c != ' ' {
            end = at;
        }
        count += 1;
        divisions += usize::from(DIVISIONS.contains(c));
    }
    let region = REGIONS.iter().any(|region| text[start..].starts_with(region));
    (count >= 5 && (divisions >= 2 || (region && divisions >= 1)) && char_at(text, start).is_some_and(is_han))
        .then_some((start, end))
}

fn is_next_label(rest: &str) -> bool {
    [
        "电话", "手机", "邮编", "联系", "收件", "邮箱", "姓名", " 电话", " 手机", " 邮编", " 联系", " 收件",
    ]
    .iter()
    .any(|label| rest.starts_with(label))
}
