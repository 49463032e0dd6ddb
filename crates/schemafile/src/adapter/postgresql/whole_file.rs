//! What of a Schemafile is known only when all of it was read.

use super::{EnumDefault, in_public};
use crate::dsl::Dsl;
use crate::ruby::Interpreter;
use pg_model::{PostgreSql, QualifiedName, TypeKind};
use pg_text::data_type::plain_name;

impl Dsl<PostgreSql> {
    /// Tells columns by the enum types that stand below them.
    pub(crate) fn find_enums(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        defaults: Vec<EnumDefault>,
    ) {
        let enums: Vec<QualifiedName> = self
            .draft
            .own
            .enums
            .iter()
            .map(|known| known.name.clone())
            .collect();
        let found = |kind: &TypeKind| -> Option<QualifiedName> {
            let TypeKind::Other(text) = kind else {
                return None;
            };
            let name = plain_name(text)?;
            enums
                .iter()
                .any(|known| in_public(known) == in_public(&name))
                .then_some(name)
        };
        for table in self.draft.tables_mut() {
            for column in &mut table.table.columns {
                if let Some(name) = found(&column.data_type.kind) {
                    column.data_type.kind = TypeKind::Enum(name);
                }
            }
        }
        for mut waiting in defaults {
            if let Some(name) = found(&waiting.data_type.kind) {
                waiting.data_type.kind = TypeKind::Enum(name);
            }
            if let Some(problem) = self.enum_problem(&waiting.data_type, &waiting.default.value) {
                let message = format!("column \"{}\": {problem}", waiting.column);
                interpreter.fail(waiting.default.span, message);
            }
        }
    }

    /// Takes back what was only supposed where SQL of the file makes it itself and would fail if it were there.
    pub(crate) fn leave_to_sql(&mut self, extensions: &[String], namespaces: &[String]) {
        let made: Vec<String> = self
            .draft
            .statements
            .iter()
            .filter(|statement| !sql_text::mentions(&statement.sql, "exists"))
            .flat_map(|statement| super::order::extensions_and_schemas(&statement.sql))
            .collect();
        let is_made =
            |implied: &[String], name: &String| implied.contains(name) && made.contains(name);
        self.draft
            .own
            .extensions
            .retain(|extension| !is_made(extensions, &extension.name));
        self.draft
            .own
            .namespaces
            .retain(|namespace| !is_made(namespaces, namespace));
    }
}
