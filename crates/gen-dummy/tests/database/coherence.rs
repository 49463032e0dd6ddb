//! Rows tell one story: what anybody who looks at the rows of an application expects of them, in SQL, for schemas
//! that nobody configured anything for. `tests/coherence/README.md` says what a case is.

use crate::support::Database;
use std::fmt::Write as _;
use std::path::Path;
use testkit::pg::TempPostgres;

/// Assertions that don't hold yet, as `case kind/what`. One that begins to hold is taken out, or the test fails.
const NOT_YET: &[&str] = &[];

/// What must hold of the rows of a case.
struct Assertion<'a> {
    name: &'a str,
    sql: &'a str,
    /// The most that may violate, in percent of what was looked at.
    limit: f64,
    why: &'a str,
}

fn assertions(text: &str) -> Vec<Assertion<'_>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [name, sql, limit, why] = fields.as_slice() else {
                panic!("four fields: {line}");
            };
            let limit = limit.parse().unwrap();
            Assertion {
                name,
                sql,
                limit,
                why,
            }
        })
        .collect()
}

#[track_caller]
fn check(case: &str, arguments: &[&str]) {
    let postgres = TempPostgres::shared();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/coherence")
        .join(case);
    let text = std::fs::read_to_string(folder.join("coherence.tsv")).unwrap();
    let assertions = assertions(&text);
    let database = Database::new(postgres, &folder.join("Schemafile"));
    let dump = database.generate(arguments);
    database.load(&dump);
    database.query("CREATE EXTENSION IF NOT EXISTS pgcrypto");
    let mut all = String::new();
    for assertion in &assertions {
        let _ = writeln!(all, "{};", assertion.sql);
    }
    let answers = database.query(&all);
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), assertions.len(), "{case}: {answers:?}");
    let mut wrong = String::new();
    for (assertion, answer) in assertions.iter().zip(answers) {
        let (violating, looked_at) = answer.split_once('|').unwrap();
        let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
        let (violating, looked_at) = (number(violating), number(looked_at));
        let holds = looked_at > 0.0 && 100.0 * violating / looked_at <= assertion.limit;
        let name = format!("{case} {}", assertion.name);
        if holds == NOT_YET.contains(&name.as_str()) {
            let verdict = if holds { "holds now" } else { "doesn't hold" };
            let _ = writeln!(
                wrong,
                "{name} {verdict}: {violating} of {looked_at}, at most {} %: {}",
                assertion.limit, assertion.why
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_shop_tells_one_story() {
    check("shop", &[]);
}

#[test]
fn a_clinic_tells_one_story() {
    check("clinic", &[]);
}

#[test]
fn a_newsroom_tells_one_story() {
    check("newsroom", &[]);
}

#[test]
fn a_service_for_teams_tells_one_story() {
    check("saas", &[]);
}

/// Its comments say that its rows are Japanese.
#[test]
fn a_japanese_trading_firm_tells_one_story() {
    check("juchu", &[]);
}

/// Loans, lessons and shipments by names that the other cases don't have.
#[test]
fn a_club_tells_one_story() {
    check("club", &[]);
}

/// Names and arrangements of facts that the other cases don't have.
#[test]
fn a_hotel_tells_one_story() {
    check("hotel", &[]);
}

/// A chain of hotels: nights of a stay, charges of a folio, who cleaned and who looked after it.
#[test]
fn a_chain_of_hotels_tells_one_story() {
    check("chain", &[]);
}

/// Japanese by its comments, its columns in English.
#[test]
fn a_cram_school_tells_one_story() {
    check("juku", &[]);
}

/// Tables with a prefix and without foreign keys.
#[test]
fn a_depot_tells_one_story() {
    check("depot", &[]);
}

#[test]
fn a_payroll_tells_one_story() {
    check("payroll", &[]);
}

#[test]
fn a_help_desk_tells_one_story() {
    check("desk", &[]);
}

#[test]
fn a_ledger_tells_one_story() {
    check("ledger", &[]);
}

/// Lifecycles without a state.
#[test]
fn a_theatre_tells_one_story() {
    check("stage", &[]);
}

#[test]
fn a_campus_tells_one_story() {
    check("campus", &[]);
}

/// Rooms that are let, by Japanese comments with digits of full width.
#[test]
fn a_landlord_tells_one_story() {
    check("chintai", &[]);
}

/// Sums that checks want, terms, columns of a class, and what comments say of some rows only.
#[test]
fn an_architects_office_tells_one_story() {
    check("atelier", &[]);
}

#[test]
fn another_seed_and_more_rows_tell_one_too() {
    check("shop", &["--seed", "7", "--rows", "3000"]);
}

/// What only comments, checks and classes of rows say.
#[test]
fn a_tannery_tells_one_story() {
    check("tannery", &[]);
}

/// Japanese comments with formulas, conditions and the labels of a state.
#[test]
fn a_dyer_of_fabrics_tells_one_story() {
    check("senzai", &[]);
}
