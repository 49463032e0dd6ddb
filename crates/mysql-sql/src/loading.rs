//! The text around the rows of a dump, so that loading is fast and leaves things as they were.
//!
//! MySQL commits each DDL statement by itself, so this isn't one transaction: a load that fails leaves tables empty or half
//! full, and whoever loads begins anew with the schema. What it does leave is the server: only settings of the session are
//! changed, which end with it, and at the end they are put back for whoever goes on in the same one.
//!
//! What makes loading slow is taken away first and put back afterwards: secondary indexes of tables with many rows, and
//! the foreign keys that need them, each with one ALTER before a table's rows and one behind them. Keys that count, keys
//! that other tables point to, and indexes for words and places stay. Small tables keep all.
//!
//! Triggers that fire on INSERT are dropped and made again at the end: the rows already are what a trigger would
//! have made. Foreign keys aren't checked while rows are loaded (tables may refer to each other in circles), and MySQL
//! never makes up for it: that every row has its parent is for the maker of the rows to see to.

use crate::ddl::{foreign_key, index_definition, settings, statement};
use crate::{column_list, qualified, quoted};
use mysql_model::{
    ColumnValue, ForeignKey, Index, IndexKey, IndexKind, QualifiedName, Schema, Server, Table,
};
use mysql_text::tokens;
use std::fmt::Write as _;

/// Tables with fewer rows keep their indexes while they are loaded.
pub const SMALL_TABLE_ROWS: u64 = 10_000;

/// Settings of the session that are changed and put back, each with what it becomes where `settings` doesn't say.
///
/// `unique_checks` isn't among them: without it and foreign keys MariaDB collects the rows of an empty table in files and
/// sorts them, at more than twice the cost of putting them where they belong.
const SESSION: [(&str, Option<&str>); 8] = [
    ("character_set_client", None),
    ("character_set_results", None),
    ("collation_connection", None),
    ("time_zone", None),
    ("sql_mode", None),
    ("sql_notes", Some("0")),
    ("foreign_key_checks", Some("0")),
    ("autocommit", Some("0")),
];

/// Runs the statement that a variable holds.
const RUN: &str = "PREPARE dummy_statement FROM @dummy_sql;\nEXECUTE dummy_statement;\nDEALLOCATE PREPARE dummy_statement;\n";

/// MySQL writes each row into its log for replicas once more unless told otherwise, as `mysqldump` tells it. That is for
/// those who may, and where no replica reads it.
const WITHOUT_LOG: &str = "\
SET @dummy_log_bin = @@SESSION.sql_log_bin;
SELECT IF(@@log_bin
        AND EXISTS (SELECT 1 FROM information_schema.user_privileges
            WHERE grantee = CONCAT(QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', 1)), '@', QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))
                AND privilege_type IN ('SUPER', 'SYSTEM_VARIABLES_ADMIN', 'SESSION_VARIABLES_ADMIN'))
        AND NOT EXISTS (SELECT 1 FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'),
    'SET sql_log_bin = 0', 'DO 0') INTO @dummy_sql;
";

/// Puts it back, which needs no right where nothing was changed.
const WITH_LOG: &str =
    "SET @dummy_sql = IF(@@SESSION.sql_log_bin = @dummy_log_bin, 'DO 0', 'SET sql_log_bin = 1');\n";

/// Indexes are made by sorting, and the buffer for that is 1 MB unless a session says otherwise (MySQL 8.0.27, which took
/// it out of the server's own settings). A version before passes the comment over.
const WITH_ROOM_TO_SORT: &str = "/*!80027 SET @dummy_innodb_ddl_buffer_size = @@SESSION.innodb_ddl_buffer_size, \
                                 innodb_ddl_buffer_size = 67108864 */;\n";

/// Puts it back.
const WITH_FORMER_ROOM: &str =
    "/*!80027 SET innodb_ddl_buffer_size = @dummy_innodb_ddl_buffer_size */;\n";

/// The temporary table of rows of which the server computes some columns.
const STAGE: &str = "dummy_rows";

/// What is loaded, and where.
#[derive(Debug, Clone, Copy)]
pub struct Load<'a> {
    /// The schema that is there.
    pub schema: &'a Schema,
    /// Whose rules hold.
    pub server: Server,
    /// The tables that get rows, in their order, each with how many.
    pub tables: &'a [(&'a QualifiedName, u64)],
}

/// A trigger of a table that fires on INSERT.
struct Trigger<'a> {
    name: String,
    sql: &'a str,
}

impl Load<'_> {
    /// What stands before the rows of all tables.
    pub fn prologue(&self) -> String {
        let saved: Vec<String> = SESSION
            .iter()
            .map(|(name, _)| format!("@dummy_{name} = @@SESSION.{name}"))
            .collect();
        let mut sql = format!("SET {};\n", saved.join(",\n    "));
        sql.push_str(&settings(self.server));
        if self.server == Server::MySql {
            sql.push_str(WITHOUT_LOG);
            sql.push_str(RUN);
            sql.push_str(WITH_ROOM_TO_SORT);
        }
        let changed: Vec<String> = SESSION
            .iter()
            .filter_map(|(name, value)| Some(format!("{name} = {}", (*value)?)))
            .collect();
        let _ = writeln!(sql, "SET {};\n", changed.join(", "));
        for trigger in self.triggers() {
            let _ = writeln!(sql, "DROP TRIGGER IF EXISTS {};", quoted(&trigger.name));
        }
        for (table, _) in self.tables {
            let _ = writeln!(sql, "TRUNCATE TABLE {};", qualified(table));
        }
        sql.push('\n');
        sql
    }

    /// What stands before the rows of a table.
    pub fn before(&self, name: &QualifiedName, rows: u64) -> String {
        let Some(table) = self.schema.table(name) else {
            return String::new();
        };
        let keys = self.keys_to_drop(table, rows);
        let keys = keys
            .iter()
            .map(|key| format!("DROP FOREIGN KEY {}", quoted(&key.name)));
        let indexes = self.indexes_to_drop(table, rows);
        let indexes = indexes
            .iter()
            .map(|index| format!("DROP INDEX {}", quoted(&index.name)));
        alter(name, keys.chain(indexes))
    }

    /// What stands after the rows of a table.
    pub fn after(&self, name: &QualifiedName, rows: u64) -> String {
        let mut sql = "COMMIT;\n".to_owned();
        if let Some(table) = self.schema.table(name) {
            let keys = self.keys_to_drop(table, rows);
            let keys = keys.iter().map(|key| format!("ADD {}", foreign_key(key)));
            let indexes = self.indexes_to_drop(table, rows);
            let indexes = indexes
                .iter()
                .map(|index| format!("ADD {}", index_definition(index, self.server)));
            sql.push_str(&alter(name, indexes.chain(keys)));
        }
        sql.push('\n');
        sql
    }

    /// What stands after the rows of all tables.
    pub fn epilogue(&self) -> String {
        let mut sql = String::new();
        for (name, _) in self.tables {
            // Emptying a table has forgotten it; a number that the rows have passed is raised by the server.
            if let Some(next) = self.schema.table(name).and_then(next_number) {
                let _ = writeln!(
                    sql,
                    "ALTER TABLE {} AUTO_INCREMENT = {next};",
                    qualified(name)
                );
            }
        }
        for trigger in self.triggers() {
            sql.push_str(&statement(trigger.sql));
        }
        sql.push_str("COMMIT;\n");
        let names: Vec<String> = self
            .tables
            .iter()
            .map(|(name, _)| qualified(name))
            .collect();
        if !names.is_empty() {
            let _ = writeln!(sql, "ANALYZE TABLE\n    {};", names.join(",\n    "));
        }
        let restored: Vec<String> = SESSION
            .iter()
            .map(|(name, _)| format!("{name} = @dummy_{name}"))
            .collect();
        let _ = writeln!(sql, "SET {};", restored.join(",\n    "));
        if self.server == Server::MySql {
            sql.push_str(WITH_LOG);
            sql.push_str(RUN);
            sql.push_str(WITH_FORMER_ROOM);
        }
        sql
    }

    fn indexes_to_drop<'t>(&self, table: &'t Table, rows: u64) -> Vec<&'t Index> {
        // Without a primary key the first unique one is what rows are kept by.
        if rows < SMALL_TABLE_ROWS || table.primary_key.is_none() {
            return Vec::new();
        }
        let counted = table
            .columns
            .iter()
            .find(|column| matches!(column.value, ColumnValue::Numbered(_)));
        table
            .indexes
            .iter()
            .filter(|index| index.own.kind == IndexKind::Ordinary)
            .filter(|index| {
                let first = index.parts.first().and_then(|part| match &part.key {
                    IndexKey::Column(name) => Some(name),
                    IndexKey::Expression(_) => None,
                });
                let counts = counted.is_some_and(|column| first == Some(&column.name));
                !counts && !self.is_pointed_to(table, index)
            })
            .collect()
    }

    /// Whether a foreign key of any table leads to an index.
    fn is_pointed_to(&self, table: &Table, index: &Index) -> bool {
        self.schema
            .tables
            .iter()
            .flat_map(|other| &other.foreign_keys)
            .filter(|key| key.referenced_table == table.name)
            .any(|key| begins_with(index, &key.referenced_columns))
    }

    /// Foreign keys that would have no index while rows are loaded.
    fn keys_to_drop<'t>(&self, table: &'t Table, rows: u64) -> Vec<&'t ForeignKey> {
        let dropped = self.indexes_to_drop(table, rows);
        let needs =
            |key: &&ForeignKey| dropped.iter().any(|index| begins_with(index, &key.columns));
        table.foreign_keys.iter().filter(needs).collect()
    }

    fn triggers(&self) -> Vec<Trigger<'_>> {
        let loaded = |name: &str| {
            self.tables
                .iter()
                .any(|(table, _)| table.name.eq_ignore_ascii_case(name))
        };
        self.schema
            .statements
            .iter()
            .filter_map(|statement| {
                let (name, table) = trigger_on_insert(&statement.sql)?;
                loaded(&table).then_some(Trigger {
                    name,
                    sql: &statement.sql,
                })
            })
            .collect()
    }
}

/// What stands before and after the rows of a table of which the server computes some columns: they go through a
/// temporary table, named by the first text, with the columns that have values.
pub fn staged(
    table: &QualifiedName,
    columns: &[&str],
    computed: &[(String, String)],
) -> (QualifiedName, String, String) {
    let names: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    let list: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let list = list.join(", ");
    let before = format!(
        "CREATE TEMPORARY TABLE {} AS SELECT {list} FROM {} LIMIT 0;\n",
        quoted(STAGE),
        qualified(table)
    );
    let all: Vec<String> = names
        .into_iter()
        .chain(computed.iter().map(|(column, _)| column.clone()))
        .collect();
    let mut expressions = String::new();
    for (_, expression) in computed {
        let _ = write!(expressions, ",\n        ({expression})");
    }
    // The table's own name, so that an expression can say `users.name`.
    let after = format!(
        "INSERT INTO {} {}\n    SELECT {list}{expressions}\n    FROM {} AS {};\nDROP TEMPORARY TABLE {};\n",
        qualified(table),
        column_list(&all),
        quoted(STAGE),
        quoted(&table.name),
        quoted(STAGE)
    );
    (QualifiedName::bare(STAGE), before, after)
}

fn begins_with(index: &Index, columns: &[String]) -> bool {
    // A foreign key takes its columns in any order.
    let parts = index.parts.get(..columns.len()).unwrap_or_default();
    parts.len() == columns.len()
        && parts.iter().all(|part| match &part.key {
            IndexKey::Column(name) => columns.iter().any(|own| own.eq_ignore_ascii_case(name)),
            IndexKey::Expression(_) => false,
        })
}

fn alter(name: &QualifiedName, actions: impl Iterator<Item = String>) -> String {
    let actions: Vec<String> = actions.collect();
    if actions.is_empty() {
        return String::new();
    }
    format!(
        "ALTER TABLE {}\n    {};\n",
        qualified(name),
        actions.join(",\n    ")
    )
}

/// The number that a table's options begin to count from.
fn next_number(table: &Table) -> Option<u64> {
    let tokens = tokens(table.options.as_deref()?);
    let place = tokens.iter().position(|token| token.is("auto_increment"))?;
    let next = tokens[place + 1..].iter().find(|token| !token.is("="))?;
    next.text.parse().ok()
}

/// The name of the trigger that a statement makes, and its table, if it fires on INSERT.
fn trigger_on_insert(sql: &str) -> Option<(String, String)> {
    let tokens = tokens(sql);
    if !tokens.first()?.is("create") {
        return None;
    }
    let place = tokens.iter().position(|token| token.is("trigger"))?;
    let insert = tokens.windows(3).position(|words| {
        (words[0].is("before") || words[0].is("after"))
            && words[1].is("insert")
            && words[2].is("on")
    })?;
    // Between the two stands the name, perhaps with IF NOT EXISTS and a database before it.
    let name = tokens.get(place + 1..insert)?.last()?.name()?;
    let mut table = tokens.get(insert + 3)?;
    if tokens.get(insert + 4).is_some_and(|token| token.is(".")) {
        table = tokens.get(insert + 5)?;
    }
    Some((name, table.name()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mysql_model::{
        AutoIncrement, Column, DataType, IndexPart, IntegerSize, MySqlIndex, MySqlIndexPart,
        PrimaryKey, ReferentialAction, Statement,
    };

    fn index(name: &str, columns: &[&str], unique: bool) -> Index {
        Index {
            name: name.to_owned(),
            unique,
            parts: columns
                .iter()
                .map(|column| IndexPart {
                    key: IndexKey::Column((*column).to_owned()),
                    order: None,
                    own: MySqlIndexPart::default(),
                })
                .collect(),
            comment: None,
            own: MySqlIndex::default(),
        }
    }

    fn shop() -> Schema {
        let bigint = || DataType::Integer {
            size: IntegerSize::Big,
            unsigned: false,
            width: None,
            zerofill: false,
        };
        let mut users = Table::new(QualifiedName::bare("users"));
        let mut id = Column::new("id", bigint());
        id.value = ColumnValue::Numbered(AutoIncrement);
        users.columns = vec![id, Column::new("code", bigint())];
        users.primary_key = Some(PrimaryKey {
            name: None,
            columns: vec!["id".to_owned()],
        });
        users.options = Some("ENGINE=InnoDB AUTO_INCREMENT=1000".to_owned());
        users.indexes = vec![index("by_code", &["code"], true)];
        let mut orders = users.clone();
        orders.name = QualifiedName::bare("orders");
        orders.options = None;
        orders.indexes = vec![
            index("by_user", &["code", "id"], false),
            index("by_id", &["id"], true),
        ];
        orders.foreign_keys = vec![ForeignKey {
            name: "fk".to_owned(),
            columns: vec!["code".to_owned()],
            referenced_table: users.name.clone(),
            referenced_columns: vec!["code".to_owned()],
            on_delete: ReferentialAction::Cascade,
            on_update: ReferentialAction::NoAction,
            own: (),
        }];
        Schema {
            tables: vec![users, orders],
            statements: [
                "CREATE TRIGGER a AFTER UPDATE ON orders FOR EACH ROW SET @a = 1",
                "CREATE DEFINER=`me`@`%` TRIGGER IF NOT EXISTS `b` AFTER INSERT ON `shop`.`orders` FOR EACH ROW SET @a = 1",
            ]
            .map(|sql| Statement {
                sql: sql.to_owned(),
                tables_before: 2,
            })
            .to_vec(),
            ..Schema::default()
        }
    }

    #[test]
    fn rows_stay_out_of_the_log_of_a_mysql_and_the_session_is_as_before() {
        let schema = shop();
        let load = |server| Load {
            schema: &schema,
            server,
            tables: &[],
        };
        let (before, after) = (
            load(Server::MySql).prologue(),
            load(Server::MySql).epilogue(),
        );
        let place = |text: &str| before.find(text).unwrap();
        // It can't be changed within a transaction.
        assert!(place("EXECUTE dummy_statement") < place("autocommit = 0"));
        assert!(after.ends_with(&format!("{WITH_LOG}{RUN}{WITH_FORMER_ROOM}")));
        assert!(before.contains(WITH_ROOM_TO_SORT));
        let mariadb = load(Server::MariaDb);
        let text = mariadb.prologue() + &mariadb.epilogue();
        assert!(!text.contains("log_bin") && !text.contains("ddl_buffer"));
    }

    #[test]
    fn what_is_taken_away_is_put_back() {
        let schema = shop();
        let (users, orders) = (&schema.tables[0].name, &schema.tables[1].name);
        let load = Load {
            schema: &schema,
            server: Server::MySql,
            tables: &[(users, 20_000), (orders, 20_000)],
        };
        // A key leads to this index.
        assert_eq!(load.before(users, 20_000), "");
        assert_eq!(
            load.before(orders, 20_000),
            "ALTER TABLE `orders`\n    DROP FOREIGN KEY `fk`,\n    DROP INDEX `by_user`;\n"
        );
        assert_eq!(
            load.after(orders, 20_000),
            "COMMIT;\nALTER TABLE `orders`\n    ADD INDEX `by_user` (`code`, `id`),\n    \
             ADD CONSTRAINT `fk` FOREIGN KEY (`code`) REFERENCES `users` (`code`) ON DELETE CASCADE;\n\n"
        );
        assert_eq!(load.before(orders, 9_999), "");
        assert_eq!(load.after(orders, 9_999), "COMMIT;\n\n");
    }

    #[test]
    fn settings_numbers_and_triggers_are_as_before_at_the_end() {
        let schema = shop();
        let (users, orders) = (&schema.tables[0].name, &schema.tables[1].name);
        let load = Load {
            schema: &schema,
            server: Server::MariaDb,
            tables: &[(users, 1), (orders, 1)],
        };
        let (first, last) = (load.prologue(), load.epilogue());
        assert!(
            first.contains("DROP TRIGGER IF EXISTS `b`;\nTRUNCATE TABLE `users`;\n"),
            "{first}"
        );
        assert!(!first.contains("`a`"), "{first}");
        assert!(
            last.starts_with("ALTER TABLE `users` AUTO_INCREMENT = 1000;\n"),
            "{last}"
        );
        assert!(last.contains("TRIGGER IF NOT EXISTS `b`"), "{last}");
        for (name, _) in SESSION {
            assert!(
                first.contains(&format!("@dummy_{name} = @@SESSION.{name}")),
                "{first}"
            );
            assert!(last.contains(&format!("{name} = @dummy_{name}")), "{last}");
        }
    }

    #[test]
    fn computed_columns_go_through_a_temporary_table() {
        let table = QualifiedName::bare("t");
        let computed = [("slug".to_owned(), "lower(name)".to_owned())];
        let (stage, before, after) = staged(&table, &["id", "name"], &computed);
        assert_eq!(stage.name, "dummy_rows");
        assert_eq!(
            before + &after,
            "CREATE TEMPORARY TABLE `dummy_rows` AS SELECT `id`, `name` FROM `t` LIMIT 0;\n\
             INSERT INTO `t` (`id`, `name`, `slug`)\n    SELECT `id`, `name`,\n        (lower(name))\n    \
             FROM `dummy_rows` AS `t`;\nDROP TEMPORARY TABLE `dummy_rows`;\n"
        );
    }
}
