//! Addresses of Japan, Korea, Taiwan and Hong Kong.

use super::super::super::testing::{endure, found};
use super::super::{Address, FAMILIES};
use super::finds;

#[test]
fn east_asian_addresses() {
    for address in [
        "東京都千代田区千代田1-1-9",
        "〒350-1175 埼玉県川越市霞台町3-8-41",
        "〒100-0005 東京都千代田区丸の内2-4-1 丸の内ビル12階",
        "大阪府大阪市北区梅田3丁目1番3号",
        "京都市左京区岡崎法勝寺町68-5",
        "東京都港区六本木六丁目10番1号",
        "서울특별시 강남구 테헤란로 152, 12층",
        "부산광역시 해운대구 우동 1408-3",
        "경기도 성남시 분당구 판교역로 235",
        "강남구 테헤란로 152",
        "台北市大安區忠孝東路四段216巷27弄3號5樓",
        "香港九龍尖沙咀彌敦道132號美麗華大廈8樓A室",
    ] {
        finds(&[(address, &[address])]);
    }
    for text in [
        "東京都の人口は1400万人",
        "大阪市で5-1で勝った",
        "第3章2-4-1",
        "版本1-1-9发布",
        "서울 로그 152",
        "경로 152",
        "부산 여행 2-3",
        "频道5号",
    ] {
        finds(&[(text, &[])]);
    }
}

/// What stands behind a literal may start or end anywhere in a character.
#[test]
fn characters_of_any_length_stand_behind_each_literal() {
    let mut text = String::new();
    for literal in FAMILIES.concat() {
        for behind in [
            "€", "1€", "1-€", "12345€", "1 €", "：١", "📦", "A€", "А1€", "1-1€", " 〒1€",
        ] {
            for before in ["", "€", "A€", "5 A"] {
                text.extend([before, literal, behind, "\n\n"]);
            }
        }
    }
    assert!(!found(Address::new(), &text).is_empty());
}

#[test]
fn hostile_runs_are_bounded() {
    endure(
        Address::new(),
        &[
            "東京都",
            "〒350-1175",
            "東京都区1-",
            "서울 ",
            "구 로 1",
            "강남구 테헤란로 1 ",
            "路四段1巷",
        ],
    );
}
