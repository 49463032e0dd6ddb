//! What the tests of this binary share: a schema in a database, and dumps that load into it.

use assert_cmd::Command;
use project_files::Project;
use schema_input::read_schema;
use schemafile::Options;
use std::fs;
use std::path::{Path, PathBuf};
use testkit::pg::TempPostgres;

/// The binary, started where it can't meet this repository's own files.
pub(crate) fn gen_dummy(directory: &Path) -> Command {
    let mut command = Command::cargo_bin("gen-dummy").unwrap();
    command.current_dir(directory);
    command
}

/// This repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// A database with a schema, and a directory for its dump.
pub(crate) struct Database<'a> {
    postgres: &'a TempPostgres,
    name: String,
    schemafile: PathBuf,
    arguments: Vec<String>,
    directory: tempfile::TempDir,
}

impl<'a> Database<'a> {
    /// Creates a database with the schema that a file describes.
    #[track_caller]
    pub(crate) fn new(postgres: &'a TempPostgres, schemafile: &Path) -> Self {
        Self::with(postgres, schemafile, "", &Options::default(), Vec::new())
    }

    /// The same after some SQL, with options of the reader and the same as arguments.
    #[track_caller]
    pub(crate) fn with(
        postgres: &'a TempPostgres,
        schemafile: &Path,
        before: &str,
        options: &Options,
        arguments: Vec<String>,
    ) -> Self {
        let project = Project::around(schemafile.parent().unwrap());
        let reading = read_schema(&project, schemafile, options)
            .unwrap_or_else(|error| panic!("{}: {error}", schemafile.display()));
        let sql = pg_sql::ddl::schema_sql(&reading.schema.postgresql().unwrap(), "Schemafile");
        let name = postgres.create_database();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("01_schema.sql");
        fs::write(&file, format!("{before}\n{sql}")).unwrap();
        postgres.psql_file(&name, &file);
        Self {
            postgres,
            name,
            schemafile: schemafile.to_owned(),
            arguments,
            directory,
        }
    }

    /// Generates a dump with some arguments and gives its path.
    #[track_caller]
    pub(crate) fn generate(&self, arguments: &[&str]) -> PathBuf {
        let file = self.directory.path().join("02_dummy.sql");
        gen_dummy(self.directory.path())
            .arg("-q")
            .arg("-s")
            .arg(&self.schemafile)
            .arg("-o")
            .arg(&file)
            .args(&self.arguments)
            .args(arguments)
            .assert()
            .success();
        file
    }

    /// Loads a dump as psql does, and checks that the schema is what it was.
    #[track_caller]
    pub(crate) fn load(&self, file: &Path) {
        let before = self.postgres.pg_dump(&self.name);
        let output = self.postgres.try_psql_file(&self.name, file);
        assert!(
            output.status.success(),
            "{} does not load:\n{}",
            self.schemafile.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        let after = self.postgres.pg_dump(&self.name);
        assert!(
            before == after,
            "loading changed the schema of {}",
            self.schemafile.display()
        );
    }

    /// Loads a dump, with the outcome left to the caller.
    #[track_caller]
    pub(crate) fn try_load(&self, file: &Path) -> std::process::Output {
        self.postgres.try_psql_file(&self.name, file)
    }

    /// Runs a text as drivers do: in one message of the simple protocol, without psql's commands.
    #[track_caller]
    pub(crate) fn execute(&self, sql: &str) {
        self.query(sql);
    }

    /// The database's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The path of another file beside the dump.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// What a query gives.
    #[track_caller]
    pub(crate) fn query(&self, sql: &str) -> String {
        self.postgres.psql(&self.name, sql).trim_end().to_owned()
    }

    /// Nothing was changed before it was made, is older than its parents, or ends before it starts.
    #[track_caller]
    pub(crate) fn assert_in_order(&self) {
        assert_eq!(
            self.query(include_str!("order.sql")),
            "",
            "{}",
            self.schemafile.display()
        );
    }

    /// What SQL gives, with the outcome left to the caller.
    pub(crate) fn try_query(&self, sql: &str) -> std::process::Output {
        self.postgres.try_psql(&self.name, sql)
    }

    /// The schema, as `pg_dump` tells it.
    #[track_caller]
    pub(crate) fn schema(&self) -> String {
        self.postgres.pg_dump(&self.name)
    }

    /// All data, as the server tells it.
    #[track_caller]
    pub(crate) fn data(&self) -> String {
        let tables = self.query(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(relname) FROM pg_stat_user_tables ORDER BY 1",
        );
        let digests: Vec<String> = tables
            .lines()
            .map(|table| {
                format!(
                    "SELECT $name${table}$name$, md5(string_agg(t::text, '|' ORDER BY t::text)), count(*) FROM {table} t"
                )
            })
            .collect();
        let mut data = self.query(&format!("{} ORDER BY 1", digests.join(" UNION ALL ")));
        data.push('\n');
        data.push_str(
            &self.query(
                "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2",
            ),
        );
        data
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        self.postgres.drop_database(&self.name);
    }
}
