//! Rows keep what schemas of the public ask of them; each test is named after the fault that it found.

use crate::support::{Database, gen_dummy};
use schemafile::{Frontend, Options};
use std::fs;
use std::path::{Path, PathBuf};
use testkit::pg::TempPostgres;

/// A schema.rb of some lines, kept in a directory for as long as the test runs.
struct Case {
    directory: tempfile::TempDir,
}

impl Case {
    fn new(lines: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let text = format!("ActiveRecord::Schema[7.1].define(version: 1) do\n{lines}\nend\n");
        fs::write(directory.path().join("schema.rb"), text).unwrap();
        Self { directory }
    }

    fn schemafile(&self) -> PathBuf {
        self.directory.path().join("schema.rb")
    }

    /// Loads rows at three sizes, the largest last.
    #[track_caller]
    fn loads(&self) -> Database<'static> {
        let options = Options {
            frontend: Some(Frontend::Rails),
            ..Options::default()
        };
        let database = Database::with(
            TempPostgres::shared(),
            &self.schemafile(),
            "",
            &options,
            Vec::new(),
        );
        for rows in ["1", "20", "1000"] {
            database.load(&database.generate(&["--rows", rows]));
        }
        database
    }

    /// What a run says that writes no rows, and whether it succeeded.
    fn says(&self, arguments: &[&str]) -> (bool, String) {
        let output = gen_dummy(self.directory.path())
            .args(["-s", "schema.rb"])
            .args(arguments)
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }
}

#[test]
fn the_columns_of_a_range_are_in_order_wherever_it_stands() {
    let case = Case::new(
        r#"
        enable_extension "btree_gist"
        create_table "seasons" do |t|
          t.date "first_day"
          t.datetime "ends_at"
          t.index "tsrange((first_day)::timestamp, ends_at, '[]'::text)", using: :gist, name: "span"
        end
        create_table "levels" do |t|
          t.integer "low"
          t.integer "high"
          t.decimal "a", precision: 8, scale: 2
          t.decimal "b", precision: 8, scale: 2
          t.check_constraint "NOT isempty(int4range(low, high, '[]'))", name: "filled"
          t.index "numrange(a, COALESCE(b, 'Infinity'::numeric))", using: :gist, name: "numbers"
        end
        create_table "stays" do |t|
          t.bigint "room"
          t.date "d1"
          t.date "d2"
        end
        execute "ALTER TABLE stays ADD CONSTRAINT once EXCLUDE USING gist (room WITH =, daterange(d1, d2, '[]') WITH &&)"
        "#,
    );
    let database = case.loads();
    assert_eq!(
        database.query("SELECT count(*) > 500, count(*) FILTER (WHERE first_day > ends_at) FROM seasons WHERE first_day IS NOT NULL AND ends_at IS NOT NULL"),
        "t|0"
    );
}

#[test]
fn a_table_that_inherits_gets_values_for_what_it_inherits() {
    let case = Case::new(
        r#"
        create_table "m" do |t|
          t.string "name", null: false
          t.integer "size", null: false, default: 3
          t.check_constraint "size > 2", name: "big"
        end
        create_table "m_a", id: false, options: "INHERITS (m)" do |t|
          t.string "extra", null: false
        end
        create_table "m_a_a", id: false, options: "INHERITS (m_a)" do |t|
          t.integer "more", null: false
        end
        "#,
    );
    let database = case.loads();
    assert_eq!(
        database.query("SELECT count(*), count(DISTINCT id) FROM ONLY m_a_a"),
        "1000|1000"
    );
}

#[test]
fn what_is_unique_among_rows_without_an_end_is_unique() {
    let case = Case::new(
        r#"
        create_table "terms" do |t|
          t.bigint "teacher_id"
          t.date "finished_on"
          t.index "teacher_id, ((finished_on IS NULL))", unique: true, where: "(finished_on IS NULL)", name: "one_open"
        end
        create_table "kinds" do |t|
          t.string "kind", null: false
          t.datetime "ended_at"
          t.check_constraint "kind IN ('a', 'b', 'c')", name: "kinds"
          t.index ["kind"], unique: true, where: "(ended_at IS NULL)", name: "one_running"
        end
        create_table "people" do |t|
          t.string "name"
          t.string "code", null: false
          t.datetime "seen_at", null: false
          t.index "lower((name)::text) text_pattern_ops", unique: true, name: "by_name"
          t.index "code COLLATE \"C\" varchar_pattern_ops DESC", unique: true, name: "by_code"
          t.index "date_trunc('month'::text, seen_at)", unique: true, name: "monthly"
        end
        "#,
    );
    let database = case.loads();
    for table in ["terms", "kinds", "people"] {
        assert_eq!(
            database.query(&format!("SELECT count(*) FROM {table}")),
            "1000",
            "{table}"
        );
    }
}

#[test]
fn patterns_longer_than_a_line_and_of_several_branches_have_values() {
    let case = Case::new(
        r#"
        create_table "hashes" do |t|
          t.string "h", null: false
          t.text "code", null: false
          t.string "state", null: false
          t.string "zip", null: false
          t.index ["h"], unique: true
          t.check_constraint "h ~ '^0x[a-f0-9]{64}$'::text", name: "h"
          t.check_constraint "code ~* '^(foo|bar[0-9]{2,40})-x$' AND code !~ 'q'", name: "code"
          t.check_constraint "state ~ '^(draft|paid|sent)$'", name: "state"
          t.check_constraint "zip SIMILAR TO '[0-9]{3}.[0-9]{2}' AND zip NOT LIKE '9%'", name: "zip"
        end
        "#,
    );
    let database = case.loads();
    assert_eq!(
        database.query("SELECT string_agg(DISTINCT state, ',' ORDER BY state) FROM hashes"),
        "draft,paid,sent"
    );
}

#[test]
fn arrays_have_the_elements_that_checks_want() {
    let case = Case::new(
        r#"
        create_table "jobs" do |t|
          t.string "queues", array: true, null: false
          t.string "tags", array: true, default: [], null: false
          t.string "kinds", array: true
          t.integer "sizes", array: true, null: false
          t.check_constraint "array_ndims(queues) = 1", name: "q"
          t.check_constraint "tags <@ ARRAY['a'::character varying, 'b'::character varying]::character varying[]", name: "t"
          t.check_constraint "'z'::text = ANY (kinds)", name: "k"
          t.check_constraint "array_length(sizes, 1) = 2", name: "s"
        end
        "#,
    );
    let database = case.loads();
    assert_eq!(
        database.query("SELECT count(*) FROM jobs WHERE cardinality(queues) = 0"),
        "0"
    );
}

#[test]
fn nulls_fill_the_rest_of_what_is_unique_over_few_values() {
    let case = Case::new(
        r#"
        create_table "sites" do |t|
          t.boolean "master"
          t.string "kind"
          t.index ["master"], unique: true
          t.index ["kind"], unique: true
          t.check_constraint "kind IN ('a', 'b', 'c')", name: "kinds"
        end
        "#,
    );
    let database = case.loads();
    assert_eq!(
        database.query("SELECT count(*), count(master), count(kind) FROM sites"),
        "1000|2|3"
    );
}

#[test]
fn rows_go_all_of_the_ways_that_a_check_leaves() {
    let case = Case::new(
        r#"
        create_table "orders" do |t|
          t.string "status", null: false
          t.datetime "cancelled_at"
          t.bigint "user_id"
          t.bigint "group_id"
          t.bigint "team_id"
          t.string "a"
          t.string "b"
          t.string "from_address"
          t.string "to_address"
          t.string "address"
          t.check_constraint "status IN ('draft', 'paid', 'cancelled')", name: "statuses"
          t.check_constraint "(status = 'cancelled') = (cancelled_at IS NOT NULL)", name: "cancelled"
          t.check_constraint "num_nonnulls(user_id, group_id, team_id) = 1", name: "owner"
          t.check_constraint "(a IS NULL) <> (b IS NULL)", name: "either"
          t.check_constraint "(status = 'draft' AND address = from_address) OR (status <> 'draft' AND address = to_address)", name: "address"
        end
        create_table "parts" do |t|
          t.bigint "number", null: false
          t.string "note"
          t.index ["number"], unique: true
          t.check_constraint "(number <= 500 AND note IS NULL) OR (number > 500 AND note = 'new')", name: "noted"
        end
        "#,
    );
    let database = case.loads();
    assert_eq!(
        database.query(
            "SELECT count(DISTINCT status), count(cancelled_at) > 5, count(user_id) > 100, count(group_id) > 100, \
             count(team_id) > 100, count(a) > 100, count(b) > 100 FROM orders"
        ),
        "3|t|t|t|t|t|t"
    );
    assert_eq!(
        database.query("SELECT count(*), count(note) BETWEEN 400 AND 500 FROM parts"),
        "1000|t"
    );
}

#[test]
fn equations_of_checks_are_solved() {
    let case = Case::new(
        r#"
        create_table "orders" do |t|
          t.decimal "subtotal", precision: 10, scale: 2, null: false
          t.decimal "tax", precision: 10, scale: 2, null: false
          t.decimal "discount", precision: 10, scale: 2
          t.decimal "total", precision: 10, scale: 2, null: false
          t.decimal "paid", precision: 10, scale: 2
          t.check_constraint "total = subtotal + tax - COALESCE(discount, 0)", name: "total"
          t.check_constraint "paid <= total AND total >= 0", name: "paid"
        end
        create_table "stays" do |t|
          t.date "check_in", null: false
          t.date "check_out", null: false
          t.integer "nights", null: false
          t.check_constraint "nights = check_out - check_in", name: "nights"
          t.check_constraint "nights > 0 AND nights <= 30", name: "bounds"
        end
        create_table "lines" do |t|
          t.integer "quantity", null: false
          t.decimal "price", precision: 8, scale: 2, null: false
          t.decimal "amount", precision: 14, scale: 2, null: false
          t.integer "part", null: false
          t.integer "whole", null: false
          t.check_constraint "abs(amount - quantity * price) < 0.01", name: "amount"
          t.check_constraint "whole % part = 0 AND part > 0", name: "multiple"
        end
        "#,
    );
    let database = case.loads();
    assert_eq!(
        database.query("SELECT count(DISTINCT total) > 100, count(discount) < 1000 FROM orders"),
        "t|t"
    );
    assert_eq!(
        database.query("SELECT count(DISTINCT nights) > 5 FROM stays"),
        "t"
    );
}

#[test]
fn raw_sql_about_another_schemas_table_binds_that_one() {
    let case = Case::new(
        r#"
        execute "CREATE SCHEMA crew"
        create_table "users" do |t|
          t.integer "age"
        end
        create_table "crew.users" do |t|
          t.integer "age"
        end
        execute "ALTER TABLE crew.users ADD CHECK (age BETWEEN 3 AND 4)"
        execute "CREATE UNIQUE INDEX one ON public.users (age)"
        "#,
    );
    let database = case.loads();
    assert_eq!(
        database.query("SELECT count(DISTINCT age) FROM crew.users"),
        "2"
    );
    assert_eq!(database.query("SELECT max(age) > 4 FROM users"), "t");
}

/// A constraint that nobody understands.
const NOT_UNDERSTOOD: &str = r#"
    create_table "codes" do |t|
      t.integer "code", null: false
      t.check_constraint "is_fine(code)", name: "fine"
    end
    "#;

#[test]
fn what_is_not_understood_stops_the_run_unless_it_is_left_to_the_server() {
    let case = Case::new(NOT_UNDERSTOOD);
    let output = gen_dummy(case.directory.path())
        .args(["-s", "schema.rb", "-o", "d.sql"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("the check `fine` isn't understood"), "{text}");
    assert!(
        text.contains("under `[tables.codes]`: unverified = [\"fine\"]"),
        "{text}"
    );
    assert!(!case.directory.path().join("d.sql").exists());
    fs::write(
        case.directory.path().join("dummy.toml"),
        "[tables.codes]\nunverified = [\"fine\"]\n",
    )
    .unwrap();
    // Also where nothing else is to be said.
    let (success, text) = case.says(&["-q", "-o", "d.sql"]);
    assert!(success, "{text}");
    let last = text.lines().last().unwrap();
    assert!(
        last.contains("this dump may not load") && last.contains("`codes.fine`"),
        "{text}"
    );
    fs::write(
        case.directory.path().join("dummy.toml"),
        "[tables.codes]\nunverified = [\"fien\"]\n",
    )
    .unwrap();
    let (success, text) = case.says(&["-o", "-"]);
    assert!(!success && text.contains("did you mean `fine`?"), "{text}");
}

#[test]
fn what_no_row_can_keep_stops_the_run() {
    for (check, told) in [
        (
            "n > 5 AND n < 3",
            "no rows were found that keep the check `c`",
        ),
        ("n IS NULL", "no rows were found that keep the check `c`"),
        ("n * n < 0", "doesn't hold in row 1: n = "),
    ] {
        let case = Case::new(&format!(
            "create_table \"t\" do |t|\n t.integer \"n\", null: false\n t.check_constraint \"{check}\", name: \"c\"\nend"
        ));
        let (success, text) = case.says(&["-o", "-"]);
        assert!(!success && text.contains(told), "{check}: {text}");
    }
}

#[test]
fn an_expression_of_the_configuration_is_checked_before_the_first_row() {
    let case = Case::new(
        "create_table \"t\" do |t|\n t.string \"name\"\n t.string \"slug\"\n t.integer \"n\"\n t.check_constraint \"n > 100\", name: \"c\"\nend",
    );
    for (sql, told) in [
        ("lower(nmae)", "the table `t` has no column `nmae`"),
        ("(SELECT max(slug) FROM t)", "they are just being loaded"),
    ] {
        fs::write(
            case.directory.path().join("dummy.toml"),
            format!("[tables.t.columns.slug]\nsql = \"{sql}\"\n"),
        )
        .unwrap();
        let (success, text) = case.says(&["-o", "-"]);
        assert!(!success && text.contains(told), "{sql}: {text}");
        assert!(text.contains("dummy.toml:2:"), "{text}");
    }
    // What it computes is held against the checks too.
    fs::write(
        case.directory.path().join("dummy.toml"),
        "[tables.t.columns.n]\nsql = \"length(name)\"\n",
    )
    .unwrap();
    let (success, text) = case.says(&["-o", "-"]);
    assert!(
        !success && text.contains("the check `c` (n > 100) doesn't hold"),
        "{text}"
    );
}

#[test]
fn the_server_of_the_user_says_what_it_refuses() {
    let postgres = TempPostgres::shared();
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", postgres.port());
    let case = Case::new(
        r#"
        create_table "codes" do |t|
          t.integer "code", null: false
        end
        execute "CREATE FUNCTION is_fine(integer) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 < 0'"
        execute "ALTER TABLE codes ADD CONSTRAINT fine CHECK (is_fine(code))"
        "#,
    );
    fs::write(
        case.directory.path().join("dummy.toml"),
        "[tables.codes]\nunverified = [\"fine\"]\n",
    )
    .unwrap();
    let verify = |case: &Case, url: &str| {
        let output = gen_dummy(case.directory.path())
            .args(["-s", "schema.rb", "--verify", url])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), text)
    };
    let (code, text) = verify(&case, &url);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("the rows don't load: codes: ") && text.contains("[constraint `fine`]"),
        "{text}"
    );
    fs::write(
        case.directory.path().join("dummy.toml"),
        "[tables.codes]\nunverified = [\"fine\"]\n[tables.codes.columns.code]\nrange = [-100, -1]\n",
    )
    .unwrap();
    assert_eq!(verify(&case, &url), (Some(0), String::new()));
    let (code, text) = verify(&case, "postgres://postgres@127.0.0.1:1/postgres");
    assert_eq!(code, Some(3), "{text}");
    assert_eq!(
        postgres
            .psql(
                "postgres",
                "SELECT count(*) FROM pg_database WHERE datname LIKE 'gen_dummy_verify%'"
            )
            .trim(),
        "0"
    );
    assert!(!Path::new(case.directory.path()).join("dumps").exists());
}
