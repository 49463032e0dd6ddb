//! How common a label is by what it means, as data: `pools/shares.tsv`. Most pupils are enrolled, whatever number or
//! place among the labels that has, and few things are lost.

use std::collections::BTreeMap;
use std::sync::OnceLock;

const SHARES: &str = include_str!("../../../pools/shares.tsv");

/// How often something is said of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// Of most rows.
    Common,
    /// Of few.
    Rare,
}

/// How common a label, or what a flag says, is; `None` where its word tells nothing.
pub(crate) fn share(label: &str) -> Option<Share> {
    static READ: OnceLock<BTreeMap<&'static str, Share>> = OnceLock::new();
    let words = READ.get_or_init(|| {
        SHARES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .flat_map(|(share, words)| {
                let share = if share == "common" {
                    Share::Common
                } else {
                    Share::Rare
                };
                words.split(' ').map(move |word| (word, share))
            })
            .collect()
    });
    let label = label.trim().to_lowercase().replace([' ', '-'], "_");
    words.get(label.as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_as_common_as_what_it_means() {
        assert_eq!(share("在籍"), Some(Share::Common));
        assert_eq!(share("Out of order"), Some(Share::Rare));
        assert_eq!(share("lamp"), None);
    }

    #[test]
    fn no_word_is_both() {
        let mut words: Vec<&str> = SHARES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .flat_map(|(_, words)| words.split(' '))
            .collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
