# Other keys: uuid, composite, text; labels that went; names that need quotes.
create_enum "order_state", ["paid", "draft"]
create_enum "Colour", ["red", "it's blue"]

create_table "users", id: :uuid do |t|
  t.text "name"
  t.string "email", collation: "C"
  t.string "age"
  t.column "favourite", "\"Colour\""
  t.string "tags", array: true, default: []
  t.unique_constraint ["email"], name: "users_email_once", deferrable: :deferred
end

create_table "orders", primary_key: ["shop", "number"] do |t|
  t.integer "shop", null: false
  t.integer "number", null: false
  t.uuid "user_id"
  t.enum "state", enum_type: "order_state", array: true
  t.float "total"
  t.jsonb "Details", null: false, default: {}
  t.index "lower(\"Details\"::text)", name: "Index of details"
end

create_table "order" do |t|
  t.integer "shop"
  t.integer "number"
end

add_foreign_key "orders", "users"
add_foreign_key "order", "orders", column: ["shop", "number"], primary_key: ["shop", "number"], name: "fk_order"

execute <<~SQL
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.name = trim(NEW.name); -- a semicolon; inside
    RETURN NEW;
  END
  $$;
  CREATE TRIGGER touch_users BEFORE UPDATE OF name ON users FOR EACH ROW EXECUTE FUNCTION touch();
SQL
