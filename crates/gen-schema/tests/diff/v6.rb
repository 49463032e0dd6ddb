# Schemas, serials and identities of other kinds, and circles of keys.
create_schema "audit"

create_table "audit.events" do |t|
  t.string "what", null: false
  t.bigint "user_id"
  t.index ["what"]
end

create_table "users", id: :serial do |t|
  t.string "name", default: "nobody"
  t.integer "best_order_id"
  t.integer "age", limit: 8
end

create_table "orders", id: :integer do |t|
  t.integer "user_id"
  t.string "state"
  t.string "total"
end

create_table "old_logs", id: false do |t|
  t.bigserial "id"
  t.text "line", null: false, default: ""
end

add_foreign_key "users", "orders", column: "best_order_id"
add_foreign_key "orders", "users", on_delete: :nullify, deferrable: :immediate
