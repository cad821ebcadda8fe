//! Which words are everyday words: what is one of them is masked where it was found, and not looked for elsewhere. Not for
//! finding names; `detectors/names` has lists of its own for that.

use std::collections::HashSet;
use std::sync::LazyLock;

/// In the order of their bytes, so that a change shows what it changes.
const LISTS: [&str; 2] = [
    include_str!("lexicon/common_words.txt"),
    include_str!("lexicon/common_words_zh.txt"),
];
/// No word of the lists is longer; bytes.
const LONGEST: usize = 32;

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| LISTS.into_iter().flat_map(words).collect());

/// Whether `word` is an everyday word or name of a product or place, in any case: a weak password (`postgres`), or a part
/// of a person's name that says nothing about who it is (`Will`, `Klein`).
pub(crate) fn is_common_word(word: &str) -> bool {
    word.len() <= LONGEST && COMMON.contains(word.to_lowercase().as_str())
}

fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_lower_case_sorted_and_without_doubles() {
        for list in LISTS {
            let words: Vec<&str> = words(list).collect();
            let wrong = words.windows(2).find(|pair| pair[0] >= pair[1]);
            assert_eq!(wrong, None);
            for word in words {
                let least = if word.is_ascii() { 3 } else { 2 };
                assert!((least..=LONGEST).contains(&word.len()), "{word}");
                assert!(word.chars().all(char::is_alphabetic), "{word}");
                assert_eq!(word, word.to_lowercase());
            }
        }
    }

    #[test]
    fn weak_passwords_and_words_of_every_day_are_common() {
        for word in [
            "user",
            "postgres",
            "changeme",
            "letmein",
            "dragonfly",
            "administrator",
            "localhost",
            "production",
            "sunshine",
            "string",
            "kubernetes",
            "monday",
            "turquoise",
            "manager",
            "Norway",
            "Berlin",
            "italian",
            "straße",
            "français",
            "señor",
            "perché",
            "coração",
            "mevrouw",
            "hasło",
            "şifre",
            "dia",
        ] {
            assert!(is_common_word(word), "{word}");
        }
    }

    #[test]
    fn names_that_are_words_are_common_and_others_are_not() {
        for name in [
            "Will", "Mark", "Rose", "May", "Young", "King", "Cook", "Grant", "Long", "Lang", "Klein",
            "Blanco", "Petit", "HOPE", "BROWN", "高峰", "方法", "安全", "时间", "黄金", "马上", "白天",
            "金色", "王国",
        ] {
            assert!(is_common_word(name), "{name}");
        }
        for name in [
            "Smith",
            "Miller",
            "Baker",
            "Quellinger",
            "Zorvath",
            "Alice",
            "Müller",
            "Kowalski",
            "Okonkwo",
            "Yılmaz",
            "García",
            "Rossi",
            "Dubois",
            "Silva",
            "Jansen",
            "Schmidt",
            "Bauer",
            "Nguyen",
            "Kim",
            "Elena",
            "张伟",
            "王芳",
            "hunter2",
            "S3cretPw99x",
            "",
            "a",
            "xkcd",
        ] {
            assert!(!is_common_word(name), "{name}");
        }
    }
}
