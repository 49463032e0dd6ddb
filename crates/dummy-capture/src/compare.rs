//! Reads a dump and finds what differs, table by table.

use crate::canonical::{self, same};
use crate::index::Index;
use dummy_data::{Plan, Problem, TablePlan, What};
use dump_text::{Fields, Line, Lines, Source, folded, row, unquoted};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use value_model::{Schema, Table, ValueType};

/// From so many rows on it is told when most rows of a table differ.
const MANY: u64 = 20;

/// Stands for NULL where whole rows are compared.
const NULL: &str = "\0";

/// So many rows may differ, of all tables together.
pub const MOST_DIFFERENT: usize = 100_000;

/// Whose dump it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `pg_dump`'s.
    PostgreSql,
    /// `mysqldump`'s or `mariadb-dump`'s.
    MySql,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Tables whose rows differ, in the plan's order.
    pub tables: Vec<Difference>,
    /// What can't be said, or wasn't compared: sentences with a hint.
    pub untold: Vec<Problem>,
    /// Why nothing can be captured.
    pub problems: Vec<Problem>,
}

/// In what a table's rows differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// The rows, by their keys.
    pub rows: Vec<DifferentRow>,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferentRow {
    /// In which way.
    pub what: What,
    /// Its key's columns, and what differs or is there.
    pub cells: Vec<DifferentCell>,
}

/// A value that a row has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferentCell {
    /// The column.
    pub column: String,
    /// The value, NULL being none.
    pub value: Option<String>,
    /// What would be made, where that is something else.
    pub made: Option<Option<String>>,
    /// Whether it is a number, or true or false, which need no quotes.
    pub bare: bool,
}

/// The columns by which a table's rows are told apart: its primary key, or else the first unique index that no NULL is in.
pub fn key_of(table: &Table) -> Option<Vec<String>> {
    if let Some(key) = &table.primary_key {
        return Some(key.columns.clone());
    }
    let never_null = |name: &String| table.column(name).is_some_and(|column| column.not_null);
    let constraints = table
        .own
        .uniques
        .iter()
        .map(|unique| unique.columns.clone());
    let indexes = table
        .indexes
        .iter()
        .filter(|index| index.unique && index.own.predicate.is_none())
        .filter_map(|index| {
            let columns = index.plain_columns()?;
            Some(columns.into_iter().map(ToString::to_string).collect())
        });
    constraints
        .chain(indexes)
        .find(|columns: &Vec<String>| !columns.is_empty() && columns.iter().all(never_null))
}

/// Compares the rows of a dump with those of a plan.
///
/// # Errors
/// What the source says.
pub fn compare(
    plan: &Plan,
    schema: &Schema,
    parts: &BTreeSet<String>,
    dialect: Dialect,
    source: &dyn Source,
) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut tables: BTreeMap<String, Compared<'_>> = BTreeMap::new();
    for planned in &plan.tables {
        let Some(table) = schema
            .tables
            .iter()
            .find(|table| table.name == planned.name)
        else {
            continue;
        };
        tables.insert(
            planned.name.to_string(),
            Compared::new(planned, table, dialect),
        );
    }
    let mut lines = Lines::with_fields(source, Fields::Values)?;
    let mut at: Option<String> = None;
    let mut others: BTreeMap<String, u64> = BTreeMap::new();
    let mut different = 0;
    while let Some(line) = lines.next_line()? {
        match line {
            Line::Begin { table, columns, .. } => {
                let name = folded(&table);
                let name = if tables.contains_key(&name) || dialect == Dialect::PostgreSql {
                    name
                } else {
                    // A dump of several databases names theirs.
                    name.rsplit('.').next().unwrap_or(&name).to_owned()
                };
                if let Some(compared) = tables.get_mut(&name) {
                    let columns: Vec<String> =
                        columns.iter().map(|column| unquoted(column)).collect();
                    if let Some(problem) = compared.begin(&columns) {
                        outcome.problems.push(problem);
                    }
                } else if parts.contains(&name) {
                    outcome.problems.push(
                        Problem::new(
                            &name,
                            "the dump has the rows of a partition, and not those of its table",
                        )
                        .hint("dump with `pg_dump --data-only --load-via-partition-root`"),
                    );
                } else {
                    others.entry(name.clone()).or_insert(0);
                }
                at = Some(name);
            }
            Line::Row(fields) => {
                let Some(name) = &at else { continue };
                if let Some(compared) = tables.get_mut(name) {
                    different += compared.row(fields);
                    if different > MOST_DIFFERENT {
                        outcome.problems.push(too_many(name));
                        return Ok(outcome);
                    }
                } else if let Some(count) = others.get_mut(name) {
                    *count += 1;
                }
            }
            Line::End(_) => at = None,
            Line::Statement(text) => {
                // An empty table of a mysqldump has nothing else.
                if let Some(name) = locked(text)
                    && let Some(compared) = tables.get_mut(&name)
                {
                    compared.present = true;
                }
            }
        }
        if !outcome.problems.is_empty() {
            return Ok(outcome);
        }
    }
    if !tables.values().any(|table| table.present) {
        outcome.problems.push(
            Problem::new(
                "standard input",
                "no rows of any table of the schema are in it",
            )
            .hint(
                "`capture` takes what `pg_dump --data-only` or `mysqldump --no-create-info` writes",
            ),
        );
        return Ok(outcome);
    }
    for planned in &plan.tables {
        let Some(compared) = tables.remove(&planned.name.to_string()) else {
            continue;
        };
        let name = planned.name.to_string();
        if let Some(more) = compared.missing(MOST_DIFFERENT - different) {
            different += more;
        } else {
            outcome.problems.push(too_many(&name));
            return Ok(outcome);
        }
        compared.finish(&mut outcome);
    }
    for (name, count) in others.into_iter().filter(|(_, count)| *count > 0) {
        outcome.untold.push(
            Problem::new(
                &name,
                format!(
                    "has {count} rows in the dump, and none are made for it: they aren't captured"
                ),
            )
            .hint("rows of such a table can be a master: `schema/masters/TABLE.csv`"),
        );
    }
    Ok(outcome)
}

fn too_many(table: &str) -> Problem {
    Problem::new(
        table,
        format!("more than {MOST_DIFFERENT} rows differ: that is another database, and not one that was changed by hand"),
    )
    .hint("load the dump of the same schema, configuration and seed (`--seed`, `--rows`), change that, and capture it")
}

/// The table that a mysqldump is about to fill.
fn locked(statement: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(statement).ok()?;
    let name = text.strip_prefix("LOCK TABLES ")?.split(" WRITE").next()?;
    Some(folded(name))
}

/// A table that is compared.
struct Compared<'a> {
    plan: &'a TablePlan,
    table: &'a Table,
    dialect: Dialect,
    /// Whether the dump has it.
    present: bool,
    /// The key's columns by their places in the plan.
    key: Vec<usize>,
    /// Whether that is all columns, for want of a key.
    whole: bool,
    /// For each field of a row its place in the plan; none for what isn't compared.
    fields: Vec<Option<usize>>,
    /// One bit for each row that is made.
    seen: Vec<u64>,
    /// The row after the one that was found last.
    next: u64,
    /// Where rows are by their keys, once it was asked for; `None` inside where it would take too much.
    #[expect(clippy::option_option, reason = "not asked for isn't too much")]
    index: Option<Option<Index>>,
    rows: BTreeMap<Vec<String>, DifferentRow>,
    /// Columns whose values aren't compared, and why.
    skipped: BTreeMap<String, String>,
    /// Rows that have no key.
    keyless: u64,
}

impl<'a> Compared<'a> {
    fn new(plan: &'a TablePlan, table: &'a Table, dialect: Dialect) -> Self {
        let place = |name: &String| plan.columns.iter().position(|own| own.name == *name);
        let places: Option<Vec<usize>> =
            key_of(table).and_then(|key| key.iter().map(place).collect());
        let whole = places.is_none();
        Self {
            plan,
            table,
            dialect,
            present: false,
            key: places.unwrap_or_else(|| (0..plan.columns.len()).collect()),
            whole,
            fields: Vec::new(),
            seen: vec![0; usize::try_from(plan.rows.div_ceil(64)).unwrap_or(0)],
            next: 0,
            index: None,
            rows: BTreeMap::new(),
            skipped: BTreeMap::new(),
            keyless: 0,
        }
    }

    /// A block of rows with these columns begins.
    fn begin(&mut self, columns: &[String]) -> Option<Problem> {
        self.present = true;
        let columns: Vec<String> = if columns.is_empty() {
            let own = self.table.columns.iter();
            own.map(|column| column.name.clone()).collect()
        } else {
            columns.to_vec()
        };
        let name = self.table.name.to_string();
        let unknown = columns
            .iter()
            .find(|column| self.table.column(column).is_none());
        if let Some(column) = unknown {
            return Some(
                Problem::new(
                    format!("{name}.{column}"),
                    "the dump has this column, and the schema doesn't",
                )
                .hint("bring the database to the schema's version first"),
            );
        }
        let missing = self
            .plan
            .columns
            .iter()
            .find(|column| !columns.contains(&column.name));
        if let Some(column) = missing {
            return Some(
                Problem::new(
                    format!("{name}.{}", column.name),
                    "the schema has this column, and the dump doesn't",
                )
                .hint("bring the database to the schema's version first"),
            );
        }
        self.fields = columns
            .iter()
            .map(|column| self.plan.columns.iter().position(|own| own.name == *column))
            .collect();
        for (column, place) in columns.iter().zip(&self.fields) {
            let of_type = self
                .table
                .column(column)
                .map(|column| &column.data_type.kind);
            let is_of_expressions = self.plan.computed.iter().any(|(own, _)| own == column);
            if place.is_none() && is_of_expressions {
                self.skipped.insert(
                    column.clone(),
                    "the database computes it (`sql`)".to_owned(),
                );
            } else if place.is_none() {
                self.skipped
                    .insert(column.clone(), "it is left to the database".to_owned());
            } else if let Some(ValueType::Other(name)) = of_type {
                self.skipped.insert(
                    column.clone(),
                    format!("values of its type `{name}` can't be compared as text"),
                );
            }
        }
        None
    }

    /// Compares a row of the dump; how many rows more differ.
    fn row(&mut self, line: &[u8]) -> usize {
        let values: Vec<Option<String>> = row::fields(line)
            .zip(&self.fields)
            .map(|(field, place)| self.value(field, *place))
            .collect();
        let mut by_place: Vec<Option<String>> = vec![None; self.plan.columns.len()];
        for (value, place) in values.iter().zip(&self.fields) {
            if let Some(place) = place {
                by_place[*place].clone_from(value);
            }
        }
        let of_place = |place: usize| by_place[place].clone();
        let key: Option<Vec<String>> = self
            .key
            .iter()
            .map(|&place| match of_place(place) {
                Some(value) => Some(self.canonical(place, &value)),
                None => self.whole.then(|| NULL.to_owned()),
            })
            .collect();
        let Some(key) = key else { return 0 };
        if self.whole {
            // What differs can't be named.
            match self.find(&key) {
                Some(number) => {
                    self.see(number);
                    self.next = number + 1;
                }
                None => self.keyless += 1,
            }
            return 0;
        }
        if let Some(number) = self.find(&key) {
            self.see(number);
            self.next = number + 1;
            let cells = self.differing(number, &values);
            if cells.is_empty() {
                return 0;
            }
            let mut all: Vec<DifferentCell> = self
                .key
                .iter()
                .map(|&place| self.cell(place, of_place(place), None))
                .collect();
            all.extend(cells);
            let different = DifferentRow {
                what: What::Changed,
                cells: all,
            };
            self.rows.insert(sorted(key), different);
        } else {
            let cells = (0..self.plan.columns.len())
                .map(|place| self.cell(place, of_place(place), None))
                .collect();
            let different = DifferentRow {
                what: What::Added,
                cells,
            };
            self.rows.insert(sorted(key), different);
        }
        1
    }

    /// The value of a field; NULL is none.
    fn value(&self, field: &[u8], place: Option<usize>) -> Option<String> {
        let own = place.and_then(|place| self.table.column(&self.plan.columns[place].name));
        match (self.dialect, own) {
            (Dialect::MySql, Some(column)) => canonical::of_mysql(field, &column.data_type),
            _ => row::text(field),
        }
    }

    #[expect(
        clippy::option_option,
        reason = "a cell that isn't compared isn't NULL"
    )]
    fn cell(
        &self,
        place: usize,
        value: Option<String>,
        made: Option<Option<String>>,
    ) -> DifferentCell {
        let column = &self.plan.columns[place].name;
        let of_type = self.table.column(column).map(|column| &column.data_type);
        let bare = of_type.is_some_and(|of_type| {
            !of_type.array && (of_type.kind.is_number() || of_type.kind == ValueType::Boolean)
        });
        DifferentCell {
            column: column.clone(),
            value,
            made,
            bare,
        }
    }

    /// The columns in which a row of the dump isn't the one that is made.
    fn differing(&self, number: u64, values: &[Option<String>]) -> Vec<DifferentCell> {
        let mut cells = Vec::new();
        for (value, place) in values.iter().zip(&self.fields) {
            let Some(place) = *place else { continue };
            let name = &self.plan.columns[place].name;
            if self.key.contains(&place) || self.skipped.contains_key(name) {
                continue;
            }
            let made = self.plan.values(&[place], number).pop().flatten();
            let is_same = match (value, &made) {
                (None, None) => true,
                (Some(value), Some(made)) => {
                    value == made
                        || self
                            .table
                            .column(name)
                            .is_some_and(|column| same(&column.data_type, value, made))
                }
                _ => false,
            };
            if !is_same {
                cells.push(self.cell(place, value.clone(), Some(made)));
            }
        }
        cells
    }

    fn canonical(&self, place: usize, text: &str) -> String {
        let name = &self.plan.columns[place].name;
        match self.table.column(name) {
            Some(column) => canonical::text(&column.data_type, text),
            None => text.to_owned(),
        }
    }

    fn key_at(&self, number: u64) -> Option<Vec<String>> {
        self.plan
            .values(&self.key, number)
            .into_iter()
            .zip(&self.key)
            .map(|(value, &place)| match value {
                Some(value) => Some(self.canonical(place, &value)),
                None => self.whole.then(|| NULL.to_owned()),
            })
            .collect()
    }

    /// The row that is made with a key.
    fn find(&mut self, key: &[String]) -> Option<u64> {
        let counted = match key {
            [only] => only.parse::<u64>().ok().and_then(|key| key.checked_sub(1)),
            _ => None,
        };
        for guess in [Some(self.next), counted].into_iter().flatten() {
            let is_free = !self.whole || !self.is_seen(guess);
            if guess < self.plan.rows && is_free && self.key_at(guess).as_deref() == Some(key) {
                return Some(guess);
            }
        }
        if self.index.is_none() {
            self.index = Some(Index::new(self.plan.rows, &|number| self.key_at(number)));
        }
        let index = self.index.as_ref()?.as_ref()?;
        index
            .rows(key)
            .filter(|&number| !self.whole || !self.is_seen(number))
            .find(|&number| self.key_at(number).as_deref() == Some(key))
    }

    fn see(&mut self, number: u64) {
        if let Some(bits) = usize::try_from(number / 64)
            .ok()
            .and_then(|place| self.seen.get_mut(place))
        {
            *bits |= 1 << (number % 64);
        }
    }

    fn is_seen(&self, number: u64) -> bool {
        let place = usize::try_from(number / 64).ok();
        let bits = place.and_then(|place| self.seen.get(place));
        bits.is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }

    /// How many rows that are made the dump doesn't have; none if there are more than so many.
    fn missing(&self, most: usize) -> Option<usize> {
        if !self.present || self.whole {
            return Some(0);
        }
        let seen: u64 = self
            .seen
            .iter()
            .map(|bits| u64::from(bits.count_ones()))
            .sum();
        usize::try_from(self.plan.rows - seen)
            .ok()
            .filter(|&missing| missing <= most)
    }

    fn finish(mut self, outcome: &mut Outcome) {
        let name = self.table.name.to_string();
        if !self.present {
            outcome.untold.push(
                Problem::new(&name, "isn't in the dump, and wasn't compared")
                    .hint("dump the whole database, without `-t` or `--tables`"),
            );
            return;
        }
        if self.whole {
            let made = (0..self.plan.rows).filter(|&number| !self.is_seen(number));
            let gone = made.count();
            if self.keyless > 0 || gone > 0 {
                outcome.untold.push(
                    Problem::new(
                        &name,
                        format!(
                            "has no primary key by which a row could be named: {} rows of the dump differ from the {gone} that are made in their place, and aren't captured",
                            self.keyless
                        ),
                    )
                    .hint("give the table a primary key"),
                );
            }
            return;
        }
        for number in 0..self.plan.rows {
            if self.is_seen(number) {
                continue;
            }
            let Some(key) = self.key_at(number) else {
                continue;
            };
            let values = self.plan.values(&self.key, number);
            let cells = self
                .key
                .iter()
                .zip(values)
                .map(|(&place, value)| self.cell(place, value, None))
                .collect();
            let different = DifferentRow {
                what: What::LeftOut,
                cells,
            };
            self.rows.insert(sorted(key), different);
        }
        for (column, why) in &self.skipped {
            outcome.untold.push(Problem::new(
                format!("{name}.{column}"),
                format!("isn't compared: {why}"),
            ));
        }
        let different = self.rows.len() as u64;
        if different > MANY && different * 2 > self.plan.rows {
            outcome.untold.push(
                Problem::new(
                    &name,
                    format!(
                        "{different} rows differ from the {} that are made: that is much for work by hand",
                        self.plan.rows
                    ),
                )
                .hint("give `capture` what the rows were made with (`--rows`, `--seed`), or keep that in schema/dummy.toml"),
            );
        }
        if !self.rows.is_empty() {
            outcome.tables.push(Difference {
                table: name,
                rows: self.rows.into_values().collect(),
            });
        }
    }
}

/// A key by which rows are sorted: whole numbers in their order.
fn sorted(key: Vec<String>) -> Vec<String> {
    key.into_iter()
        .map(|text| match text.parse::<u64>() {
            Ok(number) => format!("{number:020}"),
            Err(_) => text,
        })
        .collect()
}
