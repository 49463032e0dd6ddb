# What binds rows besides columns and plain keys: pairs that name a table, counts of children, and what
# raw SQL says.
ActiveRecord::Schema[8.1].define(version: 1) do
  execute "CREATE DOMAIN email_address AS varchar(80) NOT NULL CONSTRAINT has_at CHECK (VALUE ~ '^[a-z]+@[a-z]+$')"

  create_table "users", force: :cascade do |t|
    t.string "name", null: false
    t.column "email", "email_address"
    t.string "nickname", null: false
    t.string "login", null: false
    t.integer "posts_count", default: 0, null: false
    t.integer "comments_count", default: 0
    t.datetime "created_at", null: false
    t.datetime "updated_at", null: false
    t.check_constraint "nickname ~ '^[a-z0-9_]{3,12}$' AND nickname ~ '[0-9]$' AND nickname !~ '^[0-9]'", name: "nickname_shape"
    t.check_constraint "login NOT LIKE '%A%' AND login !~ '[^a-z]'", name: "login_shape"
    t.index ["nickname"], unique: true
  end

  create_table "posts", force: :cascade do |t|
    t.string "title", null: false
    t.bigint "user_id", null: false
    t.integer "comments_count", limit: 2, default: 0, null: false
    t.integer "post_tags_count", default: 0, null: false
    t.datetime "created_at", null: false
    t.datetime "updated_at", null: false
  end

  create_table "comments", force: :cascade do |t|
    t.string "commentable_type"
    t.bigint "commentable_id"
    t.bigint "author_id", null: false
    t.text "body", null: false
    t.bigint "parent_id"
    t.integer "replies_count", default: 0, null: false
    t.datetime "created_at", null: false
    t.index ["commentable_type", "commentable_id"]
    t.check_constraint "commentable_type IN ('Post', 'User')", name: "known_type"
  end

  create_table "notes", force: :cascade do |t|
    t.integer "user_id", limit: 2, null: false
    t.integer "reader_id", limit: 2
  end

  create_table "tags", force: :cascade do |t|
    t.string "name", null: false
    t.datetime "created_at", null: false
    t.index ["name"], unique: true
  end

  create_table "taggings", force: :cascade do |t|
    t.bigint "tag_id", null: false
    t.string "taggable_type", null: false
    t.bigint "taggable_id", null: false
    t.string "context", limit: 20
    t.datetime "created_at", null: false
    t.index ["tag_id", "taggable_type", "taggable_id"], unique: true
  end

  create_table "post_tags", primary_key: ["post_id", "tag_id"], force: :cascade do |t|
    t.bigint "post_id", null: false
    t.bigint "tag_id", null: false
  end

  create_table "events", id: false, options: "PARTITION BY RANGE (happened_on)", force: :cascade do |t|
    t.bigint "number", null: false
    t.date "happened_on", null: false
  end
  execute "CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"
  execute "CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"

  create_table "regional", id: false, options: "PARTITION BY LIST (region)", force: :cascade do |t|
    t.bigint "number", null: false
    t.string "region", null: false
  end
  execute "CREATE TABLE regional_east PARTITION OF regional FOR VALUES IN ('east', 'north')"
  execute "CREATE TABLE regional_west PARTITION OF regional FOR VALUES IN ('west')"

  execute "ALTER TABLE tags ADD COLUMN weight integer NOT NULL CONSTRAINT light CHECK (weight < 5)"
  execute "ALTER TABLE tags ADD CONSTRAINT not_negative CHECK (weight >= 0)"
  execute "CREATE UNIQUE INDEX index_posts_on_user_and_title ON posts (user_id, lower(title))"

  add_foreign_key "posts", "users"
  add_foreign_key "comments", "users", column: "author_id"
  add_foreign_key "comments", "comments", column: "parent_id"
  add_foreign_key "taggings", "tags"
  add_foreign_key "post_tags", "posts"
  add_foreign_key "post_tags", "tags"
  add_foreign_key "notes", "users", column: "reader_id"
end
