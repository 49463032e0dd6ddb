//! Histories as people ask for them.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use dump_text::Keys;
use flate2::{Compression, GzBuilder};

use super::*;
use crate::testing::Bytes;

/// A dump of members with so many rows each, in each of the two forms.
fn packed(rows: &[String], inserts: bool, a_member: usize) -> Vec<u8> {
    let mut text: Vec<String> = if inserts {
        let count = rows.len();
        let rows = rows.iter().enumerate().map(|(at, row)| {
            let values: Vec<String> = row.split('\t').map(|value| format!("'{value}'")).collect();
            format!(
                "({}){}\n",
                values.join(","),
                if at + 1 == count { ";" } else { "," }
            )
        });
        let head = "/*!1 */\nCREATE TABLE `t` (\n `id` int,\n `x` text,\n PRIMARY KEY (`id`)\n);\nINSERT INTO `t` VALUES\n";
        [head.to_owned()].into_iter().chain(rows).collect()
    } else {
        let rows = rows.iter().map(|row| format!("{row}\n"));
        ["COPY t (id, x) FROM stdin;\n".to_owned()]
            .into_iter()
            .chain(rows)
            .collect()
    };
    if !inserts {
        text.push("\\.\n".to_owned());
    }
    text.push("COMMIT;\n".to_owned());
    let mut file = Vec::new();
    for lines in text.chunks(a_member) {
        let mut member = GzBuilder::new()
            .operating_system(255)
            .write(Vec::new(), Compression::fast());
        member.write_all(lines.concat().as_bytes()).unwrap();
        let mut member = member.finish().unwrap();
        member[8] = 4;
        file.extend(member);
    }
    file
}

fn rows(numbers: impl Iterator<Item = u32>, changed: &[u32]) -> Vec<String> {
    numbers
        .map(|number| {
            let value = if changed.contains(&number) {
                "new"
            } else {
                "old"
            };
            format!("{number}\t{value}")
        })
        .collect()
}

fn query(key: &[&str]) -> Query {
    Query {
        table: "t".to_owned(),
        key: key.iter().map(ToString::to_string).collect(),
        conditions: Vec::new(),
    }
}

fn told(changes: &RowChanges) -> Vec<String> {
    let shown = |cells: &[Cell]| {
        let cells = cells
            .iter()
            .map(|(_, value)| value.clone().unwrap_or_default());
        cells.collect::<Vec<_>>().join("|")
    };
    let row = |change: &RowChange| match &change.what {
        RowWhat::Added(cells) => format!("+ {}", shown(cells)),
        RowWhat::Removed(cells) => format!("- {}", shown(cells)),
        RowWhat::Changed(cells) => format!("~ {} {cells:?}", shown(&change.key)),
    };
    changes.rows().map(|change| row(&change)).collect()
}

#[test]
fn versions_are_compared_by_what_only_one_has() {
    for inserts in [false, true] {
        for a_member in [3, 7, 1000] {
            let old = packed(&rows(0..100, &[]), inserts, a_member);
            let new = packed(&rows((0..50).chain(51..101), &[7]), inserts, a_member);
            let (old, new) = (Bytes(&old), Bytes(&new));
            let mut history = History::new(query(&[]), Keys::default());
            let newer = history.read(&new).unwrap();
            let older = history.read(&old).unwrap();
            let changes = history
                .changes(Some((&older, &old)), Some((&newer, &new)))
                .unwrap();
            let expected = [
                "~ 7 [(\"x\", Some(\"old\"), Some(\"new\"))]",
                "- 50|old",
                "+ 100|old",
            ];
            assert_eq!(told(&changes), expected, "{inserts} {a_member}");
            assert_eq!(
                (changes.changed(), changes.removed(), changes.added()),
                (1, 1, 1)
            );
            let first = history.changes(None, Some((&older, &old))).unwrap();
            assert_eq!((first.added(), first.kept()), (100, 100));

            let mut history = History::new(query(&["7"]), Keys::default());
            let newer = history.read(&new).unwrap();
            let older = history.read(&old).unwrap();
            let changes = history
                .changes(Some((&older, &old)), Some((&newer, &new)))
                .unwrap();
            assert_eq!(told(&changes), expected[..1]);
        }
    }
}

#[test]
fn members_that_both_have_are_not_unpacked_again() {
    let old = packed(&rows(0..1000, &[]), false, 10);
    let mut new = packed(&rows(0..1000, &[7]), false, 10);
    let mut history = History::new(query(&[]), Keys::default());
    let older = history.read(&Bytes(&old)).unwrap();
    let known = history.ends.len();
    let newer = history.read(&Bytes(&new)).unwrap();
    assert_eq!(history.ends.len(), known + 1);
    let (old_parts, new_parts) = differing(Some(&older), Some(&newer));
    assert_eq!((old_parts.len(), new_parts.len()), (1, 1));
    // A damaged member is no reason to take another one's word.
    let last = new.len() - 6;
    new[last] ^= 1;
    let damaged = history.read(&Bytes(&new));
    let (before, after) = (Bytes(&old), Bytes(&new));
    let is_told = damaged.is_err()
        || history
            .changes(Some((&older, &before)), Some((&damaged.unwrap(), &after)))
            .is_err();
    assert!(is_told);
}

/// Counts what is read of it.
struct Counted<'a>(&'a [u8], AtomicUsize);

impl Source for Counted<'_> {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        self.open_at(0)
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let rest = &self.0[usize::try_from(offset).unwrap()..];
        Ok(Box::new(io::Cursor::new(rest.to_owned())))
    }
}

fn pieces(file: &[u8]) -> Vec<(u64, u64)> {
    let members = Members::of(&Bytes(file)).unwrap().0;
    members
        .iter()
        .map(|(_, member)| (member.hash, member.length))
        .collect()
}

#[test]
fn a_new_member_among_known_ones_is_read_when_it_is_compared() {
    // Of random rows, so that there is more than the last piece.
    let number = |number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let rows = |changed: u64| -> Vec<String> {
        let value = |row: u64| if row == changed { 0 } else { number(row) };
        (0..90_000_u64)
            .map(|row| format!("{row}\t{:016x}", value(row)))
            .collect()
    };
    let (old, new) = (
        packed(&rows(5007), false, 900),
        packed(&rows(5009), false, 900),
    );
    let mut history = History::new(query(&[]), Keys::default());
    let newer = history.read_pieces(&Bytes(&new), pieces(&new)).unwrap();
    let old = Counted(&old, AtomicUsize::new(0));
    assert!(history.unknown(pieces(old.0)).is_empty());
    let older = history.read_pieces(&old, pieces(old.0)).unwrap();
    assert_eq!(old.1.load(Ordering::Relaxed), 0);
    let changes = history
        .changes(Some((&older, &old)), Some((&newer, &Bytes(&new))))
        .unwrap();
    assert_eq!((changes.changed(), changes.added()), (2, 0));
    assert_eq!(old.1.load(Ordering::Relaxed), 1);
    assert!(history.guessed.is_empty());
}

/// What is guessed changes nothing: members in which blocks end and begin come, go and stand before known ones.
#[test]
fn a_guess_that_is_wrong_is_noticed() {
    let mut state = 7_u64;
    let mut below = |end: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % end
    };
    let mut wrong = 0;
    for _ in 0..300 {
        let mut file: Vec<Vec<u8>> = Vec::new();
        let mut versions = Vec::new();
        for version in 0..4 {
            for _ in 0..=below(3) {
                let at = usize::try_from(below(file.len() as u64 + 1)).unwrap();
                let value = below(50);
                let text = match below(6) {
                    0 => "\\.\nCOPY u (id, x) FROM stdin;\n".to_owned(),
                    1 => format!("{value}\ta\n\\.\nCOPY t (id, x) FROM stdin;\n1\tb\n"),
                    _ => format!("{value}\t{version}\n"),
                };
                let mut member = GzBuilder::new()
                    .operating_system(255)
                    .write(Vec::new(), Compression::fast());
                member.write_all(text.as_bytes()).unwrap();
                let mut member = member.finish().unwrap();
                member[8] = 4;
                file.insert(at, member);
            }
            if below(3) == 0 && file.len() > 2 {
                file.remove(usize::try_from(below(file.len() as u64)).unwrap());
            }
            let around = packed(&[], false, 1);
            let (head, end) = around.split_at(usize::try_from(pieces(&around)[0].1).unwrap());
            versions.push([head, &file.concat(), end].concat());
        }
        let told = |guesses: bool| {
            let mut history = History::new(query(&[]), Keys::default());
            history.wrong_guesses = u32::from(!guesses);
            let mut found = Vec::new();
            let mut newer: Option<(Version, Bytes<'_>)> = None;
            for version in versions.iter().rev() {
                let older = history.read(&Bytes(version)).unwrap();
                let source = Bytes(version);
                if let Some((newer, new)) = &newer {
                    let old = Some((&older, &source as &dyn Source));
                    let changes = history.changes(old, Some((newer, new))).unwrap();
                    let mut rows = self::told(&changes);
                    rows.sort();
                    found.push((
                        changes.table.clone(),
                        changes.added(),
                        changes.removed(),
                        rows,
                    ));
                }
                newer = Some((older, source));
            }
            (found, history.wrong_guesses)
        };
        let (guessed, count) = told(true);
        assert_eq!(guessed, told(false).0);
        wrong += count;
    }
    assert!(wrong > 0);
}

#[test]
fn columns_and_tables_come_and_go() {
    let text = |columns: &str, rows: &str| {
        format!("COPY t ({columns}) FROM stdin;\n{rows}\\.\n").into_bytes()
    };
    let old = text("id, x", "1\ta\n2\tb\n");
    let new = text("id, y, x", "1\t\\N\ta\n2\tq\tc\n");
    let none = b"SELECT 1;\n".to_vec();
    let (old, new, none) = (Bytes(&old), Bytes(&new), Bytes(&none));
    let mut history = History::new(query(&[]), Keys::default());
    let [before, after, nothing] = [&old, &new, &none].map(|source| history.read(source).unwrap());
    let changes = history
        .changes(Some((&before, &old)), Some((&after, &new)))
        .unwrap();
    assert_eq!(changes.columns_added, ["y"]);
    assert_eq!(told(&changes), ["~ 2 [(\"x\", Some(\"b\"), Some(\"c\"))]"]);
    let gone = history
        .changes(Some((&before, &old)), Some((&nothing, &none)))
        .unwrap();
    assert_eq!(told(&gone), ["- 1|a", "- 2|b"]);
    let come = history
        .changes(Some((&nothing, &none)), Some((&after, &new)))
        .unwrap();
    assert_eq!(come.added(), 2);
    let same = history
        .changes(Some((&nothing, &none)), Some((&nothing, &none)))
        .unwrap();
    assert_eq!(
        (same.kept(), same.added(), same.table),
        (0, 0, String::new())
    );
}

/// A last member is cut anywhere by who cuts by content, for nothing behind it says where it ends.
#[test]
fn pieces_of_a_last_member_are_read_together() {
    let old = packed(&rows(0..1000, &[]), false, 100);
    let new = packed(&rows(0..1000, &[7, 995]), false, 100);
    let mut history = History::new(query(&[]), Keys::default());
    let mut read = |file: &[u8]| {
        let cut = file.len() - 10;
        let number = |piece: &[u8]| {
            piece
                .iter()
                .fold(0_u64, |sum, byte| sum.rotate_left(5) ^ u64::from(*byte))
        };
        let pieces = [&file[..cut], &file[cut..]].map(|piece| (number(piece), piece.len() as u64));
        assert_eq!(history.unknown(pieces), [(0, file.len() as u64)]);
        history.read_pieces(&Bytes(file), pieces).unwrap()
    };
    let (older, newer) = (read(&old), read(&new));
    let changes = history
        .changes(Some((&older, &Bytes(&old))), Some((&newer, &Bytes(&new))))
        .unwrap();
    assert_eq!((changes.changed(), changes.added()), (2, 0));
}
