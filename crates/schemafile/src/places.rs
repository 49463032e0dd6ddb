//! Where tables stand in the files, and what comments say to the tools around.
//!
//! The model has no places, because two files that say the same are the same schema. Whoever shows a schema to people
//! wants to say where to change it, and to hear what the file says beside Ruby.

use crate::adapter::Adapter;
use crate::draft::Draft;
use crate::finish;
use crate::source::{Sources, Span, to_index};
use schema_model::QualifiedName;
use std::collections::BTreeMap;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Path from the project's root.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
}

/// A comment that begins with one of [`REMARKS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where it begins.
    pub place: Place,
    /// Whether nothing but the comment stands in its line.
    pub is_alone: bool,
    /// Its text without the sign, such as `group: Sales`.
    pub text: String,
}

/// How comments begin that say something to tools: `# group: Sales`, `# lint: off rule`.
pub const REMARKS: &[&str] = &["group:", "lint:"];

/// Where a table is defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePlace {
    /// Where its definition begins.
    pub place: Place,
    /// The line of each of its columns, in their order; none for one that is defined in another file.
    pub columns: Vec<Option<usize>>,
}

/// Where things of a schema stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// Where each table is defined, by its name in the schema.
    pub tables: BTreeMap<QualifiedName, TablePlace>,
    /// Where each type is defined that a call makes, by its name in the schema.
    pub types: BTreeMap<QualifiedName, Place>,
    /// Where the SQL of each statement begins, in the schema's order of them.
    pub statements: Vec<Place>,
    /// Comments to tools, in file order.
    pub remarks: Vec<Remark>,
}

/// The text of a comment that says something to tools; none of any other.
pub(crate) fn remark(comment: &str) -> Option<&str> {
    let text = comment.strip_prefix('#')?.trim();
    REMARKS
        .iter()
        .any(|begin| text.starts_with(begin))
        .then_some(text)
}

/// The places of all tables, types, statements and remarks, where a run has found them.
pub(crate) fn places<A: Adapter>(
    draft: &Draft<A>,
    remarks: &[(Span, String)],
    sources: &Sources,
) -> Places {
    let mut lines = Lines::default();
    let tables = draft
        .tables()
        .map(|table| {
            let mut name = table.table.name.clone();
            name.name = A::kept_name(&name.name);
            let columns = table
                .column_spans()
                .map(|span| (span.file == table.span.file).then(|| lines.line(sources, span)))
                .collect();
            let place = lines.place(sources, table.span);
            (name, TablePlace { place, columns })
        })
        .collect();
    let mut remarks: Vec<Remark> = remarks
        .iter()
        .map(|(span, text)| Remark {
            place: lines.place(sources, *span),
            is_alone: is_alone(sources, *span),
            text: text.clone(),
        })
        .collect();
    remarks.sort_by(|one, other| one.place.cmp(&other.place));
    let types = draft
        .types
        .iter()
        .map(|(name, span)| (name.clone(), lines.place(sources, *span)))
        .collect();
    let statements = finish::in_order(draft)
        .into_iter()
        .map(|(statement, _)| {
            let mut place = lines.place(sources, statement.span);
            // The text of `<<~SQL` begins in the line behind.
            if source_at(sources, statement.span).starts_with("<<") {
                place.line += 1;
            }
            place
        })
        .collect();
    Places {
        tables,
        types,
        statements,
        remarks,
    }
}

fn source_at(sources: &Sources, span: Span) -> &str {
    sources
        .file(span.file)
        .and_then(|file| file.text.get(to_index(span.start)..))
        .unwrap_or_default()
}

fn is_alone(sources: &Sources, span: Span) -> bool {
    let before = sources
        .file(span.file)
        .and_then(|file| file.text.get(..to_index(span.start)))
        .unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.trim().is_empty()
}

/// Where the lines of each file begin: counted once, because a schema has hundreds of tables.
#[derive(Default)]
struct Lines(BTreeMap<u32, Vec<usize>>);

impl Lines {
    fn place(&mut self, sources: &Sources, span: Span) -> Place {
        Place {
            path: sources
                .file(span.file)
                .map(|file| file.path.clone())
                .unwrap_or_default(),
            line: self.line(sources, span),
        }
    }

    fn line(&mut self, sources: &Sources, span: Span) -> usize {
        let begins = self.0.entry(span.file).or_insert_with(|| {
            let text = sources.file(span.file).map_or("", |file| &file.text);
            text.match_indices('\n').map(|(at, _)| at + 1).collect()
        });
        let start = to_index(span.start);
        begins.partition_point(|begin| *begin <= start) + 1
    }
}

#[cfg(test)]
mod tests {
    use crate::{MemoryLoader, Options, SourceFile, read};
    use pg_model::QualifiedName;

    #[test]
    fn tables_and_remarks_have_their_lines() {
        let text = "# group: Sales\ncreate_table \"orders\" do |t|\n  t.text \"note\" # lint: off comment\nend\n\n\
                    # A group: of no meaning\nexecute <<~SQL\n  # group: none\n  SELECT 1\nSQL\ncreate_table \"users\" do |t|\nend\n";
        let reading = read(
            SourceFile::new("schema/Schemafile", text),
            &MemoryLoader::default(),
            &Options::default(),
        )
        .unwrap();
        let line = |name: &str| reading.places.tables[&QualifiedName::bare(name)].place.line;
        assert_eq!((line("orders"), line("users")), (2, 11));
        // `id` is the table's own.
        let orders = &reading.places.tables[&QualifiedName::bare("orders")];
        assert_eq!(orders.columns, [Some(2), Some(3)]);
        let remarks: Vec<_> = reading
            .places
            .remarks
            .iter()
            .map(|remark| (remark.place.line, remark.is_alone, remark.text.as_str()))
            .collect();
        assert_eq!(
            remarks,
            [(1, true, "group: Sales"), (3, false, "lint: off comment")]
        );
    }
}
