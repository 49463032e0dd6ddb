//! The page's data: what the script draws and tells, with as few bytes as reading it allows.

use crate::Input;
use crate::layout::{Rect, layout};
use dump_values::{ColumnValues, TableValues, Values};
use schema_docs::{Locale, Words};
use schema_view::{
    Change, Difference, Group, Index, Key, Mark, Object, Part, Place, Table, TableDifference,
    Target, View, Viewpoint, both, groups, logical_name, object_name,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// All of it.
#[derive(Debug, Serialize)]
pub(crate) struct Content {
    locale: &'static str,
    words: BTreeMap<&'static str, &'static str>,
    groups: Vec<GroupContent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    viewpoints: Vec<ViewpointContent>,
    tables: Vec<TableContent>,
    objects: Vec<ObjectContent>,
}

/// A part of the schema with a picture of its own.
#[derive(Debug, Serialize)]
struct ViewpointContent {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    tables: Vec<PlacedContent>,
}

/// A table's box in a viewpoint's picture.
#[derive(Debug, Serialize)]
struct PlacedContent {
    at: usize,
    #[serde(flatten)]
    frame: Rect,
    lines: Vec<usize>,
}

/// Something beside tables.
#[derive(Debug, Default, Serialize)]
struct ObjectContent {
    kind: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<(String, usize)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sql: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    columns: Vec<ColumnContent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    indexes: Vec<IndexContent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uses: Vec<TargetContent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<&'static str>,
    /// What it was, where it has changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<String>,
}

/// Name, definition, kind of uniqueness.
type IndexContent = (String, String, &'static str);

/// Something that a statement speaks of, by its position.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum TargetContent {
    Table(usize),
    Object(usize),
}

impl From<&Target> for TargetContent {
    fn from(target: &Target) -> Self {
        match target {
            Target::Table(position) => Self::Table(*position),
            Target::Object(position) => Self::Object(*position),
        }
    }
}

#[derive(Debug, Serialize)]
struct TriggerContent {
    name: String,
    sql: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uses: Vec<TargetContent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<(String, usize)>,
}

#[derive(Debug, Serialize)]
struct GroupContent {
    name: String,
    tables: Vec<usize>,
    #[serde(flatten)]
    frame: Rect,
}

#[derive(Debug, Default, Serialize)]
struct TableContent {
    name: String,
    group: usize,
    #[serde(flatten)]
    frame: Rect,
    /// Which columns its box has a line for.
    lines: Vec<usize>,
    columns: Vec<ColumnContent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    /// In Japanese pages: the name that the comment begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    logical: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<(String, usize)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<KeyContent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    indexes: Vec<IndexContent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    triggers: Vec<TriggerContent>,
    /// What its checks and indexes speak of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uses: Vec<TargetContent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    partitions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    spread: Vec<SpreadContent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    example_columns: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    examples: Vec<Vec<Option<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<String>,
    /// Sign, what, old, new: of what isn't a column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<(&'static str, String, String, String)>,
}

#[derive(Debug, Default, Serialize)]
struct ColumnContent {
    name: String,
    #[serde(rename = "type")]
    type_text: String,
    #[serde(skip_serializing_if = "is_false")]
    nullable: bool,
    #[serde(skip_serializing_if = "is_false")]
    primary: bool,
    /// Whether a line begins at it: `key` for a foreign key's, `name` for one that only its name says.
    #[serde(skip_serializing_if = "Option::is_none")]
    leads: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
    /// In Japanese pages: the comment in two parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    logical: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
    /// The type that the schema makes, and what its default calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uses: Vec<TargetContent>,
    /// How its values are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<String>,
}

#[derive(Debug, Serialize)]
struct KeyContent {
    columns: Vec<String>,
    table: String,
    target: Option<usize>,
    to: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    actions: String,
    #[serde(skip_serializing_if = "is_false")]
    unique: bool,
    #[serde(skip_serializing_if = "is_false")]
    optional: bool,
    #[serde(skip_serializing_if = "is_false")]
    by_name: bool,
}

#[derive(Debug, Serialize)]
struct SpreadContent {
    name: String,
    nulls: u64,
    /// As text: an estimate says that it is one.
    distinct: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    least: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    greatest: Option<String>,
    frequent: Vec<(String, u64)>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference over"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Serialize for Rect {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("Rect", 4)?;
        fields.serialize_field("x", &self.x)?;
        fields.serialize_field("y", &self.y)?;
        fields.serialize_field("width", &self.width)?;
        fields.serialize_field("height", &self.height)?;
        fields.end()
    }
}

impl Content {
    /// What a page tells.
    pub(crate) fn of(input: &Input<'_>) -> Self {
        let merged = input
            .difference
            .map(|(old, difference)| both(old, input.view, difference));
        let view = merged.as_ref().unwrap_or(input.view);
        let groups = groups(view);
        let layout = layout(view, &groups);
        let mut group_of = vec![0; view.tables.len()];
        for (position, group) in groups.iter().enumerate() {
            for table in &group.tables {
                group_of[*table] = position;
            }
        }
        let words = input.locale.words();
        let is_japanese = input.locale == Locale::Japanese;
        let marks = Marks::of(input.difference.map(|(_, difference)| difference), words);
        let tables = view
            .tables
            .iter()
            .zip(layout.tables.iter().zip(layout.lines))
            .enumerate()
            .map(|(position, (table, (frame, lines)))| {
                let mut content = of_table(table, is_japanese, &marks);
                content.group = group_of[position];
                content.frame = *frame;
                content.lines = lines;
                if let Some(reasons) = input.reasons.and_then(|all| all.get(&table.name)) {
                    for column in &mut content.columns {
                        column.why = reasons.get(&column.name).cloned();
                    }
                }
                if let Some(values) = values_of(input.values, view, position) {
                    put_values(&mut content, values);
                }
                content
            })
            .collect();
        let objects = view
            .objects
            .iter()
            .filter(|object| object.is_known() || !object.sql.is_empty())
            .map(|object| of_object(object, input.locale, &marks))
            .collect();
        Self {
            locale: input.locale.code(),
            words: told(input.locale),
            groups: groups
                .into_iter()
                .zip(layout.groups)
                .map(|(group, frame)| GroupContent {
                    name: group.name,
                    tables: group.tables,
                    frame,
                })
                .collect(),
            viewpoints: view.viewpoints.iter().map(|one| seen(view, one)).collect(),
            tables,
            objects,
        }
    }
}

fn of_place(place: Option<&Place>) -> Option<(String, usize)> {
    place.map(|place| (place.path.clone(), place.line))
}

fn of_targets(targets: &[Target]) -> Vec<TargetContent> {
    targets.iter().map(TargetContent::from).collect()
}

fn of_index(index: &Index) -> IndexContent {
    let unique = match (index.unique, index.is_constraint) {
        (_, true) => "UNIQUE",
        (true, false) => "UNIQUE INDEX",
        (false, false) => "",
    };
    (index.name.clone(), index.definition(), unique)
}

fn of_object(object: &Object, locale: Locale, marks: &Marks<'_>) -> ObjectContent {
    let change = marks.objects.get(&object_name(object));
    let made = Some(&object.sql).filter(|sql| !sql.is_empty());
    ObjectContent {
        kind: locale.kind(&object.kind).to_owned(),
        name: object.title(),
        comment: object.comment.clone(),
        place: of_place(object.place.as_ref()),
        sql: made.into_iter().chain(&object.further).cloned().collect(),
        labels: object.labels.clone(),
        columns: object
            .columns
            .iter()
            .map(|column| ColumnContent {
                name: column.name.clone(),
                type_text: column.type_text.clone(),
                comment: column.comment.clone(),
                uses: of_targets(&column.uses),
                ..ColumnContent::default()
            })
            .collect(),
        indexes: object.indexes.iter().map(of_index).collect(),
        uses: of_targets(&object.uses),
        mark: change.map(|change| class(change.mark)),
        was: change
            .filter(|change| change.mark == Mark::Changed)
            .map(|change| change.old.clone()),
    }
}

fn seen(view: &View, viewpoint: &Viewpoint) -> ViewpointContent {
    let group = Group {
        name: viewpoint.name.clone(),
        tables: viewpoint.tables.clone(),
    };
    let layout = layout(view, std::slice::from_ref(&group));
    ViewpointContent {
        name: group.name,
        text: viewpoint.text.clone(),
        tables: group
            .tables
            .into_iter()
            .map(|at| PlacedContent {
                at,
                frame: layout.tables[at],
                lines: layout.lines[at].clone(),
            })
            .collect(),
    }
}

fn values_of<'v>(
    values: Option<&'v Values>,
    view: &View,
    position: usize,
) -> Option<&'v TableValues> {
    values?.table(&view.tables[position].name)
}

/// What became of tables and columns.
struct Marks<'d> {
    tables: BTreeMap<&'d str, &'d TableDifference>,
    objects: BTreeMap<String, &'d Change>,
    words: &'static Words,
}

impl<'d> Marks<'d> {
    fn of(difference: Option<&'d Difference>, words: &'static Words) -> Self {
        let tables = difference.into_iter().flat_map(|one| &one.tables);
        Self {
            tables: tables.map(|table| (table.name.as_str(), table)).collect(),
            objects: difference
                .into_iter()
                .flat_map(|one| &one.others)
                .map(|change| (change.name.clone(), change))
                .collect(),
            words,
        }
    }

    fn column(&self, table: &str, column: &str) -> Option<&'d Change> {
        let changes = self.tables.get(table)?.changes.iter();
        changes
            .filter(|change| change.part == Part::Column)
            .find(|change| change.name == column)
    }

    /// All changes of a table that aren't a column's.
    fn others(&self, table: &str) -> Vec<(&'static str, String, String, String)> {
        let changes = self
            .tables
            .get(table)
            .into_iter()
            .flat_map(|one| &one.changes);
        changes
            .filter(|change| change.part != Part::Column)
            .map(|change| {
                let kind = match change.part {
                    Part::Column => self.words.column,
                    Part::PrimaryKey => self.words.primary_key,
                    Part::Key => self.words.keys_out,
                    Part::Index => self.words.indexes,
                    Part::Check => self.words.checks,
                    Part::Trigger => self.words.triggers,
                    Part::Comment => self.words.comment,
                    Part::Option => self.words.options,
                    Part::Enum => self.words.enums,
                    Part::Other => self.words.definition,
                };
                (
                    change.mark.sign(),
                    format!("{kind} {}", change.name).trim_end().to_owned(),
                    change.old.clone(),
                    change.new.clone(),
                )
            })
            .collect()
    }
}

fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "added",
        Mark::Removed => "removed",
        Mark::Changed => "changed",
    }
}

fn of_table(table: &Table, is_japanese: bool, marks: &Marks<'_>) -> TableContent {
    let difference = marks.tables.get(table.name.as_str());
    let by = table
        .partition_by
        .iter()
        .map(|by| format!("PARTITION BY {by}"));
    TableContent {
        name: table.name.clone(),
        comment: table.comment.clone(),
        logical: table
            .comment
            .as_deref()
            .filter(|_| is_japanese)
            .map(|comment| logical_name(comment).name.to_owned())
            .filter(|name| !name.is_empty()),
        labels: table.labels.clone(),
        place: of_place(table.place.as_ref()),
        columns: table
            .columns
            .iter()
            .map(|column| {
                let parted = column
                    .comment
                    .as_deref()
                    .filter(|_| is_japanese)
                    .map(logical_name)
                    .unwrap_or_default();
                let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
                let change = marks.column(&table.name, &column.name);
                let value = column
                    .numbered
                    .as_ref()
                    .map(|numbered| numbered.0.clone())
                    .or_else(|| {
                        let expression = column.generated.as_ref()?;
                        Some(format!("GENERATED {expression}"))
                    })
                    .or_else(|| column.default.clone());
                ColumnContent {
                    name: column.name.clone(),
                    type_text: column.type_text.clone(),
                    nullable: column.nullable,
                    primary: table.primary_key.contains(&column.name),
                    leads: if table.is_in_foreign_key(&column.name) {
                        Some("key")
                    } else {
                        table.is_in_key(&column.name).then_some("name")
                    },
                    value,
                    comment: column.comment.clone(),
                    labels: column.labels.clone(),
                    logical: text(parted.name),
                    remark: text(parted.rest),
                    uses: of_targets(&column.uses),
                    why: None,
                    mark: change.map(|change| class(change.mark)),
                    was: change
                        .filter(|change| change.mark == Mark::Changed)
                        .map(|change| change.old.clone()),
                }
            })
            .collect(),
        keys: table.keys.iter().map(|key| of_key(table, key)).collect(),
        indexes: table.indexes.iter().map(of_index).collect(),
        checks: table
            .checks
            .iter()
            .map(|check| (check.name.clone(), check.definition.clone()))
            .collect(),
        triggers: table
            .triggers
            .iter()
            .map(|trigger| TriggerContent {
                name: trigger.name.clone(),
                sql: trigger.sql.clone(),
                uses: of_targets(&trigger.uses),
                place: of_place(trigger.place.as_ref()),
            })
            .collect(),
        uses: of_targets(&table.uses),
        partitions: by.chain(table.partitions.iter().cloned()).collect(),
        options: table.options.clone(),
        mark: difference.map(|difference| class(difference.mark)),
        was: difference.and_then(|difference| difference.renamed_from.clone()),
        changes: marks.others(&table.name),
        ..TableContent::default()
    }
}

fn of_key(table: &Table, key: &Key) -> KeyContent {
    KeyContent {
        columns: key.columns.clone(),
        table: key.table.clone(),
        target: key.target,
        to: key.referenced_columns.clone(),
        actions: key.actions.clone(),
        unique: table.is_unique(&key.columns),
        by_name: key.by_name,
        optional: key
            .columns
            .iter()
            .any(|name| table.column(name).is_some_and(|column| column.nullable)),
    }
}

fn put_values(content: &mut TableContent, values: &TableValues) {
    content.rows = Some(values.rows);
    if values.rows == 0 || values.columns.is_empty() {
        return;
    }
    content.spread = values.columns.iter().map(of_spread).collect();
    content.example_columns = values
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    content.examples.clone_from(&values.examples);
}

fn of_spread(column: &ColumnValues) -> SpreadContent {
    SpreadContent {
        name: column.name.clone(),
        nulls: column.nulls,
        distinct: schema_docs::distinct(column),
        least: column.least.clone(),
        greatest: column.greatest.clone(),
        frequent: column
            .frequent
            .iter()
            .map(|one| (one.value.clone(), one.rows))
            .collect(),
    }
}

/// The words that the script needs.
fn told(locale: Locale) -> BTreeMap<&'static str, &'static str> {
    let words = locale.words();
    BTreeMap::from([
        ("tables", words.counted_tables),
        ("table", words.table),
        ("kind_table", locale.kind("table")),
        ("logical_name", words.logical_name),
        ("comment", words.comment),
        ("remarks", words.remarks),
        ("columns", words.columns),
        ("column", words.column),
        ("rows", words.rows),
        ("type_name", words.type_name),
        ("null", words.null),
        ("yes", words.yes),
        ("default", words.default),
        ("keys_out", words.keys_out),
        ("keys_in", words.keys_in),
        ("by_name", words.by_name),
        ("references", words.references),
        ("actions", words.actions),
        ("indexes", words.indexes),
        ("index", words.index),
        ("unique", words.unique),
        ("definition", words.definition),
        ("checks", words.checks),
        ("check", words.check),
        ("triggers", words.triggers),
        ("partitions", words.partitions),
        ("options", words.options),
        ("examples", words.examples),
        ("made", words.made),
        ("values", words.values),
        ("nulls", words.nulls),
        ("distinct", words.distinct),
        ("range", words.range),
        ("frequent", words.frequent),
        ("group", words.group),
        ("others", words.others),
        ("viewpoints", words.viewpoints),
        ("marked", words.marked),
        ("all_tables", words.tables),
        ("beside_tables", words.beside_tables),
        ("further", words.further),
        ("results", words.results),
        ("close", words.close),
        ("labels", words.labels),
        ("uses", words.uses),
        ("used_by", words.used_by),
        ("trigger", words.trigger),
        ("changes", words.changes),
        ("added", words.added),
        ("removed", words.removed),
        ("changed", words.changed),
        ("renamed_from", words.renamed_from),
        ("name", words.name),
        ("old", words.old),
        ("new", words.new),
    ])
}
