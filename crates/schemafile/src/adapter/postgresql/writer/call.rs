//! A call of the DSL in the making.

use super::ruby::string;
use pg_model::Deferrability;

/// A call with its arguments and options so far.
#[derive(Debug)]
pub(super) struct Call {
    text: String,
    has_arguments: bool,
}

impl Call {
    /// A call of that name.
    pub(super) fn new(name: &str) -> Self {
        Self {
            text: name.to_owned(),
            has_arguments: false,
        }
    }

    /// Adds an argument, written as Ruby.
    pub(super) fn argument(mut self, ruby: &str) -> Self {
        self.text
            .push_str(if self.has_arguments { ", " } else { " " });
        self.text.push_str(ruby);
        self.has_arguments = true;
        self
    }

    /// Adds an option, its value written as Ruby.
    pub(super) fn option(self, name: &str, ruby: &str) -> Self {
        self.argument(&format!("{name}: {ruby}"))
    }

    /// Adds an option that is a text, when there is one.
    pub(super) fn text(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.option(name, &string(value)),
            None => self,
        }
    }

    /// Adds `name: true`, when it is.
    pub(super) fn flag(self, name: &str, value: bool) -> Self {
        if value {
            self.option(name, "true")
        } else {
            self
        }
    }

    /// Adds when a constraint is checked.
    pub(super) fn deferrable(self, deferrable: Deferrability) -> Self {
        match deferrable {
            Deferrability::NotDeferrable => self,
            Deferrability::InitiallyImmediate => self.option("deferrable", ":immediate"),
            Deferrability::InitiallyDeferred => self.option("deferrable", ":deferred"),
        }
    }

    /// The call as Ruby.
    pub(super) fn finish(self) -> String {
        self.text
    }
}
