//! A schema that was read, as people look at it: with its places, and with the groups that its files and the settings say.

use crate::SchemaReading;
use crate::parting::fits;
use schema_view::{Origin, Place, View};
use schemafile::{AnySchema, Places, Plurals, TableGroup};
use std::collections::BTreeMap;

impl SchemaReading {
    /// The view of it.
    pub fn view(&self) -> View {
        let mut view = match &self.schema {
            AnySchema::PostgreSql(schema) => schema_view::of_postgresql(schema),
            AnySchema::MySql(schema, server) => schema_view::of_mysql(schema, *server),
        };
        let names = self.schema.table_names();
        for (table, name) in view.tables.iter_mut().zip(names) {
            let Some(found) = self.places.tables.get(name) else {
                continue;
            };
            table.place = Some(Place {
                path: found.place.path.clone(),
                line: found.place.line,
            });
            for (column, line) in table.columns.iter_mut().zip(&found.columns) {
                column.line = *line;
            }
        }
        self.put_places_of_objects(&mut view);
        put_groups(&mut view, &self.places, &self.parting.groups);
        let plurals = Plurals::new(self.words.as_ref());
        view.add_keys_by_name(&|name| plurals.of(name));
        self.parting.put(&mut view);
        view
    }

    /// Says where triggers and what is beside tables are defined, as far as the source has calls for it.
    fn put_places_of_objects(&self, view: &mut View) {
        let of_statement = |origin: Option<Origin>| {
            let origin = origin?;
            let found = self.places.statements.get(origin.statement)?;
            Some(Place {
                path: found.path.clone(),
                line: found.line + origin.line,
            })
        };
        for trigger in view.tables.iter_mut().flat_map(|table| &mut table.triggers) {
            trigger.place = of_statement(trigger.origin);
        }
        let types = self.places.types.iter();
        let types: BTreeMap<String, &schemafile::Place> = types
            .map(|(name, place)| (name.to_string(), place))
            .collect();
        for object in &mut view.objects {
            object.place = of_statement(object.origin).or_else(|| {
                let found = types
                    .get(&object.name)
                    .or_else(|| types.get(&format!("public.{}", object.name)))?;
                Some(Place {
                    path: found.path.clone(),
                    line: found.line,
                })
            });
        }
    }
}

/// `# group: Sales` holds for all tables below it in its file, until the next one; an empty one ends it. Where no file says
/// anything, the settings do: the first group that a table fits.
fn put_groups(view: &mut View, places: &Places, groups: &[TableGroup]) {
    let mut remarks = Vec::new();
    for remark in &places.remarks {
        if let Some(group) = remark.text.strip_prefix("group:") {
            remarks.push((&remark.place, group.trim()));
        }
    }
    for table in &mut view.tables {
        let above = table.place.as_ref().and_then(|place| {
            remarks
                .iter()
                .rev()
                .find(|(remark, _)| remark.path == place.path && remark.line < place.line)
        });
        let said = above
            .map(|(_, group)| (*group).to_owned())
            .filter(|group| !group.is_empty());
        let kept = || {
            let fitting = groups
                .iter()
                .find(|group| group.tables.iter().any(|name| fits(name, &table.name)));
            fitting.map(|group| group.name.clone())
        };
        table.group = said.or_else(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemafile::{MemoryLoader, Options, SourceFile};

    #[test]
    fn what_is_beside_tables_has_its_place() {
        let text = "create_enum \"mood\", [\"glad\"]\ncreate_table(\"users\") { }\nexecute <<~SQL\n  CREATE VIEW a AS SELECT 1;\n\n  \
                    CREATE VIEW b AS SELECT 2\nSQL\nexecute \"CREATE TRIGGER t BEFORE UPDATE ON users EXECUTE FUNCTION f()\"\n";
        let reading = schemafile::read(
            SourceFile::new("schema/Schemafile", text),
            &MemoryLoader::default(),
            &Options::default(),
        );
        let view = SchemaReading::from(reading.unwrap()).view();
        let lines: Vec<(&str, usize)> = view
            .objects
            .iter()
            .map(|object| {
                let place = object.place.as_ref().unwrap();
                assert_eq!(place.path, "schema/Schemafile");
                (object.name.as_str(), place.line)
            })
            .collect();
        assert_eq!(lines, [("mood", 1), ("a", 4), ("b", 6)]);
        let trigger = view.tables[0].triggers[0].place.as_ref();
        assert_eq!(trigger.map(|place| place.line), Some(8));
    }

    #[test]
    fn groups_of_the_settings_hold_where_no_file_says_one() {
        let text = "create_table(\"orders\") { }\ncreate_table(\"users\") { }\n# group: Stock\ncreate_table(\"order_boxes\") { }\n";
        let reading = schemafile::read(
            SourceFile::new("schema/Schemafile", text),
            &MemoryLoader::default(),
            &Options::default(),
        );
        let mut reading = SchemaReading::from(reading.unwrap());
        let group = |name: &str, tables: &[&str]| TableGroup {
            name: name.to_owned(),
            tables: tables.iter().map(|name| (*name).to_owned()).collect(),
        };
        reading.parting.groups = vec![group("Sales", &["order*"]), group("All", &["*s", "gone"])];
        let found: Vec<Option<String>> = reading
            .view()
            .tables
            .into_iter()
            .map(|table| table.group)
            .collect();
        let found: Vec<&str> = found.iter().flatten().map(String::as_str).collect();
        assert_eq!(found, ["Sales", "All", "Stock"]);
        assert_eq!(
            reading.parting_of_nothing(),
            "note: schema/schema.toml: `gone` in the group `All` fits no table\n"
        );
    }
}
