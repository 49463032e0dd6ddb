//! What statements say, once they are read.

use pg_model::QualifiedName;

/// A statement that tables and types obey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Statement {
    Domain {
        name: QualifiedName,
        base: String,
        rules: Vec<DomainRule>,
    },
    AlterDomain {
        name: QualifiedName,
        rule: DomainRule,
    },
    Enum {
        name: QualifiedName,
        labels: Vec<String>,
    },
    Label {
        name: QualifiedName,
        label: String,
        renamed_from: Option<String>,
    },
    Range {
        name: QualifiedName,
        subtype: String,
    },
    AlterTable {
        table: QualifiedName,
        actions: Vec<Action>,
    },
    Index(IndexText),
    DropIndex(Vec<QualifiedName>),
    Partition {
        parent: QualifiedName,
        bounds: Bounds,
    },
    /// Another table that raw SQL makes.
    Table(QualifiedName),
    SearchPath(String),
}

/// What a domain asks of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DomainRule {
    NotNull,
    Check {
        name: Option<String>,
        expression: String,
    },
}

/// What is done to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Add(Constraint),
    AddColumn(ColumnText),
    NotNull(String),
    MayBeNull(String),
    Type(String, String),
    Default(String, Option<String>),
    DropColumn(String),
    DropConstraint(String),
    RenameConstraint(String, String),
    RenameColumn(String, String),
    Partition {
        bounds: Bounds,
    },
    /// Nothing that rows would see.
    Nothing,
    /// Something that isn't understood: its constraint's name, or its first words.
    Unknown(String),
}

/// A constraint and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Constraint {
    pub name: Option<String>,
    pub validated: bool,
    pub kind: ConstraintKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ConstraintKind {
    Check(String),
    NotNull(String),
    Unique {
        columns: Vec<String>,
        nulls_not_distinct: bool,
    },
    PrimaryKey(Vec<String>),
    /// An index that is there already becomes one.
    UsingIndex,
    ForeignKey {
        columns: Vec<String>,
        table: QualifiedName,
        referenced: Vec<String>,
        full: bool,
    },
    Exclude {
        method: Option<String>,
        elements: String,
        predicate: Option<String>,
    },
}

/// A column's definition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a clause that a definition has or hasn't"
)]
pub(super) struct ColumnText {
    pub name: String,
    pub data_type: String,
    pub not_null: bool,
    pub default: Option<String>,
    pub generated: Option<String>,
    pub identity: bool,
    pub primary_key: bool,
    pub unique: bool,
    pub checks: Vec<(Option<String>, String)>,
    pub references: Option<(QualifiedName, Vec<String>)>,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndexText {
    pub name: Option<QualifiedName>,
    pub unique: bool,
    pub table: QualifiedName,
    pub method: String,
    pub elements: String,
    pub nulls_not_distinct: bool,
    pub predicate: Option<String>,
}

/// Which rows a partition takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bounds {
    In(Vec<String>),
    Range(Vec<String>, Vec<String>),
    Hash(u64),
    Default,
}
