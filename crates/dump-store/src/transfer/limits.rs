//! How much at once: part sizes and connections.

/// One mebibyte.
const MIB: u64 = 1 << 20;

/// The largest number of parts that S3 takes in one object.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
const MOST_PARTS: u64 = 10_000;

/// How many connections all agents of one git-lfs command but the leading one open together, at most, when each moves a
/// large object.
const CONNECTIONS_OF_ALL: u32 = 48;

/// How many the leading one opens: a server gives one connection some 60 MB/s, and a fast line has a gigabyte per second.
const LEADER_CONNECTIONS: u32 = 16;

/// The sizes and counts that bound a transfer's memory and its share of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Objects up to this many bytes are held in memory and stored with one request.
    pub single_put: u64,
    /// The smallest part, and the smallest range of a parallel download, in bytes. S3 takes no part below 5 MiB.
    pub smallest_part: u64,
    /// The largest part in bytes, unless an object would need more than 10,000 of them.
    pub largest_part: u64,
    /// How many requests of one object are in flight at the same time.
    pub connections: usize,
    /// The same, of the one object among all agents that leads.
    pub leader_connections: usize,
}

impl Limits {
    /// The limits of one of `siblings` agents that run side by side.
    ///
    /// One object of a gigabyte occupies one agent while its siblings idle, so an agent's share can't be a mere eighth;
    /// parts are streamed from disk, so a connection costs a buffer and not a part.
    pub fn for_siblings(siblings: u32) -> Self {
        let connections = (CONNECTIONS_OF_ALL / siblings.max(1)).clamp(4, LEADER_CONNECTIONS);
        Self {
            single_put: 8 * MIB,
            smallest_part: 8 * MIB,
            largest_part: 32 * MIB,
            connections: connections as usize,
            leader_connections: LEADER_CONNECTIONS as usize,
        }
    }

    /// The size of the parts, and of the ranges, of an object of `size` bytes: all but the last have exactly this size.
    ///
    /// About 64 parts, so that the last ones to end don't leave the other connections idle for long.
    pub fn part_size(&self, size: u64) -> u64 {
        let aimed = size
            .div_ceil(64)
            .next_multiple_of(self.smallest_part)
            .clamp(self.smallest_part, self.largest_part);
        aimed.max(
            size.div_ceil(MOST_PARTS)
                .next_multiple_of(self.smallest_part),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_object_needs_more_parts_than_s3_takes() {
        let limits = Limits::for_siblings(8);
        for size in [
            0,
            1,
            8 * MIB,
            100 * MIB,
            1024 * MIB,
            5_000_000 * MIB,
            50_000_000 * MIB - 1,
        ] {
            let part = limits.part_size(size);
            assert!(
                size.div_ceil(part) <= MOST_PARTS,
                "{size} bytes in parts of {part}"
            );
            assert!(part >= 5 * MIB);
        }
        assert_eq!(limits.part_size(1024 * MIB), 16 * MIB);
    }

    #[test]
    fn siblings_share_the_connections() {
        assert_eq!(Limits::for_siblings(8).connections, 6);
        assert_eq!(Limits::for_siblings(1).connections, 16);
        assert_eq!(Limits::for_siblings(100).connections, 4);
        assert_eq!(Limits::for_siblings(0).connections, 16);
    }
}
