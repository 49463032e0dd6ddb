//! Does what the command line asks for.

use crate::arguments::{Arguments, Command, Format, threads};
use crate::check::{Found, find};
use crate::inputs::Planned;
use crate::output::{Fingerprint, FingerprintWriter};
use crate::part::{Shard, keep_only, no_such_table};
use crate::progress::Progress;
use crate::script::{Place, Script};
use crate::writer::Writer;
use crate::{capture, dump, explain, git_lfs, inputs, verify};
use command_line::{Failure, Verbosity, colour_on_stderr, this_command_without};
use dummy_data::Plan;
use dump_gzip::MemberWriter;
use project_files::{Project, plain_reason, written_to_stdout};
use schema_input::SchemaReading;
use schemafile::AnySchema;
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    arguments.verbosity.start_tracing();
    if let Some(Command::Pack { threads: asked }) = &arguments.command {
        return pack(threads(*asked));
    }
    let directory = std::env::current_dir()
        .map_err(|error| Failure::outside(format!("can't tell the current directory: {error}")))?;
    let project = Project::around(&directory);
    if let Some(Command::Capture(asked)) = &arguments.command {
        return capture::run(&project, asked, arguments.verbosity);
    }
    let generate = &arguments.generate;
    let mut planned = inputs::plan(
        &project,
        &generate.data,
        &generate.reading,
        arguments.verbosity,
    )?;
    capture::lay(&project, &mut planned)?;
    let Planned {
        reading,
        mut plan,
        source,
        ..
    } = planned;
    if let (Some(_), Some(html)) = (&arguments.generate.explain, &arguments.generate.html) {
        return explain_page(&project, &reading, &plan, &source, html);
    }
    if let Some(table) = &arguments.generate.explain {
        return explain(&plan, table);
    }
    let schema = reading.schema;
    let completed = match &schema {
        AnySchema::PostgreSql(_) => mysql_model::Schema::default(),
        AnySchema::MySql(own, server) => mysql_values::completed(own, *server),
    };
    let writer = writer(&schema, &completed, arguments.generate.format)?;
    if let Some(url) = &arguments.generate.verify {
        let script = Script::new(Arc::new(plan), &source, &writer);
        let dump = Dump::new(
            script,
            None,
            threads(arguments.generate.threads),
            arguments.verbosity,
        );
        let plainly = Path::new("-");
        return match &schema {
            AnySchema::PostgreSql(schema) => {
                let sql = pg_sql::ddl::schema_sql(schema, &source);
                verify::verify_postgresql(url, &sql, |output| {
                    dump.write_to(output, plainly).map(drop)
                })
            }
            AnySchema::MySql(schema, server) => {
                verify::verify_mysql(url, schema, *server, &source, |output| {
                    dump.write_to(output, plainly).map(drop)
                })
            }
        };
    }
    let unverified = plan.unverified.clone();
    let part = &arguments.generate.part;
    if !part.only.is_empty() {
        keep_only(&mut plan, &part.only)?;
    }
    let script = Script::new(Arc::new(plan), &source, &writer);
    let dump = Dump::new(
        script,
        part.shard,
        threads(arguments.generate.threads),
        arguments.verbosity,
    );
    if arguments.generate.output == Path::new("-") {
        if arguments.generate.check {
            return Err(Failure::input(
                "`--check` needs a file to check, and `-o -` is none",
            ));
        }
        dump.print()?;
    } else {
        let path = project.resolve(&arguments.generate.output);
        if arguments.generate.check {
            check(&project, &dump, &path)?;
        } else {
            write(&project, &dump, &path, arguments.verbosity)?;
        }
    }
    say_unverified(&unverified);
    Ok(())
}

/// The database that a dump is for, in the form that was asked for.
fn writer<'a>(
    schema: &'a AnySchema,
    completed: &'a mysql_model::Schema,
    format: Option<Format>,
) -> Result<Writer<'a>, Failure> {
    match (schema, format) {
        (AnySchema::PostgreSql(_), format) => {
            Ok(Writer::PostgreSql(format.unwrap_or(Format::Copy)))
        }
        (AnySchema::MySql(_, server), Some(Format::Copy)) => Err(Failure::input(format!(
            "`--format copy` is for PostgreSQL, and the schema is for {server}"
        ))
        .hint("leave it out: rows for it are INSERT statements")),
        (AnySchema::MySql(schema, server), _) => Ok(Writer::MySql {
            schema,
            completed,
            server: *server,
        }),
    }
}

/// The last line of a run whose dump may not load, also where nothing else is to be said.
fn say_unverified(constraints: &[String]) {
    if constraints.is_empty() {
        return;
    }
    let (yellow, end) = if colour_on_stderr() {
        ("\x1b[1;33m", "\x1b[0m")
    } else {
        ("", "")
    };
    let names: Vec<String> = constraints.iter().map(|name| format!("`{name}`")).collect();
    // What nobody can read must not fail the work that is done.
    let _ = writeln!(
        io::stderr().lock(),
        "{yellow}warning{end}: this dump may not load: it isn't known whether its rows keep {} (`gen-dummy --verify` tries)",
        names.join(", ")
    );
}

/// A dump that is yet to be made, or a part of one.
struct Dump {
    script: Script,
    shard: Option<Shard>,
    /// About how many bytes of the script's text stand before the part, and before what follows it.
    bytes: Range<u64>,
    threads: usize,
    progress: Progress,
}

impl Dump {
    fn new(script: Script, shard: Option<Shard>, threads: usize, verbosity: Verbosity) -> Self {
        let Shard { number, count } = shard.unwrap_or(Shard::WHOLE);
        let bytes =
            script.bytes_before_part(number - 1, count)..script.bytes_before_part(number, count);
        let mut dump = Self {
            script,
            shard,
            bytes,
            threads,
            progress: Progress::silent(),
        };
        dump.progress = Progress::new(dump.rows(), verbosity.is_quiet());
        dump
    }

    /// Makes it, compressed if the path says so.
    fn write_to<W: Write>(&self, output: W, path: &Path) -> io::Result<W> {
        let Self {
            script,
            threads,
            progress,
            ..
        } = self;
        let compressed = path.extension().is_some_and(|extension| extension == "gz");
        if compressed && self.shard.is_some() {
            return dump::write_members(script, self.bytes.clone(), *threads, output, progress);
        }
        if compressed {
            let mut output = MemberWriter::new(output, *threads);
            dump::write(script, self.places(), *threads, &mut output, progress)?;
            return output.finish();
        }
        let mut output = output;
        dump::write(script, self.places(), *threads, &mut output, progress)?;
        output.flush()?;
        Ok(output)
    }

    fn places(&self) -> Range<Place> {
        self.script.place_after(self.bytes.start)..self.script.place_after(self.bytes.end)
    }

    fn rows(&self) -> u64 {
        self.script.rows(self.places())
    }

    fn print(&self) -> Result<(), Failure> {
        written_to_stdout(
            self.write_to(BufWriter::new(io::stdout().lock()), Path::new("-"))
                .map(drop),
        )
        .map_err(Failure::outside)
    }
}

fn explain(plan: &Plan, table: &str) -> Result<(), Failure> {
    let only = (!table.is_empty()).then_some(table);
    let text = explain::text(plan, only);
    if text.is_empty() {
        return Err(no_such_table(
            plan,
            table,
            format!("there is no table `{table}`"),
        ));
    }
    written_to_stdout(io::stdout().lock().write_all(text.as_bytes())).map_err(Failure::outside)
}

/// Writes a page of the schema that says of each column how it is made.
fn explain_page(
    project: &Project,
    reading: &SchemaReading,
    plan: &Plan,
    source: &str,
    html: &Path,
) -> Result<(), Failure> {
    let page = schema_page::page(&schema_page::Input {
        view: &reading.view(),
        values: None,
        reasons: Some(&explain::reasons(plan)),
        difference: None,
        source,
        locale: schema_docs::Locale::English,
    });
    let path = project.resolve(html);
    let written = whole_file::WholeFile::create(&path).and_then(|mut file| {
        file.write_all(page.as_bytes())?;
        file.finish()
    });
    written.map_err(|error| {
        let name = project.display(&path);
        Failure::outside(format!("can't write `{name}`: {}", plain_reason(&error)))
    })
}

fn pack(threads: usize) -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        return Err(
            Failure::input("`pack` compresses its standard input, and that is a terminal")
                .hint("pipe a dump into it: `pg_dump shop | gen-dummy pack > shop.sql.gz`"),
        );
    }
    if io::stdout().is_terminal() {
        return Err(
            Failure::input("`pack` writes gzip, which a terminal can't show")
                .hint("send it to a file: `pg_dump shop | gen-dummy pack > shop.sql.gz`"),
        );
    }
    let mut output = MemberWriter::new(BufWriter::new(io::stdout().lock()), threads);
    let input = io::BufReader::with_capacity(1 << 18, io::stdin());
    if let Err(error) = dump_text::pack(Box::new(input), &mut output) {
        return Err(Failure::outside(format!(
            "can't pack standard input: {error}"
        )));
    }
    written_to_stdout(output.finish().map(drop)).map_err(Failure::outside)
}

fn write(project: &Project, dump: &Dump, path: &Path, verbosity: Verbosity) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let failure = Failure::outside(format!(
            "can't write `{}`: {}",
            project.display(path),
            plain_reason(&error)
        ));
        match error.kind() {
            ErrorKind::StorageFull => failure.hint(
                "nothing was left there; make room, ask for fewer rows (`--rows`), or write elsewhere (`-o FILE`)",
            ),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                failure.hint("`-o FILE` writes elsewhere")
            }
            _ => failure,
        }
    };
    let file = whole_file::WholeFile::create(path).map_err(failed)?;
    let file = dump.write_to(file, path).map_err(failed)?;
    file.finish().map_err(failed)?;
    if !verbosity.is_quiet() {
        tracing::info!(
            rows = dump.rows(),
            path = project.display(path),
            "wrote the dump"
        );
        if let Some(warning) = git_lfs::warning(project, path) {
            let (yellow, end) = if colour_on_stderr() {
                ("\x1b[1;33m", "\x1b[0m")
            } else {
                ("", "")
            };
            // A warning that nobody can read must not stop the work.
            let _ = writeln!(io::stderr().lock(), "{yellow}warning{end}: {warning}");
        }
    }
    Ok(())
}

fn check(project: &Project, dump: &Dump, path: &Path) -> Result<(), Failure> {
    let name = project.display(path);
    let stale = |what: String| {
        Failure::check(what).hint(format!(
            "run `{}` and commit what it writes (options such as `--rows` hold for one run: what is to stay stands in \
             schema/dummy.toml)",
            this_command_without("gen-dummy", &["--check"])
        ))
    };
    let found = match find(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(stale(format!("`{name}` isn't there")));
        }
        Err(error) => {
            return Err(Failure::outside(format!(
                "can't read `{name}`: {}",
                plain_reason(&error)
            )));
        }
    };
    let expected = dump
        .write_to(FingerprintWriter::default(), path)
        .map_err(|error| Failure::outside(format!("can't make the dump to compare with: {error}")))?
        .finish();
    let differs = |what: &str, found: &Fingerprint| {
        stale(format!(
            "{what} `{name}` is stale: it has {} bytes with SHA-256 {}…, and schema, masters and seed make {} bytes with {}…",
            found.size,
            found.sha256.get(..12).unwrap_or(&found.sha256),
            expected.size,
            &expected.sha256[..12],
        ))
    };
    match found {
        Found::Dump(found) | Found::Pointer(found) if found == expected => Ok(()),
        Found::Dump(found) => Err(differs("the dump", &found)),
        Found::Pointer(found) => Err(differs("the LFS pointer", &found)),
    }
}
