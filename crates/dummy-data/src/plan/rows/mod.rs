//! How many rows each table gets: what was asked for, cut to what can be unique.

mod assign;
mod capacity;
mod factors;
pub(crate) mod need;
mod within;

use crate::check;
use crate::ids::{ColumnId, Columns, ReferenceId, TableColumns, TableId, TableSlice, Tables};
use crate::ordinal::Grouping;
use crate::plan::facts::duties::Duties;
use crate::plan::facts::scopes::Scopes;
use crate::plan::facts::table::{Choosing, ReferencePlace};
use crate::plan::rows::assign::assign;
use crate::plan::rows::capacity::capacity;
use crate::plan::rows::need::{Limit, Need};
use crate::plan::rows::within::{Reach, Shares};
use crate::problem::Problem;
use crate::random::Key;
use crate::request::{AskedRows, Request};
use crate::scope::{MOST_DOUBLINGS, Scope};
use crate::settings::Span;
use value_model::Schema;

/// What was decided for all tables, by their position in the schema.
#[derive(Debug)]
pub(crate) struct Decided {
    /// Rows of each table.
    pub rows: Tables<u64>,
    /// What the unique sets want of each column.
    pub needs: Tables<Columns<Need>>,
    /// Why a table gets no rows.
    pub reasons: Tables<Option<String>>,
    /// Where fewer rows are made than were asked for.
    pub warnings: Vec<Problem>,
    /// Tables whose rows are shared out evenly to tenants, because that leaves room for more.
    is_even: Tables<bool>,
    /// How often each scope doubled its tenants, for the same reason; beyond the most that are useful, all
    /// tables are shared out evenly to as many as can be.
    doublings: Vec<u32>,
}

impl Decided {
    /// How the rows of a table are shared out to the tenants of a scope.
    pub(crate) fn scope_of(
        &self,
        facts: &TableSlice<Duties<'_>>,
        scopes: &Scopes,
        table: TableId,
        scope: usize,
    ) -> Scope {
        let rows = self.rows[table];
        let is_member = |table: TableId| {
            scopes.members[table]
                .as_ref()
                .is_some_and(|member| member.scope == scope)
        };
        if !is_member(table) {
            return Scope::itself(rows);
        }
        let root = &scopes.roots[scope];
        let members = facts
            .keys()
            .filter(|&table| is_member(table) && self.rows[table] > 0);
        let mut tenants = u64::MAX >> 1;
        let mut fewest = u64::MAX;
        for member in members {
            fewest = fewest.min(self.rows[member]);
            for reference in &facts[member].references {
                if reference.choosing == Choosing::Tenant {
                    tenants = tenants.min(reference.reach);
                }
            }
        }
        let owners = root
            .one_to_one
            .iter()
            .chain(root.has_rows.then_some(&root.table));
        for &owner in owners {
            if self.rows[owner] > 0 {
                tenants = tenants.min(self.rows[owner]);
            }
        }
        let doublings = self.doublings[scope];
        if doublings > MOST_DOUBLINGS {
            return Scope::even(tenants, fewest, rows);
        }
        let skewed = Scope::skewed(tenants, fewest, doublings, rows);
        if self.is_even[table] {
            skewed.evenly()
        } else {
            skewed
        }
    }
}

/// Decides, and leaves of what tables have to keep what can be kept. Cutting one table's rows can cut those of its children,
/// so this repeats until nothing changes; counts only ever shrink.
pub(crate) fn decide<'a>(
    schema: &Schema,
    mut duties: Tables<Duties<'a>>,
    scopes: &Scopes,
    order: &[TableId],
    request: &Request,
    root: Key,
) -> Result<(Tables<Duties<'a>>, Decided), Vec<Problem>> {
    let mut decided = Decided {
        rows: duties.iter().map(|duties| asked(duties, request)).collect(),
        needs: duties
            .iter()
            .map(|duties| duties.table.columns.iter().map(|_| Need::Free).collect())
            .collect(),
        reasons: duties.iter().map(reason).collect(),
        warnings: Vec::new(),
        is_even: duties.iter().map(|_| false).collect(),
        doublings: vec![0; scopes.roots.len()],
    };
    count_per_parent(&duties, order, root, &mut decided)?;
    let mut limits: Tables<Option<Limit>> = duties.iter().map(|_| None).collect();
    loop {
        let before = (
            decided.rows.clone(),
            decided.is_even.clone(),
            decided.doublings.clone(),
        );
        for &table in order {
            add_candidate_keys(&mut duties, table, &decided);
            drop_references_to_nothing(schema, &mut duties[table], table, &mut decided);
            drop_lonely_pairs(schema, &mut duties[table], table, &mut decided);
            if decided.rows[table] == 0 {
                continue;
            }
            if let Some(member) = &scopes.members[table] {
                let shares = shares(&duties, scopes, &decided, table, member.scope);
                decide_member(
                    schema,
                    &mut duties[table],
                    (table, member.scope),
                    &shares,
                    root,
                    &mut decided,
                    &mut limits,
                );
                continue;
            }
            decide_table(
                schema,
                &mut duties[table],
                table,
                root,
                &mut decided,
                &mut limits,
            );
        }
        let after = (&decided.rows, &decided.is_even, &decided.doublings);
        if after == (&before.0, &before.1, &before.2) {
            break;
        }
    }
    let mut problems = Vec::new();
    for (table, limit) in limits.into_iter_enumerated() {
        let Some(limit) = limit else { continue };
        let AskedRows {
            rows: asked,
            by_name,
        } = match duties[table].master {
            Some(master) => AskedRows {
                rows: master.rows.len() as u64,
                by_name: true,
            },
            None => request.rows_of(duties[table].table),
        };
        let problem = limit_problem(&duties[table], &limit, asked);
        if let Some(master) = duties[table].master {
            problems.push(problem.hint(format!("give the column in `{}`", master.file)));
        } else if let Some(span) = limit_span(&duties[table], &limit, request) {
            problems.push(
                Problem {
                    span: Some(span),
                    text: format!("{}: {}", problem.place, problem.text),
                    ..problem
                }
                .hint(format!("at most {} rows are possible", limit.rows)),
            );
        } else if by_name {
            problems.push(problem.hint(format!(
                "ask for at most {} rows: `--rows {}={}`",
                limit.rows, duties[table].table.name, limit.rows
            )));
        } else {
            decided.warnings.push(Problem {
                text: format!("{}, and so many are made", problem.text),
                ..problem
            });
        }
    }
    if problems.is_empty() {
        Ok((duties, decided))
    } else {
        Err(problems)
    }
}

/// Where the configuration asks for what can't be: too many rows of a table, or something unique that isn't.
fn limit_span(facts: &Duties<'_>, limit: &Limit, request: &Request) -> Option<Span> {
    let unique = limit.columns.iter().find_map(|name| {
        let settings = facts.settings[facts.table.column_id(name)?]?;
        settings
            .unique
            .as_ref()
            .filter(|unique| unique.value)
            .map(|unique| unique.span)
    });
    unique.or_else(|| {
        if request.has_rows_on_command_line(facts.table) {
            return None;
        }
        if let Some(per) = &facts.per {
            return Some(per.span);
        }
        let rows = request.settings_of(facts.table)?.rows.as_ref()?;
        Some(rows.span)
    })
}

/// The groups of rows under their parents that the configuration asks for.
fn per_grouping(facts: &Duties<'_>, root: Key, decided: &Decided) -> Option<Grouping> {
    let per = facts.per?;
    let key = root.child(&facts.table.name.to_string()).child("per");
    let parents = decided.rows[facts.references[per.reference].table];
    Grouping::asked(key, parents, per.least, per.most)
}

/// Rows of tables that have so many for each parent; parents before children.
fn count_per_parent(
    facts: &TableSlice<Duties<'_>>,
    order: &[TableId],
    root: Key,
    decided: &mut Decided,
) -> Result<(), Vec<Problem>> {
    let mut open: Vec<TableId> = order
        .iter()
        .copied()
        .filter(|&table| facts[table].per.is_some() && facts[table].no_rows.is_none())
        .collect();
    while !open.is_empty() {
        let ready: Vec<TableId> = open
            .iter()
            .copied()
            .filter(|&table| {
                facts[table].per.is_some_and(|per| {
                    !open.contains(&facts[table].references[per.reference].table)
                })
            })
            .collect();
        if ready.is_empty() {
            return Err(open
                .iter()
                .filter_map(|&table| facts[table].per)
                .map(|per| {
                    Problem::configured(per.span, "these parents and children count each other")
                })
                .collect());
        }
        for &table in &ready {
            decided.rows[table] = per_grouping(&facts[table], root, decided)
                .and_then(|grouping| grouping.rows_asked())
                .unwrap_or(0);
        }
        open.retain(|table| !ready.contains(table));
    }
    Ok(())
}

fn asked(facts: &Duties<'_>, request: &Request) -> u64 {
    if facts.no_rows.is_some() {
        return 0;
    }
    match facts.master {
        Some(master) => master.rows.len() as u64,
        None => request.rows_of(facts.table).rows,
    }
}

/// Why a table has no rows from the outset.
fn reason(facts: &Duties<'_>) -> Option<String> {
    facts.no_rows.clone().or_else(|| {
        let master = facts.master.filter(|master| master.rows.is_empty())?;
        Some(format!("`{}` has none", master.file))
    })
}

/// A column that is another one in each row of a table is a candidate key, whatever else its key has.
fn add_candidate_keys(facts: &mut TableSlice<Duties<'_>>, table: TableId, decided: &Decided) {
    for reference in &mut facts[table].references {
        if !reference.targets.is_empty() {
            continue;
        }
        let pairs = reference.columns.iter().zip(&reference.referenced);
        let found: Vec<Vec<ColumnId>> = pairs
            .filter(|(_, other)| matches!(decided.needs[reference.table][**other], Need::Distinct))
            .map(|(own, _)| vec![*own])
            .filter(|key| !reference.candidate_keys.contains(key))
            .collect();
        reference.candidate_keys.extend(found);
    }
}

/// What a table and those that it points to have of each tenant.
fn shares(
    facts: &TableSlice<Duties<'_>>,
    scopes: &Scopes,
    decided: &Decided,
    table: TableId,
    scope: usize,
) -> Shares {
    let others = facts[table]
        .references
        .iter()
        .map(|reference| {
            if reference.choosing != Choosing::WithinTenant {
                return None;
            }
            let other = decided.scope_of(facts, scopes, reference.table, scope);
            let is_named = name_a_row(facts, decided, reference.table, &reference.referenced, 0);
            Some(Reach {
                rows: other.up_to(reference.reach),
                is_named,
            })
        })
        .collect();
    Shares {
        table,
        own: decided.scope_of(facts, scopes, table, scope),
        others,
    }
}

/// Whether columns name a row of a table although the tenant's aren't among them.
fn name_a_row(
    facts: &TableSlice<Duties<'_>>,
    decided: &Decided,
    table: TableId,
    columns: &[ColumnId],
    depth: u32,
) -> bool {
    let own = &facts[table];
    let is_tenants = |column: &ColumnId| {
        own.reference(*column)
            .is_some_and(|reference| reference.choosing == Choosing::Tenant)
    };
    let counts = |&column: &ColumnId| matches!(decided.needs[table][column], Need::Distinct);
    // A part of the columns names a row of another table, and so the tenant.
    let names_tenant = || {
        depth < 8
            && own.references.iter().any(|reference| {
                reference.choosing == Choosing::WithinTenant
                    && reference.table != table
                    && reference
                        .columns
                        .iter()
                        .all(|column| columns.contains(column))
                    && name_a_row(
                        facts,
                        decided,
                        reference.table,
                        &reference.referenced,
                        depth + 1,
                    )
            })
    };
    columns.iter().any(counts)
        || own.unique_sets.iter().any(|set| {
            let mut rest = set
                .columns
                .iter()
                .filter(|column| !columns.contains(column));
            set.opaque.is_none()
                && (rest.clone().next().is_none() || (rest.all(is_tenants) && names_tenant()))
        })
}

/// Decides a table whose keys share columns. Where its unique sets leave too little room, first its rows, then
/// those of all tables of the scope are shared out more evenly.
fn decide_member(
    schema: &Schema,
    facts: &mut Duties<'_>,
    (table, scope): (TableId, usize),
    shares: &Shares,
    root: Key,
    decided: &mut Decided,
    limits: &mut TableSlice<Option<Limit>>,
) {
    let key = unique_key(facts, root);
    let capacities: Columns<u64> = facts
        .table
        .column_ids()
        .map(|column| match facts.reference(column) {
            Some(reference) => reference.choices(&decided.rows),
            None => capacity(schema, facts, column),
        })
        .collect();
    match within::assign(facts, &capacities, shares, decided.rows[table], key) {
        Ok(needs) => decided.needs[table] = needs,
        Err(_) if !decided.is_even[table] => decided.is_even[table] = true,
        Err(_) if decided.doublings[scope] <= MOST_DOUBLINGS => decided.doublings[scope] += 1,
        Err(limit) => cut(decided, limits, table, limit),
    }
}

fn decide_table(
    schema: &Schema,
    facts: &mut Duties<'_>,
    table: TableId,
    root: Key,
    decided: &mut Decided,
    limits: &mut TableSlice<Option<Limit>>,
) {
    let key = unique_key(facts, root);
    let per = per_grouping(facts, root, decided);
    if facts.per.is_some() {
        let most = per.as_ref().and_then(Grouping::rows_asked).unwrap_or(0);
        decided.rows[table] = decided.rows[table].min(most);
        if most == 0 {
            decided.reasons[table] = Some("its parent has no rows".to_owned());
            return;
        }
    }
    loop {
        let capacities: Columns<u64> = facts
            .table
            .column_ids()
            .map(|column| match facts.reference(column) {
                // One parent fewer where another column of the row must point to another one.
                Some(reference) if facts.half(column).is_some() => {
                    reference.choices(&decided.rows) / 2
                }
                Some(reference) => reference
                    .choices(&decided.rows)
                    .saturating_sub(u64::from(facts.differs_from(column).is_some())),
                None => capacity(schema, facts, column),
            })
            .collect();
        match assign(facts, &capacities, per.as_ref(), decided.rows[table], key) {
            Ok(needs) => {
                decided.needs[table] = needs;
                return;
            }
            Err(limit) => {
                // A reference that only a name speaks of isn't worth a single row.
                let guessed = limit.columns.iter().find_map(|name| {
                    let column = facts.table.column_id(name)?;
                    let reference = facts.reference_of[column]?.reference;
                    facts.references[reference]
                        .constraint
                        .is_none()
                        .then_some(column)
                });
                if let Some(column) = guessed {
                    drop_reference(facts, column);
                    continue;
                }
                if avoid_predicate(facts, &limit) {
                    continue;
                }
                cut(decided, limits, table, limit);
                if decided.rows[table] == 0 {
                    return;
                }
            }
        }
    }
}

/// Where something unique among some rows leaves too few: none is among those. False if that can't be.
fn avoid_predicate(facts: &mut Duties<'_>, limit: &Limit) -> bool {
    let mut sets = facts.unique_sets.iter();
    let set = sets.find(|set| set.name == limit.constraint);
    let Some(predicate) = set.and_then(|set| set.predicate.as_ref()) else {
        return false;
    };
    let columns_of_ways: Vec<&str> = facts
        .ways
        .iter()
        .flat_map(|ways| &ways.columns)
        .map(|&column| facts.table.columns[column].name.as_str())
        .collect();
    let Ok(alternatives) = check::read(&format!("NOT ({predicate})")) else {
        return false;
    };
    let is_decided = alternatives.iter().flatten().any(|clause| {
        let mut columns = clause.columns().into_iter();
        columns.any(|column| columns_of_ways.contains(&column))
    });
    if is_decided || !facts.add_rule(&alternatives) {
        return false;
    }
    facts.take_nulls();
    facts.unique_sets.retain(|set| set.name != limit.constraint);
    true
}

/// What a table's unique values are drawn by.
fn unique_key(facts: &Duties<'_>, root: Key) -> Key {
    root.child(&facts.table.name.to_string()).child("unique")
}

/// Gives a table no more rows than `limit` leaves, and remembers the narrowest limit.
fn cut(
    decided: &mut Decided,
    limits: &mut TableSlice<Option<Limit>>,
    table: TableId,
    limit: Limit,
) {
    decided.rows[table] = limit.rows.min(decided.rows[table] - 1);
    let old = limits[table].as_ref();
    if old.is_none_or(|old| limit.rows < old.rows) {
        limits[table] = Some(limit);
    }
}

/// A table without rows can't be pointed to.
fn drop_references_to_nothing(
    schema: &Schema,
    facts: &mut Duties<'_>,
    table: TableId,
    decided: &mut Decided,
) {
    if decided.rows[table] == 0 {
        return;
    }
    drop_empty_targets(facts, decided);
    let empty: Vec<ReferenceId> = facts
        .references
        .iter_enumerated()
        .filter(|(_, reference)| decided.rows[reference.table] == 0)
        .map(|(number, _)| number)
        .collect();
    for number in empty {
        let reference = facts.references[number].clone();
        if !reference
            .columns
            .iter()
            .all(|&column| facts.reference_of[column].is_some())
        {
            continue;
        }
        let parent = &schema.tables[reference.table].name;
        if reference.constraint.is_some() {
            let nullable: Vec<ColumnId> = reference
                .columns
                .iter()
                .copied()
                .filter(|&column| !facts.never_null[column])
                .collect();
            if nullable.is_empty() {
                decided.rows[table] = 0;
                decided.reasons[table] = Some(format!(
                    "every row must point to `{parent}`, which has no rows"
                ));
                return;
            }
            for column in nullable {
                facts.always_null[column] = Some(format!("`{parent}` has no rows"));
            }
        }
        for &column in &reference.columns {
            facts.reference_of[column] = None;
        }
    }
}

/// A polymorphic pair can't point to a table without rows, but to its other tables.
fn drop_empty_targets(facts: &mut Duties<'_>, decided: &Decided) {
    for reference in &mut facts.references {
        reference
            .targets
            .retain(|target| decided.rows[target.table] > 0);
        if let Some(first) = reference.targets.first() {
            reference.table = first.table;
            reference.referenced = vec![first.key; reference.columns.len()];
        }
    }
}

/// Two columns that must point to different rows of a table with a single row can't both do so.
fn drop_lonely_pairs(
    schema: &Schema,
    facts: &mut Duties<'_>,
    table: TableId,
    decided: &mut Decided,
) {
    if decided.rows[table] == 0 {
        return;
    }
    for column in facts.table.column_ids() {
        let half = || {
            facts.half(column)?;
            let mut pairs = facts.ordered_pairs.iter();
            pairs.find_map(|pair| pair.other(column))
        };
        let Some(other) = facts.differs_from(column).or_else(half) else {
            continue;
        };
        let Some(reference) = facts.reference(column) else {
            continue;
        };
        let parent = reference.table;
        if decided.rows[parent] > 1 {
            continue;
        }
        let nullable = [column, other]
            .into_iter()
            .find(|&column| !facts.never_null[column]);
        let reason = format!(
            "`{}` has one row, and a check wants two different ones",
            schema.tables[parent].name
        );
        if let Some(column) = nullable {
            facts.always_null[column] = Some(reason);
            facts.reference_of[column] = None;
        } else {
            decided.rows[table] = 0;
            decided.reasons[table] = Some(reason);
            return;
        }
    }
}

/// Forgets a reference that only names speak of.
fn drop_reference(facts: &mut Duties<'_>, column: ColumnId) {
    let (dropped, kept): (Vec<_>, Vec<_>) = facts.references.drain(..).partition(|reference| {
        reference.constraint.is_none() && reference.columns.contains(&column)
    });
    facts.references = kept.into();
    for reference in dropped {
        for column in reference.columns {
            facts.reference_of[column] = None;
        }
    }
    for (number, reference) in facts.references.iter_enumerated() {
        for (place, &column) in reference.columns.iter().enumerate() {
            if facts.reference_of[column].is_some() {
                facts.reference_of[column] = Some(ReferencePlace {
                    reference: number,
                    place,
                });
            }
        }
    }
}

fn limit_problem(facts: &Duties<'_>, limit: &Limit, asked: u64) -> Problem {
    let table = &facts.table.name;
    let place = match limit.columns.as_slice() {
        [] => table.to_string(),
        [column] => format!("{table}.{column}"),
        columns => format!("{table}.({})", columns.join(", ")),
    };
    let text = format!(
        "is unique (`{}`) over {} value{}; {asked} rows asked: at most {}",
        limit.constraint,
        limit.rows,
        if limit.rows == 1 { "" } else { "s" },
        limit.rows
    );
    Problem::new(place, text)
}
