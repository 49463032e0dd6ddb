//! What a configuration says of a table's story: the states that rows go through, and what counts within a parent.

use crate::ids::{ColumnId, TableColumns, TableId, TableSlice};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::following::{Class, Finder, domain_of_checks, per_of};
use crate::plan::facts::values::wrong;
use crate::plan::story::lifecycles::{Cycle, Happening, StateColumn, WayOut};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::problem::Problem;
use crate::request::Request;
use crate::settings::{LifecycleSettings, LifecycleStep, Located, Source};
use crate::story::Event;
use value_model::Schema;

/// Looks at the lifecycles of a configuration.
pub(crate) fn check(
    schema: &Schema,
    facts: &TableSlice<Duties<'_>>,
    request: &Request,
    problems: &mut Vec<Problem>,
) {
    for facts in facts {
        let settings = request.settings_of(facts.table);
        if let Some(lifecycle) = settings.and_then(|settings| settings.lifecycle.as_ref()) {
            problems.extend(wrong_lifecycle(schema, facts, lifecycle));
        }
    }
}

fn wrong_lifecycle(
    schema: &Schema,
    facts: &Duties<'_>,
    lifecycle: &LifecycleSettings,
) -> Vec<Problem> {
    let of = facts.table;
    let mut problems = Vec::new();
    let unknown = |name: &Located<String>| {
        let names = of.columns.iter().map(|column| column.name.as_str());
        Problem::configured(
            name.span,
            format!("the table `{}` has no column `{}`", of.name, name.value),
        )
        .did_you_mean(&name.value, names)
    };
    let Some(position) = of.column_id(&lifecycle.column.value) else {
        return vec![unknown(&lifecycle.column)];
    };
    let column = &of.columns[position];
    let is_taken = facts.source(position).is_some()
        || facts.is_given(position)
        || facts.left_out[position].is_some()
        || facts.reference_of[position].is_some();
    if is_taken {
        problems.push(Problem::configured(
            lifecycle.column.span,
            format!("something else says already what `{}` holds", column.name),
        ));
    }
    if facts
        .unique_sets
        .iter()
        .any(|set| set.columns == [position])
    {
        problems.push(Problem::configured(
            lifecycle.column.span,
            format!(
                "`{}` is unique, so many rows can't be in the same state",
                column.name
            ),
        ));
    }
    let domain = domain_of_checks(of, &column.name);
    let all: Vec<&LifecycleStep> = lifecycle.steps.iter().chain(&lifecycle.outs).collect();
    for (number, step) in all.iter().enumerate() {
        let text = &step.state.value;
        let broken = wrong(schema, of, column, Some(text)).or_else(|| {
            let broken = domain.broken_by(text)?;
            Some(format!(
                "`{text}` can't be a value of `{}`: {broken}",
                column.name
            ))
        });
        if let Some(sentence) = broken {
            problems.push(Problem::configured(step.state.span, sentence));
        }
        if all[..number].iter().any(|other| other.state.value == *text) {
            problems.push(Problem::configured(
                step.state.span,
                format!("the state `{text}` is there twice"),
            ));
        }
        if let Some(time) = &step.time {
            match of.column_id(&time.value) {
                None => problems.push(unknown(time)),
                Some(column) => problems.extend(wrong_time(facts, column, time, number == 0)),
            }
        }
        if let Some(after) = &step.after
            && !lifecycle
                .steps
                .iter()
                .any(|step| step.state.value == after.value)
        {
            let names = lifecycle.steps.iter().map(|step| step.state.value.as_str());
            problems.push(
                Problem::configured(
                    after.span,
                    format!("no step is `{}`, after which rows could leave", after.value),
                )
                .did_you_mean(&after.value, names),
            );
        }
    }
    let shares: u32 = lifecycle.outs.iter().filter_map(|out| out.share).sum();
    if shares > 65_536 {
        problems.push(Problem::configured(
            lifecycle.span,
            "more rows leave than there are: the shares are more than 1 together",
        ));
    }
    problems
}

fn wrong_time(
    facts: &Duties<'_>,
    column: ColumnId,
    time: &Located<String>,
    is_first: bool,
) -> Option<Problem> {
    let own = &facts.table.columns[column];
    let problem = |text: String| Problem::configured(time.span, text);
    if Class::of(&own.data_type.kind) != Class::Moment {
        return Some(problem(format!("`{}` holds no times", own.name)));
    }
    if facts.source(column).is_some() || facts.is_given(column) || facts.left_out[column].is_some()
    {
        return Some(problem(format!(
            "something else says already what `{}` holds",
            own.name
        )));
    }
    (!is_first && facts.never_null[column]).then(|| {
        problem(format!(
            "`{}` can't be NULL, and rows that haven't come so far have no time",
            own.name
        ))
    })
}

/// The lifecycle that a configuration gives a table, with its times related to it.
pub(super) fn cycle(reader: &mut Reader<'_, '_>, table: TableId) -> Option<Cycle> {
    let request = reader.request;
    let lifecycle = request
        .settings_of(reader.facts[table].table)?
        .lifecycle
        .as_ref()?;
    let of = reader.facts[table].table;
    let column = of.column_id(&lifecycle.column.value)?;
    let (first, steps) = lifecycle.steps.split_first()?;
    let labels = lifecycle
        .steps
        .iter()
        .chain(&lifecycle.outs)
        .map(|step| step.state.value.clone())
        .collect();
    let happening = |step: &LifecycleStep, label: usize| {
        Happening::configured(
            &step.state.value,
            label,
            step.days.map(|hundredths| f64::from(hundredths) / 100.0),
            step.share,
        )
    };
    let mut times: Vec<(&Located<String>, Event)> = Vec::new();
    times.extend(first.time.iter().map(|time| (time, Event::Begin)));
    let mut cycle = Cycle {
        state: Some(StateColumn { column, labels }),
        ..Cycle::default()
    };
    for (place, step) in steps.iter().enumerate() {
        times.extend(step.time.iter().map(|time| (time, Event::Step(place))));
        cycle.steps.push(happening(step, place + 1));
    }
    for (place, out) in lifecycle.outs.iter().enumerate() {
        times.extend(out.time.iter().map(|time| (time, Event::Out(place))));
        let after = match &out.after {
            None => 0,
            Some(after) => lifecycle
                .steps
                .iter()
                .position(|step| step.state.value == after.value)
                .unwrap_or(0),
        };
        cycle.outs.push(WayOut {
            happening: happening(out, lifecycle.steps.len() + place),
            after,
        });
    }
    for (time, event) in times {
        if let Some(column) = of.column_id(&time.value) {
            let why = "when its state says so, by the configuration";
            reader.relate(table, column, Relation::Value(Expr::Event(event)), why);
        }
    }
    Some(cycle)
}

/// Unique sets that are kept because one of their columns counts within what the others point to.
pub(super) fn keep_sequences(reader: &mut Reader<'_, '_>, table: TableId) {
    let facts = &reader.facts[table];
    let finder = Finder {
        schema: reader.schema,
        facts: reader.facts,
    };
    for (column, settings) in facts.settings.iter_enumerated() {
        let source = settings.and_then(|settings| settings.source.as_ref());
        let Some(Source::Generator(generator)) = source.map(|source| &source.value) else {
            continue;
        };
        let Some(per) = per_of(generator) else {
            continue;
        };
        let Ok((via, _)) = finder.step(table, &per.value, per.span) else {
            continue;
        };
        let kept: Vec<String> = facts
            .unique_sets
            .iter()
            .filter(|set| set.columns.contains(&column) && set.columns.contains(&via))
            .map(|set| set.name.clone())
            .collect();
        reader.story.tables[table].kept_sets.extend(kept);
    }
}
