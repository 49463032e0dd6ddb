//! Relations that no foreign key says, but names do: `user_id` is the id of one of the `users`.
//!
//! Many schemas have no foreign keys, or few, and a picture without lines shows nothing. What is taken for a relation is
//! what ActiveRecord takes for one by itself, where types agree: a column `NAME_id` and a table with the plural of NAME, or
//! with a beginning that both tables share before it, as models in a module have; `parent_id` in a table without such a plural is of the table itself. A column with a `NAME_type` beside it leads to
//! several tables, and to none here.

use crate::{Column, Key, Table, View};
use std::collections::BTreeMap;

impl View {
    /// Adds the relations that names say. Whoever knows how names of tables are formed gives their plurals.
    pub fn add_keys_by_name(&mut self, plural: &dyn Fn(&str) -> String) {
        let names = Names {
            view: self,
            positions: self.positions(),
        };
        let tables = self.tables.iter().enumerate();
        let found: Vec<Vec<Key>> = tables
            .map(|(position, table)| names.keys(position, table, plural))
            .collect();
        for (table, keys) in self.tables.iter_mut().zip(found) {
            table.keys.extend(keys);
        }
    }
}

/// A schema's tables by their names.
struct Names<'v> {
    view: &'v View,
    positions: BTreeMap<&'v str, usize>,
}

impl Names<'_> {
    fn keys(&self, position: usize, table: &Table, plural: &dyn Fn(&str) -> String) -> Vec<Key> {
        // A part has the relations of its whole.
        if table.partition_of.is_some() {
            return Vec::new();
        }
        let mut keys = Vec::new();
        for column in &table.columns {
            let Some(name) = column.name.strip_suffix("_id") else {
                continue;
            };
            if table.is_in_key(&column.name) || table.column(&format!("{name}_type")).is_some() {
                continue;
            }
            let plural = plural(name);
            let target = self
                .named(table, &plural)
                .or_else(|| self.beside(position, table, &plural))
                .or_else(|| (name == "parent").then_some(position));
            let target = target.filter(|target| fits(column, &self.view.tables[*target]));
            keys.extend(target.map(|target| {
                let other = &self.view.tables[target];
                Key {
                    columns: vec![column.name.clone()],
                    table: other.name.clone(),
                    target: Some(target),
                    referenced_columns: other.primary_key.clone(),
                    by_name: true,
                    ..Key::default()
                }
            }));
        }
        keys
    }

    /// The table that has that name behind a beginning of this one's own name: `spree_line_items` are of `spree_orders`.
    fn beside(&self, position: usize, table: &Table, name: &str) -> Option<usize> {
        let own = &table.name;
        let ends = own.rmatch_indices('_').map(|(at, _)| at + 1);
        let mut found = ends.filter_map(|end| self.named(table, &format!("{}{name}", &own[..end])));
        found.find(|found| *found != position)
    }

    /// The table of that name, in the same schema if there is one.
    fn named(&self, near: &Table, name: &str) -> Option<usize> {
        let position = |name: &str| self.positions.get(name).copied();
        let schema = near.schema.as_ref();
        let beside = schema.and_then(|schema| position(&format!("{schema}.{name}")));
        beside.or_else(|| position(name))
    }
}

/// Whether a column can hold a table's keys.
fn fits(column: &Column, table: &Table) -> bool {
    let [key] = &table.primary_key[..] else {
        return false;
    };
    table.column(key).is_some_and(|key| {
        key.type_text == column.type_text
            || (key.class == column.class && column.class == crate::TypeClass::Integer)
    })
}

#[cfg(test)]
mod tests {
    use crate::TypeClass;
    use crate::testing::view;

    #[test]
    fn names_say_relations_where_no_key_does() {
        // `testing::view` gives each table an `id`, and a `TARGET_id` for each key.
        let mut view = view(&[("users", &[]), ("posts", &["users"]), ("tags", &[])]);
        for table in &mut view.tables {
            for column in &mut table.columns {
                column.type_text = "bigint".into();
                column.class = TypeClass::Integer;
            }
        }
        let add = |view: &mut crate::View, table: usize, name: &str, class: TypeClass| {
            let mut column = view.tables[table].columns[0].clone();
            column.name = name.into();
            column.class = class;
            column.type_text = format!("{class:?}");
            view.tables[table].columns.push(column);
        };
        view.tables[1].name = "blog_posts".into();
        view.tables[2].name = "blog_tags".into();
        for name in ["user_id", "parent_id", "owner_id", "post_id", "tag_id"] {
            add(&mut view, 1, name, TypeClass::Integer);
        }
        add(&mut view, 2, "user_id", TypeClass::Text);
        add(&mut view, 2, "post_id", TypeClass::Integer);
        add(&mut view, 2, "post_type", TypeClass::Text);
        view.add_keys_by_name(&|name| format!("{name}s"));
        let found: Vec<(&str, &str)> = view
            .tables
            .iter()
            .flat_map(|table| &table.keys)
            .filter(|key| key.by_name)
            .map(|key| (key.columns[0].as_str(), key.table.as_str()))
            .collect();
        // `users_id` has a key, and a post isn't its own.
        assert_eq!(
            found,
            [
                ("user_id", "users"),
                ("parent_id", "blog_posts"),
                ("tag_id", "blog_tags")
            ]
        );
    }
}
