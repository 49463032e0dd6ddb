//! What recipes need, told by a listing, so that who looks through a store needn't read each of them.
//!
//! A recipe is at least a request and some hundred kilobytes, of which whoever lists, checks or prunes a store wants its
//! first lines. So whoever stores a recipe leaves an empty object beside it, whose key says the rest: of which content of
//! the recipe it speaks (its tag), what that makes, and the beginnings of the names of what it takes from. The names
//! themselves are in the same listing, and a checksum over all of them and their sizes says whether they were found.
//! Where anything doesn't fit, be it that something is missing or has another size, the recipe itself is read.
//!
//! Nothing depends on notes: without them everything is as before, and slower. `prune` deletes nothing for good by their
//! word alone.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use dump_delta::{Recipe, Source, SourceKind};

use super::needs::Needs;
use crate::layout::{Item, Key, Kind, Layout};
use crate::oid::Oid;
use crate::store::content::Content;
use crate::store::retry::retry;
use crate::store::stall::limited;
use crate::store::{ObjectStore, Tag};
use crate::tending::inventory::Inventory;
use crate::transfer::Transfers;

/// So many digits of a name's 64 are in a note. Of ten thousand names hardly two begin with the same.
const DIGITS: usize = 10;

/// So many digits of a checksum: half of a SHA-256.
const SUM_DIGITS: usize = 32;

/// So many sources are in one part of a key, which many a server keeps as a file's name of at most 255 bytes.
const SOURCES_IN_A_PART: usize = 16;

/// S3 takes no longer key, in bytes.
const LONGEST_KEY: usize = 1024;

/// The note's part of its key: `TAG-SIZE-SUM/SOURCES…`.
pub(crate) fn text(needs: &Needs, tag: &Tag) -> String {
    let mut text = format!("{}-{}-{}", of_tag(tag), needs.size(), sum(needs));
    for (index, source) in needs.sources().iter().enumerate() {
        if index % SOURCES_IN_A_PART == 0 {
            text.push('/');
        }
        text.push(letter(source.kind));
        text.push_str(&source.hash.to_string()[..DIGITS]);
    }
    text
}

/// What the note says that the recipe with this tag needs, if all of it is in `inventory` with the sizes that it had.
pub(crate) fn read(text: &str, tag: &Tag, inventory: &Inventory) -> Option<Needs> {
    let (head, named) = text.split_once('/')?;
    let mut head = head.split('-');
    let (of, size, checked) = (head.next()?, head.next()?, head.next()?);
    if of != of_tag(tag) || head.next().is_some() {
        return None;
    }
    let named: String = named.split('/').collect();
    let mut sources = Vec::new();
    let mut rest = named.as_str();
    while !rest.is_empty() {
        let (source, more) = rest.split_at_checked(1 + DIGITS)?;
        sources.push(find(source, inventory)?);
        rest = more;
    }
    let needs = Needs::of(size.parse().ok()?, sources);
    (sum(&needs) == checked).then_some(needs)
}

/// The one item of a listing that a note's letter and digits mean.
fn find(source: &str, inventory: &Inventory) -> Option<Source> {
    let (kind, digits) = source.split_at_checked(1)?;
    let (source_kind, kind) = match kind {
        "o" => (SourceKind::Object, Kind::Object),
        "p" => (SourceKind::Pack, Kind::Pack),
        _ => return None,
    };
    let mut found = inventory.items.range(beginning(kind, digits)?);
    let (item, info) = found.next()?;
    found.next().is_none().then(|| Source {
        kind: source_kind,
        hash: item.oid.into(),
        size: info.size,
    })
}

/// All items whose names begin with these digits.
fn beginning(kind: Kind, digits: &str) -> Option<RangeInclusive<Item>> {
    let end = |fill: &str| -> Option<Item> {
        let oid: Oid = format!("{digits}{}", fill.repeat(64 - digits.len()))
            .parse()
            .ok()?;
        Some(Item { kind, oid })
    };
    Some(end("0")?..=end("f")?)
}

fn letter(kind: SourceKind) -> char {
    match kind {
        SourceKind::Object => 'o',
        SourceKind::Pack => 'p',
    }
}

/// A tag may be any text, so its hash stands for it.
fn of_tag(tag: &Tag) -> String {
    shortened(&tag.0)
}

/// Of all that the note stands for.
fn sum(needs: &Needs) -> String {
    let mut text = format!("{}\n", needs.size());
    for source in needs.sources() {
        let kind = letter(source.kind);
        // Writing to a text can't fail.
        let _ = writeln!(text, "{kind} {} {}", source.hash, source.size);
    }
    shortened(&text)
}

fn shortened(text: &str) -> String {
    let mut hex = Oid::of(text.as_bytes()).to_hex();
    hex.truncate(SUM_DIGITS);
    hex
}

/// Leaves the note of a recipe that has this tag in the store. That it can't be stored only costs time later.
pub(crate) async fn leave<S: ObjectStore>(
    transfers: &Transfers<S>,
    recipe: &Recipe,
    tag: Option<&Tag>,
) {
    let Some(tag) = tag else { return };
    leave_needs(transfers, &recipe.object().into(), &recipe.into(), tag).await;
}

/// The same of a recipe of `oid` that was read before.
pub(crate) async fn leave_needs<S: ObjectStore>(
    transfers: &Transfers<S>,
    oid: &Oid,
    needs: &Needs,
    tag: &Tag,
) {
    let key = transfers.layout.note(oid, &text(needs, tag));
    if key.as_str().len() > LONGEST_KEY {
        return;
    }
    let nothing = Oid::of(b"");
    let put = || {
        let empty = Content::from_bytes(Vec::new());
        let request = transfers.store.put(&key, empty, nothing.as_bytes());
        limited(request, transfers.policy.stall)
    };
    if let Err(error) = retry(&transfers.policy, &transfers.store, put).await {
        tracing::debug!(%error, "no note is left of the recipe");
    }
}

impl Inventory {
    /// What the recipe of `oid` in its place needs, as far as a listing tells it.
    pub fn noted(&self, oid: &Oid) -> Option<Needs> {
        let tag = self.recipe_tags.get(oid)?;
        let notes = self.notes.get(oid)?;
        notes.iter().find_map(|note| read(note, tag, self))
    }

    /// The notes that say nothing of any recipe that is here: their keys.
    pub fn needless_notes(&self, layout: &Layout) -> Vec<Key> {
        let mut needless = Vec::new();
        for (oid, notes) in &self.notes {
            let tag = self.recipe_tags.get(oid).map(of_tag);
            for note in notes {
                let current = tag
                    .as_ref()
                    .is_some_and(|tag| note.starts_with(tag.as_str()));
                if !current {
                    needless.push(layout.note(oid, note));
                }
            }
        }
        needless
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::ObjectInfo;

    fn source(kind: SourceKind, name: u64) -> Source {
        Source {
            kind,
            hash: dump_delta::ContentHash::of(&name.to_le_bytes()),
            size: name * 1000 + 1,
        }
    }

    fn holding(sources: &[Source]) -> Inventory {
        let mut inventory = Inventory::default();
        for source in sources {
            let info = ObjectInfo {
                size: source.size,
                modified: None,
            };
            inventory
                .items
                .insert(super::super::source_item(source), info);
        }
        inventory
    }

    fn tag(text: &str) -> Tag {
        Tag(text.to_owned())
    }

    #[test]
    fn a_note_is_read_only_where_all_that_it_names_is_as_it_was() {
        let all = [source(SourceKind::Object, 1), source(SourceKind::Pack, 2)];
        let needs = Needs::of(3000, all.to_vec());
        let note = text(&needs, &tag("a"));
        assert_eq!(read(&note, &tag("a"), &holding(&all)), Some(needs));
        assert_eq!(
            read(&note, &tag("b"), &holding(&all)),
            None,
            "another recipe"
        );
        assert_eq!(
            read(&note, &tag("a"), &holding(&all[..1])),
            None,
            "a pack is missing"
        );
        let mut shorter = all;
        shorter[1].size -= 1;
        assert_eq!(
            read(&note, &tag("a"), &holding(&shorter)),
            None,
            "another size"
        );
        let mut other = all;
        other[0].kind = SourceKind::Pack;
        assert_eq!(
            read(&note, &tag("a"), &holding(&other)),
            None,
            "another kind"
        );
    }

    #[test]
    fn the_longest_note_fits_into_a_key_and_its_parts_into_file_names() {
        let all: Vec<Source> = (0..64).map(|name| source(SourceKind::Pack, name)).collect();
        let needs = Needs::of(u64::MAX, all.clone());
        let note = text(&needs, &tag("a"));
        let key = Layout::new(&"p".repeat(60)).note(&Oid::of(b"x"), &note);
        assert!(key.as_str().len() <= LONGEST_KEY, "{}", key.as_str().len());
        assert!(key.as_str().split('/').all(|part| part.len() <= 255));
        assert_eq!(read(&note, &tag("a"), &holding(&all)), Some(needs));
    }

    proptest! {
        /// Whatever was changed in a note, it says the same or nothing.
        #[test]
        fn a_changed_note_says_nothing_else(at in 0_usize..200, with in "[0-9a-fop/-]") {
            let all: Vec<Source> = (0..9).map(|name| source(SourceKind::Pack, name)).collect();
            let needs = Needs::of(3000, all.clone());
            let mut note = text(&needs, &tag("a"));
            let at = at % note.len();
            note.replace_range(at..=at, &with);
            let found = read(&note, &tag("a"), &holding(&all));
            prop_assert!(found.is_none() || found == Some(needs));
        }
    }
}
