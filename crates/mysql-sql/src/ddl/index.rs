//! Indexes, as they stand in `CREATE TABLE` and after `ALTER TABLE … ADD`.

use crate::{literal, quoted};
use mysql_model::{Index, IndexKey, IndexKind, IndexPart, Server};
use std::fmt::Write as _;

/// An index with its name and all that belongs to it.
pub fn index_definition(index: &Index, server: Server) -> String {
    let kind = match (index.own.kind, index.unique) {
        (IndexKind::Fulltext, _) => "FULLTEXT INDEX",
        (IndexKind::Spatial, _) => "SPATIAL INDEX",
        (IndexKind::Ordinary, true) => "UNIQUE INDEX",
        (IndexKind::Ordinary, false) => "INDEX",
    };
    let mut sql = format!("{kind} {}", quoted(&index.name));
    if let Some(using) = &index.own.using {
        let _ = write!(sql, " USING {using}");
    }
    let parts: Vec<String> = index.parts.iter().map(part).collect();
    let _ = write!(sql, " ({})", parts.join(", "));
    if let Some(parser) = &index.own.parser {
        let _ = write!(sql, " WITH PARSER {}", quoted(parser));
    }
    if let Some(comment) = &index.comment {
        let _ = write!(sql, " COMMENT {}", literal(comment));
    }
    if index.own.invisible {
        sql.push_str(match server {
            Server::MySql => " INVISIBLE",
            Server::MariaDb => " IGNORED",
        });
    }
    sql
}

fn part(part: &IndexPart) -> String {
    let mut sql = match &part.key {
        IndexKey::Column(name) => quoted(name),
        IndexKey::Expression(text) => text.clone(),
    };
    if let Some(length) = part.own.length {
        let _ = write!(sql, "({length})");
    }
    if let Some(order) = &part.order {
        let _ = write!(sql, " {order}");
    }
    sql
}
