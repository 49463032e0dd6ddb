//! Builds the generators of all columns, each once, parents' before those that refer to them.

use crate::calendar::ALIKE;
use crate::check::Domain;
use crate::generators::{Birth, Generator, Moment, Quantity};
use crate::ids::{ColumnAt, ColumnId, Columns, TableColumns, TableId, TableSlice, Tables};
use crate::locale::Locale;
use crate::nulls::Nulls;
use crate::ordinal::Ordinal;
use crate::pinned::Pins;
use crate::plan::columns::context::{Choice, Context, Entities, Lower};
use crate::plan::columns::{Basis, by_type, slots};
use crate::plan::facts::duties::Duties;
use crate::plan::facts::narrowing::ConstraintOf;
use crate::plan::facts::scopes::Scopes;
use crate::plan::facts::table::{Choosing, Half, Reference, ReferencePlace};
use crate::plan::names::{NameParts, class_name};
use crate::plan::product::{ColumnPlan, TablePlan};
use crate::plan::rows::Decided;
use crate::plan::rows::need::Need;
use crate::plan::story::build::{Woven, sentence};
use crate::plan::story::words::english;
use crate::plan::story::{Agreement, Relation, Story};
use crate::pools::Pools;
use crate::problem::Problem;
use crate::random::Key;
use crate::request::Request;
use crate::settings::{Distribution, Source};
use crate::ways::Chooser;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use value_model::{ColumnValue, DataType, Doubt, Schema, Table, ValueType};

/// A generator and why it was chosen.
type Built = (Arc<Generator>, String);

/// Builds generators and remembers them.
pub(crate) struct Builder<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) facts: &'a TableSlice<Duties<'a>>,
    pub(crate) decided: &'a Decided,
    scopes: &'a Scopes,
    /// The place of each table in the order of filling.
    order: Tables<usize>,
    root: Key,
    locale: Locale,
    pools: BTreeMap<Locale, Arc<Pools>>,
    entities: Tables<Entities>,
    births: Tables<Option<Arc<Birth>>>,
    births_under_way: BTreeSet<TableId>,
    built: Tables<Columns<Option<Built>>>,
    tenants: Tables<Columns<Option<Arc<Generator>>>>,
    under_way: BTreeSet<ColumnAt>,
    pub(crate) relations_under_way: BTreeSet<ColumnAt>,
    /// What chooses among each table's ways; none while it is being made.
    pub(crate) choosers: BTreeMap<(TableId, usize), Option<Chooser>>,
    /// What the way that is being made leaves the column that is being made.
    pub(crate) domain_of_way: Option<Domain>,
    /// When columns are NULL that follow from a parent or from children.
    pub(crate) followed: BTreeMap<ColumnAt, Nulls>,
    /// What follows from what.
    pub(crate) story: &'a Story,
    /// What fixed rows give to columns.
    pub(crate) pins: &'a Pins,
    /// What was made of it so far.
    pub(crate) woven: Woven,
    /// What the user asked for.
    pub(crate) request: &'a Request,
    /// Unique sets whose relations were given up, by table and name.
    pub(crate) given_up: Vec<ConstraintOf>,
    /// What was assumed.
    pub(super) warnings: Vec<Problem>,
    /// Columns whose values the server may refuse.
    pub(super) doubts: Vec<Doubt>,
    /// What the configuration asks for and can't be.
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Builder<'a> {
    /// A builder that has built nothing.
    pub(super) fn new(basis: &Basis<'a>) -> Self {
        let &Basis {
            schema,
            duties: facts,
            scopes,
            decided,
            order,
            root,
            request,
            story,
            pins,
        } = basis;
        let mut places: Tables<usize> = facts.iter().map(|_| 0).collect();
        for (place, &table) in order.iter().enumerate() {
            places[table] = place;
        }
        Self {
            order: places,
            schema,
            scopes,
            decided,
            root,
            locale: request.locale,
            story,
            pins,
            woven: Woven::default(),
            request,
            pools: BTreeMap::new(),
            entities: facts.iter().map(|_| Entities::default()).collect(),
            births: facts.iter().map(|_| None).collect(),
            births_under_way: BTreeSet::new(),
            built: facts
                .iter()
                .map(|facts| facts.table.columns.iter().map(|_| None).collect())
                .collect(),
            tenants: facts
                .iter()
                .map(|facts| facts.table.columns.iter().map(|_| None).collect())
                .collect(),
            under_way: BTreeSet::new(),
            relations_under_way: BTreeSet::new(),
            choosers: BTreeMap::new(),
            domain_of_way: None,
            given_up: Vec::new(),
            followed: BTreeMap::new(),
            warnings: Vec::new(),
            problems: Vec::new(),
            doubts: Vec::new(),
            facts,
        }
    }

    /// Why a table gets no rows, if it gets none.
    pub(super) fn reason_for_no_rows(&self, table: TableId) -> Option<String> {
        (self.decided.rows[table] == 0).then(|| {
            self.decided.reasons[table]
                .clone()
                .unwrap_or_else(|| "no rows were asked for".to_owned())
        })
    }

    /// The plan of a table.
    pub(super) fn table(&mut self, table: TableId) -> TablePlan {
        let facts = &self.facts[table];
        let mut columns = Vec::new();
        let mut left_out = Vec::new();
        for (position, column) in facts.table.columns_with_ids() {
            if let Some(reason) = &facts.left_out[position] {
                left_out.push((column.name.clone(), reason.clone()));
                continue;
            }
            if let Some(reason) = self.always_null(table, position) {
                columns.push(ColumnPlan {
                    name: column.name.clone(),
                    generator: Arc::new(Generator::constant("")),
                    nulls: Nulls::Always,
                    escape: false,
                    number: false,
                    why: format!("always NULL: {reason}"),
                });
                continue;
            }
            match self.column(table, position) {
                Some((generator, why)) => columns.push(ColumnPlan {
                    why: self.why(table, position, why),
                    name: column.name.clone(),
                    nulls: self.nulls(table, position, &generator),
                    escape: generator.needs_escape(),
                    number: is_bare(&column.data_type),
                    generator,
                }),
                None => self.unknown_type(table, position, &mut columns, &mut left_out),
            }
        }
        let mut plan = TablePlan {
            name: facts.table.name.clone(),
            rows: self.decided.rows[table],
            can_freeze: !facts.table.own.partitioned,
            columns,
            computed: self.computed(table),
            story: self.story.tables[table].cycle.as_ref().map(sentence),
            left_out,
            overlay: None,
            fixed: self.pins.rows.get(&table).cloned().unwrap_or_default(),
        };
        self.pin(table, &mut plan);
        plan
    }

    /// Why a column is made as it is, with what it agrees with.
    fn why(&mut self, table: TableId, column: ColumnId, why: String) -> String {
        let story = &self.story.tables[table];
        if let Some((Relation::OnlyIf(_), only)) = story.relations.get(&column)
            && !self.facts[table].never_null[column]
        {
            return format!("{why}, {only}");
        }
        let agreement = story.agreements.get(&column).map(|(_, why)| why.clone());
        match agreement {
            Some(agreement) if self.agreed(table, column).is_some() => agreement,
            _ => why,
        }
    }

    /// Columns that the database computes because the configuration says so.
    fn computed(&self, table: TableId) -> Vec<(String, String)> {
        let facts = &self.facts[table];
        facts
            .table
            .columns_with_ids()
            .filter_map(|(position, column)| match &facts.source(position)?.value {
                Source::Sql(sql) => Some((column.name.clone(), sql.clone())),
                _ => None,
            })
            .collect()
    }

    /// Says that a column is being built, while what it depends on is.
    pub(crate) fn start(&mut self, table: TableId, column: ColumnId) {
        self.under_way.insert(ColumnAt::new(table, column));
    }

    /// That it isn't any more.
    pub(crate) fn stop(&mut self, table: TableId, column: ColumnId) {
        self.under_way.remove(&ColumnAt::new(table, column));
    }

    /// Whether a column's generator is being built.
    pub(crate) fn is_under_way(&self, table: TableId, column: ColumnId) -> bool {
        self.under_way.contains(&ColumnAt::new(table, column))
    }

    /// Whether every row needs another value of a column.
    pub(crate) fn is_distinct(&self, table: TableId, column: ColumnId) -> bool {
        matches!(self.decided.needs[table][column], Need::Distinct)
    }

    pub(crate) fn always_null(&self, table: TableId, column: ColumnId) -> Option<String> {
        let facts = &self.facts[table];
        if facts.is_given(column) {
            return None;
        }
        facts.always_null[column].clone().or_else(|| {
            matches!(self.decided.needs[table][column], Need::Null)
                .then(|| "no other way was found to keep a unique index".to_owned())
        })
    }

    fn unknown_type(
        &mut self,
        table: TableId,
        position: ColumnId,
        columns: &mut Vec<ColumnPlan>,
        left_out: &mut Vec<(String, String)>,
    ) {
        let facts = &self.facts[table];
        let column = &facts.table.columns[position];
        if matches!(column.value, ColumnValue::Default(_)) {
            left_out.push((
                column.name.clone(),
                "its type isn't known here, so it keeps its default".to_owned(),
            ));
            return;
        }
        let place = format!("{}.{}", facts.table.name, column.name);
        let nullable = !facts.never_null[position];
        let assumed = if nullable {
            "it is NULL in every row"
        } else {
            "it is the empty text in every row"
        };
        let text = format!(
            "its type `{}` isn't known here; {assumed}",
            type_name(&column.data_type.kind)
        );
        if nullable {
            self.warnings
                .push(Problem::new(place, text).hint("give it values in `schema/dummy.toml`"));
        } else {
            self.doubts.push(Doubt::new(
                facts.table.name.to_string(),
                &column.name,
                format!("`{}`: {text}", column.name),
            ));
        }
        columns.push(ColumnPlan {
            name: column.name.clone(),
            generator: Arc::new(Generator::constant("")),
            nulls: if nullable {
                Nulls::Always
            } else {
                Nulls::Never
            },
            escape: false,
            number: false,
            why: format!("the type isn't known: {assumed}"),
        });
    }

    /// The generator of a column and why it is that one; none for a type that isn't known.
    pub(crate) fn column(&mut self, table: TableId, column: ColumnId) -> Option<Built> {
        if let Some(built) = &self.built[table][column] {
            return Some(built.clone());
        }
        if !self.under_way.insert(ColumnAt::new(table, column)) {
            // A circle of keys that refer to each other's columns: all of them are the row's number.
            return Some((Arc::new(Generator::counter(Ordinal::Row, 1)), String::new()));
        }
        let choice = self.choose(table, column);
        self.under_way.remove(&ColumnAt::new(table, column));
        let built = choice.map(|(generator, why)| (Arc::new(generator), why));
        let built = built.map(|built| self.in_cases(table, column, built));
        let built = built.map(|(generator, why)| (self.pinned(table, column, generator), why));
        self.built[table][column].clone_from(&built);
        built
    }

    fn choose(&mut self, table: TableId, column: ColumnId) -> Option<Choice> {
        let facts = &self.facts[table];
        let name = &facts.table.columns[column].name;
        if let Some(cells) = facts.master.and_then(|master| master.cells(name)) {
            return Some((
                Generator::Cells(cells),
                "its master's file says so".to_owned(),
            ));
        }
        if let Some(source) = facts.source(column) {
            return Some(self.configured(table, column, source));
        }
        if let Some(ReferencePlace { reference, place }) = facts.reference_of[column] {
            let reference = &facts.references[reference];
            if !reference.targets.is_empty() {
                return self.polymorphic(table, reference, place);
            }
            let ordinal = self.ordinal_of_reference(table, reference.columns[0]);
            if reference.choosing == Choosing::Tenant
                && let Some(member) = &self.scopes.members[table]
                && !self.scopes.roots[member.scope].has_rows
            {
                let target = self.tenants(reference.table, reference.referenced[place])?;
                let why = "a value that rows of several tables share, for their keys do".to_owned();
                return Some((Generator::Reference(ordinal, target), why));
            }
            let (target, _) = self.column(reference.table, reference.referenced[place])?;
            let parent = &self.schema.tables[reference.table].name;
            let why = match &reference.constraint {
                Some(constraint) if reference.choosing == Choosing::WithinTenant => {
                    format!("a row of `{parent}` that fits the row's other keys (`{constraint}`)")
                }
                Some(constraint) => format!("a row of `{parent}` (`{constraint}`)"),
                None => format!("a row of `{parent}`, by its name"),
            };
            return Some((Generator::Reference(ordinal, target), why));
        }
        let slot = facts
            .slots
            .iter()
            .find(|slot| slot.lower == column || slot.upper == column);
        if let Some(slot) = slot {
            let kind = &facts.table.columns[column].data_type.kind;
            return slots::generator(kind, slot.upper == column);
        }
        if let Some(other) = self.equal_to(table, column) {
            let (generator, _) = self.column(table, other)?;
            let other = &facts.table.columns[other].name;
            return Some((
                Generator::Same(generator),
                format!("a check wants it equal to `{other}`"),
            ));
        }
        if let Some(told) = self.told(table, column) {
            return Some(told);
        }
        if let Some(count) = self.count_of_children(table, column) {
            return Some(count);
        }
        if let Some(choice) = self.by_equation(table, column) {
            return Some(choice);
        }
        if let Some(choice) = self.by_way(table, column) {
            return Some(choice);
        }
        let after = self.after(table, column);
        let above = self.above(table, column);
        self.with_context(table, column, after, above, by_type::generator)
    }

    /// Values that several tables share, each another one, of the kind that a column has.
    fn tenants(&mut self, table: TableId, column: ColumnId) -> Option<Arc<Generator>> {
        if let Some(made) = &self.tenants[table][column] {
            return Some(Arc::clone(made));
        }
        let lower = (Vec::new(), Vec::new());
        let made = self.with_need(table, column, Need::Distinct, lower, by_type::generator);
        let made = Arc::new(made?.0);
        self.tenants[table][column] = Some(Arc::clone(&made));
        Some(made)
    }

    /// The type or the id of a polymorphic pair.
    fn polymorphic(
        &mut self,
        table: TableId,
        reference: &Reference,
        place: usize,
    ) -> Option<Choice> {
        let ordinal = self.ordinal_of_reference(table, reference.columns[0]);
        let mut generators = Vec::new();
        let mut classes = Vec::new();
        for target in &reference.targets {
            let class = class_name(&self.schema.tables[target.table].name.name);
            generators.push(if place == 0 {
                Arc::new(Generator::constant(&class))
            } else {
                self.column(target.table, target.key)?.0
            });
            classes.push(class);
        }
        let what = if place == 0 { "the class" } else { "the id" };
        Some((
            Generator::Polymorphic(ordinal, generators.into()),
            format!("{what} of a row of {}, by its name", classes.join(", ")),
        ))
    }

    /// Which parent row each row takes, the same for all columns of a key.
    pub(crate) fn ordinal_of_reference(
        &mut self,
        table: TableId,
        first_column: ColumnId,
    ) -> Ordinal {
        let own = self.free_ordinal_of_reference(table, first_column);
        match self.pins.choices.get(&ColumnAt::new(table, first_column)) {
            Some(given) => Ordinal::Pinned {
                given: Arc::clone(given),
                own: Box::new(own),
            },
            None => own,
        }
    }

    /// The same where no row is given one.
    fn free_ordinal_of_reference(&mut self, table: TableId, first_column: ColumnId) -> Ordinal {
        if let Some(agreed) = self.agreed(table, first_column) {
            return Ordinal::Agreed(agreed);
        }
        let facts = &self.facts[table];
        let column = &facts.table.columns[first_column];
        let choices = facts
            .reference(first_column)
            .map_or(0, |reference| reference.choices(&self.decided.rows));
        let than = facts.differs_from(first_column);
        let half = facts.half(first_column);
        let (first, choices) = match half {
            None => (0, choices),
            Some(Half::Lower) => (0, choices / 2),
            Some(Half::Higher) => (choices / 2, choices - choices / 2),
        };
        let is_itself = facts
            .reference(first_column)
            .is_some_and(|reference| reference.table == table && reference.targets.is_empty());
        let own = match &self.decided.needs[table][first_column] {
            Need::Distinct if is_itself && half.is_none() => Ordinal::Before {
                count: self.decided.rows[table],
            },
            Need::Distinct | Need::Few(_) => Ordinal::Row,
            Need::Follow(ordinal) => ordinal.clone(),
            Need::Free | Need::Null => {
                let key = self.key(table).child(&column.name);
                let count = choices.saturating_sub(u64::from(than.is_some()));
                let ratio = match facts.reference(first_column) {
                    Some(reference) if reference.targets.is_empty() => {
                        self.ratio(table, reference.table)
                    }
                    _ => ALIKE,
                };
                let distribution = facts.settings[first_column]
                    .and_then(|settings| settings.distribution.as_ref());
                if distribution.is_some_and(|shape| shape.value == Distribution::Uniform) {
                    Ordinal::EvenParent { key, count, ratio }
                } else {
                    Ordinal::Parent { key, count, ratio }
                }
            }
        };
        match than {
            Some(than) => Ordinal::Other {
                than: Box::new(self.ordinal_of_reference(table, than)),
                own: Box::new(own),
            },
            None if first > 0 => Ordinal::From {
                first,
                own: Box::new(own),
            },
            None => own,
        }
    }

    pub(crate) fn key(&self, table: TableId) -> Key {
        self.root.child(&self.facts[table].table.name.to_string())
    }

    pub(crate) fn with_context<T>(
        &mut self,
        table: TableId,
        column: ColumnId,
        after: Vec<Lower<Moment>>,
        above: Vec<Lower<Quantity>>,
        make: impl FnOnce(&mut Context<'_>) -> T,
    ) -> T {
        let need = self.decided.needs[table][column].clone();
        self.with_need(table, column, need, (after, above), make)
    }

    /// The same for a column of which something else is wanted than what its unique sets want.
    fn with_need<T>(
        &mut self,
        table: TableId,
        column: ColumnId,
        need: Need,
        (after, above): (Vec<Lower<Moment>>, Vec<Lower<Quantity>>),
        make: impl FnOnce(&mut Context<'_>) -> T,
    ) -> T {
        let birth = self.birth(table);
        let facts = &self.facts[table];
        let own = &facts.table.columns[column];
        let labels: &[String] = match &own.data_type.kind {
            ValueType::Enum(name) => self
                .schema
                .own
                .enum_type(name)
                .map_or(&[], |enum_type| enum_type.values.as_slice()),
            _ => &[],
        };
        let table_key = self.key(table);
        let ceiling = self.ceiling(table, column);
        let settings = facts.settings[column];
        let locale = settings
            .and_then(|settings| settings.locale.as_ref())
            .map_or(self.locale, |locale| locale.value);
        // English words are ASCII.
        let locale = if own.own.characters.hold_all_languages() {
            locale
        } else {
            Locale::English
        };
        let pools = Arc::clone(
            self.pools
                .entry(locale)
                .or_insert_with(|| Arc::new(Pools::new(locale))),
        );
        let mut entities = std::mem::take(&mut self.entities[table]);
        let mut context = Context {
            column: own,
            parts: self.story.tables[table].names[column].parts_of_value(&own.data_type.kind),
            called: self.story.tables[table].names[column].comment.clone(),
            table_parts: english(&facts.table.name.name)
                .unwrap_or_else(|| NameParts::new(&facts.table.name.name)),
            domain: self
                .domain_of_way
                .as_ref()
                .or_else(|| facts.rules.domains.get(&own.name))
                .cloned()
                .unwrap_or_default(),
            need,
            key: table_key.child(&own.name),
            table_key,
            rows: self.decided.rows[table],
            pools: &pools,
            has_place: has_place(facts.table),
            span: facts.span_of(column),
            settings,
            labels,
            birth: &birth,
            entities: &mut entities,
            after,
            above,
            ceiling,
        };
        let made = make(&mut context);
        self.entities[table] = entities;
        made
    }

    /// When the rows of a table are born: after the parents that they must have.
    pub(crate) fn birth(&mut self, table: TableId) -> Arc<Birth> {
        if let Some(birth) = &self.births[table] {
            return Arc::clone(birth);
        }
        let key = self.key(table).child("birth");
        let line = (self.line(table), self.decided.rows[table]);
        if !self.births_under_way.insert(table) {
            return Arc::new(Birth::new(key, line, Vec::new()));
        }
        let facts = &self.facts[table];
        let mut parents = Vec::new();
        for reference in &facts.references {
            let is_used = facts.reference_of[reference.columns[0]].is_some()
                && !self.is_own_child(table, reference.columns[0]);
            let tables: Vec<TableId> = if reference.targets.is_empty() {
                vec![reference.table]
            } else {
                reference
                    .targets
                    .iter()
                    .map(|target| target.table)
                    .collect()
            };
            // What only a name says must not close a circle: then nobody could be born first.
            let have_births = tables.iter().all(|&parent| {
                parent != table
                    && self.facts[parent].master.is_none()
                    && (reference.constraint.is_some() || self.comes_first(parent, table))
            });
            if is_used && have_births {
                let ordinal = self.ordinal_of_reference(table, reference.columns[0]);
                let births = tables.iter().map(|&parent| self.birth(parent)).collect();
                parents.push((ordinal, births));
            }
        }
        self.births_under_way.remove(&table);
        let given = self.pins.births.get(&table).cloned();
        let birth = Arc::new(Birth::new(key, line, parents).given(given));
        self.births[table] = Some(Arc::clone(&birth));
        birth
    }

    /// Whether a table stands before another one in the order of filling.
    fn comes_first(&self, table: TableId, other: TableId) -> bool {
        self.order.get(table) < self.order.get(other)
    }

    /// Whether nothing but its name and type says what a column holds.
    pub(crate) fn is_free(&self, table: TableId, column: ColumnId) -> bool {
        let facts = &self.facts[table];
        facts.reference_of[column].is_none()
            && facts.source(column).is_none()
            && facts.left_out[column].is_none()
            && !facts.is_given(column)
            && matches!(self.decided.needs[table][column], Need::Free)
    }

    /// Whether a column points to one of the rows that point to its own row, which is younger.
    fn is_own_child(&self, table: TableId, column: ColumnId) -> bool {
        self.story.tables[table]
            .agreements
            .get(&column)
            .is_some_and(|(agreement, _)| matches!(agreement, Agreement::OwnChild(..)))
    }

    /// The generator of a column that was built already.
    pub(crate) fn built_already(&self, table: TableId, column: ColumnId) -> Option<Arc<Generator>> {
        self.built[table][column]
            .as_ref()
            .map(|(generator, _)| Arc::clone(generator))
    }

    pub(crate) fn nulls(
        &mut self,
        table: TableId,
        column: ColumnId,
        generator: &Generator,
    ) -> Nulls {
        let usual = self.unpinned_nulls(table, column, generator);
        let usual = self.nulls_in_cases(table, column, usual);
        self.pinned_nulls(table, column, usual)
    }

    fn unpinned_nulls(&mut self, table: TableId, column: ColumnId, generator: &Generator) -> Nulls {
        match generator {
            Generator::Pinned(inner, _) => self.unpinned_nulls(table, column, inner),
            Generator::Cases(cases) => {
                let otherwise = Arc::clone(&cases.otherwise);
                let usual = self.unpinned_nulls(table, column, &otherwise);
                Nulls::Cases(Box::new(usual), Arc::clone(cases))
            }
            _ if self.followed.contains_key(&ColumnAt::new(table, column)) => {
                let followed = self.followed[&ColumnAt::new(table, column)].clone();
                let settings = self.facts[table].settings[column];
                if settings.is_some_and(|settings| settings.null_ratio.is_some()) {
                    let share = self.nulls_of(table, column);
                    return Nulls::Either(Box::new(share), Box::new(followed));
                }
                followed
            }
            Generator::Cells(cells) => Nulls::Cells(Arc::clone(cells)),
            Generator::Children(_) => Nulls::Never,
            Generator::Computed(computed) if !self.facts[table].never_null[column] => {
                let usual = self.nulls_of(table, column);
                let usual = self.nulls_by_way(table, column, usual);
                Nulls::Computed(Box::new(usual), Arc::clone(computed))
            }
            _ => {
                let usual = self.nulls_of(table, column);
                self.nulls_by_way(table, column, usual)
            }
        }
    }
}

/// Whether a table has a city or a postal code.
fn has_place(table: &Table) -> bool {
    table.columns.iter().any(|column| {
        let parts = NameParts::new(&column.name);
        parts.is(&[
            "city",
            "zip",
            "zip_code",
            "zipcode",
            "postal_code",
            "postcode",
        ])
    })
}

fn type_name(kind: &ValueType) -> String {
    match kind {
        ValueType::Other(sql) => sql.clone(),
        ValueType::Enum(name) => name.to_string(),
        other => format!("{other:?}"),
    }
}

/// Whether SQL writes values of the type without quotes.
fn is_bare(data_type: &DataType) -> bool {
    !data_type.array && (data_type.kind.is_number() || data_type.kind == ValueType::Oid)
}
