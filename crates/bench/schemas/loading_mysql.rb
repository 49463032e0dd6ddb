# What loading is measured with on MySQL and MariaDB: three tables, two foreign keys, four secondary indexes.
ActiveRecord::Schema[8.1].define(version: 2026_01_01_000000) do
  create_table "offices" do |t|
    t.string "name", null: false
    t.string "address", null: false
    t.timestamps
  end

  create_table "users" do |t|
    t.references "office", null: false, foreign_key: true
    t.string "name", null: false
    t.string "email", null: false
    t.string "address", null: false
    t.date "birthday", null: false
    t.column "status", "enum('active','invited','suspended','closed')", null: false
    t.decimal "balance", precision: 10, scale: 2, null: false
    t.string "bio", limit: 72, null: false
    t.timestamps
    t.index ["email"], unique: true
  end

  create_table "orders" do |t|
    t.references "user", null: false, foreign_key: true
    t.string "number", limit: 16, null: false
    t.decimal "total", precision: 12, scale: 2, null: false
    t.date "ordered_on", null: false
    t.timestamps
    t.index ["ordered_on"]
  end
end
