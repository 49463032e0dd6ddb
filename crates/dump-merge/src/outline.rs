//! One version of a dump, read once: the lines around the rows, and of each table what a merge has to know first.

use std::collections::BTreeMap;
use std::io;

use dump_text::{Line, Lines, Source, row};
use sha2::{Digest, Sha256};

/// One version of a dump, without its rows.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// What is between the tables, and where they are.
    pub(crate) items: Vec<Item>,
    /// The COPY blocks, in the dump's order.
    pub(crate) blocks: Vec<Block>,
}

/// A line that isn't a row, or a whole block of rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Item {
    Line(Vec<u8>),
    Block(BlockName),
}

/// A table, and which of its blocks: a dump may have several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BlockName {
    /// As the dump writes it: `public.users`.
    pub(crate) table: String,
    /// From 0.
    pub(crate) nth: usize,
}

/// A COPY block.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) name: BlockName,
    /// As the dump writes them; empty when it names none.
    pub(crate) columns: Vec<String>,
    /// What follows the columns in the head: ` FROM stdin;`.
    pub(crate) rest: String,
    /// How many rows.
    pub(crate) rows: u64,
    /// SHA-256 of all rows in their order.
    pub(crate) content: [u8; 32],
    /// Of each column, whether it holds a whole number that grows from row to row. Empty where there are no rows.
    pub(crate) ascending: Vec<bool>,
}

/// The most that is kept of the lines around the rows, in bytes.
const MOST_TEXT: usize = 64 << 20;

impl Outline {
    /// Reads a version to its end.
    pub(crate) fn of(source: &dyn Source) -> io::Result<Self> {
        let mut lines = Lines::open(source)?;
        let mut outline = Self::default();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut text = 0;
        let mut open: Option<Reading> = None;
        while let Some(line) = lines.next_line()? {
            match line {
                Line::Begin {
                    table,
                    columns,
                    rest,
                } => {
                    let nth = seen.entry(table.clone()).or_default();
                    let name = BlockName { table, nth: *nth };
                    *nth += 1;
                    outline.items.push(Item::Block(name.clone()));
                    open = Some(Reading::new(name, columns, rest));
                }
                Line::Row(row) => {
                    if let Some(reading) = &mut open {
                        reading.row(row);
                    }
                }
                Line::End => outline.blocks.extend(open.take().map(Reading::finish)),
                Line::Statement(line) => {
                    text += line.len();
                    if text > MOST_TEXT {
                        return Err(io::Error::other(format!(
                            "there are more than {MOST_TEXT} bytes around the rows: is it a dump of INSERT statements?"
                        )));
                    }
                    outline.items.push(Item::Line(line.to_vec()));
                }
            }
        }
        match open {
            Some(reading) => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("it ends within the rows of {}", reading.block.name.table),
            )),
            None => Ok(outline),
        }
    }

    /// The block of that name, and its place among the blocks.
    pub(crate) fn block(&self, name: &BlockName) -> Option<(usize, &Block)> {
        self.blocks
            .iter()
            .enumerate()
            .find(|(_, block)| block.name == *name)
    }

    /// The text around the rows.
    pub(crate) fn text(&self) -> String {
        self.items
            .iter()
            .filter_map(|item| match item {
                Item::Line(line) => Some(String::from_utf8_lossy(line)),
                Item::Block(_) => None,
            })
            .fold(String::new(), |mut text, line| {
                text.push_str(&line);
                text.push('\n');
                text
            })
    }
}

impl Block {
    /// Whether two versions of a table hold the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.columns == other.columns && self.content == other.content
    }
}

/// A block whose rows are being read.
struct Reading {
    block: Block,
    content: Sha256,
    /// For each column, the last row's number, as long as it grows.
    last: Vec<Option<i64>>,
}

impl Reading {
    fn new(name: BlockName, columns: Vec<String>, rest: String) -> Self {
        Self {
            block: Block {
                name,
                columns,
                rest,
                rows: 0,
                content: [0; 32],
                ascending: Vec::new(),
            },
            content: Sha256::new(),
            last: Vec::new(),
        }
    }

    fn row(&mut self, row: &[u8]) {
        self.content.update(row);
        self.content.update(b"\n");
        if self.block.rows == 0 {
            self.last = row::fields(row).map(row::whole_number).collect();
        } else {
            for (last, field) in self.last.iter_mut().zip(row::fields(row)) {
                *last =
                    last.and_then(|last| row::whole_number(field).filter(|number| *number > last));
            }
        }
        self.block.rows += 1;
    }

    fn finish(mut self) -> Block {
        self.block.content = self.content.finalize().into();
        self.block.ascending = self.last.iter().map(Option::is_some).collect();
        self.block
    }
}

#[cfg(test)]
mod tests {
    use dump_text::InMemory;

    use super::*;

    #[test]
    fn the_growing_column_is_found() {
        let dump =
            b"a;\nCOPY t (x, id) FROM stdin;\n5\t1\n5\t2\n\\.\nCOPY t (x) FROM stdin;\n2\n1\n\\.\n";
        let outline = Outline::of(&InMemory(dump)).unwrap();
        assert_eq!(outline.items.len(), 3);
        let found: Vec<_> = outline
            .blocks
            .iter()
            .map(|block| (block.name.nth, block.rows, block.ascending.clone()))
            .collect();
        assert_eq!(found, [(0, 2, vec![false, true]), (1, 2, vec![false])]);
        assert_eq!(outline.text(), "a;\n");
    }

    #[test]
    fn a_dump_that_ends_within_rows_is_told() {
        let error = Outline::of(&InMemory(b"COPY t (x) FROM stdin;\n1\n")).unwrap_err();
        assert_eq!(error.to_string(), "it ends within the rows of t");
    }
}
