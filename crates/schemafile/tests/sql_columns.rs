//! What stands on a column that only SQL of the file makes must stay behind that SQL.

use schemafile::{MemoryLoader, Options, SourceFile, read};

const SCHEMA: &str = "
ActiveRecord::Schema[8.1].define do
  create_table \"orders\" do |t|
    t.string \"state\"
  end
  create_table \"users\"
  execute \"ALTER TABLE orders ADD COLUMN serial_number integer, ADD COLUMN user_id bigint\"
  add_unique_constraint \"orders\", [\"state\", \"serial_number\"], name: \"once\", deferrable: :deferred
  add_unique_constraint \"orders\", [\"state\"], name: \"alone\"
  add_index \"orders\", \"serial_number\", name: \"by_number\"
  add_foreign_key \"orders\", \"users\", name: \"to_users\"
end
";

#[test]
fn constraints_indexes_and_keys_stay_behind_the_sql() {
    let file = SourceFile::new("schema.rb", SCHEMA);
    let reading = read(file, &MemoryLoader::new(), &Options::default())
        .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)));
    let statements: Vec<&str> = reading
        .schema
        .as_postgresql()
        .expect("a schema of PostgreSQL")
        .statements
        .iter()
        .map(|statement| statement.sql.as_str())
        .collect();
    assert_eq!(
        statements,
        [
            "ALTER TABLE orders ADD COLUMN serial_number integer, ADD COLUMN user_id bigint",
            "ALTER TABLE \"orders\" ADD CONSTRAINT \"once\" UNIQUE (\"state\", \"serial_number\") DEFERRABLE INITIALLY DEFERRED",
            "CREATE INDEX \"by_number\" ON \"orders\" USING btree (\"serial_number\")",
            "ALTER TABLE \"orders\" ADD CONSTRAINT \"to_users\" FOREIGN KEY (\"user_id\") REFERENCES \"users\" (\"id\")",
        ]
    );
    let orders = &reading
        .schema
        .as_postgresql()
        .expect("a schema of PostgreSQL")
        .tables[0];
    let uniques: Vec<&str> = orders
        .own
        .uniques
        .iter()
        .map(|unique| unique.name.as_str())
        .collect();
    assert_eq!(uniques, ["alone"]);
    assert!(orders.indexes.is_empty() && orders.foreign_keys.is_empty());
}
