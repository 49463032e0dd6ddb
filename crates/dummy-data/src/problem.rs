//! What is wrong, or was assumed, as sentences for the user.

use crate::settings::{Place, Span};
use std::fmt;
use value_model::Remark;

/// Something that the user should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where: `users.email`, or `schema/masters/kinds.csv:3:7`.
    pub place: String,
    /// What, and why.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in the configuration's text, if it is a problem of that.
    pub span: Option<Span>,
}

impl Problem {
    /// A problem at a place.
    pub fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            text: text.into(),
            hint: None,
            span: None,
        }
    }

    /// A problem at a place in the configuration.
    pub fn configured(span: Span, text: impl Into<String>) -> Self {
        Self {
            span: Some(span),
            ..Self::new("configuration", text)
        }
    }

    /// A problem where a fixed row says something.
    pub(crate) fn at(place: &Place, text: impl Into<String>) -> Self {
        match place {
            Place::Configuration(span) => Self::configured(*span, text),
            Place::File(place) => Self::new(place.as_str(), text),
        }
    }

    /// The same with a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with the question whether the nearest of some names was meant, if any is near.
    #[must_use]
    pub fn did_you_mean<'a>(self, wrong: &str, names: impl Iterator<Item = &'a str>) -> Self {
        match nearest_name::nearest(wrong, names) {
            Some(nearest) => self.hint(format!("did you mean `{nearest}`?")),
            None => self,
        }
    }
}

/// So many tables are named where none is near to what was written.
const NAMED_TABLES: usize = 6;

impl Problem {
    /// The same with the table that was meant, or with some that there are.
    #[must_use]
    pub(crate) fn of_tables<'a>(
        self,
        wrong: &str,
        names: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        if nearest_name::nearest(wrong, names.clone()).is_some() {
            return self.did_you_mean(wrong, names);
        }
        let shown: Vec<&str> = names.clone().take(NAMED_TABLES).collect();
        if shown.is_empty() {
            return self;
        }
        let more = if names.count() > NAMED_TABLES {
            ", …"
        } else {
            ""
        };
        self.hint(format!("the tables are {}{more}", shown.join(", ")))
    }
}

impl From<&Remark> for Problem {
    fn from(remark: &Remark) -> Self {
        Self::new(remark.place.as_str(), remark.text.as_str()).hint(remark.hint.as_str())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.text)?;
        if let Some(hint) = &self.hint {
            write!(formatter, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}
