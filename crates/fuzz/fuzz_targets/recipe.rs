//! Any bytes as a recipe and as a list of chunks: refused, or read as what would be written.

#![no_main]

use dump_delta::{ChunkList, Recipe};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(recipe) = Recipe::decode(bytes) {
        assert_eq!(recipe.encode(), bytes);
    }
    if let Ok(list) = ChunkList::decode(bytes) {
        assert_eq!(list.encode(), bytes);
    }
});
