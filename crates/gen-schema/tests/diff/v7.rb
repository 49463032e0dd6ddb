# Almost nothing.
create_table "notes" do |t|
  t.text "text"
end
