//! Compares a configuration with the schema: names, types, and what the two say about the same column.

use crate::ids::SchemaTables;
use crate::masters::Master;
use crate::plan::bounds::holds_numbers;
use crate::plan::facts::masters::Masters;
use crate::plan::facts::sql_source;
use crate::plan::facts::uniques::unique_sets;
use crate::plan::facts::values::wrong;
use crate::plan::kinds::{Made, generator_kinds};
use crate::plan::names::is_named;
use crate::plan::sql::{constant, moment, units};
use crate::problem::Problem;
use crate::request::Request;
use crate::settings::{
    ColumnSettings, Distribution, GeneratorSettings, Located, OptionValue, Source, TableSettings,
    TemplatePart,
};
use value_model::{Column, ColumnValue, Doubt, Schema, Subject, Table, ValueType};

/// All in which a configuration contradicts the schema, as far as single values tell.
pub(crate) fn check(subject: &Subject, masters: &Masters<'_>, request: &Request) -> Vec<Problem> {
    let schema = &subject.schema;
    let mut problems = Vec::new();
    for settings in &request.tables {
        let name = &settings.name.value;
        let position = schema.find_table(|table| is_named(table, name));
        let Some(position) = position else {
            let names = schema.tables.iter().map(|table| table.name.name.as_str());
            problems.push(
                Problem::configured(settings.name.span, format!("there is no table `{name}`"))
                    .of_tables(name, names),
            );
            continue;
        };
        Checker {
            schema,
            table: &schema.tables[position],
            doubts: &subject.doubts,
            master: masters[position],
            settings: Some(settings),
            problems: &mut problems,
        }
        .table(settings);
    }
    problems
}

/// Names of what a table's rows must keep; a column's is that of its NOT NULL and its type.
fn names_of_constraints(table: &Table) -> Vec<&str> {
    let key = table.primary_key.iter();
    key.map(|key| key.name.as_deref().unwrap_or("primary key"))
        .chain(table.checks.iter().map(|check| check.name.as_str()))
        .chain(table.own.uniques.iter().map(|unique| unique.name.as_str()))
        .chain(table.indexes.iter().map(|index| index.name.as_str()))
        .chain(
            table
                .own
                .exclusions
                .iter()
                .map(|exclusion| exclusion.name.as_str()),
        )
        .chain(table.columns.iter().map(|column| column.name.as_str()))
        .collect()
}

struct Checker<'a> {
    schema: &'a Schema,
    table: &'a Table,
    doubts: &'a [Doubt],
    master: Option<&'a Master>,
    settings: Option<&'a TableSettings>,
    problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    fn table(&mut self, settings: &TableSettings) {
        if let Some(master) = self.master {
            let span = settings
                .rows
                .as_ref()
                .map(|rows| rows.span)
                .or_else(|| settings.per.as_ref().map(|per| per.parent.span));
            if let Some(span) = span {
                self.problems.push(
                    Problem::configured(
                        span,
                        format!(
                            "the rows of `{}` are those of `{}`",
                            self.table.name, master.file
                        ),
                    )
                    .hint("add rows to that file, or take it away"),
                );
            }
        }
        for named in &settings.unverified {
            let mut known = names_of_constraints(self.table);
            // What isn't understood is in doubt, and no part of the table.
            let table = self.table.name.to_string();
            let own = self.doubts.iter().filter(|doubt| doubt.table == table);
            known.extend(own.map(|doubt| doubt.constraint.as_str()));
            // Raw SQL that isn't understood is named by its first words.
            let is_words = named.value.contains(' ');
            if !is_words && !known.contains(&named.value.as_str()) {
                self.problems.push(
                    Problem::configured(
                        named.span,
                        format!(
                            "the table `{}` has no constraint or index `{}`",
                            self.table.name, named.value
                        ),
                    )
                    .did_you_mean(&named.value, known.into_iter()),
                );
            }
        }
        for settings in &settings.columns {
            let name = &settings.name.value;
            let Some(column) = self.table.column(name) else {
                let names = self.table.columns.iter().map(|column| column.name.as_str());
                self.problems.push(
                    Problem::configured(
                        settings.name.span,
                        format!("the table `{}` has no column `{name}`", self.table.name),
                    )
                    .did_you_mean(name, names),
                );
                continue;
            };
            self.column(column, settings);
        }
    }

    fn column(&mut self, column: &Column, settings: &ColumnSettings) {
        let name = &column.name;
        if let Some(master) = self.master.filter(|master| master.has_column(name)) {
            self.problems.push(
                Problem::configured(
                    settings.name.span,
                    format!("the values of `{name}` are those of `{}`", master.file),
                )
                .hint("change them there, or take the column out of that file"),
            );
            return;
        }
        if matches!(column.value, ColumnValue::Generated { .. }) {
            self.problems.push(Problem::configured(
                settings.name.span,
                format!("the database computes `{name}`; nothing can be said of its values"),
            ));
            return;
        }
        let never_null = column.not_null || self.is_in_primary_key(name);
        if let Some(ratio) = settings.null_ratio.as_ref().filter(|ratio| ratio.value > 0)
            && never_null
        {
            self.problems.push(
                Problem::configured(ratio.span, format!("`{name}` is NOT NULL in the schema"))
                    .hint("write `null_ratio = 0`, or take the key away"),
            );
        }
        if let Some(unique) = settings.unique.as_ref().filter(|unique| !unique.value)
            && let Some(set) = unique_sets(self.table).iter().find(|set| {
                set.columns
                    .iter()
                    .all(|&position| self.table.columns[position].name == *name)
            })
        {
            self.problems.push(Problem::configured(
                unique.span,
                format!("`{name}` is unique in the schema (`{}`)", set.name),
            ));
        }
        if let Some(distribution) = &settings.distribution {
            self.distribution(column, settings, distribution);
        }
        if let Some(source) = &settings.source {
            self.key(column, source);
            self.source(column, settings, source);
        }
    }

    fn is_in_primary_key(&self, name: &str) -> bool {
        self.table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.iter().any(|column| column == name))
    }

    fn distribution(
        &mut self,
        column: &Column,
        settings: &ColumnSettings,
        distribution: &Located<Distribution>,
    ) {
        let central = distribution.value == Distribution::Normal;
        let fits = match settings.source.as_ref().map(|source| &source.value) {
            Some(Source::Values { weights, .. }) => weights.is_empty() && !central,
            Some(Source::Range { .. }) => holds_numbers(&column.data_type.kind),
            Some(Source::Generator(generator)) => generator.kind.made == Made::Number,
            Some(_) => false,
            None => !central && self.foreign_key_of(&column.name).is_some(),
        };
        if !fits {
            self.problems.push(
                Problem::configured(
                    distribution.span,
                    format!("`distribution` has nothing to act on in `{}`", column.name),
                )
                .hint("it goes with a `range` of numbers, with `values` without weights (uniform or skewed), or with a column that points to another table (uniform or skewed)"),
            );
        }
    }

    fn foreign_key_of(&self, column: &str) -> Option<&value_model::ForeignKey> {
        self.table
            .foreign_keys
            .iter()
            .find(|key| key.columns.iter().any(|own| own == column))
    }

    /// Keys leave a column less freedom.
    fn key(&mut self, column: &Column, source: &Located<Source>) {
        let name = &column.name;
        if let Some(key) = self
            .foreign_key_of(name)
            .filter(|key| key.columns.len() > 1)
        {
            self.problems.push(Problem::configured(
                source.span,
                format!(
                    "`{name}` is one of the {} columns of the key `{}`, which come from one row of `{}`",
                    key.columns.len(),
                    key.name,
                    key.referenced_table
                ),
            ));
        }
        let by_the_database = matches!(source.value, Source::Default | Source::Sql(_));
        let pointing = self.schema.tables.iter().find_map(|table| {
            let key = table.foreign_keys.iter().find(|key| {
                key.referenced_table == self.table.name
                    && key.referenced_columns.iter().any(|column| column == name)
            })?;
            Some((&table.name, &key.name))
        });
        if by_the_database && let Some((table, key)) = pointing {
            self.problems.push(Problem::configured(
                source.span,
                format!(
                    "`{table}` points to `{name}` (`{key}`), so its values must be known before the dump is loaded"
                ),
            ));
        }
    }

    fn source(&mut self, column: &Column, settings: &ColumnSettings, source: &Located<Source>) {
        let name = &column.name;
        match &source.value {
            Source::Values { values, weights } => {
                for value in values {
                    self.value(column, value);
                }
                let unique = settings.unique.as_ref().is_some_and(|unique| unique.value);
                if unique && !weights.is_empty() {
                    self.problems.push(Problem::configured(
                        source.span,
                        format!(
                            "`{name}` is to be unique: each value comes once, whatever its weight"
                        ),
                    ));
                }
            }
            Source::Range { least, greatest } => self.range(column, least, greatest),
            Source::Generator(generator) => self.options(generator),
            // See `following`.
            Source::From(_) | Source::Children { .. } => {}
            Source::Template(parts) => {
                if !takes_text(&column.data_type.kind) || column.data_type.array {
                    self.problems.push(Problem::configured(
                        source.span,
                        format!("a template makes text, and `{name}` is no text column"),
                    ));
                }
                for part in parts {
                    // What a parent has is found once it is known what points where.
                    if let TemplatePart::Name(part, _) = part
                        && !part.value.contains('.')
                    {
                        self.template_name(column, part);
                    }
                }
            }
            Source::Default => {
                let none = match &column.value {
                    ColumnValue::None | ColumnValue::Null => true,
                    ColumnValue::Default(sql) => sql.trim().eq_ignore_ascii_case("null"),
                    _ => false,
                };
                if none && (column.not_null || self.is_in_primary_key(name)) {
                    self.problems.push(Problem::configured(
                        source.span,
                        format!("`{name}` has no default and is NOT NULL, so it can't be left to the database"),
                    ));
                }
                if let ColumnValue::Default(sql) = &column.value
                    && constant(sql).is_some()
                    && let Some(set) = unique_sets(self.table).iter().find(|set| {
                        set.columns
                            .iter()
                            .all(|&position| self.table.columns[position].name == *name)
                    })
                {
                    self.problems.push(Problem::configured(
                        source.span,
                        format!(
                            "`{name}` is unique (`{}`), and its default is the same in every row: {sql}",
                            set.name
                        ),
                    ));
                }
            }
            Source::Sql(sql) => {
                if let Some(of_table) = self.settings {
                    for (text, hint) in
                        sql_source::problems(self.schema, self.table, of_table, name, sql)
                    {
                        let problem = Problem::configured(source.span, text);
                        self.problems.push(match hint {
                            Some(hint) => problem.hint(hint),
                            None => problem,
                        });
                    }
                }
            }
        }
        if matches!(source.value, Source::Default | Source::Sql(_))
            && let Some(ratio) = &settings.null_ratio
        {
            self.problems.push(Problem::configured(
                ratio.span,
                format!(
                    "the database makes the values of `{name}`, so no share of them can be NULL"
                ),
            ));
        }
    }

    /// What single options can't tell.
    fn options(&mut self, generator: &GeneratorSettings) {
        // Wide enough for the digits that any number type has after its point.
        const SCALE: u32 = 9;
        let number = |option: &Located<OptionValue>| match &option.value {
            OptionValue::Text(text) => units(text, SCALE, true).map(|units| units.number),
            OptionValue::Whole(number) => Some(*number),
            OptionValue::Share(_) => None,
        };
        let [min, max, step] = ["min", "max", "step"].map(|name| generator.options.get(name));
        for (name, option) in [("min", min), ("max", max)] {
            if let Some(option) = option
                && let OptionValue::Text(text) = &option.value
                && number(option).is_none()
            {
                self.problems.push(Problem::configured(
                    option.span,
                    format!("`{name}` wants a number, and `{text}` isn't one"),
                ));
                return;
            }
        }
        if let (Some(min), Some(max)) = (min, max)
            && number(min) > number(max)
        {
            self.problems.push(
                Problem::configured(min.span, "`min` is greater than `max`")
                    .hint("let them change places"),
            );
        }
        if let Some(step) = step.filter(|step| step.value == OptionValue::Whole(0)) {
            self.problems.push(
                Problem::configured(
                    step.span,
                    "a sequence in steps of 0 is the same number in every row",
                )
                .hint("if that is wanted, write `generator = \"constant\"`"),
            );
        }
    }

    fn template_name(&mut self, column: &Column, part: &Located<String>) {
        let name = &part.value;
        if *name == column.name {
            self.problems.push(Problem::configured(
                part.span,
                format!("the template of `{name}` names itself"),
            ));
        } else if self.table.column(name).is_none()
            && !generator_kinds()
                .iter()
                .any(|kind| kind.name == name && !kind.options.iter().any(|option| option.required))
        {
            let names = self
                .table
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .chain(generator_kinds().iter().map(|kind| kind.name));
            self.problems.push(
                Problem::configured(
                    part.span,
                    format!(
                        "`{}` has no column `{name}`, and there is no generator of that name",
                        self.table.name
                    ),
                )
                .did_you_mean(name, names),
            );
        }
    }

    fn range(&mut self, column: &Column, least: &Located<String>, greatest: &Located<String>) {
        let kind = &column.data_type.kind;
        let temporal = matches!(kind, ValueType::Date | ValueType::Timestamp { .. });
        if column.data_type.array || !(temporal || holds_numbers(kind)) {
            self.problems.push(
                Problem::configured(
                    least.span,
                    format!("`{}` holds neither numbers nor dates", column.name),
                )
                .hint("write `values` instead of `range`"),
            );
            return;
        }
        let before = self.problems.len();
        self.value(column, least);
        self.value(column, greatest);
        if self.problems.len() > before {
            return;
        }
        let number = |text: &str| {
            if temporal {
                moment(text)
            } else {
                units(text, 9, true).map(|units| units.number)
            }
        };
        for end in [least, greatest] {
            if number(&end.value).is_none() {
                self.problems.push(Problem::configured(
                    end.span,
                    format!(
                        "`{}` isn't a {}",
                        end.value,
                        if temporal { "date" } else { "number" }
                    ),
                ));
                return;
            }
        }
        if number(&least.value) > number(&greatest.value) {
            self.problems.push(Problem::configured(
                least.span,
                format!(
                    "the range begins at {} and ends at {}, which is less",
                    least.value, greatest.value
                ),
            ));
        }
    }

    /// A value against the column's type; checks come later.
    fn value(&mut self, column: &Column, value: &Located<String>) {
        if let Some(sentence) = wrong(self.schema, self.table, column, Some(&value.value)) {
            self.problems
                .push(Problem::configured(value.span, sentence));
        }
    }
}

fn takes_text(kind: &ValueType) -> bool {
    matches!(
        kind,
        ValueType::Text
            | ValueType::Varchar { .. }
            | ValueType::Char { .. }
            | ValueType::CaselessText
            | ValueType::Json
            | ValueType::ParsedJson
            | ValueType::Xml
            | ValueType::Other(_)
            | ValueType::Hstore
            | ValueType::Ltree
    )
}
