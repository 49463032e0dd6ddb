//! `docs/read-recipe.py`, which is for whoever has a bucket and not this project: it makes the same objects.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::common::developer::{Developer, three};
use dump_gzip::MemberWriter;
use dump_store::{Key, MemoryStore, Oid};

/// A small dump in which one row of a hundred has another value in each version.
fn dump(version: u64) -> Vec<u8> {
    let mut writer = MemberWriter::new(Vec::new(), 2);
    for number in 0..9000_u64 {
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let value = if mixed >> 40 & 127 == version {
            version
        } else {
            mixed % 9000
        };
        writeln!(
            writer,
            "{number}\tcustomer {}\t{value}\t{mixed:016x}",
            mixed % 5000
        )
        .unwrap();
    }
    writer.finish().unwrap()
}

fn copy(store: &MemoryStore, to: &Path) {
    for key in store.keys() {
        let path = to.join(key.strip_prefix("team/shop/").unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, store.read(&Key::new(&key)).unwrap()).unwrap();
    }
}

#[tokio::test]
async fn recipes_are_followed_by_python_alone() {
    let python = Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|output| output.status.success()) {
        eprintln!("python3 isn't in PATH, so docs/read-recipe.py isn't tried");
        return;
    }
    let store = MemoryStore::new();
    let mut one = Developer::new(&store);
    let mut contents: Vec<Vec<u8>> = three().to_vec();
    contents.extend((0..4).map(dump));
    for content in &contents {
        one.push(content).await;
    }
    assert!(one.is_recipe(&contents[1]).await && one.is_recipe(&contents[6]).await);
    let recipe = one
        .transfers
        .recipe(&Oid::of(&contents[6]))
        .await
        .unwrap()
        .unwrap();
    assert!(!recipe.texts().is_empty());
    let bucket = tempfile::tempdir().unwrap();
    copy(&store, bucket.path());
    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/read-recipe.py");
    let read = |oid: Oid| {
        let mut command = Command::new("python3");
        command.arg(&reader).arg(bucket.path()).arg(oid.to_hex());
        command.output().unwrap()
    };
    for content in &contents {
        let output = read(Oid::of(content));
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.stdout == *content, "another content");
    }
    let pack = bucket.path().join("packs");
    for entry in std::fs::read_dir(pack).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[10] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }
    let output = read(Oid::of(&contents[6]));
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("a piece is damaged"));
}
