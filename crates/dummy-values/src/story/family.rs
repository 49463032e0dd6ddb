//! Which rows point to which: the children of each row, in the order of their births.

#![expect(
    clippy::cast_possible_truncation,
    reason = "row numbers of tables whose rows are counted in 32 bits"
)]

use crate::generators::Birth;
use crate::nulls::Nulls;
use crate::ordinal::Ordinal;
use crate::story::Term;
use std::sync::{Arc, OnceLock};

/// So many siblings are looked through one after the other.
const FEW: usize = 64;

/// Where a row points: by one reference.
#[derive(Debug, Clone)]
pub struct Pointer {
    /// Which row.
    pub ordinal: Ordinal,
    /// In which rows it points nowhere.
    pub nulls: Nulls,
    /// Of how many tables the choice is one, and which of them is meant.
    pub of: (u64, u64),
}

impl Pointer {
    /// The row that a row points to.
    #[inline]
    pub fn at(&self, row: u64) -> Option<u64> {
        if self.nulls.at(row) {
            return None;
        }
        let choice = match &self.ordinal {
            Ordinal::Agreed(agreed) => agreed.at(row).unwrap_or(0),
            ordinal => ordinal.at(row),
        };
        let (tables, own) = self.of;
        (choice % tables == own).then_some(choice / tables)
    }
}

/// Where a row leads by several references, one after the other.
#[inline]
pub fn follow(path: &[Pointer], row: u64) -> Option<u64> {
    path.iter().try_fold(row, |row, pointer| pointer.at(row))
}

/// The children of all rows of a table.
#[derive(Debug)]
pub struct Family {
    /// Rows of the parents.
    pub parents: u64,
    /// Rows of the children.
    pub rows: u64,
    /// How a child leads to its parent.
    pub path: Box<[Pointer]>,
    /// When children are born; none where the order of their numbers will do.
    pub birth: Option<Arc<Birth>>,
    /// Which children count; all where this says nothing.
    pub only: Option<Arc<Term>>,
    /// Found once, when somebody asks.
    pub lists: OnceLock<Lists>,
}

/// Children by parent. Those without a parent stand last.
#[derive(Debug)]
pub struct Lists {
    ends: Box<[u32]>,
    children: Box<[u32]>,
}

impl Family {
    /// The children of a row, the oldest first.
    pub fn of(&self, parent: u64) -> &[u32] {
        let lists = self.lists.get_or_init(|| self.find());
        let group = parent as usize;
        let end = lists.ends.get(group).copied().unwrap_or(0) as usize;
        let start = match group.checked_sub(1) {
            Some(before) => lists.ends.get(before).copied().unwrap_or(0) as usize,
            None => 0,
        };
        lists.children.get(start..end).unwrap_or(&[])
    }

    /// The parent's number; that of all parents together for a child without one.
    #[inline]
    fn group(&self, child: u64) -> u64 {
        follow(&self.path, child).map_or(self.parents, |parent| parent.min(self.parents))
    }

    /// The children of the parent of a row, itself among them.
    pub fn siblings(&self, child: u64) -> &[u32] {
        self.of(self.group(child))
    }

    /// How many siblings are older than a row.
    pub fn rank(&self, child: u64) -> u64 {
        let siblings = self.siblings(child);
        // Among few it is found sooner than asked when they were born.
        if siblings.len() <= FEW
            && let Some(place) = siblings.iter().position(|&own| u64::from(own) == child)
        {
            return place as u64;
        }
        let place = match &self.birth {
            Some(birth) => {
                let own = (birth.position(child), child);
                siblings.partition_point(|&other| {
                    (birth.position(u64::from(other)), u64::from(other)) < own
                })
            }
            None => siblings.partition_point(|&other| u64::from(other) < child),
        };
        place as u64
    }

    fn find(&self) -> Lists {
        let groups = self.parents as usize + 1;
        let mut ends = vec![0_u32; groups];
        let counts = |child: u64| {
            self.only
                .as_ref()
                .is_none_or(|only| only.at(child).is_some_and(|value| value != 0))
        };
        let mut total = 0_u32;
        for child in 0..self.rows {
            if counts(child) {
                ends[self.group(child) as usize] += 1;
                total += 1;
            }
        }
        let mut before = 0;
        for end in &mut ends {
            let count = *end;
            *end = before;
            before += count;
        }
        let mut children = vec![0_u32; total as usize];
        for child in 0..self.rows {
            if counts(child) {
                let place = &mut ends[self.group(child) as usize];
                children[*place as usize] = child as u32;
                *place += 1;
            }
        }
        if let Some(birth) = &self.birth {
            let mut start = 0;
            for &end in &ends {
                children[start..end as usize].sort_by_key(|&child| {
                    let child = u64::from(child);
                    (birth.position(child), child)
                });
                start = end as usize;
            }
        }
        Lists {
            ends: ends.into(),
            children: children.into(),
        }
    }
}
