# A table whose rows are a master with all that a format could trip over.
ActiveRecord::Schema[8.1].define(version: 2026_01_01_000000) do
  create_table "notes" do |t|
    t.text "body"
    t.float "ratio"
  end
end
