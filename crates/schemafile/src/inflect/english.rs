//! The rules for English that every Rails application starts with, as a table.
//!
//! ActiveSupport froze this list long ago (its own copy has not changed between Rails 5.0 and 8.1), so
//! it is data here and needs no version. It knows odd words and misses common ones: `thieves` becomes
//! `thiefe`, `viruses` becomes `viruse`. Such results are names of columns in real databases, so they
//! are kept.
//!
//! Source: `activesupport/lib/active_support/inflections.rb`. The order is the same, oldest first; a
//! rule there that accepts two kinds of stem is two lines here.

use super::rule::{Ending, Stem};
use Stem::{Any, Except, Of};

/// What turns a word into its plural. The last line that fits wins.
pub(super) const PLURALS: &[Ending] = &[
    Ending::of(Any, &[""], "s"),
    Ending::of(Any, &["s"], "s"),
    Ending::of_whole_word(&["ax", "test"], &["is"], "es"),
    Ending::of(Of(&["octop", "vir"]), &["us"], "i"),
    Ending::of(Of(&["octop", "vir"]), &["i"], "i"),
    Ending::of(Of(&["alias", "status"]), &[""], "es"),
    Ending::of(Of(&["bu"]), &["s"], "ses"),
    Ending::of(Of(&["buffal", "tomat"]), &["o"], "oes"),
    Ending::of(Of(&["t", "i"]), &["um"], "a"),
    Ending::of(Of(&["t", "i"]), &["a"], "a"),
    Ending::of(Any, &["sis"], "ses"),
    Ending::of(Except("f"), &["fe"], "ves"),
    Ending::of(Of(&["l", "r"]), &["f"], "ves"),
    Ending::of(Of(&["hive"]), &[""], "s"),
    Ending::of(Except("aeiouy"), &["y"], "ies"),
    Ending::of(Of(&["qu"]), &["y"], "ies"),
    Ending::of(Of(&["x", "ch", "ss", "sh"]), &[""], "es"),
    Ending::of(Of(&["matr", "vert", "ind"]), &["ix", "ex"], "ices"),
    Ending::of_whole_word(&["m", "l"], &["ouse"], "ice"),
    Ending::of_whole_word(&["m", "l"], &["ice"], "ice"),
    Ending::of_whole_word(&["ox"], &[""], "en"),
    Ending::of_whole_word(&["oxen"], &[""], ""),
    Ending::of(Of(&["quiz"]), &[""], "zes"),
];

/// What turns a word into its singular. The last line that fits wins.
pub(super) const SINGULARS: &[Ending] = &[
    Ending::of(Any, &["s"], ""),
    Ending::of(Of(&["ss"]), &[""], ""),
    Ending::of(Of(&["n"]), &["ews"], "ews"),
    Ending::of(Of(&["t", "i"]), &["a"], "um"),
    Ending::of(
        Of(&[
            "analy", "ba", "diagno", "parenthe", "progno", "synop", "the",
        ]),
        &["sis", "ses"],
        "sis",
    ),
    Ending::of_whole_word(&["analy"], &["sis", "ses"], "sis"),
    Ending::of(Except("f"), &["ves"], "fe"),
    Ending::of(Of(&["hive"]), &["s"], ""),
    Ending::of(Of(&["tive"]), &["s"], ""),
    Ending::of(Of(&["l", "r"]), &["ves"], "f"),
    Ending::of(Except("aeiouy"), &["ies"], "y"),
    Ending::of(Of(&["qu"]), &["ies"], "y"),
    Ending::of(Of(&["s"]), &["eries"], "eries"),
    Ending::of(Of(&["m"]), &["ovies"], "ovie"),
    Ending::of(Of(&["x", "ch", "ss", "sh"]), &["es"], ""),
    Ending::of_whole_word(&["m", "l"], &["ice"], "ouse"),
    Ending::of(Of(&["bus"]), &["es", ""], ""),
    Ending::of(Of(&["o"]), &["es"], ""),
    Ending::of(Of(&["shoe"]), &["s"], ""),
    Ending::of(Of(&["cris", "test"]), &["is", "es"], "is"),
    Ending::of_whole_word(&["a"], &["xis", "xes"], "xis"),
    Ending::of(Of(&["octop", "vir"]), &["us", "i"], "us"),
    Ending::of(Of(&["alias", "status"]), &["es", ""], ""),
    // The one rule that looks at a word's beginning: `oxen_carts` becomes `ox_carts`.
    Ending::at_beginning(&["ox"], &["en"], ""),
    Ending::of(Of(&["vert", "ind"]), &["ices"], "ex"),
    Ending::of(Of(&["matr"]), &["ices"], "ix"),
    Ending::of(Of(&["quiz"]), &["zes"], ""),
    Ending::of(Of(&["database"]), &["s"], ""),
];

/// Words with a plural of their own, singular first.
pub(super) const IRREGULARS: &[(&str, &str)] = &[
    ("person", "people"),
    ("man", "men"),
    ("child", "children"),
    ("sex", "sexes"),
    ("move", "moves"),
    ("zombie", "zombies"),
];

/// Words that are their own plural.
pub(super) const UNCOUNTABLES: &[&str] = &[
    "equipment",
    "information",
    "rice",
    "money",
    "species",
    "series",
    "fish",
    "sheep",
    "jeans",
    "police",
];
