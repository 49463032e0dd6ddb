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
