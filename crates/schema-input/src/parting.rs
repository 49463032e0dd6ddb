//! How the settings part and mark a schema's tables: groups, labels and viewpoints, all by names in which `*` stands for
//! anything.

use crate::SchemaReading;
use schema_view::{View, Viewpoint};
use schemafile::{SETTINGS_PATH, Settings, TableGroup, ViewpointSettings};
use std::fmt::Write as _;

/// What the settings say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parting {
    pub(crate) groups: Vec<TableGroup>,
    pub(crate) labels: Vec<TableGroup>,
    pub(crate) viewpoints: Vec<ViewpointSettings>,
}

impl Parting {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self {
            groups: settings.groups.clone(),
            labels: settings.labels.clone(),
            viewpoints: settings.viewpoints.clone(),
        }
    }

    /// Puts labels and viewpoints into a view whose keys are all there.
    pub(crate) fn put(&self, view: &mut View) {
        for label in &self.labels {
            for table in &mut view.tables {
                if label.tables.iter().any(|name| fits(name, &table.name)) {
                    table.labels.push(label.name.clone());
                }
                for column in &mut table.columns {
                    if label
                        .tables
                        .iter()
                        .any(|name| fits_column(name, &table.name, &column.name))
                    {
                        column.labels.push(label.name.clone());
                    }
                }
            }
        }
        view.viewpoints = self
            .viewpoints
            .iter()
            .map(|viewpoint| seen(view, viewpoint))
            .collect();
    }
}

impl SchemaReading {
    /// What the settings part or mark that isn't there, a line each.
    pub(crate) fn parting_of_nothing(&self) -> String {
        let parting = &self.parting;
        if *parting == Parting::default() {
            return String::new();
        }
        let view = self.view();
        let mut text = String::new();
        let mut note = |name: &str, of: &str, what: &str| {
            let _ = writeln!(
                text,
                "note: {SETTINGS_PATH}: `{name}` in the {of} fits no {what}"
            );
        };
        let is_table = |name: &str| view.tables.iter().any(|table| fits(name, &table.name));
        let is_column = |name: &str| {
            view.tables.iter().any(|table| {
                let mut columns = table.columns.iter();
                columns.any(|column| fits_column(name, &table.name, &column.name))
            })
        };
        for group in &parting.groups {
            for name in group.tables.iter().filter(|name| !is_table(name)) {
                note(name, &format!("group `{}`", group.name), "table");
            }
        }
        for label in &parting.labels {
            for name in &label.tables {
                if !is_table(name) && !is_column(name) {
                    note(name, &format!("label `{}`", label.name), "table or column");
                }
            }
        }
        for viewpoint in &parting.viewpoints {
            let of = format!("viewpoint `{}`", viewpoint.name);
            for name in viewpoint.tables.iter().filter(|name| !is_table(name)) {
                note(name, &of, "table");
            }
            for name in &viewpoint.labels {
                if !parting.labels.iter().any(|label| label.name == *name) {
                    note(name, &of, "label");
                }
            }
        }
        text
    }
}

/// The tables of a viewpoint.
fn seen(view: &View, viewpoint: &ViewpointSettings) -> Viewpoint {
    let is_wanted = |label: &String| viewpoint.labels.contains(label);
    let named: Vec<usize> = view
        .tables
        .iter()
        .enumerate()
        .filter(|(_, table)| {
            let mut labels = table
                .labels
                .iter()
                .chain(table.columns.iter().flat_map(|column| &column.labels));
            viewpoint.tables.iter().any(|name| fits(name, &table.name)) || labels.any(is_wanted)
        })
        .map(|(position, _)| position)
        .collect();
    Viewpoint {
        name: viewpoint.name.clone(),
        text: viewpoint.text.clone(),
        tables: view.with_neighbours(&named, viewpoint.distance),
    }
}

/// Whether `table.column` names a column; the name of a table may have a full stop too.
fn fits_column(pattern: &str, table: &str, column: &str) -> bool {
    pattern
        .rsplit_once('.')
        .is_some_and(|(of_table, of_column)| fits(of_table, table) && fits(of_column, column))
}

/// Whether a table's name is the one that was written, in which `*` stands for anything.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemafile::{MemoryLoader, Options, SourceFile};

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, expected) in [
            ("orders", "orders", true),
            ("orders", "orders_old", false),
            ("order*", "orders", true),
            ("*_logs", "mail_logs", true),
            ("*_logs", "mail_logs_2", false),
            ("a*b*c", "axbyc", true),
            ("a*b*c", "ac", false),
            ("ab*ba", "aba", false),
            ("*", "", true),
            ("sales.*", "sales.orders", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    fn reading(settings: &str) -> SchemaReading {
        let text = "create_table(\"users\") { |t| t.string :email }\n\
                    create_table(\"orders\") { |t| t.references :user; t.string :email }\n\
                    create_table(\"lines\") { |t| t.references :order }\ncreate_table(\"logs\") { }\n";
        let read = schemafile::read(
            SourceFile::new("schema/Schemafile", text),
            &MemoryLoader::default(),
            &Options::default(),
        );
        let settings = schemafile::read_settings(SourceFile::new("s", settings)).unwrap();
        let mut reading = SchemaReading::from(read.unwrap());
        reading.parting = Parting::of(&settings);
        reading
    }

    #[test]
    fn labels_mark_tables_and_columns() {
        let view = reading("[labels]\npersonal = [\"users\", \"*.email\"]\n").view();
        let told = view.labelled();
        assert_eq!(
            told,
            [("personal", vec![(0, None), (0, Some(1)), (1, Some(2))])]
        );
    }

    #[test]
    fn a_viewpoint_has_tables_by_name_by_label_and_by_distance() {
        let settings = "[labels]\npersonal = [\"*.email\"]\n[viewpoints.A]\ntables = [\"log*\"]\n\
                        [viewpoints.B]\nlabels = [\"personal\"]\n[viewpoints.C]\ntables = [\"lines\"]\ndistance = 2\n";
        let view = reading(settings).view();
        let tables: Vec<&[usize]> = view.viewpoints.iter().map(|one| &*one.tables).collect();
        assert_eq!(tables, [&[3][..], &[0, 1], &[0, 1, 2]]);
    }

    #[test]
    fn what_fits_nothing_is_told() {
        let settings = "[labels]\na = [\"gone\", \"users.gone\"]\n[viewpoints.V]\ntables = [\"gone*\"]\nlabels = [\"b\"]\n";
        assert_eq!(
            reading(settings).parting_of_nothing(),
            "note: schema/schema.toml: `gone` in the label `a` fits no table or column\n\
             note: schema/schema.toml: `users.gone` in the label `a` fits no table or column\n\
             note: schema/schema.toml: `gone*` in the viewpoint `V` fits no table\n\
             note: schema/schema.toml: `b` in the viewpoint `V` fits no label\n"
        );
        assert_eq!(reading("").parting_of_nothing(), "");
    }
}
