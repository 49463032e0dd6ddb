//! What MySQL and MariaDB make of a table as a whole: the key that counts by the name `serial`, and how large a table can be.

use schemafile::{AnySchema, Database, MemoryLoader, Options, SourceFile};

/// What is read, or what is said against it.
fn read(database: Database, text: &str) -> Result<mysql_model::Schema, String> {
    let options = Options {
        database: Some(database),
        ..Options::default()
    };
    let file = SourceFile::new("Schemafile", text);
    match schemafile::read(file, &MemoryLoader::default(), &options) {
        Ok(reading) => match reading.schema {
            AnySchema::MySql(schema, _) => Ok(schema),
            AnySchema::PostgreSql(_) => Err("PostgreSQL's".to_owned()),
        },
        Err(problems) => Err(problems.render(false)),
    }
}

#[test]
fn a_key_that_is_serial_counts_and_has_an_index_of_its_own_in_mysql() {
    let text = "create_table \"t\", id: :serial do |t|\n  t.string \"a\"\nend\n";
    for (database, indexes) in [(Database::MySql, 1), (Database::MariaDb, 0)] {
        let schema = read(database, text).unwrap();
        let table = &schema.tables[0];
        let id = &table.columns[0];
        assert!(matches!(
            id.data_type,
            mysql_model::DataType::Integer { unsigned: true, .. }
        ));
        assert!(matches!(
            id.value,
            mysql_model::ColumnValue::Numbered(mysql_model::AutoIncrement)
        ));
        assert_eq!(table.indexes.len(), indexes, "{database:?}");
        for index in &table.indexes {
            assert!(index.unique && index.name == "id");
        }
    }
    // Beside a key it is nobody's.
    let beside = "create_table \"t\" do |t|\n  t.column \"a\", \"serial\"\nend\n";
    assert!(read(Database::MySql, beside).is_err());
}

#[test]
fn a_row_that_no_page_can_hold_is_told_before_the_server_does() {
    let wide = |count| {
        format!(
            "create_table \"t\", charset: \"utf8mb4\" do |t|\n  {count}.times {{ |n| t.text \"c#{{n}}\" }}\nend\n"
        )
    };
    assert!(read(Database::MySql, &wide(196)).is_ok());
    assert!(read(Database::MariaDb, &wide(383)).is_ok());
    for (database, count) in [(Database::MySql, 197), (Database::MariaDb, 384)] {
        let said = read(database, &wide(count)).unwrap_err();
        assert!(
            said.contains("bytes in a page of InnoDB's; the limit is 8125")
                && said.contains("1:14"),
            "{said}"
        );
    }
    // Neither of which is about another engine or another format.
    let elsewhere = wide(300).replace(" do |t|", ", options: \"ENGINE=MyISAM\" do |t|");
    assert!(read(Database::MySql, &elsewhere).is_ok());
}

#[test]
fn more_keys_than_a_table_can_have() {
    let keys = |count| {
        format!(
            "create_table \"t\" do |t|\n  {count}.times {{ |n| t.integer \"c#{{n}}\", index: true }}\nend\n"
        )
    };
    assert!(read(Database::MySql, &keys(63)).is_ok());
    let said = read(Database::MariaDb, &keys(64)).unwrap_err();
    assert!(
        said.contains("table \"t\" has 65 keys with its primary key; the limit is 64"),
        "{said}"
    );
}

#[test]
fn more_columns_than_an_index_can_have() {
    let index = |count| {
        format!(
            "create_table \"t\" do |t|\n  40.times {{ |n| t.integer \"c#{{n}}\" }}\n  \
             t.index (0...{count}).map {{ |n| \"c#{{n}}\" }}, name: \"long\"\nend\n"
        )
    };
    for (database, most) in [(Database::MySql, 16), (Database::MariaDb, 32)] {
        assert!(read(database, &index(most)).is_ok());
        let said = read(database, &index(most + 1)).unwrap_err();
        assert!(
            said.contains(&format!(
                "index \"long\" has {} columns; the limit is {most}",
                most + 1
            )),
            "{said}"
        );
    }
}

#[test]
fn a_file_for_several_databases_asks_for_the_adapter() {
    let text = "create_table \"t\" do |t|\n  t.text \"a\"\nend\n\
                add_index \"t\", [\"a\"], type: :fulltext if ActiveRecord::Base.connection.adapter_name == 'Mysql2'\n\
                add_index \"t\", [\"a\"], length: 9 if ActiveRecord::Base.lease_connection.adapter_name == 'PostgreSQL'\n";
    let schema = read(Database::MySql, text).unwrap();
    assert_eq!(schema.tables[0].indexes.len(), 1);
    let asks_more = "ActiveRecord::Base.connection.tables\n";
    assert!(read(Database::MySql, asks_more).is_err());
}

#[test]
fn a_key_that_says_nothing_of_its_type_may_say_its_size_and_sign() {
    use mysql_model::IntegerSize::{Big, Int, Small};
    for (options, expected_size, expected_sign) in [
        ("", Big, false),
        (", unsigned: true", Big, true),
        (", id: :primary_key, unsigned: true", Big, true),
        (", id: { unsigned: true }", Big, true),
        (", limit: 4, unsigned: true", Int, true),
        (", id: { type: :primary_key, limit: 2 }", Small, false),
    ] {
        let text = format!("create_table \"t\"{options} do |t|\n  t.string \"a\"\nend\n");
        let schema = read(Database::MySql, &text).unwrap();
        let id = &schema.tables[0].columns[0];
        let mysql_model::DataType::Integer { size, unsigned, .. } = id.data_type else {
            panic!("{options}: {id:?}");
        };
        assert_eq!(
            (size, unsigned),
            (expected_size, expected_sign),
            "{options}"
        );
        assert!(matches!(id.value, mysql_model::ColumnValue::Numbered(_)));
    }
}
