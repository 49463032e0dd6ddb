//! Mistakes in what is Ruby and not the DSL: names, files, characters, what isn't run.

use super::check;
use schemafile::{MemoryLoader, Options, SourceFile, read};

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
    let hint = "save it as UTF-8, or `iconv -f UTF-16 -t UTF-8 OLD > NEW`; PowerShell's `>` and some editors on Windows \
                write UTF-16";
    let schema = "# 表\r\ncreate_table \"a\" do |t|\r\nend\r\n";
    for text in ["create_table", " x = 1\n", schema] {
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: &[u8], rest: &[u8]| [mark, rest].concat();
        for content in [
            marked(b"\xff\xfe", &little),
            marked(b"\xfe\xff", &big),
            little,
            big,
        ] {
            let file = SourceFile::new("Schemafile", content);
            let answer = read(file, &MemoryLoader::new(), &Options::default());
            let diagnostics = answer.unwrap_err();
            let first = diagnostics.iter().next().unwrap();
            assert_eq!(first.message, "the file is UTF-16, not UTF-8", "{text:?}");
            assert_eq!(first.hint.as_deref(), Some(hint));
        }
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
fn names_that_are_none() {
    let line = |line: &str| format!("create_table 'a' do |t|\n  {line}\nend");
    for (text, column, message, hint) in [
        (
            "string 'x'",
            3,
            "unknown method `string`",
            "write `t.string`",
        ),
        (
            "timestamps",
            3,
            "unknown name `timestamps`",
            "write `t.timestamps`",
        ),
        (
            "t string",
            3,
            "unknown method `t`",
            "a point stands behind `t`: `t.string`",
        ),
        (
            "t.string name",
            12,
            "unknown name `name`",
            "a text stands in quotes: `\"name\"`",
        ),
        (
            "t.string 'x', null: fals",
            23,
            "unknown name `fals`",
            "did you mean `false`?",
        ),
    ] {
        // The argument of `t string` is a mistake of its own.
        let errors = read(
            SourceFile::new("Schemafile", line(text).as_str()),
            &MemoryLoader::new(),
            &Options::default(),
        )
        .expect_err("an error");
        let first = errors.iter().next().expect("an error");
        assert_eq!(errors.place(first), ("Schemafile", 2, column));
        assert_eq!(
            (first.message.as_str(), first.hint.as_deref()),
            (message, Some(hint))
        );
    }
    check(
        "size = 5\ncreate_table 'a' do |t|\n  t.string 'x', limit: siez\nend",
        (3, 24),
        "unknown name `siez`",
        "did you mean `size`?",
    );
    check(
        "create_table 'a' do t\nend",
        (1, 21),
        "unknown name `t`",
        "does the block around it begin with `do |t|`?",
    );
    check(
        "ActiveRecord::Schema.defne { }",
        (1, 22),
        "unknown method `defne`",
        "did you mean `define`?",
    );
}

#[test]
fn characters_that_look_like_others() {
    for (text, place, message, hint) in [
        (
            "create_table 'a' do |t|\n\u{3000}t.text 'x'\nend",
            (2, 1),
            "unknown name `\u{3000}t`",
            "a character (U+3000) that looks like a space stands here: write an ordinary space",
        ),
        (
            "create_table 'a' do |t|\n  t.text\u{a0}'x'\nend",
            (2, 5),
            "unknown column type `text\u{a0}` in table \"a\"",
            "a character (U+00A0) that looks like a space stands here: write an ordinary space",
        ),
        (
            "create_table “a”",
            (1, 14),
            "unknown name `“a”`",
            "write `\"` for `“` (U+201C)",
        ),
        (
            "create_table 'a' do |t|\n  t.text 'x'，null: false\nend",
            (2, 13),
            "syntax error: unexpected `，`",
            "write `,` for `，` (U+FF0C)",
        ),
    ] {
        check(text, place, message, hint);
    }
}

#[test]
fn what_differs_between_machines() {
    const SAME: &str =
        "the same file makes the same SQL on every machine and every day: write the value itself";
    for (text, what) in [
        ("ENV['X']", "`ENV[…]`"),
        ("ENV.fetch('X', 'y')", "`ENV.fetch`"),
        ("Rails.env", "`Rails.env`"),
        ("Time.now", "`Time.now`"),
    ] {
        check(text, (1, 1), &format!("unsupported Ruby: {what}"), SAME);
    }
    check(
        "puts 'x'",
        (1, 1),
        "unsupported Ruby: `puts`",
        "nothing is printed while a schema is read: take it out",
    );
    check(
        "class A < ActiveRecord::Migration[7.1]\nend",
        (1, 1),
        "unsupported Ruby: `class A < ActiveRecord::Migration[7.1]`",
        "this is a migration; what is read is the whole schema, such as db/schema.rb",
    );
}

#[test]
fn files_that_are_not_there() {
    check(
        "require 'date'",
        (1, 9),
        "there is no file `date`",
        "neither `date` nor `date.rb` is in the project; a schema needs no library of Ruby's: take the line out if it asks for one",
    );
    check(
        "require 'tables/users.rb'",
        (1, 9),
        "there is no file `tables/users.rb`",
        "`tables/users.rb` isn't in the project",
    );
    check(
        "Dir.glob('tabels/*.rb').each { |path| require path }",
        (1, 1),
        "no file matches `tabels/*.rb`",
        "",
    );
}

#[test]
fn what_ruby_never_reads() {
    let table = "create_table 'a' do |t|\nend\n";
    for (mark, number) in [('\0', "0000"), ('\u{4}', "0004"), ('\u{1a}', "001A")] {
        check(
            &format!("{table}{mark}\n{table}"),
            (3, 1),
            &format!("the character U+{number} ends the file for Ruby, so what follows isn't read"),
            "take it out; or isn't this file text?",
        );
    }
    check(
        &format!("{table}__END__\n{table}"),
        (3, 1),
        "what stands below `__END__` isn't read",
        "",
    );
    for ending in ["\u{1a}", "\u{1a}\n", "__END__\n\n"] {
        let text = format!("{table}{ending}");
        let file = SourceFile::new("Schemafile", text.as_str());
        let reading = read(file, &MemoryLoader::new(), &Options::default()).expect("a schema");
        assert!(reading.warnings.is_empty(), "{ending:?}");
    }
}

#[test]
fn files_that_are_no_text() {
    let file = SourceFile::new("Schemafile", &b"\x7fELF\x02\0\0\xff"[..]);
    let errors = read(file, &MemoryLoader::new(), &Options::default()).expect_err("an error");
    let first = errors.iter().next().expect("an error");
    assert_eq!(first.message, "the file isn't text");
}

#[test]
fn line_endings_of_other_systems() {
    check(
        "# a table\rcreate_table 'a' do |t|\r  t.text 'x'\rend\r",
        (1, 10),
        "lines end with CR alone, which Ruby takes for spaces",
        "save the file with line feeds (LF), or CRLF",
    );
    // Places are those of the text that is shown, without the byte order mark and the CRs.
    let file = SourceFile::new(
        "Schemafile",
        &b"\xef\xbb\xbf# 1\r\n# 2\r\nx = '\x83e'\r\n"[..],
    );
    let errors = read(file, &MemoryLoader::new(), &Options::default()).expect_err("an error");
    let first = errors.iter().next().expect("an error");
    assert_eq!(errors.place(first), ("Schemafile", 3, 6));
    let file = SourceFile::new("Schemafile", "\u{feff}create_table('a') { |t|\r\n }\r\n");
    assert!(read(file, &MemoryLoader::new(), &Options::default()).is_ok());
}

#[test]
fn hashes_keep_their_order_when_they_are_merged() {
    let text = "a = { x: 1, y: 2 }\ncreate_table('t') { |t| t.json 'j', default: a.merge(x: 3) }";
    let file = SourceFile::new("Schemafile", text);
    let reading = read(file, &MemoryLoader::new(), &Options::default()).expect("a schema");
    let column = &reading
        .schema
        .as_postgresql()
        .expect("a schema of PostgreSQL")
        .tables[0]
        .columns[1];
    assert_eq!(
        format!("{:?}", column.value),
        r#"Default("'{\"x\":3,\"y\":2}'")"#
    );
}
