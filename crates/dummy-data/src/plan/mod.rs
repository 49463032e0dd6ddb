//! Decides, before the first row is made, how many rows each table gets and how each column is made.
//!
//! The steps, each in a module of its own: read off the schema what must hold ([`facts`],
//! [`uniques`], [`crate::check`]), cut row counts to what can be unique ([`rows`]), let columns count
//! where they must be unique ([`assign`]), and choose a generator for each column by constraint,
//! name and type ([`build`]). What can't be done is an error here; what was assumed is a warning.

mod applied;
mod assign;
mod bounds;
mod build;
mod by_name;
mod configured;
mod context;
mod counts;
mod documents;
mod facts;
mod kinds;
mod master_rows;
mod moments;
mod names;
mod numbers;
mod orders;
mod others;
mod patterns;
mod polymorphic;
mod raw_sql;
mod rows;
mod rules;
mod scopes;
mod settings;
mod slots;
mod spatial;
mod text_rules;
mod texts;
mod uniques;
mod within;

pub use kinds::{GeneratorKind, OptionKind, OptionType, generator_kinds};

use crate::generators::Generator;
use crate::masters::Master;
use crate::problem::Problem;
use crate::random::Key;
use crate::request::Request;
use pg_sql::copy::CopyBuffer;
use pg_sql::insert::STATEMENT_ROWS;
use schema_model::{QualifiedName, Schema, load_order};
use std::ops::Range;
use std::sync::Arc;

/// How all data is made.
#[derive(Debug)]
pub struct Plan {
    /// Tables that get rows, parents before their children.
    pub tables: Vec<TablePlan>,
    /// Tables that get none, and why.
    pub skipped: Vec<(QualifiedName, String)>,
    /// What was assumed.
    pub warnings: Vec<Problem>,
}

/// How a table's rows are made.
#[derive(Debug)]
pub struct TablePlan {
    /// The table.
    pub name: QualifiedName,
    /// How many rows.
    pub rows: u64,
    /// Whether COPY may freeze the rows: not in a partitioned table.
    pub can_freeze: bool,
    /// Columns that are written, in the table's order.
    pub columns: Vec<ColumnPlan>,
    /// Columns that the database computes while the rows are loaded, each with its SQL expression over
    /// the other columns of the row.
    pub computed: Vec<(String, String)>,
    /// Columns that are left to the database, and why.
    pub left_out: Vec<(String, String)>,
}

/// How a column's values are made.
#[derive(Debug)]
pub struct ColumnPlan {
    /// The column.
    pub name: String,
    /// What makes its values.
    pub generator: Arc<Generator>,
    /// When it is NULL.
    pub nulls: Nulls,
    /// Whether values must be escaped for COPY.
    pub escape: bool,
    /// Whether its type is one of numbers, which SQL writes without quotes.
    pub number: bool,
    /// Why it is made so, for `--explain`.
    pub why: String,
}

/// When a column is NULL.
#[derive(Debug, Clone)]
pub enum Nulls {
    /// Never.
    Never,
    /// Always.
    Always,
    /// In a share of the rows.
    Share {
        /// The column's stream.
        key: Key,
        /// How many of 65,536 rows.
        parts: u32,
        /// And in so many first rows, which have no elder to point to.
        first: u64,
    },
    /// Where the master table says so.
    Cells(Arc<[Option<Box<str>>]>),
}

impl Nulls {
    /// Whether the row's value is NULL.
    #[inline]
    pub fn at(&self, row: u64) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Share { key, parts, first } => {
                row < *first || (key.at(row) >> 48) < u64::from(*parts)
            }
            Self::Cells(cells) => usize::try_from(row)
                .ok()
                .and_then(|row| cells.get(row))
                .is_none_or(Option::is_none),
        }
    }
}

impl Plan {
    /// Plans the data of a schema.
    pub fn new(
        schema: &Schema,
        masters: &[Master],
        request: &Request,
    ) -> Result<Self, Vec<Problem>> {
        let mut warnings = Vec::new();
        unknown_tables(schema, request)?;
        let completed = raw_sql::complete(schema, &mut warnings);
        let schema = &completed.schema;
        let masters = master_rows::of_tables(schema, masters)?;
        let mut problems = settings::check(schema, &masters, request);
        let scopes = facts::find_scopes(schema, &masters, request);
        let mut facts = facts::read(
            &completed,
            &masters,
            request,
            &scopes,
            &mut warnings,
            &mut problems,
        );
        if !problems.is_empty() {
            return Err(problems);
        }
        let order: Vec<usize> = load_order(schema).tables().collect();
        let root = Key::root(request.seed);
        let decided = rows::decide(
            schema,
            &mut facts,
            &scopes,
            &order,
            request,
            root,
            &mut warnings,
        )?;
        let mut builder = build::Builder::new(
            schema,
            &facts,
            &scopes,
            decided,
            &order,
            root,
            request.locale,
        );
        let mut tables = Vec::new();
        let mut skipped = Vec::new();
        for position in order {
            match builder.reason_for_no_rows(position) {
                Some(reason) => skipped.push((schema.tables[position].name.clone(), reason)),
                None => tables.push(builder.table(position)),
            }
        }
        if !builder.problems.is_empty() {
            return Err(builder.problems);
        }
        warnings.append(&mut builder.warnings);
        Ok(Self {
            tables,
            skipped,
            warnings,
        })
    }

    /// Rows of all tables together.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

impl TablePlan {
    /// Appends a range of rows in COPY's text format. Any range can be made at any time: rows don't
    /// know each other.
    pub fn write_copy(&self, rows: Range<u64>, out: &mut CopyBuffer) {
        for row in rows {
            let mut first = true;
            for column in &self.columns {
                if !first {
                    out.byte(b'\t');
                }
                first = false;
                column.write_copy(row, out);
            }
            out.byte(b'\n');
        }
    }

    /// Appends a range of rows as INSERT statements of [`STATEMENT_ROWS`] rows each, one row a line.
    /// Which statement a row is in depends on its number alone, so ranges fit together like those of
    /// [`Self::write_copy`]. `header` is what stands before the rows of a statement.
    pub fn write_insert(&self, rows: Range<u64>, header: &str, out: &mut CopyBuffer) {
        for row in rows {
            if row % STATEMENT_ROWS == 0 {
                out.text(header);
            }
            out.byte(b'(');
            let mut first = true;
            for column in &self.columns {
                if !first {
                    out.array(b", ");
                }
                first = false;
                column.write_literal(row, out);
            }
            let last = row + 1 == self.rows || (row + 1) % STATEMENT_ROWS == 0;
            out.array(if last { b");\n" } else { b"),\n" });
        }
    }
}

impl ColumnPlan {
    /// Appends the value of a row in COPY's text format.
    #[inline]
    pub fn write_copy(&self, row: u64, out: &mut CopyBuffer) {
        if self.nulls.at(row) {
            out.null();
            return;
        }
        let start = out.len();
        self.generator.write(row, out);
        if self.escape {
            out.escape_from(start);
        }
    }

    /// Appends the value of a row as an SQL literal.
    fn write_literal(&self, row: u64, out: &mut CopyBuffer) {
        if self.nulls.at(row) {
            out.array(b"NULL");
            return;
        }
        let start = out.len();
        self.generator.write(row, out);
        if !(self.number && out.is_number_from(start)) {
            out.quote_from(start);
        }
    }
}

fn unknown_tables(schema: &Schema, request: &Request) -> Result<(), Vec<Problem>> {
    let problems: Vec<Problem> = request
        .table_rows
        .keys()
        .filter(|name| {
            !schema
                .tables
                .iter()
                .any(|table| table.name.to_string() == **name || table.name.name == **name)
        })
        .map(|name| {
            let nearest = crate::nearest(
                name,
                schema.tables.iter().map(|table| table.name.name.as_str()),
            );
            let problem = Problem::new("--rows", format!("there is no table `{name}`"));
            match nearest {
                Some(nearest) => problem.hint(format!("did you mean `{nearest}`?")),
                None => problem,
            }
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}
