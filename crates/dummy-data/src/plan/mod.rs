//! Decides, before the first row is made, how many rows each table gets and how each column is made.
//!
//! Three steps, a folder each, of which none knows of those after it:
//!
//! 1. [`facts`] reads off schema, masters and configuration what must hold;
//! 2. [`rows`] cuts row counts to what can be unique, and lets columns count where they must be;
//! 3. [`columns`] chooses a generator for each column by configuration, constraint, name and type.
//!
//! Then the rows are held against the constraints as the schema writes them: [`repair`] lets rows take other values
//! where a check is broken, [`verify`] tells what is left, and a [`doubt`] that it can't settle stops the run.
//!
//! What can't be done is an error here; what was assumed is a warning. What the steps share lies beside them:
//! [`names`], [`sql`], [`bounds`], [`topics`], and [`kinds`], the generators that a configuration can name.
//!
//! Where a rule about a column lives:
//!
//! | what decides | where |
//! |---|---|
//! | a CHECK | [`crate::check`] understands it, [`facts::rules`] applies it, [`facts::ways`] where it leaves several |
//! | an equation of a CHECK | [`facts::equations`] chooses what is computed, [`columns::computed`] computes it |
//! | an index or a constraint that wants something unique | [`facts::uniques`], settled by [`rows`] |
//! | a range that overlaps no other | [`facts::slots`] |
//! | a foreign key | [`facts::keys`]; keys that share columns [`facts::scopes`] |
//! | SQL that the Schemafile hands through, tables that inherit | the crate that made the [`Subject`] |
//! | the configuration | [`facts::settings`] refuses, [`facts::applied`] applies, [`columns::configured`] makes |
//! | a row that the configuration gives | [`fixed`] refuses and places, [`columns::pinned`] puts it there |
//! | the name of a text | [`columns::text_rules`] |
//! | the name of a number | [`columns::number_rules`] |
//! | the name of a date or time | [`columns::moments`] |
//! | a name that means another table, or an order of two columns | [`facts::by_name`], [`facts::polymorphic`], [`columns::counts`] |
//! | how often a column is NULL | [`columns::nulls`] |
//! | nothing but the type | [`columns::by_type`] |

mod bounds;
mod columns;
mod doubt;
mod facts;
mod fixed;
pub(crate) mod kinds;
mod names;
mod repair;
mod rows;
pub(crate) mod sql;
pub(crate) mod story;
mod topics;
mod verify;

pub use kinds::{GeneratorKind, OptionKind, OptionType, generator_kinds};
pub(crate) use names::is_named;

use crate::check::{self, Alternatives};
use crate::generators::Generator;
use crate::masters::Master;
use crate::nulls::Nulls;
use crate::overlay::Overlay;
use crate::pinned::Pins;
use crate::plan::facts::rules::Narrowing;
use crate::plan::facts::table::TableFacts;
use crate::problem::Problem;
use crate::random::Key;
use crate::request::Request;
use nearest_name::nearest;
use row_text::{Column, Fields, RowBuffer, Spelling};
use std::ops::Range;
use std::sync::Arc;
use value_model::{QualifiedName, Schema, Subject, load_order};

/// How all data is made.
#[derive(Debug)]
pub struct Plan {
    /// Tables that get rows, parents before their children.
    pub tables: Vec<TablePlan>,
    /// Tables that get none, and why.
    pub skipped: Vec<(QualifiedName, String)>,
    /// What was assumed.
    pub warnings: Vec<Problem>,
    /// Constraints that rows may break, and that the configuration leaves to the server: `orders.total_check`.
    pub unverified: Vec<String>,
}

/// How a table's rows are made.
#[derive(Debug)]
pub struct TablePlan {
    /// The table.
    pub name: QualifiedName,
    /// How many rows.
    pub rows: u64,
    /// Whether a server may take the rows as if they had always been there: not in a partitioned table.
    pub can_freeze: bool,
    /// Columns that are written, in the table's order.
    pub columns: Vec<ColumnPlan>,
    /// Columns that the database computes while the rows are loaded, each with its SQL expression over
    /// the other columns of the row.
    pub computed: Vec<(String, String)>,
    /// What happens to its rows, as readers would say it.
    pub story: Option<String>,
    /// What is laid over the rows.
    pub(crate) overlay: Option<Overlay>,
    /// The rows that the configuration gives, in its order.
    pub fixed: Vec<u64>,
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
    /// Whether a value may have what fields of a line escape.
    pub escape: bool,
    /// Whether its type is one of numbers, which SQL writes without quotes.
    pub number: bool,
    /// Why it is made so, for `--explain`.
    pub why: String,
}

impl Plan {
    /// Plans the data of a schema.
    pub fn new(
        subject: &Subject,
        masters: &[Master],
        request: &Request,
    ) -> Result<Self, Vec<Problem>> {
        // Checks that can hold in several ways are left to the story first; of those that it breaks, rows go one way each.
        let mut narrowing = Narrowing::default();
        for _ in 0..ATTEMPTS {
            match Self::attempt(subject, masters, request, &narrowing) {
                Ok((plan, broken)) if broken.is_empty() => return Ok(plan),
                Ok((_, broken)) => {
                    let before = narrowing.some.len();
                    narrowing.some.extend(broken);
                    if narrowing.some.len() == before {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        narrowing.all = true;
        match Self::attempt(subject, masters, request, &narrowing) {
            Ok((plan, _)) => Ok(plan),
            // Rows that load come before rows that tell a story.
            Err(problems) if request.has_lifecycles() => Err(problems),
            Err(problems) => {
                narrowing.without_story = true;
                let plain = Self::attempt(subject, masters, request, &narrowing);
                plain.map(|(plan, _)| plan).map_err(|_| problems)
            }
        }
    }

    /// Plans the data, and says which checks its first rows break.
    fn attempt(
        subject: &Subject,
        masters: &[Master],
        request: &Request,
        narrowing: &Narrowing,
    ) -> Result<(Self, Broken), Vec<Problem>> {
        Self::pinned(subject, masters, request, narrowing, &Pins::default())
    }

    /// The same, where fixed rows are to give columns their values.
    fn pinned(
        subject: &Subject,
        masters: &[Master],
        request: &Request,
        narrowing: &Narrowing,
        pins: &Pins,
    ) -> Result<(Self, Broken), Vec<Problem>> {
        let schema = &subject.schema;
        unknown_tables(schema, request)?;
        let mut warnings: Vec<Problem> = subject.remarks.iter().map(Problem::from).collect();
        let given = masters;
        let masters = facts::masters::of_tables(schema, given)?;
        let mut problems = facts::settings::check(subject, &masters, request);
        let fixed = fixed::of_tables(schema, &masters, request, &mut problems);
        let scopes = facts::find_scopes(schema, &masters, request);
        let mut facts = facts::read(
            subject,
            &masters,
            request,
            &scopes,
            narrowing,
            &mut problems,
        );
        facts::following::check(schema, &facts, request, &mut problems);
        story::configured::check(schema, &facts, request, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut story = story::find(schema, &facts, request);
        if narrowing.without_story {
            story.forget();
        }
        let untold = untold(&facts, &story);
        if !untold.is_empty() {
            let none = Self {
                tables: Vec::new(),
                skipped: Vec::new(),
                warnings,
                unverified: Vec::new(),
            };
            return Ok((none, untold));
        }
        story::settle(&mut facts, &story, request, &narrowing.some);
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
        let mut builder = columns::build::Builder::new(
            schema, &facts, &scopes, decided, &order, root, request, &story, pins,
        );
        let mut tables = Vec::new();
        let mut positions = Vec::new();
        let mut skipped = Vec::new();
        let mut broken = Vec::new();
        for position in order {
            if let Some(reason) = builder.reason_for_no_rows(position) {
                skipped.push((schema.tables[position].name.clone(), reason));
                continue;
            }
            let mut table = builder.table(position);
            repair::repair(
                &facts[position],
                &builder.decided.needs[position],
                &mut table,
            );
            columns::pinned::pin(facts[position].table, position, pins, &mut table);
            for (name, alternatives) in &facts[position].deferred {
                if !table.keeps(alternatives) {
                    broken.push((table.name.to_string(), name.clone()));
                }
            }
            tables.push(table);
            positions.push(position);
        }
        if !builder.problems.is_empty() {
            return Err(builder.problems);
        }
        broken.append(&mut builder.given_up);
        broken.retain(|known| !narrowing.some.contains(known));
        warnings.append(&mut builder.warnings);
        if !broken.is_empty() && !narrowing.all {
            let plan = Self {
                tables,
                skipped,
                warnings,
                unverified: Vec::new(),
            };
            return Ok((plan, broken));
        }
        if !fixed.is_empty() {
            let base = fixed::cells::Base::new(schema, &facts, &tables, &positions);
            if pins.rows.is_empty() {
                let pins = fixed::place::place(&base, &scopes, &story, &fixed)?;
                return Self::pinned(subject, given, request, narrowing, &pins);
            }
            fixed::held::hold(&base, &fixed, pins)?;
        }
        let mut doubts = subject.doubts.clone();
        doubts.append(&mut builder.doubts);
        let planned: Vec<verify::Planned<'_>> = positions
            .iter()
            .zip(&tables)
            .map(|(&position, plan)| verify::Planned {
                facts: &facts[position],
                plan,
            })
            .collect();
        let verify::Outcome {
            problems,
            unverified,
        } = verify::verify(&planned, doubts, &|table, constraint| {
            request.is_unverified(table, constraint)
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        let plan = Self {
            tables,
            skipped,
            warnings,
            unverified,
        };
        Ok((plan, broken))
    }

    /// Rows of all tables together.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// Checks and unique sets that a plan breaks, by table and name.
type Broken = Vec<(String, String)>;

/// How often a plan is begun because checks were broken, or untold of, before all of them narrow it.
const ATTEMPTS: usize = 4;
/// Rows that are held against checks.
const HELD: u64 = 2000;

/// Checks that can hold in several ways and speak of nothing that a story tells: rows go all of their ways. There are none
/// where all checks are to be narrowed, for then none is deferred.
fn untold(facts: &[TableFacts<'_>], story: &story::Story) -> Broken {
    let mut untold = Broken::new();
    for (facts, story) in facts.iter().zip(&story.tables) {
        for (name, alternatives) in &facts.deferred {
            let is_told = check::columns_of(alternatives).iter().any(|column| {
                let place = facts.table.column_position(column);
                place.is_some_and(|place| story.relations.contains_key(&place))
            });
            if !is_told {
                untold.push((facts.table.name.to_string(), name.clone()));
            }
        }
    }
    untold
}

impl TablePlan {
    /// Whether the first rows keep a check.
    fn keeps(&self, alternatives: &Alternatives) -> bool {
        let names = check::columns_of(alternatives);
        let columns: Vec<Option<&ColumnPlan>> = names
            .iter()
            .map(|name| self.columns.iter().find(|column| column.name == *name))
            .collect();
        // A given row that breaks one is told as such, and changes no other.
        let mut made = (0..self.rows.min(HELD)).filter(|row| !self.fixed.contains(row));
        made.all(|row| {
            let cells: Vec<Option<Option<String>>> = columns
                .iter()
                .map(|column| {
                    let column = (*column)?;
                    if column.nulls.at(row) {
                        return Some(None);
                    }
                    let mut out = RowBuffer::new();
                    column.generator.write(row, &mut out);
                    Some(String::from_utf8(out.into_vec()).ok())
                })
                .collect();
            check::holds(alternatives, &|name| {
                let place = names.iter().position(|own| own == name)?;
                cells[place].clone()
            })
        })
    }

    /// Appends a range of rows. Any range can be made at any time: rows don't know each other.
    pub fn write<S: Spelling>(&self, rows: Range<u64>, spelling: &S, out: &mut RowBuffer) {
        for row in rows {
            spelling.begin_row(row, out);
            if let Some(overlay) = &self.overlay {
                if let Some(of) = overlay.row(row) {
                    self.write_overlaid(&of, spelling, out);
                }
                spelling.end_row(row, self.rows, out);
                continue;
            }
            for (place, column) in self.columns.iter().enumerate() {
                if place > 0 {
                    spelling.separator(out);
                }
                column.spell(place, row, spelling, out);
            }
            spelling.end_row(row, self.rows, out);
        }
    }
}

impl ColumnPlan {
    /// Appends the value of a row as a field of a line.
    pub fn write_field(&self, row: u64, out: &mut RowBuffer) {
        self.spell(0, row, &Fields, out);
    }

    #[inline]
    pub(crate) fn spell<S: Spelling>(
        &self,
        place: usize,
        row: u64,
        spelling: &S,
        out: &mut RowBuffer,
    ) {
        if self.nulls.at(row) {
            spelling.null(out);
            return;
        }
        let column = Column {
            place,
            number: self.number,
            escape: self.escape,
        };
        let start = spelling.begin_value(column, out);
        self.generator.write(row, out);
        spelling.end_value(column, start, out);
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
            let nearest = nearest(
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
