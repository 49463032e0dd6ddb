//! By which columns the rows of a table are told apart, and what else must hold among them: read from SQL.
//!
//! A dump of gen-dummy holds rows alone, so its keys are in the schema beside it; `pg_dump` writes both into one file.
//! Of SQL only keys are recognised here, in the forms in which gen-schema, `pg_dump`, `mysqldump` and
//! `mariadb-dump` write them. What isn't (a
//! unique index on an expression, or of some rows only) is left to the server.

pub(crate) mod statement;

use std::collections::BTreeMap;

use crate::rules::Rules;
use crate::words;

/// The keys of tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    tables: BTreeMap<String, TableKeys>,
}

/// The keys of one table, by names as the server folds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableKeys {
    /// The columns of the primary key, in its order.
    pub primary: Option<Vec<String>>,
    /// Other columns that no two rows have in common.
    pub uniques: Vec<Vec<String>>,
    /// What points from here to rows of other tables.
    pub foreign: Vec<ForeignKey>,
    /// All columns with which the table was made, in their order, in quotes where they must be.
    pub columns: Vec<String>,
}

/// Columns that name a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// Those that point.
    pub columns: Vec<String>,
    /// The table to which they point, as [`folded`] gives it.
    pub target: String,
    /// The columns to which they point; none: those of its primary key.
    pub target_columns: Option<Vec<String>>,
}

impl TableKeys {
    /// Adds one, unless it is known: each version of a dump tells it again.
    pub(crate) fn add_unique(&mut self, columns: Vec<String>) {
        if !self.uniques.contains(&columns) {
            self.uniques.push(columns);
        }
    }

    /// The same of a key that points elsewhere.
    pub(crate) fn add_foreign(&mut self, key: ForeignKey) {
        if !self.foreign.contains(&key) {
            self.foreign.push(key);
        }
    }
}

impl Keys {
    /// Takes the keys of some SQL to those that are known.
    pub fn read(&mut self, sql: &str) {
        let rules = Rules::of(sql);
        for statement in words::statements(sql, rules) {
            statement::read(&statement, rules, self);
        }
    }

    /// Whether nothing is known of any table.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// What is known of a table, by its name in a dump.
    pub fn table(&self, name: &str) -> Option<&TableKeys> {
        self.tables.get(&folded(name))
    }

    pub(crate) fn entry(&mut self, table: String) -> &mut TableKeys {
        self.tables.entry(table).or_default()
    }

    /// The columns that a foreign key points to.
    pub fn target_columns<'a>(&'a self, key: &'a ForeignKey) -> Option<&'a [String]> {
        match &key.target_columns {
            Some(columns) => Some(columns),
            None => self.tables.get(&key.target)?.primary.as_deref(),
        }
    }
}

/// A column's name as dumps write it, without its quotes.
pub fn unquoted(name: &str) -> String {
    words::name(name)
}

/// A name as dumps write it, possibly qualified and quoted, in the form in which tables are found: without quotes,
/// and without the schema `public`.
pub fn folded(name: &str) -> String {
    let name = words::name(name);
    match name.strip_prefix("public.") {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(sql: &str) -> Keys {
        let mut keys = Keys::default();
        keys.read(sql);
        keys
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn keys_are_read_as_gen_schema_writes_them() {
        let keys = keys(
            "CREATE TABLE orders (\n    id bigserial,\n    \"user id\" bigint NOT NULL DEFAULT 'a, PRIMARY KEY (x)',\n    \
             PRIMARY KEY (id)\n);\nCREATE UNIQUE INDEX i ON orders (number, year DESC);\n\
             CREATE UNIQUE INDEX j ON orders (lower(number));\nCREATE UNIQUE INDEX k ON orders (number) WHERE open;\n\
             ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (\"user id\") REFERENCES users (id) ON DELETE CASCADE;",
        );
        let orders = keys.table("public.orders").unwrap();
        assert_eq!(orders.primary, Some(names(&["id"])));
        assert_eq!(orders.uniques, [names(&["number", "year"])]);
        assert_eq!(orders.foreign[0].columns, ["user id"]);
        assert_eq!(orders.foreign[0].target, "users");
        assert_eq!(orders.foreign[0].target_columns, Some(names(&["id"])));
    }

    #[test]
    fn keys_are_read_as_pg_dump_writes_them() {
        let keys = keys(
            "CREATE TABLE public.\"Line Items\" (\n    order_id bigint NOT NULL,\n    \"Position\" integer\n);\n\
             CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $a$ ALTER TABLE x ADD PRIMARY KEY (y); $a$;\n\
             ALTER TABLE ONLY public.\"Line Items\"\n    ADD CONSTRAINT p PRIMARY KEY (order_id, \"Position\");\n\
             ALTER TABLE ONLY public.\"Line Items\"\n    ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (order_id);\n\
             ALTER TABLE ONLY public.\"Line Items\"\n    ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES sales.orders;\n\
             CREATE UNIQUE INDEX i ON public.\"Line Items\" USING btree (\"Position\") INCLUDE (order_id);",
        );
        let table = keys.table("public.\"Line Items\"").unwrap();
        assert_eq!(table.primary, Some(names(&["order_id", "Position"])));
        assert_eq!(table.uniques, [names(&["order_id"]), names(&["Position"])]);
        assert_eq!(table.foreign[0].target, "sales.orders");
        assert_eq!(keys.target_columns(&table.foreign[0]), None);
        assert_eq!(keys.table("x"), None);
    }

    #[test]
    fn keys_are_read_as_mysqldump_writes_them() {
        let keys = keys(
            "CREATE TABLE `Line Items` (\n  `order_id` bigint NOT NULL,\n  `key` int DEFAULT 'a, PRIMARY KEY (`x`)\\'',\n  \
             `at` datetime /*!80023 INVISIBLE */,\n  PRIMARY KEY (`order_id`,`key`(10)) USING BTREE,\n  \
             UNIQUE KEY `u` (`key`,`at` DESC),\n  UNIQUE KEY `p` (`key`(5)),\n  KEY `k` (`at`),\n  \
             CONSTRAINT `f` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON DELETE CASCADE\n) ENGINE=InnoDB;",
        );
        let table = keys.table("`Line Items`").unwrap();
        assert_eq!(table.primary, Some(names(&["order_id", "key"])));
        assert_eq!(table.uniques, [names(&["key", "at"])]);
        assert_eq!(table.foreign[0].target, "orders");
    }

    /// A merge reads three versions of a dump, and each says the same.
    #[test]
    fn keys_that_are_told_again_are_known_once() {
        let sql = "CREATE TABLE t (id int PRIMARY KEY, a int, b int, FOREIGN KEY (b) REFERENCES u (id));\n\
                   ALTER TABLE ONLY t ADD CONSTRAINT k UNIQUE (a);\nCREATE UNIQUE INDEX i ON t (b);";
        let mut keys = keys(sql);
        let once = keys.clone();
        keys.read(sql);
        assert_eq!((keys.table("t").unwrap().uniques.len(), &keys), (2, &once));
    }

    #[test]
    fn keys_may_stand_with_their_columns() {
        let keys = keys(
            "create table IF NOT EXISTS Tags (Name text constraint n primary key, code text unique, owner int \
             references users(id), note text, constraint c check (name <> ''), unique (note));",
        );
        let tags = keys.table("tags").unwrap();
        assert_eq!(tags.primary, Some(names(&["name"])));
        assert_eq!(tags.uniques, [names(&["code"]), names(&["note"])]);
        assert_eq!(tags.foreign[0].columns, ["owner"]);
    }
}
