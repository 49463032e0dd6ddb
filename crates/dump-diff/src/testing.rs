//! Dumps for tests.

use std::io::{self, Cursor, Read};

use crate::copy::Source;

/// A dump in memory.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Source for Text<'_> {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.0.to_owned())))
    }
}

/// A dump with these tables: name, columns, rows.
pub(crate) fn dump(tables: &[(&str, &str, &[&str])]) -> String {
    let blocks: String = tables
        .iter()
        .map(|(name, columns, rows)| {
            let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
            format!("COPY {name} ({columns}) FROM stdin;\n{rows}\\.\n")
        })
        .collect();
    format!("BEGIN;\n{blocks}COMMIT;\n")
}
