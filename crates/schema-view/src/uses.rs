//! Which tables, views, functions and types a piece of SQL speaks of, as far as its words tell.
//!
//! No database is asked, and no grammar is known in whole. A name counts where its neighbours leave little doubt: a
//! relation behind `FROM`, `JOIN`, `INTO` and the like or in the list that `FROM` begins, a function before its
//! parenthesis, a type behind `::`, a sequence as the text that `nextval` takes. So a column that is called as a type is,
//! which is common, makes no link.

use crate::{Column, Target, View};
use std::collections::{BTreeMap, BTreeSet};

/// A token of any dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A bare word: as a name, and in lower case as a keyword.
    Word(String, String),
    /// A name in quotes, without them.
    Quoted(String),
    /// A text in quotes, without them.
    Text(String),
    /// One character of punctuation.
    Sign(char),
}

impl Piece {
    /// Whether it is that keyword, which is in lower case.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(_, lower) if lower == keyword)
    }

    fn is_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is(keyword))
    }

    /// Whether it is that sign.
    pub(crate) fn is_sign(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }

    /// The name that it can be.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name, _) | Self::Quoted(name) => Some(name),
            Self::Text(_) | Self::Sign(_) => None,
        }
    }
}

/// What SQL may speak of, by name.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    relations: BTreeMap<String, Target>,
    routines: BTreeMap<String, Vec<Target>>,
    types: BTreeMap<String, Target>,
}

impl Catalog {
    /// Of a view whose tables and objects are all there.
    pub(crate) fn of(view: &View) -> Self {
        let mut catalog = Self::default();
        for (position, table) in view.tables.iter().enumerate() {
            let target = Target::Table(position);
            catalog.relations.insert(table.name.clone(), target);
        }
        for (position, object) in view.objects.iter().enumerate() {
            let target = Target::Object(position);
            let name = object.name.clone();
            match object.kind.as_str() {
                "view" | "materialized view" | "foreign table" | "table" | "sequence" => {
                    catalog.relations.entry(name).or_insert(target);
                }
                "function" | "procedure" | "aggregate" => {
                    // Only MySQL keeps capitals of bare names, and there they tell no routine from another.
                    let name = name.to_lowercase();
                    catalog.routines.entry(name).or_default().push(target);
                }
                "enum" | "domain" | "type" => {
                    catalog.types.insert(name, target);
                }
                _ => {}
            }
        }
        catalog
    }

    /// The type of that name.
    pub(crate) fn type_named(&self, name: &str) -> Option<Target> {
        self.types.get(name).copied()
    }

    /// What pieces of SQL speak of, each once, in the order of positions.
    pub(crate) fn uses(&self, pieces: &[Piece]) -> BTreeSet<Target> {
        let mut found = BTreeSet::new();
        let locals = locals(pieces);
        // For each open parenthesis: whether what is in it is the list behind a FROM.
        let mut lists = vec![false];
        let mut awaits_relation = false;
        let mut at = 0;
        while let Some(piece) = pieces.get(at) {
            match piece {
                Piece::Sign('(') => lists.push(awaits_relation),
                Piece::Sign(')') => {
                    if lists.len() > 1 {
                        lists.pop();
                    }
                    awaits_relation = false;
                }
                Piece::Sign(',') => awaits_relation = lists.last() == Some(&true),
                Piece::Sign(':') if pieces.get(at + 1).is_some_and(|next| next.is_sign(':')) => {
                    let (name, length) = qualified(&pieces[at + 2..]);
                    found.extend(self.types.get(&name));
                    awaits_relation = false;
                    at += 2 + length;
                    continue;
                }
                Piece::Sign(_) => awaits_relation = false,
                Piece::Text(text) => {
                    let by_name = ["nextval", "currval", "setval"];
                    let is_sequence =
                        at >= 2 && pieces[at - 1].is_sign('(') && pieces[at - 2].is_any(&by_name);
                    if is_sequence {
                        let plain = text.replace('"', "");
                        let name = plain.strip_prefix("public.").unwrap_or(&plain);
                        found.extend(self.relations.get(name));
                    }
                    awaits_relation = false;
                }
                // A word behind a point is part of what was read with the one before it.
                piece if piece.is_any(BEFORE_RELATIONS) => {
                    awaits_relation = true;
                    if piece.is_any(&["from", "join"])
                        && let Some(list) = lists.last_mut()
                    {
                        *list = true;
                    }
                }
                piece if awaits_relation && piece.is_any(BETWEEN) => {}
                piece if piece.is_any(ENDS_OF_LISTS) => {
                    awaits_relation = false;
                    if let Some(list) = lists.last_mut() {
                        *list = false;
                    }
                }
                _ => {
                    let (name, length) = qualified(&pieces[at..]);
                    let is_called = pieces
                        .get(at + length)
                        .is_some_and(|next| next.is_sign('('));
                    if is_called {
                        let routines = self.routines.get(&name.to_lowercase());
                        found.extend(routines.into_iter().flatten());
                    }
                    if awaits_relation && !locals.contains(name.as_str()) {
                        found.extend(self.relations.get(&name));
                    }
                    awaits_relation = false;
                    at += length;
                    continue;
                }
            }
            at += 1;
        }
        found
    }
}

/// Words that a relation's name follows.
const BEFORE_RELATIONS: &[&str] = &[
    "from",
    "join",
    "into",
    "update",
    "using",
    "references",
    "truncate",
    "for",
];

/// Words that may stand between those and the name.
const BETWEEN: &[&str] = &["only", "lateral", "table", "value"];

/// Words that end the list behind a FROM.
const ENDS_OF_LISTS: &[&str] = &[
    "where",
    "group",
    "order",
    "having",
    "limit",
    "union",
    "except",
    "intersect",
    "select",
    "set",
    "returning",
    "window",
    "fetch",
    "then",
    "loop",
    "do",
    "begin",
    "end",
];

/// A name with its schema, and how many pieces it has; `public` is the schema that isn't said.
fn qualified(pieces: &[Piece]) -> (String, usize) {
    let Some(first) = pieces.first().and_then(Piece::name) else {
        return (String::new(), 1);
    };
    let mut parts = vec![first];
    let mut length = 1;
    while pieces.get(length).is_some_and(|next| next.is_sign('.'))
        && let Some(name) = pieces.get(length + 1).and_then(Piece::name)
    {
        parts.push(name);
        length += 2;
    }
    if parts.len() > 1 && parts[0] == "public" {
        parts.remove(0);
    }
    (parts.join("."), length)
}

/// Names that a WITH gives: `WITH recent AS (…)`.
fn locals(pieces: &[Piece]) -> BTreeSet<&str> {
    if !pieces.iter().any(|piece| piece.is("with")) {
        return BTreeSet::new();
    }
    let names = (0..pieces.len()).filter_map(|at| {
        let begins = at > 0
            && (pieces[at - 1].is_any(&["with", "recursive"]) || pieces[at - 1].is_sign(','));
        let opens = |from: usize| pieces.get(from).is_some_and(|piece| piece.is_sign('('));
        let is_named = pieces.get(at + 1).is_some_and(|piece| piece.is("as"))
            && (opens(at + 2) || opens(at + 3) || opens(at + 4))
            || opens(at + 1);
        pieces[at].name().filter(|_| begins && is_named)
    });
    names.collect()
}

/// The columns that a view's query names in its outermost list: what `AS` calls them, or the column that they are. None
/// where one of them has no name, or is a `*` of something unknown.
pub(crate) fn columns(pieces: &[Piece], catalog: &Catalog, view: &View) -> Option<Vec<Column>> {
    let start = pieces.iter().position(|piece| piece.is("as"))?;
    let listed = listed_names(&pieces[..start]);
    let query = &pieces[start + 1..];
    // What a WITH names isn't a table, and only its end says where the query begins.
    if !query.first()?.is("select") {
        return None;
    }
    let (items, tail) = select_list(&query[1..]);
    let sources = sources(tail, catalog);
    let find = |alias: Option<&str>, name: &str| -> Option<&Column> {
        let mut found = sources
            .iter()
            .filter(|(own, _)| alias.is_none_or(|alias| alias == own))
            .filter_map(|(_, table)| view.tables[(*table)?].column(name));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    };
    let mut columns = Vec::new();
    for mut item in items {
        if let [first, second, rest @ ..] = item
            && first.is("distinct")
        {
            // `DISTINCT ON (…)` begins with what isn't a column.
            item = if second.is("on") {
                let close = rest.iter().position(|piece| piece.is_sign(')'))?;
                &rest[close + 1..]
            } else {
                &item[1..]
            };
        }
        match item {
            [Piece::Sign('*')] => {
                for (_, table) in &sources {
                    columns.extend(view.tables[(*table)?].columns.iter().map(shown));
                }
                if sources.is_empty() {
                    return None;
                }
                continue;
            }
            [alias, Piece::Sign('.'), Piece::Sign('*')] => {
                let alias = alias.name()?;
                let (_, table) = sources.iter().find(|(own, _)| own == alias)?;
                columns.extend(view.tables[(*table)?].columns.iter().map(shown));
                continue;
            }
            _ => {}
        }
        let (name, value) = match item {
            [value @ .., word, name] if word.is("as") => (name.name()?, value),
            [.., Piece::Sign('.'), name] | [name] => (name.name()?, item),
            [name, Piece::Sign(':'), ..] | [_, Piece::Sign('.'), name, Piece::Sign(':'), ..] => {
                (name.name()?, &item[..0])
            }
            // `count(*) total`, and `count(*)`, whose name is the server's.
            [value @ .., Piece::Sign(')'), name] => (name.name()?, value),
            _ => return None,
        };
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let known = match value {
            [alias, Piece::Sign('.'), column] => {
                find(Some(alias.name()?), column.name().unwrap_or_default())
            }
            [column] => column.name().and_then(|column| find(None, column)),
            _ => None,
        };
        columns.push(Column {
            name: name.to_owned(),
            ..known.map(shown).unwrap_or_default()
        });
    }
    if !listed.is_empty() {
        if listed.len() != columns.len() {
            return None;
        }
        for (column, name) in columns.iter_mut().zip(listed) {
            column.name = name;
        }
    }
    Some(columns)
}

/// A column of a table as a view's: with what follows from its type, and without what binds it there.
fn shown(column: &Column) -> Column {
    Column {
        name: column.name.clone(),
        type_text: column.type_text.clone(),
        class: column.class,
        most_characters: column.most_characters,
        comment: column.comment.clone(),
        uses: column.uses.clone(),
        ..Column::default()
    }
}

/// The names in the parenthesis behind a view's own name.
fn listed_names(head: &[Piece]) -> Vec<String> {
    let Some(open) = head.iter().position(|piece| piece.is_sign('(')) else {
        return Vec::new();
    };
    let inside = head[open + 1..]
        .iter()
        .take_while(|piece| !piece.is_sign(')'));
    inside.filter_map(Piece::name).map(str::to_owned).collect()
}

/// The parts of a SELECT's list, and what follows from its FROM on.
fn select_list(query: &[Piece]) -> (Vec<&[Piece]>, &[Piece]) {
    let mut items = Vec::new();
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, piece) in query.iter().enumerate() {
        match piece {
            Piece::Sign('(' | '[') => depth += 1,
            Piece::Sign(')' | ']') => depth = depth.saturating_sub(1),
            Piece::Sign(',') if depth == 0 => {
                items.push(&query[begin..at]);
                begin = at + 1;
            }
            piece if depth == 0 && piece.is("from") => {
                items.push(&query[begin..at]);
                return (items, &query[at..]);
            }
            _ => {}
        }
    }
    items.push(&query[begin..]);
    (items, &[])
}

/// What a FROM lists, each by the name that the query knows it by; none for what is no table.
fn sources(tail: &[Piece], catalog: &Catalog) -> Vec<(String, Option<usize>)> {
    let mut sources = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    let mut awaits = false;
    while let Some(piece) = tail.get(at) {
        match piece {
            Piece::Sign('(') => {
                // A query in a FROM.
                if awaits {
                    sources.push((String::new(), None));
                    awaits = false;
                }
                depth += 1;
            }
            Piece::Sign(')') => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            Piece::Sign(',') => awaits = true,
            piece if piece.is_any(&["from", "join"]) => awaits = true,
            piece if piece.is_any(&["where", "group", "order", "having", "limit", "union"]) => {
                break;
            }
            piece if awaits && piece.name().is_some() && !piece.is_any(BETWEEN) => {
                let (name, length) = qualified(&tail[at..]);
                at += length;
                if tail.get(at).is_some_and(|next| next.is("as")) {
                    at += 1;
                }
                let alias = tail
                    .get(at)
                    .filter(|next| !next.is_any(BEHIND_RELATIONS))
                    .and_then(Piece::name);
                let own = alias.map_or_else(
                    || name.rsplit('.').next().unwrap_or_default().to_owned(),
                    str::to_owned,
                );
                let table = match catalog.relations.get(&name) {
                    Some(Target::Table(table)) => Some(*table),
                    _ => None,
                };
                sources.push((own, table));
                awaits = false;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    sources
}

/// Words that may follow a relation in a FROM and are no alias.
const BEHIND_RELATIONS: &[&str] = &[
    "where",
    "group",
    "order",
    "having",
    "limit",
    "union",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "cross",
    "natural",
    "on",
    "using",
    "with",
    "for",
    "straight_join",
    "offset",
    "fetch",
    "window",
    "except",
    "intersect",
    "force",
    "use",
    "ignore",
    "partition",
    "tablesample",
];
