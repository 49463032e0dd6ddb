//! Whether what shows is whole: in the store, and in a repository.

use std::fs;
use std::path::Path;

use dump_store::{Item, Kind, Layout, Oid, Recipe, source_item};

use super::{DUMP, Team};

/// Everything under a final key is what its name says. Recipes are followed here by their text alone, with none of the
/// program's own ways.
#[track_caller]
pub(crate) fn assert_store_is_sound(team: &Team) {
    let layout = Layout::new("shop");
    for key in team.s3.keys() {
        let item = layout.item_of(&key);
        let item = item.unwrap_or_else(|| panic!("`{key}` is nobody's key"));
        let bytes = team.s3.read(&key).expect("what is listed is there");
        let content = match item.kind {
            Kind::Object | Kind::Pack => bytes,
            Kind::Recipe => follow(team, &layout, &bytes),
        };
        assert_eq!(Oid::of(&content), item.oid, "`{key}` isn't what it says");
    }
}

/// Puts together what a recipe makes.
#[track_caller]
fn follow(team: &Team, layout: &Layout, text: &[u8]) -> Vec<u8> {
    let recipe = Recipe::decode(text).expect("a recipe can be read");
    let sources: Vec<Vec<u8>> = recipe
        .sources()
        .iter()
        .map(|source| {
            let item: Item = source_item(source);
            let key = layout.key(&item).to_string();
            team.s3
                .read(&key)
                .unwrap_or_else(|| panic!("`{key}` is missing"))
        })
        .collect();
    let mut content = Vec::new();
    for piece in recipe.pieces() {
        let begin = usize::try_from(piece.offset).unwrap();
        let source = &sources[piece.source as usize];
        content.extend_from_slice(&source[begin..begin + piece.length as usize]);
    }
    content
}

/// Every object of the local LFS storage is what its name says, and the dump is one of `versions` or a pointer.
#[track_caller]
pub(crate) fn assert_repository_is_sound(repository: &Path, versions: &[Vec<u8>]) {
    each_file(&repository.join(".git/lfs/objects"), &mut |path| {
        let content = fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(Oid::of(&content).to_hex(), name, "a damaged local object");
    });
    if let Ok(found) = fs::read(repository.join(DUMP)) {
        assert!(
            testkit::git::is_pointer(&found) || versions.contains(&found),
            "half a dump is checked out"
        );
    }
}

fn each_file(directory: &Path, take: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            each_file(&path, take);
        } else {
            take(&path);
        }
    }
}
