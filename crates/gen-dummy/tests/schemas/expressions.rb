# Partitions, domains, unique and exclusion constraints over expressions, and checks that calculate.
ActiveRecord::Schema[8.1].define(version: 1) do
  enable_extension "btree_gist"
  create_enum "size", ["S", "M", "L"]
  execute "CREATE DOMAIN email AS text CHECK (VALUE ~ '^[^@]+@[^@]+\\.[^@]+$')"
  execute "CREATE DOMAIN pct AS numeric(5,2) NOT NULL CHECK (VALUE BETWEEN 0 AND 100)"
  create_table "parts", id: false, options: "PARTITION BY RANGE (logdate)" do |t|
    t.date "logdate", null: false
    t.integer "v"
  end
  execute "CREATE TABLE parts_2024 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"
  create_table "lparts", id: false, options: "PARTITION BY LIST (region)" do |t|
    t.string "region", null: false
    t.integer "v"
  end
  execute "CREATE TABLE lparts_a PARTITION OF lparts FOR VALUES IN ('eu', 'us')"
  create_table "hparts", primary_key: ["id"], id: :bigint, options: "PARTITION BY HASH (id)" do |t|
    t.bigint "id", null: false
  end
  execute "CREATE TABLE hparts_0 PARTITION OF hparts FOR VALUES WITH (MODULUS 2, REMAINDER 0)"
  execute "CREATE TABLE hparts_1 PARTITION OF hparts FOR VALUES WITH (MODULUS 2, REMAINDER 1)"
  create_table "b1" do |t|
    t.column "mail", "email", null: false
    t.column "p", "pct"
    t.enum "size", enum_type: "size", null: false
    t.boolean "on", null: false
    t.index ["mail"], unique: true
    t.index ["size", "on"], unique: true
  end
  create_table "b2" do |t|
    t.integer "n", limit: 2, null: false
    t.string "c2", limit: 2, null: false
    t.index ["n"], unique: true
    t.index ["c2"], unique: true
  end
  create_table "b3" do |t|
    t.date "day", null: false
    t.string "name", null: false
    t.bigint "b1_id", null: false
    t.index ["b1_id", "day"], unique: true
    t.index ["day", "name"], unique: true
    t.index ["b1_id", "name"], unique: true
  end
  create_table "b4" do |t|
    t.timestamptz "at", null: false
    t.index "date_trunc('day', at AT TIME ZONE 'UTC')", unique: true, name: "u_day"
  end
  create_table "b5" do |t|
    t.datetime "at", null: false
    t.bigint "b1_id", null: false
    t.index "b1_id, ((at)::date)", unique: true, name: "u_day2"
  end
  create_table "b6" do |t|
    t.jsonb "data", null: false
    t.index "((data ->> 'key'::text))", unique: true, name: "u_json"
  end
  create_table "b7" do |t|
    t.string "a"
    t.string "b"
    t.index "COALESCE(a, b)", unique: true, name: "u_co"
    t.check_constraint "COALESCE(a, b) IS NOT NULL"
  end
  create_table "b8" do |t|
    t.float "score", null: false
    t.decimal "ratio", precision: 2, scale: 2, null: false
    t.integer "stars", null: false
    t.index ["ratio"], unique: true
    t.check_constraint "score >= 0.5::double precision AND score <= 0.75::double precision"
    t.check_constraint "stars IN (1,2,3,4,5)"
  end
  create_table "b9" do |t|
    t.interval "len", null: false
    t.interval "gap"
    t.integer "r", null: false
    t.check_constraint "len > '00:00:00'::interval"
    t.check_constraint "r = 1 OR r = 5 OR (r > 100 AND r < 105)"
  end
  create_table "b10" do |t|
    t.bigint "owner_id", null: false
    t.string "owner_type", null: false
    t.boolean "primary", default: false, null: false
    t.index ["owner_type", "owner_id"], unique: true, where: "\"primary\""
    t.index ["owner_id", "owner_type", "primary"], name: "x"
  end
  create_table "b11", id: :string, limit: 4 do |t|
    t.string "n", limit: 1
  end
  create_table "b12", id: :uuid do |t|
    t.string "b11_id", limit: 4, null: false
    t.index ["b11_id"], unique: true
  end
  create_table "b13" do |t|
    t.integer "seq", limit: 2, null: false
    t.bigint "b1_id", null: false
    t.index ["b1_id", "seq"], unique: true
    t.check_constraint "seq BETWEEN 1 AND 3"
  end
  create_table "b14" do |t|
    t.int8range "nums", null: false
    t.daterange "days"
    t.exclusion_constraint "nums WITH &&", using: :gist, name: "ex14"
    t.exclusion_constraint "days WITH &&", using: :gist, name: "ex14b"
    t.check_constraint "NOT isempty(nums)"
    t.check_constraint "lower(days) IS NOT NULL"
  end
  create_table "b15" do |t|
    t.string "name", null: false
    t.exclusion_constraint "name WITH =", using: :btree, name: "ex15"
    t.column "c", "character(5)", null: false
    t.column "v", "varbit(3)"
    t.column "arr2", "integer[][]"
    t.binary "h", limit: 32, null: false
    t.check_constraint "name = upper(name)", name: "up"
  end
  create_table "b16" do |t|
    t.column "status", "character(4)", null: false
    t.string "stage", null: false
    t.check_constraint "status = ANY ('{open,shut}'::bpchar[])"
    t.check_constraint "stage = ANY ('{draft,\"in print\",NULL}'::text[])"
  end
  create_table "b17" do |t|
    t.binary "sha256", null: false
    t.binary "salt", null: false
    t.binary "nonce"
    t.check_constraint "octet_length(sha256) = 32"
    t.check_constraint "length(salt) BETWEEN 4 AND 12"
    t.check_constraint "octet_length(nonce) > 20"
  end
  create_table "b18" do |t|
    t.date "day", null: false
    t.datetime "at", null: false
    t.date "birthday", null: false
    t.check_constraint "EXTRACT(year FROM day) >= 2024 AND EXTRACT(year FROM day) < 2026"
    t.check_constraint "date_part('year', at) BETWEEN 2000 AND 2100"
    t.check_constraint "date_part('year', birthday) > 1999"
  end
  create_table "b19" do |t|
    t.date "starts", null: false
    t.date "until", null: false
    t.datetime "starts_at", null: false
    t.datetime "ends_at", null: false
    t.timestamptz "asked_at", null: false
    t.timestamptz "answered_at", null: false
    t.integer "low", null: false
    t.integer "high", null: false
    t.decimal "fee", precision: 8, scale: 2, null: false
    t.decimal "total", precision: 8, scale: 2, null: false
    t.check_constraint "until <= starts + 30 AND until > starts"
    t.check_constraint "ends_at <= starts_at + interval '1 day'"
    t.check_constraint "(answered_at - asked_at) < '02:00:00'::interval"
    t.check_constraint "high - low <= 5"
    t.check_constraint "total >= fee + 1.5 AND total < fee + 3"
  end
  create_table "b20" do |t|
    t.integer "tiny", limit: 2, null: false
    t.integer "n", null: false
    t.integer "status", null: false
    t.decimal "price", precision: 10, scale: 2, null: false
    t.bigint "code", null: false
    t.integer "low", null: false
    t.integer "high", null: false
    t.index ["code"], unique: true
    t.check_constraint "tiny % 2 = 0"
    t.check_constraint "mod(n, 5) = 0 AND n % 2 = 1 AND n > 100"
    t.check_constraint "status % 4 <> 0"
    t.check_constraint "price % 100 = 0"
    t.check_constraint "code % 7 = 3"
    t.check_constraint "high % 10 = 0 AND high > low AND high - low <= 25"
  end
  add_foreign_key "b3", "b1"
  add_foreign_key "b5", "b1"
  add_foreign_key "b12", "b11"
  add_foreign_key "b13", "b1", deferrable: :deferred
end
