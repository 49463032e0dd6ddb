//! One version of a dump, read once: the lines around the rows, and of each table what a merge has to know first.

use std::collections::BTreeMap;
use std::io;

use dump_text::{Fields, Form, Keys, Lengths, Line, Lines, Source, row};
use sha2::{Digest, Sha256};

use crate::sequence;

/// One version of a dump, without its rows.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// What is between the tables, and where they are.
    pub(crate) items: Vec<Item>,
    /// The blocks of rows, in the dump's order.
    pub(crate) blocks: Vec<Block>,
    /// How long INSERT statements get.
    pub(crate) lengths: Lengths,
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

/// A COPY block, or INSERT statements of one table that follow each other.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) name: BlockName,
    /// Its place among the blocks of its dump. None: there is no row of the table, and so no INSERT.
    pub(crate) at: Option<usize>,
    /// As the dump writes them; where it names none, as many as a row has, by what the schema calls them or by number.
    pub(crate) columns: Vec<String>,
    /// Whether it names them.
    pub(crate) is_named: bool,
    /// How it is written.
    pub(crate) form: Form,
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
        let mut lines = Lines::with_fields(source, Fields::Literals)?;
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
                    let at = outline.blocks.len();
                    open = Some(Reading::new(name, at, columns, rest));
                }
                Line::Row(row) => {
                    if let Some(reading) = &mut open {
                        reading.row(row);
                    }
                }
                Line::End(insert) => {
                    if let Some(insert) = &insert {
                        outline.lengths = outline.lengths.and(insert.lengths());
                    }
                    let form = insert.map(Form::Insert);
                    outline
                        .blocks
                        .extend(open.take().map(|reading| reading.finish(form)));
                }
                Line::Statement(line) => {
                    text += line.len();
                    if text > MOST_TEXT {
                        return Err(io::Error::other(format!(
                            "there are more than {MOST_TEXT} bytes around the rows: is it a dump?"
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

    /// The block of that name.
    pub(crate) fn block(&self, name: &BlockName) -> Option<&Block> {
        self.blocks.iter().find(|block| block.name == *name)
    }

    /// Gives columns to the blocks that name none, by what a schema says.
    pub(crate) fn name_columns(&mut self, keys: &Keys) {
        for block in &mut self.blocks {
            if block.is_named || block.columns.is_empty() {
                continue;
            }
            if let Some(known) = keys.table(&block.name.table)
                && known.columns.len() == block.columns.len()
            {
                block.columns.clone_from(&known.columns);
            }
        }
    }

    /// Takes blocks without rows in, of tables that this version has, and of which only the other one has rows.
    ///
    /// Of INSERT statements nothing is left of a table when its last row is deleted. It is there all the same if the dump
    /// makes it.
    pub(crate) fn add_empty_blocks(&mut self, other: &Self) {
        let mut keys = Keys::default();
        keys.read(&self.text());
        for (place, item) in other.items.iter().enumerate() {
            let Item::Block(name) = item else { continue };
            let Some(block) = other.block(name) else {
                continue;
            };
            let Form::Insert(_) = &block.form else {
                continue;
            };
            let Some(known) = keys.table(&name.table) else {
                continue;
            };
            if self.block(name).is_some() || known.columns.is_empty() {
                continue;
            }
            let found = sequence::matches(&other.items, &self.items);
            let before = found[..place].iter().rev().find_map(|found| *found);
            self.items
                .insert(before.map_or(0, |at| at + 1), item.clone());
            self.blocks.push(Block {
                at: None,
                columns: known.columns.clone(),
                rows: 0,
                content: Sha256::new().finalize().into(),
                ascending: Vec::new(),
                ..block.clone()
            });
        }
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
    fn new(name: BlockName, at: usize, columns: Vec<String>, rest: Option<String>) -> Self {
        Self {
            block: Block {
                name,
                at: Some(at),
                is_named: !columns.is_empty(),
                columns,
                form: Form::Copy {
                    rest: rest.unwrap_or_default(),
                },
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
            if !self.block.is_named {
                let names = (1..=self.last.len()).map(|number| format!("column{number}"));
                self.block.columns = names.collect();
            }
        } else {
            for (last, field) in self.last.iter_mut().zip(row::fields(row)) {
                *last =
                    last.and_then(|last| row::whole_number(field).filter(|number| *number > last));
            }
        }
        self.block.rows += 1;
    }

    fn finish(mut self, form: Option<Form>) -> Block {
        self.block.form = form.unwrap_or(self.block.form);
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
