//! Mistakes that people make, each with its place and what the message says to do.

use schemafile::{MemoryLoader, Options, SourceFile, read};

/// The line, column, sentence and hint of the first thing that is wrong with a text.
#[track_caller]
fn check(text: &str, place: (usize, usize), message: &str, hint: &str) {
    let answer = read(
        SourceFile::new("Schemafile", text),
        &MemoryLoader::new(),
        &Options::default(),
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

#[test]
fn a_block_without_its_parameter() {
    check(
        "create_table 'a' do\n  t.string 'x'\nend",
        (2, 3),
        "unknown name `t`",
        "does the block around it begin with `do |t|`?",
    );
}

#[test]
fn parameters_that_are_more_than_names() {
    check(
        "[1].each { |x, y = 5| create_table \"a#{y}\" }",
        (1, 1),
        "unsupported Ruby: parameters of a block that are more than names (`{ |x, y = 5| create_table \"a#{y}\" }`)",
        "a schema may hold literals, blocks, local variables, simple arithmetic and `require`; it is read, never run",
    );
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
        "`foreign_key:` doesn't name a table, so \"users\" has no effect",
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
fn a_merge_that_was_left_in_the_middle() {
    check(
        "create_table 'a' do |t|\n<<<<<<< HEAD\n  t.text 'x'\n=======\n  t.text 'y'\n>>>>>>> other\nend",
        (2, 1),
        "a merge conflict is left in the file",
        "choose between the two sides, and take out the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`",
    );
}

#[test]
fn a_block_without_do() {
    for text in [
        "create_table 'a' |t|\n  t.text 'x'\nend",
        "create_table 'a' |t|\nend",
    ] {
        check(
            text,
            (1, 18),
            "syntax error: a block begins with `do`",
            "write `do |t|`",
        );
    }
}

#[test]
fn a_table_by_another_name_than_its_parameter() {
    check(
        "create_table 'a' do |t|\n  x.text 'b'\nend",
        (2, 3),
        "unknown name `x`",
        "the table of this block is called `t`",
    );
}

#[test]
fn files_of_windows_in_utf_16() {
    let hint = "save it as UTF-8; PowerShell's `>` and some editors on Windows write UTF-16";
    for text in ["c\0r\0e\0a\0", "\0c\0r\0e\0a"] {
        check(text, (1, 1), "the file is UTF-16, not UTF-8", hint);
    }
}

#[test]
fn sql_that_is_no_text() {
    check(
        "create_table 'a' do |t|\n  t.date 'x', default: -> { now() }\nend",
        (2, 29),
        "unknown method `now`",
        "SQL stands in quotes: `\"now()\"`",
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
        "",
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
fn an_identity_of_another_kind() {
    check(
        "create_table 'a' do |t|\n  t.bigint 'x', identity: :sometimes\nend",
        (2, 27),
        "`identity:` is :always or :by_default",
        "",
    );
}
