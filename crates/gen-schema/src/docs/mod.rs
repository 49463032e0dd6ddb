//! `gen-schema docs`: pages and pictures of the schema, and of what a change touches.
//!
//! What the pages say is the business of `schema-docs` and `schema-page`. Here the schema is read and looked at, the
//! dump's values are found, and files are written or compared.

mod arguments;
mod output;
mod values;

pub(crate) use arguments::{DocsArguments, EXAMPLES};

use crate::diff::Side;
use crate::generate::{print, write_output};
use command_line::{Failure, Verbosity};
use output::Folder;
use project_files::Project;
use schema_docs::{Input, Locale, change_page, pages};
use schema_input::{Program, SchemaReader, warn};
use std::path::{Path, PathBuf};
use values::{Found, VALUES_FILE};

/// Where the pages are, if nobody says it.
const FOLDER: &str = "docs/database";

/// Runs the command.
pub(crate) fn run(
    project: &Project,
    arguments: &DocsArguments,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    let reader = SchemaReader::new(project, Program::GenSchema, &arguments.reading)?;
    let schemafile = project.resolve(&reader.schemafile(arguments.schema.named()));
    let reading = reader.read(&schemafile)?;
    // What has no effect is told by whoever makes the SQL too; here it is beside the point when it is compared.
    if !arguments.check {
        warn(&reading, verbosity);
    }
    let source = project.display(&schemafile);
    let view = reading.view();
    let locale: Locale = arguments.locale.into();
    if let Some(old) = &arguments.diff {
        return change(project, arguments, verbosity, &reader, old, &view, &source);
    }
    // What an earlier run kept of the dump is beside the pages; JSON is a file and not their folder.
    let folder_path = arguments
        .output
        .clone()
        .filter(|_| !arguments.json)
        .unwrap_or_else(|| PathBuf::from(FOLDER));
    let folder = Folder::at(project, &folder_path);
    let dump = if arguments.no_rows {
        Found::None
    } else {
        values::find(project, arguments.dump.as_deref(), &folder, arguments.check)?
    };
    let to_root = folder.to_root();
    let input = Input {
        view: &view,
        values: dump.values(),
        source: &source,
        to_root: to_root.as_deref(),
        locale,
    };
    if arguments.json {
        return json(project, arguments, verbosity, &input);
    }
    if let Some(html) = &arguments.html {
        let page = schema_page::page(&schema_page::Input {
            view: &view,
            values: dump.values(),
            reasons: None,
            difference: None,
            source: &source,
            locale,
        });
        let path = project.resolve(html);
        if arguments.check {
            output::check_file(project, &path, &page)?;
        } else {
            write_html(project, html, &page, verbosity)?;
        }
        if arguments.output.is_none() {
            return Ok(());
        }
    }
    let mut files: Vec<(String, String)> = pages(input)
        .into_iter()
        .map(|page| (page.path, page.text))
        .collect();
    files.extend(dump.file().map(|text| (VALUES_FILE.to_owned(), text)));
    if arguments.check {
        folder.check(&files, verbosity)
    } else {
        folder.write(&files)
    }
}

fn write_html(
    project: &Project,
    html: &Path,
    page: &str,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    let path = project.resolve(html);
    if path.is_dir() {
        let name = project.display(&path);
        return Err(
            Failure::input(format!("`{name}` is a folder, and the page is a file"))
                .hint(format!("`--html {name}/schema.html`")),
        );
    }
    write_output(project, &path, page, verbosity)
}

/// The schema for programs: a file, or standard output.
fn json(
    project: &Project,
    arguments: &DocsArguments,
    verbosity: Verbosity,
    input: &Input<'_>,
) -> Result<(), Failure> {
    let text = schema_docs::json(input);
    match &arguments.output {
        Some(path) if path != Path::new("-") && arguments.check => {
            output::check_file(project, &project.resolve(path), &text)
        }
        Some(path) if path != Path::new("-") => {
            write_output(project, &project.resolve(path), &text, verbosity)
        }
        _ if arguments.check => Err(Failure::input("`--check` has no file to look at")
            .hint("`gen-schema docs --json --check -o FILE` says which")),
        _ => print(&text),
    }
}

/// The page of what a change touches.
fn change(
    project: &Project,
    arguments: &DocsArguments,
    verbosity: Verbosity,
    reader: &SchemaReader<'_>,
    old: &str,
    new: &schema_view::View,
    source: &str,
) -> Result<(), Failure> {
    let side = Side::named(project, old)?;
    let before = side.read(project, reader, arguments.schema.named())?.view();
    let difference = schema_view::difference(&before, new);
    let locale: Locale = arguments.locale.into();
    if let Some(html) = &arguments.html {
        let page = schema_page::page(&schema_page::Input {
            view: new,
            values: None,
            reasons: None,
            difference: Some((&before, &difference)),
            source,
            locale,
        });
        write_html(project, html, &page, verbosity)?;
        if arguments.output.is_none() {
            return Ok(());
        }
    }
    let text = change_page(&before, new, &difference, locale);
    match &arguments.output {
        Some(path) if path != Path::new("-") => {
            write_output(project, &project.resolve(path), &text, verbosity)
        }
        _ => print(&text),
    }
}
