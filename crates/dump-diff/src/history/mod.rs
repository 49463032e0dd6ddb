//! What happened to rows of one table from version to version of a dump.
//!
//! A dump consists of gzip members that stay as they are where its rows do. Each version is cut into them without being
//! unpacked; a member is unpacked when it is met for the first time, to know what it leaves the reader in
//! ([`Context`]), and when only one of two versions has it. So the hundredth version costs what changed in it, and
//! reading its compressed bytes. A dump in one stream is one member, which is compared as a whole.

mod members;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use dump_text::{Context, Keys, Line, Lines, Source, row};
use flate2::bufread::MultiGzDecoder;

use crate::compare::changes::groups;
use crate::compare::pairing::Pairing;
use crate::rows::{Filter, Query, QueryError};
use members::{HEADER, Member, members};

/// Reads versions of a dump, and says what they differ in.
pub struct History {
    query: Query,
    keys: Keys,
    contexts: Vec<Arc<Context>>,
    places: HashMap<Arc<Context>, usize>,
    /// What a member leaves the reader in, by the member and what was before it.
    ends: HashMap<(Member, usize), End>,
    /// The table as members write it, each way once: a small piece of memory of its own for each member would leave
    /// holes between them that nothing larger fits into.
    tables: Vec<Arc<(String, Vec<String>)>>,
}

/// What is known of a member behind a context.
#[derive(Clone)]
struct End {
    context: usize,
    /// The columns of the table, if its rows begin or go on here, by the table's name there.
    table: Option<Arc<(String, Vec<String>)>>,
}

/// A version of a dump, as its members.
pub struct Version {
    parts: Vec<Part>,
    table: Option<Arc<(String, Vec<String>)>>,
}

impl Version {
    /// Whether it has rows of the table.
    pub fn has_table(&self) -> bool {
        self.table.is_some()
    }
}

/// A member, and where it is.
#[derive(Debug, Clone, Copy)]
struct Part {
    member: Member,
    context: usize,
    offset: u64,
}

/// What two versions of a table differ in.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RowChanges {
    /// The table as the newer version writes it.
    pub table: String,
    /// Columns that only the newer version has.
    pub columns_added: Vec<String>,
    /// Columns that only the older version has.
    pub columns_removed: Vec<String>,
    /// Numbers of rows.
    pub added: u64,
    /// Rows that only the older version has.
    pub removed: u64,
    /// Rows that both have, with other values.
    pub changed: u64,
    /// The rows, as many as are kept: changed ones, removed ones, added ones.
    pub rows: Vec<RowChange>,
}

/// A column with its value; none for NULL.
pub type Cell = (String, Option<String>);

/// What happened to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// What names the row.
    pub key: Vec<Cell>,
    /// What it was.
    pub what: RowWhat,
}

/// Kinds of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowWhat {
    /// With all its cells.
    Added(Vec<Cell>),
    /// With all its cells.
    Removed(Vec<Cell>),
    /// The columns that changed, with the values before and after.
    Changed(Vec<(String, Option<String>, Option<String>)>),
}

/// So many bytes of changed rows are kept of two versions; the others are counted.
const MOST_KEPT: usize = 8 << 20;

/// A member of more compressed bytes isn't held, but read as it comes.
const LARGEST_HELD: u64 = 4 << 20;

impl History {
    /// For the rows that a query asks for. `keys` are those of the schema, as far as the dumps don't tell them.
    pub fn new(query: Query, keys: Keys) -> Self {
        let mut history = Self {
            query,
            keys,
            contexts: Vec::new(),
            places: HashMap::new(),
            ends: HashMap::new(),
            tables: Vec::new(),
        };
        history.place(Context::default());
        history
    }

    /// Reads a version.
    ///
    /// # Errors
    /// What the source says.
    pub fn read(&mut self, source: &dyn Source) -> io::Result<Version> {
        let found = members(source, true)?;
        match self.follow(source, &found) {
            // What looked like a member's beginning was none.
            Err(error) if found.len() > 1 && is_damage(&error) => {
                self.follow(source, &members::members(source, false)?)
            }
            other => other,
        }
    }

    fn follow(&mut self, source: &dyn Source, members: &[(u64, Member)]) -> io::Result<Version> {
        let mut version = Version {
            parts: Vec::with_capacity(members.len()),
            table: None,
        };
        let mut context = 0;
        let mut walk = Walk::default();
        let mut sql = String::new();
        for (offset, member) in members {
            let part = Part {
                member: *member,
                context,
                offset: *offset,
            };
            let end = if let Some(end) = self.ends.get(&(*member, context)) {
                end.clone()
            } else {
                let end = self.look_at(source, &mut walk, part, &mut sql)?;
                self.ends.insert((*member, context), end.clone());
                end
            };
            if version.table.is_none() {
                version.table.clone_from(&end.table);
            }
            context = end.context;
            version.parts.push(part);
        }
        if !sql.is_empty() {
            self.keys.read(&sql);
        }
        Ok(version)
    }

    /// Unpacks a member that is new.
    fn look_at(
        &mut self,
        source: &dyn Source,
        walk: &mut Walk,
        part: Part,
        sql: &mut String,
    ) -> io::Result<End> {
        let mut table = None;
        let query = &self.query;
        let context = Arc::clone(&self.contexts[part.context]);
        let end = each_line(walk.open(source, part)?, &context, &mut |line| {
            match line {
                Line::Begin {
                    table: name,
                    columns,
                    ..
                } if query.is_of(&name) => {
                    table.get_or_insert_with(|| Arc::new((name, columns)));
                }
                Line::Statement(line) if sql.len() < MOST_KEPT => {
                    sql.push_str(&String::from_utf8_lossy(line));
                    sql.push('\n');
                }
                _ => {}
            }
            Ok(())
        })?;
        let table = table.map(|found| {
            let known = self.tables.iter().find(|known| **known == found);
            known.cloned().unwrap_or_else(|| {
                self.tables.push(Arc::clone(&found));
                found
            })
        });
        Ok(End {
            context: self.place(end),
            table,
        })
    }

    fn place(&mut self, context: Context) -> usize {
        if let Some(place) = self.places.get(&context) {
            return *place;
        }
        let context = Arc::new(context);
        self.contexts.push(Arc::clone(&context));
        self.places.insert(context, self.contexts.len() - 1);
        self.contexts.len() - 1
    }

    /// What the newer version has otherwise in the rows that the query asks for. A version that isn't there has none.
    ///
    /// # Errors
    /// The query can't be answered in either version, or what the sources say.
    pub fn changes<'a>(
        &self,
        old: Option<(&Version, &'a dyn Source)>,
        new: Option<(&Version, &'a dyn Source)>,
    ) -> Result<RowChanges, QueryError> {
        let nothing = Vec::new();
        let table = |side: Option<(&Version, &dyn Source)>| {
            side.and_then(|(version, _)| version.table.clone())
        };
        let (before, after) = (table(old), table(new));
        let Some(named) = after.as_ref().or(before.as_ref()) else {
            return Ok(RowChanges::default());
        };
        let columns = |table: &Option<Arc<(String, Vec<String>)>>| {
            table
                .as_ref()
                .map_or(nothing.clone(), |table| table.1.clone())
        };
        let (old_columns, new_columns) = (columns(&before), columns(&after));
        let primary = self
            .keys
            .table(&named.0)
            .and_then(|known| known.primary.as_deref());
        let primary = primary.unwrap_or_default();
        let pairing = match (&before, &after) {
            (Some(_), None) => Pairing::of(&old_columns, &old_columns, primary),
            (None, _) => Pairing::of(&new_columns, &new_columns, primary),
            _ => Pairing::of(&old_columns, &new_columns, primary),
        };
        let mut changes = RowChanges {
            table: named.0.clone(),
            ..RowChanges::default()
        };
        if before.is_some() && after.is_some() {
            changes.columns_added.clone_from(&pairing.added);
            changes.columns_removed.clone_from(&pairing.removed);
        }
        let (mut old_parts, mut new_parts) =
            differing(old.map(|side| side.0), new.map(|side| side.0));
        for parts in [&mut old_parts, &mut new_parts] {
            parts.retain(|part| self.has_rows(part));
        }
        let both = before.is_some() && after.is_some();
        let side =
            |version: Option<(&Version, &'a dyn Source)>, parts: Vec<Part>, columns: &[String]| {
                let Some((version, source)) = version else {
                    return Ok(None);
                };
                let Some(table) = &version.table else {
                    return Ok(None);
                };
                // A column that came later is in no row before.
                let filter = match self.query.filter(&table.0, columns, &self.keys) {
                    Err(QueryError::NoColumn { .. }) if both => return Ok(None),
                    filter => filter?,
                };
                Ok::<_, QueryError>(Some((source, parts, filter)))
            };
        let as_side = |found: Option<(&'a dyn Source, Vec<Part>, Filter)>, is_old| {
            found.map(|(source, parts, filter)| Side {
                source,
                parts,
                filter,
                pairing: &pairing,
                is_old,
            })
        };
        let old = as_side(side(old, old_parts, &old_columns)?, true);
        let new = as_side(side(new, new_parts, &new_columns)?, false);
        let old_rows = self.rows_of(old.as_ref())?;
        let new_rows = self.rows_of(new.as_ref())?;
        let mut wanted = (HashSet::new(), HashSet::new());
        let mut pairs = HashSet::new();
        for (gone, come) in groups(&old_rows.hashes, &new_rows.hashes) {
            if let ([gone], [come]) = (&gone[..], &come[..]) {
                changes.changed += 1;
                pairs.insert(gone.0);
                wanted.0.insert(*gone);
                wanted.1.insert(*come);
            } else {
                changes.removed += gone.len() as u64;
                changes.added += come.len() as u64;
                wanted.0.extend(gone);
                wanted.1.extend(come);
            }
        }
        let old_rows = self.kept(old.as_ref(), old_rows, &wanted.0)?;
        let new_rows = self.kept(new.as_ref(), new_rows, &wanted.1)?;
        tell(
            &mut changes,
            &pairing,
            &pairs,
            (&old_columns, old_rows),
            (&new_columns, new_rows),
        );
        Ok(changes)
    }

    /// Goes through the rows of those members that only this side has.
    fn each_row(&self, side: &Side<'_>, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let mut walk = Walk::default();
        for part in &side.parts {
            let mut is_in = false;
            let context = &self.contexts[part.context];
            each_line(walk.open(side.source, *part)?, context, &mut |line| {
                match line {
                    Line::Begin { table, .. } => is_in = self.query.is_of(&table),
                    Line::Row(row) if is_in && side.filter.takes(row) => take(row),
                    Line::End(_) => is_in = false,
                    _ => {}
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Whether a member has rows of the table.
    fn has_rows(&self, part: &Part) -> bool {
        let end = self.ends.get(&(part.member, part.context));
        end.is_none_or(|end| end.table.is_some())
    }

    /// The rows of those members that only this side has, by their hashes; themselves too, if they aren't many.
    fn rows_of(&self, side: Option<&Side<'_>>) -> io::Result<Rows> {
        let mut rows = Rows::default();
        let mut few = true;
        if let Some(side) = side {
            self.each_row(side, &mut |row| {
                let hashes = side.hashes(row);
                rows.hashes.push(hashes);
                few = few && rows.text.len() + row.len() <= MOST_KEPT;
                if few {
                    rows.text.extend_from_slice(row);
                    rows.ends.push((hashes, rows.text.len()));
                }
            })?;
        }
        if !few {
            rows.text = Vec::new();
            rows.ends = Vec::new();
        }
        rows.hashes.sort_unstable();
        Ok(rows)
    }

    /// The rows with these hashes, in the dump's order, as many as are kept.
    fn kept(
        &self,
        side: Option<&Side<'_>>,
        rows: Rows,
        wanted: &HashSet<(u64, u64)>,
    ) -> io::Result<Vec<(u64, Vec<u8>)>> {
        let mut found = Vec::new();
        if wanted.is_empty() {
            return Ok(found);
        }
        if rows.ends.len() == rows.hashes.len() {
            let mut begin = 0;
            for (hashes, end) in rows.ends {
                if wanted.contains(&hashes) {
                    found.push((hashes.0, rows.text[begin..end].to_vec()));
                }
                begin = end;
            }
            return Ok(found);
        }
        drop(rows);
        let mut bytes = 0;
        if let Some(side) = side {
            self.each_row(side, &mut |row| {
                let hashes = side.hashes(row);
                if bytes < MOST_KEPT && wanted.contains(&hashes) {
                    bytes += row.len();
                    found.push((hashes.0, row.to_vec()));
                }
            })?;
        }
        Ok(found)
    }
}

/// Rows of one side.
#[derive(Default)]
struct Rows {
    /// In their order.
    hashes: Vec<(u64, u64)>,
    /// In the dump's order, with where each ends in the text; none if they are many.
    ends: Vec<((u64, u64), usize)>,
    text: Vec<u8>,
}

/// One of two versions that are compared.
struct Side<'a> {
    source: &'a dyn Source,
    parts: Vec<Part>,
    filter: Filter,
    pairing: &'a Pairing,
    is_old: bool,
}

impl Side<'_> {
    fn hashes(&self, row: &[u8]) -> (u64, u64) {
        if self.is_old {
            self.pairing.hashes_of_old(row)
        } else {
            self.pairing.hashes_of_new(row)
        }
    }
}

/// The members that only one of two versions has, in their order.
fn differing(old: Option<&Version>, new: Option<&Version>) -> (Vec<Part>, Vec<Part>) {
    let count = |version: Option<&Version>| {
        let mut counts: HashMap<(Member, usize), u32> = HashMap::new();
        for part in version.into_iter().flat_map(|version| &version.parts) {
            *counts.entry((part.member, part.context)).or_default() += 1;
        }
        counts
    };
    let without = |version: Option<&Version>, mut there: HashMap<(Member, usize), u32>| {
        let parts = version.into_iter().flat_map(|version| &version.parts);
        let only = parts.filter(|part| match there.get_mut(&(part.member, part.context)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        });
        only.copied().collect()
    };
    (without(old, count(new)), without(new, count(old)))
}

/// Rows with the hashes of their keys.
type Kept = Vec<(u64, Vec<u8>)>;

/// Puts the rows that were kept into words.
fn tell(
    changes: &mut RowChanges,
    pairing: &Pairing,
    pairs: &HashSet<u64>,
    (old_columns, old): (&[String], Kept),
    (new_columns, new): (&[String], Kept),
) {
    let mut before: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let mut gone = Vec::new();
    for (key, row) in old {
        if pairs.contains(&key) {
            before.insert(key, row);
        } else {
            let key = key_of(&row, pairing, |column| column.1);
            let what = RowWhat::Removed(cells(&row, old_columns));
            gone.push(RowChange { key, what });
        }
    }
    let mut come = Vec::new();
    for (key, row) in new {
        let named = key_of(&row, pairing, |column| column.2);
        if let Some(before) = before.get(&key) {
            let (was, is): (Vec<&[u8]>, Vec<&[u8]>) =
                (row::fields(before).collect(), row::fields(&row).collect());
            let changed = pairing.common.iter().filter_map(|(name, here, there)| {
                let (was, is) = (was.get(*here)?, is.get(*there)?);
                (was != is).then(|| (name.clone(), row::text(was), row::text(is)))
            });
            let what = RowWhat::Changed(changed.collect());
            changes.rows.push(RowChange { key: named, what });
        } else {
            let what = RowWhat::Added(cells(&row, new_columns));
            come.push(RowChange { key: named, what });
        }
    }
    changes.rows.append(&mut gone);
    changes.rows.append(&mut come);
}

fn key_of(
    row: &[u8],
    pairing: &Pairing,
    place: impl Fn(&(String, usize, usize)) -> usize,
) -> Vec<Cell> {
    let fields: Vec<&[u8]> = row::fields(row).collect();
    pairing
        .key()
        .filter_map(|column| Some((column.0.clone(), row::text(fields.get(place(column))?))))
        .collect()
}

/// A row's cells. Where nobody names a column its number stands.
pub fn cells(row: &[u8], columns: &[String]) -> Vec<Cell> {
    row::fields(row)
        .enumerate()
        .map(|(place, field)| {
            let name = columns.get(place).cloned();
            let name = name.unwrap_or_else(|| format!("column{}", place + 1));
            (name, row::text(field))
        })
        .collect()
}

/// Reads a part to its end, and says where the reader is then.
fn each_line(
    part: Box<dyn Read + Send>,
    context: &Context,
    take: &mut dyn FnMut(Line<'_>) -> io::Result<()>,
) -> io::Result<Context> {
    let mut lines = Lines::resume(part, context);
    loop {
        let error = match lines.next_line() {
            Ok(Some(line)) => {
                take(line)?;
                continue;
            }
            Ok(None) => None,
            Err(error) => Some(error),
        };
        return match error {
            Some(error) if !lines.is_cut() => Err(error),
            _ => Ok(lines.context()),
        };
    }
}

/// What is nearer is read over, and not sought.
const NEAR: u64 = 1 << 16;

/// A way through a file from member to member.
#[derive(Default)]
struct Walk {
    reader: Option<BufReader<Box<dyn Read + Send>>>,
    at: u64,
}

impl Walk {
    /// The unpacked text of a part that is behind those that were opened before.
    fn open(&mut self, source: &dyn Source, part: Part) -> io::Result<Box<dyn Read + Send>> {
        let reader = self.reader.take();
        let reader = reader.filter(|_| self.at <= part.offset && part.offset - self.at <= NEAR);
        let mut reader = match reader {
            Some(mut reader) => {
                let between = part.offset - self.at;
                io::copy(&mut (&mut reader).take(between), &mut io::sink())?;
                reader
            }
            None => BufReader::with_capacity(1 << 16, source.open_at(part.offset)?),
        };
        self.at = part.offset;
        if part.member.length > LARGEST_HELD {
            return unpacked(Box::new(reader.take(part.member.length)));
        }
        let mut packed = Vec::new();
        (&mut reader)
            .take(part.member.length)
            .read_to_end(&mut packed)?;
        self.at += packed.len() as u64;
        self.reader = Some(reader);
        unpacked(Box::new(io::Cursor::new(packed)))
    }
}

/// The text of what is packed, or isn't.
fn unpacked(part: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut part = BufReader::with_capacity(1 << 16, part);
    let is_packed = io::BufRead::fill_buf(&mut part)?.starts_with(&HEADER[..2]);
    Ok(if is_packed {
        Box::new(MultiGzDecoder::new(part))
    } else {
        Box::new(part)
    })
}

fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

#[cfg(test)]
mod tests;
