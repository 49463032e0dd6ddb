# A chain of names, a newcomer under an old one, and code that changed.
create_enum "Colour", ["it's blue", "red", "green"]

create_table "people", id: :uuid, renamed_from: "users" do |t|
  t.text "label", renamed_from: "name"
  t.string "name", renamed_from: "email", collation: "C"
  t.string "age"
  t.column "favourite", "\"Colour\"", default: "green"
  t.text "tags", array: true, default: ["x"]
  t.unique_constraint ["name"], name: "people_name_once", deferrable: :deferred
end

create_table "users", id: false do |t|
  t.bigserial "number", primary_key: true
  t.uuid "person_id"
end

create_table "orders", primary_key: ["number", "shop"] do |t|
  t.bigint "number", null: false
  t.integer "shop", null: false
  t.uuid "user_id"
  t.decimal "total", precision: 5, scale: 1
  t.jsonb "Details", null: false, default: {}
  t.index "lower(\"Details\"::text)", name: "Index of details"
end

add_foreign_key "users", "people", column: "person_id"

execute <<~SQL
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.label = trim(NEW.label);
    RETURN NEW;
  END
  $$;
  CREATE TRIGGER touch_people BEFORE UPDATE OF label ON people FOR EACH ROW EXECUTE FUNCTION touch();
SQL
