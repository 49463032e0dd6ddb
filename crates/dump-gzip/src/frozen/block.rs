//! One block: counted, written in the cheapest of the three forms (RFC 1951, section 3.2.3).

use super::bits::BitWriter;
use super::huffman::{Code, canonical, code};
use super::matches::Block;

/// No stored block has more bytes.
const LONGEST_STORED: usize = 65_535;

const END_OF_BLOCK: usize = 256;
const LITERALS_AND_LENGTHS: usize = 288;
const DISTANCES: usize = 32;
const LONGEST_LITERAL: u8 = 14;
const LONGEST_DISTANCE: u8 = 15;
const LONGEST_OF_LENGTHS: u8 = 7;

/// The order in which the lengths of the codes for lengths are written.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The least length of each symbol from 257 on, and its extra bits (RFC 1951, section 3.2.5).
const LENGTHS: [(u32, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// The symbol of a length, counted from 257, and its least length.
fn length_symbol(length: u32) -> usize {
    LENGTHS.partition_point(|(least, _)| *least <= length) - 1
}

/// The symbol of a distance, its least distance and its extra bits.
fn distance_symbol(distance: u32) -> (usize, u32, u32) {
    if distance <= 4 {
        return (distance as usize - 1, distance, 0);
    }
    let high = (distance - 1).ilog2();
    let half = ((distance - 1) >> (high - 1)) & 1;
    let least = (1 << high) + (half << (high - 1)) + 1;
    ((2 * high + half) as usize, least, high - 1)
}

/// How often each symbol occurs.
struct Counts {
    literals: Vec<u32>,
    distances: Vec<u32>,
}

/// The two codes of a block.
struct Codes {
    literals: Code,
    distances: Code,
}

/// Writes a block, which is the text's last one or not.
pub(super) fn write(bits: &mut BitWriter, text: &[u8], block: &Block, is_last: bool) {
    let counts = count(text, block);
    let dynamic = Codes {
        literals: code(&counts.literals, LONGEST_LITERAL),
        distances: code(&counts.distances, LONGEST_DISTANCE),
    };
    let fixed = fixed();
    let described = Description::of(&dynamic);
    let dynamic_cost = 3 + described.cost() + cost(&counts, &dynamic);
    let fixed_cost = 3 + cost(&counts, &fixed);
    let length = block.end - block.start;
    let aligned = u64::from((8 - (bits.used_of_last_byte() + 3) % 8) % 8);
    let stored_blocks = length.div_ceil(LONGEST_STORED) as u64;
    let stored_cost = 3 + aligned + 32 + 40 * (stored_blocks - 1) + 8 * length as u64;
    let least = dynamic_cost.min(fixed_cost).min(stored_cost);
    if least == stored_cost {
        write_stored(bits, &text[block.start..block.end], is_last);
        return;
    }
    bits.put(u32::from(is_last), 1);
    if least == fixed_cost {
        bits.put(1, 2);
        write_symbols(bits, text, block, &fixed);
    } else {
        bits.put(2, 2);
        described.write(bits);
        write_symbols(bits, text, block, &dynamic);
    }
}

/// Writes text as it is.
pub(super) fn write_stored(bits: &mut BitWriter, text: &[u8], is_last: bool) {
    let mut rest = text;
    loop {
        let (now, later) = rest.split_at(rest.len().min(LONGEST_STORED));
        bits.put(u32::from(is_last && later.is_empty()), 1);
        bits.put(0, 2);
        bits.align();
        let length = u16::try_from(now.len()).unwrap_or(u16::MAX);
        bits.put_bytes(&length.to_le_bytes());
        bits.put_bytes(&(!length).to_le_bytes());
        bits.put_bytes(now);
        rest = later;
        if rest.is_empty() {
            return;
        }
    }
}

fn count(text: &[u8], block: &Block) -> Counts {
    let mut counts = Counts {
        literals: vec![0; LITERALS_AND_LENGTHS],
        distances: vec![0; DISTANCES],
    };
    let mut at = block.start;
    for sequence in &block.sequences {
        let literals = sequence.literals as usize;
        for byte in &text[at..at + literals] {
            counts.literals[usize::from(*byte)] += 1;
        }
        at += literals + sequence.length as usize;
        if sequence.length > 0 {
            counts.literals[257 + length_symbol(sequence.length)] += 1;
            counts.distances[distance_symbol(sequence.distance).0] += 1;
        }
    }
    counts.literals[END_OF_BLOCK] += 1;
    counts
}

/// What the symbols take, in bits.
fn cost(counts: &Counts, codes: &Codes) -> u64 {
    let mut cost = 0;
    for (symbol, count) in counts.literals.iter().enumerate() {
        let extra = symbol
            .checked_sub(257)
            .and_then(|symbol| LENGTHS.get(symbol));
        let extra = extra.map_or(0, |(_, extra)| *extra);
        cost += u64::from(*count) * u64::from(extra + u32::from(codes.literals.lengths[symbol]));
    }
    for (symbol, count) in counts.distances.iter().enumerate() {
        let extra = (symbol / 2).saturating_sub(1) as u64;
        cost += u64::from(*count) * (extra + u64::from(codes.distances.lengths[symbol]));
    }
    cost
}

/// The codes that need no description (RFC 1951, section 3.2.6).
fn fixed() -> Codes {
    let literals: Vec<u8> = (0..LITERALS_AND_LENGTHS)
        .map(|symbol| match symbol {
            0..144 | 280.. => 8,
            144..256 => 9,
            _ => 7,
        })
        .collect();
    let distances = vec![5; DISTANCES];
    let code = |lengths: Vec<u8>| Code {
        bits: canonical(&lengths),
        lengths,
    };
    Codes {
        literals: code(literals),
        distances: code(distances),
    }
}

fn write_symbols(bits: &mut BitWriter, text: &[u8], block: &Block, codes: &Codes) {
    let put = |bits: &mut BitWriter, code: &Code, symbol: usize| {
        bits.put(code.bits[symbol], u32::from(code.lengths[symbol]));
    };
    let mut at = block.start;
    for sequence in &block.sequences {
        let literals = sequence.literals as usize;
        for byte in &text[at..at + literals] {
            put(bits, &codes.literals, usize::from(*byte));
        }
        at += literals + sequence.length as usize;
        if sequence.length > 0 {
            let symbol = length_symbol(sequence.length);
            let (least, extra) = LENGTHS[symbol];
            put(bits, &codes.literals, 257 + symbol);
            bits.put(sequence.length - least, extra);
            let (symbol, least, extra) = distance_symbol(sequence.distance);
            put(bits, &codes.distances, symbol);
            bits.put(sequence.distance - least, extra);
        }
    }
    put(bits, &codes.literals, END_OF_BLOCK);
}

/// What says the codes before a block's symbols (RFC 1951, section 3.2.7).
struct Description {
    literals: usize,
    distances: usize,
    /// Symbols of the code for lengths, each with its extra bits.
    items: Vec<(usize, u32)>,
    code: Code,
    /// So many of the code's own lengths are written.
    explicit: usize,
}

/// The extra bits of a symbol of the code for lengths.
fn extra_bits(symbol: usize) -> u32 {
    match symbol {
        16 => 2,
        17 => 3,
        18 => 7,
        _ => 0,
    }
}

impl Description {
    fn of(codes: &Codes) -> Self {
        let used = |lengths: &[u8], least: usize| {
            let last = lengths.iter().rposition(|length| *length > 0);
            last.map_or(least, |last| (last + 1).max(least))
        };
        let literals = used(&codes.literals.lengths, 257);
        let distances = used(&codes.distances.lengths, 1);
        let lengths = [
            &codes.literals.lengths[..literals],
            &codes.distances.lengths[..distances],
        ];
        let items = items(&lengths.concat());
        let mut counts = [0; ORDER.len()];
        for (symbol, _) in &items {
            counts[*symbol] += 1;
        }
        let code = code(&counts, LONGEST_OF_LENGTHS);
        let last = ORDER.iter().rposition(|symbol| code.lengths[*symbol] > 0);
        Self {
            literals,
            distances,
            items,
            code,
            explicit: last.map_or(4, |last| (last + 1).max(4)),
        }
    }

    /// In bits.
    fn cost(&self) -> u64 {
        let items = self.items.iter();
        let items =
            items.map(|(symbol, _)| extra_bits(*symbol) + u32::from(self.code.lengths[*symbol]));
        14 + 3 * self.explicit as u64 + items.map(u64::from).sum::<u64>()
    }

    fn write(&self, bits: &mut BitWriter) {
        let number = |number: usize| u32::try_from(number).unwrap_or_default();
        bits.put(number(self.literals - 257), 5);
        bits.put(number(self.distances - 1), 5);
        bits.put(number(self.explicit - 4), 4);
        for symbol in &ORDER[..self.explicit] {
            bits.put(u32::from(self.code.lengths[*symbol]), 3);
        }
        for (symbol, extra) in &self.items {
            bits.put(
                self.code.bits[*symbol],
                u32::from(self.code.lengths[*symbol]),
            );
            bits.put(*extra, extra_bits(*symbol));
        }
    }
}

/// Lengths, with what repeats said by symbols 16, 17 and 18.
fn items(lengths: &[u8]) -> Vec<(usize, u32)> {
    let mut items = Vec::new();
    for run in lengths.chunk_by(|one, other| one == other) {
        let length = usize::from(run[0]);
        let mut left = u32::try_from(run.len()).unwrap_or_default();
        if length == 0 {
            while left >= 11 {
                let now = left.min(11 + 0x7F);
                items.push((18, now - 11));
                left -= now;
            }
            if left >= 3 {
                let now = left.min(3 + 7);
                items.push((17, now - 3));
                left -= now;
            }
        } else if left >= 4 {
            items.push((length, 0));
            left -= 1;
            while left >= 3 {
                let now = left.min(3 + 3);
                items.push((16, now - 3));
                left -= now;
            }
        }
        items.extend((0..left).map(|_| (length, 0)));
    }
    items
}
