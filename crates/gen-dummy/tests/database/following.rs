//! What columns can follow from, by the configuration: parents, children, other columns, states.

use crate::support::{Database, gen_dummy};
use std::fs;
use testkit::pg::TempPostgres;

/// A shop whose names give nothing away.
pub(crate) const SHOP: &str = r#"
create_table "people", force: :cascade do |t|
  t.string "name", null: false
  t.string "contact", null: false
  t.string "tier", null: false
  t.string "theme"
  t.integer "deals_made", null: false
  t.decimal "spent_all", precision: 12, scale: 2, null: false
  t.datetime "newest_deal", precision: 6
  t.string "said_first"
  t.string "said_last", null: false
  t.index ["contact"], unique: true
end

create_table "deals", force: :cascade do |t|
  t.bigint "person_id", null: false
  t.string "contact_then", null: false
  t.string "subject", null: false
  t.string "slug_text", null: false
  t.string "label", null: false
  t.string "progress", null: false
  t.string "why"
  t.decimal "worth", precision: 12, scale: 2, null: false
  t.datetime "sent_on_its_way"
  t.datetime "given_up"
  t.datetime "created_at", null: false
end

create_table "pieces", force: :cascade do |t|
  t.bigint "deal_id", null: false
  t.integer "place", null: false
  t.decimal "cost", precision: 12, scale: 2, null: false
  t.string "sort", null: false
  t.index ["deal_id", "place"], unique: true
end

add_foreign_key "deals", "people"
add_foreign_key "pieces", "deals"
"#;

const EVERYTHING: &str = r#"
[tables.people.columns.deals_made]
count_of = "deals"

[tables.people.columns.spent_all]
sum_of = "deals.worth"
where = { progress = ["gone", "open"] }

[tables.people.columns.newest_deal]
latest_of = "deals.created_at"

[tables.people.columns.said_first]
first_of = "deals.why"

[tables.people.columns.said_last]
latest_of = "deals.subject"
where = { progress = ["gone", "stopped"] }

[tables.people.columns.tier]
values = ["basic", "plus"]

[[tables.people.personas]]
share = 0.25
columns = { tier = "gold", theme = "dark" }

[tables.people.columns.theme]
values = ["light"]
null_ratio = 0

[tables.deals.columns.contact_then]
from = "person.contact"

[tables.deals.columns.slug_text]
template = "{subject|slug}-{id}"

[tables.deals.columns.label]
template = "{person.name|upper}: {subject}"

[tables.deals.columns.why]
values = ["too dear", "too late"]
only_if = { progress = "stopped" }

[tables.deals.columns.worth]
range = [100, 200]
cases = [
    { when = { progress = "stopped" }, values = [0] },
    { when = { progress = "open" }, range = [1, 9] },
]

[tables.deals.lifecycle]
column = "progress"
steps = ["open", { state = "gone", time = "sent_on_its_way", days = 3 }]
outs = [{ state = "stopped", time = "given_up", share = 0.3, days = 2 }]

[tables.pieces]
per = "deals"
range = [1, 4]

[tables.pieces.columns.place]
generator = "sequence"
per = "deal"
start = 10
step = 10
"#;

#[test]
fn rows_are_as_the_configuration_says() {
    let scratch = tempfile::tempdir().unwrap();
    let schemafile = scratch.path().join("Schemafile");
    fs::write(&schemafile, SHOP).unwrap();
    let config = scratch.path().join("everything.toml");
    fs::write(&config, EVERYTHING).unwrap();
    let database = Database::new(TempPostgres::shared(), &schemafile);
    database.load(&database.generate(&["-c", config.to_str().unwrap(), "--rows", "400"]));
    for (what, sql, expected) in [
        (
            "the number of children",
            "SELECT count(*) FROM people p WHERE deals_made <> (SELECT count(*) FROM deals WHERE person_id = p.id)",
            "0",
        ),
        (
            "the sum of some of them",
            "SELECT count(*) FROM people p WHERE spent_all <> (SELECT coalesce(sum(worth), 0) FROM deals WHERE person_id = p.id AND progress IN ('gone', 'open'))",
            "0",
        ),
        (
            "the latest of them",
            "SELECT count(*) FROM people p WHERE newest_deal IS DISTINCT FROM (SELECT max(created_at) FROM deals WHERE person_id = p.id)",
            "0",
        ),
        (
            "the first text of them",
            "SELECT count(*) FILTER (WHERE said_first IS DISTINCT FROM (SELECT why FROM deals WHERE person_id = p.id AND why IS NOT NULL ORDER BY created_at, id LIMIT 1)), count(said_first) > 50 FROM people p",
            "0|t",
        ),
        (
            "the latest text of some of them",
            "SELECT count(*) > 100, count(*) FILTER (WHERE said_last <> wanted) FROM (SELECT said_last, (SELECT subject FROM deals WHERE person_id = p.id AND progress <> 'open' ORDER BY created_at DESC, id DESC LIMIT 1) AS wanted FROM people p) p WHERE wanted IS NOT NULL",
            "t|0",
        ),
        (
            "a parent's value",
            "SELECT count(*) FROM deals d JOIN people p ON p.id = person_id WHERE contact_then <> contact",
            "0",
        ),
        (
            "a parent's value in a text",
            "SELECT count(*) FROM deals d JOIN people p ON p.id = person_id WHERE label <> upper(p.name) || ': ' || subject",
            "0",
        ),
        (
            "a slug",
            "SELECT count(*) FROM deals WHERE slug_text !~ ('^[a-z0-9-]+-' || id || '$')",
            "0",
        ),
        (
            "columns that go together",
            "SELECT count(*) FILTER (WHERE tier = 'gold') BETWEEN 60 AND 140, count(*) FILTER (WHERE (tier = 'gold') <> (theme = 'dark')) FROM people",
            "t|0",
        ),
        (
            "a column only where another one says so",
            "SELECT count(*) FILTER (WHERE why IS NOT NULL AND progress <> 'stopped'), count(*) FILTER (WHERE progress = 'stopped' AND why IS NULL), count(why) > 0 FROM deals",
            "0|0|t",
        ),
        (
            "other values in a case",
            "SELECT string_agg(progress || ' ' || ok, ',' ORDER BY progress) FROM (SELECT progress, bool_and(CASE progress WHEN 'stopped' THEN worth = 0 WHEN 'open' THEN worth BETWEEN 1 AND 9 ELSE worth BETWEEN 100 AND 200 END) ok FROM deals GROUP BY 1) d",
            "gone true,open true,stopped true",
        ),
        (
            "the times of states",
            "SELECT count(*) FROM deals WHERE (progress = 'gone') <> (sent_on_its_way IS NOT NULL) OR (progress = 'stopped') <> (given_up IS NOT NULL) OR sent_on_its_way < created_at OR given_up < created_at",
            "0",
        ),
        (
            "the share of those that leave",
            "SELECT count(*) FILTER (WHERE progress = 'stopped') BETWEEN 70 AND 170 FROM deals",
            "t",
        ),
        (
            "what counts within its parent",
            "SELECT count(*) FROM (SELECT place, 10 * row_number() OVER (PARTITION BY deal_id ORDER BY id) AS wanted FROM pieces) p WHERE place <> wanted",
            "0",
        ),
    ] {
        assert_eq!(database.query(sql), expected, "{what}");
    }
}

/// What the command says of a configuration that doesn't fit the shop.
#[track_caller]
pub(crate) fn refused(configuration: &str) -> String {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("Schemafile"), SHOP).unwrap();
    fs::write(scratch.path().join("dummy.toml"), configuration).unwrap();
    let output = gen_dummy(scratch.path())
        .args(["-s", "Schemafile", "-o", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{configuration}\n{text}");
    assert!(output.stdout.is_empty(), "nothing is written");
    text
}

#[test]
fn what_cant_be_followed_is_told_with_its_place() {
    for (configuration, told) in [
        (
            "[tables.deals.columns.contact_then]\nfrom = \"persn.contact\"\n",
            "no column of `deals` points to anything called `persn`|dummy.toml:2:8|did you mean `person`?",
        ),
        (
            "[tables.deals.columns.contact_then]\nfrom = \"person.mail\"\n",
            "the table `people` has no column `mail`|dummy.toml:2:8",
        ),
        (
            "[tables.deals.columns.worth]\nfrom = \"person.contact\"\n",
            "`person.contact` holds texts, and `worth` holds numbers|dummy.toml:2:8",
        ),
        (
            "[tables.deals.columns.label]\ntemplate = \"{person.nam}\"\n",
            "the table `people` has no column `nam`|dummy.toml:2:14|did you mean `name`?",
        ),
        (
            "[tables.deals.columns.label]\ntemplate = \"{subject|sluk}\"\n",
            "nothing is called `sluk`|did you mean `slug`?",
        ),
        (
            "[tables.people.columns.spent_all]\nsum_of = \"deals.subject\"\n",
            "`subject` holds texts, and `spent_all` holds numbers|dummy.toml:2:10",
        ),
        (
            "[tables.people.columns.said_first]\nlatest_of = \"deals.worth\"\n",
            "`worth` holds numbers, and `said_first` holds texts|dummy.toml:2:13|the first and the latest texts too",
        ),
        (
            "[tables.people.columns.said_first]\nleast_of = \"deals.subject\"\n",
            "`subject` holds texts, and `said_first` holds texts|dummy.toml:2:12",
        ),
        (
            "[tables.people.columns.spent_all]\nsum_of = \"pieces.cost\"\n",
            "no column of `pieces` points to `people`|dummy.toml:2:10",
        ),
        (
            "[tables.people.columns.contact]\nfrom = \"deal.label\"\n",
            "no column of `people` points to anything called `deal`",
        ),
        (
            "[tables.deals.columns.why]\nvalues = [\"a\"]\nonly_if = { progres = \"x\" }\n",
            "has no column `progres`|dummy.toml:3:13|did you mean `progress`?",
        ),
        (
            "[tables.deals.columns.worth]\nrange = [1, 2]\nonly_if = { why = \"x\" }\n",
            "`worth` can't be NULL where this isn't so|dummy.toml:3:11",
        ),
        (
            "[tables.deals.columns.worth]\ncases = [{ when = { progress = \"x\" }, values = [\"much\"] }]\n",
            "`much` isn't a number|dummy.toml:2:",
        ),
        (
            "[[tables.people.personas]]\nshare = 0.5\ncolumns = { contact = \"x@example.com\" }\n",
            "`contact` is unique (`index_people_on_contact`), and a persona is many rows|dummy.toml:3:13",
        ),
        (
            "[[tables.people.personas]]\nshare = 0.7\ncolumns = { tier = \"a\" }\n[[tables.people.personas]]\nshare = 0.7\ncolumns = { tier = \"b\" }\n",
            "more than 1 together|dummy.toml:5:9",
        ),
        (
            "[tables.deals.lifecycle]\ncolumn = \"progress\"\nsteps = [\"a\", { state = \"b\", time = \"sent\" }]\nouts = [{ state = \"c\", after = \"x\" }]\n",
            "has no column `sent`|no step is `x`|dummy.toml:3:37|dummy.toml:4:32",
        ),
        (
            "[tables.pieces.columns.place]\ngenerator = \"sequence\"\nper = \"person\"\n",
            "no column of `pieces` points to anything called `person`|dummy.toml:3:7",
        ),
        (
            "[deals]\nrows = 3\n[tables.deals.worth]\nvalues = [1]\n",
            "under `[tables.deals]`|under `[tables.deals.columns.worth]`",
        ),
        (
            "[tables.deals.columns.worth]\nmin = 3\n",
            "has no key `min`|`range = [1, 10]`",
        ),
        (
            "[tables.people.columns.spent_all]\nsum = \"deals.worth\"\n",
            "has no key `sum`|`sum_of = ",
        ),
    ] {
        let text = refused(configuration);
        for told in told.split('|') {
            assert!(
                text.contains(told),
                "{configuration}\n{text}\nwithout {told}"
            );
        }
    }
}

#[test]
fn what_needs_itself_is_told() {
    let text = refused(
        "[tables.deals.columns.worth]\nvalues = [1]\ncases = [{ when = { worth = 1 }, values = [2] }]\n",
    );
    assert!(text.contains("columns would need each other"), "{text}");
}
