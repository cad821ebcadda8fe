//! Korean names: before honorifics (`김민준 씨`, `이서연님`) and behind roles (`환자 강하늘은`, `담당자: 윤서준`).

use super::super::text::{char_at, char_before};
use super::Span;
use super::cjk::is_hangul;
use super::value::Trust;
use crate::ByteSpan;

const SURNAMES: &str = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕옥육인맹제모탁국";
/// Behind a name.
pub(super) const HONORIFICS: &[&str] = &[
    "씨",
    "님",
    "선생",
    "과장",
    "부장",
    "차장",
    "대리",
    "팀장",
    "대표",
    "사장",
    "이사",
    "교수",
    "박사",
    "변호사",
    "원장",
    "군의",
    "양의",
    "귀하",
];
/// Before a name.
pub(super) const ROLES: &[&str] = &[
    "이름",
    "성명",
    "환자",
    "담당자",
    "보낸 사람",
    "받는 사람",
    "보낸사람",
    "받는사람",
    "고객명",
    "고객",
    "신청인",
    "원고",
    "피고",
    "피고인",
    "예금주",
    "작성자",
    "보호자",
    "피보험자",
    "계약자",
    "대표자",
    "수신인",
    "발신인",
    "직원",
    "학생",
    "의뢰인",
    "증인",
    "임차인",
    "임대인",
    "채무자",
];
/// What begins with a surname's syllable and names nobody.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "이용자", "구매자", "신청자", "주인공", "안내자", "지원자", "여러분", "사용자", "관리자", "담당자", "참가자", "수신자", "기사님", "조합원", "조교수",
    "구독자", "소비자", "공무원", "주민들", "시청자", "고객사", "기술자", "전문가", "주치의", "유권자", "연구원", "상담원", "배송기", "원장님", "선생님",
    "신랑신", "주문자", "발송인", "수령인", "임직원", "장애인", "기획자", "개발자", "인사과", "공급자", "제공자", "진행자", "채용담", "지도교", "인솔자",
    "이사장", "조장님", "위원장", "한국인", "유학생", "정회원", "준회원", "신입생", "전학생", "고등학", "남학생", "여학생", "제작진", "의사선", "이전에", "이것은",
    "이미지", "전화번", "주소는", "정보를", "이메일", "전체보", "신규등",
];
/// Behind a name in a sentence.
const PARTICLES: &[&str] = &[
    "은", "는", "이", "가", "을", "를", "의", "에게", "께", "와", "과", "도", "님", "씨", "으로", "로",
];
/// Syllables of a name.
const USUAL: usize = 3;

/// Whether `name` is a whole name; of two syllables only where the place leaves no doubt.
pub(super) fn is_name(name: &str, trust: Trust) -> bool {
    let letters = name.chars().filter(|c| *c != ' ').count();
    let opens = name.starts_with(|c| SURNAMES.contains(c));
    let fits = match trust {
        Trust::Label => (2..=4).contains(&letters),
        _ => letters == USUAL,
    };
    opens && fits && name.chars().all(|c| is_hangul(c) || c == ' ') && !WORDS.contains(&name)
}

/// Without an honorific at the end, if a name is left.
pub(super) fn without_honorific(name: &str) -> &str {
    let bare = name.strip_suffix('님').unwrap_or(name).trim_end();
    let honorific = HONORIFICS.iter().find(|honorific| bare.ends_with(**honorific));
    let short = honorific.map_or(bare, |honorific| bare[..bare.len() - honorific.len()].trim_end());
    let is_left = |name: &&str| name.chars().count() >= USUAL;
    Some(short)
        .filter(is_left)
        .or(Some(bare).filter(is_left))
        .unwrap_or(name)
}

/// The name of three syllables before the honorific at `at`.
pub(super) fn before_honorific(text: &str, at: usize) -> Option<Span> {
    let end = at - usize::from(text[..at].ends_with(' '));
    let mut start = end;
    for _ in 0..USUAL {
        start -= char_before(text, start).filter(|c| is_hangul(*c))?.len_utf8();
    }
    let is_set_apart = !char_before(text, start).is_some_and(is_hangul);
    (is_set_apart && is_name(&text[start..end], Trust::Layout)).then_some((start, end))
}

/// The name behind the role at `at`.
pub(super) fn after_role(text: &str, at: ByteSpan) -> Option<Span> {
    let rest = &text[at.end..];
    let value = rest.trim_start_matches([' ', ':', '\t', '|']);
    let start = text.len() - value.len();
    if value.len() == rest.len() || start - at.end > 8 || char_before(text, at.start).is_some_and(is_hangul) {
        return None;
    }
    let mut to = start;
    for _ in 0..USUAL {
        to += char_at(text, to).filter(|c| is_hangul(*c))?.len_utf8();
    }
    let name = &text[start..to];
    let behind = &text[to..];
    let is_particle = |particle: &&&str| behind.starts_with(**particle);
    let after = PARTICLES
        .iter()
        .find(is_particle)
        .map_or(0, |particle| particle.len());
    let ends = !char_at(text, to + after).is_some_and(is_hangul);
    let is_word = after == 0 && name.ends_with(['은', '는', '을', '를', '의', '에', '과', '와', '로']);
    (ends && !is_word && is_name(name, Trust::Layout)).then_some((start, to))
}
