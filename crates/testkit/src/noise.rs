//! Bytes that look like nothing, which no compression makes smaller, and which are the same every time.

/// `length` bytes of the noise with this seed.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    Noise::new(seed).fill(&mut bytes);
    bytes
}

/// Noise that goes on, for more of it than memory should hold.
#[derive(Debug, Clone)]
pub struct Noise(u64);

impl Noise {
    /// The noise with this seed, from its beginning.
    pub fn new(seed: u64) -> Self {
        // A generator of this kind stays at zero for ever.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Fills `bytes` with what comes next. The last bytes of a length that isn't a multiple of 8 are the beginning of a
    /// word whose end is left out.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for word in bytes.chunks_mut(8) {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            word.copy_from_slice(&self.0.to_le_bytes()[..word.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_the_same_in_any_lengths_and_differs_by_its_seed() {
        let whole = noise(100, 1);
        assert_eq!(noise(37, 1), whole[..37]);
        assert_ne!(noise(100, 2), whole);
        let mut pieces = vec![0; 96];
        let mut going_on = Noise::new(1);
        for piece in pieces.chunks_mut(32) {
            going_on.fill(piece);
        }
        assert_eq!(pieces, whole[..96]);
    }
}
