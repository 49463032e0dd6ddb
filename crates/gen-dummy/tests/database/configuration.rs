//! A configuration decides what the rows are, and what it says is held against the schema.

use crate::support::{Database, gen_dummy, repository};
use std::fs;
use std::path::{Path, PathBuf};
use testkit::pg::TempPostgres;

fn own_schema() -> PathBuf {
    repository().join("schema/Schemafile")
}

/// What the command says of a configuration that doesn't fit this repository's schema.
#[track_caller]
fn refused(configuration: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("dummy.toml"), configuration).unwrap();
    let output = gen_dummy(directory.path())
        .arg("-s")
        .arg(own_schema())
        .args(["-c", "dummy.toml", "-o", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(output.stdout.is_empty(), "nothing is written");
    text
}

#[test]
fn the_sample_in_the_docs_does_what_it_says() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    let sample = repository().join("docs/dummy.toml");
    for format in ["copy", "insert"] {
        let dump = database.generate(&["-c", sample.to_str().unwrap(), "--format", format]);
        database.load(&dump);
        for (what, sql, expected) in [
            ("rows", "SELECT count(*) FROM offices", "12"),
            ("rows of the rest", "SELECT count(*) FROM products", "500"),
            (
                "weights",
                "SELECT string_agg(role::text, ',' ORDER BY n DESC) FROM (SELECT role, count(*) n FROM users GROUP BY 1) r",
                "staff,manager,admin",
            ),
            (
                "a template",
                "SELECT count(*) FROM users WHERE email !~ '^[A-Z][a-z]+\\.[A-Z][a-z]+[0-9]*@example\\.com$' AND email !~ '^(admin|demo)@'",
                "0",
            ),
            (
                "a range of dates",
                "SELECT count(*) FROM users WHERE joined_on NOT BETWEEN '2021-04-01' AND '2025-03-31'",
                "0",
            ),
            ("always NULL", "SELECT count(deleted_at) FROM users", "0"),
            (
                "the default",
                "SELECT count(*) FROM categories WHERE position <> 0",
                "0",
            ),
            (
                "a pattern",
                "SELECT count(*) FROM categories WHERE slug !~ '^[a-z]{6}-[0-9]{3}$'",
                "0",
            ),
            (
                "a skewed range",
                "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price) < 8000 AND min(price) >= 100 AND max(price) <= 20000 FROM products",
                "t",
            ),
            (
                "values that are numbers",
                "SELECT string_agg(DISTINCT tax_rate::text, ',') FROM products",
                "0.080,0.100",
            ),
            (
                "an expression",
                "SELECT count(*) FROM products WHERE description IS DISTINCT FROM name || ' (' || sku || ')'",
                "0",
            ),
            (
                "rows for each parent",
                "SELECT max(n) FROM (SELECT count(*) n FROM orders GROUP BY customer_id) c",
                "5",
            ),
            (
                "one at least for each parent",
                "SELECT count(*) FROM orders WHERE id NOT IN (SELECT order_id FROM order_lines)",
                "0",
            ),
            (
                "given rows",
                "SELECT count(*) FROM users u JOIN offices o ON o.id = office_id WHERE (email = 'admin@example.com' AND role = 'admin' AND manager_id IS NULL) OR (u.id = 100 AND email = 'demo@example.com' AND o.name = '本社')",
                "2",
            ),
            (
                "columns that go together",
                "SELECT count(*) FILTER (WHERE status = 'discontinued' AND tax_rate = 0.08) BETWEEN 25 AND 100 FROM products",
                "t",
            ),
            (
                "a sum of some children",
                "SELECT count(*) FROM customers c WHERE credit_limit <> (SELECT coalesce(sum(total), 0) FROM orders WHERE customer_id = c.id AND status IN ('paid', 'shipped', 'delivered'))",
                "0",
            ),
            (
                "a lifecycle",
                "SELECT count(*) FROM orders WHERE (status IN ('paid', 'shipped', 'delivered')) <> (paid_at IS NOT NULL)",
                "0",
            ),
            (
                "a text of the parent's, where the state says so",
                "SELECT count(*) FROM orders o JOIN customers c ON c.id = customer_id WHERE note IS DISTINCT FROM CASE WHEN status = 'cancelled' THEN upper(company_name) || '様のご都合により' END",
                "0",
            ),
            (
                "a parent's price, and cases",
                "SELECT count(*) FROM order_lines l JOIN products p ON p.id = product_id WHERE NOT CASE WHEN quantity IN (10, 20, 50, 100) THEN unit_price BETWEEN 50 AND 99 ELSE unit_price = price END",
                "0",
            ),
            (
                "line numbers",
                "SELECT min(line_number) || '-' || max(line_number) FROM order_lines",
                "1-4",
            ),
        ] {
            assert_eq!(database.query(sql), expected, "{what}, {format}");
        }
    }
}

#[test]
fn the_command_line_comes_before_the_configuration() {
    let database = Database::new(TempPostgres::shared(), &own_schema());
    let sample = repository().join("docs/dummy.toml");
    let arguments = ["-c", sample.to_str().unwrap(), "--rows", "users=7"];
    database.load(&database.generate(&arguments));
    assert_eq!(database.query("SELECT count(*) FROM users"), "7");
    assert_eq!(database.query("SELECT count(*) FROM offices"), "12");
    let dump = database.generate(&["-c", sample.to_str().unwrap(), "--rows", "20"]);
    database.load(&dump);
    assert_eq!(
        database
            .query("SELECT (SELECT count(*) FROM offices) || ' ' || (SELECT count(*) FROM users)"),
        "20 20"
    );
}

#[test]
fn contradictions_with_the_schema_are_told_at_once_with_their_lines() {
    let text = refused(
        "\
[tables.user]
rows = 3

[tables.users.columns.nam]
values = [\"a\"]

[tables.users.columns.role]
values = [\"staff\", \"boss\"]

[tables.users.columns.employee_number]
values = [\"E1\", \"much too long\"]

[tables.users.columns.email]
null_ratio = 0.5

[tables.products.columns.price]
range = [-5, 10]

[tables.orders]
per = \"products\"
count = 3

[tables.prefectures]
rows = 5
",
    );
    for expected in [
        "there is no table `user`\n --> dummy.toml:1:9",
        "hint: did you mean `users`?",
        "the table `users` has no column `nam`\n --> dummy.toml:4:23",
        "`boss` isn't a label of `user_role`: staff, manager, admin\n --> dummy.toml:8:20",
        "`much too long` has 13 characters; `employee_number` takes 8\n  --> dummy.toml:11:17",
        "`email` is NOT NULL in the schema\n  --> dummy.toml:14:14",
        "`-5` can't be a value of `price`: a check wants at least 0\n  --> dummy.toml:17:10",
        "no column of `orders` points to a table `products`\n  --> dummy.toml:20:7",
        "are those of",
    ] {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
}

#[test]
fn what_cannot_be_unique_is_said_where_it_is_asked_for() {
    let text = refused(
        "[tables.products.columns.name]\nvalues = [\"a\", \"b\"]\nunique = true\n\n[tables.products]\nrows = 10\n",
    );
    assert!(
        text.contains("products.name: is unique (`configuration`) over 2 values; 10 rows asked: at most 2\n --> dummy.toml:3:10"),
        "{text}"
    );
    let text = refused("[tables.users.columns.email]\ngenerator = \"sentence\"\n");
    assert!(
        text.contains("`email` must be unique, and the generator `sentence` repeats itself"),
        "{text}"
    );
}

#[test]
fn options_that_contradict_each_other_or_the_last_row() {
    let column = |name: &str, lines: &str| refused(&format!("[tables.{name}]\n{lines}\n"));
    let text = column(
        "products.columns.description",
        "generator = \"text\"\nmin = 50\nmax = 20",
    );
    assert!(
        text.contains("`min` is greater than `max`\n --> dummy.toml:3:7"),
        "{text}"
    );
    let text = column(
        "products.columns.price",
        "generator = \"number\"\nmin = 1.5\nmax = \"x\"",
    );
    assert!(
        text.contains("`max` wants a number, and `x` isn't one"),
        "{text}"
    );
    let text = column(
        "categories.columns.position",
        "generator = \"sequence\"\nstep = 0",
    );
    assert!(text.contains("in steps of 0 is the same number"), "{text}");
    // The first rows fit, the last ones don't.
    let text = column(
        "categories.columns.position",
        "generator = \"sequence\"\nstep = 3000000",
    );
    assert!(text.contains("`2997000001` isn't a whole number"), "{text}");
    let text = column("categories.columns.created_at", "values = [\"2026-02-30\"]");
    assert!(
        text.contains("`2026-02-30` isn't a date and time"),
        "{text}"
    );
}

#[test]
fn listed_values_may_fit_different_parts_of_a_check() {
    let directory = tempfile::tempdir().unwrap();
    let schemafile = directory.path().join("Schemafile");
    fs::write(
        &schemafile,
        "create_table \"games\" do |t|\n  t.string \"status\", null: false\n  t.integer \"level\", null: false\n  \
         t.int4range \"nums\", null: false\n  \
         t.check_constraint \"status = 'draft' OR status = 'paid'\", name: \"statuses\"\n  \
         t.check_constraint \"level < 3 OR level > 10\", name: \"levels\"\n  \
         t.check_constraint \"NOT isempty(nums)\", name: \"filled\"\nend\n",
    )
    .unwrap();
    let configuration = directory.path().join("dummy.toml");
    let settings = "[tables.games.columns.level]\nvalues = [1, 2, 20]\n";
    fs::write(&configuration, settings).unwrap();
    let database = Database::new(TempPostgres::shared(), &schemafile);
    database.load(&database.generate(&["--rows", "100"]));
    assert_eq!(
        database.query(
            "SELECT string_agg(DISTINCT level::text, ','), string_agg(DISTINCT status, ',') FROM games"
        ),
        "1,2,20|draft,paid"
    );
    fs::write(&configuration, settings.replace("20", "3")).unwrap();
    let output = gen_dummy(directory.path())
        .args(["-s", "Schemafile", "-o", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("`3` can't be a value of `level`: a check wants less than 3"),
        "{text}"
    );
}

#[test]
fn a_configuration_settles_a_check_that_is_not_understood() {
    let directory = tempfile::tempdir().unwrap();
    let schemafile = directory.path().join("Schemafile");
    fs::write(
        &schemafile,
        "create_table \"codes\" do |t|\n  t.integer \"code\", null: false\n  t.check_constraint \"code * code % 7 = 2\", name: \"codes_remainder\"\nend\n",
    )
    .unwrap();
    let explain = |directory: &Path| {
        let output = gen_dummy(directory)
            .args(["-s", "Schemafile", "--explain", "codes"])
            .output()
            .unwrap();
        (
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    // Without it other rows' values are tried, until they keep the check.
    let (text, warnings) = explain(directory.path());
    assert_eq!(warnings, "");
    assert!(
        text.contains("another row's where a check wants it"),
        "{text}"
    );
    let database = Database::new(TempPostgres::shared(), &schemafile);
    database.load(&database.generate(&["--rows", "100"]));
    fs::write(
        directory.path().join("dummy.toml"),
        "[tables.codes.columns.code]\ngenerator = \"sequence\"\nstart = 3\nstep = 7\n",
    )
    .unwrap();
    let (text, warnings) = explain(directory.path());
    assert_eq!(warnings, "");
    assert!(
        text.contains("the configuration says so: the generator `sequence`"),
        "{text}"
    );
    database.load(&database.generate(&["--rows", "100"]));
    assert_eq!(
        database.query("SELECT count(*) FROM codes WHERE code % 7 = 3 AND code * code % 7 = 2"),
        "100"
    );
}

#[test]
fn a_configuration_that_is_named_must_be_there() {
    let directory = tempfile::tempdir().unwrap();
    let output = gen_dummy(directory.path())
        .arg("-s")
        .arg(own_schema())
        .args(["-c", "nowhere.toml", "-o", "-"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("`nowhere.toml` isn't there"), "{text}");
}
