//! Which row of those that are made has a key.

use dump_text::row;

/// The rows of a table by hashes of their keys, in twelve bytes each.
pub(crate) struct Index {
    hashes: Vec<u64>,
    rows: Vec<u32>,
}

impl Index {
    /// Of so many rows; none if there are too many to count.
    pub(crate) fn new(count: u64, key: &dyn Fn(u64) -> Option<Vec<String>>) -> Option<Self> {
        let count = u32::try_from(count).ok()?;
        let hashes: Vec<u64> = (0..u64::from(count))
            .map(|number| key(number).map_or(0, |key| hash(&key)))
            .collect();
        let mut rows: Vec<u32> = (0..count).collect();
        rows.sort_unstable_by_key(|&row| (hashes[row as usize], row));
        Some(Self { hashes, rows })
    }

    /// Rows whose keys have the hash of this one.
    pub(crate) fn rows(&self, key: &[String]) -> impl Iterator<Item = u64> + '_ {
        let wanted = hash(key);
        let first = self
            .rows
            .partition_point(|&row| self.hashes[row as usize] < wanted);
        self.rows[first..]
            .iter()
            .take_while(move |&&row| self.hashes[row as usize] == wanted)
            .map(|&row| u64::from(row))
    }
}

fn hash(key: &[String]) -> u64 {
    row::hash(key.join("\u{1f}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::Index;

    #[test]
    fn all_rows_of_a_key_are_found() {
        let key = |row: u64| Some(vec![(row % 3).to_string()]);
        let index = Index::new(7, &key).unwrap();
        let rows: Vec<u64> = index.rows(&["1".to_owned()]).collect();
        assert_eq!(rows, [1, 4]);
        assert_eq!(index.rows(&["x".to_owned()]).count(), 0);
    }
}
