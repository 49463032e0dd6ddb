//! Range types, which bring other things of their name along.

use crate::sources::Source;
use pg_model::QualifiedName;
use pg_sql::qualified;
use pg_text::cursor::{Cursor, at_commas, span};
use pg_text::object::Object;
use sql_text::tokens;

/// Whether a statement makes a range type.
pub(super) fn is_range(sql: &str) -> bool {
    let words = tokens(sql);
    words
        .windows(2)
        .any(|pair| pair[0].is("as") && pair[1].is("range"))
}

/// What PostgreSQL makes beside a range type.
pub(super) struct Range {
    subtype: String,
    /// Its multirange type (`makeMultirangeTypeName`).
    pub(super) companion: QualifiedName,
}

impl Range {
    pub(super) fn read(source: &Source<'_>, object: &Object) -> Option<Self> {
        if !is_range(source.sql) {
            return None;
        }
        let words = tokens(source.sql);
        let mut cursor = Cursor::new(source.sql, &words);
        cursor.skip_past("range");
        let options = at_commas(cursor.parenthesis()?);
        let option = |name: &str| {
            let piece = options.iter().find(|piece| piece[0].is(name))?;
            Some(span(source.sql, piece.get(2..)?))
        };
        let own = &object.name.name;
        let name = match option("multirange_type_name") {
            Some(text) => sql_text::fold(text)?,
            None if own.contains("range") => own.replacen("range", "multirange", 1),
            None => format!("{own}_multirange"),
        };
        Some(Self {
            subtype: option("subtype")?.to_owned(),
            companion: QualifiedName {
                schema: object.name.schema.clone(),
                name,
            },
        })
    }

    /// The functions by their names and arguments, and what they are called aside.
    pub(super) fn constructors(
        &self,
        name: &QualifiedName,
        aside: &QualifiedName,
        companion: &QualifiedName,
    ) -> Vec<(String, QualifiedName)> {
        let subtype = &self.subtype;
        let (own, many) = (qualified(name), qualified(&self.companion));
        let of_range = ["", own.as_str(), &format!("{own}[]")]
            .map(|arguments| (format!("{many}({arguments})"), companion.clone()));
        let of_bounds = ["", ", text"]
            .map(|more| (format!("{own}({subtype}, {subtype}{more})"), aside.clone()));
        of_range.into_iter().chain(of_bounds).collect()
    }
}
