//! Rows that people wrote, held against the schema, and what is made beside them.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use dummy_data::{Master, Plan, Request};
use row_text::RowBuffer;
use std::collections::BTreeSet;
use value_model::{
    Column, ColumnValue, DataType, Index, IndexKey, IndexPart, IndexRules, PrimaryKey,
    QualifiedName, Schema, Table, ValueType,
};

fn unique(column: &str, predicate: Option<&str>) -> Index {
    Index {
        name: format!("unique_{column}"),
        unique: true,
        parts: vec![IndexPart {
            key: IndexKey::Column(column.into()),
            order: None,
            own: (),
        }],
        comment: None,
        own: IndexRules {
            predicate: predicate.map(str::to_owned),
            ..IndexRules::default()
        },
    }
}

/// Plans with columns of all kinds.
fn plans() -> Table {
    let mut table = Table::new(QualifiedName::bare("plans"));
    let column = |name: &str, kind| Column::new(name, DataType::scalar(kind));
    table.columns = vec![
        Column {
            value: ColumnValue::Numbered(()),
            ..column("id", ValueType::BigInt)
        },
        Column {
            not_null: true,
            ..column("name", ValueType::Varchar { limit: Some(8) })
        },
        column("price", ValueType::SmallInt),
        column("starts_on", ValueType::Date),
        column(
            "ends_at",
            ValueType::Timestamp {
                precision: None,
                with_time_zone: true,
            },
        ),
        column(
            "rate",
            ValueType::Numeric {
                precision: Some(5),
                scale: Some(2),
            },
        ),
        column("data", ValueType::ParsedJson),
        column("token", ValueType::Uuid),
        column("code", ValueType::Varchar { limit: None }),
    ];
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".into()],
    });
    table.indexes.push(unique("name", None));
    table
}

fn schema(tables: Vec<Table>) -> Schema {
    Schema {
        tables,
        ..Schema::default()
    }
}

#[track_caller]
fn master(table: &str, csv: &str) -> Master {
    Master::read(table, &format!("{table}.csv"), csv.as_bytes()).unwrap()
}

/// What is wrong with a master of the plans.
#[track_caller]
fn problems(csv: &str) -> Vec<String> {
    let masters = [master("plans", csv)];
    let problems =
        Plan::new(&schema(vec![plans()]).into(), &masters, &Request::default()).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

/// The values of a column in the first table.
fn values(plan: &Plan, column: &str) -> Vec<String> {
    let table = &plan.tables[0];
    let column = table.columns.iter().find(|own| own.name == column).unwrap();
    (0..table.rows)
        .map(|row| {
            let mut out = RowBuffer::new();
            column.write_field(row, &mut out);
            String::from_utf8(out.into_vec()).unwrap()
        })
        .collect()
}

#[test]
fn values_that_their_types_refuse() {
    for (column, value, expected) in [
        (
            "price",
            "40000",
            "`40000` isn't a whole number from -32768 to 32767, which `price` wants",
        ),
        (
            "price",
            "NULL",
            "`NULL` isn't a whole number from -32768 to 32767, which `price` wants; NULL is an empty field",
        ),
        (
            "starts_on",
            "2026-02-29",
            "`2026-02-29` isn't a date such as 2026-01-31, which `starts_on` wants",
        ),
        (
            "ends_at",
            "31.01.2026",
            "`31.01.2026` isn't a date and time such as 2026-01-31 18:30:00, which `ends_at` wants",
        ),
        (
            "rate",
            "-1234.5",
            "`-1234.5` has 4 digits before the point; `rate` takes 3",
        ),
        (
            "data",
            "{\"\"a\"\": }",
            "`{\"a\": }` isn't JSON, which `data` wants",
        ),
        (
            "token",
            "0123456789abcdef0123456789abcdefg",
            "`0123456789abcdef0123456789abcdefg` isn't a UUID, which `token` wants",
        ),
    ] {
        let found = problems(&format!("name,{column}\na,\"{value}\"\n"));
        assert_eq!(found, [format!("plans.csv:2:3: {expected}")]);
    }
    let fine = "name,price,starts_on,ends_at,rate,data,token\n\
                a, 5,2026/1/31,2026-01-31T10:00:00Z,-0999.99,\"{\"\"a\"\": [1]}\",0123456789abcdef0123456789abcdef\n\
                b,,infinity,now,1e2,null,{01234567-89ab-cdef-0123-456789abcdef}\n"
        .replace(" 5", "5");
    Plan::new(
        &schema(vec![plans()]).into(),
        &[master("plans", &fine)],
        &Request::default(),
    )
    .unwrap();
}

#[test]
fn what_must_differ_or_be_there() {
    assert_eq!(
        problems("id,name\n1,a\n1,b\n2,a\n3,\n"),
        [
            "plans.csv:5:3: `name` can't be NULL",
            "plans.csv:3:1: `id` is unique (`plans_pkey`), and line 2 has `1` too",
            "plans.csv:4:3: `name` is unique (`unique_name`), and line 2 has `a` too",
        ]
    );
}

#[test]
fn headers_that_name_other_columns() {
    assert_eq!(
        problems("1,basic\n2,pro\n"),
        [
            "plans.csv:1:1: the first line names no column of `plans`\n  \
             hint: a master begins with the names of its columns, such as `id,name,price,starts_on`"
        ]
    );
    assert_eq!(
        problems("ID,nmae,name,name\n1,a,b,c\n"),
        [
            "plans.csv:1:1: the table `plans` has no column `ID`\n  hint: did you mean `id`?",
            "plans.csv:1:4: the table `plans` has no column `nmae`\n  hint: did you mean `name`?",
            "plans.csv:1:14: the column `name` is there twice",
        ]
    );
}

#[test]
fn what_is_unique_among_some_rows_is_left_to_the_server() {
    let mut table = plans();
    table.indexes.push(unique("code", Some("price > 0")));
    let masters = [master("plans", "name,price,code\na,0,x\nb,0,x\n")];
    Plan::new(&schema(vec![table]).into(), &masters, &Request::default()).unwrap();
}

#[test]
fn columns_that_the_file_leaves_out_are_made_unique_where_they_must_be() {
    let names: Vec<String> = (0..400).map(|row| format!("n{row}")).collect();
    let masters = [master("plans", &format!("name\n{}\n", names.join("\n")))];
    let plan = Plan::new(&schema(vec![plans()]).into(), &masters, &Request::default()).unwrap();
    let ids = values(&plan, "id");
    assert_eq!(ids.len(), 400);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 400);
    assert_eq!(ids[0], "1");
}

#[test]
fn too_many_rows_for_a_column_that_the_file_leaves_out() {
    let mut table = plans();
    let kind = DataType::scalar(ValueType::Boolean);
    table.columns.push(Column {
        not_null: true,
        ..Column::new("flag", kind)
    });
    table.indexes.push(unique("flag", None));
    let masters = [master("plans", "name\na\nb\nc\n")];
    let problems =
        Plan::new(&schema(vec![table]).into(), &masters, &Request::default()).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "plans.flag: is unique (`unique_flag`) over 2 values; 3 rows asked: at most 2\n  \
         hint: give the column in `plans.csv`"
    );
}

#[test]
fn a_file_is_called_after_its_table_with_or_without_a_schema() {
    let mut other = plans();
    other.name = QualifiedName::in_schema("sales", "plans");
    let both = schema(vec![other, plans()]);
    let masters = [
        master("plans", "name\na\n"),
        master("sales.plans", "name\nb\nc\n"),
    ];
    let plan = Plan::new(&both.clone().into(), &masters, &Request::default()).unwrap();
    let rows: Vec<(String, u64)> = plan
        .tables
        .iter()
        .map(|table| (table.name.to_string(), table.rows))
        .collect();
    assert_eq!(rows, [("sales.plans".into(), 2), ("plans".into(), 1)]);
    let alone = schema(vec![both.tables[0].clone()]);
    let problems = Plan::new(&alone.into(), &masters, &Request::default()).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "sales.plans.csv: the rows of `sales.plans` are those of `plans.csv`\n  \
         hint: put them into one file"
    );
}
