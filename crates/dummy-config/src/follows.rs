//! What columns can follow from: other columns, parents, children, states.

use crate::column::{self, plain, share};
use crate::reader::{Reader, Value, decimal, span};
use dummy_data::{
    Case, Conditions, LifecycleSettings, LifecycleStep, Located, Persona, Problem, Source, Take,
};
use toml::de::{DeTable, DeValue};

/// `{ status = "paid" }`, `{ status = ["paid", "sent"], deleted_at = { null = true } }`.
pub(crate) fn conditions(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    key: &str,
) -> Option<Conditions> {
    let DeValue::Table(columns) = value.get_ref() else {
        reader.wrong(
            value,
            key,
            "columns with what they hold: `{ status = \"paid\" }` or `{ status = [\"paid\", \"sent\"] }`",
        );
        return None;
    };
    let mut all = Vec::new();
    for (name, value) in columns {
        let values: Vec<Option<Located<String>>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().map(located).collect(),
            DeValue::Table(null) if is_null(null) => Vec::new(),
            _ => vec![located(value)],
        };
        let values: Option<Vec<Located<String>>> = values.into_iter().collect();
        let Some(values) = values else {
            reader.wrong(
                value,
                name.get_ref(),
                "a text, a number, true or false, a list of them, or `{ null = true }`",
            );
            return None;
        };
        let name = Located {
            value: name.get_ref().to_string(),
            span: span(name),
        };
        all.push((name, values));
    }
    if all.is_empty() {
        reader.problems.push(
            Problem::configured(span(value), format!("`{key}` names no column"))
                .hint("such as `{ status = \"paid\" }`"),
        );
        return None;
    }
    all.sort_by_key(|(name, _)| name.span);
    Some(Conditions {
        all,
        span: span(value),
    })
}

/// Whether it is `{ null = true }`.
pub(crate) fn is_null(table: &DeTable<'_>) -> bool {
    let null = table.get("null").filter(|_| table.len() == 1);
    null.is_some_and(|null| matches!(null.get_ref(), DeValue::Boolean(true)))
}

fn located(value: &Value<'_>) -> Option<Located<String>> {
    Some(Located {
        value: plain(value)?,
        span: span(value),
    })
}

/// `customer.email`, in so many parts at least.
pub(crate) fn path(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    (key, wanted): (&str, &str),
    least: usize,
) -> Option<Located<Vec<String>>> {
    let text = reader.text_of(value, key)?;
    let parts: Vec<String> = text
        .value
        .split('.')
        .map(|part| part.trim().to_owned())
        .collect();
    if parts.len() < least || parts.iter().any(String::is_empty) {
        reader.problems.push(Problem::configured(
            text.span,
            format!("`{key}` wants {wanted}"),
        ));
        return None;
    }
    Some(Located {
        value: parts,
        span: text.span,
    })
}

/// Something over the rows that point here.
pub(crate) fn children(
    reader: &mut Reader<'_>,
    (key, take): (&str, Take),
    value: &Value<'_>,
    table: &DeTable<'_>,
) -> Option<Source> {
    let (wanted, least) = if take == Take::Count {
        ("a table that points here, such as `order_lines`", 1)
    } else {
        (
            "a table that points here and its column, such as `order_lines.amount`",
            2,
        )
    };
    let of = path(reader, value, (key, wanted), least)?;
    let only = match table.get("where") {
        Some(value) => Some(conditions(reader, value, "where")?),
        None => None,
    };
    Some(Source::Children { take, of, only })
}

/// `[[tables.T.columns.C.cases]]`.
pub(crate) fn cases(reader: &mut Reader<'_>, value: &Value<'_>, name: &str) -> Vec<Case> {
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong(
            value,
            "cases",
            "a list: `[{ when = { status = \"paid\" }, values = [\"a\"] }]`",
        );
        return Vec::new();
    };
    let mut cases = Vec::new();
    for item in items {
        let Some(table) = reader.table(item, "cases") else {
            continue;
        };
        let Some(when) = table.get("when") else {
            reader.problems.push(
                Problem::configured(
                    span(item),
                    format!("when this case of `{name}` holds isn't said"),
                )
                .hint("begin it with `when = { status = \"paid\" }`"),
            );
            continue;
        };
        let Some(when) = conditions(reader, when, "when") else {
            continue;
        };
        let null = table
            .get("null")
            .is_some_and(|null| matches!(null.get_ref(), DeValue::Boolean(true)));
        let source = if null {
            reader.only_known_keys(table, "the case", &["when", "null"]);
            None
        } else {
            let Some(source) = column::source(reader, name, table, &["when"]) else {
                if !table.keys().any(|key| column::is_source(key.get_ref())) {
                    reader.problems.push(
                        Problem::configured(
                            span(item),
                            format!("what `{name}` holds in this case isn't said"),
                        )
                        .hint(
                            "`values`, `range`, `generator`, `template`, `from` or `null = true`",
                        ),
                    );
                }
                continue;
            };
            Some(source)
        };
        cases.push(Case {
            when,
            source,
            span: span(item),
        });
    }
    cases
}

/// `[[tables.T.personas]]`: a share and what columns hold.
pub(crate) fn personas(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<Persona> {
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong(
            value,
            "personas",
            "a list: `[{ share = 0.1, columns = { role = \"admin\", plan = \"pro\" } }]`",
        );
        return Vec::new();
    };
    let mut personas = Vec::new();
    let mut sum = 0;
    for item in items {
        let Some(table) = reader.table(item, "personas") else {
            continue;
        };
        reader.only_known_keys(table, "a persona", &["share", "columns"]);
        let (Some(given), Some(columns)) = (table.get("share"), table.get("columns")) else {
            reader.problems.push(
                Problem::configured(
                    span(item),
                    "a persona wants `share`, in how many rows, and `columns`, what they hold",
                )
                .hint("such as `share = 0.1` and `columns = { role = \"admin\", plan = \"pro\" }`"),
            );
            continue;
        };
        let (Some(own), Some(columns)) = (
            share(reader, given, "share"),
            reader.table(columns, "columns"),
        ) else {
            continue;
        };
        sum += own.value;
        if sum > 65_536 + 64 {
            reader.problems.push(
                Problem::configured(
                    own.span,
                    "the shares of all personas are more than 1 together",
                )
                .hint("rows of no persona have what is left of 1"),
            );
        }
        let mut held = Vec::new();
        for (name, value) in columns {
            let null = matches!(value.get_ref(), DeValue::Table(table) if is_null(table));
            let text = if null {
                Some(None)
            } else {
                plain(value).map(Some)
            };
            let Some(text) = text else {
                reader.wrong(
                    value,
                    name.get_ref(),
                    "a text, a number, true or false, or `{ null = true }`",
                );
                continue;
            };
            held.push((
                Located {
                    value: name.get_ref().to_string(),
                    span: span(name),
                },
                Located {
                    value: text,
                    span: span(value),
                },
            ));
        }
        held.sort_by_key(|(name, _)| name.span);
        personas.push(Persona {
            share: own,
            columns: held,
            span: span(item),
        });
    }
    personas
}

/// `[tables.T.lifecycle]`: a column, its states on the way, and those in which rows leave it.
pub(crate) fn lifecycle(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<LifecycleSettings> {
    let table = reader.table(value, "lifecycle")?;
    reader.only_known_keys(table, "a lifecycle", &["column", "steps", "outs"]);
    let Some(column) = table.get("column") else {
        reader.problems.push(
            Problem::configured(span(value), "which column has the state isn't said")
                .hint("write `column = \"status\"`"),
        );
        return None;
    };
    let column = reader.text_of(column, "column")?;
    let Some(steps) = table.get("steps") else {
        reader.problems.push(
                Problem::configured(span(value), "the states on the way aren't said")
                    .hint("write `steps = [\"placed\", \"paid\", { state = \"shipped\", time = \"shipped_at\", days = 2 }]`"),
            );
        return None;
    };
    let steps = states(reader, steps, "steps", &["state", "time", "days"])?;
    let outs = match table.get("outs") {
        Some(outs) => states(
            reader,
            outs,
            "outs",
            &["state", "time", "days", "share", "after"],
        )?,
        None => Vec::new(),
    };
    Some(LifecycleSettings {
        column,
        steps,
        outs,
        span: span(value),
    })
}

fn states(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    key: &str,
    known: &[&str],
) -> Option<Vec<LifecycleStep>> {
    let DeValue::Array(items) = value.get_ref() else {
        reader.wrong(value, key, "a list of states: `[\"placed\", \"paid\"]`");
        return None;
    };
    if items.is_empty() && key == "steps" {
        reader.wrong(value, key, "one state at least");
        return None;
    }
    let mut states = Vec::new();
    for item in items {
        let DeValue::Table(table) = item.get_ref() else {
            let Some(state) = located(item) else {
                reader.wrong(
                    item,
                    key,
                    "states: texts, numbers, or `{ state = \"paid\", time = \"paid_at\" }`",
                );
                return None;
            };
            states.push(LifecycleStep {
                state,
                time: None,
                days: None,
                share: None,
                after: None,
            });
            continue;
        };
        reader.only_known_keys(table, "a state", known);
        let Some(state) = table.get("state").and_then(located) else {
            reader.problems.push(
                Problem::configured(span(item), "which state this is isn't said")
                    .hint("write `state = \"paid\"`"),
            );
            return None;
        };
        let days = match table.get("days") {
            Some(days) => {
                let Some(number) = decimal(days).filter(|days| (0.0..=36_500.0).contains(days))
                else {
                    reader.wrong(days, "days", "a number of days from 0 on, such as 1.5");
                    return None;
                };
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "hundredths of a hundred years at most"
                )]
                let hundredths = (number * 100.0).round() as u32;
                Some(hundredths)
            }
            None => None,
        };
        states.push(LifecycleStep {
            state,
            time: table
                .get("time")
                .and_then(|time| reader.text_of(time, "time")),
            days,
            share: table
                .get("share")
                .and_then(|given| share(reader, given, "share"))
                .map(|share| share.value),
            after: table.get("after").and_then(located),
        });
    }
    Some(states)
}
