//! Looks at a schema, with what its file says beside Ruby: places and groups.

use schema_input::SchemaReading;
use schema_view::{Place, View};
use schemafile::{AnySchema, Places};

/// The view of a schema that was read.
pub(crate) fn look(reading: &SchemaReading) -> View {
    let mut view = match &reading.schema {
        AnySchema::PostgreSql(schema) => schema_view::of_postgresql(schema),
        AnySchema::MySql(schema, server) => schema_view::of_mysql(schema, *server),
    };
    let names = reading.schema.table_names();
    for (table, name) in view.tables.iter_mut().zip(names) {
        let Some(found) = reading.places.tables.get(name) else {
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
    put_groups(&mut view, &reading.places);
    view
}

/// `# group: Sales` holds for all tables below it in its file, until the next one; an empty one ends it.
fn put_groups(view: &mut View, places: &Places) {
    let mut remarks = Vec::new();
    for remark in &places.remarks {
        if let Some(group) = remark.text.strip_prefix("group:") {
            remarks.push((&remark.place, group.trim()));
        }
    }
    for table in &mut view.tables {
        let Some(place) = &table.place else { continue };
        let above = remarks
            .iter()
            .rev()
            .find(|(remark, _)| remark.path == place.path && remark.line < place.line);
        table.group = above
            .map(|(_, group)| (*group).to_owned())
            .filter(|group| !group.is_empty());
    }
}
