# The first version of a small shop.
enable_extension "citext"
create_enum "order_state", ["draft", "paid", "shipped"]

create_table "users" do |t|
  t.string "name", null: false, limit: 40
  t.string "email"
  t.integer "age", limit: 2
  t.index ["email"], unique: true
  t.index ["name"]
end

create_table "orders" do |t|
  t.references "user", null: false, foreign_key: true
  t.enum "state", enum_type: "order_state", default: "draft", null: false
  t.decimal "total", precision: 8, scale: 2, default: "0.0", null: false
  t.datetime "placed_at"
  t.index ["state"], where: "state = 'paid'", name: "index_paid_orders"
  t.check_constraint "total >= 0", name: "total_not_negative"
end

create_table "old_logs", id: :integer do |t|
  t.text "line"
end

execute "CREATE VIEW paid_orders AS SELECT id, total FROM orders WHERE state = 'paid'"
