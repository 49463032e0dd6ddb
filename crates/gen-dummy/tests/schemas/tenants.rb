# Keys of several columns that share some: what belongs to a tenant, or to an order, points only to what
# belongs to the same.
ActiveRecord::Schema[8.1].define(version: 1) do
  create_table "tenants", force: :cascade do |t|
    t.string "name", null: false
    t.datetime "created_at", null: false
    t.datetime "updated_at", null: false
  end

  create_table "tenant_settings", primary_key: "tenant_id", id: :bigint, default: nil, force: :cascade do |t|
    t.string "time_zone", null: false
  end

  create_table "users", primary_key: ["tenant_id", "id"], force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigserial "id", null: false
    t.bigint "manager_id"
    t.string "email", null: false
    t.datetime "created_at", null: false
    t.index ["tenant_id", "email"], unique: true
  end

  create_table "products", primary_key: ["tenant_id", "id"], force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.uuid "id", default: -> { "gen_random_uuid()" }, null: false
    t.string "name", null: false
  end

  create_table "orders", primary_key: ["tenant_id", "id"], force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigserial "id", null: false
    t.bigint "user_id", null: false
    t.bigint "seller_id"
    t.integer "number", null: false
    t.datetime "created_at", null: false
    t.index ["tenant_id", "number"], unique: true
  end

  create_table "order_lines", primary_key: ["tenant_id", "order_id", "line_number"], force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigint "order_id", null: false
    t.integer "line_number", limit: 2, null: false
    t.uuid "product_id", null: false
    t.datetime "created_at", null: false
    t.index ["tenant_id", "order_id", "product_id"], unique: true
  end

  create_table "returns", id: :uuid, default: -> { "gen_random_uuid()" }, force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigint "order_id", null: false
    t.integer "line_number", limit: 2, null: false
    t.bigint "user_id", null: false
    t.index ["order_id", "line_number"], unique: true
  end

  create_table "favorites", primary_key: ["tenant_id", "user_id", "product_id"], force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigint "user_id", null: false
    t.uuid "product_id", null: false
  end

  create_table "invoices", force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigint "order_id", null: false
    t.bigint "user_id", null: false
    t.index ["tenant_id", "order_id"], unique: true
  end

  create_table "folders", primary_key: ["tenant_id", "id"], force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigint "id", null: false
    t.bigint "parent_id"
    t.bigint "root_id", null: false
    t.bigint "owner_id", null: false
    t.string "kind", null: false
    t.check_constraint "kind IN ('inbox', 'sent', 'other')"
    t.check_constraint "parent_id <> id", name: "no_own_parent"
  end

  create_table "plans", force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigint "user_id", null: false
    t.string "level", null: false
    t.bigint "follower_id"
    t.check_constraint "level IN ('free', 'small', 'large')"
    t.index ["tenant_id", "level"], unique: true
  end

  # No table of tenants: the columns are only alike.
  create_table "regions", primary_key: ["account", "code"], force: :cascade do |t|
    t.integer "account", null: false
    t.string "code", limit: 8, null: false
  end

  create_table "depots", primary_key: ["account", "name"], force: :cascade do |t|
    t.integer "account", null: false
    t.string "name", null: false
  end

  create_table "shipments", force: :cascade do |t|
    t.integer "account", null: false
    t.string "region", limit: 8, null: false
    t.string "depot", null: false
    t.string "next_depot"
  end

  # Two columns are shared: the order is what both belong to.
  create_table "parcels", primary_key: ["tenant_id", "order_id", "id"], force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigint "order_id", null: false
    t.bigint "id", null: false
  end

  create_table "charges", primary_key: ["tenant_id", "order_id", "id"], force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigint "order_id", null: false
    t.bigint "id", null: false
  end

  create_table "parcel_charges", force: :cascade do |t|
    t.bigint "tenant_id", null: false
    t.bigint "order_id", null: false
    t.bigint "parcel_id", null: false
    t.bigint "charge_id", null: false
    t.index ["tenant_id", "order_id", "parcel_id", "charge_id"], unique: true
  end

  # The unique index has a part of a key.
  create_table "rooms", primary_key: ["building", "number"], force: :cascade do |t|
    t.integer "building", null: false
    t.integer "number", null: false
  end

  create_table "reservations", force: :cascade do |t|
    t.integer "building", null: false
    t.integer "number", null: false
    t.date "day", null: false
    t.integer "place", limit: 2, null: false
    t.index ["building", "day", "place"], unique: true
  end

  add_foreign_key "reservations", "rooms", column: ["building", "number"], primary_key: ["building", "number"], name: "reservations_room"
  add_foreign_key "tenant_settings", "tenants"
  add_foreign_key "users", "tenants"
  add_foreign_key "users", "users", column: ["tenant_id", "manager_id"], primary_key: ["tenant_id", "id"], name: "users_manager"
  add_foreign_key "products", "tenants"
  add_foreign_key "orders", "tenants"
  add_foreign_key "orders", "users", column: ["tenant_id", "user_id"], primary_key: ["tenant_id", "id"], name: "orders_user"
  add_foreign_key "orders", "users", column: ["tenant_id", "seller_id"], primary_key: ["tenant_id", "id"], name: "orders_seller"
  add_foreign_key "order_lines", "orders", column: ["tenant_id", "order_id"], primary_key: ["tenant_id", "id"], name: "lines_order"
  add_foreign_key "order_lines", "products", column: ["tenant_id", "product_id"], primary_key: ["tenant_id", "id"], name: "lines_product"
  add_foreign_key "returns", "order_lines", column: ["tenant_id", "order_id", "line_number"], primary_key: ["tenant_id", "order_id", "line_number"], name: "returns_line"
  add_foreign_key "returns", "users", column: ["tenant_id", "user_id"], primary_key: ["tenant_id", "id"], name: "returns_user"
  add_foreign_key "returns", "orders", column: ["tenant_id", "order_id"], primary_key: ["tenant_id", "id"], name: "returns_order"
  add_foreign_key "favorites", "users", column: ["tenant_id", "user_id"], primary_key: ["tenant_id", "id"], name: "favorites_user"
  add_foreign_key "favorites", "products", column: ["tenant_id", "product_id"], primary_key: ["tenant_id", "id"], name: "favorites_product"
  add_foreign_key "invoices", "orders", column: ["tenant_id", "order_id"], primary_key: ["tenant_id", "id"], name: "invoices_order"
  add_foreign_key "invoices", "users", column: ["tenant_id", "user_id"], primary_key: ["tenant_id", "id"], name: "invoices_user"
  add_foreign_key "invoices", "tenant_settings", column: "tenant_id", primary_key: "tenant_id"
  add_foreign_key "folders", "tenants"
  add_foreign_key "folders", "folders", column: ["tenant_id", "parent_id"], primary_key: ["tenant_id", "id"], name: "folders_parent"
  add_foreign_key "folders", "folders", column: ["tenant_id", "root_id"], primary_key: ["tenant_id", "id"], name: "folders_root"
  add_foreign_key "folders", "users", column: ["tenant_id", "owner_id"], primary_key: ["tenant_id", "id"], name: "folders_owner"
  add_foreign_key "plans", "users", column: ["tenant_id", "user_id"], primary_key: ["tenant_id", "id"], name: "plans_user"
  add_foreign_key "plans", "users", column: ["tenant_id", "follower_id"], primary_key: ["tenant_id", "id"], name: "plans_follower"
  add_foreign_key "shipments", "regions", column: ["account", "region"], primary_key: ["account", "code"], name: "shipments_region"
  add_foreign_key "shipments", "depots", column: ["account", "depot"], primary_key: ["account", "name"], name: "shipments_depot"
  add_foreign_key "shipments", "depots", column: ["account", "next_depot"], primary_key: ["account", "name"], name: "shipments_next"
  add_foreign_key "parcels", "orders", column: ["tenant_id", "order_id"], primary_key: ["tenant_id", "id"], name: "parcels_order"
  add_foreign_key "charges", "orders", column: ["tenant_id", "order_id"], primary_key: ["tenant_id", "id"], name: "charges_order"
  add_foreign_key "parcel_charges", "parcels", column: ["tenant_id", "order_id", "parcel_id"], primary_key: ["tenant_id", "order_id", "id"], name: "parcel_charges_parcel"
  add_foreign_key "parcel_charges", "charges", column: ["tenant_id", "order_id", "charge_id"], primary_key: ["tenant_id", "order_id", "id"], name: "parcel_charges_charge"
end
