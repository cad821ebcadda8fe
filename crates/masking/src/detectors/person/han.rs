//! Chinese names: behind labels (`姓名:张三`), before titles (`王总`, `张三老师`), in greetings and signatures.

mod role;
mod surname;
mod word_end;

use super::super::text::{char_at, char_before, is_han};
use super::Span;
use crate::ByteSpan;
pub(super) use role::{BEHIND, ROLES, after_role, before, is_name};
use surname::{is_everyday, surname_at, surname_before};
use word_end::begins_word;

/// What forms write where a name is missing.
const NO_JAPANESE_NAME: &[&str] = &[
    "必須",
    "任意",
    "未入力",
    "未設定",
    "非公開",
    "不明",
    "入力",
    "匿名",
];
/// Words that a name follows directly.
pub(super) const PHRASES: &[&str] = &["我叫", "名叫", "名字叫", "名字是", "我的同事", "我的朋友"];
pub(super) const GREETINGS: &[&str] = &["亲爱的", "尊敬的", "你好,", "您好,"];
/// Titles behind a surname or a whole name.
pub(super) const TITLES: &[&str] = &[
    "先生",
    "女士",
    "小姐",
    "老师",
    "教授",
    "经理",
    "总经理",
    "主任",
    "医生",
    "大夫",
    "律师",
    "局长",
    "校长",
    "院长",
    "处长",
    "科长",
    "主管",
    "总监",
    "董事长",
    "部长",
    "书记",
    "博士",
    "院士",
    "同学",
    "师傅",
    "阿姨",
    "叔叔",
    "法官",
    "警官",
    "会长",
    "主席",
    "老板",
    "队长",
    "工程师",
    "护士",
    "秘书",
    "市长",
    "行长",
    "店长",
    "厂长",
    "教练",
    "总裁",
    "总",
    "總",
    "老師",
    "經理",
    "醫生",
    "律師",
];

/// What may directly follow a name in a run of text without marks.
const FOLLOWERS: &[&str] = &[
    "电话",
    "手机",
    "身份证",
    "性别",
    "年龄",
    "男",
    "女",
    "地址",
    "住址",
    "邮箱",
    "出生",
    "先生",
    "女士",
    "老师",
    "的",
    "是",
    "在",
    "和",
    "与",
    "于",
    "已",
    "说",
    "购买",
    "申请",
    "联系",
    "入职",
    "来",
    "去",
    "为",
    "因",
    "及",
    "您好",
    "你好",
    "表示",
    "认为",
    "提交",
    "负责",
    "同意",
    "今年",
    "毕业",
    "住在",
];
/// What may stand directly before a name and its title.
const BEFORE_TITLED: &str = "的和与给跟请让找问向对是叫见约由被把到在有为及同或从但而也都就当好系诉知谢复位名了过访着托替帮陪送接等告天";
/// What may follow 总 when it is a title.
const BEHIND_CHIEF: &str =
    "的说在和与来去好也已让您请把给跟对就这那今明昨下上吗呢吧啊呀签到您你我他她很不没先再还";
/// What makes 总 the first half of another word.
const CHIEF_WORDS: &str = "是共之计数体结能部量额算会會统值得归经监裁编理价值分称括揽";
/// A surname with more bytes has two characters.
const DOUBLE_SURNAME: usize = 4;
/// The longest run of ideographs that is looked at.
const MAX_RUN: usize = 8;

/// The Chinese name that is the value of a label.
pub(in crate::detectors) fn after_label_value(text: &str, value: usize, is_told: bool) -> Option<Span> {
    let end = transliterated(text, value).or_else(|| name_end(text, value))?;
    let whole = !char_at(text, end).is_some_and(is_han);
    (is_told || whole).then_some((value, end))
}

/// The whole value of a Japanese label: two to eight ideographs or kana, a space between them perhaps.
pub(in crate::detectors) fn japanese_name(text: &str, start: usize) -> Option<Span> {
    let is_kana = |c: char| matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fc}');
    let is_letter = |c: char| is_han(c) || is_kana(c);
    let (mut at, mut letters, mut spaces) = (start, 0, 0);
    while let Some(c) = char_at(text, at).filter(|_| letters <= MAX_RUN) {
        let joins = c == ' ' && letters > 0 && spaces == 0 && char_at(text, at + 1).is_some_and(is_letter);
        if !joins && !is_letter(c) {
            break;
        }
        letters += usize::from(!joins);
        spaces += usize::from(joins);
        at += c.len_utf8();
    }
    let value = &text[start..at];
    let opens = value.starts_with(is_han) && !NO_JAPANESE_NAME.iter().any(|word| value.contains(word));
    let is_sentence = ["を", "は", "が", "の"]
        .iter()
        .any(|particle| value.contains(particle));
    (opens && !is_sentence && (2..=MAX_RUN).contains(&letters)).then_some((start, at))
}

/// The name that starts at `start`, directly behind words that announce it.
pub(super) fn after_phrase(text: &str, start: usize) -> Option<Span> {
    name_end(text, start).map(|end| (start, end))
}

/// The name between a greeting and its comma or colon.
pub(super) fn after_greeting(text: &str, start: usize) -> Option<Span> {
    let end = name_end(text, start)?;
    matches!(char_at(text, end), Some(',' | ':' | '!' | '、' | '\n')).then_some((start, end))
}

/// The name that alone fills the line from `start` on.
pub(super) fn whole_line(text: &str, start: usize) -> Option<Span> {
    let end = name_end(text, start)?;
    matches!(char_at(text, end), None | Some('\n' | '\r' | ' ' | '"')).then_some((start, end))
}

/// Where the name that starts at `start` ends: a surname and one or two ideographs.
fn name_end(text: &str, start: usize) -> Option<usize> {
    let surname = surname_at(text, start)?;
    if is_everyday(&text[start..]) {
        return None;
    }
    let given = start + surname;
    let run = text[given..]
        .chars()
        .take(MAX_RUN)
        .take_while(|c| is_han(*c))
        .count();
    let at = |chars: usize| {
        given
            + text[given..]
                .chars()
                .take(chars)
                .map(char::len_utf8)
                .sum::<usize>()
    };
    match run {
        0 => None,
        1 | 2 => Some(at(run)),
        _ => [1, 2].into_iter().map(at).find(|end| {
            FOLLOWERS
                .iter()
                .any(|follower| text[*end..].starts_with(follower))
        }),
    }
}

/// `阿卜杜拉·买买提`, `玛丽·居里`.
fn transliterated(text: &str, start: usize) -> Option<usize> {
    let (mut end, mut run, mut parts) = (start, 0, 0);
    while let Some(c) = char_at(text, end) {
        match c {
            '·' | '•' | '・' if run > 0 && parts < 3 => {
                parts += 1;
                run = 0;
            }
            c if is_han(c) && run < MAX_RUN => run += 1,
            _ => break,
        }
        end += c.len_utf8();
    }
    (parts > 0 && run > 0).then_some(end)
}

/// The name before the title at `at`; with the title where there is only a surname, which alone is too short to mask.
pub(super) fn before_title(text: &str, at: ByteSpan) -> Option<Span> {
    let title = &text[at.range()];
    let is_chief = matches!(title, "总" | "總");
    let sure = |start: usize| at.start - start > DOUBLE_SURNAME || begins_word(text, start);
    let alone = surname_before(text, at.start).filter(|start| stands_alone(text, *start) || sure(*start));
    if is_chief && !ends_chief(text, at.end, alone.is_some_and(sure)) {
        return None;
    }
    if let Some(start) = alone
        && at.start - start > DOUBLE_SURNAME
    {
        return Some((start, at.end));
    }
    // Whole names first: 请张三老师.
    let given = |chars: usize| back(text, at.start, chars).and_then(|to| surname_before(text, to));
    let named = [2, 1]
        .into_iter()
        .filter_map(given)
        .find(|start| stands_alone(text, *start) && !is_everyday(&text[*start..]));
    if !is_chief && let Some(start) = named {
        return Some((start, at.start));
    }
    alone.map(|start| (start, at.end))
}

/// Where the `count` ideographs that end at `at` start.
fn back(text: &str, at: usize, count: usize) -> Option<usize> {
    (0..count).try_fold(at, |at, _| {
        char_before(text, at)
            .filter(|c| is_han(*c))
            .map(|c| at - c.len_utf8())
    })
}

/// Whether the title `总` ends at `end`: what follows is no other half of a word (`总共`). Behind a sure surname more may follow.
fn ends_chief(text: &str, end: usize, is_sure: bool) -> bool {
    let next = char_at(text, end).filter(|c| is_han(*c));
    next.is_none_or(|c| BEHIND_CHIEF.contains(c) || (is_sure && !CHIEF_WORDS.contains(c)))
}

fn stands_alone(text: &str, start: usize) -> bool {
    match char_before(text, start) {
        Some(c) if is_han(c) => BEFORE_TITLED.contains(c) && !is_everyday(&text[start - c.len_utf8()..]),
        _ => true,
    }
}
