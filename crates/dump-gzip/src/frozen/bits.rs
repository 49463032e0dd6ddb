//! Bits behind each other, the lowest first (RFC 1951, section 3.1.1).

/// Collects bits into bytes.
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl BitWriter {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            pending: 0,
            count: 0,
        }
    }

    /// The lowest `count` bits of `value`, which has no others; at most 32.
    pub(super) fn put(&mut self, value: u32, count: u32) {
        self.pending |= u64::from(value) << self.count;
        self.count += count;
        if self.count >= 32 {
            #[expect(clippy::cast_possible_truncation, reason = "the upper half stays")]
            let whole = self.pending as u32;
            self.bytes.extend_from_slice(&whole.to_le_bytes());
            self.pending >>= 32;
            self.count -= 32;
        }
    }

    /// How many bits of the last byte are in use; 0 if it is whole.
    pub(super) fn used_of_last_byte(&self) -> u32 {
        self.count % 8
    }

    /// Fills the last byte with zeros.
    pub(super) fn align(&mut self) {
        while self.count > 0 {
            self.bytes.push(self.pending.to_le_bytes()[0]);
            self.pending >>= 8;
            self.count = self.count.saturating_sub(8);
        }
    }

    /// Whole bytes, after [`Self::align`].
    pub(super) fn put_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// All bytes, the last one filled with zeros.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }
}
