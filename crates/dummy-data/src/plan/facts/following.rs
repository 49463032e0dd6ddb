//! Finds what the configuration names besides columns of the row: parents and their columns, and rows that point here.

use crate::check::{self, Domain, Rules};
use crate::ids::{ColumnId, SchemaTables, TableColumns, TableId, TableSlice};
use crate::plan::bounds::holds_numbers;
use crate::plan::facts::duties::Duties;
use crate::plan::facts::values::wrong;
use crate::plan::names::{is_named, singular};
use crate::problem::Problem;
use crate::request::Request;
use crate::settings::{Conditions, GeneratorSettings, Located, Source, Span, Take, TemplatePart};
use value_model::{Schema, Table, ValueType};

/// A column of a parent, or of a parent's parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ancestor {
    /// The columns that lead there, one after the other.
    pub path: Vec<ColumnId>,
    /// The table.
    pub table: TableId,
    /// Its column.
    pub column: ColumnId,
}

/// Rows that point to a table's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Children {
    /// Their table.
    pub table: TableId,
    /// The column that points here.
    pub via: ColumnId,
    /// The column that is taken.
    pub column: Option<ColumnId>,
}

/// What values can be compared or assigned with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Number,
    Moment,
    Truth,
    Text,
    Other,
}

impl Class {
    /// That of a type.
    pub(crate) fn of(kind: &ValueType) -> Self {
        match kind {
            ValueType::Boolean => Self::Truth,
            ValueType::Date | ValueType::Timestamp { .. } => Self::Moment,
            kind if holds_numbers(kind) => Self::Number,
            kind if kind.is_string() => Self::Text,
            ValueType::Enum(_) => Self::Text,
            _ => Self::Other,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Number => "numbers",
            Self::Moment => "dates or times",
            Self::Truth => "true and false",
            Self::Text => "texts",
            Self::Other => "values of another type",
        }
    }
}

/// Looks at everything of the kind that a configuration says.
pub(crate) fn check(
    schema: &Schema,
    facts: &TableSlice<Duties<'_>>,
    request: &Request,
    problems: &mut Vec<Problem>,
) {
    let finder = Finder { schema, facts };
    for (table, duties) in facts.iter_enumerated() {
        let Some(of_table) = request.settings_of(duties.table) else {
            continue;
        };
        for settings in &of_table.columns {
            let Some(column) = duties.table.column_id(&settings.name.value) else {
                continue;
            };
            if let Some(source) = &settings.source {
                problems.extend(finder.source(table, column, source));
            }
            if let Some(only_if) = &settings.only_if {
                problems.extend(finder.conditions(table, only_if));
                if duties.never_null[column] {
                    problems.push(
                        Problem::configured(
                            only_if.span,
                            format!(
                                "`{}` can't be NULL where this isn't so",
                                settings.name.value
                            ),
                        )
                        .hint(
                            "say what it holds there: `cases = [{ when = { … }, values = [ … ] }]`",
                        ),
                    );
                }
            }
            for case in &settings.cases {
                problems.extend(finder.conditions(table, &case.when));
                match &case.source {
                    Some(source)
                        if matches!(
                            source.value,
                            Source::Default | Source::Sql(_) | Source::Children { .. }
                        ) =>
                    {
                        problems.push(
                            Problem::configured(
                                source.span,
                                "a case can't be left to the database, and follows from no children",
                            )
                            .hint("`values`, `range`, `generator`, `template` or `from` can stand here"),
                        );
                    }
                    Some(source) => {
                        problems.extend(finder.source(table, column, source));
                        problems.extend(finder.values(table, column, source));
                    }
                    None if duties.never_null[column] => {
                        problems.push(Problem::configured(
                            case.span,
                            format!("`{}` can't be NULL", settings.name.value),
                        ));
                    }
                    None => {}
                }
            }
        }
        for persona in &of_table.personas {
            for (name, value) in &persona.columns {
                problems.extend(finder.persona(table, name, value));
            }
        }
    }
}

/// Finds tables and columns by what a configuration calls them.
pub(crate) struct Finder<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) facts: &'a TableSlice<Duties<'a>>,
}

impl Finder<'_> {
    fn source(&self, table: TableId, column: ColumnId, source: &Located<Source>) -> Vec<Problem> {
        let own = &self.facts[table].table.columns[column];
        let class = Class::of(&own.data_type.kind);
        let mut problems = Vec::new();
        match &source.value {
            Source::From(path) => match self.ancestor(table, path) {
                Ok(found) => {
                    let other = &self.facts[found.table].table.columns[found.column];
                    let fits = own.data_type == other.data_type
                        || (class == Class::of(&other.data_type.kind)
                            && class != Class::Other
                            && !own.data_type.array
                            && !other.data_type.array)
                        || class == Class::Text;
                    if !fits {
                        problems.push(Problem::configured(
                            source.span,
                            format!(
                                "`{}` holds {}, and `{}` holds {}",
                                path.value.join("."),
                                Class::of(&other.data_type.kind).name(),
                                own.name,
                                class.name()
                            ),
                        ));
                    }
                }
                Err(problem) => problems.push(problem),
            },
            Source::Children { take, of, only } => match self.children(table, of) {
                Ok(children) => {
                    if let Some(only) = only {
                        problems.extend(self.conditions(children.table, only));
                    }
                    problems.extend(self.taken(own, source.span, *take, children));
                }
                Err(problem) => problems.push(problem),
            },
            Source::Template(parts) => {
                for part in parts {
                    if let TemplatePart::Name(name, _) = part
                        && name.value.contains('.')
                    {
                        let path = split(name);
                        problems.extend(self.ancestor(table, &path).err());
                    }
                }
            }
            Source::Generator(generator) => {
                if let Some(per) = per_of(generator) {
                    if class != Class::Number {
                        problems.push(Problem::configured(
                            source.span,
                            format!("`{}` holds no numbers, so it can't count", own.name),
                        ));
                    }
                    problems.extend(self.step(table, &per.value, per.span).err());
                }
            }
            _ => {}
        }
        problems
    }

    /// Values of a case against the column's type; those of the column itself are looked at with its settings.
    fn values(&self, table: TableId, column: ColumnId, source: &Located<Source>) -> Vec<Problem> {
        let of = self.facts[table].table;
        let values = match &source.value {
            Source::Values { values, .. } => values.iter().collect(),
            Source::Range { least, greatest } => vec![least, greatest],
            _ => Vec::new(),
        };
        let wrong = values.into_iter().filter_map(|value| {
            let sentence = wrong(self.schema, of, &of.columns[column], Some(&value.value))?;
            Some(Problem::configured(value.span, sentence))
        });
        wrong.collect()
    }

    /// Whether what is taken of children fits the column.
    fn taken(
        &self,
        own: &value_model::Column,
        span: Span,
        take: Take,
        children: Children,
    ) -> Option<Problem> {
        let class = Class::of(&own.data_type.kind);
        if take == Take::Count {
            return (class != Class::Number || own.data_type.array).then(|| {
                Problem::configured(
                    span,
                    format!("`{}` holds no numbers, so it can't count", own.name),
                )
            });
        }
        let column = &self.facts[children.table].table.columns[children.column?];
        let of = Class::of(&column.data_type.kind);
        let fits = match take {
            Take::Sum | Take::Average => of == Class::Number && class == Class::Number,
            // A text of one type can be that of another, a label of an enum only that of the same.
            Take::First | Take::Latest if of == Class::Text => {
                class == Class::Text
                    && (own.data_type.kind.is_string() || own.data_type == column.data_type)
            }
            _ => of == class && matches!(of, Class::Number | Class::Moment | Class::Truth),
        };
        (!fits || own.data_type.array || column.data_type.array).then(|| {
            Problem::configured(
                span,
                format!(
                    "`{}` holds {}, and `{}` holds {}",
                    column.name,
                    of.name(),
                    own.name,
                    class.name()
                ),
            )
            .hint("sums and means are of numbers; the least and the greatest are numbers, dates, times or true and false on both sides, the first and the latest texts too")
        })
    }

    /// Columns and values of conditions.
    fn conditions(&self, table: TableId, conditions: &Conditions) -> Vec<Problem> {
        let of = self.facts[table].table;
        let mut problems = Vec::new();
        for (name, values) in &conditions.all {
            let Some(column) = of.column(&name.value) else {
                let names = of.columns.iter().map(|column| column.name.as_str());
                problems.push(
                    Problem::configured(
                        name.span,
                        format!("the table `{}` has no column `{}`", of.name, name.value),
                    )
                    .did_you_mean(&name.value, names),
                );
                continue;
            };
            for value in values {
                if let Some(sentence) = wrong(self.schema, of, column, Some(&value.value)) {
                    problems.push(Problem::configured(value.span, sentence));
                }
            }
        }
        problems
    }

    fn persona(
        &self,
        table: TableId,
        name: &Located<String>,
        value: &Located<Option<String>>,
    ) -> Option<Problem> {
        let facts = &self.facts[table];
        let of = facts.table;
        let Some(position) = of.column_id(&name.value) else {
            let names = of.columns.iter().map(|column| column.name.as_str());
            return Some(
                Problem::configured(
                    name.span,
                    format!("the table `{}` has no column `{}`", of.name, name.value),
                )
                .did_you_mean(&name.value, names),
            );
        };
        if facts.is_given(position) || facts.left_out[position].is_some() {
            return Some(Problem::configured(
                name.span,
                format!("the values of `{}` aren't made here", name.value),
            ));
        }
        if facts.reference_of[position].is_some() {
            return Some(
                Problem::configured(
                    name.span,
                    format!(
                        "`{}` points to another table, which isn't what a persona is about",
                        name.value
                    ),
                )
                .hint("a row that points to a certain one is given by `[[tables.NAME.fixed]]`"),
            );
        }
        let unique = facts
            .unique_sets
            .iter()
            .find(|set| set.columns == [position]);
        if let Some(set) = unique {
            return Some(Problem::configured(
                name.span,
                format!(
                    "`{}` is unique (`{}`), and a persona is many rows",
                    name.value, set.name
                ),
            ));
        }
        let column = &of.columns[position];
        let text = value.value.as_deref();
        if text.is_none() && facts.never_null[position] {
            return Some(Problem::configured(
                value.span,
                format!("`{}` can't be NULL", name.value),
            ));
        }
        let sentence = wrong(self.schema, of, column, text).or_else(|| {
            let broken = domain_of_checks(of, &column.name).broken_by(text?)?;
            Some(format!(
                "`{}` can't be a value of `{}`: {broken}",
                text?, column.name
            ))
        })?;
        Some(Problem::configured(value.span, sentence))
    }

    /// The column that leads to a parent, by its own name, without `_id`, or by the parent's name; and the parent.
    pub(crate) fn step(
        &self,
        table: TableId,
        name: &str,
        span: Span,
    ) -> Result<(ColumnId, TableId), Problem> {
        let facts = &self.facts[table];
        let all: Vec<(ColumnId, TableId)> = facts
            .references
            .iter_enumerated()
            .filter(|(number, reference)| {
                let of = |column: &ColumnId| facts.reference_of[*column].map(|own| own.reference);
                reference.targets.is_empty()
                    && reference
                        .columns
                        .iter()
                        .all(|column| of(column) == Some(*number))
            })
            .map(|(_, reference)| (reference.columns[0], reference.table))
            .collect();
        let column_name = |column: ColumnId| facts.table.columns[column].name.as_str();
        let stem = |column: ColumnId| {
            let own = column_name(column);
            own.rsplit_once('_').map_or(own, |(stem, _)| stem)
        };
        let by_column: Vec<_> = all
            .iter()
            .filter(|(column, _)| column_name(*column) == name || stem(*column) == name)
            .collect();
        let by_table = || -> Vec<&(ColumnId, TableId)> {
            all.iter()
                .filter(|(_, parent)| {
                    let parent = &self.schema.tables[*parent];
                    is_named(parent, name) || singular(&parent.name.name) == name
                })
                .collect()
        };
        let found = if by_column.is_empty() {
            by_table()
        } else {
            by_column
        };
        match found.as_slice() {
            [only] => Ok(**only),
            [] => {
                let known = all
                    .iter()
                    .flat_map(|(column, _)| [stem(*column), column_name(*column)]);
                Err(Problem::configured(
                    span,
                    format!(
                        "no column of `{}` points to anything called `{name}`",
                        facts.table.name
                    ),
                )
                .did_you_mean(name, known))
            }
            several => {
                let names: Vec<&str> = several
                    .iter()
                    .map(|(column, _)| column_name(*column))
                    .collect();
                Err(Problem::configured(
                    span,
                    format!(
                        "several columns of `{}` point to `{name}`",
                        facts.table.name
                    ),
                )
                .hint(format!("name one of them: {}", names.join(", "))))
            }
        }
    }

    /// A column of a parent, or of a parent's parent.
    pub(crate) fn ancestor(
        &self,
        table: TableId,
        path: &Located<Vec<String>>,
    ) -> Result<Ancestor, Problem> {
        let Some((last, steps)) = path.value.split_last() else {
            return Err(Problem::configured(path.span, "nothing is named"));
        };
        let mut at = table;
        let mut columns = Vec::new();
        for name in steps {
            let (column, parent) = self.step(at, name, path.span)?;
            columns.push(column);
            at = parent;
        }
        let of = self.facts[at].table;
        let column = of.column_id(last).ok_or_else(|| {
            let names = of.columns.iter().map(|column| column.name.as_str());
            Problem::configured(
                path.span,
                format!("the table `{}` has no column `{last}`", of.name),
            )
            .did_you_mean(last, names)
        })?;
        if self.facts[at].left_out[column].is_some() {
            return Err(Problem::configured(
                path.span,
                format!(
                    "the database makes the values of `{}.{last}`, so they aren't known here",
                    of.name
                ),
            ));
        }
        Ok(Ancestor {
            path: columns,
            table: at,
            column,
        })
    }

    /// `order_lines`, `order_lines.amount`, `messages.sender_id.sent_at`: rows that point here.
    pub(crate) fn children(
        &self,
        table: TableId,
        of: &Located<Vec<String>>,
    ) -> Result<Children, Problem> {
        let own = self.facts[table].table;
        let name = of.value.first().map_or("", String::as_str);
        let Some(child) = self.schema.find_table(|table| is_named(table, name)) else {
            let names = self
                .schema
                .tables
                .iter()
                .map(|table| table.name.name.as_str());
            return Err(
                Problem::configured(of.span, format!("there is no table `{name}`"))
                    .did_you_mean(name, names),
            );
        };
        let facts = &self.facts[child];
        let ways: Vec<ColumnId> = facts
            .references
            .iter_enumerated()
            .filter(|(number, reference)| {
                let first = reference.columns[0];
                reference.table == table
                    && reference.targets.is_empty()
                    && facts.reference_of[first].is_some_and(|own| own.reference == *number)
            })
            .map(|(_, reference)| reference.columns[0])
            .collect();
        let column_name = |column: ColumnId| facts.table.columns[column].name.as_str();
        let rest = of.value.get(1..).unwrap_or_default();
        let named = rest
            .first()
            .and_then(|name| ways.iter().find(|&&way| column_name(way) == name));
        let (via, rest) = match (named, ways.as_slice()) {
            (Some(&via), [_, _, ..]) => (via, &rest[1..]),
            (_, [only]) => (*only, rest),
            (_, []) => {
                return Err(Problem::configured(
                    of.span,
                    format!("no column of `{name}` points to `{}`", own.name),
                ));
            }
            (None, several) => {
                let names: Vec<String> = several
                    .iter()
                    .map(|&way| format!("`{name}.{}`", column_name(way)))
                    .collect();
                return Err(Problem::configured(
                    of.span,
                    format!("several columns of `{name}` point to `{}`", own.name),
                )
                .hint(format!("say which: {}", names.join(", "))));
            }
        };
        let column = match rest {
            [] => None,
            [column] => Some(facts.table.column_id(column).ok_or_else(|| {
                let names = facts
                    .table
                    .columns
                    .iter()
                    .map(|column| column.name.as_str());
                Problem::configured(
                    of.span,
                    format!("the table `{name}` has no column `{column}`"),
                )
                .did_you_mean(column, names)
            })?),
            _ => {
                return Err(Problem::configured(
                    of.span,
                    format!(
                        "`{}` has more parts than a table and a column",
                        of.value.join(".")
                    ),
                ));
            }
        };
        Ok(Children {
            table: child,
            via,
            column,
        })
    }
}

/// What the checks of a table leave a column, whatever the configuration says of it.
pub(crate) fn domain_of_checks(table: &Table, column: &str) -> Domain {
    let mut rules = Rules::default();
    for check in &table.checks {
        if let Ok(alternatives) = check::read(&check.expression)
            && alternatives.len() == 1
        {
            rules.add(&alternatives, &|_| false);
        }
    }
    rules.domains.remove(column).unwrap_or_default()
}

/// `customer.email` in parts.
pub(crate) fn split(name: &Located<String>) -> Located<Vec<String>> {
    Located {
        value: name
            .value
            .split('.')
            .map(|part| part.trim().to_owned())
            .collect(),
        span: name.span,
    }
}

/// Within which parent a sequence counts.
pub(crate) fn per_of(generator: &GeneratorSettings) -> Option<Located<String>> {
    let per = generator.options.get("per")?;
    match &per.value {
        crate::settings::OptionValue::Text(text) => Some(Located {
            value: text.clone(),
            span: per.span,
        }),
        _ => None,
    }
}
