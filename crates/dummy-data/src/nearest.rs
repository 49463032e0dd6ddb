//! Guesses what a misspelt name was meant to be.

/// The one of some names that is most like a misspelt one, if any is near. Letter case and blanks around it count
/// for nothing.
pub fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.trim().to_lowercase();
    names
        .map(|name| (strsim::levenshtein(&wrong, &name.to_lowercase()), name))
        .min()
        .filter(|(edits, name)| *edits <= 1 + name.chars().count() / 3)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["users", "offices", "orders"];
        assert_eq!(nearest("user", names.into_iter()), Some("users"));
        assert_eq!(nearest("ofices", names.into_iter()), Some("offices"));
        assert_eq!(nearest("zebra", names.into_iter()), None);
        assert_eq!(nearest(" ORDERS ", names.into_iter()), Some("orders"));
        assert_eq!(nearest("ID", ["id"].into_iter()), Some("id"));
    }
}
