//! Statements that make no thing, but do something to one: `ALTER`, `COMMENT`, `GRANT` and their kin. When one is gone
//! from the source, the thing it was done to goes back to what it would be without.

mod rules;

use crate::canonical::definition;
use crate::definition::Turn;
use crate::table::TableChange;
use pg_model::{Column, ColumnValue, DataType, Persistence, QualifiedName, TypeKind};
use pg_sql::{identifier, qualified};
use pg_text::cursor::{Cursor, at_commas, span};
use rules::{KINDS, LEAVE_NOTHING, REPEATABLE, Rules, Undo};
use sql_text::{Token, fold, tokens};

/// What a statement did, one property of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    /// `TABLE`, as `ALTER` has it.
    noun: String,
    /// The thing as the source spells it, and as it folds.
    spelt: String,
    pub(crate) name: QualifiedName,
    /// What is called by a name in the action: a column, a trigger.
    pub(crate) inner: Option<String>,
    rule: Restoration,
}

/// How one property is restored.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Restoration {
    Nothing,
    /// By a whole statement: `COMMENT ON`, `REVOKE`.
    Statement(String),
    /// By an action of `ALTER`.
    Action(String),
    /// By what the new schema says of the column or table.
    Model(Undo, String),
    DropColumn(String),
}

/// What undoes an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undone {
    pub(crate) sql: String,
    pub(crate) loses: Option<String>,
    /// Before anything has its new name, or behind that.
    pub(crate) turn: Turn,
}

impl Effect {
    /// Whether it is one of the options by which a sequence counts.
    pub(crate) fn is_of_counting(&self) -> bool {
        let is_option = |action: &str| !action.starts_with("OWN") && !action.starts_with("SET ");
        self.noun.eq_ignore_ascii_case("sequence")
            && matches!(&self.rule, Restoration::Action(action) if is_option(action))
    }

    /// Whether another one sets the same property of the same thing.
    pub(crate) fn is_overridden_by(&self, other: &Self) -> bool {
        let key = |rule: &Restoration| match rule {
            Restoration::Nothing => None,
            Restoration::Statement(sql) | Restoration::Action(sql) => Some(definition(sql)),
            Restoration::Model(undo, column) => Some(format!("{undo:?} {column}")),
            Restoration::DropColumn(column) => Some(format!("column {column}")),
        };
        self.name == other.name && self.noun == other.noun && key(&self.rule) == key(&other.rule)
    }

    /// The statement that restores what was before. `change` is the table by its old and new name, if it is one of
    /// the model's. None where that can't be told.
    ///
    /// What the new schema says of a table is restored under its new name, the rest under the old one.
    pub(crate) fn undone(&self, change: Option<&TableChange<'_>>) -> Option<Undone> {
        let is_of_model = matches!(self.rule, Restoration::Model(..));
        let target = match change {
            Some(change) if is_of_model => qualified(&change.new.name),
            _ => self.spelt.clone(),
        };
        let alter = |action: &str| format!("ALTER {} {target} {action};\n", self.noun);
        let mut loses = None;
        let sql = match &self.rule {
            Restoration::Nothing => String::new(),
            Restoration::Statement(sql) => format!("{sql};\n"),
            Restoration::Action(action) => alter(action),
            Restoration::DropColumn(column) => {
                loses = Some(format!("the column `{}.{column}`", self.name));
                alter(&format!("DROP COLUMN {}", identifier(column)))
            }
            Restoration::Model(Undo::Persistence, _) => {
                let word = match change?.new.own.persistence {
                    Persistence::Unlogged => "UNLOGGED",
                    Persistence::Permanent | Persistence::Temporary => "LOGGED",
                };
                alter(&format!("SET {word}"))
            }
            Restoration::Model(undo, column) => {
                let change = change?;
                let name = change.columns.renames.get(column).unwrap_or(column);
                let column = change.new.column(name)?;
                let action = of_column(
                    *undo,
                    column,
                    crate::table::refuses_null(change.new, column),
                )?;
                alter(&format!("ALTER COLUMN {} {action}", identifier(name)))
            }
        };
        let turn = if is_of_model {
            Turn::InPlace
        } else {
            Turn::Early
        };
        Some(Undone { sql, loses, turn })
    }
}

fn of_column(undo: Undo, column: &Column, refuses_null: bool) -> Option<String> {
    Some(match undo {
        Undo::ColumnDefault => match &column.value {
            ColumnValue::Default(sql) => format!("SET DEFAULT {sql}"),
            ColumnValue::None | ColumnValue::Null => "DROP DEFAULT".to_owned(),
            _ => return None,
        },
        Undo::ColumnNull if refuses_null => "SET NOT NULL".to_owned(),
        Undo::ColumnNull => "DROP NOT NULL".to_owned(),
        Undo::ColumnStorage => format!("SET STORAGE {}", storage(&column.data_type)?),
        _ => return None,
    })
}

/// `typstorage` of `pg_type`: how values of a type are stored unless somebody says otherwise. None for types of others.
fn storage(data_type: &DataType) -> Option<&'static str> {
    if data_type.array {
        return Some("EXTENDED");
    }
    Some(match &data_type.kind {
        TypeKind::Numeric { .. } | TypeKind::Inet | TypeKind::Cidr => "MAIN",
        TypeKind::Text
        | TypeKind::Varchar { .. }
        | TypeKind::Char { .. }
        | TypeKind::Citext
        | TypeKind::Bytea
        | TypeKind::Json
        | TypeKind::Jsonb
        | TypeKind::Xml
        | TypeKind::Path
        | TypeKind::Polygon
        | TypeKind::Bit { .. }
        | TypeKind::BitVarying { .. }
        | TypeKind::Hstore
        | TypeKind::Ltree
        | TypeKind::Tsvector
        | TypeKind::Multirange(_)
        | TypeKind::Range(_) => "EXTENDED",
        TypeKind::Tsquery
        | TypeKind::SmallInt
        | TypeKind::Integer
        | TypeKind::BigInt
        | TypeKind::Real
        | TypeKind::DoublePrecision
        | TypeKind::Money
        | TypeKind::Boolean
        | TypeKind::Date
        | TypeKind::Time { .. }
        | TypeKind::Timestamp { .. }
        | TypeKind::Interval { .. }
        | TypeKind::Uuid
        | TypeKind::Macaddr
        | TypeKind::Macaddr8
        | TypeKind::Point
        | TypeKind::Line
        | TypeKind::Lseg
        | TypeKind::Box
        | TypeKind::Circle
        | TypeKind::Oid
        | TypeKind::Enum(_) => "PLAIN",
        TypeKind::Other(_) => return None,
    })
}

/// What a statement did, property by property; none where it isn't known.
pub(crate) fn effects(sql: &str) -> Option<Vec<Effect>> {
    let tokens = tokens(sql);
    let mut cursor = Cursor::new(sql, &tokens);
    if LEAVE_NOTHING.iter().any(|words| cursor.is_at(words)) {
        return Some(Vec::new());
    }
    if cursor.accept(&["comment", "on"]) {
        return described(&mut cursor, "COMMENT ON", "is", "IS NULL");
    }
    if cursor.accept(&["grant"]) {
        return granted(&mut cursor);
    }
    if cursor.accept(&["alter", "default", "privileges"]) {
        return granted_by_default(sql, &mut cursor);
    }
    if cursor.accept(&["cluster"]) {
        let (spelt, name) = cursor.name()?;
        cursor.accept(&["using"]).then_some(())?;
        return Some(vec![Effect {
            noun: "TABLE".to_owned(),
            spelt,
            name,
            inner: None,
            rule: Restoration::Action("SET WITHOUT CLUSTER".to_owned()),
        }]);
    }
    cursor.accept(&["alter"]).then_some(())?;
    let (words, rules) = KINDS.iter().find(|(words, _)| cursor.accept(words))?;
    let noun = words.join(" ").to_uppercase();
    cursor.accept(&["if", "exists"]);
    cursor.accept(&["only"]);
    let (spelt, name) = cursor.name()?;
    cursor.accept(&["*"]);
    let mut effects = Vec::new();
    let actions = if noun == "SEQUENCE" {
        options_of_sequence(cursor.rest())
    } else {
        at_commas(cursor.rest())
    };
    for action in actions {
        let action = match action.split_last() {
            Some((last, rest)) if last.text == ";" => rest,
            _ => action,
        };
        for (rule, inner) in restorations(sql, action, rules)? {
            effects.push(Effect {
                noun: noun.clone(),
                spelt: spelt.clone(),
                name: name.clone(),
                inner,
                rule,
            });
        }
    }
    Some(effects)
}

/// What is said of a sequence stands in a row, without commas.
fn options_of_sequence<'s, 't>(tokens: &'t [Token<'s>]) -> Vec<&'t [Token<'s>]> {
    const BEGINNINGS: [&str; 12] = [
        "as",
        "increment",
        "minvalue",
        "maxvalue",
        "no",
        "start",
        "restart",
        "cache",
        "cycle",
        "owned",
        "owner",
        "set",
    ];
    let begins = |at: usize| {
        BEGINNINGS.iter().any(|word| tokens[at].is(word)) && !(at > 0 && tokens[at - 1].is("no"))
    };
    let starts: Vec<usize> = (0..tokens.len())
        .filter(|&at| at == 0 || begins(at))
        .collect();
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| &tokens[start..end])
        .collect()
}

/// Whether a statement may run again because what it was done to was made again.
pub(crate) fn is_repeatable(sql: &str) -> bool {
    let tokens = tokens(sql);
    let cursor = Cursor::new(sql, &tokens);
    if REPEATABLE.iter().any(|words| cursor.is_at(words)) {
        return true;
    }
    if cursor.is_at(&["alter"]) && !cursor.is_at(&["alter", "type"]) {
        let adds = |effect: &Effect| matches!(effect.rule, Restoration::DropColumn(_));
        return match effects(sql) {
            Some(effects) => !effects.iter().any(adds),
            // Of a function, a role: they say what is to hold.
            None => !tokens.iter().any(|token| {
                ["add", "drop", "rename", "attach"]
                    .iter()
                    .any(|word| token.is(word))
            }),
        };
    }
    false
}

/// One action of an `ALTER`.
fn restorations(
    sql: &str,
    action: &[Token<'_>],
    rules: Rules,
) -> Option<Vec<(Restoration, Option<String>)>> {
    // `COLUMN` may be left out; `ALTER` of anything else says what.
    let mut action = action.to_vec();
    if action.len() > 1
        && action[0].is("alter")
        && !action[1].is("column")
        && !action[1].is("constraint")
    {
        let column = Token {
            text: "column",
            ..action[0]
        };
        action.insert(1, column);
    }
    let (found, undo) = rules
        .iter()
        .find_map(|(pattern, undo)| matched(sql, &action, pattern).map(|found| (found, *undo)))?;
    let inner = found.names.first().and_then(|name| fold(name));
    let of_model = |undo| inner.clone().map(|name| Restoration::Model(undo, name));
    let rule = match undo {
        Undo::Nothing => Restoration::Nothing,
        Undo::Persistence => Restoration::Model(undo, String::new()),
        Undo::DropColumn => {
            let is_column = ![
                "constraint",
                "primary",
                "unique",
                "check",
                "foreign",
                "exclude",
            ]
            .iter()
            .any(|word| found.names[0].eq_ignore_ascii_case(word));
            is_column.then_some(())?;
            Restoration::DropColumn(inner.clone()?)
        }
        Undo::ColumnDefault | Undo::ColumnNull | Undo::ColumnStorage => of_model(undo)?,
        Undo::Action(template) if found.settings.is_empty() => {
            Restoration::Action(filled(template, &found.names))
        }
        Undo::Action(template) => {
            return Some(
                found
                    .settings
                    .iter()
                    .map(|setting| {
                        let mut names = found.names.clone();
                        names.push(setting.clone());
                        (Restoration::Action(filled(template, &names)), inner.clone())
                    })
                    .collect(),
            );
        }
    };
    Some(vec![(rule, inner)])
}

struct Match {
    names: Vec<String>,
    settings: Vec<String>,
}

fn matched(sql: &str, tokens: &[Token<'_>], pattern: &str) -> Option<Match> {
    let mut cursor = Cursor::new(sql, tokens);
    let mut found = Match {
        names: Vec::new(),
        settings: Vec::new(),
    };
    for part in pattern.split(' ') {
        match part {
            "?" => found.names.push(cursor.name()?.0),
            "#" => {
                let number = cursor.next()?.text;
                number.parse::<u16>().ok()?;
                found.names.push(number.to_owned());
            }
            "*" => {
                let rest = cursor.rest();
                (!rest.is_empty()).then_some(())?;
                return Some(found);
            }
            "(*)" => {
                let settings = at_commas(cursor.parenthesis()?);
                found.settings = settings
                    .iter()
                    .map(|piece| {
                        let end = piece
                            .iter()
                            .position(|token| token.text == "=")
                            .unwrap_or(piece.len());
                        span(sql, &piece[..end]).to_owned()
                    })
                    .collect();
            }
            word => cursor.accept(&[word]).then_some(())?,
        }
    }
    cursor.is_at_end().then_some(found)
}

fn filled(template: &str, names: &[String]) -> String {
    let mut names = names.iter();
    let mut text = String::new();
    for part in template.split_inclusive('?') {
        match part.strip_suffix('?') {
            Some(before) => {
                text.push_str(before);
                text.push_str(names.next().map_or("", String::as_str));
            }
            None => text.push_str(part),
        }
    }
    text
}

/// `COMMENT ON COLUMN a.b IS '…'`
fn described(
    cursor: &mut Cursor<'_, '_>,
    start: &str,
    word: &str,
    end: &str,
) -> Option<Vec<Effect>> {
    let rest = cursor.rest();
    let mut depth = 0_usize;
    let at = rest.iter().position(|token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.is(word)
    })?;
    let target = span(cursor.sql, &rest[..at]);
    Some(vec![Effect {
        noun: start.to_owned(),
        spelt: target.to_owned(),
        name: QualifiedName::bare(""),
        inner: None,
        rule: Restoration::Statement(format!("{start} {target} {end}")),
    }])
}

/// `GRANT what ON thing TO whom`. What everybody has from the beginning can't be taken back without harm.
fn granted(cursor: &mut Cursor<'_, '_>) -> Option<Vec<Effect>> {
    let rest = cursor.rest();
    let to = rest.iter().position(|token| token.is("to"))?;
    rest[..to]
        .iter()
        .any(|token| token.is("on"))
        .then_some(())?;
    let end = rest
        .iter()
        .position(|token| token.is("with") || token.is("granted") || token.text == ";");
    let what = span(cursor.sql, &rest[..to]);
    let whom = span(cursor.sql, &rest[to + 1..end.unwrap_or(rest.len())]);
    let by_default = rest[..to].iter().any(|token| {
        [
            "function",
            "functions",
            "procedure",
            "routine",
            "routines",
            "type",
            "types",
            "domain",
            "language",
            "database",
            "all",
        ]
        .iter()
        .any(|word| token.is(word))
    }) && fold(whom).as_deref() == Some("public");
    (!by_default).then_some(())?;
    Some(vec![Effect {
        noun: "GRANT".to_owned(),
        spelt: what.to_owned(),
        name: QualifiedName::bare(""),
        inner: None,
        rule: Restoration::Statement(format!("REVOKE {what} FROM {whom}")),
    }])
}

/// `ALTER DEFAULT PRIVILEGES … GRANT what ON things TO whom`
fn granted_by_default(sql: &str, cursor: &mut Cursor<'_, '_>) -> Option<Vec<Effect>> {
    let rest = cursor.rest();
    let at = rest.iter().position(|token| token.is("grant"))?;
    let scope = span(sql, &rest[..at]);
    while !cursor.accept(&["grant"]) {
        cursor.next()?;
    }
    let mut effects = granted(cursor)?;
    for effect in &mut effects {
        if let Restoration::Statement(revoke) = &mut effect.rule {
            *revoke = format!("ALTER DEFAULT PRIVILEGES {scope} {revoke}").replace("  ", " ");
        }
    }
    Some(effects)
}

impl Effect {
    /// The text that names what it was done to, for whoever asks whether that is still there.
    pub(crate) fn target(&self) -> &str {
        &self.spelt
    }

    /// Whether it is no `ALTER`: what it says of is named in its target.
    pub(crate) fn is_description(&self) -> bool {
        matches!(self.rule, Restoration::Statement(_))
    }

    /// Whether it was done to a table, or what counts as one.
    pub(crate) fn is_of_table(&self) -> bool {
        self.noun == "TABLE"
    }
}
