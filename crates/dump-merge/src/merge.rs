//! The way through a merge: first what is around the rows, then table after table.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::mem;

use dump_text::{BlockWriter, Cursor, Fields, Form, Keys, folded, unquoted};

use crate::conflict::{Conflict, What};
use crate::decisions::{Choice, Decisions};
use crate::lines;
use crate::outline::{Block, BlockName, Item, Outline};
use crate::report::{Report, TableReport, Tally};
use crate::resolve::Resolver;
use crate::rows::{self, Blocks, MOST_KEPT_BYTES, MOST_KEPT_ROWS, Stop};
use crate::shape::Shape;
use crate::side::{Side, Three, Versions};
use crate::watch::{Guard, Watch};

/// Why there is no merged dump.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A version can't be read.
    #[error("the version {version}: {error}")]
    Version {
        /// Which: `both come from`, `ours`, `theirs`.
        version: &'static str,
        /// What was said.
        error: io::Error,
    },
    /// There is nothing to merge by.
    #[error(
        "no rows are in either side, in COPY blocks or INSERT statements: a dump without rows, or none"
    )]
    NoRows,
    /// What stands between rows would be lost.
    #[error(
        "the INSERT statements of {table} have comments between their rows, or another clause behind them than the \
         first one has: what can't be kept isn't merged"
    )]
    Unusual {
        /// As the dump writes it.
        table: String,
    },
    /// The merged dump can't be written, or a version is another one at second sight.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Merges `versions` into `output`. `keys` are those of the schema, as far as the dumps don't tell them.
///
/// # Errors
/// A version can't be read, or the output not written. A conflict is no error: it is in the report.
pub fn merge(
    versions: Versions<'_>,
    keys: &Keys,
    decisions: &Decisions,
    output: &mut dyn Write,
) -> Result<Report, MergeError> {
    let read = |version, source| {
        Outline::of(source).map_err(|error| MergeError::Version { version, error })
    };
    let mut outlines = Three {
        base: read("both come from", versions.base)?,
        ours: read("ours", versions.ours)?,
        theirs: read("theirs", versions.theirs)?,
    };
    for outline in [&outlines.ours, &outlines.theirs] {
        let comments =
            |block: &&Block| matches!(&block.form, Form::Insert(insert) if insert.comments);
        if let Some(block) = outline.blocks.iter().find(comments) {
            return Err(MergeError::Unusual {
                table: block.name.table.clone(),
            });
        }
    }
    outlines.base.add_empty_blocks(&outlines.ours);
    outlines.base.add_empty_blocks(&outlines.theirs);
    outlines.ours.add_empty_blocks(&outlines.base);
    outlines.ours.add_empty_blocks(&outlines.theirs);
    outlines.theirs.add_empty_blocks(&outlines.base);
    outlines.theirs.add_empty_blocks(&outlines.ours);
    let mut keys = keys.clone();
    let made = outlines.as_ref().map(|outline| {
        let text = outline.text();
        keys.read(&text);
        let mut made = Keys::default();
        made.read(&text);
        made
    });
    // A dump may well have tables and no rows.
    let is_no_dump = |outline: &Outline, made: &Keys| outline.blocks.is_empty() && made.is_empty();
    if is_no_dump(&outlines.ours, &made.ours) && is_no_dump(&outlines.theirs, &made.theirs) {
        return Err(MergeError::NoRows);
    }
    outlines.base.name_columns(&keys);
    outlines.ours.name_columns(&keys);
    outlines.theirs.name_columns(&keys);

    let mut report = Report::default();
    let items = lines::merge(outlines.as_ref(), decisions, &mut report);
    let mut merge = Merge {
        outlines: outlines.as_ref(),
        crossed: crossed(outlines.as_ref(), &keys),
        keys: &keys,
        made: &made,
        decisions,
        cursors: versions.map(|version| Cursor::with_fields(version, Fields::Literals)),
        watch: Watch::default(),
        report: &mut report,
    };
    for item in items {
        match item {
            Item::Line(line) => {
                output.write_all(&line)?;
                output.write_all(b"\n")?;
            }
            Item::Block(name) => merge.block(&name, output)?,
        }
    }
    let watch = merge.watch;
    watch.finish(&mut report);
    Ok(report)
}

struct Merge<'a> {
    outlines: Three<&'a Outline>,
    /// Tables whose rows have to be looked at even if only one side changed them, and what points to them.
    crossed: Crossed,
    keys: &'a Keys,
    /// What each version itself makes.
    made: &'a Three<Keys>,
    decisions: &'a Decisions,
    cursors: Three<Cursor<'a>>,
    watch: Watch,
    report: &'a mut Report,
}

/// Tables of which one side changed the one that points, and the other side the one that is pointed to.
#[derive(Debug, Default)]
struct Crossed {
    tables: BTreeSet<String>,
    pointed_to: BTreeSet<(String, Vec<String>)>,
}

fn crossed(outlines: Three<&Outline>, keys: &Keys) -> Crossed {
    let names: BTreeSet<&str> = [outlines.ours, outlines.theirs]
        .into_iter()
        .flat_map(|outline| outline.blocks.iter().map(|block| block.name.table.as_str()))
        .collect();
    let changed = |table: &str, side: Side| {
        let content = |outline: &Outline| {
            let blocks = outline
                .blocks
                .iter()
                .filter(|block| folded(&block.name.table) == table);
            blocks
                .map(|block| (block.columns.clone(), block.content))
                .collect::<Vec<_>>()
        };
        content(outlines.of(side)) != content(outlines.base)
    };
    let mut crossed = Crossed::default();
    for name in names {
        let Some(known) = keys.table(name) else {
            continue;
        };
        let table = folded(name);
        for key in &known.foreign {
            let is_crossed = [Side::Ours, Side::Theirs]
                .into_iter()
                .any(|side| changed(&table, side) && changed(&key.target, side.other()));
            if let Some(columns) = keys.target_columns(key)
                && is_crossed
            {
                crossed.tables.extend([table.clone(), key.target.clone()]);
                crossed
                    .pointed_to
                    .insert((key.target.clone(), columns.to_vec()));
            }
        }
    }
    crossed
}

impl Merge<'_> {
    /// Writes a table: its head, its merged rows, its end.
    fn block(&mut self, name: &BlockName, output: &mut dyn Write) -> Result<(), MergeError> {
        let found = self.outlines.map(|outline| outline.block(name));
        let is_crossed = self.crossed.tables.contains(&folded(&name.table));
        let side = match (found.base, found.ours, found.theirs) {
            (_, Some(_), None) => Some(Side::Ours),
            (_, None, Some(_)) => Some(Side::Theirs),
            (_, Some(ours), Some(theirs)) if ours.is_same(theirs) => Some(Side::Ours),
            (Some(base), Some(ours), Some(_)) if ours.is_same(base) && !is_crossed => {
                Some(Side::Theirs)
            }
            (Some(base), Some(_), Some(theirs)) if theirs.is_same(base) && !is_crossed => {
                Some(Side::Ours)
            }
            _ => None,
        };
        if let Some(side) = side {
            return self.copy(side, name, output);
        }
        let Some(block) = found.ours.or(found.theirs) else {
            return Ok(());
        };
        let shape = Shape::of(found.map(|found| found.map_or(&[][..], |block| &block.columns[..])));
        let columns: Vec<&str> = shape
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let lengths = self.outlines.ours.lengths.and(self.outlines.theirs.lengths);
        let form = match self.form(block, &columns) {
            Form::Insert(insert) => Form::Insert(Box::new(insert.with_lengths(lengths))),
            copy @ Form::Copy { .. } => copy,
        };
        let mut table = TableWriter {
            form,
            table: &name.table,
            columns: if block.is_named { &columns } else { &[] },
            block: None,
            row: Vec::new(),
            output: Some(output),
        };
        match self.rows(name, &shape, found, &mut table) {
            Ok(()) => Ok(table.finish()?),
            Err(Stop::Io(error)) => Err(error.into()),
            Err(stop) => match table.output {
                // Nothing was written yet.
                Some(output) => self.whole_table(name, &stop, output),
                None => Err(io::Error::other("the dump changed while it was read").into()),
            },
        }
    }

    /// How a block is written that has such columns. An INSERT names them where the merged table could have others, or
    /// in another order.
    fn form(&self, block: &Block, columns: &[&str]) -> Form {
        let Form::Insert(insert) = &block.form else {
            return block.form.clone();
        };
        let plain = |names: &mut dyn Iterator<Item = &str>| names.map(unquoted).collect::<Vec<_>>();
        let names = plain(&mut columns.iter().copied());
        let made = self.made.as_ref().map(|made| {
            let known = made.table(&block.name.table)?;
            let columns = plain(&mut known.columns.iter().map(String::as_str));
            (!columns.is_empty()).then_some(columns)
        });
        let is_as_made = match (&made.base, &made.ours, &made.theirs) {
            (_, None, None) => true,
            (_, Some(made), None) | (_, None, Some(made)) => *made == names,
            (_, Some(ours), Some(theirs)) if ours == theirs => *ours == names,
            (Some(base), Some(ours), Some(changed)) if ours == base => *changed == names,
            (Some(base), Some(changed), Some(theirs)) if theirs == base => *changed == names,
            // Both sides changed the columns: in which order they stand now is another matter.
            (_, Some(_), Some(_)) => false,
        };
        let is_as_was = plain(&mut block.columns.iter().map(String::as_str)) == names;
        if is_as_was && (insert.names_columns() || !block.is_named || is_as_made) {
            return block.form.clone();
        }
        Form::Insert(Box::new(insert.with_columns(columns.iter().copied())))
    }

    /// Merges the rows of a table. What stops it for another reason than reading and writing stops it before anything
    /// is written.
    fn rows(
        &mut self,
        name: &BlockName,
        shape: &Shape,
        found: Three<Option<&Block>>,
        output: &mut dyn Write,
    ) -> Result<(), Stop> {
        let there = found.map(|found| found.is_some());
        let blocks: Vec<&Block> = [found.base, found.ours, found.theirs]
            .into_iter()
            .flatten()
            .collect();
        let Some(form) = blocks.last().map(|block| &block.form) else {
            return Ok(());
        };
        if blocks.iter().any(|block| !block.form.is_like(form)) {
            return Err(Stop::Forms);
        }
        let have_rows = blocks.iter().filter(|block| block.rows > 0);
        let mut widths = have_rows.map(|block| block.columns.len());
        let first = widths.next();
        if blocks.iter().any(|block| !block.is_named) && widths.any(|width| Some(width) != first) {
            return Err(Stop::Names);
        }
        let key = self.key(name, shape, found);
        let is_ascending = key.as_ref().is_some_and(|(_, places)| {
            is_ascending(found.base, &places.base)
                && is_ascending(found.ours, &places.ours)
                && is_ascending(found.theirs, &places.theirs)
        });
        let has_key = key.is_some();
        let mut resolver = Resolver {
            table: &name.table,
            form,
            shape,
            key: key.unwrap_or((Vec::new(), there.map(|_| Vec::new()))),
            decisions: self.decisions,
            guard: Guard::of(
                &name.table,
                shape,
                there,
                self.keys,
                &self.crossed.pointed_to,
            ),
            watch: &mut self.watch,
            report: self.report,
            counts: TableReport::default(),
            tally: Tally::default(),
        };
        let at = found.map(|found| found.and_then(|block| block.at));
        let cursors = &mut self.cursors;
        let merged = if is_ascending {
            rows::merge_ascending(Blocks { cursors, at }, &mut resolver, output)
        } else if has_key {
            rows::merge_kept(Blocks { cursors, at }, &mut resolver, output)
        } else {
            Err(Stop::NoKey)
        };
        let same_columns = shape.columns.iter().all(|column| {
            let place = column.places;
            (place.base.is_some() || !there.base) && place.ours.is_some() && place.theirs.is_some()
        });
        match merged {
            Err(Stop::NoKey) if same_columns && shape.dropped.is_empty() => {
                rows::merge_sets(Blocks { cursors, at }, &mut resolver, output)?;
            }
            other => other?,
        }
        let Resolver {
            guard,
            counts,
            tally,
            ..
        } = resolver;
        guard.finish(&name.table, self.report);
        self.report.tables.push((name.table.clone(), counts));
        self.report.notes.extend(tally.sentences());
        Ok(())
    }

    /// The columns that tell rows apart, with their places: the primary key, or a first column that ascends.
    fn key(
        &self,
        name: &BlockName,
        shape: &Shape,
        found: Three<Option<&Block>>,
    ) -> Option<(Vec<String>, Three<Vec<usize>>)> {
        let there = found.map(|found| found.is_some());
        let primary = self
            .keys
            .table(&name.table)
            .and_then(|known| known.primary.as_ref());
        if let Some(columns) = primary {
            let places = shape.places(columns, there)?;
            return Some((columns.clone(), places));
        }
        let first = shape.columns.first()?;
        let places = first
            .places
            .map(|place| place.into_iter().collect::<Vec<_>>());
        let ascends = [
            (found.base, &places.base),
            (found.ours, &places.ours),
            (found.theirs, &places.theirs),
        ]
        .into_iter()
        .all(|(found, places)| {
            found.is_none() || (places.len() == 1 && is_ascending(found, places))
        });
        ascends.then(|| (vec![first.name.clone()], places))
    }

    /// A table whose rows can't be merged: one side's, as it was decided, or a conflict.
    fn whole_table(
        &mut self,
        name: &BlockName,
        stop: &Stop,
        output: &mut dyn Write,
    ) -> Result<(), MergeError> {
        let chosen = self.decisions.choose(&name.table, &[], None);
        if let Some(Choice::Side(side)) = chosen {
            return self.copy(side, name, output);
        }
        let why = match stop {
            Stop::TooMuch => format!(
                "both sides changed it, and it has more than {MOST_KEPT_ROWS} rows in no order, or more than {} MB of \
                 them changed",
                MOST_KEPT_BYTES >> 20
            ),
            Stop::Forms => "one version has its rows in COPY blocks, another one in INSERT statements, or in those of \
                            another database"
                .to_owned(),
            Stop::Names => "the number of its columns changed, and nobody says which they are".to_owned(),
            _ => "both sides changed it, its columns among it, and it has no primary key by which its rows belong \
                  together"
                .to_owned(),
        };
        self.report.conflict(Conflict {
            table: name.table.clone(),
            key: Vec::new(),
            what: What::Table { why },
        });
        self.copy(Side::Ours, name, output)
    }

    /// Writes a table as one side has it.
    fn copy(
        &mut self,
        side: Side,
        name: &BlockName,
        output: &mut dyn Write,
    ) -> Result<(), MergeError> {
        let Some(block) = self.outlines.of(side).block(name) else {
            return Ok(());
        };
        let Some(at) = block.at else {
            return Ok(());
        };
        let columns: Vec<&str> = block.columns.iter().map(String::as_str).collect();
        let form = self.form(block, &columns);
        let named: &[&str] = if block.is_named { &columns } else { &[] };
        let mut writer = BlockWriter::begin(form, &name.table, named, output)?;
        let cursor = match side {
            Side::Ours => &mut self.cursors.ours,
            Side::Theirs => &mut self.cursors.theirs,
        };
        cursor.enter(at)?;
        while cursor.advance()? {
            writer.row_as_it_was(cursor.row(), cursor.row_opens_statement())?;
        }
        Ok(writer.finish()?)
    }
}

/// Whether the rows of a version are in the order of their key. No rows are in any order.
fn is_ascending(found: Option<&Block>, places: &[usize]) -> bool {
    match (found, places) {
        (None, _) => true,
        (Some(block), [place]) => block.rows == 0 || block.ascending.get(*place) == Some(&true),
        _ => false,
    }
}

/// Writes a table's head before its first row, since until then its rows may turn out to be no one's to merge.
struct TableWriter<'a, 'b> {
    form: Form,
    table: &'b str,
    columns: &'b [&'b str],
    block: Option<BlockWriter<'a>>,
    /// The beginning of a row.
    row: Vec<u8>,
    output: Option<&'a mut dyn Write>,
}

impl<'a> TableWriter<'a, '_> {
    /// The writer, with the head written.
    fn block(&mut self) -> io::Result<&mut BlockWriter<'a>> {
        if let Some(output) = self.output.take() {
            let form = self.form.clone();
            self.block = Some(BlockWriter::begin(form, self.table, self.columns, output)?);
        }
        self.block
            .as_mut()
            .ok_or_else(|| io::Error::other("the table's head can't be written twice"))
    }

    fn finish(mut self) -> io::Result<()> {
        self.block()?;
        self.block.map_or(Ok(()), BlockWriter::finish)
    }
}

impl Write for TableWriter<'_, '_> {
    /// Takes rows, each with its line feed.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let row = mem::take(&mut self.row);
            if row.is_empty() {
                self.block()?.row(&rest[..end])?;
            } else {
                let row = [&row[..], &rest[..end]].concat();
                self.block()?.row(&row)?;
            }
            rest = &rest[end + 1..];
        }
        self.row.extend_from_slice(rest);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
