//! Options that a table gets, each in place of one that it has.

use mysql_model::Table;
use mysql_text::Cursor;
use mysql_text::options::{Options, read};

/// Gives a table options; none when those that it has can't be read.
pub(crate) fn apply(options: Options, table: &mut Table) -> Option<()> {
    let mut merged = match &table.options {
        Some(text) => read(&mut Cursor::new(text))?,
        None => Options::default(),
    };
    for (name, value) in options.others {
        merged.others.retain(|(other, _)| *other != name);
        merged.others.push((name, value));
    }
    // What every table is that says nothing.
    merged.others.retain(|(name, value)| {
        !matches!(name.as_str(), "ENGINE" | "TYPE") || !value.eq_ignore_ascii_case("innodb")
    });
    merged.partitions = options.partitions.or(merged.partitions);
    table.options = merged.text();
    if options.charset.is_some() {
        table.own.charset = options.charset;
        table.own.collation = None;
    }
    if options.collation.is_some() {
        table.own.collation = options.collation;
    }
    if let Some(comment) = options.comment {
        table.comment = Some(comment).filter(|text| !text.is_empty());
    }
    if options.query.is_some() {
        table.as_query = options.query;
    }
    Some(())
}

/// Takes the partitions out of the options of a table.
pub(crate) fn remove_partitions(table: &mut Table) -> Option<()> {
    if let Some(text) = &table.options {
        let mut options = read(&mut Cursor::new(text))?;
        options.partitions = None;
        table.options = options.text();
    }
    Some(())
}
