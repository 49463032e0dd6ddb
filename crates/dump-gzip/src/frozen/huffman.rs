//! Codes for symbols of these frequencies: Huffman's, shortened where they are too long.

/// A code: each symbol's bits, the first to be written lowest, and how many. A symbol that isn't used has none.
pub(super) struct Code {
    pub(super) bits: Vec<u32>,
    pub(super) lengths: Vec<u8>,
}

/// The code for symbols that occur so often, no symbol's longer than `longest`.
pub(super) fn code(frequencies: &[u32], longest: u8) -> Code {
    let lengths = lengths(frequencies, longest);
    Code {
        bits: canonical(&lengths),
        lengths,
    }
}

/// Codes by their lengths alone (RFC 1951, section 3.2.2).
pub(super) fn canonical(lengths: &[u8]) -> Vec<u32> {
    let mut of_length = [0_u32; 16];
    for length in lengths {
        of_length[usize::from(*length)] += 1;
    }
    of_length[0] = 0;
    let mut next = [0_u32; 16];
    for length in 1..16 {
        next[length] = (next[length - 1] + of_length[length - 1]) << 1;
    }
    let code = |length: &u8| {
        if *length == 0 {
            return 0;
        }
        let code = next[usize::from(*length)];
        next[usize::from(*length)] += 1;
        code.reverse_bits() >> (32 - u32::from(*length))
    };
    lengths.iter().map(code).collect()
}

/// How long each symbol's code is.
fn lengths(frequencies: &[u32], longest: u8) -> Vec<u8> {
    let mut lengths = vec![0; frequencies.len()];
    let used = |symbol: &usize| frequencies[*symbol] > 0;
    let mut symbols: Vec<usize> = (0..frequencies.len()).filter(used).collect();
    if symbols.len() < 2 {
        // Two codes of one bit, though one symbol or none is used: some readers want a whole code.
        let other = symbols.first().copied().unwrap_or(0).max(1);
        lengths[0] = 1;
        lengths[other] = 1;
        return lengths;
    }
    symbols.sort_by_key(|symbol| (frequencies[*symbol], *symbol));
    let leaves: Vec<u32> = symbols.iter().map(|symbol| frequencies[*symbol]).collect();
    let counts = limited_counts(&parents(&leaves), longest);
    // The rarest symbols get the longest codes.
    let mut symbols = symbols.into_iter();
    for length in (1..=longest).rev() {
        for symbol in symbols.by_ref().take(counts[usize::from(length)]) {
            lengths[symbol] = length;
        }
    }
    lengths
}

/// Joins the two rarest nodes until one is left. Says of each inner node, in the order in which they are made, which
/// later one it was joined into; the last is the root.
fn parents(leaves: &[u32]) -> Vec<usize> {
    let inner = leaves.len() - 1;
    let mut frequencies = vec![0_u32; inner];
    let mut parents = vec![0; inner];
    let (mut leaf, mut node) = (0, 0);
    for made in 0..inner {
        let two_leaves =
            leaf + 1 < leaves.len() && (node == made || leaves[leaf + 1] <= frequencies[node]);
        let two_nodes =
            node + 2 <= made && (leaf == leaves.len() || frequencies[node + 1] < leaves[leaf]);
        if two_leaves {
            frequencies[made] = leaves[leaf] + leaves[leaf + 1];
            leaf += 2;
        } else if two_nodes {
            frequencies[made] = frequencies[node] + frequencies[node + 1];
            parents[node] = made;
            parents[node + 1] = made;
            node += 2;
        } else {
            frequencies[made] = leaves[leaf] + frequencies[node];
            parents[node] = made;
            leaf += 1;
            node += 1;
        }
    }
    parents
}

/// How many codes have each length, none more than `longest`: from the root down, each inner node takes a code of its
/// depth and makes two of the next; where that is too deep, the longest that is short enough is taken instead.
fn limited_counts(parents: &[usize], longest: u8) -> Vec<usize> {
    let longest = usize::from(longest);
    let mut counts = vec![0; longest + 2];
    counts[1] = 2;
    let root = parents.len() - 1;
    let mut depths = vec![0; parents.len()];
    for node in (0..root).rev() {
        depths[node] = depths[parents[node]] + 1;
        let mut depth: usize = depths[node];
        if depth >= longest {
            depth = longest - 1;
            while counts[depth] == 0 {
                depth -= 1;
            }
        }
        counts[depth] -= 1;
        counts[depth + 1] += 2;
    }
    counts
}
