//! What columns say of a lifecycle: times, flags, actors, reasons.

use crate::ids::{ColumnId, TableId};
use crate::plan::names::NameParts;
use crate::plan::story::copies::alike;
use crate::plan::story::lifecycles::{
    Cycle, Happening, decision, event_of_time, initial, is_decision, is_plan,
};
use crate::plan::story::reader::Reader;
use crate::plan::story::words::{self, Stage, StageKind, stage, stage_of_words};
use crate::plan::story::{Expr, Named, Relation};
use crate::story::{Event, ONE};

pub(super) fn relate(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId, cycle: &Cycle) {
    let name = reader.name(table, column).clone();
    if reader.is_time(table, column) && reader.is_free(table, column) {
        if let Some(value) = ends_of_trial(reader, table, column, cycle) {
            let why = "when its trial ended, or will end";
            reader.relate(table, column, Relation::Value(value), why);
            return;
        }
        if let Some(value) = held_until(&name, cycle) {
            let why = "when it expired, or would have";
            reader.relate(table, column, Relation::Value(value), why);
            return;
        }
    }
    if let Some((word, found)) = event_of_time(reader, table, column) {
        let event = cycle.find(&word, Some(found));
        if decision(cycle, &[]).is_some()
            && is_decision(&word)
            && event.is_none()
            && let (Some(yes), Some(no)) = (cycle.event("approved"), cycle.event("rejected"))
        {
            let either = Expr::First(vec![Expr::Event(yes), Expr::Event(no)]);
            reader.relate(
                table,
                column,
                Relation::Value(either),
                "when it was decided",
            );
            return;
        }
        if is_plan(reader, table, column, &word) {
            if let Some(expr) = plan(event, found) {
                reader.relate(table, column, Relation::Value(expr), "when that is planned");
            }
            return;
        }
        if !reader.is_nullable(table, column) {
            // What is planned isn't when the row is born.
            if cycle
                .planned
                .is_some_and(|planned| planned.start == column || planned.end == Some(column))
                || name.whole_is(&[
                    "arrival_on",
                    "arrival_date",
                    "departure_on",
                    "departure_date",
                    "arrives_on",
                    "departs_on",
                    "checkin_on",
                    "checkout_on",
                    "check_in_on",
                    "check_out_on",
                ])
            {
                return;
            }
            if found.kind == StageKind::Begin || event.is_none() {
                reader.relate(
                    table,
                    column,
                    Relation::Value(Expr::Born),
                    "when the row is born",
                );
            }
            return;
        }
        // What was won or lost was closed either way.
        if matches!(
            word.as_str(),
            "closed" | "ended" | "concluded" | "finalized" | "finished"
        ) && let Some(step @ Event::Step(place)) = event
            && cycle.steps[place].word != word
            && cycle.steps[place].label.is_some()
        {
            let ends = cycle
                .outs
                .iter()
                .enumerate()
                .filter(|(_, out)| out.happening.label.is_some() && ends(&out.happening))
                .map(|(place, _)| Event::Out(place));
            let times: Vec<Expr> = ends.chain([step]).map(Expr::Event).collect();
            let why = format!("when it was {word}, whichever way");
            reader.relate(table, column, Relation::Value(Expr::First(times)), why);
            return;
        }
        // What no label says has ended was left one way or the other.
        if event.is_none() && is_end_of_ways(&word) {
            let times: Vec<Expr> = cycle
                .outs
                .iter()
                .enumerate()
                .filter(|(_, out)| out.happening.label.is_some() && ends(&out.happening))
                .map(|(place, _)| Expr::Event(Event::Out(place)))
                .collect();
            if !times.is_empty() {
                let why = format!("when it was {word}, whichever way");
                reader.relate(table, column, Relation::Value(Expr::First(times)), why);
                return;
            }
        }
        let event = event.or_else(|| {
            (found.kind == StageKind::Begin || initial(cycle) == Some(found))
                .then_some(Event::Begin)
        });
        if let Some(event) = event {
            let why = format!("when it was {word}; NULL until then");
            let mut value = Expr::Event(event);
            // What a label calls a draft wasn't published, and all else was.
            if found.name == "published"
                && cycle.state.is_none()
                && let Some((of, drafts)) = drafts(reader, table)
            {
                let then = Expr::First(vec![value, Expr::Born]);
                value = Expr::when(Expr::Is(of, drafts), Expr::Null, then);
            }
            reader.relate(table, column, Relation::Value(value), why);
        }
        return;
    }
    if reader.is_time(table, column) && crate::plan::story::states::is_change_of_state(&name.own) {
        let last = Expr::Greatest(vec![Expr::Born, Expr::Event(Event::Last)]);
        reader.relate(
            table,
            column,
            Relation::Value(last),
            "when its state last changed",
        );
        return;
    }
    if reader.is_time(table, column)
        && name.own.last() == "until"
        && reader.is_nullable(table, column)
    {
        until(reader, table, column, cycle);
        return;
    }
    if reader.is_time(table, column)
        && name.whole_is(&[
            "expires_at",
            "expires_on",
            "expiry_date",
            "expiration_date",
            "valid_until",
        ])
        && cycle.event("expired").is_none()
        && reader.is_free(table, column)
    {
        let begins = [
            "published",
            "issued",
            "activated",
            "sent",
            "approved",
            "completed",
        ]
        .iter()
        .find_map(|name| cycle.event(name));
        if let Some(begins) = begins {
            let day = 86_400_000_000;
            let from = Expr::First(vec![Expr::Event(begins), Expr::Born]);
            let mut later = Expr::Sum(vec![
                from,
                Expr::Random("expires", 7 * day, 180, day, false),
            ]);
            if reader.is_nullable(table, column) {
                later = Expr::when(Expr::Chance("expires", 50_000), later, Expr::Null);
            }
            reader.relate(
                table,
                column,
                Relation::Value(later),
                "some time after it began",
            );
        }
        return;
    }
    if reader.is_time(table, column) && name.own.whole.starts_with("updated") {
        let last = Expr::Greatest(vec![Expr::Born, Expr::Event(Event::Last)]);
        reader.relate(
            table,
            column,
            Relation::Value(last),
            "when something last happened to it",
        );
        return;
    }
    if reader.is_boolean(table, column) {
        flag(reader, table, column, &name.own, cycle);
        return;
    }
    let is_reference = reader.facts[table].reference_of[column].is_some();
    // What something really cost is known when it is through.
    if let Some(last) = cycle.steps.len().checked_sub(1)
        && reader.is_number(table, column)
        && reader.is_nullable(table, column)
        && reader.is_free(table, column)
        && name.own.has_any(&["actual", "final"])
    {
        let relation = Relation::OnlyIf(Expr::happened(Event::Step(last)));
        reader.story.tables[table]
            .relations
            .insert(column, (relation, "only where it is through".to_owned()));
        return;
    }
    if !reader.is_nullable(table, column) || (!is_reference && !reader.is_free(table, column)) {
        return;
    }
    // What people think of it, once it is through.
    if name.whole_is(&[
        "rating",
        "satisfaction",
        "satisfaction_score",
        "satisfaction_rating",
        "csat",
        "csat_score",
        "nps",
        "nps_score",
        "customer_rating",
    ]) && !is_reference
        && let Some(event @ Event::Step(_)) = cycle.event("completed")
    {
        let relation = Relation::OnlyIf(Expr::happened(event));
        reader.story.tables[table]
            .relations
            .insert(column, (relation, "only where it is through".to_owned()));
        return;
    }
    // What its comment says in the words of a label.
    let by_comment = (is_reference || reader.is_text(table, column))
        .then(|| super::labelled::of_reason(reader, table, column))
        .flatten()
        .and_then(|(word, found)| Some((word.clone(), cycle.find(&word, Some(found))?)));
    let said = by_comment.or_else(|| {
        name.all()
            .find_map(|parts| said_by(reader, table, column, parts, cycle))
    });
    if let Some((word, event)) = said {
        let happened = match (event, cycle.event("approved"), cycle.event("rejected")) {
            (Event::Last, Some(yes), Some(no)) => Expr::Known(Box::new(Expr::First(vec![
                Expr::Event(yes),
                Expr::Event(no),
            ]))),
            _ => Expr::happened(event),
        };
        let relation = Relation::OnlyIf(happened);
        let why = format!("only where it was {word}");
        reader.story.tables[table]
            .relations
            .insert(column, (relation, why));
    }
}

/// Whether what happened ended a row: what is paused, disputed or due may go on.
fn ends(happening: &Happening) -> bool {
    happening.stage.is_none_or(|stage| {
        !matches!(
            stage.name,
            "overdue" | "suspended" | "disputed" | "postponed" | "reopened"
        )
    })
}

/// Whether a word says that something is over, and not that it was done.
pub(super) fn is_end_of_ways(word: &str) -> bool {
    matches!(word, "ended" | "concluded" | "ceased")
}

/// When a trial ends: when the row left it, or some days after it began.
fn ends_of_trial(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    cycle: &Cycle,
) -> Option<Expr> {
    let name = reader.name(table, column);
    if !name.has(&["trial"]) || !name.has(&["end", "ends", "ended", "until", "expires", "expiry"]) {
        return None;
    }
    let day = 86_400 * ONE;
    // As long as the plan says.
    let days = reader
        .references(table)
        .into_iter()
        .filter(|&(via, target)| target != table && !reader.is_nullable(table, via))
        .find_map(|(via, target)| {
            let days = reader.columns(target).find(|&days| {
                reader.is_whole(target, days)
                    && !reader.is_nullable(target, days)
                    && reader.name(target, days).whole_is(&[
                        "trial_days",
                        "trial_period_days",
                        "trial_length_days",
                    ])
            })?;
            let days = Expr::There(via, Box::new(Expr::Column(days)));
            Some(days.times(Expr::whole(86_400)))
        })
        .unwrap_or(Expr::Number(14 * day));
    let usual = Expr::Sum(vec![Expr::Born, days]);
    let later = Expr::Sum(vec![Expr::Now, Expr::Random("trial", day, 12, day, false)]);
    let begins_in_trial = cycle.state.as_ref().is_some_and(|state| {
        state
            .labels
            .get(cycle.initial)
            .is_some_and(|label| label.contains("trial"))
    });
    let first = cycle
        .steps
        .iter()
        .position(|step| step.label.is_some())
        .filter(|_| begins_in_trial);
    let Some(first) = first else {
        return Some(usual);
    };
    let left = Expr::Event(Event::Step(first));
    let outs = (0..cycle.outs.len()).map(|place| Expr::Event(Event::Out(place)));
    let gone = Expr::Known(Box::new(Expr::First(outs.collect())));
    let open = Expr::Greatest(vec![usual.clone(), later]);
    Some(Expr::First(vec![left, Expr::when(gone, usual, open)]))
}

/// Until when something is held that expires: when it expired, else after it was done, else later than now.
fn held_until(name: &Named, cycle: &Cycle) -> Option<Expr> {
    let is_limit = name.has(&["expires", "expiry", "expiration"])
        || (name.own.last() == "until" && name.has(&["hold", "held", "reserved", "valid"]));
    let expired = cycle.event("expired").filter(|_| is_limit)?;
    let hour = 3_600 * ONE;
    let last = cycle.steps.len().checked_sub(1)?;
    let done = Event::Step(last);
    let some = || Expr::Random("held", hour, 48, hour, true);
    let base = Expr::Greatest(vec![Expr::Born, Expr::Event(Event::Last)]);
    let after = Expr::Sum(vec![base.clone(), some()]);
    let open = Expr::Sum(vec![Expr::Greatest(vec![base, Expr::Now]), some()]);
    Some(Expr::First(vec![
        Expr::Event(expired),
        Expr::when(Expr::happened(done), after, open),
    ]))
}

/// The column that has a label for drafts, and these labels.
fn drafts(reader: &Reader<'_, '_>, table: TableId) -> Option<(ColumnId, Vec<String>)> {
    reader.columns(table).find_map(|column| {
        let name = reader.name(table, column);
        if !name.has(&["visibility", "status", "privacy", "access", "publication"]) {
            return None;
        }
        let drafts: Vec<String> = crate::plan::story::lifecycles::labels(reader, table, column)
            .into_iter()
            .filter(|(_, word)| stage(word).is_some_and(|found| found.name == "draft"))
            .map(|(text, _)| text)
            .collect();
        (!drafts.is_empty()).then_some((column, drafts))
    })
}

/// The event of which a name says who or why: `approved_by`, `rejection_reason`.
fn said_by(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    parts: &NameParts,
    cycle: &Cycle,
) -> Option<(String, Event)> {
    let is_reference = reader.facts[table].reference_of[column].is_some();
    let without: Vec<String> = parts
        .words
        .iter()
        .filter(|word| {
            !matches!(
                word.as_str(),
                "id" | "by"
                    | "user"
                    | "reason"
                    | "message"
                    | "note"
                    | "notes"
                    | "comment"
                    | "cause"
                    | "details"
                    | "detail"
                    | "description"
                    | "text"
                    | "code"
                    | "memo"
                    | "feedback"
                    | "explanation"
                    | "justification"
                    | "comments"
                    | "remark"
                    | "remarks"
                    | "staff"
                    | "admin"
                    | "employee"
                    | "member"
            )
        })
        .cloned()
        .collect();
    if is_reference
        && !parts.has("by")
        && let Some(event) = without
            .last()
            .into_iter()
            .flat_map(|word| words::stages_of_actor(word))
            .find_map(|stage| {
                cycle
                    .event(stage)
                    .filter(|event| matches!(event, Event::Step(_)))
            })
    {
        return Some((without.join("_"), event));
    }
    let names_people = is_reference
        && stage_of_words(&without).is_some()
        && parts.has_any(&["staff", "user", "admin", "employee", "clerk", "officer"]);
    let is_actor = parts.has("by")
        || names_people
        || (is_reference
            && without.last().is_some_and(|word| {
                word.ends_with("er") || word.ends_with("or") || word.ends_with("ee")
            }));
    let is_reason = reader.is_text(table, column)
        && parts.has_any(&[
            "reason",
            "message",
            "note",
            "notes",
            "cause",
            "comment",
            "memo",
            "code",
            "detail",
            "details",
            "feedback",
            "explanation",
            "justification",
            "comments",
            "remark",
            "remarks",
        ]);
    // What somebody answered, where it was answered.
    let is_outcome = reader.is_text(table, column)
        && parts.words.len() == 1
        && matches!(
            parts.whole.as_str(),
            "answer"
                | "reply"
                | "response"
                | "resolution"
                | "signature"
                | "outcome"
                | "verdict"
                | "decision"
        );
    if is_outcome {
        let own = &parts.whole;
        let of = cycle
            .sides
            .iter()
            .enumerate()
            .map(|(place, side)| (side, Event::Side(place)))
            .chain(
                cycle
                    .steps
                    .iter()
                    .enumerate()
                    .map(|(place, step)| (step, Event::Step(place))),
            )
            .find(|(happening, _)| {
                crate::plan::story::copies::alike(&happening.word, own)
                    || happening.stage.is_some_and(|stage| {
                        stage_of_words(std::slice::from_ref(own)) == Some(stage)
                    })
            });
        return of.map(|(happening, event)| (happening.word.clone(), event));
    }
    if !(is_actor || is_reason) {
        return None;
    }
    if parts.has("error") || parts.whole == "last_error" {
        return cycle
            .event("failed")
            .map(|event| ("failed".to_owned(), event));
    }
    let word = without.join("_");
    let own = stage_of_words(&without);
    // Who decided, whichever way.
    if is_decision(&word) && decision(cycle, &[]).is_some() && cycle.find(&word, own).is_none() {
        return Some((word, Event::Last));
    }
    cycle
        .find(&word, own)
        .or_else(|| cycle.event(own?.follows()?))
        // `exmatriculation_reason` of what was `exmatriculated`, whatever that is.
        .or_else(|| {
            let mut outs = cycle.outs.iter();
            let place = outs.position(|out| alike(&out.happening.word, &word))?;
            is_reason.then_some(Event::Out(place))
        })
        .map(|event| (word, event))
}

/// `suspended_until`: some time after it happened, and only where it did.
fn until(reader: &mut Reader<'_, '_>, table: TableId, column: ColumnId, cycle: &Cycle) {
    let words = reader.name(table, column).own.words.clone();
    let words = &words[..words.len().saturating_sub(1)];
    let Some(found) = stage_of_words(words) else {
        return;
    };
    if let Some(event) = cycle.find(&words.join("_"), Some(found)) {
        let day = 86_400_000_000;
        let later = Expr::Sum(vec![
            Expr::Event(event),
            Expr::Random("until", day, 60, day, false),
        ]);
        let value = Expr::when(Expr::happened(event), later, Expr::Null);
        reader.relate(
            table,
            column,
            Relation::Value(value),
            format!("some time after it was {}", words.join("_")),
        );
    }
}

pub(super) fn plan(event: Option<Event>, found: &'static Stage) -> Option<Expr> {
    let hour = 3_600_000_000;
    let (from, planned) = match event {
        // `scheduled_for`: when the step after is to come.
        Some(Event::Step(place)) if found.name == "scheduled" => (
            Expr::happened(Event::Step(place)),
            vec![Event::Plan(place + 1), Event::Step(place)],
        ),
        Some(Event::Step(0)) => (Expr::happened(Event::Begin), vec![Event::Plan(0)]),
        Some(Event::Step(place)) => (
            Expr::happened(Event::Step(place - 1)),
            vec![Event::Plan(place), Event::Step(place - 1)],
        ),
        _ => return None,
    };
    let times = planned.into_iter().map(Expr::Event).collect();
    Some(Expr::when(
        from,
        Expr::Floor(Box::new(Expr::First(times)), hour),
        Expr::Null,
    ))
}

/// What a flag says: `is_published` that something was published.
pub(super) fn flag_words(name: &NameParts) -> Vec<String> {
    name.words
        .iter()
        .filter(|word| !matches!(word.as_str(), "is" | "has" | "was" | "been" | "flag"))
        .cloned()
        .collect()
}

pub(super) fn flag(
    reader: &mut Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    name: &NameParts,
    cycle: &Cycle,
) {
    let words = flag_words(name);
    let word = words.join("_");
    // Whether something was late or missed is told from when it was due.
    if word == "late"
        || (matches!(word.as_str(), "missed" | "overdue") && cycle.find(&word, None).is_none())
    {
        return;
    }
    let known = stage_of_words(&words).filter(|found| words.len() == 1 || found.name == word);
    let Some(found) =
        known.or_else(|| stage("other").filter(|_| cycle.find(&word, None).is_some()))
    else {
        return;
    };
    let against: [(&str, &[&str]); 2] = [
        (
            "activated",
            &[
                "suspended",
                "terminated",
                "cancelled",
                "deleted",
                "withdrawn",
            ],
        ),
        (
            "open",
            &["completed", "cancelled", "expired", "rejected", "void"],
        ),
    ];
    let last = cycle
        .steps
        .iter()
        .rposition(|step| step.stage.is_none_or(|stage| stage.name != "archived"));
    let expr = if let Some(event) = cycle.find(&word, Some(found)) {
        Some(Expr::happened(event))
    } else if let ("completed", Some(last)) = (found.name, last) {
        // What was the last to happen completes it.
        Some(Expr::happened(Event::Step(last)))
    } else if found.name == "draft" && cycle.state.is_none() && !cycle.steps.is_empty() {
        // What was published is a draft no more.
        Some(Expr::Not(Box::new(Expr::happened(Event::Step(0)))))
    } else if let Some(state) = &cycle.state
        && initial(cycle) == Some(found)
    {
        state
            .labels
            .get(cycle.initial)
            .map(|label| Expr::Is(state.column, vec![label.clone()]))
    } else {
        against
            .iter()
            .find(|(name, _)| *name == found.name)
            .and_then(|(_, ends)| {
                let ends: Vec<Expr> = ends
                    .iter()
                    .filter_map(|end| cycle.event(end))
                    .map(|event| Expr::Not(Box::new(Expr::happened(event))))
                    .collect();
                (!ends.is_empty()).then_some(Expr::All(ends))
            })
    };
    if let Some(expr) = expr {
        reader.relate(
            table,
            column,
            Relation::Value(expr),
            format!("whether it was {word}"),
        );
    }
}
