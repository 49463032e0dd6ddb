//! The text as a reviewer sees it. That both servers take it is proved by gen-schema's golden tests.

use super::*;
use mysql_model::{
    AutoIncrement, CheckConstraint, Column, ColumnValue, DataType, Index, IndexKey, IndexKind,
    IndexPart, IntegerSize, MySqlCheck, MySqlIndex, MySqlIndexPart, PrimaryKey, QualifiedName,
    ReferentialAction, Statement,
};

fn big() -> DataType {
    DataType::Integer {
        size: IntegerSize::Big,
        unsigned: false,
        width: None,
        zerofill: false,
    }
}

fn table_with_id(name: &str) -> Table {
    let mut table = Table::new(QualifiedName::bare(name));
    let mut id = Column::new("id", big());
    id.value = ColumnValue::Numbered(AutoIncrement);
    id.not_null = true;
    table.columns.push(id);
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".into()],
    });
    table
}

fn index(name: &str, columns: &[&str]) -> Index {
    Index {
        name: name.into(),
        unique: false,
        parts: columns
            .iter()
            .map(|column| IndexPart {
                key: IndexKey::Column((*column).into()),
                order: None,
                own: MySqlIndexPart::default(),
            })
            .collect(),
        comment: None,
        own: MySqlIndex::default(),
    }
}

/// The text behind the settings, which are the same in every file.
fn body(schema: &Schema) -> String {
    let sql = schema_sql(schema, Server::MySql, "schema/Schemafile");
    let start = sql.find("';\n\n").map_or(sql.len(), |end| end + 4);
    sql[start..].to_owned()
}

#[test]
fn a_table_has_its_checks_and_indexes_in_it_and_its_keys_at_the_end() {
    let mut orders = table_with_id("order");
    orders.comment = Some("it's 注文".into());
    orders.own.charset = Some("utf8mb4".into());
    orders.own.collation = Some("utf8mb4_bin".into());
    let mut user = Column::new("user`s", big());
    user.not_null = true;
    user.comment = Some("who".into());
    orders.columns.push(user);
    orders.indexes.push(Index {
        comment: Some("fast".into()),
        ..index("by_user", &["user`s"])
    });
    orders.checks.push(CheckConstraint {
        name: "positive".into(),
        expression: "id > 0".into(),
        own: MySqlCheck { enforced: false },
    });
    orders.foreign_keys.push(ForeignKey {
        name: "fk_rails_1".into(),
        columns: vec!["user`s".into()],
        referenced_table: QualifiedName::in_schema("crew", "users"),
        referenced_columns: vec!["id".into()],
        on_delete: ReferentialAction::Restrict,
        on_update: ReferentialAction::Cascade,
        own: (),
    });
    let schema = Schema {
        tables: vec![orders],
        ..Schema::default()
    };
    assert_eq!(
        body(&schema),
        "\
CREATE TABLE `order` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    `user``s` bigint NOT NULL COMMENT 'who',
    CONSTRAINT `positive` CHECK (id > 0) NOT ENFORCED,
    INDEX `by_user` (`user``s`) COMMENT 'fast',
    PRIMARY KEY (`id`)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='it\\'s 注文';

ALTER TABLE `order` ADD CONSTRAINT `fk_rails_1` FOREIGN KEY (`user``s`) REFERENCES `crew`.`users` (`id`) \
ON DELETE RESTRICT ON UPDATE CASCADE;
"
    );
}

#[test]
fn a_column_says_its_clauses_in_the_order_of_active_record() {
    let precision = Some(6);
    let mut seen = Column::new("seen", DataType::Timestamp { precision });
    seen.value = ColumnValue::Default("CURRENT_TIMESTAMP(6)".into());
    seen.own.on_update = Some("CURRENT_TIMESTAMP(6)".into());
    seen.own.invisible = true;
    let mut name = Column::new("name", DataType::Varchar { length: 20 });
    name.own.charset = Some("latin1".into());
    name.collation = Some("latin1_bin".into());
    name.value = ColumnValue::Default("'x'".into());
    name.not_null = true;
    let mut total = Column::new("total", big());
    total.value = ColumnValue::Generated {
        expression: "a + b".into(),
        stored: true,
    };
    let written = [seen, name, total].map(|column| column_definition(&column, Server::MariaDb));
    assert_eq!(
        written,
        [
            "`seen` timestamp(6) NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) INVISIBLE",
            "`name` varchar(20) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x' NOT NULL",
            "`total` bigint GENERATED ALWAYS AS (a + b) STORED",
        ]
    );
}

#[test]
fn every_option_of_an_index_has_its_place() {
    let mut all = index("ix", &["a", "b"]);
    all.unique = true;
    all.own.using = Some("hash".into());
    all.own.invisible = true;
    all.parts[0].own.length = Some(10);
    all.parts[1].order = Some("DESC".into());
    all.parts.push(IndexPart {
        key: IndexKey::Expression("(lower(`a`))".into()),
        order: None,
        own: MySqlIndexPart::default(),
    });
    let text = "UNIQUE INDEX `ix` USING hash (`a`(10), `b` DESC, (lower(`a`)))";
    for (server, hidden) in [(Server::MySql, "INVISIBLE"), (Server::MariaDb, "IGNORED")] {
        assert_eq!(index_definition(&all, server), format!("{text} {hidden}"));
    }
    let mut words = index("w", &["a"]);
    words.own.kind = IndexKind::Fulltext;
    words.own.parser = Some("ngram".into());
    words.comment = Some("c".into());
    assert_eq!(
        index_definition(&words, Server::MySql),
        "FULLTEXT INDEX `w` (`a`) WITH PARSER `ngram` COMMENT 'c'"
    );
}

#[test]
fn a_comment_comes_last_but_before_partitions() {
    let mut table = table_with_id("t");
    table.comment = Some("c".into());
    for (options, expected) in [
        ("ENGINE=MyISAM", " ENGINE=MyISAM COMMENT='c'"),
        (
            "ENGINE=InnoDB\nPARTITION BY HASH(id)",
            " ENGINE=InnoDB COMMENT='c' PARTITION BY HASH(id)",
        ),
        ("partition  by key()", " COMMENT='c' partition  by key()"),
        ("X_PARTITION BY", " X_PARTITION BY COMMENT='c'"),
        ("", " COMMENT='c'"),
    ] {
        table.options = Some(options.into());
        assert_eq!(table_options(&table), expected);
    }
}

#[test]
fn statements_keep_their_place_among_the_tables() {
    let statement = |sql: &str, tables_before| Statement {
        sql: sql.into(),
        tables_before,
    };
    let mut copy = Table::new(QualifiedName::bare("b"));
    copy.own.temporary = true;
    copy.as_query = Some("SELECT 1 AS x;".into());
    let schema = Schema {
        tables: vec![table_with_id("a"), copy],
        statements: vec![
            statement("SELECT 1", 1),
            statement("SELECT 2", 2),
            statement(" ", 2),
        ],
        ..Schema::default()
    };
    assert_eq!(
        body(&schema),
        "\
CREATE TABLE `a` (
    `id` bigint NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (`id`)
);

SELECT 1;

CREATE TEMPORARY TABLE `b` AS SELECT 1 AS x;

SELECT 2;
"
    );
}

#[test]
fn a_key_to_a_table_that_a_statement_makes_comes_behind_it() {
    let key = |name: &str, to: &str| ForeignKey {
        name: name.into(),
        columns: vec!["id".into()],
        referenced_table: QualifiedName::bare(to),
        referenced_columns: vec!["id".into()],
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        own: (),
    };
    let mut table = table_with_id("a");
    table.foreign_keys = vec![key("far", "made"), key("near", "a")];
    let schema = Schema {
        tables: vec![table],
        statements: vec![Statement {
            sql: "CREATE TABLE made (id bigint)".into(),
            tables_before: 1,
        }],
        ..Schema::default()
    };
    let sql = body(&schema);
    let place = |text: &str| sql.find(text).unwrap();
    assert!(
        place("`near`") < place("CREATE TABLE made") && place("CREATE TABLE made") < place("`far`"),
        "{sql}"
    );
}
