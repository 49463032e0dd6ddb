//! What a schema has beside tables: views, functions, types and the like.

use crate::{Column, Index, Place, View};

/// Something beside tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Object {
    /// What it is, as SQL calls it: `view`, `materialized view`, `function`, `enum`, `domain`. Empty for a statement of
    /// which nothing is known but its text.
    pub kind: String,
    /// Its name, with the schema where that isn't the usual one; empty where it has none.
    pub name: String,
    /// The types of what a function takes, as the source spells them.
    pub arguments: Option<String>,
    /// The comment on it.
    pub comment: Option<String>,
    /// The statement that makes it; empty for an enum that no statement makes.
    pub sql: String,
    /// Further statements about it alone.
    pub further: Vec<String>,
    /// Labels of an enum, in their order.
    pub labels: Vec<String>,
    /// Columns of a view, as far as its statement names them; a type is empty where only the server knows it.
    pub columns: Vec<Column>,
    /// Indexes of a materialized view.
    pub indexes: Vec<Index>,
    /// What its statement speaks of.
    pub uses: Vec<Target>,
    /// Where it is defined.
    pub place: Option<Place>,
    /// The statement that it was read from.
    pub origin: Option<Origin>,
}

/// One of the schema's statements, and a line in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The statement's position.
    pub statement: usize,
    /// How many of its lines stand before.
    pub line: usize,
}

/// Something that SQL speaks of, by its position in the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A table.
    Table(usize),
    /// Something beside tables.
    Object(usize),
}

/// For tables and for what is beside them, who speaks of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Users {
    /// Of each table; foreign keys are no part of it.
    pub of_tables: Vec<Vec<Target>>,
    /// Of each thing beside tables.
    pub of_objects: Vec<Vec<Target>>,
}

impl Object {
    /// Its name, with the types that tell a function from others of its name.
    pub fn title(&self) -> String {
        match &self.arguments {
            Some(arguments) => format!("{}({arguments})", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether it is more than a statement: it has a kind and a name to be found by.
    pub fn is_known(&self) -> bool {
        !self.kind.is_empty() && !self.name.is_empty()
    }
}

impl View {
    /// Who speaks of what.
    pub fn users(&self) -> Users {
        let mut users = Users {
            of_tables: vec![Vec::new(); self.tables.len()],
            of_objects: vec![Vec::new(); self.objects.len()],
        };
        let mut note = |user: Target, used: Target| {
            let list = match used {
                Target::Table(position) => users.of_tables.get_mut(position),
                Target::Object(position) => users.of_objects.get_mut(position),
            };
            if let Some(list) = list.filter(|list| !list.contains(&user)) {
                list.push(user);
            }
        };
        for (position, table) in self.tables.iter().enumerate() {
            let of_columns = table.columns.iter().flat_map(|column| &column.uses);
            for used in of_columns.chain(table.triggers.iter().flat_map(|one| &one.uses)) {
                note(Target::Table(position), *used);
            }
            for used in &table.uses {
                note(Target::Table(position), *used);
            }
        }
        for (position, object) in self.objects.iter().enumerate() {
            for used in &object.uses {
                note(Target::Object(position), *used);
            }
        }
        users
    }

    /// The name of what a target is.
    pub fn title(&self, target: Target) -> String {
        match target {
            Target::Table(position) => self.tables[position].name.clone(),
            Target::Object(position) => self.objects[position].title(),
        }
    }
}
