# Renames: a table, columns, and everything that is named after them.
enable_extension "citext"
enable_extension "btree_gist"
create_enum "order_state", ["draft", "paid", "packed", "shipped", "returned"]

create_table "members", renamed_from: "users", comment: "who buys" do |t|
  t.string "full_name", renamed_from: "name", null: false, limit: 80, comment: "full name"
  t.citext "email", null: false
  t.integer "age"
  t.boolean "active", null: false, default: true
  t.timestamps
  t.index ["email"], unique: true
  t.index ["full_name", "active"], comment: "for the list"
end

create_table "orders" do |t|
  t.references "member", null: false, foreign_key: { on_delete: :cascade }
  t.enum "state", enum_type: "order_state", default: "packed", null: false
  t.decimal "amount", renamed_from: "total", precision: 12, scale: 2, null: false
  t.virtual "amount_with_tax", type: :decimal, precision: 14, scale: 2, as: "amount * 1.1", stored: true
  t.datetime "placed_at", precision: 3, default: -> { "now()" }
  t.date "from"
  t.date "to"
  t.index ["placed_at"], order: { placed_at: :desc }
  t.check_constraint "amount >= 0 AND amount < 1000000", name: "total_not_negative"
  t.exclusion_constraint "daterange(\"from\", \"to\") WITH &&", using: :gist, name: "orders_apart"
end

execute "CREATE VIEW paid_orders AS SELECT id, amount, placed_at FROM orders WHERE state = 'paid'"
