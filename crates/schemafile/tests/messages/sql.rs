//! SQL in a file that can't be SQL, and collations that only other databases have.

use super::{check, check_all, check_line};

const MISSING: &str = "a `)` is missing";
const DOUBLED: &str = "a quotation mark inside of a text is written twice, `'it''s'`";

#[test]
fn an_open_quote_or_parenthesis_is_told_at_its_place() {
    let opens = |mark: &str| format!("the `{mark}` that opens here isn't closed");
    for (line, column) in [
        ("t.check_constraint \"x > (1 + 2\", name: 'c'", 27),
        ("t.index \"lower(x::text\", name: 'i'", 17),
        ("t.index ['x'], where: \"(x = 1\", name: 'i'", 26),
        ("t.virtual 'v', type: :text, as: \"f(x\", stored: true", 37),
        ("t.datetime 'd', default: -> { \"now(\" }", 37),
        ("t.exclusion_constraint \"f(x WITH =\", name: 'e'", 28),
        (
            "t.exclusion_constraint \"x WITH =\", where: \"f(x\", name: 'e'",
            47,
        ),
    ] {
        check_line(line, column, &opens("("), MISSING);
    }
    check_line(
        "t.check_constraint \"x <> 'abc\", name: 'c'",
        28,
        "the text that `'` opens here isn't closed",
        DOUBLED,
    );
    check_line(
        "t.check_constraint \"f(x))\", name: 'c'",
        27,
        "this `)` of the SQL closes nothing",
        "take it out; or is an opening one missing before it?",
    );
}

#[test]
fn an_open_quote_of_a_statement_is_told_on_its_line() {
    check(
        "execute \"INSERT INTO a VALUES ('x)\"",
        (1, 32),
        "the text that `'` opens here isn't closed",
        DOUBLED,
    );
    check(
        "create_view 'v', sql_definition: <<~SQL\n  SELECT 1\n    AS \"one\nSQL",
        (3, 8),
        "the name that `\"` opens here isn't closed",
        "a `\"` is missing behind the name",
    );
}

#[test]
fn a_part_of_a_statement_neither_ends_it_nor_comments_it_out() {
    check_line(
        "t.check_constraint \"x > 1;\", name: 'c'",
        28,
        "a `;` ends the statement of which this SQL is only a part",
        "take it out",
    );
    check_line(
        "t.check_constraint \"x > 1 -- why\", name: 'c'",
        29,
        "this comment swallows what follows it in the statement",
        "take it out, or write it between `/*` and `*/`",
    );
    check_line(
        "t.index ['x'], where: ''",
        25,
        "`where:` can't be empty",
        "leave it out",
    );
}

#[test]
fn collations_of_other_databases() {
    check_line(
        "t.string 'y', collation: 'utf8mb4_bin'",
        28,
        "column \"y\": MySQL's collation \"utf8mb4_bin\" isn't one of PostgreSQL's",
        "take it out, or write \"C\", which compares bytes too",
    );
    check_line(
        "t.string 'y', collation: 'utf8mb4_0900_ai_ci'",
        28,
        "column \"y\": MySQL's collation \"utf8mb4_0900_ai_ci\" isn't one of PostgreSQL's",
        "take it out; text that ignores case is `t.citext` with `enable_extension \"citext\"`",
    );
    check_line(
        "t.string 'y', collation: 'c'",
        28,
        "column \"y\": the collation \"c\" isn't one of PostgreSQL's",
        "did you mean \"C\"?",
    );
    for own in [
        "C",
        "POSIX",
        "en_US.utf8",
        "ja-x-icu",
        "de_DE",
        "my_collation",
    ] {
        check_all(
            &format!("create_table('a') {{ |t| t.string 'y', collation: '{own}' }}"),
            &[],
        );
    }
}
