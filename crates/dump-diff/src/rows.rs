//! The rows of one table that somebody asks for.

use std::io;

use dump_text::{Keys, Line, Lines, Source, folded, row, unquoted};

/// Which rows of which table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// By any of its names: `users`, `public.users`, `"Users"`.
    pub table: String,
    /// Values of the primary key, in its order; none for all rows.
    pub key: Vec<String>,
    /// Columns and the values that they must have.
    pub conditions: Vec<(String, String)>,
}

/// Why a query can't be answered.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The dump has no rows of such a table.
    #[error("no table `{table}` has rows in it")]
    NoTable {
        /// What was asked for.
        table: String,
        /// Those that have.
        tables: Vec<String>,
    },
    /// The table has no such column.
    #[error("the table `{table}` has no column `{column}`")]
    NoColumn {
        /// The table.
        table: String,
        /// What was asked for.
        column: String,
        /// Those that it has.
        columns: Vec<String>,
    },
    /// The key has another number of columns.
    #[error("the key of `{table}` is {}, and {given} values were given", columns.join(", "))]
    Key {
        /// The table.
        table: String,
        /// Those of its key.
        columns: Vec<String>,
        /// How many values were given.
        given: usize,
    },
    /// The dump can't be read, or somebody doesn't take the rows.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A query for a table whose columns are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The places of columns, and the fields that they must hold.
    wanted: Vec<(usize, Vec<u8>)>,
}

impl Query {
    /// Whether a table of this name is meant.
    pub fn is_of(&self, table: &str) -> bool {
        folded(table) == folded(&self.table)
    }

    /// The columns that name a row of the table: its primary key, or its first column where nobody says what that is.
    pub fn key_columns(table: &str, columns: &[String], keys: &Keys) -> Vec<usize> {
        let primary = keys.table(table).and_then(|known| known.primary.as_ref());
        let places: Option<Vec<usize>> = primary.map_or(Some(Vec::new()), |primary| {
            primary
                .iter()
                .map(|name| columns.iter().position(|column| unquoted(column) == *name))
                .collect()
        });
        places
            .filter(|places| !places.is_empty())
            .unwrap_or(vec![0])
    }

    /// What rows must hold in a table with these columns.
    ///
    /// # Errors
    /// There is no such column, or the key has another number of values.
    pub fn filter(
        &self,
        table: &str,
        columns: &[String],
        keys: &Keys,
    ) -> Result<Filter, QueryError> {
        let mut wanted = Vec::new();
        if !self.key.is_empty() {
            let places = Self::key_columns(table, columns, keys);
            if places.len() != self.key.len() {
                return Err(QueryError::Key {
                    table: table.to_owned(),
                    columns: places
                        .iter()
                        .filter_map(|place| columns.get(*place).cloned())
                        .collect(),
                    given: self.key.len(),
                });
            }
            let values = self.key.iter().map(|value| field(value));
            wanted.extend(places.into_iter().zip(values));
        }
        for (name, value) in &self.conditions {
            let place = columns
                .iter()
                .position(|column| column == name || unquoted(column) == *name);
            let Some(place) = place else {
                return Err(QueryError::NoColumn {
                    table: table.to_owned(),
                    column: name.clone(),
                    columns: columns.to_vec(),
                });
            };
            wanted.push((place, field(value)));
        }
        Ok(Filter { wanted })
    }
}

impl Filter {
    /// Whether a row is wanted.
    pub fn takes(&self, row: &[u8]) -> bool {
        match &self.wanted[..] {
            [] => true,
            [(0, value)] => row::key(row) == value,
            wanted => {
                let fields: Vec<&[u8]> = row::fields(row).collect();
                wanted
                    .iter()
                    .all(|(place, value)| fields.get(*place) == Some(&value.as_slice()))
            }
        }
    }
}

/// A value as COPY writes it. NULL is written as there: `\N`.
fn field(value: &str) -> Vec<u8> {
    if value.as_bytes() == row::NULL {
        return row::NULL.to_vec();
    }
    let mut field = Vec::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'\\' => field.extend_from_slice(b"\\\\"),
            b'\t' => field.extend_from_slice(b"\\t"),
            b'\n' => field.extend_from_slice(b"\\n"),
            b'\r' => field.extend_from_slice(b"\\r"),
            other => field.push(other),
        }
    }
    field
}

/// Takes a row, with the table's columns.
pub type Take<'a> = dyn FnMut(&[String], &[u8]) -> io::Result<()> + 'a;

/// Hands over the rows that a query asks for, in the dump's order, each with the table's columns. `keys` are those of the
/// schema, as far as the dump doesn't tell them before the rows.
///
/// # Errors
/// There is no such table or column, or the dump can't be read, or what `take` says.
pub fn select(
    source: &dyn Source,
    query: &Query,
    keys: &Keys,
    take: &mut Take<'_>,
) -> Result<(), QueryError> {
    let mut keys = keys.clone();
    if !query.key.is_empty() {
        // `pg_dump` tells keys behind the rows.
        let text = crate::summary::statements(source)?;
        keys.read(&text);
    }
    let mut lines = Lines::open(source)?;
    let mut tables: Vec<String> = Vec::new();
    let mut open: Option<(Vec<String>, Filter)> = None;
    let mut found = false;
    while let Some(line) = lines.next_line()? {
        match line {
            Line::Begin { table, columns, .. } => {
                if query.is_of(&table) {
                    found = true;
                    let filter = query.filter(&table, &columns, &keys)?;
                    open = Some((columns, filter));
                } else if !tables.contains(&table) {
                    tables.push(table);
                }
            }
            Line::Row(row) => {
                if let Some((columns, filter)) = &open
                    && filter.takes(row)
                {
                    take(columns, row)?;
                }
            }
            Line::End(_) => open = None,
            Line::Statement(_) => {}
        }
    }
    if found {
        Ok(())
    } else {
        Err(QueryError::NoTable {
            table: query.table.clone(),
            tables,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Text;

    const DUMP: &str = "CREATE TABLE public.lines (note text, order_id int, pos int);\n\
        COPY public.lines (note, order_id, pos) FROM stdin;\na\\tb\t1\t1\n\\N\t1\t2\nc\t2\t1\n\\.\n\
        ALTER TABLE ONLY public.lines ADD CONSTRAINT p PRIMARY KEY (order_id, pos);\n";

    fn found(query: &Query) -> Result<Vec<String>, String> {
        let mut rows = Vec::new();
        let mut take = |_: &[String], row: &[u8]| {
            rows.push(String::from_utf8_lossy(row).into_owned());
            Ok(())
        };
        select(&Text(DUMP), query, &Keys::default(), &mut take)
            .map_err(|error| error.to_string())?;
        Ok(rows)
    }

    fn query(table: &str, key: &[&str], conditions: &[(&str, &str)]) -> Query {
        Query {
            table: table.to_owned(),
            key: key.iter().map(ToString::to_string).collect(),
            conditions: conditions
                .iter()
                .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn rows_are_found_by_key_and_by_value() {
        assert_eq!(
            found(&query("lines", &["1", "2"], &[])).unwrap(),
            ["\\N\t1\t2"]
        );
        assert_eq!(found(&query("public.lines", &[], &[])).unwrap().len(), 3);
        let by_text = query("lines", &[], &[("note", "a\tb"), ("pos", "1")]);
        assert_eq!(found(&by_text).unwrap(), ["a\\tb\t1\t1"]);
        assert_eq!(
            found(&query("lines", &[], &[("note", "\\N")]))
                .unwrap()
                .len(),
            1
        );
        assert_eq!(found(&query("lines", &["9", "9"], &[])).unwrap().len(), 0);
    }

    #[test]
    fn what_is_not_there_is_told() {
        let told = |query: &Query| found(query).unwrap_err();
        assert_eq!(
            told(&query("users", &[], &[])),
            "no table `users` has rows in it"
        );
        assert_eq!(
            told(&query("lines", &[], &[("x", "1")])),
            "the table `public.lines` has no column `x`"
        );
        assert_eq!(
            told(&query("lines", &["1"], &[])),
            "the key of `public.lines` is order_id, pos, and 1 values were given"
        );
    }
}
