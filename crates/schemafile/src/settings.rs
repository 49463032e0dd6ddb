//! `schema/schema.toml`: how a team's schema is read, for as long as a command line says nothing else.
//!
//! The same Schemafile makes other SQL by the rules of another ActiveRecord, or with other irregular words. So what
//! decides it stands in the repository, where both generators, CI and every machine find it. No file is read here.

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::source::{SourceFile, Sources, Span, offset, to_index};
use crate::{Database, Frontend, RailsVersion};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where the settings of a repository are, from its root.
pub const SETTINGS_PATH: &str = "schema/schema.toml";

/// What the file says. A key that isn't there says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The Schemafile or schema.rb, from the repository's root.
    pub schemafile: Option<String>,
    /// Which database the schema is for.
    pub database: Option<Database>,
    /// The line that says so, from 1.
    pub database_line: Option<usize>,
    /// The version whose rules a file follows that names none.
    pub rails_version: Option<RailsVersion>,
    /// Whose rules a file follows at its top level.
    pub frontend: Option<Frontend>,
    /// The file of the application's own words, from the repository's root.
    pub inflections: Option<String>,
    /// Whether the SQL has the tables in which Rails keeps its own state.
    pub rails_metadata: Option<bool>,
    /// Which tables belong together for people, in the file's order.
    pub groups: Vec<TableGroup>,
    /// What tables and columns are marked as, in the file's order.
    pub labels: Vec<TableGroup>,
    /// Parts of the schema that somebody looks at for a reason, in the file's order.
    pub viewpoints: Vec<ViewpointSettings>,
}

/// A part of the schema that somebody looks at for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ViewpointSettings {
    /// What it is called.
    pub name: String,
    /// What it shows, in a sentence.
    pub text: Option<String>,
    /// Names of its tables, in which `*` stands for anything.
    pub tables: Vec<String>,
    /// Labels: tables that have one, or a column that has one, are part of it.
    pub labels: Vec<String>,
    /// Tables that so many keys lead to, from these or to these, are part of it too.
    pub distance: usize,
}

/// Tables that are shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableGroup {
    /// What they are called together.
    pub name: String,
    /// Their names, in which `*` stands for anything.
    pub tables: Vec<String>,
}

/// A key of the file, with what it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingsKey {
    /// Its name.
    pub name: &'static str,
    /// An example of its value, as TOML has it.
    pub example: &'static str,
    /// What it says.
    pub help: &'static str,
}

/// Every key that the file may have, in the order in which it is written.
pub const SETTINGS_KEYS: &[SettingsKey] = &[
    SettingsKey {
        name: "schemafile",
        example: "\"db/schema.rb\"",
        help: "the Schemafile or schema.rb, from the repository's root",
    },
    SettingsKey {
        name: "database",
        example: "\"mysql\"",
        help: "`postgresql`, `mysql` or `mariadb`, where the file doesn't say",
    },
    SettingsKey {
        name: "rails_version",
        example: "\"8.1\"",
        help: "ActiveRecord's version, where the file names none",
    },
    SettingsKey {
        name: "frontend",
        example: "\"ridgepole\"",
        help: "whose DSL the file speaks, `ridgepole` or `rails`; else told from the file",
    },
    SettingsKey {
        name: "inflections",
        example: "\"schema/inflections.rb\"",
        help: "the application's own irregular words, from the repository's root",
    },
    SettingsKey {
        name: "rails_metadata",
        example: "true",
        help: "whether the SQL has Rails' own two tables",
    },
    SettingsKey {
        name: "groups",
        example: "{ Sales = [\"orders\", \"order_*\"] }",
        help: "tables that diagrams show together, by names in which `*` stands for anything",
    },
    SettingsKey {
        name: "labels",
        example: "{ personal = [\"users.email\", \"addresses\"] }",
        help: "what tables, or columns (`table.column`), are marked as; `*` stands for anything",
    },
    SettingsKey {
        name: "viewpoints",
        example: "{ Checkout = { text = \"From basket to parcel\", tables = [\"order*\"], distance = 1 } }",
        help: "parts of the schema with a page each, by `tables`, `labels`, or both; `distance` adds neighbours",
    },
];

/// Reads the file's text.
///
/// # Errors
/// Everything that is wrong with it, each at its place.
pub fn read_settings(file: SourceFile) -> Result<Settings, Diagnostics> {
    let mut sources = Sources::default();
    let number = match sources.add(file) {
        Ok(number) => number,
        Err(problem) => return Err(Diagnostics::new(vec![problem], sources)),
    };
    let text = sources
        .file(number)
        .map(|file| file.text.clone())
        .unwrap_or_default();
    let mut reader = Reader {
        file: number,
        text: &text,
        problems: Vec::new(),
    };
    let settings = reader.settings();
    if reader.problems.is_empty() {
        Ok(settings)
    } else {
        Err(Diagnostics::new(reader.problems, sources))
    }
}

struct Reader<'t> {
    file: u32,
    text: &'t str,
    problems: Vec<Diagnostic>,
}

type Entry<'v, 'i> = &'v Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn settings(&mut self) -> Settings {
        let (document, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let span = self.span(error.span().unwrap_or(0..0));
            let message = format!("this isn't TOML: {}", error.message());
            self.problems.push(Diagnostic::error(span, message));
        }
        let table = document.get_ref();
        for key in table.keys() {
            let name = key.get_ref();
            let names = || SETTINGS_KEYS.iter().map(|known| known.name);
            if !names().any(|known| known == name.as_ref()) {
                let hint = did_you_mean(name, names()).unwrap_or_else(|| {
                    format!("the keys are {}", names().collect::<Vec<_>>().join(", "))
                });
                let message = format!("there is no key `{name}`");
                let span = self.span(key.span());
                self.problems
                    .push(Diagnostic::error(span, message).hint(hint));
            }
        }
        Settings {
            schemafile: table
                .get("schemafile")
                .and_then(|value| self.path(value, "schemafile")),
            database: table.get("database").and_then(|value| self.database(value)),
            database_line: table.get("database").map(|value| self.line(value)),
            rails_version: table
                .get("rails_version")
                .and_then(|value| self.version(value)),
            frontend: table.get("frontend").and_then(|value| self.frontend(value)),
            inflections: table
                .get("inflections")
                .and_then(|value| self.path(value, "inflections")),
            rails_metadata: table
                .get("rails_metadata")
                .and_then(|value| self.truth(value, "rails_metadata")),
            groups: table
                .get("groups")
                .map(|value| {
                    const WANTED: &str =
                        "groups with the names of tables: `Sales = [\"orders\", \"order_*\"]`";
                    self.groups(value, "groups", WANTED)
                })
                .unwrap_or_default(),
            labels: table
                .get("labels")
                .map(|value| {
                    const WANTED: &str = "labels with the names of tables or columns: `personal = [\"users.email\"]`";
                    self.groups(value, "labels", WANTED)
                })
                .unwrap_or_default(),
            viewpoints: table
                .get("viewpoints")
                .map(|value| self.viewpoints(value))
                .unwrap_or_default(),
        }
    }

    /// The entries of a table in the file's order.
    fn entries<'v, 'i>(
        &mut self,
        value: Entry<'v, 'i>,
        key: &str,
        wanted: &str,
    ) -> Vec<(String, Range<usize>, Entry<'v, 'i>)> {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong::<()>(value, key, wanted);
            return Vec::new();
        };
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        entries
            .into_iter()
            .map(|(name, value)| (name.get_ref().to_string(), name.span(), value))
            .collect()
    }

    fn groups(&mut self, value: Entry<'_, '_>, key: &str, wanted: &str) -> Vec<TableGroup> {
        let mut groups = Vec::new();
        for (name, _, tables) in self.entries(value, key, wanted) {
            if let Some(tables) = self.names(tables, key, wanted) {
                groups.push(TableGroup { name, tables });
            }
        }
        groups
    }

    /// A list of texts.
    fn names(&mut self, value: Entry<'_, '_>, key: &str, wanted: &str) -> Option<Vec<String>> {
        let names = match value.get_ref() {
            DeValue::Array(names) => names
                .iter()
                .map(|name| name.get_ref().as_str().map(str::to_owned))
                .collect(),
            _ => None,
        };
        names.or_else(|| self.wrong(value, key, wanted))
    }

    fn viewpoints(&mut self, value: Entry<'_, '_>) -> Vec<ViewpointSettings> {
        const WANTED: &str = "viewpoints: `[viewpoints.Checkout]`, then `tables = [\"orders\"]`";
        const KEYS: [&str; 4] = ["text", "tables", "labels", "distance"];
        let mut viewpoints = Vec::new();
        for (name, place, value) in self.entries(value, "viewpoints", WANTED) {
            let mut viewpoint = ViewpointSettings {
                name,
                ..ViewpointSettings::default()
            };
            let before = self.problems.len();
            for (key, key_place, value) in self.entries(value, "viewpoints", WANTED) {
                match key.as_str() {
                    "text" => match value.get_ref() {
                        DeValue::String(text) => viewpoint.text = Some(text.to_string()),
                        _ => {
                            self.wrong::<()>(value, "text", "a sentence in quotes");
                        }
                    },
                    "tables" | "labels" => {
                        let wanted = "names in brackets: `[\"orders\", \"order_*\"]`";
                        let names = self.names(value, &key, wanted).unwrap_or_default();
                        if key == "tables" {
                            viewpoint.tables = names;
                        } else {
                            viewpoint.labels = names;
                        }
                    }
                    "distance" => match value.get_ref() {
                        DeValue::Integer(number) if number.as_str().len() == 1 => {
                            viewpoint.distance = number.as_str().parse().unwrap_or(0);
                        }
                        _ => {
                            self.wrong::<()>(value, "distance", "a number from 0 to 9");
                        }
                    },
                    unknown => {
                        let hint = did_you_mean(unknown, KEYS)
                            .unwrap_or_else(|| format!("the keys are {}", KEYS.join(", ")));
                        let message = format!("a viewpoint has no key `{unknown}`");
                        let span = self.span(key_place);
                        self.problems
                            .push(Diagnostic::error(span, message).hint(hint));
                    }
                }
            }
            if self.problems.len() == before
                && viewpoint.tables.is_empty()
                && viewpoint.labels.is_empty()
            {
                let message = format!("the viewpoint `{}` shows nothing", viewpoint.name);
                let span = self.span(place);
                self.problems.push(
                    Diagnostic::error(span, message)
                        .hint("`tables = [\"orders\", \"order_*\"]` or `labels = [\"personal\"]` says what it shows"),
                );
            }
            viewpoints.push(viewpoint);
        }
        viewpoints
    }

    fn path(&mut self, value: Entry<'_, '_>, key: &str) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
            _ => self.wrong(value, key, "a path in quotes, from the repository's root"),
        }
    }

    /// A version is a text; one without quotes is a number with the same digits.
    fn version(&mut self, value: Entry<'_, '_>) -> Option<RailsVersion> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Float(number) => number.as_str().to_owned(),
            _ => return self.wrong(value, "rails_version", "a version such as \"8.1\""),
        };
        match text.parse() {
            Ok(version) => Some(version),
            Err(error) => {
                let span = self.span(value.span());
                self.problems
                    .push(Diagnostic::error(span, format!("{error}")));
                None
            }
        }
    }

    fn database(&mut self, value: Entry<'_, '_>) -> Option<Database> {
        let name = value.get_ref().as_str();
        let known = |database: &&Database| Some(database.key()) == name;
        match Database::ALL.iter().find(known) {
            Some(database) => Some(*database),
            None => self.wrong(
                value,
                "database",
                "\"postgresql\", \"mysql\" or \"mariadb\"",
            ),
        }
    }

    fn line(&self, value: Entry<'_, '_>) -> usize {
        let before = self.text.get(..value.span().start).unwrap_or_default();
        before.matches('\n').count() + 1
    }

    fn frontend(&mut self, value: Entry<'_, '_>) -> Option<Frontend> {
        match value.get_ref() {
            DeValue::String(text) if text == "ridgepole" => Some(Frontend::Ridgepole),
            DeValue::String(text) if text == "rails" => Some(Frontend::Rails),
            _ => self.wrong(value, "frontend", "\"ridgepole\" or \"rails\""),
        }
    }

    fn truth(&mut self, value: Entry<'_, '_>, key: &str) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(truth) => Some(*truth),
            _ => self.wrong(value, key, "true or false, without quotes"),
        }
    }

    fn wrong<T>(&mut self, value: Entry<'_, '_>, key: &str, wanted: &str) -> Option<T> {
        let span = self.span(value.span());
        // What isn't TOML was told.
        if self.problems.iter().any(|told| told.span == span) {
            return None;
        }
        let found = self
            .text
            .get(to_index(span.start)..to_index(span.end))
            .and_then(|text| text.lines().next())
            .unwrap_or_default();
        let message = format!("`{key}` wants {wanted}; this is `{found}`");
        self.problems.push(Diagnostic::error(span, message));
        None
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span {
            file: self.file,
            start: offset(range.start),
            end: offset(range.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(usize, usize, &str, &str)]) {
        let problems = read_settings(SourceFile::new("schema/schema.toml", text)).unwrap_err();
        let told: Vec<(usize, usize, &str, &str)> = problems
            .iter()
            .map(|problem| {
                let (_, line, column) = problems.place(problem);
                let hint = problem.hint.as_deref().unwrap_or_default();
                (line, column, problem.message.as_str(), hint)
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn all_keys_are_read_and_none_is_needed() {
        let text = "schemafile = \"db/schema.rb\"\ndatabase = \"mariadb\"\nrails_version = 7.0\nfrontend = \"rails\"\n\
                    inflections = \"config/words.rb\"\nrails_metadata = true\n\
                    [groups]\nStock = [\"boxes\"]\nSales = [\"orders\", \"order_*\"]\n";
        let settings = read_settings(SourceFile::new("schema/schema.toml", text)).unwrap();
        assert_eq!(
            settings,
            Settings {
                schemafile: Some("db/schema.rb".into()),
                database: Some(Database::MariaDb),
                database_line: Some(2),
                rails_version: Some(RailsVersion::new(7, 0)),
                frontend: Some(Frontend::Rails),
                inflections: Some("config/words.rb".into()),
                rails_metadata: Some(true),
                groups: [("Stock", &["boxes"][..]), ("Sales", &["orders", "order_*"])]
                    .map(|(name, tables)| TableGroup {
                        name: name.into(),
                        tables: tables.iter().map(|&table| table.into()).collect(),
                    })
                    .into(),
                labels: Vec::new(),
                viewpoints: Vec::new(),
            }
        );
        let empty = read_settings(SourceFile::new("schema/schema.toml", "# nothing\n"));
        assert_eq!(empty.unwrap(), Settings::default());
    }

    #[test]
    fn every_key_of_the_table_is_known_with_its_example() {
        for key in SETTINGS_KEYS {
            let text = format!("{} = {}\n", key.name, key.example);
            let settings = read_settings(SourceFile::new("schema/schema.toml", text)).unwrap();
            assert_ne!(settings, Settings::default(), "{} is read", key.name);
        }
    }

    #[test]
    fn every_mistake_is_told_at_its_place() {
        check(
            "rails-version = \"7.0\"\nfrontend = \"sequel\"\nrails_metadata = \"yes\"\nrails_version = \"3.2\"\nseed = 1\n",
            &[
                (
                    1,
                    1,
                    "there is no key `rails-version`",
                    "did you mean `rails_version`?",
                ),
                (
                    2,
                    12,
                    "`frontend` wants \"ridgepole\" or \"rails\"; this is `\"sequel\"`",
                    "",
                ),
                (
                    3,
                    18,
                    "`rails_metadata` wants true or false, without quotes; this is `\"yes\"`",
                    "",
                ),
                (
                    4,
                    17,
                    "`3.2` is not a known version of Rails (5.0 to 8.1)",
                    "",
                ),
                (
                    5,
                    1,
                    "there is no key `seed`",
                    "the keys are schemafile, database, rails_version, frontend, inflections, rails_metadata, groups, labels, viewpoints",
                ),
            ],
        );
    }

    #[test]
    fn a_database_has_one_of_three_names() {
        for database in Database::ALL {
            let text = format!("\ndatabase = \"{}\"\n", database.key());
            let settings = read_settings(SourceFile::new("s", text)).unwrap();
            assert_eq!(
                (settings.database, settings.database_line),
                (Some(*database), Some(2))
            );
        }
        check(
            "database = \"sqlite\"\n",
            &[(
                1,
                12,
                "`database` wants \"postgresql\", \"mysql\" or \"mariadb\"; this is `\"sqlite\"`",
                "",
            )],
        );
    }

    #[test]
    fn labels_and_viewpoints_are_read() {
        let text = "[viewpoints.Checkout]\ntext = \"From basket to parcel\"\ntables = [\"order*\"]\n\
                    [viewpoints.\"Who we know\"]\nlabels = [\"personal\"]\ndistance = 2\n\
                    [labels]\nsecret = [\"users.token\"]\npersonal = [\"users\", \"*.email\"]\n";
        let settings = read_settings(SourceFile::new("s", text)).unwrap();
        let names: Vec<&str> = settings
            .labels
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["secret", "personal"]);
        assert_eq!(
            settings.viewpoints,
            [
                ViewpointSettings {
                    name: "Checkout".into(),
                    text: Some("From basket to parcel".into()),
                    tables: vec!["order*".into()],
                    ..ViewpointSettings::default()
                },
                ViewpointSettings {
                    name: "Who we know".into(),
                    labels: vec!["personal".into()],
                    distance: 2,
                    ..ViewpointSettings::default()
                },
            ]
        );
        check(
            "[viewpoints.A]\ntable = [\"a\"]\n[viewpoints.B]\ntext = \"x\"\n[viewpoints.C]\ntables = \"a\"\ndistance = 10\n",
            &[
                (
                    2,
                    1,
                    "a viewpoint has no key `table`",
                    "did you mean `tables`?",
                ),
                (
                    3,
                    13,
                    "the viewpoint `B` shows nothing",
                    "`tables = [\"orders\", \"order_*\"]` or `labels = [\"personal\"]` says what it shows",
                ),
                (
                    6,
                    10,
                    "`tables` wants names in brackets: `[\"orders\", \"order_*\"]`; this is `\"a\"`",
                    "",
                ),
                (
                    7,
                    12,
                    "`distance` wants a number from 0 to 9; this is `10`",
                    "",
                ),
            ],
        );
    }

    #[test]
    fn a_faulty_line_hides_no_other() {
        let problems =
            read_settings(SourceFile::new("s", "frontend = \nrails_metadata = 1\n")).unwrap_err();
        assert_eq!(problems.len(), 2, "{}", problems.render(false));
    }
}
