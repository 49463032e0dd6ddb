//! Types that the file must make before a column can have them: enum types, and those of extensions.

use super::catalog;
use super::types::{self, ColumnType};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::dsl::Dsl;
use crate::dsl::column::TypeName;
use crate::ruby::Interpreter;
use crate::source::Span;
use pg_model::{DataType, PostgreSql, TypeKind};
use pg_text::data_type::{before_modifiers, head, plain_name, read};

impl Dsl<PostgreSql> {
    /// Tells enum types from misspelt ones, and sees to it that the extension of a type is there.
    pub(crate) fn check_type(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        column_type: &mut ColumnType,
        type_name: &TypeName,
        enum_place: Option<Span>,
    ) {
        let extension = match &column_type.data_type.kind {
            TypeKind::Citext => Some("citext"),
            TypeKind::Hstore => Some("hstore"),
            TypeKind::Ltree => Some("ltree"),
            TypeKind::Other(text) => catalog::extension_of_type(&head(text)),
            _ => None,
        };
        if let Some(extension) = extension {
            self.need_extension(
                interpreter,
                extension,
                type_name.span,
                |name| format!("type {name} needs `enable_extension \"{extension}\"`"),
                &head(&types::describe(&DataType::scalar(
                    column_type.data_type.kind.clone(),
                ))),
            );
            return;
        }
        let name = match &column_type.data_type.kind {
            TypeKind::Enum(name) => name.clone(),
            TypeKind::Other(text) => {
                let base = before_modifiers(text);
                let is_known = !matches!(read(base).data_type.kind, TypeKind::Other(_));
                if is_known {
                    let shown = types::describe(&column_type.data_type);
                    interpreter.report(
                        Diagnostic::error(
                            type_name.span,
                            format!("PostgreSQL takes no type \"{shown}\""),
                        )
                        .hint(format!("look at what stands behind `{base}`")),
                    );
                    return;
                }
                match plain_name(base) {
                    Some(name) => name,
                    None => return,
                }
            }
            _ => return,
        };
        let is_enum_column = enum_place.is_some();
        if self.draft.enum_type(&name).is_some() {
            column_type.data_type.kind = TypeKind::Enum(name);
            return;
        }
        if catalog::OTHER_TYPES.contains(&name.name.as_str()) {
            return;
        }
        let unknown_extension = self
            .draft
            .own
            .extensions
            .iter()
            .any(|extension| catalog::known_extension(&extension.name).is_none());
        let was_told = self.perhaps_made.contains(&name.name);
        if was_told || self.draft.sql_mentions(&name.name) || unknown_extension {
            if is_enum_column {
                column_type.data_type.kind = TypeKind::Enum(name);
            }
            return;
        }
        let place = enum_place.unwrap_or(type_name.span);
        let enums: Vec<String> = self
            .draft
            .own
            .enums
            .iter()
            .map(|known| known.name.name.clone())
            .collect();
        let known = enums
            .iter()
            .map(String::as_str)
            .chain(catalog::TYPE_NAMES.iter().copied());
        let hint = did_you_mean(&name.name, known);
        if is_enum_column {
            column_type.data_type.kind = TypeKind::Enum(name.clone());
        }
        let diagnostic = if self.is_ridgepole() && hint.is_none() {
            Diagnostic::warning(
                place,
                format!(
                    "type \"{name}\" isn't defined here, so the SQL needs a database that has it"
                ),
            )
            .hint(format!("define it: `create_enum \"{name}\", [...]`"))
        } else {
            let message = if is_enum_column {
                format!("enum type \"{name}\" is not defined by create_enum")
            } else {
                format!("PostgreSQL has no type \"{name}\"")
            };
            Diagnostic::error(place, message).maybe_hint(hint)
        };
        if self.is_ridgepole() {
            // What makes it may stand further down.
            self.state.unknown_types.push((name, diagnostic));
        } else {
            self.perhaps_made.insert(name.name);
            interpreter.report(diagnostic);
        }
    }

    /// Sees to it that the extension of a function in an expression is there.
    pub(crate) fn check_functions(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        sql: &str,
        span: Span,
    ) {
        if let Some((extension, function)) = catalog::extension_of_expression(sql) {
            self.need_extension(
                interpreter,
                extension,
                span,
                |name| format!("function {name}() needs `enable_extension \"{extension}\"`"),
                function,
            );
        }
    }

    fn need_extension(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        extension: &str,
        span: Span,
        message: impl Fn(&str) -> String,
        name: &str,
    ) {
        if self.perhaps_made.contains(extension) || self.perhaps_made.contains(name) {
            return;
        }
        if self.draft.has_extension(extension)
            || self.draft.sql_mentions(extension)
            || self.draft.sql_mentions(name)
        {
            return;
        }
        if self.is_ridgepole() {
            // ridgepole's DSL can't ask for it, so its users have it in their database already.
            self.draft.own.extensions.push(pg_model::Extension {
                name: extension.to_owned(),
                schema: None,
            });
            self.state.implied_extensions.push(extension.to_owned());
            return;
        }
        // What else needs it isn't told once more.
        self.perhaps_made.insert(extension.to_owned());
        interpreter.fail(span, message(name));
    }
}
