//! Each rule on a table that breaks it and on one that doesn't, and what remarks switch.

use super::*;
use schema_view::{Column, Constraint, Index, Key, Table, TypeClass, View};

fn column(name: &str) -> Column {
    Column {
        name: name.into(),
        type_text: "bigint".into(),
        class: TypeClass::Integer,
        ..Column::default()
    }
}

fn index(name: &str, columns: &[&str]) -> Index {
    let columns: Vec<String> = columns.iter().map(|one| (*one).to_owned()).collect();
    Index {
        name: name.into(),
        parts: columns.clone(),
        columns: Some(columns),
        ..Index::default()
    }
}

fn table(columns: &[&str]) -> Table {
    Table {
        name: "orders".into(),
        columns: columns.iter().map(|name| column(name)).collect(),
        primary_key: vec!["id".into()],
        keys: vec![Key {
            columns: vec!["user_id".into()],
            table: "users".into(),
            ..Key::default()
        }],
        place: Some(schema_view::Place {
            path: "schema/Schemafile".into(),
            line: 10,
        }),
        ..Table::default()
    }
}

fn view(table: Table) -> View {
    View {
        tables: vec![table],
        ..View::default()
    }
}

/// Findings of one rule, switched on.
fn found(table: Table, rule: &str) -> Vec<String> {
    let rule = RULES.iter().find(|one| one.name == rule).expect("the rule");
    let mut switches = Switches::default();
    for other in RULES {
        switches.set(other, other.name == rule.name);
    }
    lint(&view(table), &switches)
        .into_iter()
        .map(|finding| finding.message)
        .collect()
}

#[test]
fn a_foreign_key_wants_an_index_that_begins_with_it() {
    let with = |index: Option<Index>| {
        let mut table = table(&["id", "user_id", "day"]);
        table.indexes.extend(index);
        found(table, "foreign_key_index").len()
    };
    assert_eq!(with(None), 1);
    assert_eq!(with(Some(index("i", &["user_id", "day"]))), 0);
    assert_eq!(with(Some(index("i", &["day", "user_id"]))), 1);
    let partial = |predicate: &str| Index {
        predicate: Some(predicate.into()),
        ..index("i", &["user_id"])
    };
    assert_eq!(with(Some(partial("day > 1"))), 1);
    assert_eq!(with(Some(partial("(user_id IS NOT NULL)"))), 0);
    let ordered = Index {
        parts: vec!["user_id DESC".into()],
        columns: None,
        ..Index::default()
    };
    assert_eq!(with(Some(ordered)), 0);
    let other = Index {
        method: "gin".into(),
        ..index("i", &["user_id"])
    };
    assert_eq!(with(Some(other)), 1);
}

#[test]
fn a_database_that_makes_the_index_wants_none() {
    let mut view = view(table(&["id", "user_id"]));
    assert_eq!(lint(&view, &Switches::default()).len(), 1);
    view.indexes_keys = true;
    assert!(lint(&view, &Switches::default()).is_empty());
}

#[test]
fn indexes_that_are_the_same_are_told_and_shorter_ones_on_wish() {
    let with = |indexes: Vec<Index>, rule: &str| {
        let mut table = table(&["id", "user_id", "day"]);
        table.indexes = indexes;
        found(table, rule)
    };
    let twice = || vec![index("a", &["day"]), index("b", &["day"])];
    assert_eq!(
        with(twice(), "duplicate_index"),
        ["`b` is the same index as `a`"]
    );
    let unique = || {
        let unique = Index {
            unique: true,
            ..index("u", &["day"])
        };
        let apart = Index {
            unique: true,
            further: "NULLS NOT DISTINCT".into(),
            ..index("v", &["day"])
        };
        vec![index("a", &["day"]), unique, apart]
    };
    assert_eq!(
        with(unique(), "duplicate_index"),
        ["`a` is on the same as `u`, which is unique besides"]
    );
    let longer = || vec![index("a", &["day"]), index("b", &["day", "user_id"])];
    assert!(with(longer(), "duplicate_index").is_empty());
    assert_eq!(with(longer(), "redundant_index").len(), 1);
    assert_eq!(with(vec![index("a", &["id"])], "duplicate_index").len(), 1);
}

#[test]
fn money_is_told_by_its_words() {
    let with = |name: &str, class: TypeClass| {
        let mut table = table(&["id"]);
        table.columns.push(Column {
            class,
            ..column(name)
        });
        found(table, "money_in_float").len()
    };
    assert_eq!(with("unit_price", TypeClass::Float), 1);
    assert_eq!(with("unit_price", TypeClass::Decimal), 0);
    assert_eq!(with("tax_rate", TypeClass::Float), 0);
    assert_eq!(with("latitude", TypeClass::Float), 0);
}

#[test]
fn a_unique_text_wants_a_limit_of_any_kind() {
    let with = |most_characters: Option<u32>, check: Option<&str>| {
        let mut table = table(&["id"]);
        table.columns.push(Column {
            class: TypeClass::Text,
            most_characters,
            ..column("slug")
        });
        table.indexes.push(Index {
            unique: true,
            ..index("i", &["slug"])
        });
        table.checks.extend(check.map(|definition| Constraint {
            name: "c".into(),
            definition: definition.into(),
        }));
        found(table, "unbounded_unique_text").len()
    };
    assert_eq!(with(None, None), 1);
    assert_eq!(with(Some(255), None), 0);
    assert_eq!(with(Some(5000), None), 1);
    assert_eq!(with(None, Some("char_length(slug) <= 255")), 0);
}

#[test]
fn an_odd_name_is_told_from_the_rest() {
    let mut table = table(&["id"]);
    for number in 0..20 {
        table.columns.push(column(&format!("column_{number}")));
    }
    table.columns.push(column("lastName"));
    assert_eq!(
        found(table, "naming"),
        ["its name is in camelCase, and nearly all columns are in snake_case"]
    );
}

fn remark(line: usize, is_alone: bool, text: &str) -> Remark {
    Remark {
        place: ("schema/Schemafile".into(), line),
        is_alone,
        text: text.into(),
    }
}

#[test]
fn a_remark_is_about_the_line_that_it_stands_at() {
    let mut table = table(&["id", "user_id", "note"]);
    table.columns[1].line = Some(11);
    table.columns[2].line = Some(12);
    let view = view(table);
    let count = |remarks: &[Remark]| {
        let switches = switches(&view, remarks).expect("remarks that can be read");
        let names: Vec<&str> = lint(&view, &switches)
            .iter()
            .map(|finding| finding.rule.name)
            .collect();
        names.join(" ")
    };
    assert_eq!(count(&[]), "foreign_key_index");
    assert_eq!(count(&[remark(11, false, "off foreign_key_index")]), "");
    assert_eq!(
        count(&[remark(12, false, "off foreign_key_index")]),
        "foreign_key_index"
    );
    assert_eq!(count(&[remark(9, true, "off foreign_key_index")]), "");
    let above = [
        remark(8, true, "off foreign_key_index"),
        remark(9, true, "on table_comment"),
    ];
    assert_eq!(count(&above), "table_comment");
    let everywhere = [
        remark(1, true, "on column_comment"),
        remark(12, false, "off column_comment"),
    ];
    assert_eq!(count(&everywhere), "foreign_key_index");
}

#[test]
fn a_remark_that_says_nothing_is_an_error() {
    let view = view(table(&["id"]));
    for (text, alone) in [
        ("off", true),
        ("of naming", true),
        ("off namin", true),
        ("off naming", false),
    ] {
        let wrong = switches(&view, &[remark(5, alone, text)]);
        assert_eq!(wrong.map_err(|wrong| wrong.len()), Err(1), "{text}");
    }
}

#[test]
fn rules_that_good_schemas_break_are_off() {
    let on: Vec<&str> = RULES
        .iter()
        .filter(|rule| rule.is_on)
        .map(|rule| rule.name)
        .collect();
    assert_eq!(
        on,
        ["foreign_key_index", "duplicate_index", "money_in_float"]
    );
}
