//! Names of column types that aren't any, and what was meant by them.

use super::calls::On;
use super::{Dsl, arguments, column};
use crate::adapter::Adapter;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::ruby::{Call, Interpreter};
use crate::source::Span;
use schema_model::Column;
use std::rc::Rc;

impl<A: Adapter> Dsl<A> {
    /// Reports a column type that isn't one. The columns are defined all the same, so that an index on
    /// them isn't an error too.
    pub(crate) fn unknown_type(&mut self, interpreter: &mut Interpreter<'_>, call: &Call) {
        let name = call.name.as_ref();
        let building = self
            .building
            .last()
            .map(|building| Rc::clone(&building.draft.raw));
        let changing = self
            .changing
            .last()
            .and_then(|(table, _)| table.value.as_name());
        let table = building.as_deref().or(changing).unwrap_or_default();
        if let Some(problem) = A::foreign_call(&self.state, call) {
            interpreter.report(problem);
            self.note_unreadable_columns(call);
            return;
        }
        let known = A::COLUMN_METHODS
            .iter()
            .copied()
            .chain(self.known(On::Table).map(|rule| rule.name));
        let hint = crate::ruby::look_alike_advice(name)
            .or_else(|| A::type_advice(call))
            .or_else(|| did_you_mean(name, known))
            .unwrap_or_else(|| A::own_type_advice(call));
        let message = format!("unknown column type `{name}` in table \"{table}\"");
        interpreter.report(Diagnostic::error(call.name_span, message).hint(hint));
        // Which of the known ones fit depends on the type that was meant.
        arguments::options(interpreter, call).refuse_unknown(
            interpreter,
            &column::column_options::<A>(self.is_ridgepole()),
            format_args!("column \"{}\"", first_name(call)),
            self.unknown_options(),
        );
        self.note_unreadable_columns(call);
    }

    fn note_unreadable_columns(&mut self, call: &Call) {
        for argument in &call.arguments {
            if let Some(column) = argument.value.as_name() {
                self.note_unreadable_column(column, argument.span);
            }
        }
    }

    /// Adds a column about which an error was reported.
    fn note_unreadable_column(&mut self, name: &str, span: Span) {
        if let Some(building) = self.building.last_mut()
            && building.draft.column(name).is_none()
        {
            let column = Column::new(name, A::unknown_type());
            building.draft.put_column(column, span);
        }
    }
}

/// The name of the column that a call is about.
fn first_name(call: &Call) -> &str {
    call.arguments
        .first()
        .and_then(|argument| argument.value.as_name())
        .unwrap_or_default()
}
