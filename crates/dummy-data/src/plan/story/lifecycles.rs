//! Lifecycles: states, and the times, flags, actors and reasons that are named after them.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::Relation;
use crate::plan::story::labelled::{self, Likeness};
use crate::plan::story::plans;
use crate::plan::story::reader::Reader;
use crate::plan::story::states::is_change_of_state;
pub(crate) use crate::plan::story::states::labels;
use crate::plan::story::states::{is_of_resource, state};
use crate::plan::story::words::{Place, Stage, StageKind, stage, stage_of_words};
use crate::story::Event;

/// A table's way of life.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cycle {
    /// Where the state is.
    pub state: Option<StateColumn>,
    /// The place of the label that rows are born with.
    pub initial: usize,
    /// What happens, in order.
    pub steps: Vec<Happening>,
    /// What can happen instead.
    pub outs: Vec<WayOut>,
    /// What can happen besides.
    pub sides: Vec<Happening>,
    /// The step that happens when it was planned.
    pub planned: Option<PlannedStep>,
    /// The step that happens when what the row belongs to begins.
    pub planned_there: Option<PlannedThere>,
}

/// The column of a state.
#[derive(Debug, Clone)]
pub(crate) struct StateColumn {
    /// The column.
    pub column: ColumnId,
    /// The texts of its labels.
    pub labels: Vec<String>,
}

/// What can happen instead of the next step.
#[derive(Debug, Clone)]
pub(crate) struct WayOut {
    /// What happens.
    pub happening: Happening,
    /// After how many steps.
    pub after: usize,
}

/// A step that happens when it was planned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlannedStep {
    /// The step's place.
    pub step: usize,
    /// The column that says when.
    pub start: ColumnId,
    /// The column that says when it ends.
    pub end: Option<ColumnId>,
}

/// A step that happens when what the row belongs to begins.
#[derive(Debug, Clone)]
pub(crate) struct PlannedThere {
    /// The step's place.
    pub step: usize,
    /// The columns that lead there.
    pub path: Vec<ColumnId>,
    /// The column that says when that begins.
    pub start: ColumnId,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub(crate) struct Happening {
    /// Its name: a label's, or what a column calls it.
    pub word: String,
    /// What it is.
    pub stage: Option<&'static Stage>,
    /// The place of its label.
    pub label: Option<usize>,
    /// Its rank.
    rank: u32,
    /// How many days it usually takes.
    pub days: f64,
    /// Another stage that is the same thing here: what is in transit was dispatched.
    also: Option<&'static Stage>,
    /// Of 65,536 rows, to how many it happens, where somebody says so.
    share: Option<u32>,
}

impl Happening {
    fn new(word: &str, stage: Option<&'static Stage>, label: Option<usize>, rank: u32) -> Self {
        Self {
            word: word.to_lowercase(),
            stage,
            label,
            rank,
            days: stage.map_or(3.0, |stage| stage.days.max(1.0)),
            also: None,
            share: None,
        }
    }

    /// One that a configuration gives.
    pub(super) fn configured(
        word: &str,
        label: usize,
        days: Option<f64>,
        share: Option<u32>,
    ) -> Self {
        let known = stage(word);
        let usual = Self::new(word, known, Some(label), 0);
        Self {
            days: days.unwrap_or(usual.days),
            share,
            ..usual
        }
    }

    /// Of 65,536 rows, to how many it happens.
    pub(crate) fn share(&self) -> u64 {
        if let Some(share) = self.share {
            return share.into();
        }
        self.stage.map_or(40, |stage| stage.share.max(10)) * 65_536 / 1000
    }
}

impl Cycle {
    /// The event that a stage is, by its name.
    pub(crate) fn event(&self, name: &str) -> Option<Event> {
        self.find(name, stage(name))
    }

    pub(super) fn find(&self, word: &str, stage: Option<&'static Stage>) -> Option<Event> {
        let all = || {
            let steps = self.steps.iter().enumerate();
            let outs = self.outs.iter().enumerate();
            let sides = self.sides.iter().enumerate();
            steps
                .map(|(place, step)| (step, Event::Step(place)))
                .chain(outs.map(|(place, out)| (&out.happening, Event::Out(place))))
                .chain(sides.map(|(place, side)| (side, Event::Side(place))))
        };
        // `picking_started_at` is when a row became `picking`.
        let begun = ["_started", "_began", "_begun"]
            .iter()
            .find_map(|ending| word.strip_suffix(ending));
        let exact = all().find(|(happening, _)| {
            happening.word == word
                || (happening.label.is_some() && begun == Some(happening.word.as_str()))
        });
        let stage = stage.filter(|stage| stage.name != "other");
        // A reason of a return is about what came back.
        let back = || {
            let is_back = |own: &Stage| own.name == "sent_back";
            all().find(|(happening, _)| is_return(word) && happening.stage.is_some_and(is_back))
        };
        exact
            .or_else(back)
            .or_else(|| all().find(|(happening, _)| stage.is_some() && happening.stage == stage))
            .or_else(|| all().find(|(happening, _)| stage.is_some() && happening.also == stage))
            .map(|(_, event)| event)
    }
}

/// Words of times that are about a plan, or about something else than the row's state.
const OTHER_TIMES: &[&str] = &[
    "expected",
    "estimated",
    "planned",
    "desired",
    "target",
    "due",
    "next",
    "preferred",
    "promised",
    "deadline",
    "valid",
    "effective",
    "last",
    "latest",
    "first",
    "current",
    "sign",
    "login",
    "password",
    "reset",
    "remember",
    "token",
    "otp",
    "period",
    "expires",
    "created",
    "updated",
    "until",
    "trial",
    "ends",
    "starts",
    "birth",
    "previous",
    "requested_for",
    "confirmation",
    "newest",
    "recent",
    "invitation",
];

/// Finds the lifecycle of a table.
pub(crate) fn find(reader: &mut Reader<'_, '_>, table: TableId) {
    if super::histories::entries(reader, table).is_some() {
        return;
    }
    let configured = super::configured::cycle(reader, table);
    let Some(cycle) = configured.or_else(|| cycle(reader, table)) else {
        return;
    };
    let state = cycle.state.as_ref().map(|state| state.column);
    if let Some(column) = state {
        reader.relate(table, column, Relation::State, "its state");
    }
    reader.story.tables[table].cycle = Some(cycle.clone());
    for column in reader.columns(table) {
        super::parts::relate(reader, table, column, &cycle);
    }
}

fn cycle(reader: &Reader<'_, '_>, table: TableId) -> Option<Cycle> {
    let mut cycle = Cycle::default();
    let mut waiting: Vec<Happening> = Vec::new();
    if let Some((column, labels)) = state(reader, table) {
        let mut known: Vec<(usize, &str, Option<&'static Stage>)> = labels
            .iter()
            .enumerate()
            .map(|(place, (_, word))| (place, word.as_str(), stage(word)))
            .collect();
        // What comes back after it was delivered is the exception; a book that was lent comes back.
        let arrives = known.iter().any(|(_, word, found)| {
            found.is_some_and(|found| matches!(found.name, "delivered" | "shipped"))
                && !is_fetched(word)
        });
        // Who departs from a house has been there.
        let stays = known
            .iter()
            .any(|(_, word, _)| matches!(*word, "in_house" | "checked_in" | "arrived" | "staying"));
        for (_, word, found) in &mut known {
            if stays && matches!(*word, "departed" | "left") {
                *found = stage("completed");
            }
        }
        let outs: Vec<bool> = known
            .iter()
            .map(|(_, _, found)| found.is_some_and(|found| found.kind == StageKind::Out))
            .collect();
        let steps_after = |place: usize| {
            known[place..]
                .iter()
                .any(|(_, _, found)| found.is_some_and(|found| found.kind == StageKind::Step))
        };
        // What nobody knows, and what is listed behind the ways out, is one of them.
        let unknown_outs: Vec<usize> = (1..known.len())
            .filter(|&place| {
                known[place].2.is_none()
                    && outs[..place].iter().any(|out| *out)
                    && !steps_after(place)
            })
            .collect();
        for place in unknown_outs {
            known[place].2 = stage("withdrawn");
        }
        // Nor is it the end of those that are over before it is listed.
        let over = known
            .iter()
            .position(|(_, _, found)| found.is_some_and(|found| found.name == "completed"));
        if let Some(over) = over {
            for (_, _, found) in known.iter_mut().skip(over + 1) {
                *found = found.or_else(|| stage("withdrawn"));
            }
        }
        for (_, word, found) in &mut known {
            // What couldn't be done is an end of its own.
            let is_not =
                (word.starts_with("un") && !word.starts_with("under") && !word.starts_with("uni"))
                    || word.starts_with("not_");
            if found.is_none() && is_not {
                *found = stage("failed");
            }
            if arrives && is_return(word) {
                *found = stage("sent_back");
            }
        }
        // A machine is available, in use, under repair: nothing that it goes through one after the other.
        let is_resource = known
            .iter()
            .filter(|(_, word, _)| is_of_resource(word))
            .count()
            >= 3;
        let is_alphabetical =
            known.len() > 2 && known.windows(2).all(|pair| pair[0].1 <= pair[1].1);
        if is_alphabetical && known.iter().all(|(_, _, stage)| stage.is_some()) {
            known.sort_by_key(|(_, _, stage)| stage.map_or(0, |stage| stage.rank));
        }
        let mut rank = 0;
        let mut on_the_way = 0;
        let ranks: Vec<Option<u32>> = known
            .iter()
            .map(|(_, _, found)| {
                found
                    .filter(|found| found.kind == StageKind::Step)
                    .map(|found| found.rank)
            })
            .collect();
        for (number, (place, word, found)) in known.into_iter().enumerate() {
            let leaves = found.is_some_and(|found| {
                found.kind == StageKind::Out
                    || (found.kind == StageKind::Side
                        && !matches!(found.name, "read" | "clicked" | "edited"))
            });
            rank = found
                .filter(|_| !leaves)
                .map_or(rank, |found| found.rank.max(rank));
            let mut happening = Happening::new(word, found, Some(place), rank);
            if on_the_way > 0
                && let Some(found) = found
                && found.kind == StageKind::Begin
            {
                // What a draft becomes once it was submitted or issued, at the same time.
                let next = ranks[number..]
                    .iter()
                    .flatten()
                    .next()
                    .copied()
                    .unwrap_or(99);
                rank = rank.max(if found.name == "open" {
                    35.min(next - 1)
                } else {
                    13.min(next - 1)
                });
                happening.rank = rank;
                happening.days = 0.0;
            }
            let leaves = leaves || (is_resource && on_the_way > 0);
            if leaves && !(on_the_way == 0 && place == 0) {
                waiting.push(happening);
            } else if on_the_way == 0 {
                cycle.initial = place;
                on_the_way += 1;
            } else {
                cycle.steps.push(happening);
                on_the_way += 1;
            }
        }
        cycle.state = Some(StateColumn {
            column,
            labels: labels.into_iter().map(|(text, _)| text).collect(),
        });
    }
    // What has a time but no label.
    let is_decided = decision(&cycle, &waiting).is_some();
    for column in reader.columns(table) {
        let Some((word, found)) = event_of_time(reader, table, column) else {
            continue;
        };
        if is_decided && is_decision(&word) {
            continue;
        }
        let found = if is_return(&word) && (arrives(&cycle) || arrives_by_time(reader, table)) {
            stage("sent_back").unwrap_or(found)
        } else {
            found
        };
        let is_known = cycle.find(&word, Some(found)).is_some()
            || waiting
                .iter()
                .any(|out| out.word == word || (out.stage == Some(found) && found.name != "other"))
            || initial(&cycle).is_some_and(|initial| initial == found);
        if is_known || !reader.is_nullable(table, column) || is_plan(reader, table, column, &word) {
            continue;
        }
        // A subscription that goes on hasn't ended: what ends rows is a way out.
        let leaves = waiting.iter().any(|out| out.label.is_some());
        if cycle.state.is_some() && leaves && super::parts::is_end_of_ways(&word) {
            continue;
        }
        // What a label calls by another word for the same.
        let has_time = |of: &'static Stage| {
            reader.columns(table).any(|other| {
                event_of_time(reader, table, other).is_some_and(|(_, stage)| stage == of)
            })
        };
        let same = cycle
            .steps
            .iter_mut()
            .chain(&mut waiting)
            .find(|happening| {
                happening.label.is_some()
                    && happening
                        .stage
                        .is_some_and(|own| found.is_like(own) && !has_time(own))
            });
        if let Some(same) = same {
            same.also = Some(found);
            continue;
        }
        let happening = Happening::new(&word, Some(found), None, found.rank);
        // Without a state what nobody knows, and what is read, comes in the table's own order.
        let in_order = cycle.state.is_none()
            && has_steps(reader, table)
            && matches!(found.name, "other" | "read" | "clicked" | "locked")
            && (found.name != "locked" || !is_people_of(reader, table));
        match found.kind {
            StageKind::Side if in_order => cycle.steps.push(happening),
            StageKind::Side => cycle.sides.push(happening),
            // Without a state what ends a row isn't bound to a way.
            StageKind::Out if cycle.state.is_none() && !has_steps(reader, table) => {
                cycle.sides.push(happening);
            }
            StageKind::Out => waiting.push(happening),
            StageKind::Begin => {}
            StageKind::Step => {
                let place = if cycle.state.is_none() {
                    // Without a state the table's own order is the best that is known.
                    None
                } else {
                    cycle.steps.iter().position(|step| step.rank > found.rank)
                };
                cycle
                    .steps
                    .insert(place.unwrap_or(cycle.steps.len()), happening);
            }
        }
    }
    // Of those who apply few are taken.
    let is_contest = cycle.steps.iter().any(|step| {
        matches!(
            step.word.as_str(),
            "hired" | "admitted" | "won" | "採用" | "内定" | "合格"
        )
    });
    for mut out in waiting {
        if is_contest
            && out
                .stage
                .is_some_and(|stage| matches!(stage.name, "rejected" | "lost"))
        {
            out.share = Some(40_000);
        }
        let after = leaves_after(&cycle, &out);
        cycle.outs.push(WayOut {
            happening: out,
            after,
        });
    }
    let total: f64 = cycle
        .steps
        .iter()
        .map(|step| step.days)
        .filter(|days| *days < 100.0)
        .sum();
    // Recent rows are open, and old ones aren't.
    let factor = if total > 24.0 {
        24.0 / total
    } else if total > 0.0 && total < 14.0 && cycle.state.is_some() {
        14.0 / total
    } else {
        1.0
    };
    for step in &mut cycle.steps {
        if step.days < 100.0 {
            step.days *= factor;
        }
    }
    for place in 0..cycle.steps.len() {
        let alone = place == 0 || cycle.steps[place - 1].label.is_some();
        if cycle.steps[place].days == 0.0 && alone {
            cycle.steps[place].days = 2.0;
        }
    }
    super::brief::hurry(reader, table, &mut cycle);
    cycle.planned = plans::of_row(reader, table, &cycle);
    if cycle.planned.is_none() {
        cycle.planned = plans::of_term(reader, table, &mut cycle);
    }
    if cycle.planned.is_none() {
        cycle.planned_there = plans::of_parent(reader, table, &cycle);
    }
    let is_empty = cycle.steps.is_empty() && cycle.outs.is_empty() && cycle.sides.is_empty();
    (!is_empty).then_some(cycle)
}

/// Whether a word says that something was decided, whichever way.
pub(super) fn is_decision(word: &str) -> bool {
    matches!(
        word,
        "decided"
            | "decision"
            | "handled"
            | "judged"
            | "moderated"
            | "answered"
            | "responded"
            | "evaluated"
            | "processed"
    )
}

/// Whether something is approved or rejected in a lifecycle.
pub(super) fn decision(cycle: &Cycle, waiting: &[Happening]) -> Option<()> {
    let named =
        |happening: &Happening, name: &str| happening.stage.is_some_and(|stage| stage.name == name);
    let yes = cycle.steps.iter().any(|step| named(step, "approved"));
    let no = waiting
        .iter()
        .chain(cycle.outs.iter().map(|out| &out.happening))
        .any(|out| named(out, "rejected"));
    (yes && no).then_some(())
}

/// Whether a word says that somebody came for it himself, who then brings it back.
fn is_fetched(word: &str) -> bool {
    matches!(word, "picked_up" | "pickup" | "collected" | "picked up")
}

fn is_return(word: &str) -> bool {
    matches!(word, "returned" | "return" | "returned_to_sender" | "返品")
}

/// Whether goods are delivered in a lifecycle.
fn arrives(cycle: &Cycle) -> bool {
    cycle.steps.iter().any(|step| {
        step.stage
            .is_some_and(|stage| matches!(stage.name, "delivered" | "shipped"))
            && !is_fetched(&step.word)
    })
}

fn arrives_by_time(reader: &Reader<'_, '_>, table: TableId) -> bool {
    reader.columns(table).any(|column| {
        event_of_time(reader, table, column).is_some_and(|(word, stage)| {
            matches!(stage.name, "delivered" | "shipped") && !is_fetched(&word)
        })
    })
}

fn is_people_of(reader: &Reader<'_, '_>, table: TableId) -> bool {
    crate::plan::columns::text_rules::is_people(&reader.table_name(table))
}

/// Whether a table has a time of something that is a step.
fn has_steps(reader: &Reader<'_, '_>, table: TableId) -> bool {
    reader.columns(table).any(|column| {
        reader.is_nullable(table, column)
            && event_of_time(reader, table, column)
                .is_some_and(|(_, stage)| stage.kind == StageKind::Step)
    })
}

/// The stage of the label that rows are born with.
pub(super) fn initial(cycle: &Cycle) -> Option<&'static Stage> {
    stage(cycle.state.as_ref()?.labels.get(cycle.initial)?)
}

/// After how many steps a way out leaves.
fn leaves_after(cycle: &Cycle, out: &Happening) -> usize {
    let place_of = |names: &[&str]| {
        let fits = |step: &&Happening| step.stage.is_some_and(|stage| names.contains(&stage.name));
        let mut found = cycle
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| fits(step));
        found.next().map(|(place, _)| place)
    };
    let Some(stage) = out.stage else {
        return 0;
    };
    let last = cycle
        .steps
        .iter()
        .rposition(|step| step.stage.is_none_or(|stage| stage.name != "archived"));
    // What is paused goes on, so it isn't over.
    let over = cycle.steps.iter().position(|step| {
        step.stage
            .is_some_and(|stage| matches!(stage.name, "completed" | "archived"))
    });
    match &stage.place {
        Place::Start => match place_of(&["activated", "issued"]) {
            // What was shipped before it was invoiced isn't cancelled after all of that.
            Some(active)
                if initial(cycle).is_none_or(|first| first.name != "activated")
                    && !fulfilled_before(cycle, active) =>
            {
                active + 1
            }
            _ => 0,
        },
        // What was active runs out; an offer that nobody took does so before.
        Place::Instead(_) if stage.name == "expired" && place_of(&["activated"]).is_some() => {
            place_of(&["activated"]).map_or(0, |active| active + 1)
        }
        Place::Instead(names) => names
            .iter()
            .find_map(|name| place_of(&[*name]))
            // Nobody owes anything before it began.
            .or_else(|| {
                let active = place_of(&["activated", "issued"])?;
                (stage.name == "overdue").then_some(active + 1)
            })
            .or(last)
            .unwrap_or(0),
        Place::After(names) => names
            .iter()
            .find_map(|name| place_of(&[*name]))
            .map_or_else(
                || {
                    let begins_so = initial(cycle).is_some_and(|first| names.contains(&first.name));
                    if stage.name == "suspended"
                        && let Some(over) = over
                    {
                        return over;
                    }
                    last.filter(|_| !begins_so).map_or(0, |last| last + 1)
                },
                |place| place + 1,
            ),
    }
}

/// Whether goods go out before a step.
fn fulfilled_before(cycle: &Cycle, place: usize) -> bool {
    cycle.steps[..place].iter().any(|step| {
        step.stage.is_some_and(|stage| {
            matches!(
                stage.name,
                "prepared" | "packed" | "shipped" | "dispatched" | "delivered"
            )
        })
    })
}

/// What a time column says has happened.
pub(super) fn event_of_time(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
) -> Option<(String, &'static Stage)> {
    if !reader.is_time(table, column) || !reader.is_free(table, column) {
        return None;
    }
    let name = reader.name(table, column);
    // `scheduled_start` is when it is to begin, `state_changed_at` when anything last happened.
    if (name
        .own
        .words
        .first()
        .is_some_and(|word| matches!(word.as_str(), "scheduled" | "requested" | "wished"))
        && name.own.words.len() > 2)
        || (name.own.has("scheduled") && name.has(&["start", "end", "from", "to", "finish"]))
        || name.has(&["until"])
        || name.has(&["doors", "door", "gates", "gate", "boarding"]) && name.has(&["open", "opens"])
        || is_change_of_state(&name.own)
    {
        return None;
    }
    // `review_started_at` is when a row came to be `under_review`.
    if let [what, began, _] = name.own.words.as_slice()
        && matches!(began.as_str(), "started" | "began" | "begun")
        && let Some(label) = labelled::with_word(reader, table, column, what)
    {
        return Some(label);
    }
    // What its comment says in the words of a label is surer than what its name says.
    if let Some(said) = labelled::of_label(reader, table, column, Likeness::Begins)
        .or_else(|| labelled::of_own_name(reader, table, column))
    {
        return Some(said);
    }
    let is_confirmed = name.own.whole.starts_with("confirmed");
    if name.has(OTHER_TIMES) && !is_confirmed {
        return None;
    }
    let found = name.all().find_map(|parts| {
        let words: Vec<String> = parts
            .words
            .iter()
            .filter(|word| {
                !matches!(
                    word.as_str(),
                    "at" | "on"
                        | "date"
                        | "time"
                        | "for"
                        | "datetime"
                        | "timestamp"
                        | "day"
                        | "ts"
                        | "since"
                )
            })
            .cloned()
            .collect();
        if words.is_empty() {
            return None;
        }
        // `became_customer_at` is when a row became what a label calls so.
        if let [first, rest @ ..] = words.as_slice()
            && matches!(first.as_str(), "became" | "turned" | "entered" | "moved")
            && !rest.is_empty()
        {
            let rest = rest.join("_");
            let found = stage(&rest).or_else(|| stage("other"))?;
            return Some((rest, found));
        }
        let word = words.join("_");
        // `out_of_order_since` beside the flag `out_of_order`: whatever that is, it began then.
        if reader.is_nullable(table, column) && has_flag(reader, table, &words) {
            // A flag and its time are often about something besides; these are what a row is for.
            let found = stage_of_words(&words).filter(|found| {
                found.name == word
                    || matches!(
                        word.as_str(),
                        "succeeded" | "failed" | "checked_in" | "attended" | "boarded" | "admitted"
                    )
            });
            return Some((word, found.or_else(|| stage("other"))?));
        }
        if let Some(found) = stage_of_words(&words) {
            return Some((word, found));
        }
        // A word that isn't known, but says that something has happened.
        let is_past = reader.is_nullable(table, column)
            && words.len() == 1
            && word.len() > 4
            && word.ends_with("ed")
            && !matches!(word.as_str(), "based" | "embed");
        is_past.then(|| stage("other").map(|other| (word, other)))?
    });
    found.or_else(|| labelled::of_label(reader, table, column, Likeness::Either))
}

/// Whether a table has a flag of some words.
fn has_flag(reader: &Reader<'_, '_>, table: TableId, words: &[String]) -> bool {
    !words.is_empty()
        && reader.columns(table).any(|flag| {
            reader.is_boolean(table, flag)
                && super::parts::flag_words(&reader.name(table, flag).own) == words
        })
}

/// Whether a time is when something is planned: `publish_at` beside `published_at`, or as its comment says.
pub(super) fn is_plan(
    reader: &Reader<'_, '_>,
    table: TableId,
    column: ColumnId,
    word: &str,
) -> bool {
    let name = reader.name(table, column);
    if name.text.contains("plan") || name.text.contains("予定") || name.own.last() == "for" {
        return true;
    }
    let own = event_of_time(reader, table, column).map(|(_, stage)| stage);
    !word.ends_with('d')
        && reader.columns(table).any(|other| {
            other != column
                && event_of_time(reader, table, other).is_some_and(|(past, stage)| {
                    Some(stage) == own && past.starts_with(word) && past.ends_with('d')
                })
        })
}
