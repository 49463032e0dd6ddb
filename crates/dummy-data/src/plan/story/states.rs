//! The column of a table's state, and the labels that columns may hold.

use crate::ids::{ColumnId, TableId};
use crate::plan::bounds::number_bounds;
use crate::plan::sql::default_constant;
use crate::plan::story::labelled;
use crate::plan::story::lifecycles::event_of_time;
use crate::plan::story::reader::Reader;
use crate::plan::story::words::{Stage, StageKind, listed_labels, numbered_labels, stage};
use value_model::ValueType;

/// The labels that a column may hold: as stored, and what they mean.
type Labels = Vec<(String, String)>;

/// Columns whose few texts are no states.
const NO_STATES: &[&str] = &[
    "type",
    "kind",
    "role",
    "plan",
    "method",
    "priority",
    "category",
    "gender",
    "sex",
    "level",
    "tier",
    "currency",
    "country",
    "locale",
    "language",
    "visibility",
    "severity",
    "size",
    "unit",
    "provider",
    "source",
    "frequency",
    "interval",
    "format",
    "brand",
    "reason",
    "channel",
    "direction",
    "prefecture",
    "weekday",
    "grade",
];

/// Whether a word says what something that is used again and again is doing.
pub(super) fn is_of_resource(word: &str) -> bool {
    let word = word.to_lowercase().replace([' ', '-'], "_");
    matches!(
        word.as_str(),
        "available"
            | "in_use"
            | "in_stock"
            | "occupied"
            | "vacant"
            | "free"
            | "maintenance"
            | "in_maintenance"
            | "under_maintenance"
            | "out_of_order"
            | "out_of_service"
            | "broken"
            | "in_repair"
            | "under_repair"
            | "repair"
            | "retired"
            | "cleaning"
            | "dirty"
            | "rented"
            | "rented_out"
            | "on_loan"
            | "reserved"
            | "checked_out"
            | "sold"
            | "scrapped"
            | "lost"
            | "damaged"
            | "idle"
            | "running"
            | "online"
            | "offline"
            | "disposed"
            | "assigned"
            | "空室"
            | "入居中"
            | "使用中"
            | "貸出中"
            | "整備中"
            | "故障"
            | "利用可"
            | "廃棄"
            | "修理中"
            | "在庫"
            | "在架"
            | "在庫あり"
            | "稼働中"
            | "待機中"
            | "紛失"
            | "除籍"
    )
}

/// The column of a table's state, and its labels: the text that is stored, and the word that it means.
pub(super) fn state(reader: &Reader<'_, '_>, table: TableId) -> Option<(ColumnId, Labels)> {
    let mut best: Option<(usize, ColumnId, Labels)> = None;
    for column in reader.free(table, |_| true) {
        if reader.is_unique(table, column) || reader.is_boolean(table, column) {
            continue;
        }
        let name = reader.name(table, column);
        let is_state = name.is(&[
            "status",
            "state",
            "stage",
            "phase",
            "aasm_state",
            "workflow_state",
        ]);
        if name.has(NO_STATES) && !is_state {
            continue;
        }
        let is_address = name.own.whole == "state"
            && reader.columns(table).any(|other| {
                reader
                    .name(table, other)
                    .is(&["city", "zip", "postal_code"])
            });
        let mut labels = labels(reader, table, column);
        let is_own = name.whole_is(&[
            "status",
            "state",
            "stage",
            "phase",
            "aasm_state",
            "workflow_state",
            "current_status",
            "current_state",
        ]) || name
            .own
            .whole
            .starts_with(&format!("{}_", reader.one_of(table)));
        if labels.is_empty() && is_state && is_own && !is_address && reader.is_text(table, column) {
            labels = labels_of_times(reader, table, column);
        }
        let known = labels
            .iter()
            .filter(|(_, word)| {
                stage(word).is_some()
                    || labelled::has_time(reader, table, word)
                    || labelled::has_said_time(reader, table, word)
            })
            .count();
        let moves = labels.iter().any(|(_, word)| {
            stage(word).is_some_and(|stage| stage.kind != StageKind::Side)
                || labelled::has_time(reader, table, word)
                || labelled::has_said_time(reader, table, word)
        });
        if labels.len() < 2 || known < 2 || !moves || (!is_state && known * 3 < labels.len() * 2) {
            continue;
        }
        let weight = known + if is_state { 100 } else { 0 };
        if best.as_ref().is_none_or(|(most, ..)| weight > *most) {
            best = Some((weight, column, labels));
        }
    }
    best.map(|(_, column, labels)| (column, labels))
}

/// The labels that a column may hold: as stored, and what they mean.
pub(crate) fn labels(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Vec<(String, String)> {
    let facts = &reader.facts[table];
    let own = reader.column(table, column);
    let domain = facts.rules.domains.get(&own.name);
    let allowed = |text: &str| {
        domain.is_none_or(|domain| {
            !domain.none_of.iter().any(|none| none == text)
                && domain
                    .one_of
                    .as_ref()
                    .is_none_or(|values| values.iter().any(|value| value == text))
        })
    };
    let comment = own.comment.as_deref().unwrap_or("");
    if let ValueType::Enum(name) = &own.data_type.kind {
        let labels = reader
            .schema
            .own
            .enum_type(name)
            .map_or(&[][..], |found| &found.values);
        return labels
            .iter()
            .filter(|label| allowed(label))
            .map(|label| (label.clone(), label.clone()))
            .collect();
    }
    if reader.is_number(table, column) {
        let bounds = number_bounds(&own.data_type.kind, &domain.cloned().unwrap_or_default());
        return numbered_labels(comment)
            .into_iter()
            .filter(|(number, _)| {
                (bounds.least..=bounds.greatest).contains(number) && allowed(&number.to_string())
            })
            .map(|(number, word)| (number.to_string(), word))
            .collect();
    }
    if !reader.is_text(table, column) {
        return Vec::new();
    }
    if let Some(values) = domain.and_then(|domain| domain.one_of.as_ref()) {
        return values
            .iter()
            .filter(|value| allowed(value))
            .map(|value| (value.clone(), value.clone()))
            .collect();
    }
    if domain.is_some_and(|domain| !domain.patterns.is_empty() || domain.shortest.is_some()) {
        return Vec::new();
    }
    let of_ways = labels_of_ways(reader, table, column);
    if !of_ways.is_empty() {
        return of_ways;
    }
    listed_labels(comment)
        .into_iter()
        .map(|value| (value.clone(), value))
        .collect()
}

/// The texts that the ways of a check leave a column: `type = 'PartItem' AND … OR type = 'LaborItem' AND …`.
fn labels_of_ways(reader: &Reader<'_, '_>, table: TableId, column: ColumnId) -> Labels {
    let mut found = Vec::new();
    for ways in &reader.facts[table].ways {
        let Some(place) = ways.columns.iter().position(|&own| own == column) else {
            continue;
        };
        for domain in ways.of(place) {
            let Some(values) = &domain.one_of else {
                return Vec::new();
            };
            for value in values {
                if !found.iter().any(|(known, _)| known == value) {
                    found.push((value.clone(), value.clone()));
                }
            }
        }
    }
    found
}

/// The labels that a state without a list could have: its default, and what the table has times of.
fn labels_of_times(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Vec<(String, String)> {
    let own = reader.column(table, column);
    let domain = reader.facts[table].rules.domains.get(&own.name);
    if domain.is_some_and(|domain| !domain.says_nothing_of_values()) {
        return Vec::new();
    }
    let mut found: Vec<(String, &'static Stage)> = reader
        .columns(table)
        .filter(|&other| reader.is_nullable(table, other))
        .filter_map(|other| event_of_time(reader, table, other))
        .filter(|(_, stage)| stage.kind != StageKind::Side)
        .collect();
    found.sort_by_key(|(_, stage)| stage.rank);
    if found.is_empty() {
        return Vec::new();
    }
    let first = default_constant(own).unwrap_or_else(|| "pending".to_owned());
    std::iter::once(first.clone())
        .chain(found.into_iter().map(|(word, _)| word))
        .filter({
            let mut seen = Vec::new();
            move |word| {
                let fresh = !seen.contains(word);
                seen.push(word.clone());
                fresh
            }
        })
        .map(|word| (word.clone(), word))
        .collect()
}

/// Whether a time is when the state last changed.
pub(super) fn is_change_of_state(name: &crate::plan::names::NameParts) -> bool {
    name.has_any(&["status", "state", "stage", "phase", "step"])
        && name.has_any(&[
            "changed",
            "updated",
            "since",
            "entered",
            "transitioned",
            "transition",
            "change",
        ])
        || matches!(
            name.whole.as_str(),
            "last_transition_at" | "transitioned_at" | "last_status_change_at"
        )
}
