//! A schema as JSON, for programs: dashboards, reviews by a script, other people's documents.
//!
//! The keys are a format that others read, so they are structs of their own and not those of the view: what is renamed
//! there keeps its key here. What isn't there is left out, and lists stand in the source's order.

use crate::Input;
use dump_values::TableValues;
use schema_view::{
    Column, Commented, Comments, Index, Key, Object, Place, Table, Target, Trigger, View, groups,
};
use serde::Serialize;

/// The number of the format: another one where a key goes or means something else. New keys may come.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct SchemaJson<'a> {
    format: u32,
    database: &'a str,
    source: &'a str,
    tables: Vec<TableJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objects: Vec<ObjectJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<PartJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    viewpoints: Vec<PartJson<'a>>,
    /// How many have a comment, of how many that want one.
    comments: CommentsJson,
}

#[derive(Serialize)]
struct TableJson<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceJson<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    labels: &'a [String],
    columns: Vec<ColumnJson<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    primary_key: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<KeyJson<'a>>,
    /// Relations that no foreign key says, but a column's name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relations_by_name: Vec<KeyJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    indexes: Vec<IndexJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<DefinitionJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    triggers: Vec<DefinitionJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_of: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    partitions: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<&'a str>,
    /// Its rows in the dump.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
}

#[derive(Serialize)]
struct ColumnJson<'a> {
    name: &'a str,
    #[serde(rename = "type", skip_serializing_if = "str::is_empty")]
    type_text: &'a str,
    nullable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generated: Option<&'a str>,
    /// How the database counts its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    numbered: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    labels: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

#[derive(Serialize)]
struct KeyJson<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    columns: &'a [String],
    table: &'a str,
    referenced_columns: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    actions: &'a str,
}

#[derive(Serialize)]
struct IndexJson<'a> {
    name: &'a str,
    unique: bool,
    /// Columns and expressions.
    parts: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    predicate: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    include: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    definition: String,
}

#[derive(Serialize)]
struct DefinitionJson<'a> {
    name: &'a str,
    definition: &'a str,
}

#[derive(Serialize)]
struct ObjectJson<'a> {
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceJson<'a>>,
    /// Of an enum.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    values: &'a [String],
    /// Of a view, as far as its text names them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    columns: Vec<ColumnJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    indexes: Vec<IndexJson<'a>>,
    /// Names of what its text speaks of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uses: Vec<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    sql: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    further: &'a [String],
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    path: &'a str,
    line: usize,
}

/// A group or a viewpoint.
#[derive(Serialize)]
struct PartJson<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    tables: Vec<&'a str>,
}

#[derive(Serialize)]
struct CommentsJson {
    tables: CommentedJson,
    columns: CommentedJson,
    others: CommentedJson,
}

#[derive(Serialize)]
struct CommentedJson {
    with: usize,
    of: usize,
}

/// The schema as JSON, ending with a line feed.
pub fn json(input: &Input<'_>) -> String {
    let view = input.view;
    let names = |tables: &[usize]| {
        tables
            .iter()
            .map(|table| view.tables[*table].name.as_str())
            .collect()
    };
    let groups = groups(view);
    let schema = SchemaJson {
        format: FORMAT,
        database: &view.database,
        source: input.source,
        tables: view
            .tables
            .iter()
            .map(|table| {
                let values = input.values.and_then(|values| values.table(&table.name));
                of_table(table, values)
            })
            .collect(),
        objects: view
            .objects
            .iter()
            .map(|object| of_object(view, object))
            .collect(),
        groups: groups
            .iter()
            .filter(|group| !group.name.is_empty())
            .map(|group| PartJson {
                name: &group.name,
                text: None,
                tables: names(&group.tables),
            })
            .collect(),
        viewpoints: view
            .viewpoints
            .iter()
            .map(|viewpoint| PartJson {
                name: &viewpoint.name,
                text: viewpoint.text.as_deref(),
                tables: names(&viewpoint.tables),
            })
            .collect(),
        comments: view.comments().into(),
    };
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

fn of_table<'a>(table: &'a Table, values: Option<&TableValues>) -> TableJson<'a> {
    let keys = |by_name: bool| {
        let keys = table.keys.iter().filter(|key| key.by_name == by_name);
        keys.map(of_key).collect()
    };
    TableJson {
        name: &table.name,
        schema: table.schema.as_deref(),
        comment: table.comment.as_deref(),
        place: table.place.as_ref().map(of_place),
        labels: &table.labels,
        columns: table.columns.iter().map(of_column).collect(),
        primary_key: &table.primary_key,
        foreign_keys: keys(false),
        relations_by_name: keys(true),
        indexes: table.indexes.iter().map(of_index).collect(),
        checks: table
            .checks
            .iter()
            .map(|check| DefinitionJson {
                name: &check.name,
                definition: &check.definition,
            })
            .collect(),
        triggers: table.triggers.iter().map(of_trigger).collect(),
        partition_by: table.partition_by.as_deref(),
        partition_of: table.partition_of.as_deref(),
        partitions: &table.partitions,
        options: table.options.as_deref(),
        rows: values.map(|values| values.rows),
    }
}

fn of_column(column: &Column) -> ColumnJson<'_> {
    ColumnJson {
        name: &column.name,
        type_text: &column.type_text,
        nullable: column.nullable,
        default: column.default.as_deref(),
        generated: column.generated.as_deref(),
        numbered: column.numbered.as_ref().map(|one| one.0.as_str()),
        collation: column.collation.as_deref(),
        comment: column.comment.as_deref(),
        labels: &column.labels,
        line: column.line,
    }
}

fn of_key(key: &Key) -> KeyJson<'_> {
    KeyJson {
        name: &key.name,
        columns: &key.columns,
        table: &key.table,
        referenced_columns: &key.referenced_columns,
        actions: &key.actions,
    }
}

fn of_index(index: &Index) -> IndexJson<'_> {
    IndexJson {
        name: &index.name,
        unique: index.unique,
        parts: &index.parts,
        method: &index.method,
        predicate: index.predicate.as_deref(),
        include: &index.include,
        comment: index.comment.as_deref(),
        definition: index.definition(),
    }
}

fn of_trigger(trigger: &Trigger) -> DefinitionJson<'_> {
    DefinitionJson {
        name: &trigger.name,
        definition: &trigger.sql,
    }
}

fn of_object<'a>(view: &View, object: &'a Object) -> ObjectJson<'a> {
    let title = |target: &Target| view.title(*target);
    ObjectJson {
        kind: &object.kind,
        name: &object.name,
        arguments: object.arguments.as_deref(),
        comment: object.comment.as_deref(),
        place: object.place.as_ref().map(of_place),
        values: &object.labels,
        columns: object.columns.iter().map(of_column).collect(),
        indexes: object.indexes.iter().map(of_index).collect(),
        uses: object.uses.iter().map(title).collect(),
        sql: &object.sql,
        further: &object.further,
    }
}

fn of_place(place: &Place) -> PlaceJson<'_> {
    PlaceJson {
        path: &place.path,
        line: place.line,
    }
}

impl From<Comments> for CommentsJson {
    fn from(comments: Comments) -> Self {
        Self {
            tables: comments.tables.into(),
            columns: comments.columns.into(),
            others: comments.others.into(),
        }
    }
}

impl From<Commented> for CommentedJson {
    fn from(count: Commented) -> Self {
        Self {
            with: count.with,
            of: count.of,
        }
    }
}
