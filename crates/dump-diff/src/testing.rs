//! Dumps for tests.

use std::io::{self, Cursor, Read};

use dump_text::Source;

/// A dump in memory.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Source for Text<'_> {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.0.to_owned())))
    }
}

/// A file in memory that need not be text.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Source for Bytes<'_> {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.0.to_owned())))
    }
}

/// A dump with these tables: name, columns, rows.
pub(crate) fn dump(tables: &[(&str, &str, &[&str])]) -> String {
    let block = |(name, columns, rows): &(&str, &str, &[&str])| {
        [
            &[&format!("COPY {name} ({columns}) FROM stdin;")[..]],
            *rows,
            &["\\."],
        ]
        .concat()
        .join("\n")
    };
    let blocks: Vec<String> = tables.iter().map(block).collect();
    format!("BEGIN;\n{}\nCOMMIT;\n", blocks.join("\n"))
}
