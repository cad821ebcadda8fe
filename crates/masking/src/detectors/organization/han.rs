//! Chinese company names before their legal form.

use super::super::text::{char_before, is_han};
use crate::ByteSpan;

/// Characters of the longest name before its form.
const MAX_NAME: usize = 30;

/// Legal forms that end a name.
pub(super) const FORMS: &[&str] = &[
    "有限公司",
    "有限责任公司",
    "有限責任公司",
    "律师事务所",
    "会计师事务所",
    "合伙企业",
];
/// Places that company names begin with.
const PLACES: &[&str] = &[
    "北京",
    "上海",
    "天津",
    "重庆",
    "深圳",
    "广州",
    "杭州",
    "南京",
    "苏州",
    "成都",
    "武汉",
    "西安",
    "长沙",
    "郑州",
    "青岛",
    "济南",
    "大连",
    "沈阳",
    "厦门",
    "福州",
    "宁波",
    "无锡",
    "东莞",
    "佛山",
    "珠海",
    "合肥",
    "昆明",
    "贵阳",
    "南昌",
    "南宁",
    "海口",
    "哈尔滨",
    "长春",
    "石家庄",
    "太原",
    "兰州",
    "乌鲁木齐",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台湾",
    "臺灣",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "中国",
];
/// Words after which a name starts.
const BEFORE: &[&str] = &[
    "与",
    "與",
    "在",
    "给",
    "是",
    "跟",
    "到",
    "的",
    "了",
    "被",
    "让",
    "把",
    "请",
    "由",
    "向",
    "从",
    "对",
    "就职于",
    "任职于",
    "名称",
    "供应商",
    "甲方",
    "乙方",
    "客户",
    "公司和",
    "和",
    "及",
    "一家",
    "本",
    "该",
    "我",
    "某",
    "这家",
    "那家",
    "为",
];
/// Words before a form that are no name.
const GENERIC: &[&str] = &[
    "股份",
    "责任",
    "集团",
    "控股",
    "科技",
    "贸易",
    "子公司",
    "一人",
    "家",
    "任何",
    "所有",
];

/// The company whose form stands at `at`.
pub(super) fn before_form(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let mut from = at.start;
    let mut count = 0;
    while let Some(c) = char_before(text, from) {
        let belongs = is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '(' | ')' | '·' | '&');
        if !belongs || count == MAX_NAME {
            break;
        }
        from -= c.len_utf8();
        count += 1;
    }
    let run = &text[from..at.start];
    let start = from + name_offset(run);
    let name = text[start..at.start].trim_start_matches('(');
    let bare = GENERIC
        .iter()
        .fold(name, |name, word| name.strip_suffix(word).unwrap_or(name));
    (bare.chars().count() >= 2).then(|| (at.start - name.len(), at.end))
}

/// Where the company's name starts in what prose runs up to its form.
fn name_offset(run: &str) -> usize {
    let place = PLACES
        .iter()
        .filter_map(|place| run.find(place))
        .min()
        .filter(|at| !run[..*at].ends_with('('));
    let word = BEFORE
        .iter()
        .filter_map(|word| {
            let at = run.rfind(word)?;
            let end = at + word.len();
            let long = run[end..].chars().count() >= 4;
            // `华为`, `和记` hold such a word themselves.
            let own = (at == 0 && *word == "和") || run[..end].ends_with("华为");
            (long && !own).then_some(end)
        })
        .max();
    place.or(word).unwrap_or(0)
}
