//! Whether a surname before a title may be the end of the word before: `今天李经理` holds one, `一张先生` does not.

/// Surnames that end few everyday words.
pub(super) const RARE_ENDS: &str = "王李张刘陈杨赵黄周吴徐孙朱胡郭罗郑梁谢宋唐邓冯韩曹彭萧蔡潘董袁蒋杜苏魏吕沈姚崔谭廖汪贾韦邹熊孟秦薛\
侯郝邵顾赖贺尹龚汤陶莫樊葛庞殷倪俞鲁聂岳詹耿屈裴霍凌骆褚佟冉辛覃邱邬鄢窦裘瞿張劉陳楊趙黃吳孫鄭謝韓馮鄧蕭蔣蘇呂賈韋鄒顧賴賀龔湯龐魯聶駱";
/// The everyday words that they do end.
const WORDS: &[&str] = &[
    "国王", "女王", "帝王", "霸王", "大王", "君王", "一张", "两张", "几张", "每张", "三张", "这张", "那张",
    "纸张", "开张", "夸张", "扩张", "紧张", "主张", "慌张", "乖张", "嚣张", "一周", "上周", "下周", "本周",
    "每周", "四周", "两周", "几周", "三周", "这周", "圆周", "感谢", "谢谢", "多谢", "致谢", "鸣谢", "金黄",
    "橙黄", "土黄", "诸侯", "封侯", "狗熊", "白熊", "桥梁", "栋梁", "脊梁", "行李", "桃李", "白杨", "江苏",
    "复苏", "流苏", "祝贺", "庆贺", "照顾", "回顾", "惠顾", "兼顾", "不屈", "委屈", "陶冶", "薰陶", "山岳",
    "茶汤", "菜汤", "艰辛", "欺凌", "依赖", "信赖", "抵赖", "二胡", "含胡", "大唐", "盛唐", "城郭", "轮郭",
    "铺陈", "推陈", "网罗", "搜罗", "张罗", "包罗", "瓜葛", "纠葛", "霍霍", "隋唐", "北宋", "南宋", "先秦",
    "大秦", "东吴", "子孙", "儿孙", "粗鲁", "祖孙",
];

/// Whether the surname that starts at `start`, directly behind another ideograph, begins a word of its own.
pub(super) fn begins_word(text: &str, start: usize) -> bool {
    let surname = text[start..].chars().next();
    surname.is_some_and(|c| {
        RARE_ENDS.contains(c)
            && !WORDS
                .iter()
                .any(|word| text[..start + c.len_utf8()].ends_with(word))
    })
}
