//! A dump that has versions: a table of rows as gen-dummy packs them, of which in each version 1 % are other ones.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use dump_gzip::MemberWriter;

use super::history::MEGABYTE;

/// Of a member, in rows: some 130 kB of text, as in a dump.
const MEMBER: u64 = 2200;

/// Of a compressed row, in bytes, about.
pub(super) const ROW: u64 = 15;

/// Where 1 % of the rows are other ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Appended,
    Clustered,
    Scattered,
    Everywhere,
}

impl Change {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [
        Self::Appended,
        Self::Clustered,
        Self::Scattered,
        Self::Everywhere,
    ];

    /// What tables call it, and who wants no other.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Appended => "appended",
            Self::Clustered => "in one place",
            Self::Scattered => "in each megabyte",
            Self::Everywhere => "in 1 % of the rows",
        }
    }
}

/// A dump that has versions.
pub(super) struct Dump {
    change: Change,
    /// In which version each row got its value.
    rows: Vec<u32>,
    /// Compressed.
    members: Vec<Vec<u8>>,
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

fn compressed(text: &[u8]) -> Vec<u8> {
    let mut writer = MemberWriter::new(Vec::new(), 1);
    // Writing into memory doesn't fail.
    let _ = writer.write_all(text);
    writer.finish().unwrap_or_default()
}

impl Dump {
    /// The first version, with so many rows.
    pub(super) fn new(change: Change, rows: u64) -> Self {
        let mut dump = Self {
            change,
            rows: vec![0; usize::try_from(rows).unwrap_or(usize::MAX)],
            members: Vec::new(),
        };
        dump.compress_from(0);
        dump
    }

    fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    fn member(&self, member: u64) -> Vec<u8> {
        let mut text = Vec::new();
        for number in member * MEMBER..self.count().min((member + 1) * MEMBER) {
            let random = mixed(number);
            let changed = self.rows[usize::try_from(number).unwrap_or_default()];
            let value = mixed(number ^ (u64::from(changed) << 40)) % 100_000;
            let _ = writeln!(
                text,
                "{number}\tcustomer {}\t{}.{:02}\t2024-{:02}-{:02} 10:{:02}:00\topen",
                mixed(random) % 50_000,
                value / 100,
                value % 100,
                random % 12 + 1,
                (random >> 8) % 28 + 1,
                (random >> 16) % 60,
            );
        }
        compressed(&text)
    }

    fn compress_from(&mut self, first: u64) {
        self.members
            .truncate(usize::try_from(first).unwrap_or_default());
        for member in first..self.count().div_ceil(MEMBER) {
            let member = self.member(member);
            self.members.push(member);
        }
    }

    /// Makes the next version of it.
    pub(super) fn change(&mut self, version: u32) {
        let count = self.count();
        let percent = count / 100;
        if self.change == Change::Appended {
            let last = count / MEMBER;
            self.rows.resize(
                usize::try_from(count + percent).unwrap_or_default(),
                version,
            );
            return self.compress_from(last);
        }
        let (places, length) = match self.change {
            Change::Everywhere => (percent, 1),
            Change::Scattered => {
                let megabytes = (count * ROW / MEGABYTE as u64).max(1);
                (megabytes, percent / megabytes)
            }
            _ => (1, percent),
        };
        let mut touched = vec![false; self.members.len()];
        for place in 0..places {
            // Each in its own part of the table.
            let part = count / places;
            let random = mixed(u64::from(version) << 32 | place);
            let at = place * part + random % (part - length).max(1);
            for row in at..(at + length).min(count) {
                self.rows[usize::try_from(row).unwrap_or_default()] = version;
                touched[usize::try_from(row / MEMBER).unwrap_or_default()] = true;
            }
        }
        for (member, _) in touched.iter().enumerate().filter(|(_, touched)| **touched) {
            self.members[member] = self.member(member as u64);
        }
    }

    /// Writes it into a file, and says how many bytes that has.
    pub(super) fn write(&self, path: &Path) -> std::io::Result<u64> {
        let head = b"COPY public.users (id, name, amount, made_at, state) FROM stdin;\n";
        let tail = b"\\.\nALTER TABLE ONLY public.users ADD CONSTRAINT p PRIMARY KEY (id);\n";
        let mut file = std::io::BufWriter::new(fs::File::create(path)?);
        file.write_all(&compressed(head))?;
        for member in &self.members {
            file.write_all(member)?;
        }
        file.write_all(&compressed(tail))?;
        file.flush()?;
        Ok(file.get_ref().metadata()?.len())
    }
}
