//! A column that means the same in two databases has the same value for the same seed, so that a team that moves keeps
//! its data.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::collections::BTreeMap;
use std::fs;

use assert_cmd::Command;

/// Types that both have, by names that say something and names that don't.
const SCHEMA: &str = r#"
ActiveRecord::Schema[8.1].define(version: 2026_01_01_000000) do
  create_table "customers" do |t|
    t.string "name", null: false
    t.string "email", null: false
    t.text "notes"
    t.date "birthday"
    t.boolean "active", default: true, null: false
    t.integer "visits", default: 0, null: false
    t.decimal "balance", precision: 10, scale: 2
    t.float "ratio"
    t.json "settings"
    t.time "opens_at", precision: 0
    t.timestamps
    t.index ["email"], unique: true
  end

  create_table "orders" do |t|
    t.references "customer", null: false, foreign_key: true
    t.string "number", limit: 16, null: false
    t.string "status", limit: 20, default: "open", null: false
    t.bigint "quantity", null: false
    t.datetime "shipped_at"
    t.binary "token", limit: 16
    t.timestamps
    t.index ["customer_id", "number"], unique: true
    t.check_constraint "quantity > 0"
    t.check_constraint "status IN ('open', 'shipped', 'closed')"
  end
end
"#;

/// Cells by table, column and row; none for NULL.
type Cells = BTreeMap<(String, String), Vec<Option<String>>>;

fn dump(database: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("schema.rb"), SCHEMA).unwrap();
    let output = Command::cargo_bin("gen-dummy")
        .unwrap()
        .current_dir(directory.path())
        .args([
            "-q",
            "-s",
            "schema.rb",
            "-o",
            "-",
            "--rows",
            "300",
            "--database",
        ])
        .arg(database)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn add(cells: &mut Cells, table: &str, columns: &[String], row: Vec<Option<String>>) {
    assert_eq!(columns.len(), row.len(), "{table}: {row:?}");
    for (column, value) in columns.iter().zip(row) {
        let key = (table.to_owned(), column.clone());
        cells.entry(key).or_default().push(value);
    }
}

fn names(list: &str) -> Vec<String> {
    let list = list.split_once(" (").unwrap().1.split(')').next().unwrap();
    list.split(", ")
        .map(|name| name.trim_matches(['`', '"']).to_owned())
        .collect()
}

fn table(line: &str) -> String {
    let name = line.split(" (").next().unwrap();
    name.trim_matches(['`', '"']).to_owned()
}

/// What stands in COPY's lines.
fn copied(dump: &str) -> Cells {
    let mut cells = Cells::new();
    let mut lines = dump.lines();
    while let Some(line) = lines.next() {
        let Some(line) = line.strip_prefix("COPY ") else {
            continue;
        };
        let (table, columns) = (table(line), names(line));
        for row in lines.by_ref().take_while(|row| *row != "\\.") {
            let row = row.split('\t').map(|field| match field {
                "\\N" => None,
                // Truth is a number there.
                "t" => Some("1".to_owned()),
                "f" => Some("0".to_owned()),
                text => Some(text.replace("\\\\", "\\")),
            });
            add(&mut cells, &table, &columns, row.collect());
        }
    }
    cells
}

/// What stands in the statements of MySQL.
fn inserted(dump: &str) -> Cells {
    let mut cells = Cells::new();
    let mut lines = dump.lines();
    while let Some(line) = lines.next() {
        let Some(line) = line.strip_prefix("INSERT INTO ") else {
            continue;
        };
        let (table, columns) = (table(line), names(line));
        for row in lines.by_ref() {
            add(&mut cells, &table, &columns, literals(row));
            if row.ends_with(");") {
                break;
            }
        }
    }
    cells
}

fn literals(row: &str) -> Vec<Option<String>> {
    let inner = row
        .trim_start_matches('(')
        .trim_end_matches([',', ';', ')']);
    let mut values = Vec::new();
    let (mut value, mut quoted, mut characters) = (String::new(), false, inner.chars());
    while let Some(character) = characters.next() {
        match character {
            '\'' => quoted = !quoted,
            '\\' if quoted => value.extend(characters.next()),
            ',' if !quoted => values.push(std::mem::take(&mut value)),
            ' ' if !quoted => {}
            other => value.push(other),
        }
    }
    values.push(value);
    values
        .into_iter()
        .map(|value| match value.strip_prefix('x') {
            _ if value == "NULL" => None,
            Some(digits) if digits.len() == 32 => Some(format!("\\x{digits}")),
            _ => Some(value),
        })
        .collect()
}

#[test]
fn a_column_that_means_the_same_has_the_same_values() {
    let postgresql = copied(&dump("postgresql"));
    assert_eq!(postgresql.len(), 22, "{:?}", postgresql.keys());
    for database in ["mysql", "mariadb"] {
        let other = inserted(&dump(database));
        assert_eq!(
            postgresql.keys().collect::<Vec<_>>(),
            other.keys().collect::<Vec<_>>()
        );
        for (column, cells) in &postgresql {
            assert_eq!(cells, &other[column], "{database}: {column:?}");
        }
    }
}

#[test]
fn a_column_whose_name_says_nothing_but_count_counts_nothing_in_particular() {
    let directory = tempfile::tempdir().unwrap();
    let schema = "create_table \"stats\" do |t|\n  t.integer \"count\", null: false\nend\n\
                  create_table \"entries\" do |t|\n  t.references \"stat\", null: false\nend\n";
    fs::write(directory.path().join("Schemafile"), schema).unwrap();
    Command::cargo_bin("gen-dummy")
        .unwrap()
        .current_dir(directory.path())
        .args(["-q", "-s", "Schemafile", "-o", "-", "--rows", "20"])
        .assert()
        .success();
}
