//! What is wrong with a configuration, as users read it.

use dummy_config::{read, render};
use dummy_data::{Filter, Source, TemplatePart};

/// The problems of a text, rendered.
#[track_caller]
fn check(text: &str, expected: &str) {
    let reading = read(text);
    assert_eq!(
        render(&reading.problems, "dummy.toml", text, false),
        expected
    );
}

/// The sentences alone.
fn sentences(text: &str) -> Vec<String> {
    read(text)
        .problems
        .into_iter()
        .map(|problem| problem.text)
        .collect()
}

#[test]
fn a_problem_shows_its_line_and_the_nearest_name() {
    check(
        "sale = 2\n",
        "error: the file has no key `sale`\n \
         --> dummy.toml:1:1\n  \
         |\n\
         1 | sale = 2\n  \
         | ^^^^\n  \
         |\n  \
         = hint: did you mean `scale`?\n",
    );
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    let text = "\
seed = \"x\"
locale = \"fr\"
[tables.users]
rows = -1
rowz = 2
[tables.users.columns.name]
generator = \"ful_name\"
null_ratio = 2
[tables.users.columns.role]
values = [\"a\", \"b\"]
weights = [1]
[tables.users.columns.age]
range = [1]
distribution = \"zipf\"
";
    assert_eq!(
        sentences(text),
        [
            "`seed` wants a whole number, 0 or more; this is a text",
            "`fr` is not a language that data can be made in: en or ja",
            "`rows` wants a whole number, 0 or more; this is -1",
            "`[tables.users]` has no key `rowz`",
            "there is no generator `ful_name`",
            "`null_ratio` wants a share from 0 to 1, and this is 2",
            "there are 2 values and 1 weights: each value wants one",
            "`range` wants two numbers or dates, the smaller first: `[1, 10]`; this is a list",
            "there is no distribution `zipf`: uniform, skewed, normal",
        ]
    );
}

#[test]
fn what_is_not_toml_is_said_where_it_is() {
    let problems = read("seed = \n[tables").problems;
    assert!(problems.len() >= 2, "{problems:?}");
    assert!(problems.iter().all(|problem| problem.span.is_some()));
}

#[test]
fn a_conflict_is_told_and_nothing_of_what_it_breaks() {
    check(
        "<<<<<<< HEAD\nseed = 1\n=======\nseed = 2\n>>>>>>> topic\n",
        "error: a merge conflict isn't resolved here\n \
         --> dummy.toml:1:1\n  \
         |\n\
         1 | <<<<<<< HEAD\n  \
         | ^^^^^^^^^^^^\n  \
         |\n  \
         = hint: keep what is right of both sides, and delete the lines of `<<<<<<<`, `=======` and `>>>>>>>`\n",
    );
}

#[test]
fn numbers_are_read_as_toml_writes_them_or_refused_as_they_stand() {
    let reading = read("scale = 0x10\nrows = 1_000\n[tables.t.columns.c]\nnull_ratio = 0b1\n");
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    assert_eq!(reading.settings.scale, Some(16.0));
    assert_eq!(reading.settings.rows, Some(1000));
    assert_eq!(
        sentences("scale = 0\nrows = 1e6\nseed = 99999999999999999999\n"),
        [
            "`scale` wants a number greater than 0; this is 0",
            "`rows` wants a whole number in digits, 0 or more; this is 1e6",
            "`seed` wants a whole number up to 18446744073709551615; this is 99999999999999999999",
        ]
    );
}

#[test]
fn a_column_has_one_source() {
    assert_eq!(
        sentences("[tables.t.columns.c]\nvalues = [1]\ndefault = true\n"),
        ["`values` already says where the values of the column `c` come from"]
    );
}

#[test]
fn options_belong_to_their_generator() {
    let column = |lines: &str| sentences(&format!("[tables.t.columns.c]\n{lines}\n"));
    assert_eq!(
        column("generator = \"email\"\nwidth = 3"),
        ["the column `c` has no key `width`"]
    );
    assert_eq!(
        column("generator = \"code\"\nwidth = \"3\""),
        ["`width` wants a whole number from 0 to 19; this is a text"]
    );
    assert_eq!(
        column("generator = \"pattern\""),
        ["the generator `pattern` needs `pattern`"]
    );
    assert_eq!(column("generator = \"code\"\nwidth = 3"), [] as [&str; 0]);
    assert_eq!(
        column("generator = \"code\"\nwidth = 20\nstart = -1"),
        [
            "`width` wants a whole number from 0 to 19; this is 20",
            "`start` wants a whole number from 0 to 9223372036854775807; this is -1"
        ]
    );
}

#[test]
fn templates_are_names_in_braces() {
    let text = "[tables.t.columns.c]\ntemplate = \"{{{first_name}}}@x\"\n";
    let reading = read(text);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let source = reading.settings.tables[0].columns[0].source.as_ref();
    let Source::Template(parts) = &source.unwrap().value else {
        panic!("{source:?}");
    };
    let [
        TemplatePart::Text(before),
        TemplatePart::Name(name, Filter::Plain),
        TemplatePart::Text(after),
    ] = parts.as_slice()
    else {
        panic!("{parts:?}");
    };
    assert_eq!((before.as_str(), after.as_str()), ("{", "}@x"));
    assert_eq!(name.value, "first_name");
    assert_eq!(&text[name.span.start..name.span.end], "first_name");
    assert_eq!(
        sentences("[tables.t.columns.c]\ntemplate = \"{a\"\n"),
        ["an opening brace is never closed"]
    );
}

#[test]
fn rows_for_each_parent_are_a_number_or_a_range() {
    for (lines, expected) in [
        ("per = \"u\"\ncount = 3", (3, 3)),
        ("per = \"u\"\nrange = [0, 5]", (0, 5)),
        ("per = \"u\"\nrows = 2", (2, 2)),
    ] {
        let reading = read(&format!("[tables.t]\n{lines}\n"));
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let per = reading.settings.tables[0].per.as_ref().unwrap();
        assert_eq!((per.least, per.most), expected);
    }
    assert_eq!(
        sentences("[tables.t]\nper = \"u\"\n"),
        ["`per` wants either `count = 3` or `range = [1, 5]`: how many rows each parent has"]
    );
    assert_eq!(
        sentences("[tables.t]\ncount = 3\n"),
        ["`count` says how many rows each parent has, and no parent is named"]
    );
}

#[test]
fn constraints_that_are_left_to_the_server_are_a_list_of_names() {
    let reading = read("[tables.orders]\nunverified = [\"total_check\", \"once\"]\n");
    let names: Vec<&str> = reading.settings.tables[0]
        .unverified
        .iter()
        .map(|name| name.value.as_str())
        .collect();
    assert_eq!(names, ["total_check", "once"]);
    assert_eq!(reading.problems, []);
    for wrong in ["unverified = \"total_check\"", "unverified = [3]"] {
        let sentences = sentences(&format!("[tables.orders]\n{wrong}\n"));
        assert_eq!(sentences.len(), 1, "{wrong}");
        assert!(sentences[0].contains("`unverified` wants"), "{sentences:?}");
    }
}

#[test]
fn sql_is_read_before_it_is_sent() {
    assert_eq!(
        sentences("[tables.t.columns.c]\nsql = \"lower(name) || '-' || id\"\n"),
        [] as [&str; 0]
    );
    let wrong = sentences("[tables.t.columns.c]\nsql = \"1; DROP TABLE t\"\n");
    assert!(
        wrong[0].starts_with("`sql` wants an SQL expression"),
        "{wrong:?}"
    );
}

#[test]
fn the_docs_name_every_generator_and_option() {
    let docs = include_str!("../../../docs/dummy-data.md");
    for kind in dummy_data::generator_kinds() {
        assert!(docs.contains(&format!("`{}`", kind.name)), "{}", kind.name);
        for option in kind.options {
            assert!(
                docs.contains(&format!("`{}`", option.name)),
                "{}",
                option.name
            );
        }
    }
}
