//! What undoes what an `ALTER` did: a table of actions, each with the action that restores the state of a thing that
//! nobody altered.
//!
//! In a pattern `?` is one name, `#` a number, `*` all that is left, and `(*)` the names of a list of settings. What undoes it may say
//! them again. Two actions with the same undoing are two values of one property.

/// How the state before is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undo {
    /// By this action, in the same kind of `ALTER`.
    Action(&'static str),
    /// It has no effect that lasts, or says what holds anyway.
    Nothing,
    /// By the default that the column has in the new schema.
    ColumnDefault,
    /// By what the new schema says of the column and NULL.
    ColumnNull,
    /// By the way in which the column's type is stored.
    ColumnStorage,
    /// By whether the new schema has the table logged.
    Persistence,
    /// By dropping a column, with what is in it.
    DropColumn,
}

use Undo::{Action, ColumnDefault, ColumnNull, ColumnStorage, DropColumn, Nothing, Persistence};

/// Rules for one kind of thing.
pub(super) type Rules = &'static [(&'static str, Undo)];

const TABLE: Rules = &[
    (
        "enable row level security",
        Action("DISABLE ROW LEVEL SECURITY"),
    ),
    (
        "disable row level security",
        Action("DISABLE ROW LEVEL SECURITY"),
    ),
    (
        "force row level security",
        Action("NO FORCE ROW LEVEL SECURITY"),
    ),
    (
        "no force row level security",
        Action("NO FORCE ROW LEVEL SECURITY"),
    ),
    ("enable always trigger ?", Action("ENABLE TRIGGER ?")),
    ("enable replica trigger ?", Action("ENABLE TRIGGER ?")),
    ("disable trigger ?", Action("ENABLE TRIGGER ?")),
    ("enable trigger ?", Action("ENABLE TRIGGER ?")),
    ("enable always rule ?", Action("ENABLE RULE ?")),
    ("enable replica rule ?", Action("ENABLE RULE ?")),
    ("disable rule ?", Action("ENABLE RULE ?")),
    ("enable rule ?", Action("ENABLE RULE ?")),
    ("cluster on ?", Action("SET WITHOUT CLUSTER")),
    ("set without cluster", Action("SET WITHOUT CLUSTER")),
    ("set without oids", Nothing),
    ("set tablespace ?", Action("SET TABLESPACE pg_default")),
    ("set access method ?", Action("SET ACCESS METHOD heap")),
    ("replica identity *", Action("REPLICA IDENTITY DEFAULT")),
    ("owner to *", Action("OWNER TO CURRENT_USER")),
    ("inherit ?", Action("NO INHERIT ?")),
    ("no inherit ?", Action("NO INHERIT ?")),
    ("of ?", Action("NOT OF")),
    ("not of", Action("NOT OF")),
    ("attach partition ? *", Action("DETACH PARTITION ?")),
    ("set logged", Persistence),
    ("set unlogged", Persistence),
    ("set (*)", Action("RESET (?)")),
    ("reset (*)", Action("RESET (?)")),
    ("add column if not exists ? *", DropColumn),
    ("add column ? *", DropColumn),
    (
        "alter column ? set statistics *",
        Action("ALTER COLUMN ? SET STATISTICS -1"),
    ),
    (
        "alter column ? set compression *",
        Action("ALTER COLUMN ? SET COMPRESSION default"),
    ),
    ("alter column ? set storage *", ColumnStorage),
    ("alter column ? set (*)", Action("ALTER COLUMN ? RESET (?)")),
    (
        "alter column ? reset (*)",
        Action("ALTER COLUMN ? RESET (?)"),
    ),
    ("alter column ? set default *", ColumnDefault),
    ("alter column ? drop default", ColumnDefault),
    ("alter column ? set not null", ColumnNull),
    ("alter column ? drop not null", ColumnNull),
];

const INDEX: Rules = &[
    ("set (*)", Action("RESET (?)")),
    ("reset (*)", Action("RESET (?)")),
    ("set tablespace ?", Action("SET TABLESPACE pg_default")),
    (
        "alter column # set statistics *",
        Action("ALTER COLUMN ? SET STATISTICS -1"),
    ),
];

const VIEW: Rules = &[
    ("owner to *", Action("OWNER TO CURRENT_USER")),
    ("set (*)", Action("RESET (?)")),
    ("reset (*)", Action("RESET (?)")),
    (
        "alter column ? set default *",
        Action("ALTER COLUMN ? DROP DEFAULT"),
    ),
    (
        "alter column ? drop default",
        Action("ALTER COLUMN ? DROP DEFAULT"),
    ),
];

const SEQUENCE: Rules = &[
    ("owner to *", Action("OWNER TO CURRENT_USER")),
    ("owned by *", Action("OWNED BY NONE")),
    ("set logged", Action("SET LOGGED")),
    ("set unlogged", Action("SET LOGGED")),
    ("restart *", Nothing),
    ("restart", Nothing),
    ("increment *", Action("INCREMENT BY 1")),
    ("minvalue *", Action("NO MINVALUE")),
    ("no minvalue", Action("NO MINVALUE")),
    ("maxvalue *", Action("NO MAXVALUE")),
    ("no maxvalue", Action("NO MAXVALUE")),
    ("start *", Action("START WITH 1")),
    ("cache *", Action("CACHE 1")),
    ("cycle", Action("NO CYCLE")),
    ("no cycle", Action("NO CYCLE")),
];

const TRIGGER: Rules = &[
    ("enable always", Action("ENABLE")),
    ("enable replica", Action("ENABLE")),
    ("enable", Action("ENABLE")),
    ("disable", Action("ENABLE")),
    ("owner to *", Action("OWNER TO CURRENT_USER")),
    ("no depends on extension *", Nothing),
    (
        "depends on extension *",
        Action("NO DEPENDS ON EXTENSION ?"),
    ),
];

const OTHER: Rules = &[
    ("owner to *", Action("OWNER TO CURRENT_USER")),
    ("set statistics *", Action("SET STATISTICS -1")),
];

/// The rules of each kind, by the words behind `ALTER`, the longer first.
pub(super) const KINDS: &[(&[&str], Rules)] = &[
    (&["materialized", "view"], TABLE),
    (&["foreign", "table"], TABLE),
    (&["table"], TABLE),
    (&["index"], INDEX),
    (&["view"], VIEW),
    (&["sequence"], SEQUENCE),
    (&["event", "trigger"], TRIGGER),
    (&["domain"], OTHER),
    (&["type"], OTHER),
    (&["schema"], OTHER),
    (&["collation"], OTHER),
    (&["conversion"], OTHER),
    (&["statistics"], OTHER),
    (&["text", "search", "configuration"], OTHER),
    (&["text", "search", "dictionary"], OTHER),
    (&["publication"], OTHER),
    (&["server"], OTHER),
];

/// Statements that leave nothing behind, by their first words.
pub(super) const LEAVE_NOTHING: &[&[&str]] = &[
    &["refresh", "materialized"],
    &["analyze"],
    &["analyse"],
    &["vacuum"],
    &["checkpoint"],
    &["notify"],
    &["lock"],
    &["reindex"],
    &["begin"],
    &["commit"],
    &["set"],
    &["reset"],
    &["show"],
];

/// Statements that may run again, and say the same then.
pub(super) const REPEATABLE: &[&[&str]] = &[
    &["comment"],
    &["grant"],
    &["revoke"],
    &["refresh"],
    &["security", "label"],
    &["cluster"],
];
