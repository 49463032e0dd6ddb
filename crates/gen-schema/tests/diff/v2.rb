# Columns come, go and change; the view follows.
enable_extension "citext"
create_enum "order_state", ["draft", "paid", "packed", "shipped", "returned"]

create_table "users", comment: "who buys" do |t|
  t.string "name", null: false, limit: 80, comment: "full name"
  t.citext "email", null: false
  t.integer "age"
  t.boolean "active", null: false, default: true
  t.timestamps
  t.index ["email"], unique: true
  t.index ["name", "active"], comment: "for the list"
end

create_table "orders" do |t|
  t.references "user", null: false, foreign_key: { on_delete: :cascade }
  t.enum "state", enum_type: "order_state", default: "draft", null: false
  t.decimal "total", precision: 12, scale: 2, null: false
  t.virtual "total_with_tax", type: :decimal, precision: 14, scale: 2, as: "total * 1.1", stored: true
  t.datetime "placed_at", precision: 3, default: -> { "now()" }
  t.index ["state"], where: "state = 'paid'", name: "index_paid_orders"
  t.index ["placed_at"], order: { placed_at: :desc }
  t.check_constraint "total >= 0 AND total < 1000000", name: "total_not_negative"
end

create_table "old_logs" do |t|
  t.text "line"
end

execute "CREATE VIEW paid_orders AS SELECT id, total, placed_at FROM orders WHERE state = 'paid'"
