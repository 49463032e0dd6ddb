//! Input that nobody writes on purpose: it must end in an error, and quickly.

use schemafile::{MemoryLoader, Options, SourceFile, read};
use std::time::{Duration, Instant};

/// Reads a text and returns its first error. Fails when it takes long.
#[track_caller]
fn first_error(text: impl Into<Vec<u8>>) -> String {
    let started = Instant::now();
    let result = read(
        SourceFile::new("Schemafile", text),
        &MemoryLoader::new(),
        &Options::default(),
    );
    assert!(
        started.elapsed() < Duration::from_mins(1),
        "took {:?}",
        started.elapsed()
    );
    let diagnostics = result.expect_err("it should be an error");
    // Rendering walks the places, which must lie inside of the text.
    assert!(!diagnostics.render(false).is_empty());
    diagnostics.iter().next().expect("an error").message.clone()
}

/// Reads a text whose first error says this.
#[track_caller]
fn is_refused(text: impl Into<Vec<u8>>, why: &str) {
    let error = first_error(text);
    assert!(error.contains(why), "{error}");
}

/// So many lines, each made from its number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    let lines: Vec<String> = (0..count).map(line).collect();
    lines.join("\n")
}

#[test]
fn deep_nesting_of_any_kind_is_refused() {
    const DEEP: usize = 9_000;
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{a: ", "}"),
        ("a.b{", "}"),
        ("!", ""),
        ("- ", ""),
        ("not ", ""),
        ("a b ", ""),
        ("if a\n", "\nend"),
        ("begin\n", "\nend"),
        ("\"#{", "}\""),
        ("a = ", ""),
        ("a ? b : ", ""),
        ("a && ", ""),
    ] {
        for count in [300, DEEP] {
            let text = format!("x = {}1{}\n", open.repeat(count), close.repeat(count));
            let error = first_error(text);
            let is_known = [
                "nesting too deep",
                "nested this deep",
                // What so many of them never come to.
                "unknown name `a`",
                "unknown method `a`",
                "expected a `(` after `not`",
                "what `{` opens isn't closed",
            ]
            .iter()
            .any(|why| error.contains(why));
            assert!(is_known, "{open}: {error}");
        }
        let unclosed = first_error(format!("x = {}\"abc\n", open.repeat(DEEP)));
        let is_known = ["nesting too deep", "unterminated string", "isn't closed"]
            .iter()
            .any(|why| unclosed.contains(why));
        assert!(is_known, "{open}: {unclosed}");
    }
}

#[test]
fn chains_of_calls_are_refused_or_read() {
    is_refused(format!("x = a{}\n", ".b".repeat(9_000)), "nested this deep");
    is_refused(
        format!("x = 1{} + nothing\n", " + 1".repeat(9_000)),
        "nested this deep",
    );
}

#[test]
fn work_without_end_is_refused() {
    let error =
        first_error("a = (1..100_000).to_a\na.each { |x| a.each { |y| a.each { |z| x } } }\n");
    assert!(error.contains("5,000,000 steps"), "{error}");
}

#[test]
fn work_without_end_in_a_condition_is_refused_too() {
    let error = first_error(
        "execute('SELECT 1') { |c| a = (1..100_000).to_a; a.each { |x| a.each { |y| x } } }\n",
    );
    assert!(error.contains("5,000,000 steps"), "{error}");
}

#[test]
fn mistakes_without_end_are_told_up_to_a_thousand() {
    let text = lines(20_000, |number| {
        format!("add_index 'missing_{number}', 'x'")
    });
    let diagnostics = read(
        SourceFile::new("Schemafile", text),
        &MemoryLoader::new(),
        &Options::default(),
    )
    .expect_err("they are errors");
    assert_eq!(diagnostics.len(), 1001);
    let last = diagnostics.iter().last().expect("an error");
    assert!(last.message.contains("the first 1000"), "{}", last.message);
}

#[test]
fn a_table_has_at_most_1600_columns() {
    let columns = lines(30_000, |number| format!("t.text 'c{number}'"));
    let error = first_error(format!("create_table 'wide' do |t|\n{columns}\nend\n"));
    assert!(error.contains("more than 1600 columns"), "{error}");
}

#[test]
fn many_constraints_and_statements_take_no_longer_each() {
    let checks = lines(20_000, |number| {
        format!("t.check_constraint 'id > {number}', name: 'c{number}'")
    });
    let text = format!("create_table 'a' do |t|\n{checks}\nend\nexecute 'SELECT 1'\nnothing\n");
    assert!(first_error(text).contains("unknown name `nothing`"));
}

/// Each line of a heredoc is a part of its text.
#[test]
fn a_long_heredoc_is_no_text_without_end() {
    let body = lines(20_000, |number| {
        format!("  -- line {number} of a function's body")
    });
    let text = format!("execute(<<~'SQL')\n{body}\nSQL\n");
    let reading = read(
        SourceFile::new("Schemafile", text),
        &MemoryLoader::new(),
        &Options::default(),
    )
    .expect("a schema");
    assert_eq!(
        reading
            .schema
            .as_postgresql()
            .expect("a schema of PostgreSQL")
            .statements[0]
            .sql
            .lines()
            .count(),
        20_000
    );
}

#[test]
fn text_without_end_is_refused() {
    let mut text = String::from("s = 'x' * 1000\n");
    for _ in 0..60 {
        text.push_str("s = \"#{s}#{s}\"\n");
    }
    let error = first_error(text);
    assert!(error.contains("64 MiB"), "{error}");
    let error = first_error("s = 'x' * 10_000_000_000_000\n");
    assert!(error.contains("64 MiB"), "{error}");
    is_refused("s = 'x' * -1\n", "`*` of a string");
}

#[test]
fn a_lambda_that_calls_itself_is_refused() {
    let error = first_error("f = nil\nf = -> { f.call }\nf.call\n");
    assert!(error.contains("nested too deep"), "{error}");
}

#[test]
fn numbers_beyond_all_bounds_are_refused() {
    let nines = "9".repeat(400);
    for (column, why) in [
        (
            format!("t.integer 'x', default: {nines}"),
            "a number of more than 96 bits",
        ),
        (
            "t.integer 'x', default: 2 ** 200".into(),
            "can't be worked out",
        ),
        (
            "t.decimal 'x', default: '1e9999'".into(),
            "more digits than",
        ),
        (
            "t.string 'x', limit: 10 ** 30".into(),
            "the limit of a string is",
        ),
        ("t.integer 'x', default: 1 / 0".into(), "`/` of a number"),
    ] {
        is_refused(format!("create_table 'a' do |t|\n {column}\nend"), why);
    }
}

#[test]
fn what_is_not_utf8_is_refused_where_it_begins() {
    let error = first_error(b"create_table 'a\xff' do |t|\nend\n".to_vec());
    assert_eq!(error, "the file is not UTF-8 here");
}

#[test]
fn the_character_nul_is_refused_everywhere() {
    for text in [
        "create_table \"a\\0b\" do |t|\nend",
        "create_table 'a' do |t|\n t.string \"x\\0\"\nend",
        "create_table 'a' do |t|\n t.string 'x', default: \"\\0\"\nend",
        "create_table 'a' do |t|\n t.string 'x', comment: \"\\0\"\nend",
        "create_table 'a' do |t|\n t.string 'x', default: -> { \"\\0\" }\nend",
        "create_table 'a' do |t|\n t.jsonb 'x', default: { 'a' => \"\\0\" }\nend",
        "create_table 'a' do |t|\n t.check_constraint \"\\0\"\nend",
        "create_table 'a' do |t|\n t.column 'x', \"te\\0xt\"\nend",
        "create_table 'a' do |t|\n t.string 'x'\n t.index \"lower(x\\0)\"\nend",
        "create_table 'a' do |t|\n t.string 'x'\n t.index 'x', where: \"x\\0\"\nend",
        "create_table 'a' do |t|\n t.string 'x', index: { order: \"\\0\" }\nend",
        "create_table 'a' do |t|\n t.string 'x'\n t.index 'x', opclass: { x: \"\\0\" }\nend",
        "create_table 'a', id: { type: :string, collation: \"\\0\" } do |t|\nend",
        "ActiveRecord::Schema.define { create_table 'a'; change_table_comment 'a', \"\\0\" }",
        "create_table 'a' do |t|\n t.hstore 'x', default: { 'a' => \"\\0\" }\nend",
        "create_table 'a' do |t|\n t.point 'x', default: [1, \"\\0\"]\nend",
        "create_enum 'a', [\"\\0\"]",
        "execute \"SELECT \\0\"",
    ] {
        let error = first_error(text);
        // A lambda whose text is refused gives none.
        let is_known = [
            "the character NUL",
            "the lambda of a default gives SQL text",
        ]
        .iter()
        .any(|why| error.contains(why));
        assert!(is_known, "{text}: {error}");
    }
}
