//! Columns that checks want to equal an expression over others: which column of an equation is computed, and what that
//! asks of the others.

use crate::check::{self, Clause, ColumnRelation, Comparison, Domain, Solution, bounded};
use crate::ids::{ColumnId, TableColumns};
use crate::plan::facts::duties::Duties;
use sqlparser::ast::{BinaryOperator, Expr};
use value_model::{ColumnValue, ValueType};

/// A column that is computed.
#[derive(Debug, Clone)]
pub(crate) struct Equation {
    /// Its position.
    pub target: ColumnId,
    /// What it is.
    pub expression: Expr,
    /// Positions of the columns that the expression names; the target itself stands for what it would be otherwise.
    pub inputs: Vec<ColumnId>,
}

/// Solves the table's equations.
pub(crate) fn solve(facts: &mut Duties<'_>) {
    for solutions in facts.rules.equations.clone() {
        let already = facts.equations.iter().any(|known| {
            solutions.iter().any(|(name, expression)| {
                facts.table.column_id(name) == Some(known.target) && *expression == known.expression
            })
        });
        if already {
            continue;
        }
        let found = [true, false].iter().find_map(|&strictly| {
            solutions
                .iter()
                .find_map(|solution| equation(facts, solution, strictly))
        });
        if let Some(equation) = found {
            add(facts, equation);
        }
    }
    bind_to_computed(facts);
}

/// The equation that a solution is, if nothing else decides its column. `strictly` asks for one that no unique set
/// counts either.
fn equation(facts: &Duties<'_>, solution: &Solution, strictly: bool) -> Option<Equation> {
    let (name, expression) = solution;
    let table = facts.table;
    let target = table.column_id(name)?;
    let inputs = check::columns(expression)
        .iter()
        .map(|name| table.column_id(name))
        .collect::<Option<Vec<ColumnId>>>()?;
    let column = &table.columns[target];
    let is_name = matches!(
        column.value,
        ColumnValue::Numbered(()) | ColumnValue::Generated { .. }
    );
    let is_unique = facts
        .unique_sets
        .iter()
        .any(|set| set.columns.contains(&target) && (strictly || set.columns.len() == 1));
    let is_listed = facts
        .rules
        .domains
        .get(name)
        .is_some_and(|domain| domain.one_of.is_some());
    let is_decided = facts.reference_of[target].is_some()
        || facts.is_given(target)
        || facts.source(target).is_some()
        || facts.left_out[target].is_some()
        || facts.always_null[target].is_some()
        || facts.equations.iter().any(|other| other.target == target)
        || facts
            .slots
            .iter()
            .any(|slot| slot.lower == target || slot.upper == target);
    let is_circular = inputs
        .iter()
        .any(|&input| input != target && depends_on(facts, input, target, 0));
    let takes_from_nothing = inputs.iter().any(|&input| {
        facts.left_out[input].is_some()
            && !matches!(table.columns[input].value, ColumnValue::Generated { .. })
    });
    let reasons_against = [
        is_name,
        is_unique,
        strictly && is_listed,
        is_decided,
        is_circular,
        takes_from_nothing,
    ];
    (!reasons_against.contains(&true)).then(|| Equation {
        target,
        expression: expression.clone(),
        inputs,
    })
}

/// Whether a column is computed from another one, however many steps away.
fn depends_on(facts: &Duties<'_>, column: ColumnId, other: ColumnId, depth: u32) -> bool {
    column == other
        || (depth < 8
            && facts
                .equations
                .iter()
                .filter(|equation| equation.target == column)
                .any(|equation| {
                    equation
                        .inputs
                        .iter()
                        .any(|&input| input != column && depends_on(facts, input, other, depth + 1))
                }))
}

fn add(facts: &mut Duties<'_>, equation: Equation) {
    let table = facts.table;
    let name = |column: ColumnId| table.columns[column].name.clone();
    if facts.never_null[equation.target] {
        for column in outside_coalesce(&equation.expression) {
            if let Some(position) = table.column_id(&column)
                && facts.always_null[position].is_none()
            {
                facts.never_null[position] = true;
            }
        }
    }
    // What is taken away isn't more than what it is taken from, and the difference is within the target's bounds.
    let (added, taken) = terms(&equation.expression);
    let empty = Domain::default();
    let domain = facts
        .rules
        .domains
        .get(&name(equation.target))
        .unwrap_or(&empty)
        .clone();
    let is_plain = matches!((added.len(), taken.len()), (1, 1)) && equation.inputs.len() == 2;
    for lower in &taken {
        let Some(upper) = added.first() else { break };
        let mut clauses = Vec::new();
        let kind = table.column(upper).map(|column| &column.data_type.kind);
        let is_counted =
            matches!(kind, Some(ValueType::Date)) || kind.is_some_and(ValueType::is_number);
        if is_plain && is_counted {
            for (bound, operators) in [
                (&domain.least, (Comparison::AtLeast, Comparison::Above)),
                (&domain.greatest, (Comparison::AtMost, Comparison::Below)),
            ] {
                let Some(check::Bound {
                    value: number,
                    is_open: strictly,
                }) = bound
                else {
                    continue;
                };
                if number.parse::<f64>().is_ok_and(|number| number > 0.0) {
                    clauses.push(Clause::Apart {
                        upper: upper.clone(),
                        lower: lower.clone(),
                        operator: if *strictly { operators.1 } else { operators.0 },
                        distance: check::Distance::Number(number.clone()),
                    });
                } else if *strictly && operators.0 == Comparison::AtLeast {
                    clauses.push(Clause::Columns {
                        left: upper.clone(),
                        operator: Comparison::Above,
                        right: lower.clone(),
                    });
                }
            }
        }
        let is_related = facts
            .rules
            .relations
            .iter()
            .any(|relation| relation.is_between(upper, lower));
        if clauses.is_empty() && !is_related {
            clauses.push(Clause::Columns {
                left: upper.clone(),
                operator: Comparison::AtLeast,
                right: lower.clone(),
            });
        }
        facts.add_rule(&vec![clauses]);
    }
    facts.known.equations.push(equation);
}

/// Columns that are compared with a computed one follow it, and not the other way round.
fn bind_to_computed(facts: &mut Duties<'_>) {
    let table = facts.table;
    let targets: Vec<ColumnId> = facts
        .equations
        .iter()
        .map(|equation| equation.target)
        .collect();
    let relations = std::mem::take(&mut facts.rules.relations);
    let mut kept = Vec::new();
    for relation in relations {
        let ColumnRelation {
            left,
            operator,
            right,
        } = &relation;
        let sides = (table.column_id(left), table.column_id(right));
        let (Some(first), Some(second)) = sides else {
            kept.push(relation);
            continue;
        };
        let (computed, other, operator) =
            match (targets.contains(&first), targets.contains(&second)) {
                (false, false) => {
                    kept.push(relation);
                    continue;
                }
                (true, _) => (first, second, operator.mirrored()),
                (false, true) => (second, first, *operator),
            };
        let function = match operator {
            Comparison::AtMost | Comparison::Below => "LEAST",
            Comparison::AtLeast | Comparison::Above => "GREATEST",
            Comparison::Equal | Comparison::NotEqual => {
                kept.push(relation);
                continue;
            }
        };
        let is_free = facts.reference_of[other].is_none()
            && !targets.contains(&other)
            && facts.source(other).is_none()
            && !facts.is_given(other)
            && facts.left_out[other].is_none()
            && !facts
                .equations
                .iter()
                .any(|equation| equation.target == other)
            && !depends_on(facts, computed, other, 0);
        let expression = bounded(
            function,
            &table.columns[other].name,
            &table.columns[computed].name,
        );
        if let (true, Some(expression)) = (is_free, expression) {
            facts.known.equations.push(Equation {
                target: other,
                expression,
                inputs: vec![other, computed],
            });
        }
    }
    facts.rules.relations = kept;
}

/// Columns that a sum adds, and those that it takes away.
fn terms(expression: &Expr) -> (Vec<String>, Vec<String>) {
    fn collect(expression: &Expr, negative: bool, found: &mut (Vec<String>, Vec<String>)) {
        match expression {
            Expr::Nested(inner) => collect(inner, negative, found),
            Expr::BinaryOp {
                left,
                op: op @ (BinaryOperator::Plus | BinaryOperator::Minus),
                right,
            } => {
                collect(left, negative, found);
                collect(right, negative != (*op == BinaryOperator::Minus), found);
            }
            other => {
                let columns = check::columns(other);
                if let [column] = columns.as_slice() {
                    let list = if negative { &mut found.1 } else { &mut found.0 };
                    list.push(column.clone());
                }
            }
        }
    }
    let mut found = (Vec::new(), Vec::new());
    collect(expression, false, &mut found);
    found
}

/// Columns that make an expression NULL where they are.
fn outside_coalesce(expression: &Expr) -> Vec<String> {
    let mut guarded = Vec::new();
    check::walk(expression, &mut |part| {
        if let Expr::Function(_) = part
            && let Some((name, arguments)) = check::call(part)
            && name == "coalesce"
        {
            guarded.extend(arguments.into_iter().flat_map(check::columns));
        }
    });
    let mut columns = check::columns(expression);
    columns.retain(|column| !guarded.contains(column));
    columns
}
