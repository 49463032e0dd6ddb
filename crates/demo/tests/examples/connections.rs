//! What several connections load is what psql alone loads, and what fails is told at the same place.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use host_tools::process::run;
use testkit::cargo::binary;
use testkit::pg::TempPostgres;

use crate::container::Container;

/// Large tables and small ones, keys in a chain, to oneself and from a small table to a large one.
const SCHEMA: &str = "
CREATE TABLE countries (id bigint PRIMARY KEY, code varchar(40) NOT NULL UNIQUE);
CREATE TABLE users (
    id bigint PRIMARY KEY, country_id bigint NOT NULL REFERENCES countries, friend_id bigint REFERENCES users,
    email varchar(80) NOT NULL CONSTRAINT one_email UNIQUE
);
CREATE INDEX by_length ON users (length(email), id);
COMMENT ON INDEX by_length IS 'it''s an index\twith \\ in its comment';
CREATE TABLE \"Order\" (id bigserial PRIMARY KEY, user_id bigint NOT NULL, note text NOT NULL DEFAULT '');
CREATE INDEX ON \"Order\" (user_id);
CREATE INDEX noted ON \"Order\" (id) WHERE note IS NOT NULL;
ALTER TABLE \"Order\" ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users;
CREATE TABLE marks (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES \"Order\");
CREATE INDEX ON marks (order_id);
CREATE TABLE visits (id bigint, day date NOT NULL, user_id bigint REFERENCES users) PARTITION BY RANGE (day);
CREATE TABLE all_visits PARTITION OF visits DEFAULT;
CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'fired'; END $$;
CREATE TRIGGER fires BEFORE INSERT ON \"Order\" FOR EACH ROW EXECUTE FUNCTION never();
";

/// The dump of it, which is the same in every test.
fn dump() -> &'static [u8] {
    static DUMP: OnceLock<Vec<u8>> = OnceLock::new();
    DUMP.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let schema = directory.path().join("schema.sql");
        fs::write(&schema, SCHEMA).unwrap();
        let dump = directory.path().join("02_dummy.sql.gz");
        let mut rows = Command::new(binary("gen-dummy"));
        rows.arg("-s").arg(&schema).arg("-o").arg(&dump);
        for rows_of in [
            "countries=20",
            "users=12000",
            "Order=20000",
            "marks=30",
            "visits=11000",
        ] {
            rows.args(["--rows", rows_of]);
        }
        run(rows.current_dir(&directory));
        fs::read(dump).unwrap()
    })
}

/// Its text after a change, packed again.
fn changed(change: impl FnOnce(String) -> String) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let (packed, text) = (directory.path().join("a.gz"), directory.path().join("b"));
    fs::write(&packed, dump()).unwrap();
    let unpacked = Command::new("gzip")
        .arg("-dc")
        .arg(&packed)
        .output()
        .unwrap();
    fs::write(&text, change(String::from_utf8(unpacked.stdout).unwrap())).unwrap();
    let mut pack = Command::new(binary("gen-dummy"));
    pack.arg("pack").stdin(fs::File::open(&text).unwrap());
    let packed = pack.stderr(Stdio::inherit()).output().unwrap();
    assert!(packed.status.success());
    packed.stdout
}

fn container(dump: &[u8], connections: &'static str) -> Container {
    let container = Container::new(&[("01_schema.sql", SCHEMA)]).with_connections(connections);
    container.has("02_dummy.sql.gz", dump);
    container
}

/// What is in a database: what pg_dump writes, and of which tables there are statistics.
fn content(postgres: &TempPostgres, database: &str) -> (String, String) {
    let mut dump = postgres.client("pg_dump");
    let dump = dump.arg(database).output().unwrap();
    let text = String::from_utf8(dump.stdout).unwrap();
    // Since August 2025 there is a word in it that is another one each time.
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"));
    let statistics =
        "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public' ORDER BY 1";
    (
        lines.collect::<Vec<_>>().join("\n"),
        postgres.psql(database, statistics),
    )
}

#[test]
fn several_connections_load_what_one_loads() {
    let (alone, expected) = container(dump(), "1").load_and(content);
    assert_eq!(alone.0, Some(0), "{}", alone.1);
    assert!(
        expected
            .0
            .contains("COMMENT ON INDEX public.by_length IS 'it''s an index\t")
    );
    for connections in ["2", "4", "9"] {
        let (outcome, found) = container(dump(), connections).load_and(content);
        assert_eq!(outcome.0, Some(0), "{}", outcome.1);
        assert!(
            found == expected,
            "{connections} connections load something else"
        );
    }
}

#[test]
fn packing_a_dump_again_keeps_its_sections() {
    assert!(changed(|text| text) == dump());
}

/// Both ways tell the same: the file, a line of the text, the table.
#[cfg(target_os = "linux")]
#[track_caller]
fn fails(change: impl FnOnce(String) -> String, line_has: &str, table: &str) {
    let mut text = String::new();
    let dump = changed(|old| {
        text = change(old);
        text.clone()
    });
    for connections in ["1", "2"] {
        let (code, said) = container(&dump, connections).load();
        assert_eq!(code, Some(1), "{said}");
        let told = said
            .lines()
            .find_map(|line| line.strip_prefix("error: dumps/02_dummy.sql.gz doesn't load, line "));
        let told = told.unwrap_or_else(|| panic!("no line in:\n{said}"));
        let (line, rest) = told.split_once(',').unwrap_or((told, ""));
        assert!(rest.contains(table), "{told}");
        assert!(
            said.contains(&format!("psql:dumps/02_dummy.sql.gz:{line}: ERROR:")),
            "{said}"
        );
        // psql alone knows where a COPY ends, not which of its rows it was.
        if connections == "2" {
            let line: usize = line.parse().unwrap();
            let found = text.lines().nth(line - 1).unwrap();
            assert!(found.contains(line_has), "line {line} is {found}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_fails_is_told_where_it_stands() {
    let nth = |text: String, table: &str, row: usize, value: &str| {
        let begin = text.find(&format!("\nCOPY {table} (")).unwrap() + 1;
        let mut lines: Vec<&str> = text[begin..].lines().collect();
        lines[row] = value;
        format!("{}{}\n", &text[..begin], lines.join("\n"))
    };
    // A value in a large table, one in a small table behind it, a column that isn't there.
    fails(
        |text| nth(text, "\"Order\"", 7000, "7000\tseven\t"),
        "7000\tseven",
        "table Order",
    );
    for table in ["countries", "marks"] {
        fails(|text| nth(text, table, 7, "seven\t1"), "", table);
    }
    fails(
        |text| text.replace("COPY users (id, ", "COPY users (no_id, "),
        "COPY users (no_id",
        "table users",
    );
    // What shows only when keys are made again.
    fails(
        |text| nth(text, "users", 5, "5\t77777\t\\N\tx@example.com"),
        "",
        "table users",
    );
}

#[test]
fn a_damaged_section_is_told() {
    let mut dump = dump().to_vec();
    let middle = dump.len() / 2;
    for byte in &mut dump[middle..middle + 64] {
        *byte = !*byte;
    }
    for connections in ["1", "2"] {
        let (code, said) = container(&dump, connections).load();
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains("error: dumps/02_dummy.sql.gz is damaged\nhint: fetch it again"),
            "{said}"
        );
    }
}
