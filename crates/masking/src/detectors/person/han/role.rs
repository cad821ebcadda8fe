//! Chinese names behind roles without any mark (`被告陈国强，男`, `患者张晓梅于3日入院`), and as whole values.

use super::super::super::text::{char_at, char_before, is_han};
use super::super::Span;
use super::surname::{is_everyday, surname_at};
use super::transliterated;
use super::word_end::RARE_ENDS;
use crate::ByteSpan;

/// Roles of courts, hospitals and offices.
pub(in super::super) const ROLES: &[&str] = &[
    "原告",
    "原告人",
    "被告",
    "被告人",
    "上诉人",
    "被上诉人",
    "申请人",
    "被申请人",
    "申請人",
    "患者",
    "病人",
    "证人",
    "證人",
    "审判长",
    "审判员",
    "书记员",
    "代理人",
    "辩护人",
    "代表人",
    "医师",
    "主刀",
    "家属",
    "担保人",
    "借款人",
    "嫌疑人",
    "第三人",
    "执行人",
    "受害人",
    "被害人",
    "聯絡人",
    "委託人",
    "委托人",
    "当事人",
    "投保人",
    "被保险人",
    "承租人",
    "出租人",
    "员工",
    "学生",
    "同事",
    "客户",
    "参会人",
    "汇报人",
    "记录人",
    "主持人",
];
/// What follows a role more often than a name that begins alike.
const NO_NAME: &[&str] = &[
    "方", "应", "須", "须", "和", "与", "于", "時", "时", "安全", "权", "常", "单位", "管", "公司", "称",
    "辩", "均", "有", "万", "明", "成", "支", "要", "项", "关系", "来", "费", "信息", "全", "经", "宣", "诉",
    "当", "任", "计", "包", "相", "路", "查", "程", "储", "金", "曾", "田", "严", "容", "向", "双", "充",
    "解", "都",
];
/// What proves a name that stands before it.
const PROOFS: &[&str] = &[
    ",男",
    ",女",
    ",汉族",
    ",1",
    ",2",
    ",住",
    ",系",
    ",身份证",
    ",律师",
    "(男",
    "(女",
    "(身份证",
    ",年龄",
    ",今年",
];
/// Behind a name: who it is, and what is somebody's.
pub(in super::super) const BEHIND: &[&str] = &[
    ",男",
    ",女",
    "(男",
    "(女",
    "的手机",
    "的电话",
    "的身份证",
    "的地址",
    "的邮箱",
    "的银行卡",
    "的护照",
    "的微信",
    "的家属",
    "的病历",
    "的账户",
];
/// What may follow a name of three letters.
const FOLLOWERS: &[&str] = &[
    ",", "。", ".", "、", ";", " ", "\n", "\r", ")", "(", "于", "因", "出庭", "诉", "与", "和", "的", "向",
    "在", "已", "说", "称", "入院", "到庭", "提交", "签",
];
const WHOLE: usize = 3;
/// What may directly stand before a name in a sentence.
const BEFORE: &str = "是叫给和与把将向由请为对查的";

/// Whether `name` is a Chinese name and nothing else.
pub(in super::super) fn is_name(name: &str) -> bool {
    let is_transliterated = || transliterated(name, 0) == Some(name.len());
    let Some(surname) = surname_at(name, 0) else {
        return is_transliterated();
    };
    let given = name[surname..].chars();
    !is_everyday(name) && given.clone().all(is_han) && (1..=2).contains(&given.count()) || is_transliterated()
}

/// The name behind the role at `at`.
pub(in super::super) fn after_role(text: &str, at: ByteSpan) -> Option<Span> {
    let mut start = at.end;
    // `上诉人(原审被告)郑伟民`
    if text[start..].starts_with('(') {
        let close = text[start..].char_indices().take(14).find(|(_, c)| *c == ')')?;
        start += close.0 + 1;
    }
    let value = text[start..].trim_start_matches([' ', ':', '\u{3000}']);
    let is_marked = value.len() < text.len() - start;
    start = text.len() - value.len();
    if start - at.end > 48 {
        return None;
    }
    [2, 1].into_iter().find_map(|given| {
        let surname = surname_at(text, start)?;
        let mut end = start + surname;
        for _ in 0..given {
            end += char_at(text, end).filter(|c| is_han(*c))?.len_utf8();
        }
        let behind = &text[end..];
        if PROOFS.iter().any(|proof| behind.starts_with(proof)) {
            return Some((start, end));
        }
        let plain =
            !NO_NAME.iter().any(|word| text[start..].starts_with(word)) && !is_everyday(&text[start..]);
        let letters = text[start..end].chars().count();
        let follows = behind.is_empty() || FOLLOWERS.iter().any(|follower| behind.starts_with(follower));
        let usual = text[start..].starts_with(|c| RARE_ENDS.contains(c)) || is_marked;
        (plain && letters >= WHOLE && follows && usual).then_some((start, end))
    })
}

/// The name that ends at `end`, before what tells that it is one; no other word's letters before it.
pub(in super::super) fn before(text: &str, end: usize) -> Option<Span> {
    let mut start = end;
    let mut best = None;
    for letters in 1..=4 {
        let Some(c) = char_before(text, start).filter(|c| is_han(*c)) else {
            break;
        };
        start -= c.len_utf8();
        let is_set_apart = !char_before(text, start).is_some_and(|c| is_han(c) && !BEFORE.contains(c));
        if letters >= WHOLE - 1 && is_set_apart && is_name(&text[start..end]) {
            best = Some((start, end));
        }
    }
    best
}
