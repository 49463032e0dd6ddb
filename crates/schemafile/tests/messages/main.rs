//! Mistakes that people make, each with its place and what the message says to do.

mod ruby;
mod sql;
mod syntax;
mod together;

use schemafile::{Database, MemoryLoader, Options, SourceFile, read};

/// What PostgreSQL says of words that may be another database's.
fn postgresql() -> Options {
    Options {
        database: Some(Database::PostgreSql),
        ..Options::default()
    }
}

/// The line, column, sentence and hint of the first thing that is wrong with a text.
#[track_caller]
fn check(text: &str, place: (usize, usize), message: &str, hint: &str) {
    let answer = read(
        SourceFile::new("Schemafile", text),
        &MemoryLoader::new(),
        &postgresql(),
    );
    let diagnostics = match answer {
        Ok(reading) => reading.warnings,
        Err(diagnostics) => diagnostics,
    };
    let first = diagnostics.iter().next().expect("something is wrong");
    let (_, line, column) = diagnostics.place(first);
    assert_eq!(
        (
            (line, column),
            first.message.as_str(),
            first.hint.as_deref().unwrap_or_default()
        ),
        (place, message, hint)
    );
}

/// Everything that is told of a text: line, column, sentence and hint.
fn told(text: &str) -> Vec<(usize, usize, String, String)> {
    let answer = read(
        SourceFile::new("Schemafile", text),
        &MemoryLoader::new(),
        &postgresql(),
    );
    let diagnostics = match answer {
        Ok(reading) => reading.warnings,
        Err(diagnostics) => diagnostics,
    };
    diagnostics
        .iter()
        .map(|diagnostic| {
            let (_, line, column) = diagnostics.place(diagnostic);
            let hint = diagnostic.hint.clone().unwrap_or_default();
            (line, column, diagnostic.message.clone(), hint)
        })
        .collect()
}

/// All that is wrong with a text, and nothing else.
#[track_caller]
fn check_all(text: &str, expected: &[(usize, usize, &str, &str)]) {
    let found = told(text);
    let found: Vec<(usize, usize, &str, &str)> = found
        .iter()
        .map(|(line, column, message, hint)| (*line, *column, message.as_str(), hint.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn empty_names() {
    const HINT: &str = "leave it out, and ActiveRecord's default name is taken";
    for (line, column) in [
        ("t.index 'x', name: ''", 22),
        ("t.check_constraint 'x > 1', name: ''", 37),
        ("t.unique_constraint ['x'], name: ''", 36),
    ] {
        let text = format!("create_table 'a' do |t|\n  t.integer 'x'\n  {line}\nend");
        check(&text, (3, column), "`name:` can't be empty", HINT);
    }
}

#[test]
fn an_enum_of_one_word() {
    check(
        "create_enum 'mood', 'glad'",
        (1, 21),
        "the values of an enum are a list",
        "write them in brackets: `[\"one\", \"two\"]`",
    );
}

#[test]
fn an_unknown_method_of_an_exclusion() {
    check(
        "create_table 'a' do |t|\n  t.daterange 'x'\n  t.exclusion_constraint 'x WITH &&', using: :gits\nend",
        (3, 46),
        "PostgreSQL has no index method \"gits\"",
        "did you mean `gist`?",
    );
}

#[test]
fn a_foreign_key_that_names_a_table() {
    check(
        "create_table 'users' do |t|\nend\ncreate_table 'a' do |t|\n  t.references :user, foreign_key: :users\nend",
        (4, 36),
        "`foreign_key:` is true or a hash, so \"users\" has no effect",
        "write `foreign_key: { to_table: \"users\" }`",
    );
}

#[test]
fn more_columns_than_postgresql_holds() {
    let columns: Vec<String> = (0..1600)
        .map(|number| format!("  t.text 'c{number}'"))
        .collect();
    check(
        &format!("create_table 'wide' do |t|\n{}\nend", columns.join("\n")),
        (1601, 10),
        "table \"wide\" has more than 1600 columns, PostgreSQL's limit",
        "the first column beyond it stands here",
    );
}

#[test]
fn defaults_that_are_no_values_of_their_column() {
    check(
        "create_table 'a' do |t|\n  t.integer 'x', default: 'many'\nend",
        (2, 27),
        "column \"x\": the default is no integer, so ActiveRecord makes it NULL",
        "",
    );
    check(
        "create_table 'a' do |t|\n  t.jsonb 'x', default: '{}'\nend",
        (2, 25),
        "column \"x\": a text is a JSON string, quotes included",
        "write a hash or a list, such as `default: {}`",
    );
    check(
        "create_table 'a' do |t|\n  t.text 'x', null: 'false'\nend",
        (2, 21),
        "`null:` is true or false; anything else is taken for true",
        "write `null: false` for a column that must have a value",
    );
}

#[test]
fn a_column_twice_in_a_schemafile() {
    check(
        "create_table 'a' do |t|\n  t.text 'x'\n  t.integer 'x'\nend",
        (3, 13),
        "table \"a\" already has a column \"x\"",
        "ridgepole keeps the place of the first and the rest of the last",
    );
}

#[test]
fn what_only_a_schemafile_has() {
    let in_schema = |text: &str| format!("ActiveRecord::Schema[8.1].define do\n{text}\nend");
    check(
        &in_schema("create_table('a') { |t| t.text 'x', ignore: true }"),
        (2, 37),
        "unknown option `ignore` of column \"x\"",
        "`ignore:` is ridgepole's, for a Schemafile; take it out",
    );
    check(
        &in_schema("execute 'SELECT 1', before: 'a'"),
        (2, 21),
        "`before:` is for a Schemafile, where order means nothing",
        "a schema.rb runs from top to bottom: write the statement above the table",
    );
}

#[test]
fn sql_before_a_table_that_is_not_there() {
    check(
        "execute 'SELECT 1', before: 'oders'\ncreate_table 'orders' do |t|\nend",
        (1, 29),
        "`before:` names table \"oders\", which no create_table defines",
        "did you mean `orders`?",
    );
}

#[test]
fn a_type_that_sql_further_down_makes_is_known() {
    let read_all = |text: &str| {
        let file = SourceFile::new("Schemafile", text);
        read(file, &MemoryLoader::new(), &Options::default()).map(|reading| reading.warnings.len())
    };
    let table = "create_table 'a' do |t|\n  t.column 'x', 'weight'\nend\n";
    let makes = "execute 'CREATE DOMAIN weight AS numeric', before: 'a'\n";
    assert_eq!(read_all(&format!("{table}{makes}")), Ok(0));
    assert_eq!(read_all(&format!("{makes}{table}")), Ok(0));
    assert_eq!(read_all(table), Ok(1));
}

#[test]
fn a_type_that_sql_makes_is_made_in_time() {
    let text = "create_table 'a' do |t|\n  t.column 'x', 'weight'\nend\nexecute 'CREATE DOMAIN weight AS numeric'";
    let file = SourceFile::new("Schemafile", text);
    let reading = read(file, &MemoryLoader::new(), &Options::default()).unwrap();
    assert_eq!(reading.warnings.len(), 0);
    assert_eq!(
        reading
            .schema
            .as_postgresql()
            .expect("a schema of PostgreSQL")
            .statements[0]
            .tables_before,
        0
    );
}

#[test]
fn what_stands_below_a_table_is_known_to_it() {
    let text = "create_table 'crew.a' do |t|\n  t.enum 'm', enum_type: 'mood', default: 'glad'\n  t.column 'n', 'mood'\n\
                \u{20} t.citext 'c'\nend\ncreate_enum 'mood', ['glad']\ncreate_schema 'crew'\nenable_extension 'crew.citext'\n";
    let file = SourceFile::new("Schemafile", text);
    let reading = read(file, &MemoryLoader::new(), &Options::default()).unwrap();
    assert_eq!(reading.warnings.len(), 0);
    let schema = reading
        .schema
        .as_postgresql()
        .expect("a schema of PostgreSQL");
    let mood = || pg_model::TypeKind::Enum(pg_model::QualifiedName::bare("mood"));
    for column in &schema.tables[0].columns[1..3] {
        assert_eq!(column.data_type.kind, mood());
    }
    assert_eq!(schema.own.extensions[0].schema.as_deref(), Some("crew"));
    check_all(
        &text.replace("default: 'glad'", "default: 'bad'"),
        &[(
            2,
            43,
            "column \"m\": \"bad\" is not a value of enum \"mood\"",
            "",
        )],
    );
}

#[test]
fn two_things_of_one_name() {
    const SHARED: &str = "tables, views and indexes of a schema share their names in PostgreSQL";
    let view = "create_view 'v', sql_definition: 'SELECT 1'\n";
    let table = "create_table('v') { |t| t.text 'x' }\n";
    check_all(
        &[view, view].concat(),
        &[(2, 13, "\"v\" is the name of a view already", SHARED)],
    );
    check_all(
        &[table, view].concat(),
        &[(2, 13, "\"v\" is the name of a table already", SHARED)],
    );
    check_all(
        &[view, table].concat(),
        &[(2, 14, "\"v\" is the name of a view already", SHARED)],
    );
}

#[test]
fn an_identity_of_another_kind() {
    check(
        "create_table 'a' do |t|\n  t.bigint 'x', identity: :sometimes\nend",
        (2, 27),
        "`identity:` is :always or :by_default",
        "",
    );
}

/// A line in a table's block, with the column in which something is wrong, what, and the hint.
#[track_caller]
fn check_line(line: &str, column: usize, message: &str, hint: &str) {
    let text = format!("create_table 'a' do |t|\n  t.text 'x'\n  {line}\nend");
    check(&text, (3, column), message, hint);
}

#[test]
fn types_by_the_names_that_they_have_elsewhere() {
    for (word, hint) in [
        ("varchar", "write `t.string`"),
        ("int", "write `t.integer`"),
        ("bool", "write `t.boolean`"),
        ("smallint", "write `t.integer \"name\", limit: 2`"),
        ("guid", "write `t.uuid`"),
        (
            "unsigned_bigint",
            "unsigned numbers exist only in MySQL; write `t.bigint`",
        ),
        ("longtext", "this size exists only in MySQL; write `t.text`"),
        (
            "file",
            "a type of PostgreSQL's own is written `t.column \"name\", \"file\"`",
        ),
        ("strng", "did you mean `string`?"),
    ] {
        let message = format!("unknown column type `{word}` in table \"a\"");
        check_line(&format!("t.{word} 'y'"), 5, &message, hint);
    }
    check(
        "ActiveRecord::Schema[8.1].define do\ncreate_table 'a'\nchange_table('a') { |t| t.bool 'x' }\nend",
        (3, 27),
        "unknown column type `bool` in table \"a\"",
        "write `t.boolean`",
    );
}

#[test]
fn types_with_modifiers_that_they_cannot_have() {
    for (text, base) in [
        ("varchar(-5)", "varchar"),
        ("numeric(10,", "numeric"),
        ("serial[]", "serial"),
    ] {
        check_line(
            &format!("t.column 'y', '{text}'"),
            17,
            &format!("PostgreSQL takes no type \"{text}\""),
            &format!("look at what stands behind `{base}`"),
        );
    }
}

#[test]
fn options_that_are_said_elsewhere_or_otherwise() {
    let unknown = |name: &str| format!("unknown option `{name}` of column \"y\"");
    for (option, hint) in [
        (
            "unique",
            "uniqueness is an index's: write `index: { unique: true }`",
        ),
        (
            "not_null",
            "write `null: false` for a column that must have a value",
        ),
        ("length", "write `limit:`"),
        ("size", "`size:` exists only in MySQL; take it out"),
        ("nul", "did you mean `null`?"),
    ] {
        check_line(
            &format!("t.text 'y', {option}: true"),
            15,
            &unknown(option),
            hint,
        );
    }
    check_line(
        "t.references :user, foriegn_key: true",
        23,
        "unknown option `foriegn_key` of reference \"user\"",
        "did you mean `foreign_key`?",
    );
}

#[test]
fn numbers_that_are_none() {
    for (value, found) in [("20.5", "`20.5`"), ("'8,2'", "`8,2`"), ("[5]", "an array")] {
        let message = format!("`limit:` is a whole number, not {found}");
        check_line(&format!("t.string 'y', limit: {value}"), 24, &message, "");
    }
    check_line(
        "t.string 'y', 20",
        17,
        "a name is needed here, not a number",
        "a length is an option: `limit: 20`",
    );
}

#[test]
fn options_without_effect() {
    check_line(
        "t.text 'y', index: :unique",
        22,
        "`index:` is true or a hash, so \"unique\" has no effect",
        "write `index: { unique: true }`",
    );
    check_line(
        "t.index ['x'], order: { xx: :desc }",
        27,
        "`order:` names \"xx\", which isn't a column of this index: no effect",
        "did you mean `x`?",
    );
    check_line(
        "t.index 'lower(x)', opclass: :text_pattern_ops",
        23,
        "`opclass:` has no effect on an index that is given as a text",
        "write it into the text, behind its expression",
    );
    check_line(
        "t.geometry 'y', limit: { sird: 4326 }",
        28,
        "unknown option `sird` of a spatial column",
        "did you mean `srid`?",
    );
    check(
        "enable_extension 'citext', schema: 'x'",
        (1, 28),
        "unknown option `schema` of enable_extension",
        "",
    );
    check(
        "create_enum 'mood', ['glad']\ncreate_enum 'mood', ['sad']",
        (2, 13),
        "enum \"mood\" is already defined, with other values, which are kept",
        "",
    );
}

#[test]
fn sql_that_is_a_text_by_mistake() {
    for (kind, text, sql) in [
        ("datetime", "now()", "now()"),
        ("date", "CURRENT_DATE", "CURRENT_DATE"),
        ("uuid", "gen_random_uuid", "gen_random_uuid()"),
    ] {
        let text = format!("create_table 'a' do |t|\n  t.{kind} 'y', default: '{text}'\nend");
        let file = SourceFile::new("Schemafile", text.as_str());
        let reading = read(file, &MemoryLoader::new(), &Options::default()).expect("a warning");
        let hint = reading
            .warnings
            .iter()
            .next()
            .and_then(|warning| warning.hint.clone());
        let expected = format!("SQL stands in a lambda: `default: -> {{ \"{sql}\" }}`");
        assert_eq!(hint.as_deref(), Some(expected.as_str()));
    }
}

#[test]
fn a_table_that_a_key_points_to_and_nothing_defines() {
    const MESSAGE: &str = "foreign key to table \"teams\", which no create_table defines";
    check_line(
        "t.references :team, foreign_key: true",
        23,
        MESSAGE,
        "where the table has another name than the reference, say `foreign_key: { to_table: \"users\" }`",
    );
    check(
        "create_table 'a' do |t|\n  t.bigint 'team_id'\nend\nadd_foreign_key 'a', 'teams'",
        (4, 22),
        MESSAGE,
        "create the table, or take the key out",
    );
}

#[test]
fn an_index_by_the_name_of_a_table() {
    const SHARED: &str = "tables, views and indexes of a schema share their names in PostgreSQL";
    check(
        "ActiveRecord::Schema[8.1].define do\ncreate_table('a') { |t| t.index 'id', name: 'b' }\ncreate_table 'b'\nend",
        (3, 14),
        "\"b\" is the name of an index already",
        SHARED,
    );
    check(
        "create_table('a') { |t| t.index 'id', name: 'b' }\ncreate_table('b') { |t| }",
        (1, 45),
        "\"b\" is the name of a table already",
        "names of indexes are unique in a schema of PostgreSQL; give `name:`",
    );
}

#[test]
fn calls_that_only_a_schema_rb_has() {
    check(
        "add_column 'a', 'x', :text",
        (1, 1),
        "unknown method `add_column`",
        "a Schemafile says what there is and not what to change: write it in the table's `create_table`",
    );
}

#[test]
fn more_errors_than_one_are_counted() {
    let text = "create_tabel 'a'\ncreate_tabel 'b'";
    let file = SourceFile::new("Schemafile", text);
    let errors =
        read(file, &MemoryLoader::new(), &Options::default()).expect_err("they are errors");
    assert!(errors.render(false).ends_with("\n\n2 errors\n"));
}
