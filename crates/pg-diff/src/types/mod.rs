//! Types that columns are of: which stay, change in place, go, or are made anew under their old name.
//!
//! A type that is made anew takes along whatever names it: other types over it are made anew too, columns are cast,
//! and everything that can be made again (functions, views, checks) is, because what the server keeps names the
//! old type by its number and not by its name. The old one is called otherwise until nothing uses it any more.

mod range;
mod taken;

use crate::casts;
use crate::casts::Fate;
use crate::definition::{Alteration, Composite, Domain};
use crate::enums::EnumChanges;
use crate::migration::{Phase, Steps};
use crate::sources::{Partner, Source, Sources};
use pg_model::{DataType, QualifiedName, Schema, TypeKind};
use pg_sql::ddl::data_type;
use pg_sql::{identifier, qualified};
use pg_text::object::{Kind, Object};
use range::{Range, is_range};
use sql_text::mentions;
use std::collections::BTreeMap;
use taken::Taken;

/// How the types differ.
#[derive(Debug)]
pub(crate) struct TypeChanges<'a> {
    pub(crate) enums: EnumChanges<'a>,
    /// Types that are made anew.
    rebuilt: BTreeMap<QualifiedName, Conversion>,
    /// Old types that must have another name from some point on, and their names until they go.
    aside: Vec<Aside>,
    /// Types that go, or have gone aside, as they are called by then, in the order of the old schema.
    dropped: Vec<Drop>,
    /// Old types that go, as the old schema calls them.
    gone: Vec<QualifiedName>,
    /// What checks of domains that go hold on to, and the names of the checks, are wanted before.
    taken_down: Vec<String>,
    /// What happens to a type's statement, by its position in the new schema.
    in_place: BTreeMap<usize, Vec<Alteration>>,
    /// Positions in the new schema of statements that make a type anew.
    created: Vec<usize>,
    pub(crate) by_hand: Vec<String>,
}

/// How values of a type that is made anew become values of the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Conversion {
    /// By what is written of them.
    Text,
    /// By what is written of them, where the bounds are in order.
    Range,
    /// By the types below both domains.
    Domain {
        old: DataType,
        new: DataType,
        /// Whether the new domain has conditions that the old one may not have had.
        may_refuse: bool,
    },
    /// Attribute by attribute.
    Composite { old: Composite, new: Composite },
}

#[derive(Debug)]
struct Aside {
    noun: &'static str,
    name: QualifiedName,
    /// Its name until it goes.
    until_then: QualifiedName,
    /// Where a range type: its multirange type.
    companion: Option<(QualifiedName, QualifiedName)>,
    /// The functions that make values of a range type, and bear its name.
    constructors: Vec<(String, QualifiedName)>,
}

#[derive(Debug)]
struct Drop {
    noun: &'static str,
    name: QualifiedName,
}

impl<'a> TypeChanges<'a> {
    /// `uses_taken_down` says whether an expression uses a function that is taken away.
    pub(crate) fn between(
        old: &'a Schema,
        new: &'a Schema,
        sources: &Sources<'a>,
        uses_taken_down: &dyn Fn(&str) -> bool,
    ) -> Self {
        let mut changes = Self {
            enums: EnumChanges::between(old, new),
            rebuilt: BTreeMap::new(),
            aside: Vec::new(),
            dropped: Vec::new(),
            gone: Vec::new(),
            taken_down: Vec::new(),
            in_place: BTreeMap::new(),
            created: Vec::new(),
            by_hand: Vec::new(),
        };
        let taken = Taken { old, new, sources };
        for recreated in &changes.enums.recreated {
            let name = recreated.new.name.clone();
            changes.rebuilt.insert(name, Conversion::Text);
        }
        for enum_type in &old.own.enums {
            let name = &enum_type.name;
            let is_gone = new.own.enum_type(name).is_none();
            if is_gone || changes.rebuilt.contains_key(name) {
                changes.retire("TYPE", name, is_gone, None, &taken);
            }
        }
        for (position, object) in sources.objects() {
            if matches!(object.kind, Kind::Domain | Kind::Type) {
                changes.decide_object(position, object, old, &taken, uses_taken_down);
            }
        }
        changes.tell_tables_of_the_source(sources);
        changes
    }

    fn decide_object(
        &mut self,
        position: usize,
        object: &Object,
        old: &Schema,
        taken: &Taken<'_>,
        uses_taken_down: &dyn Fn(&str) -> bool,
    ) {
        let sources = taken.sources;
        let source = &sources.old[position];
        let noun = if object.kind == Kind::Domain {
            "DOMAIN"
        } else {
            "TYPE"
        };
        let at = match sources.partners[position] {
            Partner::Gone => {
                if let Some(domain) = Domain::read(source.sql, &object.name) {
                    self.taken_down
                        .extend(domain.taken_down(&object.name, uses_taken_down));
                }
                self.retire(
                    noun,
                    &object.name,
                    true,
                    Range::read(source, object).as_ref(),
                    taken,
                );
                return;
            }
            Partner::Same(at) | Partner::Changed(at) => at,
        };
        let after = &sources.new[at];
        let is_same = matches!(sources.partners[position], Partner::Same(_));
        let name = &object.name;
        let stands = !self
            .names()
            .any(|rebuilt| mentions(source.sql, &rebuilt.name));
        let conversion;
        if object.kind == Kind::Domain {
            let Some((before, after)) =
                Domain::read(source.sql, name).zip(Domain::read(after.sql, name))
            else {
                self.puzzle(is_same, object, after);
                return;
            };
            let alterations = after
                .alterations(&before, name, uses_taken_down)
                .filter(|_| stands);
            if let Some(alterations) = alterations
                && (alterations.iter().all(|one| one.may_fail.is_none())
                    || !is_contained(name, old, sources, position))
            {
                self.alter(at, alterations);
                return;
            }
            self.taken_down.extend(before.taken_down(name, |_| true));
            conversion = if stands || before.base_type != after.base_type {
                let may_refuse = !is_same && after.refuses_values();
                Conversion::Domain {
                    old: before.base_type,
                    new: after.base_type,
                    may_refuse,
                }
            } else {
                Conversion::Text
            };
        } else if let Some((before, after)) =
            Composite::read(source.sql).zip(Composite::read(after.sql))
        {
            if stands && let Some(alterations) = after.alterations(&before, name) {
                self.alter(at, alterations);
                return;
            }
            conversion = Conversion::Composite {
                old: before,
                new: after,
            };
        } else if is_same && stands {
            return;
        } else if is_range(source.sql) {
            conversion = Conversion::Range;
        } else {
            self.puzzle(is_same, object, after);
            return;
        }
        self.rebuilt.insert(name.clone(), conversion);
        self.retire(
            noun,
            name,
            false,
            Range::read(source, object).as_ref(),
            taken,
        );
        self.created.push(at);
    }

    /// A type whose two definitions can't be told apart.
    fn puzzle(&mut self, is_same: bool, object: &Object, after: &Source<'_>) {
        if !is_same {
            self.by_hand.push(format!(
                "the {} `{}` changed to {}",
                object.kind.noun(),
                object.title(),
                crate::dependents::excerpt(after.sql)
            ));
        }
    }

    fn alter(&mut self, at: usize, alterations: Vec<Alteration>) {
        if !alterations.is_empty() {
            self.in_place.insert(at, alterations);
        }
    }

    /// Lets an old type go in the end, under another name if something new has its own.
    fn retire(
        &mut self,
        noun: &'static str,
        name: &QualifiedName,
        is_gone: bool,
        range: Option<&Range>,
        taken: &Taken<'_>,
    ) {
        let mut last = name.clone();
        if is_gone {
            self.gone.push(name.clone());
        }
        if !is_gone || taken.by_new(name) {
            last = taken.free(name, &self.aside);
            let companion = range.map(|range| {
                let free = taken.free(&range.companion, &self.aside);
                (range.companion.clone(), free)
            });
            let constructors = match (range, &companion) {
                (Some(range), Some((_, companion))) => range.constructors(name, &last, companion),
                _ => Vec::new(),
            };
            self.aside.push(Aside {
                noun,
                name: name.clone(),
                until_then: last.clone(),
                companion,
                constructors,
            });
            if is_gone && taken.is_new_type(name) {
                self.rebuilt.insert(name.clone(), Conversion::Text);
            }
        }
        self.dropped.push(Drop { noun, name: last });
    }

    /// Tables that the source makes by SQL aren't ours to alter.
    fn tell_tables_of_the_source(&mut self, sources: &Sources<'_>) {
        let mut told = Vec::new();
        for (position, object) in sources.objects() {
            let is_table = matches!(object.kind, Kind::Table | Kind::ForeignTable);
            if !is_table || sources.partners[position] == Partner::Gone {
                continue;
            }
            let text = sources.old[position].sql;
            if let Some(name) = self.names().find(|name| mentions(text, &name.name)) {
                told.push(format!(
                    "the table `{}` uses the type `{name}`, which is made anew: `ALTER TABLE {} ALTER COLUMN … TYPE {} USING …` before the old type is dropped",
                    object.title(),
                    object.title(),
                    qualified(name)
                ));
            }
        }
        self.by_hand.append(&mut told);
    }

    /// Types that are made anew.
    pub(crate) fn names(&self) -> impl Iterator<Item = &QualifiedName> {
        self.rebuilt.keys()
    }

    /// Types that go, by their old names.
    pub(crate) fn gone(&self) -> &[QualifiedName] {
        &self.gone
    }

    /// Types whose definition changes in place in a way that what stands on them can feel.
    pub(crate) fn altered<'s>(&'s self, sources: &'s Sources<'_>) -> impl Iterator<Item = &'s str> {
        self.in_place.iter().filter_map(|(at, alterations)| {
            let object = sources.new[*at].object.as_ref()?;
            let loses = alterations.iter().any(|one| one.loses.is_some());
            loses.then(|| object.word())
        })
    }

    /// Whether a column of this type must be cast because its type is made anew.
    pub(crate) fn recreates(&self, data_type: &DataType) -> bool {
        self.rebuilding(&data_type.kind).is_some()
    }

    /// The type as it is told from the one of its name that is made anew: no cast makes the one of the other.
    pub(crate) fn former(&self, of: &DataType) -> DataType {
        let kind = match &of.kind {
            kind if !self.recreates(of) => kind.clone(),
            TypeKind::Enum(name) => TypeKind::Enum(QualifiedName {
                schema: name.schema.clone(),
                name: format!("{}_old", name.name),
            }),
            kind => TypeKind::Other(format!(
                "{}_old",
                data_type(&DataType::scalar(kind.clone()))
            )),
        };
        DataType {
            kind,
            array: of.array,
        }
    }

    fn rebuilding(&self, kind: &TypeKind) -> Option<(&QualifiedName, &Conversion)> {
        match kind {
            TypeKind::Enum(name) => self.rebuilt.get_key_value(name),
            TypeKind::Other(text) => {
                let name = pg_text::data_type::plain_name(text);
                match name {
                    Some(name) => self.rebuilt.get_key_value(&name),
                    None => self
                        .rebuilt
                        .iter()
                        .find(|(name, _)| mentions(text, &name.name)),
                }
            }
            _ => None,
        }
    }

    /// The expression that makes of an old value one of the type of the same name that is made anew, and what becomes
    /// of the value.
    pub(crate) fn convert(&self, column: &str, of: &DataType) -> (String, Fate) {
        let value = identifier(column).into_owned();
        let target = data_type(of);
        let through = if of.array { "text[]" } else { "text" };
        let by_text = format!("{value}::{through}::{target}");
        match self.rebuilding(&of.kind) {
            Some((
                _,
                Conversion::Domain {
                    old,
                    new,
                    may_refuse,
                },
            )) if !of.array => {
                let mut cast = casts::cast(column, old, new);
                if *may_refuse {
                    cast.fate
                        .refuses
                        .get_or_insert_with(|| "values that the new domain refuses".to_owned());
                }
                let expression = cast.expression.unwrap_or(value);
                (format!("{expression}::{target}"), cast.fate)
            }
            Some((name, Conversion::Composite { old, new })) => {
                let lost: Vec<&str> = new.lost(old).collect();
                let mut fate = Fate::default();
                if !lost.is_empty() {
                    fate.loses = Some(format!(
                        "the attribute `{}` of the type `{name}`",
                        lost.join("`, `")
                    ));
                }
                if of.array || new.reads(old) {
                    (by_text, fate)
                } else {
                    (new.converted(old, &value, &target), fate)
                }
            }
            Some((_, Conversion::Range)) => {
                let fate = Fate {
                    loses: None,
                    refuses: Some("ranges that the new type refuses".to_owned()),
                };
                (by_text, fate)
            }
            _ => (by_text, Fate::default()),
        }
    }

    /// Whether an array of a type can't be cast, since its elements are made otherwise.
    pub(crate) fn is_beyond_casts(&self, of: &DataType) -> bool {
        let conversion = self.rebuilding(&of.kind);
        of.array
            && matches!(conversion, Some((_, Conversion::Composite { old, new })) if !new.reads(old))
    }

    /// What is said of a type's statement instead of running it.
    pub(crate) fn in_place(&self, at: usize) -> &[Alteration] {
        self.in_place.get(&at).map_or(&[], Vec::as_slice)
    }

    /// Whether the statement at a position of the new schema makes a type anew.
    pub(crate) fn creates(&self, at: usize) -> bool {
        self.created.contains(&at)
    }

    /// Gives types that must go another name.
    pub(crate) fn set_aside(&self, steps: &mut Steps) {
        for sql in &self.taken_down {
            steps.add(Phase::DropParts, "types", sql.clone());
        }
        // Functions first: their arguments still have their names.
        for (function, name) in self.aside.iter().flat_map(|one| &one.constructors) {
            let sql = format!(
                "ALTER FUNCTION {function} RENAME TO {};\n",
                identifier(&name.name)
            );
            steps.add(Phase::SetAside, "types", sql);
        }
        for one in &self.aside {
            let step = steps.add(
                Phase::SetAside,
                "types",
                format!(
                    "ALTER {} {} RENAME TO {};\n",
                    one.noun,
                    qualified(&one.name),
                    identifier(&one.until_then.name)
                ),
            );
            let recreated = self
                .enums
                .recreated
                .iter()
                .find(|enum_type| enum_type.new.name == one.name);
            for label in recreated.iter().flat_map(|enum_type| &enum_type.lost) {
                step.loses(format!(
                    "the label `{label}` of the type `{}`, in whose place rows need another",
                    one.name
                ));
            }
            if let Some((old, new)) = &one.companion {
                let sql = format!(
                    "ALTER TYPE {} RENAME TO {};\n",
                    qualified(old),
                    identifier(&new.name)
                );
                steps.add(Phase::SetAside, "types", sql);
            }
        }
    }

    /// Drops types that nothing uses any more, those over others first.
    pub(crate) fn drop(&self, steps: &mut Steps) {
        for one in self.dropped.iter().rev() {
            let sql = format!("DROP {} {};\n", one.noun, qualified(&one.name));
            steps.add(Phase::DropTypes, "clean-up", sql);
        }
    }
}

/// Whether columns, or other types, hold the type inside of something, where the server can't look for its values.
fn is_contained(
    name: &QualifiedName,
    old: &Schema,
    sources: &Sources<'_>,
    position: usize,
) -> bool {
    let other_types = sources.objects().any(|(at, object)| {
        at != position
            && matches!(object.kind, Kind::Domain | Kind::Type)
            && mentions(sources.old[at].sql, &name.name)
    });
    let columns = old.tables.iter().flat_map(|table| &table.columns);
    let in_array = columns.into_iter().any(|column| {
        column.data_type.array
            && matches!(&column.data_type.kind, TypeKind::Other(text) if mentions(text, &name.name))
    });
    other_types || in_array
}
