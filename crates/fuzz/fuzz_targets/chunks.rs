//! Any file is cut into chunks that make it again, none of them larger than is said.

#![no_main]

use dump_delta::{ChunkSizes, Chunker, is_sample};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Repeated, so that the file is longer than the smallest chunk.
    let file = bytes.repeat(1 + 200_000 / bytes.len().max(1));
    let Some(sizes) = ChunkSizes::for_size(file.len() as u64) else {
        return;
    };
    let mut chunker = Chunker::new(&*file, sizes);
    let mut made = Vec::new();
    while let Ok(Some(chunk)) = chunker.next_chunk() {
        assert!(!chunk.is_empty() && chunk.len() <= sizes.largest());
        let _ = is_sample(chunk);
        made.extend_from_slice(chunk);
    }
    assert!(made == file);
});
