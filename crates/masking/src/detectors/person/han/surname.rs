//! Chinese surnames, and everyday words that begin with the same character.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::super::text::{char_at, char_before, is_han};

/// Surnames of one character. Left out are those that open everyday words more often than names (和 向 时 全 空 都 公).
const SINGLE: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘\
杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁\
葛伍韦申尤毕聂焦管祝欧岳齐梅莫庄辛左涂谷祁房裘岑耿关费舒屈项柴柏涂霍蓝闵纪解靳凌盛童华冉单裴甘路包邢滕宁翁荀羊於惠曲\
封储隋干蓬米贝明臧计伏成戚宋卓桂牟艾冷车储池晏詹骆窦佟游竺胥苗鲍练覃肖闫劉張陳楊黃趙吳孫鄭謝韓馮鄧許蕭";

/// Surnames of two characters.
const DOUBLE: &str = "欧阳 歐陽 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 司空 夏侯 轩辕 南宫 端木 百里 \
呼延 独孤 西门 东郭 申屠 赫连 澹台 拓跋 第五 闻人";

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    single: SINGLE.chars().collect(),
    double: DOUBLE.split_ascii_whitespace().collect(),
    everyday: everyday().collect(),
});

struct Tables {
    single: HashSet<char>,
    double: HashSet<&'static str>,
    everyday: HashSet<&'static str>,
}

fn everyday() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("everyday.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_ascii_whitespace)
}

/// Bytes of the surname that starts at `at`.
pub(super) fn surname_at(text: &str, at: usize) -> Option<usize> {
    let first = char_at(text, at).filter(|c| is_han(*c))?;
    let second = char_at(text, at + first.len_utf8());
    let pair = &text[at..at + first.len_utf8() + second.map_or(0, char::len_utf8)];
    if TABLES.double.contains(pair) {
        return Some(pair.len());
    }
    TABLES.single.contains(&first).then(|| first.len_utf8())
}

/// Where the surname that ends at `to` starts.
pub(super) fn surname_before(text: &str, to: usize) -> Option<usize> {
    let last = char_before(text, to).filter(|c| is_han(*c))?;
    let single = to - last.len_utf8();
    let first = char_before(text, single);
    let double = single - first.map_or(0, char::len_utf8);
    if TABLES.double.contains(&text[double..to]) {
        return Some(double);
    }
    TABLES.single.contains(&last).then_some(single)
}

/// Whether an everyday word, not a name, stands at the start of `text`.
pub(super) fn is_everyday(text: &str) -> bool {
    [2, 3].into_iter().any(|chars| {
        let end = text.chars().take(chars).map(char::len_utf8).sum();
        TABLES.everyday.contains(&text[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_words_have_two_or_three_characters() {
        assert!(everyday().all(|word| matches!(word.chars().count(), 2 | 3)));
        assert!(everyday().all(is_everyday));
    }

    #[test]
    fn surnames_of_one_and_two_characters() {
        assert_eq!(surname_at("欧阳娜娜", 0), Some(6));
        assert_eq!(surname_at("张三", 0), Some(3));
        assert_eq!(surname_at("的", 0), None);
        assert_eq!(surname_before("请司马", 9), Some(3));
    }
}
