//! `--verify` asks a MariaDB, and a MySQL where one is found, whether the rows load.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use testkit::mysql::{Flavour, TempMySql, server_binaries};

const SCHEMA: &str = r#"
create_table "owners" do |t|
  t.string "name", null: false
end
create_table "codes" do |t|
  t.references "owner", null: false, foreign_key: true, index: true
  t.integer "code", null: false
  t.check_constraint "code < 0 or crc32(code) = 1", name: "fine"
end
"#;

fn verify(directory: &Path, flavour: Flavour, url: &str) -> (Option<i32>, String) {
    let key = match flavour {
        Flavour::MariaDb => "mariadb",
        Flavour::MySql => "mysql",
    };
    let output = Command::cargo_bin("gen-dummy")
        .unwrap()
        .current_dir(directory)
        .args(["-s", "Schemafile", "--database", key, "--verify", url])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), text)
}

fn tries_on(flavour: Flavour) {
    let server = TempMySql::shared(flavour);
    // The throw-away MySQL knows its root by the socket alone.
    let url = match server.socket() {
        Some(socket) if flavour == Flavour::MySql => {
            format!("mysql://root@/?socket={}", socket.display())
        }
        _ => format!("mysql://root@127.0.0.1:{}", server.port()),
    };
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    fs::write(directory.join("Schemafile"), SCHEMA).unwrap();
    let configure = |text: &str| fs::write(directory.join("dummy.toml"), text).unwrap();

    configure("rows = 3000\n[tables.codes]\nunverified = [\"fine\"]\n");
    let (code, text) = verify(directory, flavour, &url);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("the rows don't load: codes: ") && text.contains("`codes` hold"),
        "{text}"
    );
    assert!(text.contains("fine"), "{text}");

    configure(
        "rows = 3000\n[tables.codes]\nunverified = [\"fine\"]\n[tables.codes.columns.code]\nrange = [-100, -1]\n",
    );
    assert_eq!(verify(directory, flavour, &url), (Some(0), String::new()));

    let left = server.sql("", "SHOW DATABASES LIKE 'gen\\_dummy\\_verify%'");
    assert_eq!(left, "");
    assert!(!directory.join("dumps").exists());

    let (code, text) = verify(directory, flavour, "mysql://root:secret@127.0.0.1:1");
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("the server can't be used"), "{text}");
    let (code, text) = verify(directory, flavour, "postgres://root:secret@127.0.0.1:1");
    assert_eq!(code, Some(2), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[test]
fn a_mariadb_has_the_last_word() {
    tries_on(Flavour::MariaDb);
}

#[test]
fn a_mysql_has_the_last_word_where_there_is_one() {
    if server_binaries(Flavour::MySql).is_some() {
        tries_on(Flavour::MySql);
    } else {
        eprintln!("{}", testkit::mysql::missing(Flavour::MySql));
    }
}
