//! Histories as people ask for them.

use std::io::Write as _;

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
    assert!(history.read(&Bytes(&new)).is_err());
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
