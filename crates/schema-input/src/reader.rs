//! Reads schemas as a command line and a repository's settings want them read.

use crate::parting::Parting;
use crate::settings::{content_on_disk, from_content, unkept};
use crate::sql::{SqlReading, read_sql, read_sql_at};
use crate::{DEFAULT_SCHEMAFILE, ReadSchemaError, ReadingArguments, read_schema};
use command_line::{Failure, Status, Verbosity, colour_on_stderr};
use project_files::{Project, plain_reason};
use schemafile::{
    AnySchema, Diagnostics, LoadError, Loader, Options, Places, RailsVersion, Reading,
    SETTINGS_PATH, Settings, SourceFile,
};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Which program reads, as its hints name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// `gen-schema`
    GenSchema,
    /// `gen-dummy`
    GenDummy,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::GenSchema => "gen-schema",
            Self::GenDummy => "gen-dummy",
        }
    }
}

/// What came of a schema, whatever it is written in.
#[derive(Debug)]
pub struct SchemaReading {
    /// The schema.
    pub schema: AnySchema,
    /// What has no effect in a Schemafile or schema.rb.
    warnings: Diagnostics,
    /// What was left out of SQL, and what was taken for granted, a line each.
    notes: String,
    /// Whether it is written in SQL, which says all of itself.
    is_sql: bool,
    /// Where its tables stand.
    pub places: Places,
    /// How the settings part and mark its tables.
    pub(crate) parting: Parting,
    /// The application's own words.
    pub(crate) words: Option<SourceFile>,
}

impl From<Reading> for SchemaReading {
    fn from(reading: Reading) -> Self {
        let note = |note: String| format!("note: {note}\n");
        Self {
            schema: reading.schema,
            warnings: reading.warnings,
            notes: reading.database_note.map(note).unwrap_or_default(),
            is_sql: false,
            places: reading.places,
            parting: Parting::default(),
            words: None,
        }
    }
}

/// Reads schemas of one repository.
#[derive(Debug, Clone)]
pub struct SchemaReader<'p> {
    project: &'p Project,
    program: Program,
    flags: ReadingArguments,
    settings: Settings,
    options: Options,
}

impl<'p> SchemaReader<'p> {
    /// A reader by the settings that lie in the repository now, and the flags, which hold before them.
    ///
    /// # Errors
    /// Settings that are faulty, a file of words that can't be read.
    pub fn new(
        project: &'p Project,
        program: Program,
        flags: &ReadingArguments,
    ) -> Result<Self, Failure> {
        let settings = from_content(content_on_disk(project, SETTINGS_PATH), "")?;
        let content = |path: &str| content_on_disk(project, path);
        let inflections = match words_of_flags(project, flags)? {
            None => words_of_settings(&settings, content, "")?,
            given => given,
        };
        Ok(Self {
            project,
            program,
            flags: flags.clone(),
            options: options(flags, &settings, inflections),
            settings,
        })
    }

    /// A reader by the same flags, and the settings that the repository had at another time.
    ///
    /// # Errors
    /// As [`SchemaReader::new`]; `name` says which time is meant.
    pub fn at(&self, version: &dyn Loader, name: &str) -> Result<Self, Failure> {
        let settings = from_content(version.read(SETTINGS_PATH), &format!("At `{name}`:\n\n"))?;
        let inflections = match words_of_flags(self.project, &self.flags)? {
            None => words_of_settings(&settings, |path| version.read(path), name)?,
            given => given,
        };
        Ok(Self {
            options: options(&self.flags, &settings, inflections),
            settings,
            ..self.clone()
        })
    }

    /// The same reader, with Rails' own two tables whatever the settings say of them.
    #[must_use]
    pub fn with_rails_metadata(mut self, wanted: bool) -> Self {
        self.options.rails_metadata = wanted;
        self
    }

    /// The same reader by the rules of another version.
    #[must_use]
    pub fn with_rails_version(mut self, version: RailsVersion) -> Self {
        self.options.rails_version = version;
        self
    }

    /// How schemas are read.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The schema's path as one would type it: what was named, else what the settings say.
    pub fn schemafile(&self, named: Option<&Path>) -> PathBuf {
        let kept = self.settings.schemafile.as_deref();
        named.map_or_else(
            || PathBuf::from(kept.unwrap_or(DEFAULT_SCHEMAFILE)),
            Path::to_owned,
        )
    }

    /// Reads a schema on disk, with all that it requires. `path` is where it lies.
    ///
    /// # Errors
    /// Every mistake of the files at once, or why there is none to read.
    pub fn read(&self, path: &Path) -> Result<SchemaReading, Failure> {
        let name = self.project.display(path);
        if let Some(sql) = read_sql(self.project, path, &self.options)? {
            return Ok(self.of_sql(sql));
        }
        if path.is_dir() {
            return Err(Failure::input(format!("`{name}` is a directory")).hint(
                "name the Schemafile or schema.rb in it; a folder is read when it has migrations in SQL",
            ));
        }
        read_schema(self.project, path, &self.options)
            .map(|reading| self.of_ruby(reading))
            .map_err(|error| self.failure(error, path))
    }

    /// Reads a schema as it was at another time, which `name` says. `path` starts at the repository's root.
    ///
    /// # Errors
    /// As [`SchemaReader::read`].
    pub fn read_at(
        &self,
        version: &dyn Loader,
        path: &str,
        name: &str,
    ) -> Result<SchemaReading, Failure> {
        if let Some(sql) = read_sql_at(version, path, &self.options)? {
            return Ok(self.of_sql(sql));
        }
        let content = version.read(path).map_err(|error| match error {
            LoadError::Missing => Failure::input(format!("`{path}` isn't there at `{name}`")).hint(
                "`REV:PATH` or `--schemafile PATH` says where the schema was; an empty file is an empty schema",
            ),
            LoadError::Unreadable(reason) => {
                Failure::outside(format!("can't read `{path}` at `{name}`: {reason}"))
            }
        })?;
        schemafile::read(SourceFile::new(path, content), version, &self.options)
            .map_err(|diagnostics| {
                let text = diagnostics.render(colour_on_stderr());
                Failure::rendered(Status::BadInput, format!("At `{name}`:\n\n{text}"))
            })
            .map(|reading| self.of_ruby(reading))
    }

    fn of_ruby(&self, reading: Reading) -> SchemaReading {
        SchemaReading {
            parting: Parting::of(&self.settings),
            words: self.options.inflections.clone(),
            ..SchemaReading::from(reading)
        }
    }

    /// A schema in SQL says all of itself; of what a run depends on only Rails' tables may be added.
    fn of_sql(&self, sql: SqlReading) -> SchemaReading {
        let mut schema = sql.schema;
        if self.options.rails_metadata {
            schemafile::add_rails_metadata(&mut schema);
        }
        SchemaReading {
            schema,
            warnings: Diagnostics::default(),
            notes: sql.notes,
            is_sql: true,
            places: sql.places,
            parting: Parting::of(&self.settings),
            words: self.options.inflections.clone(),
        }
    }

    /// Flags that the settings don't say too, and without which the next run makes something else of the schema at
    /// `path`: as they were typed, and the lines that keep them.
    pub fn unkept(&self, path: &Path, made: &SchemaReading) -> Option<(String, String)> {
        let mut unkept = unkept(self.project, &self.flags, &self.settings);
        if self.options.rails_metadata && self.settings.rails_metadata != Some(true) {
            unkept.push((
                "--rails-metadata".to_owned(),
                "rails_metadata = true".to_owned(),
            ));
        }
        if unkept.is_empty() || made.is_sql {
            return None;
        }
        let plain = Self::new(self.project, self.program, &ReadingArguments::default()).ok()?;
        let is_same = read_schema(self.project, path, &plain.options)
            .is_ok_and(|reading| reading.schema == made.schema);
        let join = |parts: Vec<String>, between: &str| parts.join(between);
        let (flags, lines): (Vec<String>, Vec<String>) = unkept.into_iter().unzip();
        (!is_same).then(|| (join(flags, " "), join(lines, "` and `")))
    }

    /// Says why there is no schema.
    fn failure(&self, error: ReadSchemaError, path: &Path) -> Failure {
        match error {
            ReadSchemaError::Faulty(diagnostics) => {
                Failure::rendered(Status::BadInput, diagnostics.render(colour_on_stderr()))
            }
            ReadSchemaError::Unreadable { missing: true, .. } => {
                Failure::input(error.to_string()).hint(self.missing_hint(path))
            }
            ReadSchemaError::Unreadable { .. } => Failure::outside(error.to_string()),
        }
    }

    /// Where the file may be that isn't where it was looked for.
    fn missing_hint(&self, path: &Path) -> String {
        let typed = path.strip_prefix(self.project.root()).unwrap_or(path);
        self.project.hint_for_schema(typed).unwrap_or_else(|| {
            format!(
                "name the file (`{} db/schema.rb`), or begin one here: `gen-schema init`",
                self.program.name()
            )
        })
    }
}

fn options(
    flags: &ReadingArguments,
    settings: &Settings,
    inflections: Option<SourceFile>,
) -> Options {
    Options {
        database: flags.database.map(Into::into).or(settings.database),
        database_place: database_place(flags, settings),
        frontend: flags.frontend.map(Into::into).or(settings.frontend),
        rails_version: flags
            .rails_version
            .or(settings.rails_version)
            .unwrap_or(RailsVersion::NEWEST),
        inflections,
        rails_metadata: settings.rails_metadata.unwrap_or(false),
    }
}

/// Where it stands which database it is.
fn database_place(flags: &ReadingArguments, settings: &Settings) -> Option<String> {
    if flags.database.is_some() {
        return Some("`--database`".to_owned());
    }
    let line = settings.database.and(settings.database_line)?;
    Some(format!("{SETTINGS_PATH}:{line}"))
}

/// The words that a flag names, which lie on disk whatever is read.
fn words_of_flags(
    project: &Project,
    flags: &ReadingArguments,
) -> Result<Option<SourceFile>, Failure> {
    let Some(typed) = &flags.inflections else {
        return Ok(None);
    };
    let path = project.resolve(typed);
    let name = project.display(&path);
    match std::fs::read(&path) {
        Ok(content) => Ok(Some(SourceFile::new(name, content))),
        Err(error) => Err(
            Failure::input(format!("can't read `{name}`: {}", plain_reason(&error)))
                .hint("`--inflections` takes a file of irregular words")
                .hint_instead(project.hint_for(typed)),
        ),
    }
}

fn words_of_settings(
    settings: &Settings,
    content: impl Fn(&str) -> Result<Vec<u8>, LoadError>,
    at: &str,
) -> Result<Option<SourceFile>, Failure> {
    let Some(path) = &settings.inflections else {
        return Ok(None);
    };
    match content(path) {
        Ok(content) => Ok(Some(SourceFile::new(path.clone(), content))),
        Err(error) => {
            let place = if at.is_empty() {
                String::new()
            } else {
                format!(" at `{at}`")
            };
            Err(
                Failure::input(format!("can't read `{path}`{place}: {error}")).hint(format!(
                    "`inflections` in {SETTINGS_PATH} names it: a file of irregular words, from the repository's root"
                )),
            )
        }
    }
}

/// Shows what has no effect in a schema, and what was left out of SQL.
pub fn warn(reading: &SchemaReading, verbosity: Verbosity) {
    if verbosity.is_quiet() {
        return;
    }
    let warnings = if reading.warnings.is_empty() {
        String::new()
    } else {
        reading.warnings.render(colour_on_stderr())
    };
    // Warnings that nobody can read must not stop the work.
    let _ = std::io::stderr()
        .lock()
        .write_all((warnings + &reading.notes + &reading.parting_of_nothing()).as_bytes());
}
