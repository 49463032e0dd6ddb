//! Any lines under a first line and a checksum that are right, which random bytes never get past. What is read is then
//! followed as far as that goes without a store: every range that would be fetched lies inside its source.

#![no_main]

use dump_delta::{ContentHash, Known, Recipe, ranges};

libfuzzer_sys::fuzz_target!(|lines: &str| {
    let text = format!("lfs-agent recipe 1\n{lines}");
    let sealed = format!("{text}end {}\n", ContentHash::of(text.as_bytes()));
    let Ok(recipe) = Recipe::decode(sealed.as_bytes()) else {
        return;
    };
    assert_eq!(recipe.encode(), sealed.as_bytes());
    let mut seen = vec![false; recipe.pieces().len()];
    for range in ranges(recipe.pieces(), |_| true, 64 << 10, 8 << 20) {
        let source = &recipe.sources()[range.source as usize];
        assert!(range.length > 0 && range.offset + range.length <= source.size);
        for held in &range.pieces {
            let piece = &recipe.pieces()[held.index];
            assert!(held.at + u64::from(piece.length) <= range.length);
            assert!(!std::mem::replace(&mut seen[held.index], true));
        }
    }
    assert!(seen.iter().all(|seen| *seen));
    Known::default().add_recipe(&recipe);
});
