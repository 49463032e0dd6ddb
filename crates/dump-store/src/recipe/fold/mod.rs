//! Storing what has changed of texts, where gzip members say little.
//!
//! A row that changes everywhere changes every member. So where many chunks of a new version are new, they are taken as
//! the members of texts, and stored as the differences of these from the texts of a version that is here and in the store.
//! Whatever can't be stored so stays what it was, a chunk of a pack: members that our encoder wouldn't make again byte for
//! byte, which is tried of each before anything is stored; texts that have little in common; and all of it, where that
//! would save little or make a fetch move much more than the object.

mod old;
mod recipe;
mod segment;

use std::fs::File;
use std::io;
use std::path::Path;
use std::thread;

use dump_delta::{ChunkList, Known, Plan, Recipe, Rules};

use super::local::LocalObject;
use super::pack::{NewPack, PackFile};
use crate::oid::Oid;
use crate::transfer::workspace::Workspace;
use old::OldVersion;
use recipe::Builder;
use segment::{Cutter, Outcome, Segment};

/// With fewer bytes that are new a difference isn't looked for: a pack of so many is as good.
const WORTH_TRYING: u64 = 128 << 10;

/// A fetch of the version before into an empty clone may move this part of it more than the whole has.
const MOST_MORE: u64 = 8;

/// What is new may be this part of the object on top of that: who has the version before gets it for that much.
const MOST_NEW: u64 = 2;

/// Of so many first segments at least a quarter must be worth it.
const TRIED: usize = 16;

pub(crate) use segment::is_ours;

/// What is compared with what.
pub(crate) struct Comparison<'a> {
    pub(crate) workspace: &'a Workspace,
    /// The new object.
    pub(crate) oid: Oid,
    pub(crate) path: &'a Path,
    pub(crate) list: &'a ChunkList,
    /// The chunks that the store has.
    pub(crate) known: &'a Known,
    /// A version that is here and in the store, and its recipe there unless it is whole.
    pub(crate) old: &'a LocalObject,
    pub(crate) old_recipe: Option<&'a Recipe>,
    pub(crate) rules: &'a Rules,
}

/// A recipe with differences of texts in its pack.
pub(crate) struct Folded {
    pub(crate) pack: PackFile,
    pub(crate) recipe: Recipe,
}

/// Looks for one that is better than `plan`, or than the whole object if there is none.
pub(crate) fn find(comparison: &Comparison<'_>, plan: Option<&Plan>) -> io::Result<Option<Folded>> {
    let list = comparison.list;
    let otherwise = plan.map_or(list.size, Plan::pack_size);
    if otherwise < WORTH_TRYING || !is_ours(comparison.path)? {
        return Ok(None);
    }
    let Some(old) = OldVersion::read(comparison)? else {
        return Ok(None);
    };
    let Some((pack, recipe)) = build(comparison, &old)? else {
        return Ok(None);
    };
    let text = recipe.encode().len() as u64;
    let is_better = (pack.size() + text).saturating_mul(4) <= otherwise.saturating_mul(3);
    let moves = recipe.room() - made_bytes(&recipe) + text;
    let before = moves.saturating_sub(pack.size());
    let is_near =
        before <= list.size + list.size / MOST_MORE && pack.size() <= list.size / MOST_NEW;
    let ranges = comparison
        .rules
        .ranges(recipe.pieces(), list.size, |_| true);
    let is_in_reach = ranges.len() as u64 * comparison.rules.range_cost <= list.size;
    Ok((is_better && is_near && is_in_reach).then_some(Folded { pack, recipe }))
}

fn made_bytes(recipe: &Recipe) -> u64 {
    recipe
        .texts()
        .made
        .iter()
        .map(|made| u64::from(made.length))
        .sum()
}

/// Goes through the new object once, and writes the pack.
fn build(
    comparison: &Comparison<'_>,
    old: &OldVersion<'_>,
) -> io::Result<Option<(PackFile, Recipe)>> {
    let mut pack = NewPack::create(comparison.workspace, &comparison.oid)?;
    let mut builder = Builder::new(comparison, old);
    let file = File::open(comparison.path)?;
    let mut cutter = Cutter::new(&file, comparison.list, comparison.known);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (mut tried, mut worth_it) = (0, 0);
    loop {
        let mut batch = Vec::new();
        while batch.len() < threads {
            let Some(part) = cutter.next_part()? else {
                break;
            };
            batch.push(part);
        }
        if batch.is_empty() {
            break;
        }
        let goes_on = tried < TRIED || worth_it * 4 >= tried;
        let outcomes: Vec<Outcome> = thread::scope(|scope| {
            let tries = batch.iter().map(|part| {
                scope.spawn(move || match part {
                    Segment {
                        text: Some(text), ..
                    } if goes_on => old.difference(part, text),
                    _ => Outcome::Raw,
                })
            });
            // All at the same time.
            let tries: Vec<_> = tries.collect();
            tries
                .into_iter()
                .map(|tried| tried.join().unwrap_or(Outcome::Raw))
                .collect()
        });
        for (part, outcome) in batch.iter().zip(outcomes) {
            if part.text.is_some() && goes_on {
                tried += 1;
                worth_it += usize::from(!matches!(outcome, Outcome::Raw));
            }
            builder.add(part, outcome, &mut pack)?;
        }
    }
    let pack = pack.finish()?;
    Ok(builder.finish(&pack).map(|recipe| (pack, recipe)))
}
