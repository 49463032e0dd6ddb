//! The stages of planning in their order, and what is done where one of them shows that another went too far.
//!
//! Each stage is handed what those before it gave, and gives back what it decided. None changes what another one has said:
//! a plan that breaks a constraint is begun again from the facts, with that constraint [narrowing](Narrowing) what may be.

use value_model::{Schema, Subject, load_order};

use crate::check;
use crate::ids::{TableColumns, TableId, TableSlice};
use crate::masters::Master;
use crate::pinned::Pins;
use crate::plan::columns::{self, Basis};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::narrowing::{ConstraintOf, Narrowing};
use crate::plan::facts::table::Deferred;
use crate::plan::product::{Plan, TablePlan};
use crate::plan::repair::repair;
use crate::plan::story::{self, Story};
use crate::plan::verify::{self, Planned};
use crate::plan::{facts, fixed, rows};
use crate::problem::Problem;
use crate::random::Key;
use crate::request::Request;

/// How often a plan is begun because checks were broken, or untold of, before all of them narrow it.
const ATTEMPTS: usize = 4;
/// After how many tables without a story all of them lose theirs.
const MOST_UNTOLD: usize = 8;

/// What one run through the stages came to.
struct Attempt {
    /// The plan, which loads if nothing is broken.
    plan: Plan,
    /// Checks and unique sets that its rows break, or that no story speaks of.
    broken: Vec<ConstraintOf>,
}

impl Plan {
    /// Plans the data of a schema.
    pub fn new(
        subject: &Subject,
        masters: &[Master],
        request: &Request,
    ) -> Result<Self, Vec<Problem>> {
        unknown_tables(&subject.schema, request)?;
        // Checks that can hold in several ways are left to the story first; of those that it breaks, rows go one way each.
        let mut narrowing = Narrowing::default();
        for _ in 0..ATTEMPTS {
            match attempt(subject, masters, request, &narrowing) {
                Ok(attempt) if attempt.broken.is_empty() => return Ok(attempt.plan),
                Ok(attempt) => {
                    let before = narrowing.some.len();
                    narrowing.some.extend(attempt.broken);
                    if narrowing.some.len() == before {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        narrowing.all = true;
        // Rows that load come before rows that tell a story: first of the tables that break something, at last of all.
        let mut first_problems = None;
        let mut untold = Vec::new();
        loop {
            match attempt(subject, masters, request, &narrowing) {
                Ok(attempt) => {
                    let mut plan = attempt.plan;
                    plan.warnings.append(&mut untold);
                    return Ok(plan);
                }
                Err(problems) if request.has_lifecycles() => return Err(problems),
                Err(problems) => {
                    let is_first = first_problems.is_none();
                    let may_go_on = is_first || untold.len() < MOST_UNTOLD;
                    let left_out =
                        leave_untold(&subject.schema, &problems, may_go_on, &mut narrowing);
                    if left_out.is_empty() {
                        return Err(first_problems.unwrap_or(problems));
                    }
                    untold.extend(left_out);
                    first_problems.get_or_insert(problems);
                }
            }
        }
    }
}

/// Takes the story from the tables of some problems, or from all where none of them has one left, and says so. Returns
/// nothing where no table has a story.
fn leave_untold(
    schema: &Schema,
    problems: &[Problem],
    may_go_on: bool,
    narrowing: &mut Narrowing,
) -> Vec<Problem> {
    let warning = |problem: &Problem| {
        let text = format!(
            "its columns are made one by one, for rows whose columns follow from each other can't be made: {}",
            problem.text
        );
        Problem::new(problem.place.clone(), text).hint("`--explain` says how each column is made")
    };
    let names: Vec<String> = schema
        .tables
        .iter()
        .map(|table| table.name.to_string())
        .collect();
    if narrowing.without_story.len() == names.len() {
        return Vec::new();
    }
    let table_of = |problem: &Problem| {
        names.iter().find(|name| {
            let rest = problem.place.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let mut untold = Vec::new();
    // First only the columns of a check lose what they followed from, then all of its table.
    for problem in problems {
        let Some(name) = table_of(problem) else {
            continue;
        };
        let of = schema
            .tables
            .iter()
            .find(|table| table.name.to_string() == *name);
        let checks = of.map_or(&[][..], |table| &table.checks[..]);
        for check in checks.iter().map(|check| check.name.as_str()) {
            if problem.text.contains(&format!("the check `{check}`"))
                && !narrowing.without_story.contains(name)
                && let Some(table) = of
                && narrowing
                    .without_relations
                    .insert(ConstraintOf::new(table, check))
            {
                untold.push(warning_of_check(problem));
            }
        }
    }
    if !untold.is_empty() {
        return untold;
    }
    if may_go_on {
        for problem in problems {
            if let Some(name) = table_of(problem)
                && narrowing.without_story.insert(name.clone())
            {
                untold.push(warning(problem));
            }
        }
    }
    if untold.is_empty() {
        narrowing.without_story.extend(names);
        untold.extend(problems.first().map(warning));
    }
    untold
}

fn warning_of_check(problem: &Problem) -> Problem {
    let text = format!(
        "the columns of a check are made one by one, for what they follow from breaks it: {}",
        problem.text
    );
    Problem::new(problem.place.clone(), text).hint("`--explain` says how each column is made")
}

/// Goes through the stages once, and once more where given rows have a place.
fn attempt(
    subject: &Subject,
    masters: &[Master],
    request: &Request,
    narrowing: &Narrowing,
) -> Result<Attempt, Vec<Problem>> {
    pinned(subject, masters, request, narrowing, &Pins::default())
}

/// The same, where given rows put values into columns.
fn pinned(
    subject: &Subject,
    given: &[Master],
    request: &Request,
    narrowing: &Narrowing,
    pins: &Pins,
) -> Result<Attempt, Vec<Problem>> {
    let schema = &subject.schema;
    let masters = facts::masters::of_tables(schema, given)?;
    let mut problems = facts::settings::check(subject, &masters, request);
    let fixed = fixed::of_tables(schema, &masters, request, &mut problems);
    let (duties, scopes) = facts::read(subject, &masters, request, narrowing, &mut problems);
    story::configured::check(schema, &duties, request, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let story = story::find(schema, &duties, request, narrowing);
    let mut warnings: Vec<Problem> = subject.remarks.iter().map(Problem::from).collect();
    let broken = untold(&duties, &story);
    if !broken.is_empty() {
        let plan = Plan {
            tables: Vec::new(),
            skipped: Vec::new(),
            warnings,
            unverified: Vec::new(),
        };
        return Ok(Attempt { plan, broken });
    }
    let duties = story::relieve(duties, &story, request, narrowing);
    let order: Vec<TableId> = load_order(schema).tables().map(TableId::from).collect();
    let root = Key::root(request.seed);
    let (duties, mut decided) = rows::decide(schema, duties, &scopes, &order, request, root)?;
    warnings.append(&mut decided.warnings);
    let mut made = columns::make(&Basis {
        schema,
        duties: &duties,
        scopes: &scopes,
        decided: &decided,
        order: &order,
        root,
        request,
        story: &story,
        pins,
    })?;
    warnings.append(&mut made.warnings);
    let mut broken = made.given_up;
    let mut tables = Vec::new();
    for (position, table) in made.tables {
        let duties = &duties[position];
        let mut table = repair(duties, &decided.needs[position], table);
        columns::pinned::pin(duties.table, position, pins, &mut table);
        broken.extend(broken_by(duties, &table));
        tables.push((position, table));
    }
    broken.retain(|known| !narrowing.some.contains(known));
    let is_done = broken.is_empty() || narrowing.all;
    if is_done && !fixed.is_empty() {
        let base = fixed::cells::Base::new(schema, &duties, &tables);
        if pins.rows.is_empty() {
            let pins = fixed::place::place(&base, &scopes, &story, &fixed)?;
            return pinned(subject, given, request, narrowing, &pins);
        }
        fixed::held::hold(&base, &fixed, pins)?;
    }
    let unverified = if is_done {
        let planned: Vec<Planned<'_>> = tables
            .iter()
            .map(|(position, plan)| Planned {
                duties: &duties[*position],
                plan,
            })
            .collect();
        let doubts = [subject.doubts.clone(), made.doubts].concat();
        verify::verify(&planned, doubts, &|table, constraint| {
            request.is_unverified(table, constraint)
        })?
    } else {
        Vec::new()
    };
    let plan = Plan {
        tables: tables.into_iter().map(|(_, table)| table).collect(),
        skipped: made.skipped,
        warnings,
        unverified,
    };
    Ok(Attempt { plan, broken })
}

/// Checks that can hold in several ways and speak of nothing that a story tells: rows go all of their ways. There are none
/// where all checks are to be narrowed, for then none is deferred.
fn untold(duties: &TableSlice<Duties<'_>>, story: &Story) -> Vec<ConstraintOf> {
    let mut untold = Vec::new();
    for (duties, story) in duties.iter().zip(&story.tables) {
        for Deferred { name, alternatives } in &duties.deferred {
            let is_told = check::columns_of(alternatives).iter().any(|column| {
                let place = duties.table.column_id(column);
                place.is_some_and(|place| story.relations.contains_key(&place))
            });
            if !is_told {
                untold.push(ConstraintOf::new(duties.table, name));
            }
        }
    }
    untold
}

/// Checks that were left to the story, and that it didn't keep.
fn broken_by(duties: &Duties<'_>, table: &TablePlan) -> Vec<ConstraintOf> {
    let broken = duties
        .deferred
        .iter()
        .filter(|check| !table.keeps(&check.alternatives));
    broken
        .map(|check| ConstraintOf::new(duties.table, &check.name))
        .collect()
}

fn unknown_tables(schema: &Schema, request: &Request) -> Result<(), Vec<Problem>> {
    let problems: Vec<Problem> = request
        .table_rows
        .keys()
        .filter(|name| {
            !schema
                .tables
                .iter()
                .any(|table| table.name.to_string() == **name || table.name.name == **name)
        })
        .map(|name| {
            let names = schema.tables.iter().map(|table| table.name.name.as_str());
            Problem::new("--rows", format!("there is no table `{name}`")).of_tables(name, names)
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}
