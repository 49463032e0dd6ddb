//! What happened to rows of one table from version to version of a dump.
//!
//! A dump consists of gzip members that stay as they are where its rows do. Each version is cut into them without being
//! unpacked; a member is unpacked when it is met for the first time, to know what it leaves the reader in
//! ([`Context`]), and when only one of two versions has it. So the hundredth version costs what changed in it, and
//! reading its compressed bytes. A dump in one stream is one member, which is compared as a whole.

mod changes;
mod guesses;
mod members;
mod sides;
mod walk;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{self, Read};
use std::sync::Arc;

use dump_text::{Context, Keys, Line, Lines, Source};

use crate::compare::pairing::Pairing;
use crate::rows::{Query, QueryError};
pub use changes::{Cell, RowChange, RowChanges, RowWhat, cells};
use guesses::{Outlook, WrongGuess};
use members::{Member, members};
use sides::Side;
use walk::Walk;

/// Reads versions of a dump, and says what they differ in.
pub struct History {
    query: Query,
    keys: Keys,
    contexts: Vec<Known>,
    places: HashMap<Arc<Context>, usize>,
    /// What a member leaves the reader in, by the member and what was before it.
    ends: HashMap<(Member, usize), End>,
    /// Those that are taken for plain rows, and haven't been read.
    guessed: HashSet<(Member, usize)>,
    /// How often such a guess was wrong; after the first time none is made.
    wrong_guesses: u32,
    /// The table as members write it, each way once: a small piece of memory of its own for each member would leave
    /// holes between them that nothing larger fits into.
    tables: Vec<Table>,
    /// The names of all tables that have rows.
    names: BTreeSet<String>,
}

/// A table's name and columns, as a version writes them.
type Table = Arc<(String, Vec<String>)>;

/// A context that was met.
struct Known {
    context: Arc<Context>,
    /// Whose rows go on there.
    copied: Copied,
}

/// Whose rows of a COPY block go on at a place.
#[derive(Clone)]
enum Copied {
    /// There is no such block.
    Nobody,
    /// Those of a table that isn't asked for.
    Other,
    /// Those of the table that is.
    Of(Table),
}

/// What is known of a member behind a context.
#[derive(Clone)]
struct End {
    context: usize,
    /// The columns of the table, if its rows begin or go on here, by the table's name there.
    table: Option<Table>,
}

/// So many members that weren't met before are looked at together.
const TOGETHER: usize = 64;

/// What a version consists of, before anything of it is unpacked.
pub struct Members(Vec<(u64, Member)>);

impl Members {
    /// Cuts a version.
    ///
    /// # Errors
    /// What the source says.
    pub fn of(source: &dyn Source) -> io::Result<Self> {
        members(source, true).map(Self)
    }
}

/// A version of a dump, as its members.
#[derive(Clone)]
pub struct Version {
    parts: Vec<Part>,
    table: Option<Table>,
    /// How many guesses had been wrong when it was followed.
    wrong_guesses: u32,
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

/// So much of the SQL around the rows is read for keys, in bytes.
const MOST_SQL: usize = 8 << 20;

impl History {
    /// For the rows that a query asks for. `keys` are those of the schema, as far as the dumps don't tell them.
    pub fn new(query: Query, keys: Keys) -> Self {
        let mut history = Self {
            query,
            keys,
            contexts: Vec::new(),
            places: HashMap::new(),
            ends: HashMap::new(),
            guessed: HashSet::new(),
            wrong_guesses: 0,
            tables: Vec::new(),
            names: BTreeSet::new(),
        };
        history.place(Context::default());
        history
    }

    /// The names of all tables that had rows in what was read, as the dump writes them.
    pub fn tables(&self) -> Vec<String> {
        self.names.iter().cloned().collect()
    }

    /// Reads a version.
    ///
    /// # Errors
    /// What the source says.
    pub fn read(&mut self, source: &dyn Source) -> io::Result<Version> {
        self.read_members(source, &Members::of(source)?)
    }

    /// Reads a version that was cut before.
    ///
    /// # Errors
    /// What the source says.
    pub fn read_members(&mut self, source: &dyn Source, found: &Members) -> io::Result<Version> {
        match self.follow(source, &found.0) {
            // What looked like a member's beginning was none.
            Err(error) if found.0.len() > 1 && is_damage(&error) => {
                self.follow(source, &members::members(source, false)?)
            }
            other => other,
        }
    }

    /// Reads a version that is known to consist of these pieces, each a number that stands for its content and its length in
    /// bytes. Those are read that weren't met before.
    ///
    /// # Errors
    /// What the source says.
    pub fn read_pieces(
        &mut self,
        source: &dyn Source,
        pieces: impl IntoIterator<Item = (u64, u64)>,
    ) -> io::Result<Version> {
        let members = placed(pieces);
        let is_new = |(_, member): &(u64, Member)| !self.ends.contains_key(&(*member, 0));
        if members.len() > 1 && members.first().is_some_and(is_new) {
            // Pieces of what isn't compressed end anywhere: half a row can't be told from a whole one.
            let mut first = [0; 2];
            source.open()?.read_exact(&mut first)?;
            if first != members::HEADER[..2] {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        self.follow(source, &members)
    }

    /// What [`Self::read_pieces`] will read of a version, as far as that is known before: where each begins, and its length.
    pub fn unknown(&self, pieces: impl IntoIterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
        let mut context = 0;
        let mut unknown = Vec::new();
        let members = placed(pieces);
        let mut outlook = Outlook::default();
        for (index, (offset, member)) in members.iter().enumerate() {
            match self.ends.get(&(*member, context)) {
                Some(end) => context = end.context,
                // Most of them change nothing for what follows.
                None if self.is_guess(&members, index, context, &mut outlook) => {}
                None => unknown.push((*offset, member.length)),
            }
        }
        unknown
    }

    /// What [`Self::changes`] will read of two versions: where each begins, and its length.
    pub fn differing(&self, old: Option<&Version>, new: Option<&Version>) -> [Vec<(u64, u64)>; 2] {
        let (old, new) = differing(old, new);
        [old, new].map(|parts| {
            let parts = parts.iter().filter(|part| self.has_rows(part));
            parts
                .map(|part| (part.offset, part.member.length))
                .collect()
        })
    }

    fn follow(&mut self, source: &dyn Source, members: &[(u64, Member)]) -> io::Result<Version> {
        let mut version = Version {
            parts: Vec::with_capacity(members.len()),
            table: None,
            wrong_guesses: self.wrong_guesses,
        };
        let mut context = 0;
        let mut outlook = Outlook::default();
        let mut walk = Walk::default();
        let mut sql = String::new();
        let mut plain = HashMap::new();
        for (index, (offset, member)) in members.iter().enumerate() {
            let part = Part {
                member: *member,
                context,
                offset: *offset,
            };
            let end = if let Some(end) = self.ends.get(&(*member, context)) {
                end.clone()
            } else {
                let copied = match self.contexts[context].copied.clone() {
                    Copied::Nobody => None,
                    Copied::Other => Some(None),
                    Copied::Of(table) => Some(Some(table)),
                };
                let end = match copied {
                    Some(table) if self.is_guess(members, index, context, &mut outlook) => {
                        self.guessed.insert(part.place());
                        End { context, table }
                    }
                    Some(table)
                        if self.is_plain(source, &members[index..], context, &mut plain) =>
                    {
                        End { context, table }
                    }
                    _ => self.look_at(source, &mut walk, part, &mut sql)?,
                };
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

    /// Whether a member that is new is taken for rows of the table alone.
    fn is_guess(
        &self,
        members: &[(u64, Member)],
        index: usize,
        context: usize,
        outlook: &mut Outlook,
    ) -> bool {
        self.wrong_guesses == 0
            && matches!(self.contexts[context].copied, Copied::Of(_))
            && outlook.is_known(members, index, context, &self.ends)
    }

    /// Whether the first of these members is rows alone. With it the next ones are looked at that are new.
    fn is_plain(
        &self,
        source: &dyn Source,
        members: &[(u64, Member)],
        context: usize,
        plain: &mut HashMap<Member, bool>,
    ) -> bool {
        let Some((_, first)) = members.first() else {
            return false;
        };
        if let Some(known) = plain.get(first) {
            return *known;
        }
        let is_new = |(_, member): &&(u64, Member)| {
            !plain.contains_key(member) && !self.ends.contains_key(&(*member, context))
        };
        let new: Vec<(u64, Member)> = members
            .iter()
            .filter(is_new)
            .take(TOGETHER)
            .copied()
            .collect();
        plain.extend(walk::plain(source, &new));
        plain.get(first).is_some_and(|known| *known)
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
        let (query, names) = (&self.query, &mut self.names);
        let context = Arc::clone(&self.contexts[part.context].context);
        let text = walk.open(source, part.offset, part.member)?;
        let end = each_line(text.reader(), &context, &mut |line| {
            match line {
                Line::Begin {
                    table: name,
                    columns,
                    ..
                } => {
                    if !names.contains(&name) {
                        names.insert(name.clone());
                    }
                    if query.is_of(&name) {
                        table.get_or_insert_with(|| Arc::new((name, columns)));
                    }
                }
                Line::Statement(line) if sql.len() < MOST_SQL => {
                    sql.push_str(&String::from_utf8_lossy(line));
                    sql.push('\n');
                }
                _ => {}
            }
            Ok(())
        })?;
        let table = table.map(|found| self.table(found));
        Ok(End {
            context: self.place(end),
            table,
        })
    }

    fn table(&mut self, found: Table) -> Table {
        let known = self.tables.iter().find(|known| **known == found);
        known.cloned().unwrap_or_else(|| {
            self.tables.push(Arc::clone(&found));
            found
        })
    }

    fn place(&mut self, context: Context) -> usize {
        if let Some(place) = self.places.get(&context) {
            return *place;
        }
        let copied = context.copy().and_then(|_| {
            let mut lines = Lines::resume(Box::new(io::empty()), &context);
            match lines.next_line() {
                Ok(Some(Line::Begin { table, columns, .. })) => Some((table, columns)),
                _ => None,
            }
        });
        let copied = match copied {
            None => Copied::Nobody,
            Some((table, _)) if !self.query.is_of(&table) => Copied::Other,
            Some((table, columns)) => Copied::Of(self.table(Arc::new((table, columns)))),
        };
        let context = Arc::new(context);
        self.contexts.push(Known {
            context: Arc::clone(&context),
            copied,
        });
        self.places.insert(context, self.contexts.len() - 1);
        self.contexts.len() - 1
    }

    /// What the newer version has otherwise in the rows that the query asks for. A version that isn't there has none.
    ///
    /// # Errors
    /// The query can't be answered in either version, or what the sources say.
    pub fn changes(
        &mut self,
        old: Option<(&Version, &dyn Source)>,
        new: Option<(&Version, &dyn Source)>,
    ) -> Result<RowChanges, QueryError> {
        loop {
            let sides = [self.up_to_date(old)?, self.up_to_date(new)?];
            let [old, new] = [&sides[0], &sides[1]].map(|side| {
                let side = side.as_ref();
                side.map(|(version, source)| (&**version, *source))
            });
            let found = self.compare(old, new);
            let found = match found {
                Ok(found) => self.confirm(old, new).map(|()| found).map_err(Into::into),
                Err(error) => Err(error),
            };
            match found {
                Err(QueryError::Io(error)) if WrongGuess::is(&error) => {
                    self.wrong_guesses += 1;
                    let guessed = std::mem::take(&mut self.guessed);
                    self.ends.retain(|place, _| !guessed.contains(place));
                }
                found => return found,
            }
        }
    }

    /// A version as it is known now.
    fn up_to_date<'v, 's>(
        &mut self,
        side: Option<(&'v Version, &'s dyn Source)>,
    ) -> io::Result<Option<(Cow<'v, Version>, &'s dyn Source)>> {
        let Some((version, source)) = side else {
            return Ok(None);
        };
        if version.wrong_guesses == self.wrong_guesses {
            return Ok(Some((Cow::Borrowed(version), source)));
        }
        let members = version.parts.iter().map(|part| (part.offset, part.member));
        let followed = match self.follow(source, &members.collect::<Vec<_>>()) {
            // A piece that was taken for rows is none that can be read by itself.
            Err(error) if version.parts.len() > 1 && is_damage(&error) => {
                self.follow(source, &members::members(source, false)?)?
            }
            other => other?,
        };
        Ok(Some((Cow::Owned(followed), source)))
    }

    /// Sees to it that of two versions that were compared nothing is a guess any more.
    fn confirm(
        &mut self,
        old: Option<(&Version, &dyn Source)>,
        new: Option<(&Version, &dyn Source)>,
    ) -> io::Result<()> {
        for (version, source) in [old, new].into_iter().flatten() {
            if self.guessed.is_empty() {
                return Ok(());
            }
            let parts = version.parts.iter();
            let parts = parts.filter(|part| self.guessed.contains(&part.place()));
            let parts: Vec<&Part> = parts.collect();
            let members = parts.iter().map(|part| (part.offset, part.member));
            let plain = walk::plain(source, &members.collect::<Vec<_>>());
            for part in parts {
                if plain.get(&part.member) != Some(&true) {
                    return Err(WrongGuess::error());
                }
                self.guessed.remove(&part.place());
            }
        }
        Ok(())
    }

    fn compare(
        &mut self,
        old: Option<(&Version, &dyn Source)>,
        new: Option<(&Version, &dyn Source)>,
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
        let (mut old_parts, mut new_parts) =
            differing(old.map(|side| side.0), new.map(|side| side.0));
        for parts in [&mut old_parts, &mut new_parts] {
            parts.retain(|part| self.has_rows(part));
        }
        let both = before.is_some() && after.is_some();
        let filter = |version: Option<(&Version, &dyn Source)>, columns: &[String]| {
            let Some(table) = version.and_then(|(version, _)| version.table.as_ref()) else {
                return Ok(None);
            };
            // A column that came later is in no row before.
            match self.query.filter(&table.0, columns, &self.keys) {
                Err(QueryError::NoColumn { .. }) if both => Ok(None),
                filter => filter.map(Some),
            }
        };
        let filters = [filter(old, &old_columns)?, filter(new, &new_columns)?];
        let [old, new] = [(old, old_parts), (new, new_parts)];
        let as_side = |(version, parts): (Option<(&Version, _)>, _), filter: Option<_>, is_old| {
            let (_, source) = version?;
            Some(Side {
                source,
                parts,
                filter: filter?,
                query: &self.query,
                contexts: &self.contexts,
                guessed: &self.guessed,
                pairing: &pairing,
                is_old,
            })
        };
        let [of_old, of_new] = filters;
        let sides = [as_side(old, of_old, true), as_side(new, of_new, false)];
        let [old, new] = [&sides[0], &sides[1]].map(Option::as_ref);
        let found = sides::compare(old, new, &pairing)?;
        // All that was to be compared has been read.
        let read = sides.into_iter().flatten().flat_map(|side| side.parts);
        let read: Vec<Part> = read.collect();
        for part in read {
            self.guessed.remove(&part.place());
        }
        let (mut columns_added, mut columns_removed) = (Vec::new(), Vec::new());
        if both {
            columns_added.clone_from(&pairing.added);
            columns_removed.clone_from(&pairing.removed);
        }
        Ok(RowChanges {
            table: named.0.clone(),
            columns_added,
            columns_removed,
            rows: found,
            pairing,
            old_columns,
            new_columns,
        })
    }

    /// Whether a member has rows of the table.
    fn has_rows(&self, part: &Part) -> bool {
        let end = self.ends.get(&(part.member, part.context));
        end.is_none_or(|end| end.table.is_some())
    }
}

/// So many bytes at a version's end, or one in so many where that is more, are one piece.
const LAST: u64 = 512 << 10;
const LAST_SHARE: u64 = 1024;

/// Pieces with where they begin. Each begins with a member, but for those of the last one, which may be cut anywhere, as there is
/// no next one that says where. So the last pieces are one.
fn placed(pieces: impl IntoIterator<Item = (u64, u64)>) -> Vec<(u64, Member)> {
    let mut at = 0;
    let placed = pieces.into_iter().map(|(hash, length)| {
        let offset = at;
        at += length;
        (offset, Member { hash, length })
    });
    let mut placed: Vec<(u64, Member)> = placed.collect();
    let end = placed
        .last()
        .map_or(0, |(offset, member)| offset + member.length);
    let begin = end.saturating_sub(LAST.max(end / LAST_SHARE));
    let first = placed.partition_point(|(offset, _)| *offset <= begin);
    let tail = placed.split_off(first.saturating_sub(1));
    if let Some((offset, _)) = tail.first() {
        let hash = tail.iter().fold(0, |state, (_, member)| {
            members::mixed_words(state, member.hash, member.length)
        });
        let length = end - offset;
        placed.push((*offset, Member { hash, length }));
    }
    placed
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

fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

#[cfg(test)]
mod tests;
