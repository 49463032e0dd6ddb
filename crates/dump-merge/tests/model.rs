//! Random versions of random tables, merged by the crate and by a model that holds everything in maps.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use dump_merge::{Decisions, Keys, Report, Side, Three, What, merge};
use dump_text::{InMemory, Line, Lines};
use proptest::prelude::*;

/// A table as the model has it: cells by row and column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Table {
    columns: BTreeSet<String>,
    rows: BTreeMap<u16, BTreeMap<String, String>>,
}

/// How a dump shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In the order of a whole number.
    Ascending,
    /// In another order, by a key of two columns that the schema tells.
    Shuffled,
}

/// The program whose dump it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// gen-dummy's: the rows alone, in a COPY.
    Copy,
    /// `mysqldump`'s: all rows in a line, without the columns' names, behind the table.
    Mysql,
    /// `mariadb-dump`'s: a row in a line, without the columns' names, behind the table.
    Mariadb,
    /// gen-dummy's for `MySQL`: the rows alone, with the columns' names.
    Named,
    /// `pg_dump --inserts`: a row in a statement, behind the table.
    Inserts,
}

const STYLES: [Style; 5] = [
    Style::Copy,
    Style::Mysql,
    Style::Mariadb,
    Style::Named,
    Style::Inserts,
];

impl Style {
    fn makes_tables(self) -> bool {
        !matches!(self, Self::Copy | Self::Named)
    }

    fn name(self, name: &str) -> String {
        match self {
            Self::Mysql | Self::Mariadb | Self::Named => format!("`{name}`"),
            Self::Copy | Self::Inserts if name.contains(' ') => format!("\"{name}\""),
            Self::Copy | Self::Inserts => name.to_owned(),
        }
    }

    fn literal(self, value: &str) -> String {
        match (self, value) {
            (Self::Copy, value) => value.to_owned(),
            (_, "\\N") => "NULL".to_owned(),
            (Self::Inserts, value) => format!("'{}'", value.replace('\'', "''")),
            (_, value) => format!("'{}'", value.replace('\'', "\\'")),
        }
    }
}

#[derive(Debug, Clone)]
enum Edit {
    Add(u16, u8),
    Delete(u16),
    Change(u16, u8, u8),
    AddColumn(u8),
    DropColumn(u8),
}

const COLUMNS: [&str; 5] = ["a", "b", "c", "d", "e"];
const VALUES: [&str; 5] = ["x", "", "\\N", "two words", "it's (1), ('x');"];

impl Table {
    fn base(rows: &BTreeMap<u16, [u8; 3]>) -> Self {
        let columns: BTreeSet<String> = COLUMNS[..3].iter().map(ToString::to_string).collect();
        let row = |values: &[u8; 3]| {
            columns
                .iter()
                .zip(values)
                .map(|(column, value)| (column.clone(), value_of(*value)))
                .collect()
        };
        let rows = rows
            .iter()
            .map(|(key, values)| (*key, row(values)))
            .collect();
        Self { columns, rows }
    }

    fn edited(&self, edits: &[Edit]) -> Self {
        let mut table = self.clone();
        for edit in edits {
            match *edit {
                Edit::Add(key, value) => {
                    let row = table
                        .columns
                        .iter()
                        .map(|column| (column.clone(), value_of(value)));
                    let row = row.collect();
                    table.rows.entry(key).or_insert(row);
                }
                Edit::Delete(key) => {
                    table.rows.remove(&key);
                }
                Edit::Change(key, column, value) => {
                    let column = COLUMNS[usize::from(column) % COLUMNS.len()];
                    let cell = table.rows.get_mut(&key).and_then(|row| row.get_mut(column));
                    if let Some(cell) = cell {
                        *cell = value_of(value);
                    }
                }
                Edit::AddColumn(column) => {
                    let column = COLUMNS[3 + usize::from(column) % 2].to_owned();
                    if table.columns.insert(column.clone()) {
                        for (key, row) in &mut table.rows {
                            row.insert(column.clone(), format!("new {key}"));
                        }
                    }
                }
                Edit::DropColumn(column) => {
                    let column = COLUMNS[usize::from(column) % 3];
                    table.columns.remove(column);
                    for row in table.rows.values_mut() {
                        row.remove(column);
                    }
                }
            }
        }
        table
    }

    fn dump(&self, form: Form, style: Style) -> String {
        let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let keys: &[&str] = match form {
            Form::Ascending => &["id"],
            Form::Shuffled => &["left", "right side"],
        };
        let mut rows: Vec<(u16, &BTreeMap<String, String>)> =
            self.rows.iter().map(|(key, row)| (*key, row)).collect();
        if form == Form::Shuffled {
            rows.sort_by_key(|(key, _)| key.wrapping_mul(40_503));
        }
        let rows = rows.into_iter().map(|(key, row)| {
            let key = match form {
                Form::Ascending => vec![key.to_string()],
                Form::Shuffled => {
                    vec![
                        style.literal(&format!("k{}", key / 7)),
                        (key % 7).to_string(),
                    ]
                }
            };
            let cells = columns.iter().map(|column| style.literal(&row[*column]));
            key.into_iter().chain(cells).collect::<Vec<_>>()
        });
        let names: Vec<String> = keys
            .iter()
            .chain(&columns)
            .map(|name| style.name(name))
            .collect();
        let mut text = match style {
            Style::Copy | Style::Inserts => "-- PostgreSQL\nBEGIN;\n".to_owned(),
            _ => "/*!40101 SET NAMES utf8mb4 */;\n".to_owned(),
        };
        if style.makes_tables() {
            writeln!(text, "CREATE TABLE {} (", style.name("t")).unwrap();
            for name in &names {
                writeln!(text, "  {name} text,").unwrap();
            }
            let keys: Vec<String> = keys.iter().map(|name| style.name(name)).collect();
            writeln!(text, "  PRIMARY KEY ({})\n);\nLOCK;", keys.join(",")).unwrap();
        }
        match style {
            Style::Copy => {
                writeln!(text, "COPY public.t ({}) FROM stdin;", names.join(", ")).unwrap();
                for row in rows {
                    text += &(row.join("\t") + "\n");
                }
                text += "\\.\n";
            }
            Style::Inserts => {
                for row in rows {
                    writeln!(text, "INSERT INTO public.t VALUES ({});", row.join(", ")).unwrap();
                }
            }
            Style::Mysql | Style::Mariadb | Style::Named => {
                let rows: Vec<String> = rows.map(|row| format!("({})", row.join(","))).collect();
                let list = format!(" ({})", names.join(", "));
                let list = if style == Style::Named { &list } else { "" };
                if !rows.is_empty() && style == Style::Mysql {
                    writeln!(text, "INSERT INTO `t` VALUES {};", rows.join(",")).unwrap();
                } else if !rows.is_empty() {
                    writeln!(text, "INSERT INTO `t`{list} VALUES\n{};", rows.join(",\n")).unwrap();
                }
            }
        }
        text + "UNLOCK;\nCOMMIT;\n"
    }

    /// Reads a dump of that form.
    fn of(dump: &str, form: Form) -> Self {
        let source = InMemory(dump.as_bytes());
        let mut lines = Lines::open(&source).unwrap();
        let mut table = Self::default();
        let mut columns = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            match line {
                Line::Begin { columns: names, .. } => {
                    assert!(columns.is_empty(), "two blocks: {dump}");
                    columns = names;
                }
                Line::Row(row) => {
                    let row = String::from_utf8(row.to_vec()).unwrap();
                    let fields: Vec<&str> = row.split('\t').collect();
                    let place = |name: &str| {
                        columns
                            .iter()
                            .position(|column| column.trim_matches(['"', '`']) == name)
                            .unwrap()
                    };
                    let key = match form {
                        Form::Ascending => fields[place("id")].parse().unwrap(),
                        Form::Shuffled => {
                            let left: u16 = fields[place("left")][1..].parse().unwrap();
                            left * 7 + fields[place("right side")].parse::<u16>().unwrap()
                        }
                    };
                    assert_eq!(fields.len(), columns.len(), "{row:?}");
                    let row = columns.iter().zip(&fields);
                    let row = row.filter(|(column, _)| COLUMNS.contains(&column.as_str()));
                    let row = row.map(|(column, field)| (column.clone(), (*field).to_owned()));
                    assert!(
                        table.rows.insert(key, row.collect()).is_none(),
                        "{key} is there twice"
                    );
                }
                Line::Statement(_) | Line::End(_) => {}
            }
        }
        table.columns = columns
            .into_iter()
            .filter(|column| COLUMNS.contains(&column.as_str()))
            .collect();
        table
    }

    /// The columns with which a dump makes the table.
    fn made(dump: &str) -> BTreeSet<String> {
        dump.lines()
            .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(" text,"))
            .map(|name| name.trim_matches('`').to_owned())
            .filter(|name| COLUMNS.contains(&name.as_str()))
            .collect()
    }

    /// Takes the columns in that no INSERT names: they get their defaults.
    fn with_defaults(&mut self, columns: &BTreeSet<String>) {
        for column in columns.difference(&self.columns.clone()) {
            self.columns.insert(column.clone());
            for row in self.rows.values_mut() {
                row.insert(column.clone(), "DEFAULT".to_owned());
            }
        }
    }

    /// What the merged table is, and how many conflicts there are. What nobody has is `missing`.
    fn merged(base: &Self, ours: &Self, theirs: &Self, missing: &str) -> (Self, usize) {
        let columns: BTreeSet<String> = ours
            .columns
            .union(&theirs.columns)
            .filter(|column| {
                let in_both = ours.columns.contains(*column) && theirs.columns.contains(*column);
                in_both || !base.columns.contains(*column)
            })
            .cloned()
            .collect();
        let mut conflicts = 0;
        let mut rows = BTreeMap::new();
        let keys: BTreeSet<u16> = [base, ours, theirs]
            .iter()
            .flat_map(|table| table.rows.keys().copied())
            .collect();
        for key in keys {
            let unchanged = |side: &BTreeMap<String, String>| {
                let was = &base.rows[&key];
                was.iter()
                    .all(|(column, value)| side.get(column).is_none_or(|other| other == value))
            };
            let (b, o, t) = (
                base.rows.get(&key),
                ours.rows.get(&key),
                theirs.rows.get(&key),
            );
            match (b, o, t) {
                (Some(_), None, Some(side)) if unchanged(side) => continue,
                (Some(_), Some(side), None) if unchanged(side) => continue,
                (_, None, None) => continue,
                (Some(_), None, Some(_)) => {
                    conflicts += 1;
                    continue;
                }
                (Some(_), Some(_), None) => conflicts += 1,
                _ => {}
            }
            let cell = |column: &String, conflicts: &mut usize| {
                let value = |row: Option<&BTreeMap<String, String>>| {
                    row.and_then(|row| row.get(column)).cloned()
                };
                match (value(b), value(o), value(t)) {
                    (_, None, None) => missing.to_owned(),
                    (_, Some(one), None) | (_, None, Some(one)) => one,
                    (_, Some(one), Some(other)) if one == other => one,
                    (Some(was), Some(one), Some(other)) if was == one => other,
                    (Some(was), Some(one), Some(other)) if was == other => one,
                    (_, Some(one), Some(_)) => {
                        *conflicts += 1;
                        one
                    }
                }
            };
            let row = columns
                .iter()
                .map(|column| (column.clone(), cell(column, &mut conflicts)))
                .collect();
            rows.insert(key, row);
        }
        (Self { columns, rows }, conflicts)
    }
}

fn value_of(number: u8) -> String {
    match VALUES.get(usize::from(number)) {
        Some(value) => (*value).to_owned(),
        None => format!("v{number}"),
    }
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        3 => (0..40_u16, 0..8_u8).prop_map(|(key, value)| Edit::Add(key, value)),
        3 => (0..40_u16).prop_map(Edit::Delete),
        6 => (0..40_u16, 0..5_u8, 0..8_u8).prop_map(|(key, column, value)| Edit::Change(key, column, value)),
        1 => (0..2_u8).prop_map(Edit::AddColumn),
        1 => (0..3_u8).prop_map(Edit::DropColumn),
    ];
    prop::collection::vec(edit, 0..8)
}

fn keys() -> Keys {
    let mut keys = Keys::default();
    keys.read("CREATE TABLE t (\"left\" text, \"right side\" int, PRIMARY KEY (\"left\", \"right side\"));");
    keys
}

fn run(
    base: &str,
    ours: &str,
    theirs: &str,
    keys: &Keys,
    decisions: &Decisions,
) -> (String, Report) {
    let mut output = Vec::new();
    let [base, ours, theirs] = [base, ours, theirs].map(str::as_bytes).map(InMemory);
    let versions = Three {
        base: &base as &dyn dump_text::Source,
        ours: &ours,
        theirs: &theirs,
    };
    let report = merge(versions, keys, decisions, &mut output).unwrap();
    (String::from_utf8(output).unwrap(), report)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn merging_is_what_the_model_says(
        rows in prop::collection::btree_map(0..40_u16, prop::array::uniform3(0..8_u8), 0..25),
        one in edits(),
        other in edits(),
        ascending in any::<bool>(),
        style in prop::sample::select(&STYLES[..]),
    ) {
        let form = if ascending { Form::Ascending } else { Form::Shuffled };
        let keys = if ascending { Keys::default() } else { keys() };
        let base = Table::base(&rows);
        let (ours, theirs) = (base.edited(&one), base.edited(&other));
        // Without its table, nobody can say whether a table is empty or gone.
        prop_assume!(style != Style::Named || [&base, &ours, &theirs].iter().all(|table| !table.rows.is_empty()));
        let texts = [&base, &ours, &theirs].map(|table| table.dump(form, style));
        let none = Decisions::default();

        let (merged, report) = run(&texts[0], &texts[1], &texts[2], &keys, &none);
        // Where SQL has a word for it, a column that the other side brought has its default.
        let missing = if style == Style::Copy { "\\N" } else { "DEFAULT" };
        let (expected, conflicts) = Table::merged(&base, &ours, &theirs, missing);
        let rows_of = |report: &Report| {
            let conflicts = report.conflicts.iter();
            conflicts.filter(|conflict| !matches!(conflict.what, What::Lines { .. })).count()
        };
        prop_assert_eq!(rows_of(&report), conflicts, "{:?}", report.conflicts);
        let mut found = Table::of(&merged, form);
        if style != Style::Copy {
            found.with_defaults(&expected.columns);
        }
        if expected.rows.is_empty() && style != Style::Copy {
            prop_assert!(found.rows.is_empty());
        } else {
            prop_assert_eq!(&found, &expected, "{}", merged);
        }
        if style.makes_tables() && report.is_clean() {
            // What loads on both sides loads merged.
            prop_assert_eq!(Table::made(&merged), expected.columns, "{}", merged);
        }

        // Whoever merges gets the same, but for conflicts.
        let (turned, other_report) = run(&texts[0], &texts[2], &texts[1], &keys, &none);
        prop_assert_eq!(rows_of(&other_report), conflicts);
        if conflicts == 0 {
            prop_assert_eq!(Table::of(&turned, form), Table::of(&merged, form));
        }

        // Deciding for a side settles everything, and gives that side's cells.
        for side in [Side::Ours, Side::Theirs] {
            let decisions = Decisions::all(side);
            let (_, report) = run(&texts[0], &texts[1], &texts[2], &keys, &decisions);
            prop_assert!(report.is_clean(), "{:?}", report.conflicts);
        }
    }

    #[test]
    fn merging_no_change_is_no_change(
        rows in prop::collection::btree_map(0..40_u16, prop::array::uniform3(0..8_u8), 0..25),
        one in edits(),
        ascending in any::<bool>(),
        style in prop::sample::select(&STYLES[..]),
    ) {
        let form = if ascending { Form::Ascending } else { Form::Shuffled };
        let base = Table::base(&rows);
        let text = base.edited(&one).dump(form, style);
        let base = base.dump(form, style);
        prop_assume!(base.contains("VALUES") || style == Style::Copy || text.contains("VALUES"));
        let none = Decisions::default();
        for (ours, theirs) in [(&base, &text), (&text, &base), (&text, &text)] {
            if style != Style::Copy && !ours.contains("VALUES") && !theirs.contains("VALUES") {
                continue;
            }
            let (merged, report) = run(&base, ours, theirs, &keys(), &none);
            prop_assert!(report.is_clean());
            prop_assert_eq!(&merged, &text);
        }
    }

    #[test]
    fn tables_without_a_key_are_sets_of_rows(
        base in prop::collection::vec(0..6_u8, 0..12),
        ours in prop::collection::vec(0..6_u8, 0..12),
        theirs in prop::collection::vec(0..6_u8, 0..12),
    ) {
        let dump = |rows: &[u8]| {
            let rows: Vec<String> = rows.iter().map(|row| format!("r{row}\tx\n")).collect();
            let rows = rows.concat();
            format!("COPY tags (name, x) FROM stdin;\n{rows}\\.\n")
        };
        let count = |text: &str, row: u8| text.matches(&format!("r{row}\t")).count();
        let none = Decisions::default();
        let (merged, report) = run(&dump(&base), &dump(&ours), &dump(&theirs), &Keys::default(), &none);
        let (turned, _) = run(&dump(&base), &dump(&theirs), &dump(&ours), &Keys::default(), &none);
        prop_assert!(report.is_clean());
        for row in 0..6 {
            let number = |rows: &[u8]| count(&dump(rows), row);
            let (b, o, t) = (number(&base), number(&ours), number(&theirs));
            let is = count(&merged, row);
            prop_assert_eq!(is, count(&turned, row));
            if o == b { prop_assert_eq!(is, t); }
            if t == b { prop_assert_eq!(is, o); }
            prop_assert!(is <= b.max(o).max(t).max((o + t).saturating_sub(b)));
        }
    }
}

#[test]
fn values_that_both_brought_and_keys_to_what_is_gone_are_told() {
    let dump = |users: &[&str], posts: &[&str]| {
        let rows = |rows: &[&str]| {
            rows.iter()
                .map(|row| format!("{row}\n"))
                .collect::<Vec<_>>()
                .concat()
        };
        format!(
            "COPY users (id, email) FROM stdin;\n{}\\.\nCOPY posts (id, user_id) FROM stdin;\n{}\\.\n",
            rows(users),
            rows(posts)
        )
    };
    let mut keys = Keys::default();
    keys.read(
        "CREATE TABLE users (id bigserial, email varchar, PRIMARY KEY (id));\nCREATE UNIQUE INDEX i ON users (email);\n\
         CREATE TABLE posts (id bigserial, user_id bigint, PRIMARY KEY (id));\n\
         ALTER TABLE posts ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id);",
    );
    let base = dump(&["1\ta", "2\tb"], &["1\t1"]);
    let none = Decisions::default();
    let told = |ours: &str, theirs: &str| {
        let (_, report) = run(&base, ours, theirs, &keys, &none);
        report
            .conflicts
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told(
            &dump(&["1\ta", "2\tb", "3\tc"], &["1\t1"]),
            &dump(&["1\ta", "2\tb", "4\tc"], &["1\t1"])
        ),
        ["users 3: ours and users 4 of theirs have the same email: c"]
    );
    let gone = dump(&["1\ta"], &["1\t1"]);
    let points = dump(&["1\ta", "2\tb"], &["1\t1", "2\t2"]);
    assert_eq!(
        told(&gone, &points),
        ["posts 2: user_id of theirs names users 2, which ours deleted"]
    );
    assert_eq!(
        told(&points, &gone),
        ["posts 2: user_id of ours names users 2, which theirs deleted"]
    );
    assert_eq!(told(&gone, &base), Vec::<String>::new());
}

#[test]
fn tables_come_and_go_on_either_side() {
    let table = |name: &str, row: &str| {
        format!("--\n-- {name}\n--\n\nCOPY {name} (id, x) FROM stdin;\n{row}\n\\.\n\n")
    };
    let base = [table("a", "1\tx"), table("c", "1\tx")].concat();
    let ours = [table("a", "1\tx"), table("b", "1\tb"), table("c", "1\tx")].concat();
    let theirs = [table("c", "1\ty"), table("d", "1\td")].concat();
    let none = Decisions::default();
    let (merged, report) = run(&base, &ours, &theirs, &Keys::default(), &none);
    assert!(report.is_clean(), "{:?}", report.conflicts);
    assert_eq!(
        merged,
        [table("b", "1\tb"), table("c", "1\ty"), table("d", "1\td")].concat()
    );

    // Both add a table in the same place.
    let one = [base.clone(), table("e", "1\te")].concat();
    let other = [base.clone(), table("d", "1\td")].concat();
    let both = [base.clone(), table("d", "1\td"), table("e", "1\te")].concat();
    for (ours, theirs) in [(&one, &other), (&other, &one)] {
        let (merged, report) = run(&base, ours, theirs, &Keys::default(), &none);
        assert!(report.is_clean(), "{:?}", report.conflicts);
        assert_eq!(merged, both);
    }

    // One deletes a table, the other changes it.
    let deleted = table("a", "1\tx");
    let changed = [table("a", "1\tx"), table("c", "1\ty")].concat();
    for (ours, theirs, by) in [
        (&deleted, &changed, Side::Ours),
        (&changed, &deleted, Side::Theirs),
    ] {
        let (merged, report) = run(&base, ours, theirs, &Keys::default(), &none);
        assert_eq!(report.conflicts.len(), 1);
        assert_eq!(report.conflicts[0].what, What::TableDeleted { by });
        assert_eq!(&merged, ours);
        let mut decisions = Decisions::default();
        decisions.table("c", Side::Theirs);
        let (merged, report) = run(&base, ours, theirs, &Keys::default(), &decisions);
        assert!(report.is_clean());
        assert_eq!(&merged, theirs);
    }
}
