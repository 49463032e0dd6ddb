//! All mistakes of a file at once, and none that only follows from another.

use super::{check_all, check_line};

#[test]
fn options_of_a_type_that_is_unknown_are_known_all_the_same() {
    check_all(
        "create_table 'a' do |t|\n  t.strng 'x', limit: 11, null: false, default: 'y'\nend",
        &[(
            2,
            5,
            "unknown column type `strng` in table \"a\"",
            "did you mean `string`?",
        )],
    );
}

#[test]
fn a_call_with_an_error_is_read_to_its_end() {
    check_all(
        "create_table 'a' do |t|\n  t.strin 'x', nul: false\n  t.column 'y', lenght: 5\nend",
        &[
            (
                2,
                5,
                "unknown column type `strin` in table \"a\"",
                "did you mean `string`?",
            ),
            (
                2,
                16,
                "unknown option `nul` of column \"x\"",
                "did you mean `null`?",
            ),
            (3, 5, "`column` needs a column name and a type", ""),
            (
                3,
                17,
                "unknown option `lenght` of a column",
                "write `limit:`",
            ),
        ],
    );
    check_all(
        "add_index 'ab', ['x'], uniqe: true\ncreate_table('a') { |t| t.text 'x'; t.index ['y'], usng: :gin }",
        &[
            (
                1,
                11,
                "add_index on table \"ab\", which no create_table defines",
                "did you mean `a`?",
            ),
            (
                1,
                24,
                "unknown option `uniqe` of an index",
                "did you mean `unique`?",
            ),
            (2, 46, "index on column \"y\", which table \"a\" lacks", ""),
            (
                2,
                52,
                "unknown option `usng` of an index",
                "did you mean `using`?",
            ),
        ],
    );
    check_all(
        "create_table('a') { |t| t.check_constraint '', nam: 'x' }\nadd_foreign_key 'b', 'a', on_delet: :cascade",
        &[
            (1, 44, "a constraint needs its SQL expression", ""),
            (
                1,
                48,
                "unknown option `nam` of a check constraint has no effect",
                "did you mean `name`?",
            ),
            (
                2,
                17,
                "add_foreign_key on table \"b\", which no create_table defines",
                "",
            ),
            (
                2,
                27,
                "unknown option `on_delet` of a foreign key has no effect",
                "did you mean `on_delete`?",
            ),
        ],
    );
}

#[test]
fn lines_with_characters_that_look_like_others_are_all_told() {
    let quote = "write `\"` for `“` (U+201C)";
    check_all(
        "create_table “a” do |t|\n  t.string “first name”\n  t.text 'fine “text”' # ，\n  t.text\u{3000}\"x\"\n  t.text \"y\"， null: false\nend",
        &[
            (1, 14, "syntax error: unexpected `“`", quote),
            (2, 12, "syntax error: unexpected `“`", quote),
            (
                4,
                9,
                "syntax error: unexpected `\u{3000}`",
                "a character (U+3000) that looks like a space stands here: write an ordinary space",
            ),
            (
                5,
                13,
                "syntax error: unexpected `，`",
                "write `,` for `，` (U+FF0C)",
            ),
        ],
    );
}

#[test]
fn what_an_unknown_call_was_to_make_is_not_missed_again() {
    check_all(
        "ActiveRecord::Schema[7.0].define do\n  create_extension 'citext'\n  create_enum_type 'mood', ['a']\n\
         \u{20} create_table('a') { |t| t.citext 'x'; t.citext 'y'; t.enum 'm', enum_type: 'mood' }\nend",
        &[
            (
                2,
                3,
                "unknown method `create_extension`",
                "write `enable_extension \"name\"`",
            ),
            (
                3,
                3,
                "unknown method `create_enum_type`",
                "write `create_enum \"name\", [\"one\", \"two\"]`",
            ),
        ],
    );
}

#[test]
fn an_extension_that_is_missing_is_told_once() {
    check_all(
        "ActiveRecord::Schema[7.0].define do\n  create_table('a') { |t| t.citext 'x'; t.citext 'y' }\nend",
        &[(2, 29, "type citext needs `enable_extension \"citext\"`", "")],
    );
}

#[test]
fn a_method_of_the_file_is_told_where_it_is_defined() {
    check_all(
        "def audit(t)\n  t.timestamps\nend\ncreate_table('a') { |t| audit(t) }\ncreate_table('b') { |t| audit t }",
        &[(
            1,
            1,
            "unsupported Ruby: `def audit(t)`",
            "a schema has no methods of its own: write the lines where it is called, or go over a list, \
             `%w[a b].each { |name| t.string name }`",
        )],
    );
}

#[test]
fn words_of_other_languages_have_a_hint() {
    for (word, kind, value) in [
        ("null", "name", "nil"),
        ("False", "constant", "false"),
        ("TRUE", "constant", "true"),
        ("NULL", "constant", "nil"),
        ("None", "constant", "nil"),
    ] {
        check_line(
            &format!("t.text 'y', default: {word}"),
            24,
            &format!("unknown {kind} `{word}`"),
            &format!("did you mean `{value}`?"),
        );
    }
    check_line(
        "t.datetime 'y', default: CURRENT_TIMESTAMP",
        28,
        "unknown constant `CURRENT_TIMESTAMP`",
        "SQL stands in a lambda: `-> { \"CURRENT_TIMESTAMP\" }`",
    );
}

#[test]
fn options_by_other_words_have_a_hint() {
    for (option, hint) in [
        ("lenght: 5", "write `limit:`"),
        ("nul: false", "did you mean `null`?"),
        (
            "uniq: true",
            "uniqueness is an index's: write `index: { unique: true }`",
        ),
        ("enum_name: 'mood'", "write `enum_type:`"),
        ("defalt: 1", "did you mean `default`?"),
        (
            "values: ['a']",
            "`create_enum \"name\", [...]` gives the values, and `enum_type: \"name\"` the column its type",
        ),
    ] {
        let name = option.split(':').next().unwrap_or_default();
        check_line(
            &format!("t.text 'y', {option}"),
            15,
            &format!("unknown option `{name}` of column \"y\""),
            hint,
        );
    }
}

#[test]
fn slips_of_the_pen_have_their_own_words() {
    for (line, column, message, hint) in [
        (
            "t.text 'it's'",
            13,
            "syntax error: this apostrophe ends the text",
            "write a text with an apostrophe in double quotes",
        ),
        (
            "t.text 'y', :null = false",
            21,
            "syntax error: an option isn't assigned with `=`",
            "write `null: …`",
        ),
        (
            "t.text 'y', null: false, default ''",
            28,
            "syntax error: a colon is missing behind `default`",
            "write `default: …`",
        ),
        (
            "t.check 'x > 1'",
            5,
            "unknown column type `check` in table \"a\"",
            "write `t.check_constraint \"SQL\", name: \"name\"`",
        ),
        (
            "t.timestampz 'y'",
            5,
            "unknown column type `timestampz` in table \"a\"",
            "did you mean `timestamp`?",
        ),
        (
            "t.has_many :comments",
            5,
            "unknown column type `has_many` in table \"a\"",
            "this belongs into the application's model; the other table has the `t.references`",
        ),
        (
            "t.timestamps precison: 3",
            16,
            "unknown option `precison` of timestamps",
            "did you mean `precision`?",
        ),
        ("t.text 'y', **COMMON", 17, "unknown constant `COMMON`", ""),
    ] {
        check_line(line, column, message, hint);
    }
    check_all(
        "create_view 'v', 'SELECT 1'\ncreate_enum 'm', %w[a, b]",
        &[
            (
                1,
                1,
                "`create_view` needs `sql_definition:`",
                "the SQL is an option: `sql_definition: \"…\"`; `execute` takes SQL too",
            ),
            (
                2,
                21,
                "the value \"a,\" of enum \"m\" ends with a comma",
                "`%w[one two]` is parted by spaces alone",
            ),
        ],
    );
    check_all(
        "create_table 'a' { |t| t.text 'x' }",
        &[(
            1,
            18,
            "syntax error: a block in braces needs the arguments in parentheses",
            "write `do |t| … end`, or `create_table(\"name\") { |t| … }`",
        )],
    );
    check_all(
        "create_table 'a', do |t|\nend",
        &[(
            1,
            17,
            "syntax error: no comma stands before `do`",
            "take it out",
        )],
    );
}

#[test]
fn ruby_that_a_schema_lacks_has_a_way_round() {
    for (code, hint) in [
        (
            "class A\nend",
            "a schema has no classes or modules: what makes tables stands at the top level",
        ),
        (
            "while true\nend",
            "go over a list: `[\"a\", \"b\"].each do |name| … end`",
        ),
        ("case 1\nwhen 1 then 2\nend", "write `if` and `elsif`"),
        ("$x = 1", "write a local variable, without `$` or `@`"),
        (
            "puts 'x'",
            "nothing is printed while a schema is read: take it out",
        ),
        (
            "if ENV['X']\nend",
            "the same file makes the same SQL on every machine and every day: write the value itself",
        ),
    ] {
        let told = super::told(code);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].3, hint, "{code}");
    }
}

#[test]
fn an_order_of_an_index_that_is_misspelt() {
    check_all(
        "create_table 'a' do |t|\n  t.text 'x'\n  t.index ['x'], name: 'i', order: { x: :dsc }\n  t.index ['x'], name: 'j', order: :decs\n  t.index ['x'], name: 'k', order: { x: 'DESC NULLS LAST' }\n  t.index ['x'], name: 'l', order: { x: :text_pattern_ops }\nend",
        &[
            (
                3,
                41,
                "`order:` is :asc or :desc, not :dsc",
                "did you mean `desc`?",
            ),
            (
                4,
                36,
                "`order:` is :asc or :desc, not :decs",
                "did you mean `desc`?",
            ),
        ],
    );
}

#[test]
fn an_index_on_a_view_that_keeps_no_rows() {
    check_all(
        "add_index 'v', ['id'], name: 'i'\ncreate_view 'v', sql_definition: 'SELECT 1 AS id'\ncreate_view 'm', materialized: true, sql_definition: 'SELECT 1 AS id'\nadd_index 'm', ['id'], name: 'j'\n",
        &[(
            1,
            16,
            "\"v\" is a view, which keeps no rows that an index could be on",
            "give the view `materialized: true`, or the index to a table below it",
        )],
    );
}
