//! Recipes make what they say, are read only if they are right, and cost what changed.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::collections::BTreeMap;

use dump_delta::{
    Chunk, ChunkList, ChunkSizes, Chunker, ContentHash, Known, MOST_BYTES, Piece, Recipe,
    RecipeError, Rules, Source, SourceKind, plan,
};
use proptest::prelude::*;

/// Rules under which everything that has a chunk in common is worth a recipe.
fn generous() -> Rules {
    Rules {
        smallest_object: 0,
        range_cost: 0,
        ..Rules::default()
    }
}

fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

fn list(bytes: &[u8]) -> ChunkList {
    let mut chunker = Chunker::new(bytes, ChunkSizes::for_size(bytes.len() as u64).unwrap());
    let mut chunks = Vec::new();
    while let Some(chunk) = chunker.next_chunk().unwrap() {
        chunks.push(Chunk {
            length: u32::try_from(chunk.len()).unwrap(),
            hash: ContentHash::of(chunk),
        });
    }
    ChunkList::new(ContentHash::of(bytes), chunks)
}

/// What a store would hold: whole objects, packs and recipes.
#[derive(Default)]
struct Bucket {
    contents: BTreeMap<(SourceKind, ContentHash), Vec<u8>>,
    recipes: Vec<Recipe>,
}

impl Bucket {
    fn put_whole(&mut self, bytes: &[u8]) {
        let key = (SourceKind::Object, ContentHash::of(bytes));
        self.contents.insert(key, bytes.to_vec());
    }

    fn known(&self) -> Known {
        let mut known = Known::default();
        for ((kind, _), bytes) in &self.contents {
            if *kind == SourceKind::Object {
                known.add_whole(&list(bytes));
            }
        }
        for recipe in &self.recipes {
            known.add_recipe(recipe);
        }
        known
    }

    /// Stores a version as a recipe and returns what it cost, if it was worth it.
    fn put(&mut self, bytes: &[u8], rules: &Rules) -> Option<u64> {
        let plan = plan(&list(bytes), &self.known(), rules)?;
        let mut pack = Vec::new();
        for new in plan.new_ranges() {
            let from = usize::try_from(new.offset).unwrap();
            let chunk = &bytes[from..from + new.length as usize];
            assert_eq!(ContentHash::of(chunk), new.hash);
            pack.extend_from_slice(chunk);
        }
        assert_eq!(pack.len() as u64, plan.pack_size());
        let hash = ContentHash::of(&pack);
        let recipe = plan.recipe(hash).unwrap();
        let cost = pack.len() as u64 + recipe.encode().len() as u64;
        self.contents.insert((SourceKind::Pack, hash), pack);
        assert!(
            self.follow(&recipe) == bytes,
            "a recipe makes another object"
        );
        self.recipes.push(recipe);
        Some(cost)
    }

    fn follow(&self, recipe: &Recipe) -> Vec<u8> {
        let mut made = Vec::new();
        for piece in recipe.pieces() {
            let source = &recipe.sources()[piece.source as usize];
            let content = &self.contents[&(source.kind, source.hash)];
            assert_eq!(content.len() as u64, source.size);
            let from = usize::try_from(piece.offset).unwrap();
            made.extend_from_slice(&content[from..from + piece.length as usize]);
        }
        made
    }
}

fn small_recipe() -> Recipe {
    let source = |kind, name: &[u8], size| Source {
        kind,
        hash: ContentHash::of(name),
        size,
    };
    let piece = |length, source, offset| Piece {
        length,
        source,
        offset,
        hash: ContentHash::of(b"chunk"),
    };
    let sources = vec![
        source(SourceKind::Object, b"old", 100),
        source(SourceKind::Pack, b"new", 7),
    ];
    let pieces = vec![piece(60, 0, 40), piece(7, 1, 0), piece(100, 0, 0)];
    Recipe::new(ContentHash::of(b"object"), 167, sources, pieces).unwrap()
}

/// The same text with a checksum that fits.
fn resealed(text: &str) -> Vec<u8> {
    format!("{text}end {}\n", ContentHash::of(text.as_bytes())).into_bytes()
}

/// The small recipe's text without its last line.
fn open_text() -> String {
    let text = String::from_utf8(small_recipe().encode()).unwrap();
    text[..text.find("end ").unwrap()].to_owned()
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = Recipe::decode(&resealed(text)).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn the_format_is_what_the_documentation_says() {
    let hash = |name: &[u8]| ContentHash::of(name);
    let text = format!(
        "lfs-agent recipe 1\nobject {} 167\nsource object {} 100\nsource pack {} 7\n\
         chunk 60 0 40 {chunk}\nchunk 7 1 0 {chunk}\nchunk 100 0 0 {chunk}\n",
        hash(b"object"),
        hash(b"old"),
        hash(b"new"),
        chunk = hash(b"chunk")
    );
    assert_eq!(small_recipe().encode(), resealed(&text));
    assert_eq!(Recipe::decode(&resealed(&text)), Ok(small_recipe()));
}

#[test]
fn a_recipe_that_was_cut_off_or_changed_is_refused() {
    let bytes = small_recipe().encode();
    for length in 0..bytes.len() {
        assert!(Recipe::decode(&bytes[..length]).is_err(), "{length} bytes");
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(Recipe::decode(&changed).is_err(), "byte {at}");
    }
    assert_eq!(
        Recipe::decode(&[&bytes[..], b"\n"].concat()),
        Err(RecipeError::Truncated)
    );
    assert_eq!(
        Recipe::decode(&vec![b'x'; MOST_BYTES + 1]),
        Err(RecipeError::TooLarge)
    );
}

#[test]
fn another_version_is_named_whatever_follows() {
    let error = Recipe::decode(b"lfs-agent recipe 3\n\xff\0").unwrap_err();
    assert_eq!(error, RecipeError::Version { found: 3 });
    assert_eq!(
        Recipe::decode(b"lfs-agent recipe two\n"),
        Err(RecipeError::Unknown)
    );
    assert_eq!(
        Recipe::decode(b"<?xml version=\"1.0\"?>\n"),
        Err(RecipeError::Unknown)
    );
}

#[test]
fn what_does_not_fit_together_is_refused_though_the_checksum_is_right() {
    let text = open_text();
    refused(&text.replace(" 167\n", " 168\n"), "the object's size");
    refused(
        &text.replace("chunk 7 1 0", "chunk 7 1 1"),
        "a chunk's place",
    );
    refused(
        &text.replace("chunk 7 1 0", "chunk 7 2 0"),
        "a source's number",
    );
    refused(&text.replace("chunk 7 1 0", "chunk 7 0 0"), "isn't used");
    refused(
        &text.replace("chunk 7 1 0", "chunk 0 1 0"),
        "place or length",
    );
    refused(
        &text.replace("chunk 7 1 0", "chunk 7 1 18446744073709551615"),
        "a chunk's place",
    );
    refused(
        &text.replace("chunk 60 0", "chunk 060 0"),
        "line 5 should have a number",
    );
    refused(
        &text.replace("chunk 60 0", "chunk  60 0"),
        "line 5 should have a number",
    );
    refused(
        &text.replace("chunk 60 0", "chunk 4294967296 0"),
        "a smaller number",
    );
    refused(
        &text.replace("source pack", "source lump"),
        "line 4 should have",
    );
    refused(&text.replacen('\n', "\r\n", 1), "doesn't begin");
    refused(&text.replacen(" 167\n", " 167 \n", 1), "its end");
    refused("lfs-agent recipe 1\n", "its end");
    let own = ContentHash::of(b"object").to_string();
    let old = ContentHash::of(b"old").to_string();
    refused(&text.replace(&old, &own), "the object itself");
    let twice = format!("source object {old} 100\n");
    refused(&text.replace(&twice, &twice.repeat(2)), "named twice");
    refused(&text.replace(&twice, &twice.repeat(65)), "larger than");
    let huge = u64::MAX.to_string();
    refused(
        &text.replace(" 167\n", &format!(" {huge}\n")),
        "the object's size",
    );
}

#[test]
fn a_change_in_one_place_costs_its_surroundings() {
    let mut bucket = Bucket::default();
    let first = noise(16 << 20, 1);
    bucket.put_whole(&first);
    let rules = Rules::default();
    let mut second = first.clone();
    second[8_000_000..8_160_000].copy_from_slice(&noise(160_000, 2));
    let cost = bucket.put(&second, &rules).unwrap();
    assert!(cost < 1_000_000, "1 % contiguous: {cost}");
    let mut third = second.clone();
    third.extend(noise(160_000, 3));
    let cost = bucket.put(&third, &rules).unwrap();
    assert!(cost < 900_000, "1 % appended: {cost}");
    let reverted = first[..10 << 20].to_vec();
    let cost = bucket.put(&reverted, &rules).unwrap();
    assert!(cost < 600_000, "an end that is cut off: {cost}");
    assert_eq!(
        bucket.put(&noise(8 << 20, 9), &rules),
        None,
        "nothing in common"
    );
}

#[test]
fn many_versions_need_few_sources() {
    let mut bucket = Bucket::default();
    let mut version = noise(6 << 20, 1);
    bucket.put_whole(&version);
    let rules = Rules {
        most_sources: 4,
        ..generous()
    };
    for seed in 2..12 {
        let at = usize::try_from(seed * 500_000).unwrap();
        version[at..at + 1000].copy_from_slice(&noise(1000, seed));
        bucket.put(&version, &rules).expect("most is still there");
    }
    assert!(
        bucket
            .recipes
            .iter()
            .all(|recipe| recipe.sources().len() <= 4)
    );
    let packs = |recipe: &Recipe| recipe.sources().len() - 1;
    assert_eq!(packs(bucket.recipes.last().unwrap()), 3);
}

#[test]
fn chunks_that_repeat_are_packed_once() {
    let mut bucket = Bucket::default();
    let old = noise(3 << 20, 1);
    bucket.put_whole(&old);
    let zeros = vec![0; 4 << 20];
    let cost = bucket.put(&[old, zeros].concat(), &generous()).unwrap();
    assert!(cost < 1_600_000, "{cost}");
}

#[test]
fn what_is_too_small_or_too_scattered_is_whole() {
    let mut bucket = Bucket::default();
    let first = noise(1 << 20, 1);
    bucket.put_whole(&first);
    let longer = [&first[..], b"more"].concat();
    assert_eq!(bucket.put(&longer, &Rules::default()), None);
    let mut scattered = noise(6 << 20, 2);
    bucket.put_whole(&scattered);
    for at in (0..scattered.len()).step_by(300_000) {
        scattered[at] ^= 1;
    }
    assert_eq!(bucket.put(&scattered, &Rules::default()), None);
    assert!(bucket.put(&scattered, &generous()).is_some());
}

fn sources() -> impl Strategy<Value = Vec<Source>> {
    let source =
        (any::<bool>(), any::<[u8; 32]>(), 1_u64..1 << 40).prop_map(|(pack, hash, size)| {
            let kind = if pack {
                SourceKind::Pack
            } else {
                SourceKind::Object
            };
            Source {
                kind,
                hash: ContentHash::from_bytes(hash),
                size,
            }
        });
    proptest::collection::vec(source, 1..6)
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(sources in sources(), seeds in proptest::collection::vec(any::<(u64, u32, [u8; 32])>(), 1..30)) {
        let count = sources.len();
        let places = (0..count).chain(seeds.iter().map(|seed| usize::try_from(seed.0).unwrap() % count));
        let pieces: Vec<Piece> = places.zip(seeds.iter().cycle()).map(|(source, (offset, length, hash))| {
            let size = sources[source].size;
            let offset = offset % size;
            let length = u32::try_from((size - offset).min(u64::from(length % (16 << 20)) + 1)).unwrap();
            Piece { length, source: u32::try_from(source).unwrap(), offset, hash: ContentHash::from_bytes(*hash) }
        }).collect();
        let size = pieces.iter().map(|piece| u64::from(piece.length)).sum();
        let recipe = Recipe::new(ContentHash::of(b"x"), size, sources, pieces).unwrap();
        prop_assert_eq!(Recipe::decode(&recipe.encode()), Ok(recipe));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(recipe) = Recipe::decode(&bytes) {
            prop_assert_eq!(recipe.encode(), bytes);
        }
    }

    /// Lines that look right, in any order and number, under a checksum that fits.
    #[test]
    fn any_lines_are_read_or_refused(
        lines in "lfs-agent recipe 1\nobject [0-9a-f]{64} [0-9]{1,20}\n(source (object|pack) [0-9a-f]{64} [0-9]{1,20}\n){0,3}(chunk [0-9]{1,10} [0-9]{1,2} [0-9]{1,20} [0-9a-f]{64}\n){0,4}"
    ) {
        let bytes = resealed(&lines);
        if let Ok(recipe) = Recipe::decode(&bytes) {
            prop_assert_eq!(recipe.encode(), bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_version_is_made_again(
        cuts in proptest::collection::vec((0_usize..3_000_000, 0_usize..200_000, 0_usize..200_000), 1..5), seed in any::<u64>(),
    ) {
        let mut bucket = Bucket::default();
        let mut version = noise(3_000_000, seed);
        bucket.put_whole(&version);
        for (number, (at, removed, added)) in cuts.into_iter().enumerate() {
            let at = at.min(version.len());
            let end = (at + removed).min(version.len());
            version.splice(at..end, noise(added, number as u64));
            // `put` follows the recipe and compares.
            bucket.put(&version, &generous());
        }
        prop_assert!(!bucket.recipes.is_empty());
    }
}
