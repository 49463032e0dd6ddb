//! The rules of numbers, of which the first that fits decides.

use super::Amount::{Digits, Hundredths, Ones, Percent, Tenths, Year};
use super::And::{Begins, Decimal, Has, Japanese, Lacks, NotJapanese, Rows, Table, Whole};
use super::Name::{Ends, Last, Word};
use super::{Amount, And, Name, Rule, Step};
use crate::generators::Shape::{self, Central, Even, Skewed};

/// Names that speak of a place on earth, whose rule comes later.
const NO_COORDINATE: And = Lacks(&["latitude", "longitude"]);

/// Names of money, which also say what it is for: a fee for two nights.
const NO_MONEY: And = Lacks(&[
    "cents", "price", "cost", "amount", "fee", "salary", "revenue", "rate", "paid", "spent",
    "sales", "tax", "value",
]);

/// Names of shares that are counted in hundreds.
const PERCENT: &[&str] = &["percent", "percentage"];

const PATIENTS: And = Table(&[
    "patient",
    "patients",
    "visit",
    "visits",
    "vital",
    "vitals",
    "examination",
    "examinations",
    "checkup",
    "checkups",
    "triage",
    "consultation",
    "consultations",
    "health",
    "measurement",
    "symptoms",
    "medical",
]);

const PEOPLE: And = Table(&[
    "patient", "patients", "person", "people", "member", "members", "player", "players", "vital",
    "vitals", "checkup", "checkups", "visit", "visits",
]);

const DAY_OF_WEEK: &[Name] = &[
    Word(&["weekday", "dow", "wday"]),
    Ends(&["day_of_week", "week_day"]),
];

const TEMPERATURE: &[Name] = &[Word(&["temperature", "temp"])];

const TAX: &[Name] = &[Word(&["tax", "vat", "commission", "interest"])];
const OF_TAX: And = Has(&["rate", "ratio", "percent", "percentage"]);
const TAX_IN_TAXES: &[Name] = &[Last(&["amount", "rate"])];
const TAXES: And = Table(&["tax", "vat"]);
const RATES: And = Table(&["rates", "rate"]);

const FOR_A_TIME: &[Name] = &[Word(&["hourly", "daily", "nightly"])];
const PAID: And = Has(&["rate", "wage", "fee", "price", "cost"]);
const CENTS: And = Has(&["cents"]);

const MONEY: &[Name] = &[Word(&[
    "cents", "price", "cost", "amount", "total", "subtotal", "fee", "salary", "balance", "budget",
    "revenue", "income", "payment", "paid", "charge", "deposit", "limit", "wage", "sales",
])];
const NO_COUNT: And = Lacks(&["count"]);
/// Rows that are parts of a bill.
const LINES: And = Rows(&[
    "item", "line", "detail", "entry", "expense", "fee", "charge", "fine", "extra",
]);
const NO_SUM: And = Lacks(&["total", "balance", "budget", "salary"]);

const SHARE: &[Name] = &[Word(&[
    "rate",
    "ratio",
    "percent",
    "percentage",
    "share",
    "probability",
    "confidence",
    "discount",
    "tax",
])];

const FEW_PEOPLE: &[&str] = &[
    "occupancy",
    "adults",
    "children",
    "infants",
    "guests",
    "pax",
];
const SALARY: And = Has(&["salary", "compensation", "income"]);

/// All rules.
#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    rule(DAY_OF_WEEK, &[Begins("iso")], (Ones(1), Ones(6)), Step::Ones(1), Even, "a day of the week"),
    rule(DAY_OF_WEEK, &[], (Ones(0), Ones(6)), Step::Ones(1), Even, "a day of the week"),

    // Measures of bodies, of the air, of the calendar.
    rule(TEMPERATURE, &[NO_COORDINATE, PATIENTS], (Tenths(359), Tenths(395)), Step::Tenth, Central,
        "a body's temperature"),
    rule(TEMPERATURE, &[NO_COORDINATE, Has(&["body"])], (Tenths(359), Tenths(395)), Step::Tenth, Central,
        "a body's temperature"),
    rule(TEMPERATURE, &[NO_COORDINATE], (Ones(-5), Ones(32)), Step::Tenth, Central, "a temperature"),
    rule(&[Word(&["pulse", "bpm"]), Ends(&["heart_rate"])], &[NO_COORDINATE],
        (Ones(55), Ones(110)), Step::Ones(1), Central, "a heart rate"),
    rule(&[Ends(&["height_cm"])], &[NO_COORDINATE],
        (Ones(150), Ones(195)), Step::Ones(1), Central, "somebody's height"),
    rule(&[Word(&["height"])], &[NO_COORDINATE, PEOPLE],
        (Ones(150), Ones(195)), Step::Ones(1), Central, "somebody's height"),
    rule(&[Ends(&["weight_kg"])], &[NO_COORDINATE, PEOPLE],
        (Ones(45), Ones(110)), Step::Tenth, Central, "somebody's weight"),
    rule(&[Word(&["humidity", "saturation", "spo2"])], &[NO_COORDINATE],
        (Ones(40), Ones(99)), Step::Ones(1), Central, "a percentage"),
    rule(&[Word(&["quarter"])], &[NO_COORDINATE], (Ones(1), Ones(4)), Step::Ones(1), Even, "a quarter"),
    rule(&[Word(&["semester", "term"])], &[NO_COORDINATE, Whole, Lacks(&["count", "terms"])],
        (Digits(1), Digits(2)), Step::Digits(1), Even, "a term"),
    rule(&[Word(&["minute", "second"])], &[NO_COORDINATE, Has(&["of"])],
        (Ones(0), Ones(59)), Step::Ones(1), Even, "minutes or seconds"),

    // People, and what they agree on.
    rule(&[Word(FEW_PEOPLE), Ends(&["party_size"])], &[Whole, Has(&["children", "infants"])],
        (Ones(0), Ones(3)), Step::Ones(1), Skewed, "few people"),
    rule(&[Word(FEW_PEOPLE), Ends(&["party_size"])], &[Whole], (Ones(1), Ones(4)), Step::Ones(1), Skewed, "few people"),
    rule(&[Ends(&["weekly_hours", "hours_per_week"])], &[],
        (Ones(20), Ones(40)), Step::Ones(5), Even, "hours of a week"),
    rule(&[Name::Whole("trial_days"), Ends(&["trial_period_days"])], &[],
        (Digits(7), Digits(28)), Step::Digits(7), Even, "weeks of trial"),
    rule(&[Word(&["leave", "vacation", "holiday"])], &[Has(&["days", "entitled", "entitlement", "allowance"])],
        (Ones(20), Ones(30)), Step::Ones(1), Central, "days of leave"),
    rule(&[Word(&["experience"])], &[Has(&["years", "year"])],
        (Ones(0), Ones(25)), Step::Ones(1), Skewed, "years of work"),
    rule(&[Ends(&["max_attempts", "attempts_allowed"])], &[],
        (Ones(1), Ones(5)), Step::Ones(1), Even, "a few tries"),
    rule(&[Word(&["tickets", "seats", "places", "spots"])],
        &[Has(&["total", "capacity", "max", "maximum", "limit"]), Whole, Lacks(&["amount", "price", "cost"])],
        (Ones(20), Ones(300)), Step::Ones(10), Skewed, "places"),
    rule(&[Word(&["odometer", "mileage"])], &[],
        (Ones(1000), Ones(180_000)), Step::Ones(1), Even, "a mileage"),
    rule(&[Ends(&["price_per_litre", "price_per_liter"])], &[],
        (Tenths(14), Tenths(21)), Step::Hundredth, Even, "what a litre costs"),
    rule(&[Word(&["litres", "liters"])], &[Lacks(&["per", "price"])],
        (Ones(10), Ones(70)), Step::Tenth, Even, "a tank of it"),
    rule(&[Word(&["rent"])], &[NO_COUNT, Japanese],
        (Ones(40_000), Ones(180_000)), Step::Ones(1000), Central, "what a month costs"),
    rule(&[Word(&["rent"])], &[NO_COUNT], (Ones(600), Ones(3200)), Step::Ones(50), Central, "what a month costs"),
    rule(&[Name::Whole("common_fee"), Ends(&["maintenance_fee"])], &[Japanese],
        (Ones(2000), Ones(12_000)), Step::Ones(500), Even, "a small part of a rent"),
    rule(&[Name::Whole("common_fee"), Ends(&["maintenance_fee"])], &[],
        (Ones(20), Ones(150)), Step::Ones(5), Even, "a small part of a rent"),
    rule(&[Word(&["annual", "yearly", "base"])], &[SALARY, Japanese],
        (Ones(3_000_000), Ones(9_000_000)), Step::Ones(100_000), Skewed, "a salary"),
    rule(&[Word(&["annual", "yearly", "base"])], &[SALARY],
        (Ones(28_000), Ones(140_000)), Step::Ones(500), Skewed, "a salary"),
    rule(&[Word(&["deviation"])], &[Has(&["score"])],
        (Ones(35), Ones(70)), Step::Tenth, Central, "a standard score"),
    rule(&[Name::Whole("deviation")], &[], (Ones(35), Ones(70)), Step::Tenth, Central, "a standard score"),
    rule(&[Word(&["exchange"])], &[Has(&["rate"])],
        (Percent(80), Percent(130)), Step::Thousandth, Central, "an exchange rate"),

    // What an application counts for itself.
    rule(&[Last(&["id"])], &[Whole], (Digits(1), Digits(1000)), Step::Digits(1), Even, "an id"),
    rule(&[Last(&[
        "status", "state", "kind", "type", "role", "mode", "category", "visibility", "stage", "phase", "method",
        "option", "preference", "notifications", "interval", "frequency", "setting", "privacy", "country",
        "currency", "language", "locale", "brand",
    ])], &[Whole], (Digits(0), Digits(2)), Step::Digits(1), Even, "one of an application's few numbers"),

    // A few per cent, in steps of one; as a share where the type has room for no more.
    rule(TAX, &[OF_TAX, Decimal, Lacks(PERCENT)], (Hundredths(5), Hundredths(20)), Step::Hundredth, Even, "a tax rate"),
    rule(TAX, &[OF_TAX], (Ones(5), Ones(20)), Step::Ones(1), Even, "a tax rate"),
    rule(TAX_IN_TAXES, &[TAXES, RATES, Decimal, Lacks(PERCENT)],
        (Hundredths(5), Hundredths(20)), Step::Hundredth, Even, "a tax rate"),
    rule(TAX_IN_TAXES, &[TAXES, RATES], (Ones(5), Ones(20)), Step::Ones(1), Even, "a tax rate"),

    rule(&[Word(&["exp", "expiry", "expiration"])], &[Has(&["year"])],
        (Year(1), Year(5)), Step::Ones(1), Even, "a year to come"),
    rule(&[Word(&["limit", "quota", "capacity", "max", "maximum"])],
        &[Whole, Lacks(&["amount", "price", "credit", "spending", "cents"])],
        (Ones(1), Ones(100)), Step::Ones(1), Even, "a limit"),

    // Things that are counted.
    rule(&[Word(&["floor", "storey"]), Name::Whole("floors")], &[NO_MONEY, Whole],
        (Ones(1), Ones(12)), Step::Ones(1), Skewed, "a floor"),
    rule(&[Word(&["sleeps", "beds", "bedrooms", "bathrooms"])], &[NO_MONEY, Whole],
        (Ones(1), Ones(4)), Step::Ones(1), Even, "few"),
    rule(&[Word(&["pages"])], &[NO_MONEY, Whole], (Ones(40), Ones(620)), Step::Ones(1), Central, "pages"),
    rule(&[Word(&["days", "hours"])], &[NO_MONEY, Whole],
        (Ones(1), Ones(30)), Step::Ones(1), Skewed, "days or hours"),
    rule(&[Word(&[
        "copies", "seats", "rooms", "tickets", "items", "places", "spots", "people", "persons", "participants",
        "members", "beds", "guests", "nights", "steps", "attempts", "adults", "children", "passengers", "rounds",
        "chapters", "floors", "units", "pieces", "employees", "students",
    ])], &[NO_MONEY, Whole], (Ones(1), Ones(30)), Step::Ones(1), Skewed, "a number of things"),
    rule(&[Last(&["score"])], &[Table(&[
        "review", "reviews", "rating", "ratings", "feedback", "feedbacks", "evaluation", "evaluations",
    ])], (Ones(1), Ones(5)), Step::Ones(1), Even, "a rating"),

    // Money.
    rule(FOR_A_TIME, &[PAID, Japanese, Decimal], (Ones(2000), Ones(18_000)), Step::Ones(50), Skewed,
        "what an hour or a day costs"),
    rule(FOR_A_TIME, &[PAID, Japanese], (Ones(2000), Ones(18_000)), Step::Ones(100), Skewed,
        "what an hour or a day costs"),
    rule(FOR_A_TIME, &[PAID, CENTS, Decimal], (Ones(2000), Ones(18_000)), Step::Ones(50), Skewed,
        "what an hour or a day costs"),
    rule(FOR_A_TIME, &[PAID, CENTS], (Ones(2000), Ones(18_000)), Step::Ones(100), Skewed,
        "what an hour or a day costs"),
    rule(FOR_A_TIME, &[PAID, Decimal], (Ones(20), Ones(180)), Step::Half, Skewed, "what an hour or a day costs"),
    rule(FOR_A_TIME, &[PAID], (Ones(20), Ones(180)), Step::Ones(1), Skewed, "what an hour or a day costs"),
    rule(MONEY, &[NO_COUNT, LINES, NO_SUM, Japanese], (Ones(500), Ones(50_000)), Step::Ones(10), Skewed,
        "money, not much of it"),
    rule(MONEY, &[NO_COUNT, LINES, NO_SUM, CENTS, Decimal], (Ones(500), Ones(50_000)), Step::Half, Skewed,
        "money, not much of it"),
    rule(MONEY, &[NO_COUNT, LINES, NO_SUM, CENTS], (Ones(500), Ones(50_000)), Step::Ones(10), Skewed,
        "money, not much of it"),
    rule(MONEY, &[NO_COUNT, LINES, NO_SUM, Decimal], (Ones(5), Ones(500)), Step::Half, Skewed,
        "money, not much of it"),
    rule(MONEY, &[NO_COUNT, LINES, NO_SUM], (Ones(5), Ones(500)), Step::Ones(10), Skewed, "money, not much of it"),
    rule(MONEY, &[NO_COUNT, Decimal, NotJapanese], (Ones(10), Ones(100_000)), Step::Half, Skewed, "money"),
    rule(MONEY, &[NO_COUNT], (Ones(10), Ones(100_000)), Step::Ones(10), Skewed, "money"),

    // Shares, and places on earth.
    rule(SHARE, &[Decimal, Lacks(PERCENT)], (Ones(0), Ones(1)), Step::Hundredth, Even, "a share"),
    rule(SHARE, &[], (Ones(0), Ones(100)), Step::Ones(1), Even, "a share"),
    rule(&[Word(&["latitude", "lat"])], &[], (Ones(-90), Ones(90)), Step::Digits(1), Even, "a latitude"),
    rule(&[Word(&["longitude", "lng", "lon", "long"])], &[],
        (Ones(-180), Ones(180)), Step::Digits(1), Even, "a longitude"),
    rule(&[Word(&["zip", "postal", "postcode", "zipcode"])], &[],
        (Ones(10_000), Ones(99_999)), Step::Ones(1), Even, "a postal code"),

    // Times.
    rule(&[Word(&["age"])], &[], (Ones(18), Ones(90)), Step::Ones(1), Even, "an age"),
    rule(&[Word(&["year"])], &[Has(&["birth"])], (Year(-70), Year(-20)), Step::Ones(1), Even, "a year of birth"),
    rule(&[Word(&["year"])], &[], (Year(-10), Year(0)), Step::Ones(1), Even, "a year"),
    rule(&[Word(&["month"])], &[], (Ones(1), Ones(12)), Step::Ones(1), Even, "a month"),
    rule(&[Word(&["day", "days"])], &[], (Ones(1), Ones(28)), Step::Ones(1), Even, "a day"),
    rule(&[Word(&["hour", "hours"])], &[], (Ones(0), Ones(23)), Step::Ones(1), Even, "an hour"),
    rule(&[Word(&["minute", "minutes", "second", "seconds"])], &[],
        (Ones(0), Ones(59)), Step::Ones(1), Even, "minutes or seconds"),

    // What is told by a number.
    rule(&[Word(&["rating", "stars", "rank", "level", "grade", "priority"])], &[],
        (Ones(1), Ones(5)), Step::Ones(1), Even, "a rating"),
    rule(&[Word(&["score", "points", "progress"])], &[], (Ones(0), Ones(100)), Step::Ones(1), Even, "a score"),
    rule(&[Word(&[
        "status", "state", "kind", "type", "role", "gender", "mode", "category", "visibility", "stage", "phase",
        "plan", "format", "method", "reason", "provider", "severity", "result",
    ])], &[Whole], (Digits(0), Digits(2)), Step::Digits(1), Even, "one of an application's few numbers"),
    rule(&[Word(&["quantity", "qty", "stock", "inventory"])], &[],
        (Ones(1), Ones(50)), Step::Ones(1), Skewed, "a quantity"),
    rule(&[Word(&[
        "count", "counter", "counts", "attempts", "retries", "failures", "depth", "lft", "version",
    ])], &[], (Ones(0), Ones(20)), Step::Ones(1), Skewed, "a count"),
    rule(&[Word(&[
        "position", "sort", "order", "ordinal", "index", "number", "sequence", "row", "line", "display",
    ])], &[], (Ones(1), Ones(100)), Step::Ones(1), Even, "a place in a list"),

    // Measures of things.
    rule(&[Word(&["size", "bytes", "length", "filesize"])], &[],
        (Ones(100), Ones(5_000_000)), Step::Ones(1), Skewed, "a size"),
    rule(&[Word(&["width", "height"])], &[], (Ones(10), Ones(2000)), Step::Ones(1), Even, "a measure"),
    rule(&[Word(&["weight"])], &[], (Tenths(1), Ones(100)), Step::Tenth, Skewed, "a weight"),
    rule(&[Word(&["duration", "elapsed", "timeout", "interval", "ttl"])], &[],
        (Ones(1), Ones(3600)), Step::Ones(1), Skewed, "a duration"),
    rule(&[Word(&["temperature"])], &[], (Ones(-10), Ones(40)), Step::Digits(1), Even, "a temperature"),
    rule(&[Word(&["port"])], &[], (Digits(1024), Digits(65_535)), Step::Digits(1), Even, "a port"),
];

/// A row of the table.
const fn rule(
    name: &'static [Name],
    and: &'static [And],
    (least, greatest): (Amount, Amount),
    step: Step,
    shape: Shape,
    what: &'static str,
) -> Rule {
    Rule {
        name,
        and,
        least,
        greatest,
        step,
        shape,
        what,
    }
}
