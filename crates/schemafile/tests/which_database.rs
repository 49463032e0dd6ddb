//! Which database a file is for, told from what it says: a PostgreSQL's is never taken for a MySQL's.

use schemafile::{Database, MemoryLoader, Options, SourceFile, detect};

#[track_caller]
fn check(columns: &str, expected: Option<Database>) {
    let text = format!("create_table \"t\", force: :cascade do |t|\n  {columns}\nend\n");
    let found = detect(
        SourceFile::new("Schemafile", text),
        &MemoryLoader::default(),
    );
    assert_eq!(found, expected, "{columns}");
}

#[test]
fn words_that_only_postgresql_has() {
    for columns in [
        "t.jsonb \"a\"",
        "t.string \"a\", array: true",
        "t.inet \"a\"",
        "t.string \"a\"\n  t.index [\"a\"], using: :gin",
        "t.string \"a\"\n  t.index [\"a\"], where: \"(a IS NOT NULL)\"",
        "t.uuid \"a\", default: -> { \"gen_random_uuid()\" }",
        "t.string \"a\"\n  t.index \"lower((a)::text)\"",
        // Unique over what tells no rows apart, as a dump of Rails has it.
        "t.string \"a\"\n  t.index \"(1)\", unique: true",
        "t.string \"a\"\n  t.index \"((a IS NULL))\", unique: true",
        "t.string \"a\"\n  t.index \"lower(a)\"",
    ] {
        check(columns, Some(Database::PostgreSql));
    }
}

#[test]
fn words_that_only_mysql_or_mariadb_has() {
    for (columns, expected) in [
        ("t.bigint \"a\", unsigned: true", Database::MySql),
        ("t.text \"a\", size: :long", Database::MySql),
        ("t.mediumtext \"a\"", Database::MySql),
        ("t.text \"a\", limit: 16777215", Database::MySql),
        ("t.column \"a\", \"enum('x','y')\"", Database::MySql),
        (
            "t.text \"a\"\n  t.index [\"a\"], type: :fulltext",
            Database::MySql,
        ),
        (
            "t.string \"a\", collation: \"utf8mb4_0900_ai_ci\"",
            Database::MySql,
        ),
        (
            "t.string \"a\", collation: \"utf8mb4_uca1400_ai_ci\"",
            Database::MariaDb,
        ),
        (
            "t.string \"a\"\n  t.index \"(lower(`a`))\"",
            Database::MySql,
        ),
        ("t.inet6 \"a\"", Database::MariaDb),
    ] {
        check(columns, Some(expected));
    }
}

#[test]
fn what_both_have_says_nothing() {
    for columns in [
        "t.string \"a\", limit: 40",
        "t.integer \"a\", limit: 8",
        "t.json \"a\"",
        "t.datetime \"a\", precision: nil",
        "t.string \"a\"\n  t.index [\"a\"], using: :btree",
        "t.decimal \"a\", precision: 10, scale: 2\n  t.check_constraint \"a > 0\"",
    ] {
        check(columns, None);
    }
}

#[test]
fn most_words_win_over_a_few() {
    let mysqls =
        "t.bigint \"a\", unsigned: true\n  t.mediumtext \"b\"\n  t.index [\"a\"], where: \"a > 1\"";
    check(mysqls, Some(Database::MySql));
    let postgresqls = "t.jsonb \"a\"\n  t.citext \"b\"\n  t.index [\"b\"], length: 10";
    check(postgresqls, Some(Database::PostgreSql));
}

/// What is said of a file by whoever insists on a database.
fn said_to(database: Database, text: &str) -> Option<String> {
    let options = Options {
        database: Some(database),
        database_place: Some("`--database`".to_owned()),
        ..Options::default()
    };
    let file = SourceFile::new("Schemafile", text);
    schemafile::read(file, &MemoryLoader::default(), &options)
        .err()
        .map(|problems| problems.render(false))
}

#[test]
fn what_mysql_ignores_contradicts_no_one() {
    let both = "enable_extension \"plpgsql\"\ncreate_enum \"mood\", [\"sad\"]\n\
                create_table \"t\" do |t|\n  t.string \"a\"\n  t.index [\"a\"], where: \"a > 'b'\"\nend\n";
    assert_eq!(said_to(Database::MySql, both), None);
    assert_eq!(said_to(Database::MariaDb, both), None);
    // The place is that of what MySQL refuses.
    let postgresqls = format!("{both}create_table \"u\" do |t|\n  t.jsonb \"a\"\nend\n");
    let said = said_to(Database::MySql, &postgresqls).unwrap();
    assert!(
        said.contains("`t.jsonb` is PostgreSQL's, but `--database` says MySQL")
            && said.contains("8:5"),
        "{said}"
    );
}

#[test]
fn the_nearest_type_is_told_where_file_and_caller_disagree() {
    let file = |column: &str| format!("create_table \"t\" do |t|\n  {column} \"a\"\nend\n");
    for (database, column, hint) in [
        (
            Database::MariaDb,
            "t.jsonb",
            "let `--database` say postgresql, or write `t.json`",
        ),
        (Database::MySql, "t.citext", "or write `t.string`"),
        (
            Database::PostgreSql,
            "t.mediumtext",
            "let `--database` say mysql, or write `t.text`",
        ),
        (
            Database::PostgreSql,
            "t.unsigned_bigint",
            "or write `t.bigint`",
        ),
    ] {
        let said = said_to(database, &file(column)).unwrap();
        assert!(said.contains(hint), "{said}");
    }
}
