# Every type, and checks, unique indexes and exclusion constraints over them.
ActiveRecord::Schema[8.1].define(version: 1) do
  enable_extension "hstore"
  enable_extension "citext"
  enable_extension "ltree"
  enable_extension "btree_gist"
  create_enum "mood", ["sad", "ok", "happy"]
  execute "CREATE DOMAIN positive AS integer CHECK (VALUE > 0 AND VALUE < 500)"
  execute "CREATE DOMAIN zip AS text CHECK (VALUE ~ '^\\d{5}(-\\d{4})?$')"
  create_table "a1" do |t|
    t.string "name", limit: 3, null: false
    t.string "code", limit: 1, null: false
    t.decimal "rate", precision: 3, scale: 2, null: false
    t.decimal "big", precision: 30, scale: 10, null: false
    t.decimal "any", null: false
    t.integer "tiny", limit: 2, null: false
    t.string "tags", array: true, null: false
    t.integer "nums", array: true, default: [], null: false
    t.enum "mood", enum_type: "mood", null: false
    t.enum "moods", enum_type: "mood", array: true, null: false
    t.check_constraint "length(name) BETWEEN 2 AND 3"
    t.check_constraint "code IN ('A', 'B', 'C')"
    t.check_constraint "rate >= 0 AND rate <= 1"
    t.check_constraint "array_length(tags, 1) >= 1", name: "has_tags"
    t.check_constraint "cardinality(nums) <= 5"
  end
  create_table "a2" do |t|
    t.string "email", null: false
    t.string "login", null: false
    t.boolean "active", default: true, null: false
    t.datetime "deleted_at"
    t.index "lower((email)::text)", name: "i_lower_email", unique: true
    t.index "lower(login), active", name: "i_login", unique: true
    t.index ["login"], unique: true, where: "deleted_at IS NULL", name: "i_partial"
    t.check_constraint "email LIKE '%@%'"
    t.check_constraint "char_length(login) >= 3 AND char_length(login) <= 12"
  end
  create_table "a3" do |t|
    t.boolean "flag", null: false
    t.index ["flag"], unique: true
  end
  create_table "a4" do |t|
    t.enum "mood", enum_type: "mood", null: false
    t.index ["mood"], unique: true
  end
  create_table "a5" do |t|
    t.column "letter", "char(1)", null: false
    t.index ["letter"], unique: true
  end
  create_table "a6", id: { type: :integer, limit: 2 } do |t|
    t.string "x"
  end
  create_table "a7" do |t|
    t.decimal "n", precision: 3, scale: 2, null: false
    t.index ["n"], unique: true
  end
  create_table "a8" do |t|
    t.date "d", null: false
    t.index ["d"], unique: true
  end
  create_table "a9" do |t|
    t.inet "ip", null: false
    t.cidr "net", null: false
    t.macaddr "mac", null: false
    t.uuid "ids", array: true, null: false
    t.index ["ip"], unique: true
    t.index ["net"], unique: true
    t.index ["mac"], unique: true
    t.index ["ids"], unique: true
  end
  create_table "a10" do |t|
    t.tsvector "search", null: false
    t.xml "doc", null: false
    t.money "price", null: false
    t.bit "flags", limit: 8, null: false
    t.bit_varying "bits", limit: 16, null: false
    t.hstore "props", null: false
    t.citext "nick", null: false
    t.ltree "path", null: false
    t.jsonb "data", null: false
    t.json "raw", null: false
    t.point "pt", null: false
    t.line "ln", null: false
    t.lseg "ls", null: false
    t.box "bx", null: false
    t.path "pa", null: false
    t.polygon "po", null: false
    t.circle "ci", null: false
    t.interval "iv", null: false
    t.binary "bin", null: false
    t.oid "o", null: false
    t.timestamptz "tz", null: false
    t.time "tm", null: false
    t.daterange "dr", null: false
    t.int4range "ir", null: false
    t.tstzrange "tr", null: false
    t.numrange "nr", null: false
    t.float "f", null: false
    t.index ["nick"], unique: true
    t.index ["path"], unique: true
    t.index ["data"], unique: true
    t.index ["props"], unique: true
    t.index ["bin"], unique: true
    t.index ["iv"], unique: true
    t.index ["f"], unique: true
    t.index ["tz"], unique: true
    t.index ["price"], unique: true
  end
  create_table "a11" do |t|
    t.bigint "room", null: false
    t.tstzrange "during", null: false
    t.exclusion_constraint "room WITH =, during WITH &&", using: :gist, name: "no_overlap"
  end
  create_table "a12" do |t|
    t.bigint "room_id", null: false
    t.datetime "starts_at", null: false
    t.datetime "ends_at", null: false
    t.exclusion_constraint "room_id WITH =, tsrange(starts_at, ends_at) WITH &&", using: :gist, name: "no_overlap12"
    t.check_constraint "ends_at > starts_at"
  end
  create_table "a13" do |t|
    t.date "valid_from", null: false
    t.date "valid_to"
    t.string "sku", null: false
    t.exclusion_constraint "sku WITH =, daterange(valid_from, valid_to, '[]') WITH &&", using: :gist, name: "no_overlap13", where: "sku IS NOT NULL"
  end
  create_table "a14" do |t|
    t.integer "a"
    t.integer "b"
    t.unique_constraint ["a", "b"], nulls_not_distinct: true, name: "nnd"
    t.check_constraint "a IS NOT NULL OR b IS NOT NULL"
    t.check_constraint "(a IS NULL) = (b IS NULL) OR a < 10"
  end
  create_table "a15" do |t|
    t.bigint "parent_id", null: false
    t.integer "position", null: false
    t.unique_constraint ["parent_id", "position"], deferrable: :deferred, name: "pos"
  end
  create_table "a16" do |t|
    t.bigint "a17_id", null: false
    t.string "n"
  end
  create_table "a17" do |t|
    t.bigint "a16_id", null: false
  end
  create_table "a18", primary_key: "user_id", id: :bigint, default: nil do |t|
    t.string "bio"
  end
  create_table "a19", id: false do |t|
    t.bigint "a1_id", null: false
    t.bigint "a2_id", null: false
    t.index ["a1_id", "a2_id"], unique: true
  end
  create_table "a20" do |t|
    t.string "first", null: false
    t.string "last", null: false
    t.virtual "full", type: :string, as: "((first)::text || ' '::text) || (last)::text", stored: true
    t.integer "w", null: false
    t.integer "h", null: false
    t.virtual "area", type: :integer, as: "w * h", stored: true
    t.check_constraint "area < 1000000"
    t.check_constraint "w BETWEEN 1 AND 999 AND h BETWEEN 1 AND 999"
    t.index ["full"], unique: true
  end
  execute "CREATE TABLE a21 (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000 INCREMENT BY 5) PRIMARY KEY, v text NOT NULL)"
  create_table "a22" do |t|
    t.string "kind", null: false
    t.bigint "company_id"
    t.bigint "person_id"
    t.check_constraint "num_nonnulls(company_id, person_id) = 1", name: "one_owner"
    t.check_constraint "(kind = 'c' AND company_id IS NOT NULL) OR (kind = 'p' AND person_id IS NOT NULL)"
  end
  create_table "a23" do |t|
    t.decimal "lat", precision: 9, scale: 6, null: false
    t.decimal "lng", precision: 9, scale: 6, null: false
    t.integer "min_age", null: false
    t.integer "max_age", null: false
    t.integer "year", null: false
    t.integer "month", null: false
    t.integer "percent", null: false
    t.check_constraint "lat >= -90 AND lat <= 90 AND lng >= -180 AND lng <= 180"
    t.check_constraint "min_age < max_age AND max_age <= 120 AND min_age >= 0"
    t.check_constraint "year >= 2000 AND month BETWEEN 1 AND 12"
    t.check_constraint "percent > 0 AND percent <= 100 OR percent = -1"
  end
  create_table "a24" do |t|
    t.string "slug", null: false
    t.string "color", null: false
    t.string "phone", null: false
    t.string "sku", null: false
    t.check_constraint "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"
    t.check_constraint "color ~* '^#[0-9a-f]{6}$'"
    t.check_constraint "phone ~ '^\\+[1-9][0-9]{6,14}$'"
    t.check_constraint "sku ~ '^[A-Z]{3}-[0-9]{4}$'"
    t.check_constraint "slug = lower(slug)"
    t.check_constraint "btrim(color) <> ''"
    t.index ["sku"], unique: true
  end
  create_table "a25" do |t|
    t.jsonb "settings", default: {}, null: false
    t.check_constraint "jsonb_typeof(settings) = 'object'"
    t.datetime "a_at"
    t.datetime "b_at"
    t.datetime "c_at"
    t.check_constraint "b_at IS NULL OR (a_at IS NOT NULL AND b_at >= a_at)"
    t.check_constraint "c_at > b_at"
  end
  add_foreign_key "a15", "a15", column: "parent_id"
  add_foreign_key "a16", "a17"
  add_foreign_key "a17", "a16"
  add_foreign_key "a18", "a2", column: "user_id"
  add_foreign_key "a19", "a1"
  add_foreign_key "a19", "a2"
end
