//! The way through a merge: first what is around the rows, then table after table.

use std::collections::BTreeSet;
use std::io::{self, Write};

use dump_text::Cursor;

use crate::conflict::{Conflict, What};
use crate::decisions::{Choice, Decisions};
use crate::keys::{Keys, folded};
use crate::lines;
use crate::outline::{Block, BlockName, Item, Outline};
use crate::report::{Report, TableReport, Tally};
use crate::rows::{self, Blocks, MOST_KEPT_BYTES, MOST_KEPT_ROWS, Stop};
use crate::settle::Settler;
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
        "no COPY block is in either side: a dump without rows, one of INSERT statements, or none"
    )]
    NoRows,
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
    let outlines = Three {
        base: read("both come from", versions.base)?,
        ours: read("ours", versions.ours)?,
        theirs: read("theirs", versions.theirs)?,
    };
    if outlines.ours.blocks.is_empty() && outlines.theirs.blocks.is_empty() {
        return Err(MergeError::NoRows);
    }
    let mut keys = keys.clone();
    keys.read(&outlines.ours.text());
    keys.read(&outlines.theirs.text());

    let mut report = Report::default();
    let items = lines::merge(outlines.as_ref(), decisions, &mut report);
    let mut merge = Merge {
        outlines: outlines.as_ref(),
        crossed: crossed(outlines.as_ref(), &keys),
        keys: &keys,
        decisions,
        cursors: versions.map(Cursor::new),
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
            (_, Some((_, ours)), Some((_, theirs))) if ours.is_same(theirs) => Some(Side::Ours),
            (Some((_, base)), Some((_, ours)), Some(_)) if ours.is_same(base) && !is_crossed => {
                Some(Side::Theirs)
            }
            (Some((_, base)), Some(_), Some((_, theirs)))
                if theirs.is_same(base) && !is_crossed =>
            {
                Some(Side::Ours)
            }
            _ => None,
        };
        if let Some(side) = side {
            return self.copy(side, name, output);
        }
        let shape =
            Shape::of(found.map(|found| found.map_or(&[][..], |(_, block)| &block.columns[..])));
        let rest = found
            .ours
            .or(found.theirs)
            .map_or("", |(_, block)| block.rest.as_str());
        let columns = shape.columns.iter().map(|column| column.name.as_str());
        let mut table = TableWriter {
            head: Some(head(name, columns, rest)),
            output,
        };
        match self.rows(name, &shape, found, &mut table) {
            Ok(()) => Ok(table.finish()?),
            Err(Stop::Io(error)) => Err(error.into()),
            Err(stop) => self.whole_table(name, &stop, output),
        }
    }

    /// Merges the rows of a table. What stops it for another reason than reading and writing stops it before anything
    /// is written.
    fn rows(
        &mut self,
        name: &BlockName,
        shape: &Shape,
        found: Three<Option<(usize, &Block)>>,
        output: &mut dyn Write,
    ) -> Result<(), Stop> {
        let there = found.map(|found| found.is_some());
        let key = self.key(name, shape, found);
        let is_ascending = key.as_ref().is_some_and(|(_, places)| {
            is_ascending(found.base, &places.base)
                && is_ascending(found.ours, &places.ours)
                && is_ascending(found.theirs, &places.theirs)
        });
        let has_key = key.is_some();
        let mut settler = Settler {
            table: &name.table,
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
        let at = found.map(|found| found.map(|(at, _)| at));
        let cursors = &mut self.cursors;
        let merged = if is_ascending {
            rows::merge_ascending(Blocks { cursors, at }, &mut settler, output)
        } else if has_key {
            rows::merge_kept(Blocks { cursors, at }, &mut settler, output)
        } else {
            Err(Stop::NoKey)
        };
        let same_columns = shape.columns.iter().all(|column| {
            let place = column.places;
            (place.base.is_some() || !there.base) && place.ours.is_some() && place.theirs.is_some()
        });
        match merged {
            Err(Stop::NoKey) if same_columns && shape.dropped.is_empty() => {
                rows::merge_sets(Blocks { cursors, at }, &mut settler, output)?;
            }
            other => other?,
        }
        let Settler {
            guard,
            counts,
            tally,
            ..
        } = settler;
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
        found: Three<Option<(usize, &Block)>>,
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
        let Some((at, block)) = self.outlines.of(side).block(name) else {
            return Ok(());
        };
        let columns = block.columns.iter().map(String::as_str);
        output.write_all(&head(name, columns, &block.rest))?;
        let cursor = match side {
            Side::Ours => &mut self.cursors.ours,
            Side::Theirs => &mut self.cursors.theirs,
        };
        cursor.enter(at)?;
        while cursor.advance()? {
            output.write_all(cursor.row())?;
            output.write_all(b"\n")?;
        }
        output.write_all(b"\\.\n")?;
        Ok(())
    }
}

/// Whether the rows of a version are in the order of their key. No rows are in any order.
fn is_ascending(found: Option<(usize, &Block)>, places: &[usize]) -> bool {
    match (found, places) {
        (None, _) => true,
        (Some((_, block)), [place]) => {
            block.rows == 0 || block.ascending.get(*place) == Some(&true)
        }
        _ => false,
    }
}

/// The line that begins a table.
fn head<'a>(name: &BlockName, columns: impl Iterator<Item = &'a str>, rest: &str) -> Vec<u8> {
    let columns: Vec<&str> = columns.collect();
    let rest = rest.trim_start();
    if columns.is_empty() {
        format!("COPY {} {rest}\n", name.table).into_bytes()
    } else {
        format!("COPY {} ({}) {rest}\n", name.table, columns.join(", ")).into_bytes()
    }
}

/// Writes a table's head before its first row, since until then its rows may turn out to be no one's to merge.
struct TableWriter<'a> {
    head: Option<Vec<u8>>,
    output: &'a mut dyn Write,
}

impl TableWriter<'_> {
    fn finish(mut self) -> io::Result<()> {
        self.write_all(b"\\.\n")
    }
}

impl Write for TableWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        if let Some(head) = self.head.take() {
            self.output.write_all(&head)?;
        }
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
