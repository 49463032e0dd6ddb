//! Against words whose forms ActiveSupport itself made.

mod lines;
mod patterns;
mod words;

use super::{InflectionError, Inflections, Pattern, Scope};
use words::{ODD_WORDS, REFERENCES_AND_TABLES, SINGULARS_AND_PLURALS, TABLES_AND_COLUMNS};

#[test]
fn a_key_to_each_table_is_on_the_column_that_rails_takes() {
    let inflections = Inflections::english();
    for (table, column) in TABLES_AND_COLUMNS {
        assert_eq!(inflections.singularize(table), *column);
    }
}

#[test]
fn each_reference_points_to_the_table_that_rails_takes() {
    let inflections = Inflections::english();
    for (reference, table) in REFERENCES_AND_TABLES {
        assert_eq!(inflections.pluralize(reference), *table);
    }
}

#[test]
fn both_forms_of_a_word_stay_and_give_each_other() {
    let inflections = Inflections::english();
    for (singular, plural) in SINGULARS_AND_PLURALS {
        assert_eq!(inflections.pluralize(singular), *plural);
        assert_eq!(inflections.singularize(plural), *singular);
        assert_eq!(inflections.pluralize(plural), *plural);
        assert_eq!(inflections.singularize(singular), *singular);
    }
}

#[test]
fn odd_results_are_those_of_rails() {
    let inflections = Inflections::english();
    for (word, plural, singular) in ODD_WORDS {
        assert_eq!(inflections.pluralize(word), *plural, "plural of {word}");
        assert_eq!(
            inflections.singularize(word),
            *singular,
            "singular of {word}"
        );
    }
}

/// The golden case `inflections_custom`.
#[test]
fn an_application_adds_its_own_rules() {
    let mut inflections = Inflections::english();
    assert_eq!(inflections.singularize("drives"), "drife");
    assert_eq!(inflections.singularize("seed_bonuses"), "seed_bonuse");
    assert_eq!(inflections.pluralize("staff"), "staffs");
    inflections.irregular("drive", "drives").unwrap();
    inflections
        .singular(Pattern::regex(r"bonuses\z", "i").unwrap(), "bonus")
        .unwrap();
    inflections.uncountable(["staff"]).unwrap();
    assert_eq!(inflections.singularize("drives"), "drive");
    assert_eq!(inflections.singularize("seed_bonuses"), "seed_bonus");
    assert_eq!(inflections.pluralize("staff"), "staff");
    assert_eq!(inflections.singularize("staff"), "staff");
}

#[test]
fn an_irregular_word_keeps_its_first_letter_where_both_forms_share_it() {
    let mut inflections = Inflections::english();
    inflections.irregular("café", "cafétéries").unwrap();
    assert_eq!(inflections.pluralize("CAFÉ"), "Cafétéries");
    assert_eq!(inflections.pluralize("my_café"), "my_cafétéries");
    assert_eq!(inflections.singularize("Cafétéries"), "Café");
    assert_eq!(inflections.singularize("café"), "café");
}

#[test]
fn an_irregular_word_of_two_first_letters_takes_the_case_of_the_one_replaced() {
    let mut inflections = Inflections::english();
    inflections.irregular("cow", "kine").unwrap();
    assert_eq!(inflections.pluralize("cow"), "kine");
    assert_eq!(inflections.pluralize("Cow"), "Kine");
    assert_eq!(inflections.pluralize("COW"), "Kine");
    assert_eq!(inflections.pluralize("kine"), "kine");
    assert_eq!(inflections.singularize("milk_Kine"), "milk_Cow");
}

#[test]
fn a_rule_that_names_an_uncountable_word_makes_it_countable() {
    let mut inflections = Inflections::english();
    inflections.irregular("fish", "fishes").unwrap();
    assert_eq!(inflections.pluralize("fish"), "fishes");
    inflections.plural(Pattern::text("rice"), "rices").unwrap();
    assert_eq!(inflections.pluralize("rice"), "rices");
    let money = Pattern::regex("moneys$", "").unwrap();
    inflections.singular(money, "money").unwrap();
    assert_eq!(inflections.pluralize("money"), "moneys");
    assert_eq!(inflections.pluralize("sheep"), "sheep");
}

#[test]
fn an_uncountable_word_ends_a_name_from_a_words_edge() {
    let mut inflections = Inflections::english();
    inflections.uncountable(["Staff", "顧客"]).unwrap();
    assert_eq!(inflections.pluralize("STAFF"), "STAFF");
    assert_eq!(inflections.pluralize("the staff"), "the staff");
    assert_eq!(inflections.pluralize("my_staff"), "my_staffs");
    assert_eq!(inflections.pluralize("顧staff"), "顧staffs");
    assert_eq!(inflections.pluralize("顧客"), "顧客");
    assert_eq!(inflections.pluralize("旧顧客"), "旧顧客s");
}

#[test]
fn what_is_cleared_is_forgotten() {
    let forms = |scope| {
        let mut inflections = Inflections::english();
        inflections.clear(scope);
        ["box", "boxes", "sheep"]
            .map(|word| [inflections.pluralize(word), inflections.singularize(word)].join(" "))
    };
    let untouched = ["boxes box", "boxes box", "sheep sheep"];
    assert_eq!(forms(Scope::named("humans").unwrap()), untouched);
    assert_eq!(forms(Scope::named("acronyms").unwrap()), untouched);
    let without_plurals = ["box box", "boxes box", "sheep sheep"];
    assert_eq!(forms(Scope::named("plurals").unwrap()), without_plurals);
    let without_singulars = ["boxes box", "boxes boxes", "sheep sheep"];
    assert_eq!(forms(Scope::named("singulars").unwrap()), without_singulars);
    let all_countable = ["boxes box", "boxes box", "sheeps sheep"];
    assert_eq!(forms(Scope::named("uncountables").unwrap()), all_countable);
    let nothing = ["box box", "boxes boxes", "sheep sheep"];
    assert_eq!(forms(Scope::named("all").unwrap()), nothing);
    assert_eq!(
        Scope::named("plural").unwrap_err().to_string(),
        "`plural` isn't a kind of inflection that can be cleared"
    );
}

#[test]
fn words_that_rails_would_not_take_are_refused() {
    let mut inflections = Inflections::english();
    assert_eq!(
        inflections.irregular("", "x"),
        Err(InflectionError::EmptyWord)
    );
    assert_eq!(
        inflections.uncountable(["x", ""]),
        Err(InflectionError::EmptyWord)
    );
    assert_eq!(
        inflections
            .irregular("data", "data(s)")
            .unwrap_err()
            .to_string(),
        "the irregular word `data(s)` has the character `(`, which Rails reads as part of a pattern"
    );
    assert_eq!(inflections.pluralize("x"), "xes", "nothing was added");
}
