//! Comparisons as people read them, and a property that both ways of comparing keep.

use dump_text::Keys;
use proptest::prelude::*;

use super::compare;
use crate::testing::{Text, dump};

fn difference(old: &str, new: &str) -> String {
    let mut output = Vec::new();
    compare(&Text(old), &Text(new), &Keys::default(), &mut output).unwrap();
    String::from_utf8(output).unwrap()
}

#[test]
fn the_same_dump_says_nothing() {
    let text = dump(&[("users", "id, name", &["1\tAnn"])]);
    assert_eq!(difference(&text, &text), "");
}

#[test]
fn rows_with_ascending_keys_are_merged() {
    let old = dump(&[
        ("users", "id, name", &["1\tAnn", "2\tBob", "5\tEve"]),
        ("tags", "id, name", &["1\tx"]),
    ]);
    let new = dump(&[
        (
            "users",
            "id, name",
            &["1\tAnna", "5\tEve", "6\t\\N", "7\tIda"],
        ),
        ("tags", "id, name", &["1\tx"]),
    ]);
    assert_eq!(
        difference(&old, &new),
        "\
tables: 1 changed, 1 unchanged
users: 3 -> 4 rows
  rows: 2 added, 1 removed, 1 changed (name in 1)
  ~ id 1: name Ann -> Anna
  - id 2, name Bob
  + id 6, name NULL
  + id 7, name Ida
"
    );
}

#[test]
fn rows_with_other_keys_are_told_by_their_hashes() {
    let old = dump(&[(
        "memberships",
        "team, member",
        &["b\t1", "a\t1", "a\t2", "c\tx", "c\tx"],
    )]);
    let new = dump(&[(
        "memberships",
        "team, member",
        &["a\t2", "a\t3", "b\t1", "c\tx", "d\t9"],
    )]);
    let said = difference(&old, &new);
    assert_eq!(
        said,
        "\
tables: 1 changed
memberships: 5 rows
  rows: 1 added, 1 removed, 1 changed
  ~ team a: member 1 -> 3
  - team c, member x
  + team d, member 9
"
    );
}

#[test]
fn a_new_column_is_not_a_change_of_every_row() {
    let old = dump(&[("users", "id, name, note", &["1\tAnn\tx", "2\tBob\ty"])]);
    let new = dump(&[("users", "id, age, name", &["1\t30\tAnn", "2\t40\tBo"])]);
    assert_eq!(
        difference(&old, &new),
        "\
tables: 1 changed
users: 2 rows
  columns added: age
  columns removed: note
  rows: 1 changed (name in 1)
  ~ id 2: name Bob -> Bo
"
    );
}

#[test]
fn a_column_alone_is_said_alone() {
    let old = dump(&[("users", "id", &["1", "2"])]);
    let new = dump(&[("users", "id, age", &["1\t30", "2\t40"])]);
    assert!(difference(&old, &new).ends_with("  columns added: age\n  nothing else\n"));
}

#[test]
fn another_order_is_said_so() {
    let old = dump(&[("tags", "name", &["a", "b"])]);
    let new = dump(&[("tags", "name", &["b", "a"])]);
    assert!(difference(&old, &new).contains("the same rows in another order"));
}

#[test]
fn tables_come_and_go() {
    let old = dump(&[("gone", "id", &["1"])]);
    let new = dump(&[("come", "id, name", &["1\ta", "2\tb"])]);
    assert_eq!(
        difference(&old, &new),
        "\
tables: 1 added, 1 removed
gone: removed, 1 row (id)
come: added, 2 rows (id, name)
"
    );
}

#[test]
fn other_sql_is_compared_line_by_line() {
    let old = dump(&[("users", "id", &["1"])]);
    let new = old.replace("COMMIT;", "ANALYZE;\nCOMMIT;");
    assert_eq!(
        difference(&old, &new),
        "tables: 1 unchanged\nother SQL: 2 -> 3 lines\n  + ANALYZE;\n"
    );
    let many = old.replace("COMMIT;", "a;\nb;\nc;\nd;\ne;");
    assert_eq!(
        difference(&old, &many),
        "tables: 1 unchanged\nother SQL: 2 -> 6 lines\n  - COMMIT;\n  + a;\n  + b;\n  + c;\n  + … 2 more\n"
    );
}

/// The text that loads a dump names each table's number of rows, which the table says itself.
#[test]
fn numbers_in_other_sql_are_told_only_where_nothing_else_is() {
    let old = dump(&[("users", "id", &["1"])]).replace("COMMIT;", "VALUES ('users', 1);\nCOMMIT;");
    let new =
        dump(&[("users", "id", &["1", "2"])]).replace("COMMIT;", "VALUES ('users', 20);\nCOMMIT;");
    let said = difference(&old, &new);
    assert!(said.ends_with("  + id 2\n"), "{said}");
    let new = old.replace("('users', 1)", "('users', 20)");
    assert_eq!(
        difference(&old, &new),
        "tables: 1 unchanged\nother SQL: nothing but numbers changed\n"
    );
}

#[test]
fn tables_in_another_order_are_found() {
    let old = dump(&[("a", "id", &["1"]), ("b", "id", &["1"])]);
    let new = dump(&[("b", "id", &["2"]), ("a", "id", &["3"])]);
    let said = difference(&old, &new);
    assert!(
        said.contains("b: 1 row\n  rows: 1 added, 1 removed\n  - id 1\n  + id 2\n"),
        "{said}"
    );
    assert!(said.contains("  - id 1\n  + id 3\n"), "{said}");
}

#[test]
fn a_table_with_two_blocks_is_two() {
    let old = dump(&[("a", "id", &["1"]), ("a", "id", &["2"])]);
    let new = dump(&[("a", "id", &["1"]), ("a", "id", &["3"])]);
    let said = difference(&old, &new);
    assert!(
        said.starts_with("tables: 1 changed, 1 unchanged\n"),
        "{said}"
    );
}

#[test]
fn what_is_no_dump_is_said_to_be_none() {
    let dump = dump(&[("users", "id", &["1"])]);
    let said = difference(&dump, "hello\n");
    assert!(
        said.starts_with(
            "tables: 1 removed\n\
             the new version: no rows are in it, in COPY blocks or INSERT statements: a dump without rows, or none\n\
             users: removed, 1 row (id)\n"
        ),
        "{said}"
    );
    let said = difference("hello\n", &dump);
    assert!(
        said.contains("\nthe old version: no rows are in it"),
        "{said}"
    );
    assert!(!difference("hello\n", "bye\n").contains("tables"));
}

#[test]
fn an_error_names_the_version_that_it_is_about() {
    let whole = dump(&[("users", "id", &["1"])]);
    let short = "COPY users (id) FROM stdin;\n1\n";
    let error = |old: &str, new: &str| {
        compare(&Text(old), &Text(new), &Keys::default(), &mut Vec::new())
            .unwrap_err()
            .to_string()
    };
    let ends = "the dump ends within the rows of users";
    assert_eq!(error(short, &whole), format!("the old version: {ends}"));
    assert_eq!(error(&whole, short), format!("the new version: {ends}"));
}

#[test]
fn values_that_would_fill_the_terminal_are_cut() {
    let old = dump(&[("a", "id, b", &["1\tx"])]);
    let new = dump(&[("a", "id, b", &[&format!("1\t{}", "y".repeat(500))])]);
    assert!(difference(&old, &new).lines().all(|line| line.len() < 100));
}

proptest! {
    /// Merged and hashed comparison count what a comparison in memory counts.
    #[test]
    fn counts_are_right_by_either_way(
        old in prop::collection::btree_map(0_u8..40, 0_u8..4, 0..30),
        new in prop::collection::btree_map(0_u8..40, 0_u8..4, 0..30),
        ascending in any::<bool>(),
    ) {
        let text = |rows: &std::collections::BTreeMap<u8, u8>| {
            let prefix = if ascending { "" } else { "k" };
            let rows: Vec<String> = rows.iter().map(|(key, value)| format!("{prefix}{key}\t{value}")).collect();
            dump(&[("t", "id, value", &rows.iter().map(String::as_str).collect::<Vec<_>>())])
        };
        let said = difference(&text(&old), &text(&new));
        let added = new.keys().filter(|key| !old.contains_key(key)).count();
        let removed = old.keys().filter(|key| !new.contains_key(key)).count();
        let changed = old.iter().filter(|(key, value)| new.get(key).is_some_and(|other| other != *value)).count();
        let expected: Vec<String> = [(added, "added"), (removed, "removed"), (changed, "changed")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if expected.is_empty() {
            prop_assert_eq!(said, "");
        } else {
            let line = format!("  rows: {}", expected.join(", "));
            prop_assert!(said.lines().any(|found| found == line || found.starts_with(&format!("{line} ("))), "{}", said);
        }
    }
}
