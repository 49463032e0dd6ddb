//! What two versions have otherwise in the rows of those members that only one of them has.
//!
//! Where keys ascend, as nearly everywhere, both versions are gone through at the same time and nothing is kept but what
//! is told. Otherwise rows are told apart by hashes, as many at a time as memory may have.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::mpsc::Receiver;
use std::thread::{self, Scope};

use dump_text::{Line, Lines, Source, row};
use memchr::{memchr, memrchr};

use super::changes::{Changed, MOST_KEPT};
use super::guesses::WrongGuess;
use super::members::Member;
use super::walk::{self, Text};
use super::{Copied, Known, Part};
use crate::compare::changes::groups;
use crate::compare::pairing::Pairing;
use crate::rows::{Filter, Query};

/// So many rows of a version are told apart at a time, by 16 bytes each.
const MOST_HASHES: usize = 1 << 19;

/// So many rows that changed are looked for again, by their hashes.
const MOST_WANTED: usize = 1 << 17;

/// One of two versions that are compared.
pub(super) struct Side<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) parts: Vec<Part>,
    pub(super) filter: Filter,
    pub(super) query: &'a Query,
    pub(super) contexts: &'a [Known],
    /// Which parts are taken for plain rows.
    pub(super) guessed: &'a HashSet<(Member, usize)>,
    pub(super) pairing: &'a Pairing,
    pub(super) is_old: bool,
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

/// Goes through the rows that a side is asked for.
struct Rows<'a> {
    side: Option<&'a Side<'a>>,
    texts: Option<Receiver<io::Result<Text>>>,
    /// The part after the one that is read.
    next: usize,
    reading: Reading,
    is_in: bool,
    row: Vec<u8>,
}

/// How a part is read.
enum Reading {
    Nothing,
    Lines(Box<Lines>),
    /// Rows alone, up to here.
    Plain(Text, usize),
}

impl<'a> Rows<'a> {
    fn of(scope: &'a Scope<'a, '_>, side: Option<&'a Side<'a>>) -> Self {
        let texts = side.map(|side| {
            let parts = side.parts.iter().map(|part| (part.offset, part.member));
            walk::texts(scope, side.source, parts.collect())
        });
        Self {
            side,
            texts,
            next: 0,
            reading: Reading::Nothing,
            is_in: false,
            row: Vec::new(),
        }
    }

    /// Goes to the next row; `false` at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(side) = self.side else {
            return Ok(false);
        };
        loop {
            match &mut self.reading {
                Reading::Nothing => {
                    if !self.open(side)? {
                        return Ok(false);
                    }
                }
                Reading::Plain(text, at) => {
                    let rest = text.plain_from(*at);
                    let Some(end) = memchr(b'\n', rest) else {
                        self.reading = Reading::Nothing;
                        continue;
                    };
                    let row = &rest[..end];
                    *at += end + 1;
                    if side.filter.takes(row) {
                        self.row.clear();
                        self.row.extend_from_slice(row);
                        return Ok(true);
                    }
                }
                Reading::Lines(lines) => {
                    let error = match lines.next_line() {
                        Ok(Some(line)) => {
                            match line {
                                Line::Begin { table, .. } => self.is_in = side.query.is_of(&table),
                                Line::Row(row) if self.is_in && side.filter.takes(row) => {
                                    self.row.clear();
                                    self.row.extend_from_slice(row);
                                    return Ok(true);
                                }
                                Line::End(_) => self.is_in = false,
                                Line::Row(_) | Line::Statement(_) => {}
                            }
                            continue;
                        }
                        Ok(None) => None,
                        Err(error) => Some(error),
                    };
                    match error {
                        Some(error) if !lines.is_cut() => return Err(error),
                        _ => self.reading = Reading::Nothing,
                    }
                }
            }
        }
    }

    /// Opens the next part; `false` behind the last.
    fn open(&mut self, side: &Side<'_>) -> io::Result<bool> {
        let (Some(part), Some(texts)) = (side.parts.get(self.next), &self.texts) else {
            return Ok(false);
        };
        self.next += 1;
        let text = texts
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("reading stopped")))?;
        let known = &side.contexts[part.context];
        self.is_in = false;
        self.reading = if matches!(known.copied, Copied::Of(_)) && text.plain().is_some() {
            Reading::Plain(text, 0)
        } else if side.guessed.contains(&part.place()) {
            return Err(WrongGuess::error());
        } else {
            Reading::Lines(Box::new(Lines::resume(text.reader(), &known.context)))
        };
        Ok(true)
    }

    /// Goes over rows that both have, as far as that can be told at once.
    fn skip_common(&mut self, other: &mut Rows<'_>) {
        if let (Reading::Plain(one, at), Reading::Plain(another, there)) =
            (&mut self.reading, &mut other.reading)
        {
            let same = common_rows(one.plain_from(*at), another.plain_from(*there));
            *at += same;
            *there += same;
        }
    }

    /// Goes to the next row and says its key.
    fn next_key(&mut self) -> io::Result<RowKey> {
        if !self.advance()? {
            return Ok(RowKey::End);
        }
        Ok(row::number(&self.row).map_or(RowKey::Other, RowKey::Number))
    }
}

/// What the next row of a side is known by.
#[derive(Debug, Clone, Copy)]
enum RowKey {
    /// There is none.
    End,
    /// A whole number.
    Number(i64),
    /// Something else.
    Other,
}

impl RowKey {
    /// Whether it may come after a number.
    fn is_after(self, from: i64) -> bool {
        match self {
            Self::End => true,
            Self::Number(number) => number > from,
            Self::Other => false,
        }
    }
}

/// Compares two versions, of which either may not be there.
pub(super) fn compare(
    old: Option<&Side<'_>>,
    new: Option<&Side<'_>>,
    pairing: &Pairing,
) -> io::Result<Changed> {
    if old.is_none() || new.is_none() {
        return thread::scope(|scope| one_sided(Rows::of(scope, old), Rows::of(scope, new)));
    }
    if pairing.can_merge() {
        let merged = thread::scope(|scope| {
            let (old, new) = (Rows::of(scope, old), Rows::of(scope, new));
            merged(old, new, pairing)
        });
        if let Some(found) = merged? {
            return Ok(found);
        }
    }
    hashed(old, new)
}

/// How many bytes of whole rows two texts begin with alike.
fn common_rows(one: &[u8], other: &[u8]) -> usize {
    const BLOCK: usize = 256;
    let blocks = one.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK));
    let same = BLOCK * blocks.take_while(|(one, other)| one == other).count();
    let rest = one[same..].iter().zip(&other[same..]);
    let same = same + rest.take_while(|(one, other)| one == other).count();
    memrchr(b'\n', &one[..same]).map_or(0, |end| end + 1)
}

/// All rows of the one version that is there.
fn one_sided(mut old: Rows<'_>, mut new: Rows<'_>) -> io::Result<Changed> {
    let mut found = Changed::default();
    while old.advance()? {
        found.remove(&old.row);
    }
    while new.advance()? {
        found.add(&new.row);
    }
    Ok(found)
}

/// Merges two versions whose keys ascend; `None` if they don't.
fn merged(mut old: Rows<'_>, mut new: Rows<'_>, pairing: &Pairing) -> io::Result<Option<Changed>> {
    let mut found = Changed::default();
    let (mut before, mut after) = (old.next_key()?, new.next_key()?);
    loop {
        let order = match (before, after) {
            (RowKey::End, RowKey::End) => return Ok(Some(found)),
            (RowKey::Other, _) | (_, RowKey::Other) => return Ok(None),
            (RowKey::Number(_), RowKey::End) => Ordering::Less,
            (RowKey::End, RowKey::Number(_)) => Ordering::Greater,
            (RowKey::Number(before), RowKey::Number(after)) => before.cmp(&after),
        };
        match order {
            Ordering::Less => found.remove(&old.row),
            Ordering::Greater => found.add(&new.row),
            Ordering::Equal if !pairing.equal(&old.row, &new.row) => {
                found.change(&old.row, &new.row);
            }
            Ordering::Equal if pairing.is_same() => old.skip_common(&mut new),
            Ordering::Equal => {}
        }
        if order != Ordering::Greater
            && let RowKey::Number(from) = before
        {
            before = old.next_key()?;
            if !before.is_after(from) {
                return Ok(None);
            }
        }
        if order != Ordering::Less
            && let RowKey::Number(from) = after
        {
            after = new.next_key()?;
            if !after.is_after(from) {
                return Ok(None);
            }
        }
    }
}

/// Which of all rows are told apart at a time: one in so many, by the hash of its key.
struct Share {
    this: u64,
    all: u64,
}

impl Share {
    fn has(&self, hashes: (u64, u64)) -> bool {
        hashes.0 % self.all == self.this
    }

    /// The hashes of the side's rows that are in this share, in order. In the first share it becomes smaller when they are
    /// too many.
    fn hashes(&mut self, side: Option<&Side<'_>>) -> io::Result<Vec<(u64, u64)>> {
        let mut found = Vec::new();
        each_row(side, &mut |hashes, _| {
            if !self.has(hashes) {
                return;
            }
            found.push(hashes);
            if self.this == 0 && found.len() > MOST_HASHES && u32::try_from(self.all).is_ok() {
                self.all *= 2;
                found.retain(|hashes| self.has(*hashes));
            }
        })?;
        found.sort_unstable();
        Ok(found)
    }
}

/// Compares two versions in any order by the hashes of their rows, then reads them again for those that are told.
fn hashed(old: Option<&Side<'_>>, new: Option<&Side<'_>>) -> io::Result<Changed> {
    let mut found = Changed::default();
    let (mut gone, mut come) = (HashSet::new(), HashSet::new());
    // The keys of changed rows.
    let mut pairs = HashSet::new();
    let mut share = Share { this: 0, all: 1 };
    while share.this < share.all {
        let mut before = share.hashes(old)?;
        let after = share.hashes(new)?;
        before.retain(|hashes| share.has(*hashes));
        for (left, right) in groups(&before, &after) {
            let is_kept = gone.len() + come.len() < MOST_WANTED;
            if left.len() == 1 && right.len() == 1 {
                found.altered += 1;
                if is_kept {
                    pairs.insert(left[0].0);
                }
            } else {
                found.removed += left.len() as u64;
                found.added += right.len() as u64;
            }
            if is_kept {
                gone.extend(left);
                come.extend(right);
            }
        }
        share.this += 1;
    }
    let mut before: HashMap<u64, Vec<u8>> = HashMap::new();
    let mut bytes = 0;
    each_row(old.filter(|_| !gone.is_empty()), &mut |hashes, row| {
        if !gone.contains(&hashes) {
            return;
        }
        if !pairs.contains(&hashes.0) {
            found.keep_removed(row);
        } else if bytes < MOST_KEPT {
            bytes += row.len();
            before.insert(hashes.0, row.to_vec());
        }
    })?;
    each_row(new.filter(|_| !come.is_empty()), &mut |hashes, row| {
        if !come.contains(&hashes) {
            return;
        }
        if !pairs.contains(&hashes.0) {
            found.keep_added(row);
        } else if let Some(old) = before.remove(&hashes.0) {
            found.keep_pair(&old, row);
        }
    })?;
    Ok(found)
}

/// Takes a row's hashes, of its key and of all of it, and the row.
type TakeRow<'a> = dyn FnMut((u64, u64), &[u8]) + 'a;

/// Goes through the rows of a side, with their hashes.
fn each_row(side: Option<&Side<'_>>, take: &mut TakeRow<'_>) -> io::Result<()> {
    thread::scope(|scope| {
        let mut rows = Rows::of(scope, side);
        while rows.advance()? {
            let hashes = side.map_or((0, 0), |side| side.hashes(&rows.row));
            take(hashes, &rows.row);
        }
        Ok(())
    })
}
