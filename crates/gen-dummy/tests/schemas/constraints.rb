# Constraints of every kind that data must keep.
ActiveRecord::Schema[8.1].define(version: 2026_01_01_000000) do
  enable_extension "btree_gist"
  enable_extension "citext"
  create_enum "mood", ["good", "bad"]

  create_table "tenants" do |t|
    t.citext "key", null: false
    t.string "plan", null: false
    t.integer "seats", null: false
    t.decimal "share", precision: 5, scale: 4, null: false
    t.index ["key"], unique: true
    t.check_constraint "plan IN ('free', 'pro', 'team')", name: "known_plan"
    t.check_constraint "seats BETWEEN 1 AND 500", name: "some_seats"
    t.check_constraint "share > 0 AND share <= 0.5", name: "a_share"
    t.check_constraint "char_length(key::text) <= 40", name: "short_key"
  end

  create_table "people" do |t|
    t.references "tenant", null: false, foreign_key: true
    t.string "email", null: false
    t.string "country", limit: 2, null: false
    t.string "code", limit: 7, null: false
    t.string "zip", limit: 8
    t.integer "height"
    t.date "hired_on", null: false
    t.date "left_on"
    t.string "phone"
    t.string "fax"
    t.string "tags", array: true, null: false
    t.jsonb "settings", null: false
    t.enum "mood", enum_type: "mood", null: false
    t.boolean "primary", null: false, default: false
    t.datetime "deleted_at"
    t.timestamps
    t.index "lower(email)", unique: true, name: "people_lower_email"
    t.index ["code"], unique: true
    t.index ["tenant_id"], unique: true, where: "\"primary\"", name: "one_primary"
    t.check_constraint "code ~ '^[A-Z]{3}[0-9]{4}$'", name: "code_form"
    t.check_constraint "zip ~ '^\\d{3}-\\d{4}$'", name: "zip_form"
    t.check_constraint "country = upper(country)", name: "country_upper"
    t.check_constraint "height IS NULL OR (height >= 100 AND height < 250)", name: "height_range"
    t.check_constraint "left_on > hired_on", name: "left_after_hired"
    t.check_constraint "num_nonnulls(phone, fax) = 1", name: "one_number"
    t.check_constraint "cardinality(tags) BETWEEN 1 AND 2", name: "one_or_two_tags"
    t.check_constraint "jsonb_typeof(settings) = 'object'", name: "settings_object"
    t.check_constraint "email <> ''", name: "some_email"
  end

  create_table "profiles", id: false do |t|
    t.bigint "person_id", null: false, primary_key: true
    t.text "motto", null: false
    t.check_constraint "length(motto) >= 30 AND length(motto) <= 200", name: "motto_length"
  end
  add_foreign_key "profiles", "people"

  create_table "friendships" do |t|
    t.bigint "person_id", null: false
    t.bigint "friend_id", null: false
    t.index ["person_id", "friend_id"], unique: true
    t.check_constraint "person_id <> friend_id", name: "not_oneself"
  end
  add_foreign_key "friendships", "people", column: "person_id"
  add_foreign_key "friendships", "people", column: "friend_id"

  # A circle of keys that can't be NULL.
  create_table "nests" do |t|
    t.bigint "bird_id", null: false
  end
  create_table "birds" do |t|
    t.bigint "nest_id", null: false
    t.bigint "mother_id", null: false
  end
  add_foreign_key "nests", "birds"
  add_foreign_key "birds", "nests"
  add_foreign_key "birds", "birds", column: "mother_id"

  create_table "rooms", primary_key: ["building", "number"] do |t|
    t.string "building", limit: 1, null: false
    t.integer "number", limit: 2, null: false
  end
  create_table "bookings" do |t|
    t.string "building", limit: 1, null: false
    t.integer "number", limit: 2, null: false
    t.tstzrange "during", null: false
    t.date "starts_on", null: false
    t.date "ends_on", null: false
    t.integer "min_guests", null: false
    t.integer "max_guests", null: false
    t.exclusion_constraint "building WITH =, number WITH =, during WITH &&", using: :gist, name: "no_overlap"
    t.check_constraint "max_guests >= min_guests", name: "guests"
  end
  add_foreign_key "bookings", "rooms", column: ["building", "number"], primary_key: ["building", "number"]

  create_table "votes" do |t|
    t.references "person", null: false, foreign_key: true
    t.string "votable_type", null: false
    t.bigint "votable_id", null: false
    t.integer "value", limit: 2, null: false
    t.index ["person_id", "votable_type", "votable_id"], unique: true
    t.check_constraint "value = ANY (ARRAY[-1, 1])", name: "up_or_down"
  end

  create_table "seats" do |t|
    t.references "tenant", null: false, foreign_key: true
    t.string "kind", null: false
    t.integer "position", null: false
    t.index ["tenant_id", "kind"], unique: true
    t.index ["tenant_id", "position"], unique: true, nulls_not_distinct: true
    t.check_constraint "(kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying, 'c'::character varying, 'd'::character varying, 'e'::character varying, 'f'::character varying, 'g'::character varying, 'h'::character varying])::text[])", name: "kinds"
  end
end
