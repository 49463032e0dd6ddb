//! `gen-schema lint`: where a reviewer of the schema would frown.
//!
//! What is frowned at is the business of `schema-lint`. Here rules are chosen, and findings are told with their places.

use crate::generate::print;
use command_line::{Failure, Verbosity};
use project_files::Project;
use schema_input::{Program, ReadingArguments, SchemaArguments, SchemaReader};
use schema_lint::{Finding, RULES, Remark, Rule, Switches, lint, switches};
use schema_view::View;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Examples of the command, below its help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  gen-schema lint                  what the rules that are on find
  gen-schema lint --rules          every rule, and why there is one
  gen-schema lint --on table_comment,column_comment
  gen-schema lint --off foreign_key_index
  gen-schema lint --coverage       how much of the schema has comments
  gen-schema lint --coverage --least 80

In the Schemafile, `# lint: off RULE` behind a column or a table, or alone in
the line above, is about that one; anywhere else it is about the whole schema.

Exit codes: 0 nothing found, 1 something found, 2 wrong input, 3 disk failed
Documentation: docs/pictures.md";

/// What lint needs.
#[derive(Debug, clap::Args)]
pub(crate) struct LintArguments {
    #[command(flatten)]
    pub(crate) schema: SchemaArguments,

    /// Switch rules on for the whole schema
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) on: Vec<String>,

    /// Switch rules off for the whole schema
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) off: Vec<String>,

    /// Show every rule with its reason, and do nothing else
    #[arg(long)]
    pub(crate) rules: bool,

    /// Tell how much of the schema has comments, and no findings
    #[arg(long, conflicts_with_all = ["rules", "on", "off"])]
    pub(crate) coverage: bool,

    /// Exit with 1 if less of it has comments, in hundredths
    #[arg(long, value_name = "PERCENT", requires = "coverage", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) least: Option<u8>,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

/// Runs the command.
pub(crate) fn run(
    project: &Project,
    arguments: &LintArguments,
    verbosity: Verbosity,
) -> Result<(), Failure> {
    if arguments.rules {
        return print(&rules());
    }
    let on = named(&arguments.on)?;
    let off = named(&arguments.off)?;
    let reader = SchemaReader::new(project, Program::GenSchema, &arguments.reading)?;
    let schemafile = project.resolve(&reader.schemafile(arguments.schema.named()));
    let reading = reader.read(&schemafile)?;
    let view = reading.view();
    if arguments.coverage {
        return coverage(&view, arguments.least, verbosity);
    }
    let remarks: Vec<Remark> = reading
        .places
        .remarks
        .iter()
        .filter_map(|remark| {
            Some(Remark {
                place: (remark.place.path.clone(), remark.place.line),
                is_alone: remark.is_alone,
                text: remark.text.strip_prefix("lint:")?.to_owned(),
            })
        })
        .collect();
    let mut chosen = switches(&view, &remarks).map_err(unreadable)?;
    set(&mut chosen, &on, true);
    set(&mut chosen, &off, false);
    let findings = lint(&view, &chosen);
    if findings.is_empty() {
        return Ok(());
    }
    if !verbosity.is_quiet() {
        print(&told(&view, &findings))?;
    }
    let counted = match findings.len() {
        1 => "1 finding".to_owned(),
        count => format!("{count} findings"),
    };
    Err(Failure::check(counted).hint(
        "change the schema, or say in it that it shall be so: `# lint: off RULE` in the line above the table or column",
    ))
}

/// Tells how much has comments, and what hasn't.
fn coverage(view: &View, least: Option<u8>, verbosity: Verbosity) -> Result<(), Failure> {
    if !verbosity.is_quiet() {
        print(&covered(view))?;
    }
    let percent = view.comments().all().percent();
    match least {
        Some(least) if percent < usize::from(least) => Err(Failure::check(format!(
            "{percent} % of the schema has comments, less than {least} %"
        ))
        .hint("`comment:` of a table or a column says what it is; `gen-schema lint --coverage` tells where there is none")),
        _ => Ok(()),
    }
}

/// A line for each table that lacks comments, in the order of the source, and the sums.
fn covered(view: &View) -> String {
    let mut text = String::new();
    for table in view
        .tables
        .iter()
        .filter(|table| table.partition_of.is_none())
    {
        let columns: Vec<&str> = table
            .columns
            .iter()
            .filter(|column| column.comment.is_none() && !table.says_itself(&column.name))
            .map(|column| column.name.as_str())
            .collect();
        if columns.is_empty() && table.comment.is_some() {
            continue;
        }
        if let Some(place) = &table.place {
            let _ = write!(text, "{}:{}: ", place.path, place.line);
        }
        let lacking = match (table.comment.is_none(), columns.is_empty()) {
            (true, true) => "the table".to_owned(),
            (true, false) => format!("the table, {}", columns.join(", ")),
            (false, _) => columns.join(", "),
        };
        let _ = writeln!(text, "{}: no comment on {lacking}", table.name);
    }
    let others: Vec<String> = view
        .objects
        .iter()
        .filter(|object| object.is_known() && object.comment.is_none())
        .map(|object| format!("{} {}", object.kind, object.title()))
        .collect();
    for other in others {
        let _ = writeln!(text, "{other}: no comment");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let comments = view.comments();
    for (what, count) in [
        ("tables", comments.tables),
        ("columns", comments.columns),
        ("others", comments.others),
        ("all", comments.all()),
    ] {
        if count.of > 0 || what == "all" {
            let _ = writeln!(
                text,
                "{what}: {} of {} with a comment, {} %",
                count.with,
                count.of,
                count.percent()
            );
        }
    }
    text
}

fn set(switches: &mut Switches, rules: &[&'static Rule], on: bool) {
    for rule in rules {
        switches.set(rule, on);
    }
}

fn named(names: &[String]) -> Result<Vec<&'static Rule>, Failure> {
    let found = names.iter().map(|name| {
        RULES.iter().find(|rule| rule.name == name).ok_or_else(|| {
            Failure::input(format!("there is no rule `{name}`"))
                .hint("`gen-schema lint --rules` shows them all")
        })
    });
    found.collect()
}

fn unreadable(wrong: Vec<((String, usize), String)>) -> Failure {
    let told: Vec<String> = wrong
        .into_iter()
        .map(|((path, line), why)| format!("{path}:{line}: {why}"))
        .collect();
    Failure::input(told.join("\nerror: "))
        .hint("`# lint: off RULE` stands behind a table or column, or alone in a line")
}

/// Every rule, with whether it is on.
fn rules() -> String {
    RULES.iter().fold(String::new(), |mut text, rule| {
        let on = if rule.is_on { "on" } else { "off" };
        let _ = writeln!(
            text,
            "{} ({on}): {}\n  because {}",
            rule.name, rule.wants, rule.reason
        );
        text
    })
}

/// All findings, a line each, and the reasons of their rules once.
fn told(view: &View, findings: &[Finding]) -> String {
    let mut text = String::new();
    let mut counts: BTreeMap<&str, (usize, &Rule)> = BTreeMap::new();
    for finding in findings {
        let table = &view.tables[finding.table];
        let column = finding.column.map(|column| &table.columns[column]);
        if let Some(place) = &table.place {
            let line = column.and_then(|column| column.line).unwrap_or(place.line);
            let _ = write!(text, "{}:{line}: ", place.path);
        }
        text.push_str(&table.name);
        if let Some(column) = column {
            let _ = write!(text, ".{}", column.name);
        }
        let _ = writeln!(text, ": {} [{}]", finding.message, finding.rule.name);
        counts
            .entry(finding.rule.name)
            .or_insert((0, finding.rule))
            .0 += 1;
    }
    text.push('\n');
    for (name, (count, rule)) in counts {
        let _ = writeln!(text, "{name}, {count}×: {}", rule.reason);
    }
    text
}
