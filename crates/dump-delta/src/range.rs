//! Which ranges of the sources hold the pieces that are wanted.

use crate::Piece;

/// A range of a source, fetched by one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRange {
    /// The index of the source.
    pub source: u32,
    /// Where it begins in the source, in bytes.
    pub offset: u64,
    /// In bytes; at least 1.
    pub length: u64,
    /// What of it is wanted, in order and apart from each other. What lies between isn't wanted and only saves a request.
    pub pieces: Vec<RangePiece>,
}

/// A piece inside of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangePiece {
    /// The index of the piece.
    pub index: usize,
    /// Where it begins in the range, in bytes.
    pub at: u64,
}

/// The ranges that hold the pieces for which `wanted` says so, each piece in exactly one. Pieces of a source that are at
/// most `gap` bytes apart share a range as long as it has at most `longest` bytes. The ranges are in the order of the first
/// pieces that they hold, so that an object comes together from its beginning.
pub fn ranges(
    pieces: &[Piece],
    wanted: impl Fn(usize) -> bool,
    gap: u64,
    longest: u64,
) -> Vec<SourceRange> {
    let mut found: Vec<SourceRange> = Vec::new();
    for index in in_order(pieces, wanted) {
        let piece = &pieces[index];
        let length = u64::from(piece.length);
        if let Some(range) = found.last_mut()
            && range.source == piece.source
            && let end = range.offset + range.length
            && (end..=end.saturating_add(gap)).contains(&piece.offset)
            && piece.offset + length - range.offset <= longest
        {
            range.length = piece.offset + length - range.offset;
            range.pieces.push(RangePiece {
                index,
                at: piece.offset - range.offset,
            });
        } else {
            found.push(SourceRange {
                source: piece.source,
                offset: piece.offset,
                length,
                pieces: vec![RangePiece { index, at: 0 }],
            });
        }
    }
    found.sort_by_key(|range| range.pieces.iter().map(|piece| piece.index).min());
    found
}

/// The pieces that are wanted, as they lie in their sources.
fn in_order(pieces: &[Piece], wanted: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pieces.len()).filter(|index| wanted(*index)).collect();
    order.sort_by_key(|index| (pieces[*index].source, pieces[*index].offset, *index));
    order
}

/// The largest gap, at most `gap` bytes, with which [`ranges`] brings at most `budget` bytes that aren't wanted. What lies
/// between pieces saves a request each, and many of them would be more than the object itself.
pub(crate) fn affordable_gap(
    pieces: &[Piece],
    wanted: impl Fn(usize) -> bool,
    gap: u64,
    budget: u64,
) -> u64 {
    let order = in_order(pieces, wanted);
    let between = |pair: &[usize]| {
        let (before, behind) = (&pieces[pair[0]], &pieces[pair[1]]);
        let end = before.offset + u64::from(before.length);
        (before.source == behind.source).then(|| behind.offset.saturating_sub(end))
    };
    let gaps = order.windows(2).filter_map(between);
    let mut gaps: Vec<u64> = gaps.filter(|bytes| (1..=gap).contains(bytes)).collect();
    gaps.sort_unstable();
    let mut spent = 0;
    let mut afforded = 0;
    for same in gaps.chunk_by(|one, other| one == other) {
        spent += same.iter().sum::<u64>();
        if spent > budget {
            return afforded;
        }
        afforded = same[0];
    }
    gap
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ContentHash;

    fn piece(source: u32, offset: u64, length: u32) -> Piece {
        let hash = ContentHash::of(b"");
        Piece {
            length,
            source,
            offset,
            hash,
        }
    }

    #[test]
    fn neighbours_share_a_range_and_small_gaps_are_skipped() {
        let pieces = [
            piece(0, 100, 10),
            piece(1, 0, 50),
            piece(0, 110, 10),
            piece(0, 125, 10),
            piece(0, 200, 10),
        ];
        let found = ranges(&pieces, |_| true, 5, 1000);
        let shape: Vec<_> = found
            .iter()
            .map(|range| (range.source, range.offset, range.length, range.pieces.len()))
            .collect();
        assert_eq!(shape, [(0, 100, 35, 3), (1, 0, 50, 1), (0, 200, 10, 1)]);
        assert_eq!(
            ranges(&pieces, |_| true, 5, 25).len(),
            4,
            "no range is longer than said"
        );
        assert_eq!(ranges(&pieces, |index| index == 1, 5, 25).len(), 1);
    }

    #[test]
    fn the_smallest_gaps_are_afforded_first() {
        let pieces = [
            piece(0, 0, 10),
            piece(0, 13, 10),
            piece(0, 30, 10),
            piece(0, 47, 10),
            piece(1, 100, 10),
        ];
        let afforded = |gap, budget| affordable_gap(&pieces, |_| true, gap, budget);
        assert_eq!(afforded(64, 17), 64, "all of them");
        assert_eq!(afforded(64, 16), 3, "of two that are equal both or none");
        assert_eq!(afforded(64, 2), 0);
        assert_eq!(afforded(5, 3), 5);
    }

    proptest! {
        #[test]
        fn what_is_not_wanted_keeps_to_its_budget(
            places in proptest::collection::vec((0_u32..3, 0_u64..500, 1_u32..60), 0..40),
            gap in 0_u64..50, longest in 1_u64..200, budget in 0_u64..300,
        ) {
            let pieces: Vec<Piece> = places.iter().map(|(source, offset, length)| piece(*source, *offset, *length)).collect();
            let gap = affordable_gap(&pieces, |_| true, gap, budget);
            let fetched: u64 = ranges(&pieces, |_| true, gap, longest).iter().map(|range| range.length).sum();
            let wanted: u64 = pieces.iter().map(|piece| u64::from(piece.length)).sum();
            prop_assert!(fetched <= wanted + budget);
        }

        #[test]
        fn each_wanted_piece_is_in_one_range_at_its_place(
            places in proptest::collection::vec((0_u32..3, 0_u64..500, 1_u32..60), 0..40),
            gap in 0_u64..50, longest in 1_u64..200, modulus in 1_usize..4,
        ) {
            let pieces: Vec<Piece> = places.iter().map(|(source, offset, length)| piece(*source, *offset, *length)).collect();
            let found = ranges(&pieces, |index| index % modulus == 0, gap, longest);
            let mut seen = Vec::new();
            for range in &found {
                let mut end = 0;
                for held in &range.pieces {
                    let piece = &pieces[held.index];
                    prop_assert_eq!((piece.source, piece.offset), (range.source, range.offset + held.at));
                    prop_assert!(held.at >= end && held.at - end <= gap);
                    end = held.at + u64::from(piece.length);
                    seen.push(held.index);
                }
                prop_assert_eq!(end, range.length);
                prop_assert!(range.length <= longest || range.pieces.len() == 1);
            }
            seen.sort_unstable();
            let expected: Vec<usize> = (0..pieces.len()).filter(|index| index % modulus == 0).collect();
            prop_assert_eq!(seen, expected);
        }
    }
}
