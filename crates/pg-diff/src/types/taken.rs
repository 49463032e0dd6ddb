//! Names that types can't have.

use super::Aside;
use crate::sources::Sources;
use pg_model::{QualifiedName, Schema};
use pg_text::object::{Kind, Object};

/// Names that are in use.
pub(super) struct Taken<'b> {
    pub(super) old: &'b Schema,
    pub(super) new: &'b Schema,
    pub(super) sources: &'b Sources<'b>,
}

impl Taken<'_> {
    /// Whether the new schema has a type of a name that is no table's.
    pub(super) fn is_new_type(&self, name: &QualifiedName) -> bool {
        let mut objects = self
            .sources
            .new
            .iter()
            .filter_map(|source| source.object.as_ref());
        self.new.own.enum_type(name).is_some()
            || objects.any(|object| {
                matches!(object.kind, Kind::Domain | Kind::Type) && object.name == *name
            })
    }

    /// Whether something of the new schema has the name of a type.
    pub(super) fn by_new(&self, name: &QualifiedName) -> bool {
        let objects = self
            .sources
            .new
            .iter()
            .filter_map(|source| source.object.as_ref());
        self.new.table(name).is_some()
            || self.new.own.enum_type(name).is_some()
            || objects
                .into_iter()
                .any(|object| is_typed(object) && object.name == *name)
    }

    fn by_old(&self, name: &QualifiedName) -> bool {
        self.old.table(name).is_some()
            || self.old.own.enum_type(name).is_some()
            || self
                .sources
                .objects()
                .any(|(_, object)| is_typed(object) && object.name == *name)
    }

    /// A name for an old type that nothing has, no longer than PostgreSQL keeps.
    pub(super) fn free(&self, name: &QualifiedName, others: &[Aside]) -> QualifiedName {
        let base = &name.name[..name.name.floor_char_boundary(50)];
        let mut free = QualifiedName {
            schema: name.schema.clone(),
            name: format!("{base}_old"),
        };
        while self.by_new(&free)
            || self.by_old(&free)
            || others.iter().any(|other| other.until_then == free)
        {
            free.name.push('_');
        }
        free
    }
}

fn is_typed(object: &Object) -> bool {
    matches!(
        object.kind,
        Kind::Domain
            | Kind::Type
            | Kind::View
            | Kind::MaterializedView
            | Kind::Table
            | Kind::ForeignTable
    )
}
