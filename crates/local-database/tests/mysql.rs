//! `git database` on a real MariaDB that a URL names, and on MySQL where it is found.
#![cfg(unix)]

mod common;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use common::{Clone, text};
use testkit::mysql::{Flavour, TempMySql};
use testkit::process::run;

const SCHEMA: &str = "\
SET NAMES utf8mb4;
CREATE TABLE `orders` (
  id bigint PRIMARY KEY AUTO_INCREMENT,
  status varchar(9) NOT NULL,
  length int GENERATED ALWAYS AS (char_length(status)) STORED,
  KEY (status)
);
CREATE TABLE `lines` (id bigint PRIMARY KEY, order_id bigint NOT NULL, CONSTRAINT fk FOREIGN KEY (order_id) REFERENCES orders (id));
CREATE TABLE `log` (id bigint PRIMARY KEY AUTO_INCREMENT, words text, FULLTEXT KEY (words)) ENGINE=InnoDB;
CREATE VIEW `open_orders` AS SELECT id FROM orders WHERE status = 'open';
CREATE FUNCTION half(n int) RETURNS int DETERMINISTIC RETURN n / 2;
CREATE TRIGGER logged AFTER INSERT ON orders FOR EACH ROW INSERT INTO log (words) VALUES (NEW.status);
";

/// With a trigger that fires for two of them.
const ROWS: &str = "\
INSERT INTO `orders` (`id`, `status`) VALUES
(1, 'open'),
(2, 'done');
INSERT INTO `lines` VALUES (1, 2);
";

/// A clone, a server, and a database's name that no other test has.
struct There {
    clone: Clone,
    server: &'static TempMySql,
    name: String,
}

impl There {
    fn with(dumps: &[(&str, &str)]) -> Self {
        Self::on(Flavour::MariaDb, dumps)
    }

    fn on(flavour: Flavour, dumps: &[(&str, &str)]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = TempMySql::shared(flavour);
        let mut clone = Clone::with(dumps);
        let name = format!("shop_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        for program in ["mysql", "mysqldump"] {
            let client = server.client(program);
            if Path::new(client.get_program()).is_file() {
                clone.home.add_program(Path::new(client.get_program()));
            }
        }
        clone.home.set("MYSQL_HOME", "/nowhere");
        let scheme = match flavour {
            Flavour::MariaDb => "mariadb",
            Flavour::MySql => "mysql",
        };
        let url = format!("{scheme}://root@127.0.0.1:{}/{name}", server.port());
        clone
            .home
            .git(&clone.root, &["config", "database.url", &url]);
        Self {
            clone,
            server,
            name,
        }
    }

    fn with_rows() -> Self {
        Self::with(&[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)])
    }

    fn ask(&self, database: &str, query: &str) -> String {
        self.server.sql(database, query).trim().to_owned()
    }

    fn count(&self, database: &str) -> String {
        self.ask(database, "SELECT count(*) FROM orders")
    }

    fn databases(&self) -> Vec<String> {
        let query = format!("SHOW DATABASES LIKE '{}%'", self.name);
        let listed = self.ask("", &query);
        listed.lines().map(str::to_owned).collect()
    }
}

#[test]
fn from_a_clone_to_a_database_and_back_to_clean() {
    from_a_clone(Flavour::MariaDb);
}

#[test]
fn from_a_clone_to_a_database_of_mysql_and_back_to_clean() {
    if testkit::mysql::server_binaries(Flavour::MySql).is_none() {
        eprintln!("note: {}", testkit::mysql::missing(Flavour::MySql));
        return;
    }
    from_a_clone(Flavour::MySql);
}

fn from_a_clone(flavour: Flavour) {
    let there = There::on(flavour, &[("01_schema.sql", SCHEMA), ("02_rows.sql", ROWS)]);
    let (clone, name) = (&there.clone, there.name.as_str());
    clone.fails(&["status"], 1, &["git database up"]);
    let address = clone.prints(&["up"]);
    let end = format!("://root@127.0.0.1:{}/{name}\n", there.server.port());
    assert!(address.ends_with(&end), "{address}");
    assert_eq!(there.count(name), "2");
    let status = clone.prints(&["status"]);
    assert!(status.contains("runs, loaded from these dumps"), "{status}");

    // A second time nothing happens to what is there.
    there.ask(name, "DELETE FROM `lines`; DELETE FROM orders");
    clone.prints(&["up"]);
    assert_eq!(there.count(name), "0");
    clone.prints(&["reset"]);
    assert_eq!(there.count(name), "2");

    // Other dumps are another database.
    clone.has(
        "dumps/02_rows.sql",
        "INSERT INTO orders (id, status) VALUES (1, 'open');\n",
    );
    clone.fails(&["status"], 1, &["git database up"]);
    clone.prints(&["up"]);
    assert_eq!(there.count(name), "1");

    clone.prints(&["drop", "--all"]);
    assert_eq!(there.databases(), Vec::<String>::new());
}

/// All that a copy should have in common with what it is a copy of.
fn whole(there: &There, database: &str) -> String {
    let rows = there.ask(
        database,
        "SELECT * FROM orders; SELECT * FROM `lines`; SELECT * FROM log; SELECT * FROM open_orders; SELECT half(10);
         SELECT count(*) FROM log WHERE MATCH (words) AGAINST ('done')",
    );
    there.server.normal_form(database) + &rows
}

#[test]
fn a_copy_has_all_that_was_loaded() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    clone.prints(&["up"]);
    let loaded = whole(&there, &format!("{name}_template"));
    assert!(
        loaded.contains("TRIGGER") && loaded.contains("1\topen\t4"),
        "{loaded}"
    );
    assert_eq!(whole(&there, name), loaded);
    let copy = format!("{name}-feature-x");
    clone.prints(&["clone", &copy]);
    assert_eq!(whole(&there, &copy), loaded);
    let next = there.ask(
        &copy,
        "INSERT INTO orders (status) VALUES ('new'); SELECT max(id) FROM orders",
    );
    assert_eq!(next, "3");
}

/// Large tables are copied as files where the server's directory can be reached, and row by row where not.
#[test]
fn large_tables_are_the_same_by_either_way() {
    let many = "INSERT INTO orders (id, status) SELECT id + (SELECT max(id) FROM orders AS o), status FROM orders;\n";
    let rows = format!(
        "{ROWS}DROP TRIGGER logged;\n{}ANALYZE TABLE orders;\n",
        many.repeat(15)
    );
    let mut there = There::with(&[("01_schema.sql", SCHEMA), ("02_rows.sql", &rows)]);
    let name = there.name.clone();
    let sums = "SELECT count(*), sum(id), sum(length), sum(crc32(status)) FROM orders";
    there.clone.prints(&["up"]);
    let loaded = there.ask(&format!("{name}_template"), sums);
    assert!(loaded.starts_with("65536\t"), "{loaded}");
    assert_eq!(there.ask(&name, sums), loaded);
    let form = there.server.normal_form(&name);
    there.clone.home.set("HOSTNAME", "elsewhere.example.com");
    let copy = format!("{name}_by_rows");
    there.clone.prints(&["clone", &copy]);
    assert_eq!(there.ask(&copy, sums), loaded);
    assert_eq!(there.server.normal_form(&copy), form);
    let checked = there.ask(&name, "CHECK TABLE orders EXTENDED");
    assert!(checked.ends_with("OK"), "{checked}");
}

#[test]
fn copies_are_pristine_and_ours_alone_are_replaced() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    let [first, second, foreign] = ["1", "2", "foreign"].map(|end| format!("{name}_{end}"));
    clone.prints(&["up"]);
    let told = clone.prints(&["clone", &first, &second]);
    assert_eq!(told.lines().count(), 2, "{told}");
    there.ask(&first, "DROP TABLE `lines`");
    clone.prints(&["reset", &first]);
    assert_eq!(there.ask(&first, "SELECT count(*) FROM `lines`"), "1");

    there.ask("", &format!("CREATE DATABASE {foreign}"));
    clone.fails(&["clone", &foreign], 2, &["hasn't made it"]);
    for command in ["reset", "drop"] {
        clone.fails(&[command, &foreign], 2, &["is no copy"]);
    }
    // Made by hand under a name of ours, it is somebody else's.
    there.ask(
        "",
        &format!("DROP DATABASE {second}; CREATE DATABASE {second}"),
    );
    clone.fails(&["reset", &second], 2, &["is no copy"]);
    let json = clone.prints(&["status", "--json"]);
    assert_eq!(json.matches("\"name\":\"shop_").count(), 2, "{json}");
    clone.prints(&["drop", "--all"]);
    assert_eq!(there.databases(), [second, foreign]);
}

#[test]
fn somebody_elses_database_stays() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    there.ask("", &format!("CREATE DATABASE {name}"));
    there.ask(name, "CREATE TABLE dear (id int)");
    clone.fails(&["up"], 2, &["hasn't made it", "git database up --replace"]);
    there.ask(name, "SELECT * FROM dear");
    clone.fails(&["reset"], 1, &["git database up"]);
    clone.prints(&["up", "--replace"]);
    assert_eq!(there.count(name), "2");
}

#[test]
fn who_is_in_the_middle_of_something_does_not_hold_up_a_reset() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    clone.prints(&["up"]);
    let mut session = there.server.client_command(name);
    session.args(["-e", "BEGIN; DELETE FROM `lines`; SELECT SLEEP(300)"]);
    session
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut session = session.spawn().unwrap();
    let asleep = format!(
        "SELECT count(*) FROM information_schema.processlist WHERE db = '{name}' AND info LIKE 'SELECT SLEEP%'"
    );
    while there.ask("", &asleep) == "0" {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    clone.prints(&["reset"]);
    assert!(!session.wait().unwrap().success());
    assert_eq!(there.ask(name, "SELECT count(*) FROM `lines`"), "1");
}

#[test]
fn a_dump_that_does_not_load_is_told_with_its_line_and_leaves_what_was_there() {
    let there = There::with_rows();
    let (clone, name) = (&there.clone, there.name.as_str());
    clone.prints(&["up"]);
    clone.has("dumps/02_rows.sql", &ROWS.replace("'done'", "NULL"));
    clone.fails(
        &["up"],
        2,
        &[
            "error: dumps/02_rows.sql doesn't load: Column 'status' cannot be null",
            "--> dumps/02_rows.sql:1, table orders\n",
        ],
    );
    assert_eq!(there.count(name), "2");
    assert_eq!(there.databases(), [name]);
    clone.has(
        "dumps/02_rows.sql",
        &ROWS.replace("'done'", "'far too long'"),
    );
    clone.fails(
        &["up"],
        2,
        &[
            "Data too long for column 'status'",
            "--> dumps/02_rows.sql:3, table orders\n",
            "\n3 | (2, 'far too long');\n",
        ],
    );
    clone.has(
        "dumps/01_schema.sql",
        &SCHEMA.replace("NOT NULL,\n  length", "NOT NUL,\n  length"),
    );
    clone.fails(
        &["up"],
        2,
        &[
            "--> dumps/01_schema.sql:4:25, table orders\n",
            "4 |   status varchar(9) NOT NUL,\n  |                         ^\n",
            "hint: `gen-schema` makes it anew",
        ],
    );
}

#[test]
fn packed_dumps_load_and_damaged_ones_are_told() {
    let there = There::with(&[("01_schema.sql", SCHEMA), ("02_dummy.sql", ROWS)]);
    let path = there.clone.root.join("dumps/02_dummy.sql");
    run(Command::new("gzip").arg(&path));
    let packed = path.with_extension("sql.gz");
    there.clone.prints(&["up"]);
    assert_eq!(there.count(&there.name), "2");
    let bytes = std::fs::read(&packed).unwrap();
    std::fs::write(&packed, &bytes[..bytes.len() - 20]).unwrap();
    there.clone.fails(
        &["up"],
        2,
        &["dumps/02_dummy.sql.gz is damaged", "git checkout --"],
    );
}

#[test]
fn a_server_that_does_not_answer_is_told_with_a_next_step() {
    let there = There::with_rows();
    there.clone.fails(
        &["up", "--url", "mysql://127.0.0.1:1/app"],
        3,
        &[
            "can't connect to `mysql://127.0.0.1:1/`",
            "start the server",
        ],
    );
    let port = there.server.port();
    let stranger = format!("mysql://nobody:secret@127.0.0.1:{port}/app");
    let said = there.clone.fails(
        &["up", "--url", &stranger],
        3,
        &["the user or the password is wrong", "~/.my.cnf"],
    );
    assert!(!said.contains("secret"), "{said}");
    for wrong in ["mysql://localhost", "mysql://localhost/mysql"] {
        there.clone.fails(&["status", "--url", wrong], 2, &[]);
    }
    for command in ["stop", "logs"] {
        there.clone.fails(&[command], 2, &[]);
    }
}

#[test]
fn the_client_is_given_its_arguments_and_its_exit_code_is_passed_on() {
    let there = There::with_rows();
    let clone = &there.clone;
    clone.prints(&["up"]);
    let query = [
        "--batch",
        "--skip-column-names",
        "--execute",
        "SELECT count(*) FROM orders",
    ];
    for name in ["client", "mysql", "mariadb"] {
        assert_eq!(clone.prints(&[&[name], &query[..]].concat()), "2\n");
    }
    let failed = clone.database(&["client", "--execute", "SELECT nonsense"]);
    assert_eq!(failed.status.code(), Some(1), "{}", text(&failed.stderr));
    clone.fails(&["psql"], 2, &["git database client"]);
    clone.fails(
        &["client", "--database", "nowhere"],
        2,
        &["`nowhere` is no copy"],
    );
}
