//! What differs between two versions of a table, as parts of an `ALTER TABLE`.

mod columns;
mod options;

use crate::cost::{self, Cost};
use crate::facts::{ColumnFacts, TableFacts};
use crate::migration::{Remark, Step};
use mysql_model::{ColumnValue, Index, IndexKey, IndexKind, Server};
use mysql_sql::ddl::{check_constraint, index_definition};
use mysql_sql::{column_list, qualified};
use mysql_text::expression::canonical;
use mysql_text::object::mentions;
use mysql_text::quoted;
use schema_diff::{Pairing, PartChanges};
use std::collections::{BTreeMap, BTreeSet};

/// A table of both schemas.
#[derive(Debug)]
pub(crate) struct TableChange<'a> {
    pub(crate) old: &'a TableFacts,
    pub(crate) new: &'a TableFacts,
    server: Server,
    /// For each new column, the old one that it was.
    old_of_new: Vec<Option<usize>>,
    new_of_old: Vec<Option<usize>>,
    /// New names of columns that are renamed, by the old ones.
    pub(crate) renames: BTreeMap<String, String>,
    /// Old positions of generated columns that go and come back, because what they stand on changes under them.
    recreated: BTreeSet<usize>,
    indexes: PartChanges,
    checks: PartChanges,
}

/// Parts of one `ALTER TABLE`.
#[derive(Debug, Default)]
struct Alter {
    specifications: Vec<String>,
    remarks: Vec<Remark>,
    costs: Vec<(Cost, String)>,
}

impl Alter {
    fn add(&mut self, specification: String, cost: Cost, why: &str) {
        self.specifications.push(specification);
        self.costs.push((cost, why.to_owned()));
    }

    fn remark(&mut self, remark: Remark) {
        self.remarks.push(remark);
    }

    fn into_step(mut self, table: &str, name: &str) -> Option<Step> {
        if self.specifications.is_empty() {
            return None;
        }
        self.remarks
            .extend(cost::sentence(name, &self.costs).map(Remark::Note));
        let sql = match self.specifications.as_slice() {
            [one] => format!("ALTER TABLE {table} {one};\n"),
            more => format!("ALTER TABLE {table}\n    {};\n", more.join(",\n    ")),
        };
        Some(Step {
            sql,
            remarks: self.remarks,
        })
    }
}

impl<'a> TableChange<'a> {
    pub(crate) fn between(old: &'a TableFacts, new: &'a TableFacts, server: Server) -> Self {
        let lower = |name: &String| name.to_lowercase();
        let old_names: Vec<String> = old
            .table
            .columns
            .iter()
            .map(|column| lower(&column.name))
            .collect();
        let new_names: Vec<(String, Option<String>)> = new
            .table
            .columns
            .iter()
            .map(|column| (lower(&column.name), column.renamed_from.as_ref().map(lower)))
            .collect();
        let pairing = Pairing::by_name(
            &old_names.iter().collect::<Vec<_>>(),
            &new_names
                .iter()
                .map(|(name, former)| (name, former.as_ref()))
                .collect::<Vec<_>>(),
        );
        let renames = pairing
            .new_of_old
            .iter()
            .enumerate()
            .filter_map(|(position, successor)| {
                let before = &old.table.columns[position].name;
                let after = &new.table.columns[(*successor)?].name;
                (before != after).then(|| (before.clone(), after.clone()))
            })
            .collect();
        let mut change = Self {
            old,
            new,
            server,
            old_of_new: pairing.old_of_new,
            new_of_old: pairing.new_of_old,
            renames,
            recreated: BTreeSet::new(),
            indexes: PartChanges::default(),
            checks: PartChanges::default(),
        };
        change.find_recreated();
        change.compare_indexes();
        change.compare_checks();
        change
    }

    /// Pairs of columns that stay, by their positions.
    fn kept(&self) -> impl Iterator<Item = (usize, usize)> {
        self.new_of_old
            .iter()
            .enumerate()
            .filter(|(before, _)| !self.recreated.contains(before))
            .filter_map(|(before, after)| Some((before, (*after)?)))
    }

    /// Old names of columns that go, get another name or type, or come back as others.
    fn changing(&self) -> Vec<&str> {
        (0..self.old.columns.len())
            .filter(|&before| match self.new_of_old[before] {
                _ if self.recreated.contains(&before) => true,
                None => true,
                Some(after) => {
                    let (one, other) = (&self.old.columns[before], &self.new.columns[after]);
                    self.old.table.columns[before].name != self.new.table.columns[after].name
                        || one.data_type != other.data_type
                        || one.charset != other.charset
                }
            })
            .map(|before| self.old.table.columns[before].name.as_str())
            .collect()
    }

    /// Whether an expression of the old table speaks of a column that changes under it.
    fn stands_on_changing(&self, expression: &str) -> bool {
        self.changing()
            .iter()
            .any(|name| mentions(expression, name))
    }

    /// A server changes no column that a generated one stands on, and makes no stored one of a virtual one.
    fn find_recreated(&mut self) {
        loop {
            let found: Vec<usize> = self
                .kept()
                .filter(|&(before, after)| {
                    let (one, other) = (&self.old.columns[before], &self.new.columns[after]);
                    let is_virtual = |facts: &ColumnFacts| {
                        facts.generated.as_ref().is_some_and(|own| !own.stored)
                    };
                    let changes_kind = one.generated.as_ref().map(|own| own.stored)
                        != other.generated.as_ref().map(|own| own.stored);
                    let is_taken = matches!(
                        &self.old.table.columns[before].value,
                        ColumnValue::Generated { expression, .. }
                            if self.stands_on_changing(expression)
                    );
                    (changes_kind && (is_virtual(one) || is_virtual(other)))
                        || (one.generated.is_some()
                            && other.generated.is_some()
                            && (one.generated != other.generated || is_taken))
                })
                .map(|(before, _)| before)
                .collect();
            if found.is_empty() {
                return;
            }
            self.recreated.extend(found);
        }
    }

    fn compare_indexes(&mut self) {
        let definition = |index: &Index, is_old: bool| {
            let mut index = index.clone();
            index.name.clear();
            index.own.invisible = false;
            for part in &mut index.parts {
                match &mut part.key {
                    IndexKey::Column(name) => {
                        if is_old && let Some(new) = self.renames.get(name) {
                            name.clone_from(new);
                        }
                        *name = name.to_lowercase();
                    }
                    IndexKey::Expression(text) => *text = canonical(text),
                }
            }
            index
        };
        let recreated: Vec<&str> = self.recreated_names().collect();
        let is_hit = |index: &Index| {
            index.parts.iter().any(|part| match &part.key {
                IndexKey::Column(name) => recreated
                    .iter()
                    .any(|other| name.eq_ignore_ascii_case(other)),
                IndexKey::Expression(text) => self.stands_on_changing(text),
            })
        };
        self.indexes = PartChanges::between(
            &self
                .old
                .table
                .indexes
                .iter()
                .map(|index| (index, true))
                .collect::<Vec<_>>(),
            &self
                .new
                .table
                .indexes
                .iter()
                .map(|index| (index, false))
                .collect::<Vec<_>>(),
            |(index, _)| &index.name,
            |(before, _), (after, _)| {
                !is_hit(before) && definition(before, true) == definition(after, false)
            },
        );
    }

    fn compare_checks(&mut self) {
        self.checks = PartChanges::between(
            &self.old.table.checks,
            &self.new.table.checks,
            |check| &check.name,
            |before, after| {
                before.name == after.name
                    && before.own == after.own
                    && canonical(&before.expression) == canonical(&after.expression)
                    && !self.stands_on_changing(&before.expression)
            },
        );
    }

    /// Names of generated columns that go and come back.
    fn recreated_names(&self) -> impl Iterator<Item = &str> {
        self.recreated
            .iter()
            .map(|&before| self.old.table.columns[before].name.as_str())
    }

    /// Whether a query for all columns would tell, or one of them by its old name fail.
    pub(crate) fn is_reshaped(&self) -> bool {
        self.old.table.name != self.new.table.name
            || !self.renames.is_empty()
            || self.new_of_old.iter().any(Option::is_none)
            || self.old_of_new.iter().any(Option::is_none)
            || !self.new_of_old.iter().flatten().is_sorted()
    }

    /// Old names of columns that a foreign key can't stay on.
    pub(crate) fn loosened(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self
            .kept()
            .filter(|&(before, after)| {
                let (one, other) = (&self.old.columns[before], &self.new.columns[after]);
                one.data_type != other.data_type
                    || one.charset != other.charset
                    || one.not_null != other.not_null
                    || one.counts != other.counts
                    || one.generated != other.generated
            })
            .map(|(before, _)| self.old.table.columns[before].name.to_lowercase())
            .collect();
        let gone = (0..self.old.columns.len())
            .filter(|before| self.new_of_old[*before].is_none() || self.recreated.contains(before))
            .map(|before| self.old.table.columns[before].name.to_lowercase());
        names.extend(gone);
        // What a key stands on may go for a moment.
        for &before in &self.indexes.dropped {
            for part in &self.old.table.indexes[before].parts {
                if let IndexKey::Column(name) = &part.key {
                    names.insert(name.to_lowercase());
                }
            }
        }
        if self.changes_key()
            && let Some(key) = &self.old.table.primary_key
        {
            names.extend(key.columns.iter().map(|name| name.to_lowercase()));
        }
        names
    }

    fn changes_key(&self) -> bool {
        let columns = |columns: &[String], is_old: bool| -> Vec<String> {
            columns
                .iter()
                .map(|name| {
                    let renamed = self.renames.get(name).filter(|_| is_old);
                    renamed.unwrap_or(name).to_lowercase()
                })
                .collect()
        };
        let before = self.old.table.primary_key.as_ref();
        let after = self.new.table.primary_key.as_ref();
        before.map(|key| columns(&key.columns, true))
            != after.map(|key| columns(&key.columns, false))
            || self.old.table.own.primary_key_comment != self.new.table.own.primary_key_comment
    }

    /// The statements, less those for foreign keys. The table has its new name by now.
    pub(crate) fn steps(&self, by_hand: &mut Vec<String>) -> Vec<Step> {
        let table = qualified(&self.new.table.name);
        let name = self.new.table.name.to_string();
        let mut steps = Vec::new();
        let changes_partitions = self.old.partitions.as_deref().map(partitioning)
            != self.new.partitions.as_deref().map(partitioning);
        if changes_partitions && self.old.partitions.is_some() {
            let mut alter = Alter::default();
            alter.add(
                "REMOVE PARTITIONING".to_owned(),
                Cost::Copy,
                "its partitions are taken away",
            );
            steps.extend(alter.into_step(&table, &name));
        }
        let mut before = Alter::default();
        self.clear_the_way(&mut before);
        steps.extend(before.into_step(&table, &name));
        let converts = self.old.charset.is_some() && self.new.charset.is_none();
        if converts {
            let mut alter = Alter::default();
            alter.add(
                "CONVERT TO CHARACTER SET DEFAULT".to_owned(),
                Cost::Copy,
                "its texts get the character set of the database",
            );
            alter.remark(Remark::MayFail(format!(
                "texts of `{name}` may have characters that the database's character set doesn't have"
            )));
            steps.extend(alter.into_step(&table, &name));
        }
        let mut main = Alter::default();
        self.drop_parts(&mut main);
        self.change_columns(&mut main, converts);
        self.add_parts(&mut main);
        self.options(&mut main, by_hand);
        steps.extend(main.into_step(&table, &name));
        if changes_partitions && let Some(partitions) = &self.new.partitions {
            let mut alter = Alter::default();
            alter.add(partitions.clone(), Cost::Copy, "it is cut into partitions");
            steps.extend(alter.into_step(&table, &name));
        }
        steps
    }

    /// What a server must not find any more when columns change: generated columns, checks and indexes over them.
    fn clear_the_way(&self, alter: &mut Alter) {
        if self.recreated.is_empty() && !self.has_expressions_to_clear() {
            return;
        }
        for &before in &self.checks.dropped {
            self.drop_check(alter, before);
        }
        for &before in &self.indexes.dropped {
            if self.goes_early(&self.old.table.indexes[before]) {
                let name = quoted(&self.old.table.indexes[before].name);
                alter.add(format!("DROP INDEX {name}"), Cost::Instant, "");
            }
        }
        for name in self.recreated_names() {
            alter.add(format!("DROP COLUMN {}", quoted(name)), Cost::Instant, "");
        }
    }

    fn has_expressions_to_clear(&self) -> bool {
        self.checks
            .dropped
            .iter()
            .any(|&before| self.stands_on_changing(&self.old.table.checks[before].expression))
            || self
                .indexes
                .dropped
                .iter()
                .any(|&before| self.goes_early(&self.old.table.indexes[before]))
    }

    fn goes_early(&self, index: &Index) -> bool {
        index.parts.iter().any(|part| match &part.key {
            IndexKey::Column(name) => self
                .recreated_names()
                .any(|other| other.eq_ignore_ascii_case(name)),
            IndexKey::Expression(text) => self.stands_on_changing(text),
        })
    }

    fn drop_check(&self, alter: &mut Alter, before: usize) {
        let word = match self.server {
            Server::MySql => "CHECK",
            Server::MariaDb => "CONSTRAINT",
        };
        let name = quoted(&self.old.table.checks[before].name);
        alter.add(format!("DROP {word} {name}"), Cost::Instant, "");
    }

    fn drop_parts(&self, alter: &mut Alter) {
        let checks_are_gone = !self.recreated.is_empty() || self.has_expressions_to_clear();
        if !checks_are_gone {
            for &before in &self.checks.dropped {
                self.drop_check(alter, before);
            }
        }
        for &before in &self.indexes.dropped {
            let index = &self.old.table.indexes[before];
            if !self.goes_early(index) {
                alter.add(
                    format!("DROP INDEX {}", quoted(&index.name)),
                    Cost::Instant,
                    "",
                );
            }
        }
        if self.changes_key() && self.old.table.primary_key.is_some() {
            let cost = if self.new.table.primary_key.is_some() {
                Cost::Rebuild
            } else {
                Cost::Copy
            };
            alter.add(
                "DROP PRIMARY KEY".to_owned(),
                cost,
                "its primary key changes",
            );
        }
        for before in 0..self.old.columns.len() {
            if self.new_of_old[before].is_none() {
                let name = &self.old.table.columns[before].name;
                alter.add(format!("DROP COLUMN {}", quoted(name)), Cost::Instant, "");
                if self.old.columns[before].generated.is_none() {
                    alter.remark(Remark::LosesData(format!(
                        "the column `{}.{name}`",
                        self.new.table.name
                    )));
                }
            }
        }
    }

    fn add_parts(&self, alter: &mut Alter) {
        let table = &self.new.table;
        if self.changes_key()
            && let Some(sql) = mysql_sql::ddl::primary_key(table)
        {
            alter.add(
                format!("ADD {sql}"),
                Cost::Rebuild,
                "its primary key changes",
            );
            if let Some(key) = &table.primary_key {
                let is_new = key.columns.iter().all(|name| {
                    table
                        .column_position(name)
                        .is_some_and(|after| self.old_of_new[after].is_none())
                });
                let counts = key.columns.iter().any(|name| {
                    table
                        .column_position(name)
                        .is_some_and(|after| self.new.columns[after].counts)
                });
                if !(is_new && counts) {
                    alter.remark(Remark::MayFail(format!(
                        "rows of `{}` may be the same in {}",
                        table.name,
                        column_list(&key.columns)
                    )));
                }
            }
        }
        for &(before, after) in &self.indexes.kept {
            let (one, other) = (&self.old.table.indexes[before], &table.indexes[after]);
            if one.name != other.name {
                alter.add(
                    format!(
                        "RENAME INDEX {} TO {}",
                        quoted(&one.name),
                        quoted(&other.name)
                    ),
                    Cost::Instant,
                    "",
                );
            }
        }
        for &(before, after) in &self.indexes.kept {
            let (one, other) = (&self.old.table.indexes[before], &table.indexes[after]);
            if one.own.invisible != other.own.invisible {
                let word = match (self.server, other.own.invisible) {
                    (Server::MySql, true) => "INVISIBLE",
                    (Server::MySql, false) => "VISIBLE",
                    (Server::MariaDb, true) => "IGNORED",
                    (Server::MariaDb, false) => "NOT IGNORED",
                };
                alter.add(
                    format!("ALTER INDEX {} {word}", quoted(&other.name)),
                    Cost::Instant,
                    "",
                );
            }
        }
        for &after in &self.indexes.added {
            let index = &table.indexes[after];
            let cost = match index.own.kind {
                IndexKind::Ordinary => Cost::Index,
                IndexKind::Fulltext | IndexKind::Spatial => Cost::Copy,
            };
            let why = format!("the index `{}` is made", index.name);
            alter.add(
                format!("ADD {}", index_definition(index, self.server)),
                cost,
                &why,
            );
            if index.unique {
                alter.remark(Remark::MayFail(format!(
                    "rows of `{}` may be the same in the unique index `{}`",
                    table.name, index.name
                )));
            }
        }
        for &after in &self.checks.added {
            let check = &table.checks[after];
            alter.add(
                format!("ADD {}", check_constraint(check)),
                Cost::Copy,
                "a check is added",
            );
            let was_there = self.old.table.checks.iter().any(|old| {
                canonical(&old.expression) == canonical(&check.expression)
                    && self.renames.is_empty()
                    && old.own.enforced
            });
            if check.own.enforced && !was_there {
                alter.remark(Remark::MayFail(format!(
                    "rows of `{}` may break the check `{}`",
                    table.name, check.name
                )));
            }
        }
    }
}

/// Partitions in a spelling to compare; a server adds the engine to each.
fn partitioning(text: &str) -> String {
    canonical(text).replace(" engine = innodb", "")
}
