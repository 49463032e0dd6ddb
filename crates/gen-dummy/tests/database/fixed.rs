//! Rows that the configuration gives, beside those that are made.

use crate::following::{SHOP, refused};
use crate::support::{Database, gen_dummy};
use std::fs;
use std::path::Path;
use testkit::pg::TempPostgres;

/// The shop, in a database, and a configuration beside it.
struct Shop {
    scratch: tempfile::TempDir,
}

impl Shop {
    fn new(configuration: &str) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        fs::write(scratch.path().join("Schemafile"), SHOP).unwrap();
        fs::write(scratch.path().join("dummy.toml"), configuration).unwrap();
        Self { scratch }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.scratch.path().join(name)
    }

    fn database(&self) -> Database<'static> {
        Database::new(TempPostgres::shared(), &self.file("Schemafile"))
    }

    /// The lines of the dump, by table.
    fn lines(&self) -> Vec<String> {
        let output = gen_dummy(self.scratch.path())
            .args(["-q", "-s", "Schemafile", "-o", "-", "--rows", "300"])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

const GIVEN: &str = r#"
[[tables.people.fixed]]
contact = "admin@example.com"
name = "Ada Admin"

[[tables.people.fixed]]
id = 40
contact = "demo@example.com"
theme = { null = true }

[[tables.deals.fixed]]
person_id = { contact = "demo@example.com" }
subject = "The first deal of all"

[[tables.deals.fixed]]
person_id = 40
subject = "The second"
progress = "done"
"#;

#[test]
fn they_are_there_and_children_point_to_them() {
    let shop = Shop::new(GIVEN);
    let database = shop.database();
    database.load(&database.generate(&["--rows", "300"]));
    for (what, sql, expected) in [
        (
            "how many rows there are",
            "SELECT count(*) FROM people",
            "300",
        ),
        (
            "the one without a key is the first",
            "SELECT id, name FROM people WHERE contact = 'admin@example.com'",
            "1|Ada Admin",
        ),
        (
            "the one with a key has it",
            "SELECT id, theme IS NULL FROM people WHERE contact = 'demo@example.com'",
            "40|t",
        ),
        (
            "a row that names its parent by another column",
            "SELECT person_id FROM deals WHERE subject = 'The first deal of all'",
            "40",
        ),
        (
            "rows that are made point to them too",
            "SELECT count(*) > 2 FROM deals WHERE person_id = 1",
            "t",
        ),
        (
            "what isn't given is made",
            "SELECT count(*) FROM deals WHERE subject = 'The second' AND worth > 0 AND created_at > '2000-01-01'",
            "1",
        ),
    ] {
        assert_eq!(database.query(sql), expected, "{what}");
    }
}

#[test]
fn other_rows_stay_as_they_are() {
    let without = Shop::new("").lines();
    let with = Shop::new(GIVEN).lines();
    assert_eq!(without.len(), with.len());
    let changed = without
        .iter()
        .zip(&with)
        .filter(|(one, other)| one != other);
    assert_eq!(changed.count(), 4, "the rows that are given, and no others");
}

#[test]
fn a_value_that_another_row_would_have_is_theirs() {
    let made = Shop::new("").lines();
    let start = made
        .iter()
        .position(|line| line.starts_with("COPY public.people") || line.starts_with("COPY people"))
        .unwrap();
    let contact = |row: usize| made[start + row].split('\t').nth(2).unwrap().to_owned();
    // The third row's address in the seventh row.
    let shop = Shop::new(&format!(
        "[[tables.people.fixed]]\nid = 7\ncontact = \"{}\"\n",
        contact(3)
    ));
    let database = shop.database();
    database.load(&database.generate(&["--rows", "300"]));
    assert_eq!(
        database.query(&format!(
            "SELECT id FROM people WHERE contact = '{}'",
            contact(3)
        )),
        "7"
    );
    assert_eq!(
        database.query(&format!(
            "SELECT id FROM people WHERE contact = '{}'",
            contact(7)
        )),
        "3"
    );
    assert_eq!(
        database.query("SELECT count(DISTINCT contact) FROM people"),
        "300"
    );
}

#[test]
fn a_file_gives_rows_too() {
    let shop = Shop::new("");
    fs::create_dir(shop.file("fixed")).unwrap();
    fs::write(
        shop.file("fixed/people.csv"),
        "contact,name\nboss@example.com,\"Boss, The\"\n",
    )
    .unwrap();
    let database = shop.database();
    database.load(&database.generate(&["--rows", "50"]));
    assert_eq!(
        database.query(
            "SELECT count(*), max(name) FILTER (WHERE contact = 'boss@example.com') FROM people"
        ),
        "50|Boss, The"
    );
    fs::write(shop.file("fixed/people.csv"), "contact,nam\nx,y\n").unwrap();
    let told = told(shop.scratch.path());
    assert!(
        told.contains("fixed/people.csv:1:9: the table `people` has no column `nam`"),
        "{told}"
    );
    assert!(told.contains("did you mean `name`?"), "{told}");
}

fn told(directory: &Path) -> String {
    let output = gen_dummy(directory)
        .args(["-s", "Schemafile", "-o", "-"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_cant_be_given_is_told_with_its_place() {
    for (configuration, parts) in [
        (
            "[[tables.people.fixed]]\nemail = \"x\"\n",
            "the table `people` has no column `email`|dummy.toml:2:1",
        ),
        (
            "[[tables.people.fixed]]\nid = \"one\"\nname = { null = true }\n",
            "`one` isn't a whole number|dummy.toml:2:6|`name` can't be NULL|dummy.toml:3:8",
        ),
        (
            "[[tables.people.fixed]]\ncontact = \"a@b.c\"\n[[tables.people.fixed]]\ncontact = \"a@b.c\"\n",
            "`contact` is unique (`index_people_on_contact`), and two of the rows that are given have the same|dummy.toml:4:11",
        ),
        (
            "[[tables.deals.fixed]]\nperson_id = 4711\n",
            "no row of `people` is the one that `person_id` names: person_id = 4711|dummy.toml:2:13|[[tables.people.fixed]]",
        ),
        (
            "[[tables.deals.fixed]]\nperson_id = { contac = \"x\" }\n",
            "the table `people` has no column `contac`|dummy.toml:2:15|did you mean `contact`?",
        ),
        (
            "[tables.people]\nfixed = 3\n",
            "`[[tables.people.fixed]]`|dummy.toml:2:9",
        ),
    ] {
        let text = refused(configuration);
        for part in parts.split('|') {
            assert!(
                text.contains(part),
                "{configuration}\n{text}\nwithout {part}"
            );
        }
    }
}

#[test]
fn checks_are_held_against_given_rows_before_the_first() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(
        scratch.path().join("Schemafile"),
        "create_table \"rooms\", force: :cascade do |t|\n  t.integer \"least\", null: false\n  t.integer \"most\", null: false\n  \
         t.check_constraint \"least <= most\", name: \"rooms_order\"\nend\n",
    )
    .unwrap();
    fs::write(
        scratch.path().join("dummy.toml"),
        "[[tables.rooms.fixed]]\nleast = 9\nmost = 3\n",
    )
    .unwrap();
    let text = told(scratch.path());
    assert!(text.contains("the check `rooms_order`"), "{text}");
    assert!(text.contains("least = 9, most = 3"), "{text}");
    assert!(text.contains("dummy.toml:1:"), "{text}");
}

const ACCOUNTS: &str = r#"
create_table "accounts", force: :cascade do |t|
  t.string "email", null: false
  t.string "password_digest", null: false
  t.string "pin_digest"
  t.index ["email"], unique: true
end
"#;

/// What the command does with a configuration of accounts.
fn accounts(configuration: &str) -> (tempfile::TempDir, std::process::Output) {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("Schemafile"), ACCOUNTS).unwrap();
    fs::write(scratch.path().join("dummy.toml"), configuration).unwrap();
    let output = gen_dummy(scratch.path())
        .args(["-s", "Schemafile", "-o", "-"])
        .output()
        .unwrap();
    (scratch, output)
}

#[test]
fn who_is_given_a_password_can_log_in_with_it() {
    let configuration = r#"
[[tables.accounts.fixed]]
email = "admin@example.com"
password = "s3cret"

[tables.accounts.columns.pin_digest]
generator = "password_hash"
password = "1234"
null_ratio = 0
"#;
    let (scratch, output) = accounts(configuration);
    let made = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert_eq!(
        made,
        String::from_utf8(accounts(configuration).1.stdout).unwrap(),
        "always the same"
    );
    let database = Database::new(TempPostgres::shared(), &scratch.path().join("Schemafile"));
    let config = scratch.path().join("dummy.toml");
    database.load(&database.generate(&["-c", config.to_str().unwrap(), "--rows", "20"]));
    database.query("CREATE EXTENSION IF NOT EXISTS pgcrypto");
    assert_eq!(
        database.query(
            "SELECT string_agg(DISTINCT concat(email = 'admin@example.com', password_digest = crypt('s3cret', password_digest), password_digest = crypt('password', password_digest), pin_digest = crypt('1234', pin_digest)), ' ') FROM accounts"
        ),
        "fftt ttft"
    );
}

#[test]
fn a_password_that_nobody_could_use_is_told() {
    for (configuration, told) in [
        (
            "[[tables.accounts.fixed]]\npassword_digest = \"s3cret\"\n",
            "`password_digest` holds hashes, and `s3cret` is none|dummy.toml:2:19|hint: say `password`",
        ),
        (
            "[[tables.accounts.fixed]]\npassword = \"a\"\npassword_digest = \"$2a$10$x\"\n",
            "`password` and `password_digest` both say what the password is|dummy.toml:2:1",
        ),
        (
            "[tables.accounts.columns.pin_digest]\ngenerator = \"password_hash\"\npassword = \"0123456789012345678901234567890123456789012345678901234567890123456789012345\"\n",
            "bcrypt takes passwords of up to 71 bytes|dummy.toml:3:12",
        ),
    ] {
        let (_scratch, output) = accounts(configuration);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        for told in told.split('|') {
            assert!(
                text.contains(told),
                "{configuration}\n{text}\nwithout {told}"
            );
        }
    }
}
