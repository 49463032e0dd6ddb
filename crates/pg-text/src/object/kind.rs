//! Kinds of things that SQL makes.

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is called as PostgreSQL calls it")]
pub enum Kind {
    AccessMethod,
    Aggregate,
    Cast,
    Collation,
    /// A constraint that `ALTER TABLE … ADD CONSTRAINT` makes.
    Constraint,
    Conversion,
    Domain,
    EventTrigger,
    Extension,
    ForeignDataWrapper,
    ForeignTable,
    Function,
    Index,
    Language,
    MaterializedView,
    Operator,
    OperatorClass,
    OperatorFamily,
    Policy,
    Procedure,
    Publication,
    Rule,
    Schema,
    Sequence,
    Server,
    Statistics,
    Subscription,
    Table,
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchParser,
    TextSearchTemplate,
    Transform,
    Trigger,
    Type,
    UserMapping,
    View,
}

/// Things of one space share their names: no two of them can have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    /// Tables, views, sequences, indexes.
    Relations,
    /// Types that are no relation. Relations but for sequences and indexes have a type each.
    Types,
    /// Functions, procedures, aggregates.
    Routines,
    /// All others have a space for each kind.
    Kind(Kind),
}

/// The words of each kind in `CREATE` and `DROP`; of two that begin alike the longer stands first.
pub(super) const KINDS: &[(&[&str], Kind)] = &[
    (&["access", "method"], Kind::AccessMethod),
    (&["aggregate"], Kind::Aggregate),
    (&["cast"], Kind::Cast),
    (&["collation"], Kind::Collation),
    (&["conversion"], Kind::Conversion),
    (&["domain"], Kind::Domain),
    (&["event", "trigger"], Kind::EventTrigger),
    (&["extension"], Kind::Extension),
    (&["foreign", "data", "wrapper"], Kind::ForeignDataWrapper),
    (&["foreign", "table"], Kind::ForeignTable),
    (&["function"], Kind::Function),
    (&["index"], Kind::Index),
    (&["language"], Kind::Language),
    (&["materialized", "view"], Kind::MaterializedView),
    (&["operator", "class"], Kind::OperatorClass),
    (&["operator", "family"], Kind::OperatorFamily),
    (&["operator"], Kind::Operator),
    (&["policy"], Kind::Policy),
    (&["procedure"], Kind::Procedure),
    (&["publication"], Kind::Publication),
    (&["rule"], Kind::Rule),
    (&["schema"], Kind::Schema),
    (&["sequence"], Kind::Sequence),
    (&["server"], Kind::Server),
    (&["statistics"], Kind::Statistics),
    (&["subscription"], Kind::Subscription),
    (&["table"], Kind::Table),
    (
        &["text", "search", "configuration"],
        Kind::TextSearchConfiguration,
    ),
    (
        &["text", "search", "dictionary"],
        Kind::TextSearchDictionary,
    ),
    (&["text", "search", "parser"], Kind::TextSearchParser),
    (&["text", "search", "template"], Kind::TextSearchTemplate),
    (&["transform"], Kind::Transform),
    (&["trigger"], Kind::Trigger),
    (&["type"], Kind::Type),
    (&["user", "mapping"], Kind::UserMapping),
    (&["view"], Kind::View),
];

impl Kind {
    /// Its name in SQL, in lower case: `materialized view`.
    pub fn noun(self) -> String {
        let words = KINDS.iter().find(|(_, kind)| *kind == self);
        words.map_or_else(|| "constraint".to_owned(), |(words, _)| words.join(" "))
    }

    /// Among which others its names are unique.
    pub fn space(self) -> Space {
        match self {
            Self::View
            | Self::MaterializedView
            | Self::Table
            | Self::ForeignTable
            | Self::Sequence
            | Self::Index => Space::Relations,
            Self::Domain | Self::Type => Space::Types,
            Self::Function | Self::Procedure | Self::Aggregate => Space::Routines,
            other => Space::Kind(other),
        }
    }

    /// Whether it holds nothing but what the source says of it, and no column can be of it: it may be taken away
    /// and made again whenever something under it changes.
    pub fn is_derived(self) -> bool {
        !matches!(
            self,
            Self::Domain
                | Self::Type
                | Self::Extension
                | Self::Schema
                | Self::Sequence
                | Self::Table
                | Self::ForeignTable
                | Self::Language
                | Self::Server
                | Self::Subscription
                | Self::ForeignDataWrapper
        )
    }

    /// Whether rows, or a position among them, are lost with it.
    pub fn holds_data(self) -> bool {
        matches!(
            self,
            Self::Sequence | Self::Table | Self::Extension | Self::Schema
        )
    }
}
