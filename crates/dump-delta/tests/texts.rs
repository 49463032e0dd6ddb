//! Recipes of texts: one way to write each, and nothing that doesn't fit together is read.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use dump_delta::{
    ContentHash, Made, Output, Piece, Place, Recipe, RecipeError, Source, SourceKind, Text, Texts,
    Version,
};
use std::fmt::Write as _;

/// A chunk, members of a text, another chunk, and members of another text that is a difference from the first.
fn recipe() -> Recipe {
    let source = |kind, name: &[u8], size| Source {
        kind,
        hash: ContentHash::of(name),
        size,
    };
    let piece = |length, source, offset| Piece {
        length,
        source,
        offset,
        hash: ContentHash::of(b"piece"),
    };
    let made = |after, length, text, members: &[u32]| Made {
        after,
        length,
        hash: ContentHash::of(b"members"),
        text,
        members: members.to_vec(),
    };
    let changed = |size, offset, bases: &[u32]| Text::Changed {
        size,
        part: 1,
        offset,
        length: 10,
        bases: bases.to_vec(),
    };
    let place = |text, version, offset| Place {
        text,
        version,
        offset,
        length: 40,
    };
    let texts = Texts {
        made: vec![made(1, 30, 1, &[50, 60]), made(2, 31, 2, &[70])],
        texts: vec![
            Text::Plain { part: 0 },
            changed(110, 0, &[0]),
            changed(70, 10, &[0, 1]),
        ],
        versions: vec![Version {
            hash: ContentHash::of(b"version"),
            size: 100,
        }],
        places: vec![place(0, 0, 60), place(1, 0, 0)],
    };
    Recipe::with_texts(
        ContentHash::of(b"object"),
        76,
        vec![
            source(SourceKind::Object, b"old", 100),
            source(SourceKind::Pack, b"new", 27),
        ],
        vec![
            piece(8, 0, 0),
            piece(7, 1, 0),
            piece(40, 0, 60),
            piece(20, 1, 7),
        ],
        2,
        texts,
    )
    .unwrap()
}

/// The text without its last line.
fn open_text() -> String {
    let text = String::from_utf8(recipe().encode()).unwrap();
    text[..text.find("end ").unwrap()].to_owned()
}

fn decode(text: &str) -> Result<Recipe, RecipeError> {
    let sealed = format!("{text}end {}\n", ContentHash::of(text.as_bytes()));
    Recipe::decode(sealed.as_bytes())
}

#[test]
fn what_is_written_is_what_is_read() {
    let recipe = recipe();
    let text = recipe.encode();
    assert!(text.starts_with(b"lfs-agent recipe 2\n"));
    let read = Recipe::decode(&text).unwrap();
    assert!(read == recipe && read.encode() == text);
    assert_eq!(
        read.outputs(),
        [
            (0, Output::Copied(0)),
            (8, Output::Made(0)),
            (38, Output::Copied(1)),
            (45, Output::Made(1))
        ]
    );
    assert_eq!(read.offsets(), [0, 38, 76, 116]);
    assert_eq!(read.room(), 136);
}

#[test]
fn what_is_at_hand_need_not_be_made() {
    let recipe = recipe();
    let needed = |at_hand: &[usize]| recipe.texts().needed(2, |text| at_hand.contains(&text));
    assert_eq!(needed(&[]), (vec![true, true], vec![true; 3]));
    assert_eq!(needed(&[0]), (vec![false, true], vec![true; 3]));
    assert_eq!(needed(&[1]), (vec![true, true], vec![true; 3]));
    assert_eq!(
        needed(&[1, 2]),
        (vec![false, false], vec![false, true, true])
    );
}

#[test]
fn texts_that_do_not_fit_together_are_refused_though_the_checksum_is_right() {
    let text = open_text();
    assert!(decode(&text).is_ok());
    for (from, to) in [
        ("recipe 2", "recipe 1"),
        ("members 30 1", "members 31 1"),
        ("members 30 1", "members 30 0"),
        ("members 30 1", "members 30 3"),
        (" 50 60\n", " 50 61\n"),
        (" 50 60\n", "\n"),
        (" 50 60\n", " 4294967295 111\n"),
        ("text plain 0", "text plain 2"),
        ("text plain 0", "text plain 1"),
        ("text plain 0", "text plain 0 1"),
        ("text changed 110 1 0 10 0", "text changed 0 1 0 10 0"),
        ("text changed 110 1 0 10 0", "text changed 110 1 0 10"),
        ("text changed 110 1 0 10 0", "text changed 110 1 0 0 0"),
        ("text changed 110 1 0 10 0", "text changed 110 1 11 10 0"),
        (
            "text changed 110 1 0 10 0",
            "text changed 110 1 4294967295 10 0",
        ),
        ("text changed 110 1 0 10 0", "text changed 110 1 0 10 1"),
        ("text changed 110 1 0 10 0", "text changed 110 1 0 10 2"),
        (
            "text changed 70 1 10 10 0 1",
            "text changed 70 1 10 10 0 0 0 0 0 0 0 0 0",
        ),
        ("place 0 0 60 40", "place 0 0 61 40"),
        ("place 0 0 60 40", "place 0 1 60 40"),
        ("place 0 0 60 40", "place 3 0 60 40"),
        ("place 0 0 60 40", "place 1 0 60 40"),
        ("place 0 0 60 40", "place 0 0 60 0"),
        ("place 0 0 60 40", "place 0 0 060 40"),
        ("part 40 0 60", "part 41 0 60"),
        ("object", "objects"),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(
            decode(&text.replacen(from, to, 1)).is_err(),
            "{from} as {to}"
        );
    }
    // Of which nothing is made.
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("members"))
        .collect();
    let without = kept.join("\n") + "\n";
    assert!(decode(&without.replace(" 76\n", " 15\n")).is_err());
}

#[test]
fn the_lines_have_one_order() {
    let text = open_text();
    let lines: Vec<&str> = text.lines().collect();
    let mut kept = 0;
    for index in 1..lines.len() - 1 {
        let mut other = lines.clone();
        other.swap(index, index + 1);
        let swapped = other.join("\n") + "\n";
        kept += usize::from(decode(&swapped).is_ok_and(|recipe| recipe == self::recipe()));
    }
    assert_eq!(kept, 0);
}

#[test]
fn no_more_is_kept_beside_an_object_than_four_times_as_much() {
    let text = open_text()
        .replace("part 40 0 60", "part 400 0 60")
        .replace(" 100\n", " 1000\n");
    assert_eq!(decode(&text), Err(RecipeError::TooLarge));
}

#[test]
fn texts_stand_behind_each_other_sixty_four_times_and_no_more() {
    let chain = |steps: u32| {
        let mut text = format!(
            "lfs-agent recipe 2\nobject {} 30\nsource object {} 10000\nmembers 30 {steps} {} 50\npart 40 0 0 {}\n",
            ContentHash::of(b"object"),
            ContentHash::of(b"old"),
            ContentHash::of(b"x"),
            ContentHash::of(b"y"),
        );
        text.push_str("text plain 0\n");
        for step in 0..steps {
            writeln!(text, "text changed 50 0 0 10 {step}").unwrap();
        }
        decode(&text)
    };
    assert!(chain(64).is_ok());
    assert_eq!(chain(65), Err(RecipeError::TooLarge));
}
