//! What the fuzz targets share: reading a text by every front end, and what must hold of the answer.

use pg_model::Schema;
use schemafile::{
    Diagnostics, Frontend, MemoryLoader, Options, RailsVersion, Reading, SourceFile, read,
};

/// A text with the options by which it is read.
#[derive(Debug)]
pub struct Input<'data> {
    /// The file.
    pub text: &'data [u8],
    /// How to read it.
    pub options: Options,
}

impl<'data> Input<'data> {
    /// The file is all but the last byte, which chooses front end, version and metadata. A line's end, with
    /// which most files end, chooses what the command line does by default, so the golden cases are a
    /// corpus as they are. None when there is no byte.
    pub fn from_bytes(data: &'data [u8]) -> Option<Self> {
        let (&last, text) = data.split_last()?;
        let choice = last.wrapping_sub(b'\n');
        let frontend = match choice % 3 {
            0 => None,
            1 => Some(Frontend::Rails),
            _ => Some(Frontend::Ridgepole),
        };
        let versions = RailsVersion::KNOWN;
        let options = Options {
            frontend,
            rails_version: versions[versions.len() - 1 - usize::from(choice / 3) % versions.len()],
            inflections: None,
            rails_metadata: choice > 127,
            ..Options::default()
        };
        Some(Self { text, options })
    }

    /// Reads the file, which may require itself under other names, and checks what must hold of any
    /// answer.
    ///
    /// # Panics
    /// Something doesn't hold: that is a finding.
    pub fn read(&self) -> Option<Schema> {
        let loader = MemoryLoader::new()
            .with("other.rb", self.text)
            .with("tables/one.rb", self.text)
            .with("db/views/v_v01.sql", self.text);
        let file = SourceFile::new("Schemafile", self.text);
        check(self.text, read(file, &loader, &self.options))
    }
}

/// Checks the answer of a reader: an error has a place inside of the text, and can be shown.
///
/// # Panics
/// Something doesn't hold: that is a finding.
pub fn check(text: &[u8], answer: Result<Reading, Diagnostics>) -> Option<Schema> {
    let (schema, diagnostics) = match answer {
        Ok(reading) => {
            assert!(
                !reading.warnings.has_errors(),
                "a schema in spite of errors"
            );
            (reading.schema.postgresql(), reading.warnings)
        }
        Err(diagnostics) => {
            assert!(diagnostics.has_errors(), "no schema, and no error");
            (None, diagnostics)
        }
    };
    let lines = text.split(|&byte| byte == b'\n').count();
    for diagnostic in diagnostics.iter() {
        let (_, line, column) = diagnostics.place(diagnostic);
        assert!((1..=lines).contains(&line), "line {line} of {lines}");
        assert!(column >= 1 && column <= text.len() + 1, "column {column}");
        assert!(!diagnostic.message.is_empty(), "an error without words");
    }
    // Many of them say the same about the renderer as a few do.
    if diagnostics.len() < 50 {
        assert_eq!(diagnostics.render(false).is_empty(), diagnostics.is_empty());
    }
    schema
}
