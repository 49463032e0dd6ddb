//! Generators of columns that the configuration speaks of.

use crate::calendar::DAY;
use crate::check::Domain;
use crate::generators::{Aspect, Generator, Moment, NumberedCode};
use crate::ids::{ColumnId, TableColumns, TableId};
use crate::ordinal::Ordinal;
use crate::password::{self, HASH_LENGTH};
use crate::plan::columns::build::Builder;
use crate::plan::columns::context::{Choice, Context};
use crate::plan::columns::{by_type, moments, numbers, patterns, texts, words};
use crate::plan::kinds::{GeneratorKind, Made, generator_kinds};
use crate::plan::names::NameParts;
use crate::problem::Problem;
use crate::settings::{
    Distribution, Filter, GeneratorSettings, Located, OptionValue, Source, Span, TemplatePart,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use value_model::ValueType;

/// So many of the first rows, and the last one, are held against type and checks before the first is written.
const SAMPLE: u64 = 300;

impl Builder<'_> {
    /// The generator that the configuration asks for.
    pub(crate) fn configured(
        &mut self,
        table: TableId,
        column: ColumnId,
        source: &Located<Source>,
    ) -> Choice {
        let made = match &source.value {
            Source::Template(parts) => self.template(table, column, parts),
            Source::From(path) => self.as_parent_has(table, column, path),
            Source::Children { take, of, only } => {
                self.over_children(table, column, *take, of, only.as_ref())
            }
            Source::Generator(generator) if generator.options.contains_key("per") => {
                self.sequence_per(table, column, generator)
            }
            other => {
                let after = self.after(table, column);
                let above = self.above(table, column);
                self.with_context(table, column, after, above, |context| {
                    make(context, other, source.span)
                })
            }
        };
        let generator = match made {
            Ok((generator, why)) => {
                let name = &self.facts[table].table.columns[column].name;
                let known = self.facts[table].rules.domains.get(name);
                let domain = known.cloned().unwrap_or_default();
                self.sample(table, column, source.span, &generator, &domain);
                return (generator, format!("the configuration says so: {why}"));
            }
            Err(problem) => {
                self.problems.push(problem);
                Generator::constant("")
            }
        };
        (generator, String::new())
    }

    /// Holds some values against what the schema says of the column.
    pub(super) fn sample(
        &mut self,
        table: TableId,
        column: ColumnId,
        span: Span,
        generator: &Generator,
        domain: &Domain,
    ) {
        let facts = &self.facts[table];
        let own = &facts.table.columns[column];
        let rows = self.decided.rows[table];
        // What is counted is longest and greatest in the last one.
        for row in (0..rows.min(SAMPLE)).chain(rows.checked_sub(1)) {
            let mut out = row_text::RowBuffer::new();
            generator.write(row, &mut out);
            let text = String::from_utf8_lossy(out.as_bytes()).into_owned();
            let wrong =
                crate::plan::facts::values::wrong(self.schema, facts.table, own, Some(&text))
                    .or_else(|| {
                        let broken = domain.broken_by(&text)?;
                        Some(format!(
                            "`{text}` would be a value of `{}`: {broken}",
                            own.name
                        ))
                    });
            if let Some(sentence) = wrong {
                self.problems.push(Problem::configured(span, sentence));
                return;
            }
        }
    }

    pub(super) fn template(
        &mut self,
        table: TableId,
        column: ColumnId,
        parts: &[TemplatePart],
    ) -> Result<Choice, Problem> {
        let mut made = Vec::new();
        let mut unique = false;
        for part in parts {
            let name = match part {
                TemplatePart::Text(text) => {
                    made.push(Generator::constant(text));
                    continue;
                }
                TemplatePart::Name(name, filter) => (name, filter),
            };
            let (name, filter) = name;
            let before = made.len();
            let facts = &self.facts[table];
            if let Some(position) = facts.table.column_id(&name.value) {
                if facts.left_out[position].is_some() || facts.always_null[position].is_some() {
                    return Err(Problem::configured(
                        name.span,
                        format!(
                            "`{}` has no value here that a template could take",
                            name.value
                        ),
                    ));
                }
                if self.is_under_way(table, position) {
                    return Err(Problem::configured(
                        name.span,
                        format!(
                            "the templates of `{}` and this column need each other",
                            name.value
                        ),
                    ));
                }
                unique |= self.is_distinct(table, position);
                let Some((generator, _)) = self.column(table, position) else {
                    return Err(Problem::configured(
                        name.span,
                        format!(
                            "`{}` has no value here that a template could take",
                            name.value
                        ),
                    ));
                };
                made.push(Generator::Same(generator));
            } else if let Some(kind) = generator_kinds()
                .iter()
                .find(|kind| kind.name == name.value)
            {
                let generator =
                    self.with_context(table, column, Vec::new(), Vec::new(), |context| {
                        context.need = crate::plan::rows::need::Need::Free;
                        named(context, kind, &BTreeMap::new(), name.span)
                    });
                unique |= kind.made == Made::Sequence;
                made.push(generator?.0);
            } else {
                made.push(self.of_parent(table, name)?);
            }
            if *filter != Filter::Plain
                && made.len() > before
                && let Some(inner) = made.pop()
            {
                made.push(Generator::Filtered(Box::new(inner), *filter));
            }
        }
        if self.is_distinct(table, column) && !unique {
            number_repeats(&mut made);
        }
        Ok((
            Generator::Template(made.into()),
            "a template over other columns".to_owned(),
        ))
    }
}

/// Makes a template's texts unique: a number after the last name in it. Where a person's given and
/// family names are both there, it is needed from the second person of the same names on.
fn number_repeats(parts: &mut Vec<Generator>) {
    let person = |generator: &Generator| match under(generator) {
        Generator::Person(people, aspect) => Some((Arc::clone(people), *aspect)),
        _ => None,
    };
    let people: Vec<_> = parts.iter().filter_map(person).collect();
    let has = |wanted: &[Aspect]| {
        people
            .iter()
            .find(|(_, aspect)| wanted.contains(aspect))
            .map(|(people, _)| people)
    };
    let given = has(&[Aspect::GivenName, Aspect::GivenLatin, Aspect::GivenKana]);
    let family = has(&[Aspect::FamilyName, Aspect::FamilyLatin, Aspect::FamilyKana]);
    let every = match (given, family) {
        (Some(given), Some(family)) if Arc::ptr_eq(given, family) => given.pairs(),
        _ => 1,
    };
    let last = parts
        .iter()
        .rposition(|part| !matches!(part, Generator::Constant(_)))
        .map_or(0, |position| position + 1);
    parts.insert(last, Generator::Round { every });
}

/// What a reference within the row stands for.
fn under(generator: &Generator) -> &Generator {
    match generator {
        Generator::Same(inner) => under(inner),
        other => other,
    }
}

pub(super) fn make(
    context: &mut Context<'_>,
    source: &Source,
    span: Span,
) -> Result<Choice, Problem> {
    match source {
        Source::Values { values, weights } => values_of(context, values, weights, span),
        Source::Range { .. } => match context.column.data_type.kind {
            ValueType::Date | ValueType::Timestamp { .. } => {
                let (moment, _) = moments::moment_of(context);
                Ok((
                    moments::write(&context.column.data_type.kind, moment),
                    "a range of dates".to_owned(),
                ))
            }
            _ => Ok((numbers::plain_number(context), "a range".to_owned())),
        },
        Source::Generator(GeneratorSettings { kind, options }) => {
            named(context, kind, options, span)
        }
        // These are made elsewhere, or by the database.
        Source::Template(_)
        | Source::From(_)
        | Source::Children { .. }
        | Source::Default
        | Source::Sql(_) => Ok((Generator::constant(""), String::new())),
    }
}

fn values_of(
    context: &Context<'_>,
    values: &[Located<String>],
    weights: &[u64],
    span: Span,
) -> Result<Choice, Problem> {
    let texts: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
    let why = format!("one of {} values", texts.len());
    let skewed = context
        .settings
        .and_then(|settings| settings.distribution.as_ref())
        .is_some_and(|distribution| distribution.value == Distribution::Skewed);
    if context.wanted().is_some() && (skewed || !weights.is_empty()) {
        return Err(Problem::configured(
            span,
            format!(
                "`{}` is counted for a unique index, so its values can't have weights",
                context.column.name
            ),
        ));
    }
    if !weights.is_empty() {
        return Ok((Generator::shares(context.key, &texts, weights), why));
    }
    if skewed {
        // Zipf: the second is half as frequent as the first, the third a third.
        let weights: Vec<u64> = (1..=texts.len() as u64)
            .map(|rank| 1_000_000 / rank)
            .collect();
        return Ok((Generator::shares(context.key, &texts, &weights), why));
    }
    Ok((context.one_of(texts), why))
}

/// What a generator makes by its name.
fn named(
    context: &mut Context<'_>,
    kind: &GeneratorKind,
    options: &BTreeMap<&'static str, Located<OptionValue>>,
    span: Span,
) -> Result<Choice, Problem> {
    let why = format!("the generator `{}`", kind.name);
    let whole = |name: &str, otherwise: i64| match options.get(name).map(|option| &option.value) {
        Some(OptionValue::Whole(number)) => *number,
        _ => otherwise,
    };
    let text = |name: &str| match options.get(name).map(|option| &option.value) {
        Some(OptionValue::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let not_unique = |context: &Context<'_>| {
        context.wanted().is_some().then(|| {
            Problem::configured(
                span,
                format!(
                    "`{}` must be unique, and the generator `{}` repeats itself",
                    context.column.name, kind.name
                ),
            )
        })
    };
    let unit = 10_i64.pow(crate::plan::bounds::scale(&context.column.data_type.kind));
    let generator = match kind.made {
        Made::Topic(topic) => {
            let prefix_name = kind.name;
            let Some((generator, longest)) = texts::of_topic(context, topic, prefix_name) else {
                return Err(not_unique(context).unwrap_or_else(|| {
                    Problem::configured(
                        span,
                        format!(
                            "what `{}` makes doesn't fit into `{}`",
                            kind.name, context.column.name
                        ),
                    )
                }));
            };
            let limit = crate::plan::bounds::text_limit(context.column, &context.domain);
            if let Some(limit) = limit.filter(|&limit| longest > limit) {
                return Err(Problem::configured(
                    span,
                    format!(
                        "what `{}` makes can have {longest} characters; `{}` takes {limit}",
                        kind.name, context.column.name
                    ),
                ));
            }
            generator
        }
        Made::ByType => {
            context.parts = NameParts::new("");
            match by_type::generator(context) {
                Some((generator, _)) => generator,
                None => {
                    return Err(Problem::configured(
                        span,
                        format!("the type of `{}` isn't known here", context.column.name),
                    ));
                }
            }
        }
        Made::Sequence => numbers::counted(
            &context.column.data_type.kind,
            whole("start", 1).saturating_mul(unit),
            whole("step", 1).saturating_mul(unit),
        ),
        Made::Number => numbers::plain_number(context),
        Made::Pattern => {
            let pattern = text("pattern");
            match patterns::of_pattern(context, &pattern) {
                Some((generator, _)) => generator,
                None => {
                    return Err(Problem::configured(
                        span,
                        format!("no text could be made for the pattern `{pattern}`"),
                    )
                    .hint("a regular expression of letters, classes such as `[a-z]` and counts such as `{3}`"));
                }
            }
        }
        Made::Hexadecimal => {
            let digits = usize::try_from(whole("digits", 32)).unwrap_or(1);
            if digits < 16 && context.wanted().is_some() && context.rows >> (4 * digits.min(15)) > 0
            {
                return Err(not_unique(context).unwrap_or_else(|| {
                    Problem::configured(span, "too few digits for so many rows")
                }));
            }
            Generator::Hexadecimal(context.key, digits, true)
        }
        Made::Code => Generator::Numbered(Box::new(NumberedCode {
            ordinal: Ordinal::Row,
            prefix: text("prefix").into(),
            suffix: "".into(),
            start: whole("start", 1).cast_unsigned(),
            width: usize::try_from(whole("width", 6)).unwrap_or(0),
        })),
        Made::Text => {
            if let Some(problem) = not_unique(context) {
                return Err(problem);
            }
            let most = whole("max", whole("min", 200).max(200));
            let least = whole("min", most.min(20));
            let length = |number| usize::try_from(number).unwrap_or(1);
            words::prose(context, length(least), length(most))
        }
        Made::Sentences => {
            if let Some(problem) = not_unique(context) {
                return Err(problem);
            }
            words::sentences(context, usize::try_from(whole("count", 3)).unwrap_or(1))
        }
        Made::PasswordHash => {
            if let Some(problem) = not_unique(context).filter(|_| context.rows > 1) {
                return Err(problem);
            }
            let limit = crate::plan::bounds::text_limit(context.column, &context.domain);
            if let Some(limit) = limit.filter(|&limit| limit < HASH_LENGTH) {
                return Err(Problem::configured(
                    span,
                    format!(
                        "a hash has {HASH_LENGTH} characters; `{}` takes {limit}",
                        context.column.name
                    ),
                ));
            }
            match options
                .get("password")
                .map(|option| (option, &option.value))
            {
                Some((option, OptionValue::Text(password))) => {
                    let hash = password::hash(password)
                        .map_err(|sentence| Problem::configured(option.span, sentence))?;
                    Generator::constant(&hash)
                }
                _ => Generator::constant(texts::PASSWORD),
            }
        }
        Made::Constant => {
            if let Some(problem) = not_unique(context).filter(|_| context.rows > 1) {
                return Err(problem);
            }
            Generator::constant(&text("value"))
        }
        Made::Boolean => {
            let share = match options.get("true_ratio").map(|option| &option.value) {
                Some(OptionValue::Share(share)) => u64::from(*share),
                _ => 32_768,
            };
            if let Some(problem) = not_unique(context).filter(|_| context.rows > 1) {
                return Err(problem);
            }
            Generator::shares(context.key, &["f", "t"], &[65_536 - share, share])
        }
        Made::Created | Made::Updated => {
            if let Some(problem) = not_unique(context) {
                return Err(problem);
            }
            let born = Arc::new(Moment::Born(Arc::clone(context.birth)));
            let moment = if kind.made == Made::Created {
                born
            } else {
                Arc::new(Moment::After {
                    base: born,
                    key: context.key,
                    least: 0,
                    span: 90 * DAY,
                    at_once: 90,
                    until: Some(context.birth.today()),
                })
            };
            moments::write(&context.column.data_type.kind, moment)
        }
        Made::Latitude => Generator::Latitude(context.places("")),
        Made::Longitude => Generator::Longitude(context.places("")),
    };
    Ok((generator, why))
}
