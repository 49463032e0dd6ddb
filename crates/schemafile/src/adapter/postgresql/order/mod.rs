//! In which order a Schemafile's tables and statements are made.
//!
//! ridgepole reads a whole file before it makes anything, so a file may say things in any order; PostgreSQL wants each
//! thing to be there before another names it. So what a statement makes and of what it speaks is found out ([`text`]), and
//! what is needed comes before what needs it. Where nothing forces another order the file's is kept: tables, then SQL.
//!
//! Names are compared, not meanings. A name that surely means a thing always orders; one that may mean something else
//! orders only as long as it contradicts nothing.

mod graph;
mod table;
mod text;
mod thing;

use super::in_public;
use crate::diagnostic::{Diagnostic, excerpt};
use crate::draft::{Draft, DraftStatement};
use crate::source::Span;
use graph::Graph;
use pg_model::{PostgreSql, QualifiedName};
use std::collections::BTreeMap;
use text::{Name, Piece};
use thing::{Certainty, Kind, Thing};

/// A table or a statement.
struct Node {
    /// The table's or the statement's position in the draft.
    what: What,
    span: Span,
    /// What to call it in a message.
    shown: String,
    makes: Vec<Thing>,
    drops: Vec<Thing>,
    needs: Vec<Name>,
    body: Vec<Name>,
    /// Of what it needs, what is run when it is made.
    runs: Vec<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Table,
    Statement(usize),
}

/// Puts tables and statements in an order in which each finds what it needs. What is wrong when there is none: things
/// that need each other.
pub(crate) fn put_in_order(draft: &mut Draft<PostgreSql>) -> Vec<Diagnostic> {
    let nodes = nodes(draft);
    let graph = graph(&nodes, draft);
    if graph.is_in_order() {
        return Vec::new();
    }
    let order = match graph.order() {
        Ok(order) => order,
        Err(circles) => {
            return circles.iter().map(|circle| told(circle, &nodes)).collect();
        }
    };
    let mut tables = BTreeMap::new();
    let mut statements: Vec<(u32, usize)> = Vec::new();
    for position in order {
        let now = draft.tick();
        match nodes[position].what {
            What::Table => {
                tables.insert(position, now);
            }
            What::Statement(number) => statements.push((now, number)),
        }
    }
    let mut times = tables.into_iter();
    let mut in_file_order: Vec<&mut crate::draft::DraftTable<PostgreSql>> =
        draft.tables_mut().collect();
    in_file_order.sort_by_key(|table| table.made_at);
    for table in in_file_order {
        if let Some((_, now)) = times.next() {
            table.made_at = now;
        }
    }
    let mut left: Vec<Option<DraftStatement>> = std::mem::take(&mut draft.statements)
        .into_iter()
        .map(Some)
        .collect();
    for (now, number) in statements {
        if let Some(mut statement) = left.get_mut(number).and_then(Option::take) {
            statement.made_at = now;
            statement.before = None;
            draft.statements.push(statement);
        }
    }
    Vec::new()
}

/// Names of the extensions and schemas that SQL text makes.
pub(crate) fn extensions_and_schemas(sql: &str) -> Vec<String> {
    let makes = Piece::read(sql).makes.into_iter();
    makes
        .filter(|thing| matches!(thing.kind, Kind::Extension | Kind::Namespace))
        .map(|thing| thing.name.name)
        .collect()
}

/// Whether SQL text makes a table or view of that name.
pub(crate) fn makes_relation(sql: &str, name: &QualifiedName) -> bool {
    Piece::read(sql)
        .makes
        .iter()
        .any(|thing| thing.kind == Kind::Relation && in_public(&thing.name) == in_public(name))
}

/// All tables and statements in the order in which they are made if nothing speaks against it.
fn nodes(draft: &Draft<PostgreSql>) -> Vec<Node> {
    let mut tables: Vec<&crate::draft::DraftTable<PostgreSql>> = draft.tables().collect();
    tables.sort_by_key(|table| table.made_at);
    let mut keyed: Vec<((usize, usize, u32), Node)> = Vec::new();
    for (position, table) in tables.iter().enumerate() {
        keyed.push(((position, 1, 0), table::node(table)));
    }
    for (number, statement) in draft.statements.iter().enumerate() {
        let before = match &statement.before {
            Some(name) => tables
                .iter()
                .take_while(|table| in_public(&table.table.name) != in_public(name))
                .count(),
            None => tables.partition_point(|table| table.made_at < statement.made_at),
        };
        keyed.push((
            (before, 0, statement.made_at),
            of_statement(number, statement),
        ));
    }
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, node)| node).collect()
}

fn of_statement(number: usize, statement: &DraftStatement) -> Node {
    let piece = Piece::read(&statement.sql);
    let shown = piece
        .shown
        .unwrap_or_else(|| format!("`{}`", excerpt(&statement.sql)));
    Node {
        what: What::Statement(number),
        span: statement.span,
        shown,
        runs: if piece.runs {
            piece.needs.clone()
        } else {
            Vec::new()
        },
        makes: piece.makes.into_iter().chain(piece.extends).collect(),
        drops: piece.drops,
        needs: piece.needs,
        body: piece.body,
    }
}

fn graph(nodes: &[Node], draft: &Draft<PostgreSql>) -> Graph {
    let makers = Makers::of(nodes, draft);
    let mut graph = Graph::new(nodes.len());
    for (position, node) in nodes.iter().enumerate() {
        for name in &node.needs {
            for (maker, certainty) in makers.of_name(nodes, position, name) {
                graph.add(position, maker, certainty);
            }
        }
        for dropped in &node.drops {
            drop_in_file_order(&mut graph, nodes, position, dropped);
        }
    }
    // What runs needs all that is reached by what it runs.
    let mut reached_by = Graph::new(nodes.len());
    for (position, node) in nodes.iter().enumerate() {
        for name in node.needs.iter().chain(&node.body) {
            for (maker, certainty) in makers.of_name(nodes, position, name) {
                reached_by.add(position, maker, certainty);
            }
        }
    }
    for (position, node) in nodes.iter().enumerate() {
        let mut run: Vec<usize> = Vec::new();
        for name in &node.runs {
            run.extend(
                makers
                    .of_name(nodes, position, name)
                    .map(|(maker, _)| maker),
            );
        }
        // A block that runs now.
        run.extend(
            node.body
                .iter()
                .filter(|_| node.makes.is_empty())
                .flat_map(|name| {
                    makers
                        .of_name(nodes, position, name)
                        .map(|(maker, _)| maker)
                }),
        );
        for needed in reached_by.reached(&run) {
            graph.add(position, needed, Certainty::Likely);
        }
    }
    // `before:` says it in so many words.
    for (position, node) in nodes.iter().enumerate() {
        let What::Statement(number) = node.what else {
            continue;
        };
        let Some(table) = draft
            .statements
            .get(number)
            .and_then(|sql| sql.before.as_ref())
        else {
            continue;
        };
        let is_it = |other: &Node| {
            other.what == What::Table
                && other
                    .makes
                    .iter()
                    .any(|thing| in_public(&thing.name) == in_public(table))
        };
        if let Some(after) = nodes.iter().position(is_it) {
            graph.add(after, position, Certainty::Certain);
        }
    }
    graph
}

/// A `DROP` keeps its place among all that makes or names what it drops.
fn drop_in_file_order(graph: &mut Graph, nodes: &[Node], position: usize, dropped: &Thing) {
    for (other, node) in nodes.iter().enumerate() {
        let touches = node.makes.contains(dropped)
            || node.drops.contains(dropped)
            || node.needs.iter().any(|name| name.means(dropped).is_some());
        if !touches || other == position {
            continue;
        }
        let (later, earlier) = if other < position {
            (position, other)
        } else {
            (other, position)
        };
        graph.add(later, earlier, Certainty::Certain);
    }
}

/// Who makes what, by words of its name.
struct Makers {
    by_word: BTreeMap<String, Vec<(usize, usize)>>,
}

impl Makers {
    /// What comes before all tables anyway isn't looked for.
    fn of(nodes: &[Node], draft: &Draft<PostgreSql>) -> Self {
        let mut by_word: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for (position, node) in nodes.iter().enumerate() {
            for (number, thing) in node.makes.iter().enumerate() {
                let name = &thing.name.name;
                let is_there = match thing.kind {
                    Kind::Extension => draft.has_extension(name),
                    Kind::Namespace => draft.own.namespaces.contains(name),
                    _ => false,
                };
                if is_there {
                    continue;
                }
                for word in thing.words() {
                    by_word.entry(word).or_default().push((position, number));
                }
            }
        }
        Self { by_word }
    }

    /// Who makes what a name of a node may mean, and how sure it is. Of several (functions of one name, a view that is
    /// made anew) those that stand before the node are enough, or the first that follows it.
    fn of_name<'n>(
        &self,
        nodes: &'n [Node],
        position: usize,
        name: &Name,
    ) -> impl Iterator<Item = (usize, Certainty)> + use<'n> {
        let mut found: Vec<(usize, Certainty)> = Vec::new();
        for word in name.words() {
            for &(maker, number) in self.by_word.get(word).map_or(&[][..], Vec::as_slice) {
                let thing = &nodes[maker].makes[number];
                let needs_table = match &thing.kind {
                    Kind::Column(table) => {
                        let table = Thing {
                            kind: Kind::Relation,
                            name: table.clone(),
                        };
                        !nodes[position]
                            .needs
                            .iter()
                            .any(|name| name.means(&table).is_some())
                    }
                    _ => false,
                };
                if maker == position || needs_table || nodes[position].drops.contains(thing) {
                    continue;
                }
                if let Some(certainty) = name.means(thing) {
                    found.push((maker, certainty));
                }
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|(maker, _)| *maker);
        let has_earlier = found.iter().any(|(maker, _)| *maker < position);
        let first_later = found
            .iter()
            .map(|(maker, _)| *maker)
            .find(|maker| *maker > position);
        found.into_iter().map(move |(maker, certainty)| {
            let is_enough = maker < position || !has_earlier && first_later == Some(maker);
            let certainty = if is_enough {
                certainty
            } else {
                Certainty::Likely
            };
            (maker, certainty)
        })
    }
}

/// Says that things need each other.
fn told(circle: &[usize], nodes: &[Node]) -> Diagnostic {
    let mut shown: Vec<&str> = circle
        .iter()
        .map(|&position| nodes[position].shown.as_str())
        .collect();
    shown.extend(shown.first().copied());
    let message = format!(
        "these need each other, so none of them can be made first: {}",
        shown.join(" needs ")
    );
    let first = nodes[circle[0]].span;
    let mut diagnostic = Diagnostic::error(first, message)
        .hint("make one of them without the other, and complete it by an `execute` of its own");
    for &position in &circle[1..] {
        let node = &nodes[position];
        diagnostic = diagnostic.related(node.span, format!("{} is here", node.shown));
    }
    diagnostic
}
