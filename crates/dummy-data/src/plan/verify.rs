//! Holds the rows that a plan makes against the constraints as the schema writes them.
//!
//! Everything before this builds rows so that constraints hold, by what was understood of them. Here nothing is
//! built: expressions are evaluated over rows, as the server will do. So a mistake is told before a dump is written,
//! and a constraint that wasn't understood is no reason to stop where all rows are seen to keep it.

use crate::check::{columns, parse};
use crate::evaluate::value::{Value, of_type};
use crate::evaluate::{Evaluator, Fault};
use crate::plan::doubt;
use crate::plan::facts::duties::Duties;
use crate::plan::product::TablePlan;
use crate::plan::sql::{elements_of, operator_of};
use crate::problem::Problem;
use row_text::RowBuffer;
use sqlparser::ast::{Expr, Ident};
use std::cell::Cell;
use std::collections::BTreeMap;
use value_model::expression::identifier;
use value_model::{Characters, Column, ColumnValue, Doubt, IndexKey, MomentRange, Table};

/// Rows that are looked at where nothing is doubted: so many first ones, and so many of the others.
const SAMPLE: (u64, u64) = (256, 64);

/// The same for what is unique, where chance shows only in many rows.
const UNIQUE_SAMPLE: (u64, u64) = (1000, 256);

/// So many rows are looked at where there is doubt. A larger table's remain in doubt.
const MOST: u64 = 1_000_000;

/// Rows of which each is compared with each.
const PAIRS: u64 = 400;

/// A table whose rows are planned.
pub(crate) struct Planned<'a> {
    pub duties: &'a Duties<'a>,
    pub plan: &'a TablePlan,
}

/// Something that rows must keep.
struct Rule<'a> {
    name: &'a str,
    what: What,
}

enum What {
    /// Must not be false.
    Check(Expr),
    /// Must have a value: the server computes it for an index.
    Computes(Vec<Expr>),
    /// Must be another one in each row of which the condition is true.
    Unique {
        keys: Vec<Expr>,
        nulls_equal: bool,
        condition: Option<Expr>,
    },
    /// No two rows may have all operators true.
    Exclusion {
        keys: Vec<(Expr, String)>,
        condition: Option<Expr>,
    },
    /// Must not be NULL.
    NotNull(Expr),
    /// Isn't understood at all.
    Unknown,
}

/// What is known of a rule after looking.
enum Verdict {
    /// Rows keep it, as many as were looked at; whether that is all.
    Kept { all: bool },
    /// A row breaks it, and how.
    Broken(String),
    /// It can't be told: why.
    Unknown,
}

/// Verifies all tables. `accepted` says whether the configuration leaves a constraint to the server; those of them that
/// rows break, or may break, are told, and all others are problems.
pub(crate) fn verify(
    tables: &[Planned<'_>],
    others: Vec<Doubt>,
    accepted: &dyn Fn(&str, &str) -> bool,
) -> Result<Vec<String>, Vec<Problem>> {
    let mut unverified = Vec::new();
    let mut problems = Vec::new();
    let mut say = |doubt: Doubt| {
        if accepted(&doubt.table, &doubt.constraint) {
            let name = format!("{}.{}", doubt.table, doubt.constraint);
            if !unverified.contains(&name) {
                unverified.push(name);
            }
        } else {
            problems.push(doubt::problem(&doubt));
        }
    };
    for doubt in others {
        say(doubt);
    }
    for table in tables {
        let name = table.duties.table.name.to_string();
        let mut doubts = table.duties.doubts.clone();
        for rule in rules(table) {
            let own: Vec<&Doubt> = doubts
                .iter()
                .filter(|doubt| doubt.constraint == rule.name)
                .collect();
            match verdict(table, &rule, !own.is_empty()) {
                Verdict::Broken(how) => {
                    let how = match own.first() {
                        Some(doubt) => format!("{}; {how}", doubt.text),
                        None => how,
                    };
                    doubts.retain(|doubt| doubt.constraint != rule.name);
                    say(Doubt::new(name.clone(), rule.name, how));
                }
                // It was seen to hold.
                Verdict::Kept { all: true } => {
                    doubts.retain(|doubt| doubt.constraint != rule.name);
                }
                Verdict::Unknown if own.is_empty() && matches!(rule.what, What::Check(_)) => {
                    say(Doubt::new(
                        name.clone(),
                        rule.name,
                        format!("it isn't known whether rows keep the check `{}`", rule.name),
                    ));
                }
                Verdict::Kept { all: false } | Verdict::Unknown => {}
            }
        }
        for doubt in doubts {
            say(doubt);
        }
    }
    if problems.is_empty() {
        Ok(unverified)
    } else {
        Err(problems)
    }
}

/// What a row breaks by itself, each with its name.
pub(crate) fn broken_by_row(table: &Planned<'_>, number: u64) -> Vec<(String, String)> {
    let row = |name: &str| value(table, name, number, 0);
    let evaluator = Evaluator::default();
    let mut broken = Vec::new();
    for rule in rules(table) {
        match &rule.what {
            What::Check(check) => {
                let how = match evaluator.truth(check, &row) {
                    Ok(Some(false)) => format!("the check `{}` ({check}) doesn't hold", rule.name),
                    Err(Fault::Refused(why)) => {
                        format!("the check `{}` can't be computed ({why})", rule.name)
                    }
                    _ => continue,
                };
                let how = format!("{how}{}", shown(table, &columns(check), number));
                broken.push((rule.name.to_owned(), how));
            }
            What::NotNull(column) => {
                if let Ok(Value::Null) = evaluator.value(column, &row) {
                    let how = format!("the column `{}` can't be NULL, and is", rule.name);
                    broken.push((rule.name.to_owned(), how));
                }
            }
            _ => {}
        }
    }
    broken
}

/// Whether rows break a check, by its position.
pub(crate) fn breaks_a_check(table: &Planned<'_>, check: usize) -> bool {
    let own = &table.duties.table.checks[check];
    parse(&own.expression).is_ok_and(|parsed| {
        let rule = Rule {
            name: &own.name,
            what: What::Check(parsed),
        };
        matches!(verdict(table, &rule, false), Verdict::Broken(_))
    })
}

/// All that the rows of a table must keep and that can be evaluated.
fn rules<'a>(table: &Planned<'a>) -> Vec<Rule<'a>> {
    let own = table.duties.table;
    let mut rules = Vec::new();
    for check in &own.checks {
        rules.push(Rule {
            name: &check.name,
            what: match parse(&check.expression) {
                Ok(parsed) => What::Check(parsed),
                Err(_) => What::Unknown,
            },
        });
    }
    for column in &own.columns {
        let in_key = own
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&column.name));
        if let Some(expression) = limits_of_moment(column).or_else(|| limits_of_text(column)) {
            rules.push(Rule {
                name: &column.name,
                what: What::Check(expression),
            });
        }
        if column.not_null || in_key {
            rules.push(Rule {
                name: &column.name,
                what: What::NotNull(named(&column.name)),
            });
        }
    }
    let unique = |columns: &[String], nulls_equal: bool| What::Unique {
        keys: columns.iter().map(|column| compared(own, column)).collect(),
        nulls_equal,
        condition: None,
    };
    if let Some(key) = &own.primary_key {
        rules.push(Rule {
            name: key.name.as_deref().unwrap_or("primary key"),
            what: unique(&key.columns, false),
        });
    }
    // One that an index becomes is about what the index is about.
    for constraint in own
        .own
        .uniques
        .iter()
        .filter(|unique| !unique.columns.is_empty())
    {
        rules.push(Rule {
            name: &constraint.name,
            what: unique(&constraint.columns, constraint.nulls_not_distinct),
        });
    }
    for index in &own.indexes {
        let condition = index.own.predicate.as_deref().map(parse).transpose();
        let keys: Result<Vec<Expr>, String> = index
            .parts
            .iter()
            .flat_map(|part| match &part.key {
                IndexKey::Column(name) => vec![Ok(compared(own, name))],
                IndexKey::Expression(text) => elements_of(text).into_iter().map(parse).collect(),
            })
            .collect();
        let is_plain = index.plain_columns().is_some();
        if is_plain && !index.unique {
            continue;
        }
        rules.push(Rule {
            name: &index.name,
            what: match (keys, condition) {
                (Ok(keys), Ok(condition)) if index.unique => What::Unique {
                    keys,
                    nulls_equal: index.own.nulls_not_distinct,
                    condition,
                },
                (Ok(keys), Ok(_)) => What::Computes(keys),
                _ => What::Unknown,
            },
        });
    }
    for exclusion in &own.own.exclusions {
        let keys: Option<Vec<(Expr, String)>> = elements_of(&exclusion.elements)
            .into_iter()
            .map(|element| {
                let (expression, operator) = operator_of(element)?;
                Some((parse(expression).ok()?, operator.to_owned()))
            })
            .collect();
        let condition = exclusion.predicate.as_deref().map(parse).transpose();
        rules.push(Rule {
            name: &exclusion.name,
            what: match (keys, condition) {
                (Some(keys), Ok(condition)) => What::Exclusion { keys, condition },
                _ => What::Unknown,
            },
        });
    }
    rules
}

/// What a unique constraint compares of a column: its values, or what a collation leaves of them.
fn compared(table: &Table, column: &str) -> Expr {
    let is_folded = table.column(column).is_some_and(|own| own.own.folded);
    if is_folded && let Ok(expression) = parse(&format!("folded({})", identifier(column))) {
        return expression;
    }
    named(column)
}

/// How long a column's texts may be in bytes, and whether all characters must be of ASCII.
fn limits_of_text(column: &Column) -> Option<Expr> {
    /// A text of more bytes than this isn't made but where somebody asks for it.
    const LARGE: u32 = 65_535;
    let name = identifier(&column.name);
    let most = column.own.most_bytes.filter(|most| *most <= LARGE);
    let bytes = most.map(|most| format!("octet_length({name}) <= {most}"));
    let is_text = column.data_type.kind.is_string();
    let ascii = (column.own.characters == Characters::Ascii && is_text)
        .then(|| format!("octet_length({name}) = char_length({name})"));
    let both: Vec<String> = bytes.into_iter().chain(ascii).collect();
    if both.is_empty() {
        return None;
    }
    parse(&both.join(" AND ")).ok()
}

/// Between which moments a column's are.
fn limits_of_moment(column: &Column) -> Option<Expr> {
    let MomentRange { first, last } = column.own.moments?;
    let name = identifier(&column.name);
    parse(&format!("{name} >= '{first}' AND {name} <= '{last}'")).ok()
}

fn named(column: &str) -> Expr {
    Expr::Identifier(Ident::with_quote('"', column))
}

/// Looks at a table's rows.
fn verdict(table: &Planned<'_>, rule: &Rule<'_>, is_doubted: bool) -> Verdict {
    let rows = table.plan.rows;
    let (first, others) = match &rule.what {
        _ if is_doubted => (MOST, 0),
        // What chance breaks in one row of a thousand.
        What::Check(check) if compares_columns(check) => UNIQUE_SAMPLE,
        What::Unique { .. } => UNIQUE_SAMPLE,
        _ => SAMPLE,
    };
    let first = first.min(rows);
    let step = ((rows - first) / (others + 1)).max(1);
    // Given rows too, wherever they stand.
    let given = &table.plan.fixed;
    let own = given.iter().copied().filter(|&row| row >= first);
    let numbers = (0..first).chain(own).chain(
        (first..rows)
            .step_by(usize::try_from(step).unwrap_or(1))
            .take(usize::try_from(others).unwrap_or(0))
            .filter(|row| !given.contains(row)),
    );
    let at = Cell::new(0);
    let row = |name: &str| value(table, name, at.get(), 0);
    let evaluator = Evaluator::default();
    let all = first == rows;
    let name = rule.name;
    let broken = |named: &[String], how: &str| {
        Verdict::Broken(format!(
            "{how} in row {}{}",
            at.get() + 1,
            shown(table, named, at.get())
        ))
    };
    match &rule.what {
        What::Unknown => Verdict::Unknown,
        What::Check(check) => {
            for number in numbers {
                at.set(number);
                match evaluator.truth(check, &row) {
                    Ok(Some(false)) => {
                        let how = format!("the check `{name}` ({check}) doesn't hold");
                        return broken(&columns(check), &how);
                    }
                    Ok(_) => {}
                    Err(Fault::Refused(why)) => {
                        let how = format!("the check `{name}` can't be computed ({why})");
                        return broken(&columns(check), &how);
                    }
                    Err(_) => return Verdict::Unknown,
                }
            }
            Verdict::Kept { all }
        }
        What::NotNull(column) => {
            for number in numbers {
                at.set(number);
                if let Ok(Value::Null) = evaluator.value(column, &row) {
                    return broken(&[], &format!("the column `{name}` can't be NULL, and is"));
                }
            }
            Verdict::Kept { all }
        }
        What::Computes(keys) => {
            for number in numbers {
                at.set(number);
                for key in keys {
                    match evaluator.value(key, &row) {
                        Ok(_) => {}
                        Err(Fault::Refused(why)) => {
                            let how = format!("the index `{name}` can't be computed ({why})");
                            return broken(&columns(key), &how);
                        }
                        Err(_) => return Verdict::Unknown,
                    }
                }
            }
            Verdict::Kept { all }
        }
        What::Unique {
            keys,
            nulls_equal,
            condition,
        } => {
            let mut seen: BTreeMap<Vec<String>, u64> = BTreeMap::new();
            for number in numbers {
                at.set(number);
                match condition.as_ref().map(|one| evaluator.truth(one, &row)) {
                    None | Some(Ok(Some(true))) => {}
                    Some(Ok(_)) => continue,
                    Some(Err(_)) => return Verdict::Unknown,
                }
                let values: Result<Vec<Value>, Fault> =
                    keys.iter().map(|key| evaluator.value(key, &row)).collect();
                let values = match values {
                    Ok(values) => values,
                    Err(Fault::Refused(why)) => {
                        let how = format!("the index `{name}` can't be computed ({why})");
                        return broken(&[], &how);
                    }
                    Err(_) => return Verdict::Unknown,
                };
                if !nulls_equal && values.iter().any(Value::is_null) {
                    continue;
                }
                let texts: Vec<String> = values.iter().map(key_text).collect();
                if let Some(other) = seen.insert(texts, number) {
                    let named: Vec<String> = keys.iter().flat_map(columns).collect();
                    let how = format!("`{name}` is unique, and what row {} has is", other + 1);
                    return broken(&named, &how);
                }
            }
            Verdict::Kept { all }
        }
        What::Exclusion { keys, condition } => {
            let mut seen: Vec<(u64, Vec<Value>)> = Vec::new();
            for number in numbers.take(usize::try_from(PAIRS).unwrap_or(0)) {
                at.set(number);
                match condition.as_ref().map(|one| evaluator.truth(one, &row)) {
                    None | Some(Ok(Some(true))) => {}
                    Some(Ok(_)) => continue,
                    Some(Err(_)) => return Verdict::Unknown,
                }
                let mut values = Vec::new();
                for (key, _) in keys {
                    match evaluator.value(key, &row) {
                        Ok(value) => values.push(value),
                        Err(Fault::Refused(why)) => {
                            let how = format!("`{name}` can't be computed ({why})");
                            return broken(&columns(key), &how);
                        }
                        Err(_) => return Verdict::Unknown,
                    }
                }
                for (other, others) in &seen {
                    match excludes(keys, &values, others) {
                        Ok(true) => {
                            let how = format!(
                                "`{name}` lets no two rows overlap, and row {} does",
                                other + 1
                            );
                            return broken(&[], &how);
                        }
                        Ok(false) => {}
                        Err(_) => return Verdict::Unknown,
                    }
                }
                seen.push((number, values));
            }
            Verdict::Kept {
                all: all && rows <= PAIRS,
            }
        }
    }
}

/// Whether two columns must differ.
fn compares_columns(check: &Expr) -> bool {
    match check {
        Expr::Nested(inner) => compares_columns(inner),
        Expr::BinaryOp { left, op, right } => match op {
            sqlparser::ast::BinaryOperator::And | sqlparser::ast::BinaryOperator::Or => {
                compares_columns(left) || compares_columns(right)
            }
            sqlparser::ast::BinaryOperator::NotEq => {
                !columns(left).is_empty() && !columns(right).is_empty()
            }
            _ => false,
        },
        Expr::IsDistinctFrom(..) => true,
        _ => false,
    }
}

/// Whether all operators are true of two rows.
fn excludes(keys: &[(Expr, String)], left: &[Value], right: &[Value]) -> Result<bool, Fault> {
    for (((_, operator), left), right) in keys.iter().zip(left).zip(right) {
        if left.is_null() || right.is_null() {
            return Ok(false);
        }
        let holds = match operator.as_str() {
            "=" => crate::evaluate::compared(left, crate::check::Comparison::Equal, right)?,
            "<>" => crate::evaluate::compared(left, crate::check::Comparison::NotEqual, right)?,
            "&&" => Some(crate::evaluate::overlap(left, right)?),
            _ => return Err(Fault::unknown("an operator")),
        };
        if holds != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A text that is the same for equal values.
fn key_text(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("{}e-{}", number.units, number.scale),
        other => format!("{other:?}"),
    }
}

/// The value of a row's column: of the plan, or what the server computes.
fn value(table: &Planned<'_>, name: &str, row: u64, depth: u32) -> Result<Value, Fault> {
    let own = table.duties.table;
    let column = own
        .column(name)
        .ok_or_else(|| Fault::unknown("a column that isn't there"))?;
    if let Some(planned) = table
        .plan
        .columns
        .iter()
        .find(|planned| planned.name == name)
    {
        if planned.nulls.at(row) {
            return Ok(Value::Null);
        }
        let mut out = RowBuffer::new();
        planned.generator.write(row, &mut out);
        return of_type(&String::from_utf8_lossy(out.as_bytes()), &column.data_type);
    }
    let by_configuration = table.plan.computed.iter().find(|(own, _)| own == name);
    let expression = match (by_configuration, &column.value) {
        (Some((_, sql)), _) => sql,
        (None, ColumnValue::Generated { expression, .. } | ColumnValue::Default(expression)) => {
            expression
        }
        (None, ColumnValue::None | ColumnValue::Null) => return Ok(Value::Null),
        _ => return Err(Fault::unknown("a value of the server's")),
    };
    if depth > 8 {
        return Err(Fault::unknown("columns that are made of each other"));
    }
    let parsed = parse(expression).map_err(Fault::Unknown)?;
    let others = |name: &str| value(table, name, row, depth + 1);
    let value = Evaluator::default().value(&parsed, &others)?;
    match value {
        // A default's text is of the column's type.
        Value::Text(text) => of_type(&text, &column.data_type),
        other => Ok(other),
    }
}

/// The values of some columns in a row, for a message.
fn shown(table: &Planned<'_>, names: &[String], row: u64) -> String {
    const MOST_SHOWN: usize = 6;
    const LONGEST: usize = 40;
    let mut parts: Vec<String> = Vec::new();
    for name in names {
        let planned = table
            .plan
            .columns
            .iter()
            .find(|planned| planned.name == *name);
        let Some(planned) = planned else { continue };
        let mut text = if planned.nulls.at(row) {
            "NULL".to_owned()
        } else {
            let mut out = RowBuffer::new();
            planned.generator.write(row, &mut out);
            String::from_utf8_lossy(out.as_bytes()).into_owned()
        };
        if text.chars().count() > LONGEST {
            text = text.chars().take(LONGEST).collect::<String>() + "…";
        }
        let part = format!("{name} = {text}");
        if !parts.contains(&part) && parts.len() < MOST_SHOWN {
            parts.push(part);
        }
    }
    if parts.is_empty() {
        String::new()
    } else {
        format!(": {}", parts.join(", "))
    }
}
