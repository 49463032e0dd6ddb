# Rows that are bound to other rows: pairs, trees, circles, one-to-one, and what must be unique beside it.
ActiveRecord::Schema[8.1].define(version: 1) do
  enable_extension "citext"
  create_enum "st", ["draft", "live", "gone"]
  create_table "users" do |t|
    t.citext "email", null: false
    t.string "first_name"
    t.string "last_name"
    t.string "username", limit: 15, null: false
    t.integer "posts_count", default: 0, null: false
    t.string "role", default: "member", null: false
    t.string "phone", limit: 10
    t.string "country", limit: 2, null: false
    t.string "locale", limit: 5, default: "en", null: false
    t.string "zip", limit: 5, null: false
    t.string "currency", limit: 3, null: false
    t.string "token", limit: 6, null: false
    t.integer "sign_in_count", default: 0, null: false
    t.datetime "last_sign_in_at"
    t.datetime "confirmed_at"
    t.timestamps
    t.index ["email"], unique: true
    t.index ["token"], unique: true
    t.index "lower((username)::text)", unique: true, name: "u_lower"
    t.index ["first_name", "last_name"], unique: true, name: "u_names"
    t.index "md5(email::text)", unique: true, name: "u_md5"
    t.check_constraint "role::text = ANY (ARRAY['member'::character varying, 'admin'::character varying]::text[])"
    t.check_constraint "sign_in_count >= 0 AND (last_sign_in_at IS NULL OR sign_in_count > 0)"
    t.check_constraint "username::text !~ '[^a-z0-9_]'"
  end
  create_table "posts" do |t|
    t.references "user", null: false, foreign_key: true
    t.string "title", null: false
    t.string "slug", null: false
    t.column "state", "st", default: "draft", null: false
    t.datetime "published_at"
    t.integer "version", default: 1, null: false
    t.boolean "is_current", default: true, null: false
    t.integer "lock_version", default: 0, null: false
    t.index ["user_id", "slug"], unique: true
    t.index ["user_id"], unique: true, where: "(is_current = true)", name: "one_current"
    t.index ["slug", "version"], unique: true
    t.check_constraint "(state = 'live') = (published_at IS NOT NULL)", name: "pub"
  end
  create_table "tags", id: :uuid do |t|
    t.string "name", limit: 20, null: false
    t.bigint "lft", null: false
    t.bigint "rgt", null: false
    t.uuid "parent_id"
    t.check_constraint "lft < rgt"
    t.index ["name", "parent_id"], unique: true
  end
  create_table "taggings" do |t|
    t.uuid "tag_id", null: false
    t.string "taggable_type", null: false
    t.bigint "taggable_id", null: false
    t.index ["tag_id", "taggable_type", "taggable_id"], unique: true
  end
  create_table "follows", id: false, primary_key: ["follower_id", "followed_id"] do |t|
    t.bigint "follower_id", null: false
    t.bigint "followed_id", null: false
    t.check_constraint "follower_id <> followed_id"
  end
  create_table "friendships" do |t|
    t.bigint "low_id", null: false
    t.bigint "high_id", null: false
    t.index ["low_id", "high_id"], unique: true
    t.check_constraint "low_id < high_id"
  end
  create_table "pairs" do |t|
    t.bigint "a_id", null: false
    t.bigint "b_id", null: false
    t.index "LEAST(a_id, b_id), GREATEST(a_id, b_id)", unique: true, name: "u_pair"
  end
  create_table "nodes" do |t|
    t.bigint "parent_id"
    t.integer "position", null: false
    t.string "name", null: false
    t.index ["parent_id", "position"], unique: true
    t.index "COALESCE(parent_id, 0::bigint), name", unique: true, name: "u_coalesce"
    t.check_constraint "id <> parent_id"
  end
  create_table "slots" do |t|
    t.bigint "room_id", null: false
    t.date "day", null: false
    t.time "starts", null: false
    t.time "ends", null: false
    t.integer "dow", limit: 2, null: false
    t.check_constraint "starts < ends"
    t.check_constraint "dow >= 0 AND dow <= 6"
    t.index ["room_id", "day", "starts"], unique: true
    t.index ["room_id", "dow", "day"], unique: true
  end
  create_table "settings" do |t|
    t.string "key", limit: 30, null: false
    t.text "value"
    t.boolean "singleton", default: true, null: false
    t.index ["singleton"], unique: true
    t.check_constraint "singleton"
  end
  create_table "prices" do |t|
    t.decimal "amount", precision: 5, scale: 2, null: false
    t.decimal "discount", precision: 5, scale: 2, default: "0.0", null: false
    t.decimal "tax", precision: 4, scale: 4, null: false
    t.decimal "neg", precision: 2, scale: -2
    t.integer "quantity", null: false
    t.check_constraint "amount > 0::numeric"
    t.check_constraint "discount < amount"
    t.check_constraint "tax >= 0.0 AND tax < 1.0"
    t.check_constraint "quantity > 0 AND quantity <= 32767"
    t.check_constraint "amount <> 10.00"
  end
  create_table "events" do |t|
    t.datetime "starts_at", null: false
    t.datetime "ends_at"
    t.date "on_date", null: false
    t.date "until_date", null: false
    t.check_constraint "ends_at IS NULL OR ends_at > starts_at"
    t.check_constraint "until_date >= on_date"
    t.check_constraint "on_date >= '2024-01-01'::date AND on_date < '2025-01-01'::date"
  end
  create_table "docs" do |t|
    t.string "status", null: false
    t.string "reason"
    t.datetime "closed_at"
    t.check_constraint "status IN ('open', 'closed')"
    t.check_constraint "status <> 'closed' OR closed_at IS NOT NULL"
    t.check_constraint "(status = 'open' AND reason IS NULL) OR (status = 'closed' AND reason IS NOT NULL)"
    t.check_constraint "length(trim(both from status)) > 0"
    t.check_constraint "octet_length(status) < 100"
  end
  create_table "accounts" do |t|
    t.string "number", null: false
    t.string "iban", limit: 34
    t.string "type"
    t.string "gender", limit: 1
    t.integer "level", null: false
    t.index ["number"], unique: true
    t.check_constraint "number ~ '^[0-9]{8}$'"
    t.check_constraint "gender IN ('m','f') OR gender IS NULL"
    t.check_constraint "level = ANY (ARRAY[1, 2, 3])"
    t.check_constraint "char_length(number) = 8"
  end
  create_table "one_to_ones", id: false do |t|
    t.bigint "user_id", null: false, primary_key: true
    t.bigint "account_id", null: false
    t.index ["account_id"], unique: true
  end
  create_table "emps" do |t|
    t.bigint "boss_id", null: false
    t.bigint "dept_id", null: false
    t.index ["boss_id"], unique: true
  end
  create_table "depts" do |t|
    t.bigint "head_id", null: false
    t.bigint "parent_id"
    t.index ["head_id"], unique: true
  end
  create_table "empties" do |t|
  end
  create_table "only_defaults", id: false do |t|
    t.datetime "at", default: -> { "now()" }
  end
  create_table "weird names", primary_key: "Id" do |t|
    t.string "Order", null: false
    t.string "group by", null: false
    t.string "ünï", null: false
    t.index ["Order"], unique: true
  end
  add_foreign_key "taggings", "tags"
  add_foreign_key "tags", "tags", column: "parent_id"
  add_foreign_key "follows", "users", column: "follower_id"
  add_foreign_key "follows", "users", column: "followed_id"
  add_foreign_key "friendships", "users", column: "low_id"
  add_foreign_key "friendships", "users", column: "high_id"
  add_foreign_key "pairs", "users", column: "a_id"
  add_foreign_key "pairs", "users", column: "b_id"
  add_foreign_key "nodes", "nodes", column: "parent_id"
  add_foreign_key "one_to_ones", "users"
  add_foreign_key "one_to_ones", "accounts"
  add_foreign_key "emps", "emps", column: "boss_id"
  add_foreign_key "emps", "depts", column: "dept_id"
  add_foreign_key "depts", "emps", column: "head_id"
  add_foreign_key "depts", "depts", column: "parent_id"
end
