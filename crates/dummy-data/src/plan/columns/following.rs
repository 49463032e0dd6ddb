//! Columns that follow from a parent, from the rows that point here, or from other columns of the row, because the
//! configuration says so.

use crate::cases::{Cases, OneCase};
use crate::check::Rules;
use crate::generators::Generator;
use crate::ids::{ColumnAt, ColumnId, TableColumns, TableId};
use crate::nulls::Nulls;
use crate::ordinal::Ordinal;
use crate::plan::columns::build::Builder;
use crate::plan::columns::configured::make;
use crate::plan::columns::context::Choice;
use crate::plan::facts::applied::clauses_of;
use crate::plan::facts::following::{Children, Class, Finder, domain_of_checks, per_of, split};
use crate::plan::rows::need::Need;
use crate::plan::story::Expr;
use crate::problem::Problem;
use crate::settings::{Conditions, GeneratorSettings, Located, OptionValue, Source, Span, Take};
use crate::story::{self, Fold, ONE, Term, Wording};
use std::sync::Arc;

impl Builder<'_> {
    fn finder(&self) -> Finder<'_> {
        Finder {
            schema: self.schema,
            facts: self.facts,
        }
    }

    /// `from = "customer.email"`.
    pub(super) fn as_parent_has(
        &mut self,
        table: TableId,
        column: ColumnId,
        path: &Located<Vec<String>>,
    ) -> Result<Choice, Problem> {
        let found = self.finder().ancestor(table, path)?;
        self.repeats(table, column, path.span)?;
        let why = format!("that of its `{}`", path.value.join("."));
        let of = &self.facts[found.table].table.columns[found.column];
        let own = &self.facts[table].table.columns[column];
        let is_same_class = Class::of(&of.data_type.kind) == Class::of(&own.data_type.kind);
        let circle = || circle(path.span);
        let nested = |inner: Expr| {
            found
                .path
                .iter()
                .rev()
                .fold(inner, |inner, &via| Expr::There(via, Box::new(inner)))
        };
        let known = nested(Expr::Known(Box::new(Expr::Column(found.column))));
        let known = self.term(table, &known).ok_or_else(circle)?;
        if self.facts[table].never_null[column] {
            self.followed
                .insert(ColumnAt::new(table, column), Nulls::Never);
        } else {
            self.followed.insert(
                ColumnAt::new(table, column),
                Nulls::Unless(Arc::clone(&known)),
            );
        }
        let is_counted = matches!(
            Class::of(&own.data_type.kind),
            Class::Number | Class::Moment | Class::Truth
        );
        if is_counted && is_same_class {
            let value = nested(Expr::Anyway(found.column));
            let term = self.term(table, &value).ok_or_else(circle)?;
            let form = self.form(table, column).ok_or_else(circle)?;
            return Ok((Generator::Told(term, form), why));
        }
        Ok((
            self.along(table, &found.path, found.table, found.column, path.span)?,
            why,
        ))
    }

    /// A parent's column in a template.
    pub(super) fn of_parent(
        &mut self,
        table: TableId,
        name: &Located<String>,
    ) -> Result<Generator, Problem> {
        let path = split(name);
        let found = self.finder().ancestor(table, &path)?;
        self.along(table, &found.path, found.table, found.column, name.span)
    }

    /// What the row has in a column to which a path leads.
    fn along(
        &mut self,
        table: TableId,
        path: &[ColumnId],
        target: TableId,
        column: ColumnId,
        span: Span,
    ) -> Result<Generator, Problem> {
        if self.always_null(target, column).is_some() {
            return Ok(Generator::constant(""));
        }
        if self.is_under_way(target, column) {
            return Err(circle(span));
        }
        let (mut generator, _) = self.column(target, column).ok_or_else(|| circle(span))?;
        let mut at = table;
        let mut ordinals = Vec::new();
        for &via in path {
            ordinals.push(self.ordinal_of_reference(at, via));
            at = self.facts[at]
                .reference(via)
                .map_or(at, |reference| reference.table);
        }
        for ordinal in ordinals.into_iter().rev() {
            generator = Arc::new(Generator::Reference(ordinal, generator));
        }
        Ok(Generator::Same(generator))
    }

    /// `sum_of = "order_lines.amount"` and the like.
    pub(super) fn over_children(
        &mut self,
        table: TableId,
        column: ColumnId,
        take: Take,
        of: &Located<Vec<String>>,
        only: Option<&Conditions>,
    ) -> Result<Choice, Problem> {
        let children = self.finder().children(table, of)?;
        self.repeats(table, column, of.span)?;
        let is_text =
            Class::of(&self.facts[table].table.columns[column].data_type.kind) == Class::Text;
        if let (true, Some(text), Take::First | Take::Latest) = (is_text, children.column, take) {
            let from = Of {
                children,
                text,
                youngest: take == Take::Latest,
                named: of,
            };
            return self.text_of_child(table, column, &from, only);
        }
        let (fold, what) = match take {
            Take::Sum => (Fold::Sum, "the sum of"),
            Take::Count => (Fold::Count, "the number of its"),
            Take::Average => (Fold::Average, "the mean of"),
            Take::Least => (Fold::Least, "the least of"),
            Take::Greatest => (Fold::Greatest, "the greatest of"),
            Take::First => (Fold::Eldest, "the first of"),
            Take::Latest => (Fold::Newest, "the latest of"),
        };
        let only = match only {
            Some(only) => Some(Box::new(self.condition(children.table, only)?)),
            None => None,
        };
        let over = Expr::Over {
            table: children.table,
            via: children.via,
            fold,
            of: Box::new(children.column.map_or(Expr::Number(ONE), Expr::Column)),
            only,
        };
        let never_null = self.facts[table].never_null[column];
        let over = if never_null {
            let otherwise = match Class::of(&self.facts[table].table.columns[column].data_type.kind)
            {
                Class::Moment => Expr::Born,
                _ => Expr::Number(0),
            };
            Expr::First(vec![over, otherwise])
        } else {
            over
        };
        let term = self
            .term(table, &over)
            .ok_or_else(|| self.not_over(table, children, of.span))?;
        let form = self.form(table, column).ok_or_else(|| circle(of.span))?;
        let nulls = if never_null || matches!(take, Take::Sum | Take::Count) {
            Nulls::Never
        } else {
            Nulls::Told(Arc::clone(&term))
        };
        self.followed.insert(ColumnAt::new(table, column), nulls);
        let why = format!("{what} `{}`", of.value.join("."));
        Ok((Generator::Told(term, form), why))
    }

    /// Why nothing can be made of the rows that point here.
    fn not_over(&self, table: TableId, children: Children, span: Span) -> Problem {
        let rows = self.decided.rows[children.table].saturating_add(self.decided.rows[table]);
        if rows > 1 << 26 {
            Problem::configured(
                span,
                format!("{rows} rows are too many to be looked at for each of their parents"),
            )
        } else {
            circle(span)
        }
    }

    /// `latest_of = "messages.subject"`: the text of the youngest or eldest row that has one.
    fn text_of_child(
        &mut self,
        table: TableId,
        column: ColumnId,
        from: &Of<'_>,
        only: Option<&Conditions>,
    ) -> Result<Choice, Problem> {
        let &Of {
            children,
            text,
            youngest,
            named,
        } = from;
        let mut all = vec![Expr::Known(Box::new(Expr::Column(text)))];
        if let Some(only) = only {
            all.push(self.condition(children.table, only)?);
        }
        let not_over = self.not_over(table, children, named.span);
        let only = self.term(children.table, &Expr::All(all));
        let only = only.ok_or_else(|| not_over.clone())?;
        let family = self.family(children.table, &[children.via], Some(table), true, None);
        let family = family.ok_or_else(|| not_over.clone())?;
        let (there, _) = self.cell(children.table, text).ok_or(not_over)?;
        let kept = Arc::new(story::Choice::new(story::Way::Kept(family, only, youngest)));
        let taken = Generator::Reference(Ordinal::Agreed(Arc::clone(&kept)), there);
        let what = if youngest { "latest" } else { "first" };
        let why = format!("the {what} of `{}`", named.value.join("."));
        if !self.facts[table].never_null[column] {
            self.followed
                .insert(ColumnAt::new(table, column), Nulls::Agreed(kept));
            return Ok((taken, why));
        }
        // A row without any has a text of its own, as it would have without a configuration.
        self.followed
            .insert(ColumnAt::new(table, column), Nulls::Never);
        let otherwise = self
            .usual(table, column)
            .ok_or_else(|| circle(named.span))?;
        let known = Arc::new(Term::Present(Nulls::Agreed(kept)));
        let wording = Wording::Either(known, Arc::new(taken), otherwise);
        Ok((Generator::Worded(Box::new(wording)), why))
    }

    /// `generator = "sequence"` with `per = "order"`.
    pub(super) fn sequence_per(
        &mut self,
        table: TableId,
        column: ColumnId,
        generator: &GeneratorSettings,
    ) -> Result<Choice, Problem> {
        let Some(per) = per_of(generator) else {
            return Ok((Generator::constant(""), String::new()));
        };
        let (via, _) = self.finder().step(table, &per.value, per.span)?;
        let whole = |name: &str| match generator.options.get(name).map(|option| &option.value) {
            Some(OptionValue::Whole(number)) => *number,
            _ => 1,
        };
        let number = |number: i64| Expr::Number(i128::from(number) * ONE);
        let place = Expr::Times(Box::new(Expr::Rank(via)), Box::new(number(whole("step"))));
        let value = Expr::Sum(vec![number(whole("start")), place]);
        let term = self.term(table, &value).ok_or_else(|| circle(per.span))?;
        let form = self.form(table, column).ok_or_else(|| circle(per.span))?;
        self.followed
            .insert(ColumnAt::new(table, column), Nulls::Never);
        Ok((
            Generator::Told(term, form),
            format!("counted within its `{}`", per.value),
        ))
    }

    /// What repeats itself can't be unique.
    fn repeats(&self, table: TableId, column: ColumnId, span: Span) -> Result<(), Problem> {
        if matches!(self.decided.needs[table][column], Need::Free) {
            return Ok(());
        }
        let name = &self.facts[table].table.columns[column].name;
        Err(Problem::configured(
            span,
            format!("`{name}` must be unique, and several rows can follow to the same"),
        ))
    }

    /// What conditions want, as something that is true or not.
    fn condition(&self, table: TableId, conditions: &Conditions) -> Result<Expr, Problem> {
        let mut all = Vec::new();
        for (name, values) in &conditions.all {
            let of = self.facts[table].table;
            let Some(column) = of.column_id(&name.value) else {
                return Err(Problem::configured(name.span, "there is no such column"));
            };
            if values.is_empty() {
                let known = Expr::Known(Box::new(Expr::Column(column)));
                all.push(Expr::Not(Box::new(known)));
                continue;
            }
            let is_number = Class::of(&of.columns[column].data_type.kind) == Class::Number;
            if !is_number {
                let texts = values.iter().map(|value| value.value.clone()).collect();
                all.push(Expr::Is(column, texts));
                continue;
            }
            // A number is one, however it is written.
            let equal = values.iter().filter_map(|value| {
                let number = Expr::Number(crate::story::read(&value.value)?);
                let own = || Box::new(Expr::Column(column));
                let (low, high) = (
                    Expr::AtMost(own(), Box::new(number.clone())),
                    Expr::AtMost(Box::new(number), own()),
                );
                Some(Expr::Not(Box::new(Expr::All(vec![low, high]))))
            });
            all.push(Expr::Not(Box::new(Expr::All(equal.collect()))));
        }
        Ok(Expr::All(all))
    }

    /// A column's generator with its cases, and with those of the table's personas before them.
    pub(super) fn in_cases(
        &mut self,
        table: TableId,
        column: ColumnId,
        (generator, why): (Arc<Generator>, String),
    ) -> (Arc<Generator>, String) {
        let mut each = self.of_personas(table, column);
        let are_personas = !each.is_empty();
        // The column is being built while its cases are.
        let settings = self.facts[table].settings[column];
        for case in settings.map_or(&[][..], |settings| settings.cases.as_slice()) {
            match self.one_case(table, column, &case.when, case.source.as_ref()) {
                Ok(case) => each.push(case),
                Err(problem) => self.problems.push(problem),
            }
        }
        if each.is_empty() {
            return (generator, why);
        }
        let why = format!(
            "{why}; {}",
            if are_personas {
                "in some rows what their persona says"
            } else {
                "in some cases what the configuration says"
            }
        );
        let cases = Cases {
            each: each.into(),
            otherwise: generator,
        };
        (Arc::new(Generator::Cases(Arc::new(cases))), why)
    }

    /// What the table's personas hold in a column.
    fn of_personas(&mut self, table: TableId, column: ColumnId) -> Vec<OneCase> {
        let of = self.facts[table].table;
        let Some(settings) = self.request.settings_of(of) else {
            return Vec::new();
        };
        let key = self.key(table).child("persona");
        let name = &of.columns[column].name;
        let mut cases = Vec::new();
        let mut before = 0;
        for persona in &settings.personas {
            let from = before;
            before += u64::from(persona.share.value);
            let mut columns = persona.columns.iter();
            if let Some((_, value)) = columns.find(|(own, _)| own.value == *name) {
                let generator = value.value.as_deref().map(Generator::constant);
                cases.push(OneCase {
                    when: Arc::new(Term::Drawn(key, from, before)),
                    value: generator.map(|generator| (Arc::new(generator), Nulls::Never)),
                });
            }
        }
        cases
    }

    fn one_case(
        &mut self,
        table: TableId,
        column: ColumnId,
        when: &Conditions,
        source: Option<&Located<Source>>,
    ) -> Result<OneCase, Problem> {
        let condition = self.condition(table, when)?;
        // Its own column is being built: a condition on that would go in a circle.
        self.start(table, column);
        let term = self.term(table, &condition);
        let value = match source {
            None => Ok(None),
            Some(source) => self.of_case(table, column, source).map(Some),
        };
        self.stop(table, column);
        let when = term.ok_or_else(|| circle(when.span))?;
        Ok(OneCase {
            when,
            value: value?,
        })
    }

    fn of_case(
        &mut self,
        table: TableId,
        column: ColumnId,
        source: &Located<Source>,
    ) -> Result<(Arc<Generator>, Nulls), Problem> {
        let followed = self.followed.remove(&ColumnAt::new(table, column));
        let made = match &source.value {
            Source::Template(parts) => self.template(table, column, parts),
            Source::From(path) => self.as_parent_has(table, column, path),
            other => {
                // What the column holds in other rows binds no case.
                let of = self.facts[table].table;
                let name = &of.columns[column].name;
                let mut rules = Rules::default();
                rules
                    .domains
                    .insert(name.clone(), domain_of_checks(of, name));
                rules.add(&vec![clauses_of(name, other)], &|_| false);
                let domain = rules.domains.remove(name).unwrap_or_default();
                let before = self.domain_of_way.replace(domain);
                let made = self.with_context(table, column, Vec::new(), Vec::new(), |context| {
                    make(context, other, source.span)
                });
                self.domain_of_way = before;
                made
            }
        };
        let nulls = self.followed.remove(&ColumnAt::new(table, column));
        if let Some(followed) = followed {
            self.followed.insert(ColumnAt::new(table, column), followed);
        }
        let (generator, _) = made?;
        let domain = domain_of_checks(
            self.facts[table].table,
            &self.facts[table].table.columns[column].name,
        );
        self.sample(table, column, source.span, &generator, &domain);
        Ok((Arc::new(generator), nulls.unwrap_or(Nulls::Never)))
    }

    /// When a column is NULL besides: where what it depends on isn't so.
    pub(super) fn nulls_in_cases(
        &mut self,
        table: TableId,
        column: ColumnId,
        usual: Nulls,
    ) -> Nulls {
        let settings = self.facts[table].settings[column];
        let Some(only_if) = settings.and_then(|settings| settings.only_if.as_ref()) else {
            return usual;
        };
        let term = self.condition(table, only_if).and_then(|condition| {
            self.start(table, column);
            let term = self.term(table, &condition);
            self.stop(table, column);
            term.ok_or_else(|| circle(only_if.span))
        });
        match term {
            // Where it is so it has a value, unless a share says otherwise.
            Ok(term) => {
                let has_ratio = settings.is_some_and(|settings| settings.null_ratio.is_some());
                let own = if has_ratio { usual } else { Nulls::Never };
                Nulls::Either(Box::new(Nulls::Unless(term)), Box::new(own))
            }
            Err(problem) => {
                // It is asked for several times.
                if !self.problems.contains(&problem) {
                    self.problems.push(problem);
                }
                usual
            }
        }
    }
}

/// A text of the rows that point here.
struct Of<'a> {
    children: Children,
    text: ColumnId,
    /// Whether the youngest row's is meant, or the eldest's.
    youngest: bool,
    /// What the configuration calls it.
    named: &'a Located<Vec<String>>,
}

fn circle(span: Span) -> Problem {
    Problem::configured(
        span,
        "this can't be computed: columns would need each other",
    )
    .hint("let one of them have values of its own")
}
