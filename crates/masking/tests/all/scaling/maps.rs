//! Maps with many values: issuing, remembering, joining, and what later turns cost.

use masking::{EntityType, PlaceholderMap, Remembered};
use xtask::linear::assert_linear_in_values;

use super::requests::{empty_map, leaf, mask};

const VALUES: usize = 10_000;

/// Values whose placeholders have codes of their own.
fn filled(values: usize) -> PlaceholderMap {
    let mut map = empty_map();
    for nth in 0..values {
        map.placeholder(&EntityType::Email, &format!("user{nth}@corp.com"));
    }
    map
}

#[test]
fn values_that_are_issued() {
    assert_linear_in_values("codes", VALUES, &|values| Box::new(move || drop(filled(values))));
    assert_linear_in_values("spellings of one value", VALUES, &|values| {
        Box::new(move || {
            let mut map = empty_map();
            for nth in 0..values {
                let gap = |bit: usize| if nth >> bit & 1 == 0 { " " } else { "-" };
                let gaps: String = (0..16).map(|bit| gap(bit).to_owned() + "7").collect();
                map.placeholder(&EntityType::Phone, &gaps);
            }
        })
    });
}

#[test]
fn values_of_earlier_turns() {
    assert_linear_in_values("joining", VALUES, &|values| {
        let earlier = filled(values).remember();
        Box::new(move || empty_map().join(&earlier))
    });
    assert_linear_in_values("adding", VALUES, &|values| {
        let (one, other) = (filled(values).remember(), filled(values + values / 2).remember());
        Box::new(move || {
            let mut all = Remembered::default();
            all.add(&one);
            all.add(&other);
        })
    });
    assert_linear_in_values("placeholders with one code", VALUES, &|values| {
        let mut earlier = Remembered::default();
        for nth in 0..values {
            let name = format!("<EMAIL_abcdef{:03}>", nth % 1000).replace(['0', '1', '8', '9'], "x");
            let _ = earlier.push(EntityType::Email, "a@b.cd", &format!("user{nth}@corp.com"), &name);
        }
        Box::new(move || empty_map().join(&earlier))
    });
    assert_linear_in_values("masking a short text", VALUES, &|values| {
        let mut map = filled(values);
        Box::new(move || mask(&[leaf("It is user7@corp.com again.")], &mut map))
    });
    assert_linear_in_values("masking many short texts", VALUES / 16, &|values| {
        let mut map = filled(values);
        Box::new(move || {
            let texts: Vec<String> = (0..values)
                .map(|nth| format!("user{nth}@corp.com, and nothing new beside it in this longer text"))
                .collect();
            let leaves: Vec<_> = texts.iter().map(|text| leaf(text)).collect();
            mask(&leaves, &mut map);
        })
    });
}
