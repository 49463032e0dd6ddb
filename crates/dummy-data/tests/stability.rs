//! A value depends on the seed, the table, the column and the row, and on nothing else.

use dummy_data::{
    ColumnSettings, Filter, Located, PerParent, Plan, Request, Source, Span, TableSettings,
    TemplatePart,
};
use proptest::prelude::*;
use row_text::{Fields, RowBuffer};
use std::collections::{BTreeMap, BTreeSet};
use value_model::{
    Column, ColumnValue, DataType, ForeignKey, Index, IndexKey, IndexPart, IndexRules, PrimaryKey,
    QualifiedName, ReferentialAction, Schema, Table, ValueType,
};

/// The cells of all tables: by table and column, one for each row.
type Cells = BTreeMap<(String, String), Vec<String>>;

fn column(name: &str, kind: ValueType) -> Column {
    Column {
        not_null: true,
        ..Column::new(name, DataType::scalar(kind))
    }
}

fn table(name: &str, columns: Vec<Column>) -> Table {
    let mut table = Table::new(QualifiedName::bare(name));
    table.columns.push(Column {
        value: ColumnValue::Numbered(()),
        ..column("id", ValueType::BigInt)
    });
    table.columns.extend(columns);
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".into()],
    });
    table
}

fn foreign_key(column: &str, parent: &str) -> ForeignKey {
    ForeignKey {
        name: format!("fk_{column}"),
        columns: vec![column.into()],
        referenced_table: QualifiedName::bare(parent),
        referenced_columns: vec!["id".into()],
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        own: (),
    }
}

fn unique(columns: &[&str]) -> Index {
    Index {
        name: format!("unique_{}", columns.join("_")),
        unique: true,
        parts: columns
            .iter()
            .map(|column| IndexPart {
                key: IndexKey::Column((*column).into()),
                order: None,
                own: (),
            })
            .collect(),
        comment: None,
        own: IndexRules::default(),
    }
}

/// Users, and their memberships in groups.
fn schema() -> Schema {
    let text = || ValueType::Varchar { limit: None };
    let time = || ValueType::Timestamp {
        precision: Some(6),
        with_time_zone: false,
    };
    let mut users = table(
        "users",
        vec![
            column("name", text()),
            column("email", text()),
            Column::new("bio", DataType::scalar(ValueType::Text)),
            Column::new("manager_id", DataType::scalar(ValueType::BigInt)),
            column("created_at", time()),
            column("updated_at", time()),
        ],
    );
    users.indexes.push(unique(&["email"]));
    users.foreign_keys.push(foreign_key("manager_id", "users"));
    let groups = table(
        "groups",
        vec![column("name", text()), column("created_at", time())],
    );
    let mut memberships = table(
        "memberships",
        vec![
            column("user_id", ValueType::BigInt),
            column("group_id", ValueType::BigInt),
            column("created_at", time()),
        ],
    );
    memberships.indexes.push(unique(&["user_id", "group_id"]));
    memberships
        .foreign_keys
        .push(foreign_key("user_id", "users"));
    memberships
        .foreign_keys
        .push(foreign_key("group_id", "groups"));
    Schema {
        tables: vec![users, groups, memberships],
        ..Schema::default()
    }
}

fn cells(schema: &Schema, request: &Request) -> Cells {
    let plan = Plan::new(&schema.clone().into(), &[], request).expect("the schema can be planned");
    let mut cells = Cells::new();
    for table in &plan.tables {
        for column in &table.columns {
            let values = (0..table.rows)
                .map(|row| {
                    let mut out = RowBuffer::new();
                    column.write_field(row, &mut out);
                    String::from_utf8(out.into_vec()).expect("values are UTF-8")
                })
                .collect();
            cells.insert((table.name.to_string(), column.name.clone()), values);
        }
    }
    cells
}

fn request(seed: u64, rows: u64) -> Request {
    Request {
        seed,
        rows,
        ..Request::default()
    }
}

fn of<'a>(cells: &'a Cells, table: &str, column: &str) -> &'a [String] {
    &cells[&(table.to_owned(), column.to_owned())]
}

/// Times lie on a line that ends today, so they move when a table gets more rows.
fn is_time(column: &str) -> bool {
    column.ends_with("_at")
}

/// Every cell that was there is there unchanged, but for times where there are more rows.
#[track_caller]
fn assert_appended(before: &Cells, after: &Cells) {
    let without_times = |cells: &Cells| -> Cells {
        let kept = cells.iter().filter(|((_, column), _)| !is_time(column));
        kept.map(|(place, values)| (place.clone(), values.clone()))
            .collect()
    };
    assert_kept(&without_times(before), &without_times(after));
}

/// Every cell that was there is there unchanged.
#[track_caller]
fn assert_kept(before: &Cells, after: &Cells) {
    for (place, values) in before {
        let now = &after[place];
        for (row, value) in values.iter().enumerate() {
            assert_eq!(now[row], *value, "{place:?}, row {row}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn more_rows_append(seed: u64, rows in 64_u64..400, more in 0_u64..200) {
        let schema = schema();
        assert_appended(&cells(&schema, &request(seed, rows)), &cells(&schema, &request(seed, rows + more)));
    }

    #[test]
    fn a_new_column_changes_no_other(seed: u64, rows in 1_u64..200) {
        let before = schema();
        let mut after = before.clone();
        after.tables[0].columns.insert(1, column("nickname", ValueType::Text));
        after.tables[2].columns.push(column("role", ValueType::Integer));
        let (before, after) = (cells(&before, &request(seed, rows)), cells(&after, &request(seed, rows)));
        assert_kept(&before, &after);
        prop_assert_eq!(after.len(), before.len() + 2);
    }

    #[test]
    fn a_new_table_changes_no_other(seed: u64, rows in 1_u64..200) {
        let before = schema();
        let mut after = before.clone();
        after.tables.insert(0, table("audits", vec![column("user_id", ValueType::BigInt)]));
        assert_kept(&cells(&before, &request(seed, rows)), &cells(&after, &request(seed, rows)));
    }

    #[test]
    fn any_range_of_rows_is_the_same_as_in_the_whole(seed: u64, start in 0_u64..300, length in 0_u64..100) {
        let plan = Plan::new(&schema().into(), &[], &request(seed, 400)).unwrap();
        for table in &plan.tables {
            let mut whole = RowBuffer::new();
            table.write(0..start + length, &Fields, &mut whole);
            let mut parts = RowBuffer::new();
            table.write(0..start, &Fields, &mut parts);
            table.write(start..start + length, &Fields, &mut parts);
            prop_assert_eq!(whole.as_bytes(), parts.as_bytes());
        }
    }
}

#[test]
fn another_seed_gives_other_data() {
    let schema = schema();
    let one = cells(&schema, &request(1, 50));
    let other = cells(&schema, &request(2, 50));
    assert_ne!(of(&one, "users", "email"), of(&other, "users", "email"));
}

/// Whom a row points to is the one thing that looks at another table. Ten more groups than a hundred
/// move a bounded part of 5,000 rows, and only their group.
#[test]
fn more_parents_move_few_rows() {
    let mut schema = schema();
    schema.tables[2].indexes.clear();
    let with = |groups: u64| Request {
        table_rows: [("groups".to_owned(), groups)].into(),
        ..request(3, 5000)
    };
    let before = cells(&schema, &with(100));
    let after = cells(&schema, &with(110));
    let groups = (
        of(&before, "memberships", "group_id"),
        of(&after, "memberships", "group_id"),
    );
    let moved = groups
        .0
        .iter()
        .zip(groups.1)
        .filter(|(before, after)| before != after)
        .count();
    assert!((1..800).contains(&moved), "{moved} of 5000 rows");
    assert_eq!(
        of(&before, "memberships", "user_id"),
        of(&after, "memberships", "user_id")
    );
    assert_eq!(of(&before, "users", "name"), of(&after, "users", "name"));
}

#[test]
fn uniques_are_unique() {
    let cells = cells(&schema(), &request(0, 5000));
    let pairs: BTreeSet<_> = of(&cells, "memberships", "user_id")
        .iter()
        .zip(of(&cells, "memberships", "group_id"))
        .collect();
    assert_eq!(pairs.len(), 5000);
    let emails: BTreeSet<_> = of(&cells, "users", "email").iter().collect();
    assert_eq!(emails.len(), 5000);
}

#[test]
fn what_cannot_be_is_one_sentence_before_the_first_row() {
    let mut schema = schema();
    schema.tables[1]
        .columns
        .push(column("flag", ValueType::Boolean));
    schema.tables[1].indexes.push(unique(&["flag"]));
    let asked = Request {
        table_rows: [("groups".to_owned(), 1000)].into(),
        ..request(0, 10)
    };
    let problems = Plan::new(&schema.clone().into(), &[], &asked).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "groups.flag: is unique (`unique_flag`) over 2 values; 1000 rows asked: at most 2\n  \
         hint: ask for at most 2 rows: `--rows groups=2`"
    );
    let plan = Plan::new(&schema.clone().into(), &[], &request(0, 10)).unwrap();
    assert_eq!(plan.warnings.len(), 1);
    let groups = plan
        .tables
        .iter()
        .find(|table| table.name.name == "groups")
        .unwrap();
    assert_eq!(groups.rows, 2);
}

/// The schema above with counts of children, a polymorphic pair, and orders with their lines.
fn related() -> Schema {
    let time = || ValueType::Timestamp {
        precision: Some(6),
        with_time_zone: false,
    };
    let mut schema = schema();
    schema.tables[0]
        .columns
        .push(column("memberships_count", ValueType::Integer));
    schema.tables[1]
        .columns
        .push(column("comments_count", ValueType::Integer));
    schema.tables.push(table(
        "comments",
        vec![
            column("commentable_type", ValueType::Varchar { limit: None }),
            column("commentable_id", ValueType::BigInt),
            column("created_at", time()),
        ],
    ));
    let mut lines = table(
        "lines",
        vec![
            column("user_id", ValueType::BigInt),
            column("number", ValueType::Integer),
        ],
    );
    lines.foreign_keys.push(foreign_key("user_id", "users"));
    lines.indexes.push(unique(&["user_id", "number"]));
    schema.tables.push(lines);
    schema
}

fn located<T>(value: T) -> Located<T> {
    Located {
        value,
        span: Span { start: 0, end: 0 },
    }
}

/// A configuration of columns and of rows for each parent.
fn configured(seed: u64, rows: u64) -> Request {
    let source = |name: &str, source: Source| ColumnSettings {
        name: located(name.to_owned()),
        source: Some(located(source)),
        null_ratio: None,
        unique: None,
        locale: None,
        distribution: None,
        only_if: None,
        cases: Vec::new(),
    };
    let settings = |name: &str, per: Option<PerParent>, columns| TableSettings {
        name: located(name.to_owned()),
        rows: None,
        per,
        unverified: Vec::new(),
        fixed: Vec::new(),
        personas: Vec::new(),
        lifecycle: None,
        columns,
    };
    let values = |values: &[&str]| {
        values
            .iter()
            .map(|value| located((*value).to_owned()))
            .collect()
    };
    Request {
        tables: vec![
            settings(
                "users",
                None,
                vec![
                    source(
                        "bio",
                        Source::Values {
                            values: values(&["a", "b", "c"]),
                            weights: vec![5, 2, 1],
                        },
                    ),
                    source(
                        "email",
                        Source::Template(vec![
                            TemplatePart::Name(located("first_name".to_owned()), Filter::Plain),
                            TemplatePart::Text(".".to_owned()),
                            TemplatePart::Name(located("last_name".to_owned()), Filter::Plain),
                            TemplatePart::Text("@example.com".to_owned()),
                        ]),
                    ),
                ],
            ),
            settings(
                "lines",
                Some(PerParent {
                    parent: located("users".to_owned()),
                    least: 0,
                    most: 4,
                }),
                Vec::new(),
            ),
        ],
        ..request(seed, rows)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn configured_rows_append(seed: u64, pairs in 32_u64..150, more in 0_u64..60) {
        // An even number: the last of an odd number of parents has a neighbour when there are more.
        let schema = related();
        let (before, after) = (
            cells(&schema, &configured(seed, 2 * pairs)),
            cells(&schema, &configured(seed, 2 * (pairs + more))),
        );
        for (place, values) in &before {
            let now = &after[place];
            if place.1.ends_with("_count") || is_time(&place.1) {
                continue;
            }
            prop_assert_eq!(&now[..values.len()], &values[..], "{:?}", place);
        }
        let emails: BTreeSet<_> = of(&after, "users", "email").iter().collect();
        prop_assert_eq!(emails.len() as u64, 2 * (pairs + more));
        prop_assert_eq!(of(&before, "lines", "id").len() as u64, 4 * pairs);
    }

    #[test]
    fn only_counts_see_new_children(seed: u64, more in 1_u64..100) {
        let schema = related();
        let with = |comments: u64| Request {
            table_rows: [("comments".to_owned(), comments)].into(),
            ..request(seed, 200)
        };
        let (before, after) = (cells(&schema, &with(300)), cells(&schema, &with(300 + more)));
        let mut changed = 0;
        for (place, values) in before.iter().filter(|(place, _)| !is_time(&place.1)) {
            for (old, new) in values.iter().zip(&after[place]) {
                if old != new {
                    prop_assert_eq!(&place.1, "comments_count");
                    changed += new.parse::<u64>().unwrap() - old.parse::<u64>().unwrap();
                }
            }
        }
        let on_groups = of(&after, "comments", "commentable_type")[300..]
            .iter()
            .filter(|class| *class == "Group")
            .count() as u64;
        prop_assert_eq!(changed, on_groups, "each new comment on a group counts once");
    }
}
