# Unique indexes over what tells no rows apart: they leave one row, or none, of which their condition is true.
ActiveRecord::Schema[7.1].define(version: 1) do
  create_table "organizations", force: :cascade do |t|
    t.string "name", null: false
  end

  create_table "sequences", force: :cascade do |t|
    t.bigint "organization_id"
    t.datetime "start_at"
    t.datetime "deleted_at"
    t.boolean "is_default", default: false, null: false
    t.string "kind", null: false
    t.index "((organization_id IS NULL))", name: "one_draft", unique: true, where: "((organization_id IS NULL) AND (start_at IS NULL) AND (deleted_at IS NULL))"
    t.index "((organization_id IS NULL))", name: "one_active", unique: true, where: "((organization_id IS NULL) AND (start_at IS NOT NULL))"
    t.index "(true)", name: "one_default", unique: true, where: "is_default"
    t.index "(1)", name: "one_main", unique: true, where: "((kind)::text = 'main'::text)"
  end

  create_table "site_settings", force: :cascade do |t|
    t.string "title", null: false
    t.index "(1)", name: "only_one", unique: true
  end

  add_foreign_key "sequences", "organizations"
end
