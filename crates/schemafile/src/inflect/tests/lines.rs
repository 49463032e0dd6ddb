//! Rules as plain lines.

use super::super::Inflections;
use super::super::lines::{LineError, add_lines};

#[test]
fn lines_are_pairs_single_words_comments_and_nothing() {
    let mut inflections = Inflections::english();
    let text = "# ours\n\n  drive\tdrives # not drife\nstaff\r\n顧客\ncriterion criteria";
    add_lines(&mut inflections, text).unwrap();
    assert_eq!(inflections.singularize("hard_drives"), "hard_drive");
    assert_eq!(inflections.pluralize("staff"), "staff");
    assert_eq!(inflections.pluralize("顧客"), "顧客");
    assert_eq!(inflections.pluralize("criterion"), "criteria");
}

#[test]
fn a_later_line_wins() {
    let mut inflections = Inflections::english();
    add_lines(&mut inflections, "octopus octopodes\noctopus octopuses\n").unwrap();
    assert_eq!(inflections.pluralize("octopus"), "octopuses");
    assert_eq!(inflections.singularize("octopodes"), "octopus");
}

#[test]
fn every_wrong_line_is_told_with_its_place() {
    let mut inflections = Inflections::english();
    let text = "drive drives\n顧客 a b c # four\n\nx.y xs\n";
    let errors = add_lines(&mut inflections, text).unwrap_err();
    let told: Vec<(&str, String)> = errors
        .iter()
        .map(|LineError { range, problem }| (&text[range.clone()], problem.to_string()))
        .collect();
    let too_many =
        "a line has a singular and its plural, or one uncountable word, and this one has 4 words";
    let not_a_word =
        "the irregular word `x.y` has the character `.`, which Rails reads as part of a pattern";
    assert_eq!(
        told,
        [
            ("顧客 a b c", too_many.to_owned()),
            ("x.y xs", not_a_word.to_owned()),
        ]
    );
    assert_eq!(
        inflections.singularize("drives"),
        "drife",
        "no line was added"
    );
}
