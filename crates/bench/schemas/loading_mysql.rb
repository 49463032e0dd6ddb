# What loading is measured with on MySQL and MariaDB: a table of ten columns with three secondary indexes, which together
# outgrow a small buffer pool.
ActiveRecord::Schema[8.1].define(version: 2026_01_01_000000) do
  create_table "users" do |t|
    t.string "name", null: false
    t.string "email", null: false
    t.string "address", null: false
    t.date "birthday", null: false
    t.column "status", "enum('active','invited','suspended','closed')", null: false
    t.decimal "balance", precision: 10, scale: 2, null: false
    t.string "bio", limit: 72, null: false
    t.timestamps
    t.index ["email"], unique: true
    t.index ["name"]
    t.index ["created_at"]
  end
end
