//! What can be wrong with a dump in the store, and with each thing that it needs there.

use std::collections::BTreeMap;

use dump_store::{Item, Kind, Oid, RecipeError};
use serde::Serialize;

/// What is wrong with a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) kind: Fault,
    /// What isn't as it should be; at least one.
    pub(super) parts: Vec<Part>,
}

/// The kinds of what can be wrong with a dump, by the words that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fault {
    Missing,
    InTrash,
    WrongSize,
    Damaged,
    BadRecipe,
    Incomplete,
}

impl Fault {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::InTrash => "in-trash",
            Self::WrongSize => "wrong-size",
            Self::Damaged => "damaged",
            Self::BadRecipe => "bad-recipe",
            Self::Incomplete => "incomplete",
        }
    }
}

/// One thing in the store that isn't as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) item: Item,
    /// Its right size in bytes; 0 where nobody knows it, as of a recipe.
    pub(super) size: u64,
    pub(super) wrong: Wrong,
}

/// How it isn't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    Missing,
    InTrash,
    /// It has this size.
    Size(u64),
    Damaged,
    /// It is a recipe that can't be used.
    Recipe(RecipeError),
    /// It is a recipe that makes something else.
    OtherContent,
}

impl Part {
    pub(super) fn of(item: Item, size: u64, wrong: Wrong) -> Self {
        Self { item, size, wrong }
    }

    /// In words, behind its name.
    pub(super) fn text(&self) -> String {
        match &self.wrong {
            Wrong::Missing => "isn't there".to_owned(),
            Wrong::InTrash => "is in the trash".to_owned(),
            Wrong::Size(found) if self.item.kind == Kind::Recipe => {
                format!("makes {found} bytes and not {}", self.size)
            }
            Wrong::Size(found) => format!("has {found} bytes and not {}", self.size),
            Wrong::Damaged => "is damaged".to_owned(),
            Wrong::Recipe(error) => format!("can't be used: {error}"),
            Wrong::OtherContent => "makes something else".to_owned(),
        }
    }

    /// Whether a later version of this program may know better.
    pub(super) fn is_newer(&self) -> bool {
        matches!(self.wrong, Wrong::Recipe(RecipeError::Version { .. }))
    }
}

impl Finding {
    pub(super) fn one(kind: Fault, part: Part) -> Self {
        Self {
            kind,
            parts: vec![part],
        }
    }

    pub(super) fn is_newer(&self) -> bool {
        self.parts.iter().any(Part::is_newer)
    }
}

/// What was found in all dumps that were checked.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) dumps: BTreeMap<Oid, Finding>,
    /// Recipes that can't be used, of dumps that are there whole.
    pub(super) needless: BTreeMap<Oid, Part>,
}
