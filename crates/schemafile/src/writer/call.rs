//! A call of the DSL in the making.

use super::ruby::string;

/// A call with its arguments and options so far.
#[derive(Debug)]
pub(crate) struct Call {
    text: String,
    has_arguments: bool,
}

impl Call {
    /// A call of that name.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            text: name.to_owned(),
            has_arguments: false,
        }
    }

    /// Adds an argument, written as Ruby.
    pub(crate) fn argument(mut self, ruby: &str) -> Self {
        self.text
            .push_str(if self.has_arguments { ", " } else { " " });
        self.text.push_str(ruby);
        self.has_arguments = true;
        self
    }

    /// Adds an option, its value written as Ruby.
    pub(crate) fn option(self, name: &str, ruby: &str) -> Self {
        self.argument(&format!("{name}: {ruby}"))
    }

    /// Adds an option that is a text, when there is one.
    pub(crate) fn text(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.option(name, &string(value)),
            None => self,
        }
    }

    /// Adds `name: true`, when it is.
    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        if value {
            self.option(name, "true")
        } else {
            self
        }
    }

    /// Adds an option whose value is Ruby, when there is one.
    pub(crate) fn maybe(self, name: &str, ruby: Option<&str>) -> Self {
        match ruby {
            Some(ruby) => self.option(name, ruby),
            None => self,
        }
    }

    /// The call as Ruby.
    pub(crate) fn finish(self) -> String {
        self.text
    }
}
