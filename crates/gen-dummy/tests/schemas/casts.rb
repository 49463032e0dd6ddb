# Texts that an index, a generated column or a check reads as another type: not any text will do.
ActiveRecord::Schema[7.1].define(version: 1) do
  create_table "signatures", force: :cascade do |t|
    t.string "ip_address", limit: 20
    t.text "source_address", null: false
    t.string "external_number"
    t.string "born"
    t.text "document", null: false
    t.string "enabled"
    t.text "token"
    t.virtual "number", type: :bigint, as: "(external_number)::bigint", stored: true
    t.index "((ip_address)::inet)", name: "index_signatures_on_inet"
    t.index "((source_address)::inet)", name: "index_signatures_on_source", unique: true
    t.index "((document)::jsonb)", name: "index_signatures_on_document", using: :gin
    t.index ["id"], name: "index_signatures_on_enabled", where: "(enabled)::boolean"
    t.check_constraint "((token)::uuid) IS NOT NULL OR token IS NULL", name: "token_is_a_uuid"
    t.check_constraint "(born)::date > '1900-01-01'::date", name: "born_is_a_date"
  end
end
