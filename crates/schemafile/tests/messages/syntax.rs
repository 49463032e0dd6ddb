//! What Ruby's parser refuses, in the words of whoever has to mend it.

use super::check;

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
fn half_of_a_merge_that_was_left() {
    const HINT: &str = "choose between the two sides, and take out the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`";
    for (text, line) in [
        (
            "create_table 'a' do |t|\n<<<<<<< HEAD\n  t.text 'x'\nend",
            2,
        ),
        ("create_table 'a' do |t|\n  t.text 'x'\n=======\nend", 3),
        (
            "create_table 'a' do |t|\n  t.text 'x'\n>>>>>>> main\nend",
            3,
        ),
        ("create_table 'a' do |t|\n<<<<<<<\n=======\n>>>>>>>\nend", 2),
    ] {
        check(
            text,
            (line, 1),
            "a merge conflict is left in the file",
            HINT,
        );
    }
}

#[test]
fn a_quotation_mark_too_few() {
    for (text, place) in [
        (
            "create_table 'a' do |t|\n  t.text \"x\n  t.text \"y\"\nend",
            (2, 10),
        ),
        ("create_table 'a do |t|\n  t.text 'y'\nend", (1, 14)),
    ] {
        check(
            text,
            place,
            "syntax error: unterminated string",
            "the text that begins here goes on in the next line: is its closing quotation mark missing?",
        );
    }
    check(
        "execute(<<~SQL)\n  SELECT 1\nSQ\n",
        (1, 9),
        "syntax error: unterminated heredoc",
        "the text that begins here ends with a line that is `SQL` and nothing else",
    );
    check(
        "x = 'a",
        (1, 5),
        "syntax error: unterminated string",
        "the text that begins here has no end",
    );
}

#[test]
fn brackets_that_are_not_closed_and_those_that_close_nothing() {
    let line = |line: &str| format!("create_table 'a' do |t|\n  {line}\n  t.text 'z'\nend");
    for (text, column, opening, closing) in [
        ("t.index ['x', unique: true", 11, "[", "]"),
        ("t.text 'x', index: { unique: true", 22, "{", "}"),
        ("t.text('x', null: false", 9, "(", ")"),
        ("t.date 'x', default: -> { 'now()'", 27, "{", "}"),
        ("t.index ['x', 'y')", 11, "[", "]"),
    ] {
        check(
            &line(text),
            (2, column),
            &format!("syntax error: what `{opening}` opens isn't closed"),
            &format!("a `{closing}` is missing"),
        );
    }
    for (text, column, closing, opening) in [
        ("t.index 'x', 'y']", 19, "]", "["),
        ("t.text 'x')", 13, ")", "("),
    ] {
        check(
            &line(text),
            (2, column),
            &format!("syntax error: this `{closing}` closes nothing"),
            &format!("take it out; or is its `{opening}` missing?"),
        );
    }
}

#[test]
fn an_end_too_many() {
    for (text, line) in [
        ("create_table 'a' do |t|\nend\nend", 3),
        ("create_table 'a'\nend", 2),
    ] {
        check(
            text,
            (line, 1),
            "syntax error: this `end` closes nothing",
            "take it out; or is `do |t|` missing at the end of a line above?",
        );
    }
}

#[test]
fn a_comma_too_many() {
    for (line, column) in [
        ("t.text 'x',\n  t.text 'y'", 13),
        ("t.text 'x', null: false,", 26),
    ] {
        check(
            &format!("create_table 'a' do |t|\n  {line}\nend"),
            (2, column),
            "syntax error: this comma joins the next line to this one, where it doesn't fit",
            "take the comma out; or is an option missing behind it?",
        );
    }
}

#[test]
fn a_stroke_too_few() {
    check(
        "create_table 'a' do |t\n  t.text 'x'\nend",
        (1, 21),
        "syntax error: the names of a block stand between two strokes",
        "write `|t|`",
    );
}

#[test]
fn a_comma_too_few() {
    check(
        "create_table 'a' do |t|\n  t.text 'x' null: false\nend",
        (2, 14),
        "syntax error: unexpected `null`",
        "is a comma missing before it?",
    );
}

#[test]
fn a_comma_at_the_end_of_a_line_behind_an_option() {
    check(
        "create_table 'a' do |t|\n  t.text 'x', null: false,\n  t.text 'y'\nend",
        (2, 26),
        "syntax error: this comma joins the next line to this one, where it doesn't fit",
        "take the comma out; or is an option missing behind it?",
    );
}

#[test]
fn a_scale_without_its_name() {
    check(
        "create_table 'a' do |t|\n  t.decimal 'x', precision: 10,2\nend",
        (2, 32),
        "syntax error: `2` stands alone: an option has one value",
        "of a decimal it is `precision: …, scale: 2`",
    );
}

#[test]
fn a_comment_of_another_language() {
    check(
        "// mine\ncreate_table 'a' do |t|\nend",
        (1, 1),
        "syntax error: `//` begins no comment",
        "a comment begins with `#`",
    );
}

#[test]
fn syntax_errors_of_several_lines_are_told_at_once() {
    let told = super::told(
        "create_table 'a' do |t|\n  t.text 'x' null: false\n  t.text 'y'\n  t.text 'z', null: false,\n  t.text 'q'\nend\n\
         create_table 'b', id: false force: true do |t|\n  t.text 'x'\n  t.text 'y', null false\n  t.text 'z' limit: 3,\n    null: false\nend\n",
    );
    let places: Vec<(usize, usize)> = told.iter().map(|one| (one.0, one.1)).collect();
    assert_eq!(
        places,
        [(2, 14), (4, 26), (7, 29), (9, 20), (10, 14)],
        "{told:#?}"
    );
}

#[test]
fn what_follows_from_something_open_is_not_told() {
    let told = super::told(
        "create_table 'a' do |t|\n  t.text 'x' null: false\n  t.index ['x', name: 'i'\nend\ncreate_table 'b' do |t|\nend\n",
    );
    assert!(told.len() <= 2, "{told:#?}");
}
