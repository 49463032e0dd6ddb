//! What numbers are, by the column's name: the range that people expect, its steps and its shape.
//!
//! The first rule that fits wins, as with texts in [`super::text_rules`].

use crate::calendar::{DAY, civil};
use crate::generators::Shape;
use crate::locale::Locale;
use crate::plan::columns::context::Context;
use crate::plan::columns::magnitudes::magnitude;
use value_model::ColumnValue;

/// The year of the reference date.
fn year_of(context: &Context<'_>) -> i64 {
    civil(context.birth.today() / DAY).0
}

/// Range, step and shape that a name suggests, in units of the last digit.
pub(crate) fn usual(context: &Context<'_>, unit: i64) -> ((i64, i64), i64, Shape, String) {
    let parts = &context.parts;
    let japanese = context.locale() == Locale::Japanese;
    let named = |words: &[&str]| parts.has_any(words);
    let decimal = unit > 1;
    let why = |what: &str| format!("the name says {what}");
    let last = parts.last();
    if named(&["weekday", "dow", "wday"])
        || parts.whole.ends_with("day_of_week")
        || parts.whole.ends_with("week_day")
    {
        let from = if parts.whole.starts_with("iso") {
            unit
        } else {
            0
        };
        return (
            (from, 6 * unit),
            unit,
            Shape::Even,
            why("a day of the week"),
        );
    }
    if named(&["latitude", "longitude"]) {
        // Below, with their bounds.
    } else if named(&["temperature", "temp"]) {
        let body = context.table_parts.has_any(&[
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
        ]) || named(&["body"]);
        return if body {
            (
                (unit * 359 / 10, unit * 395 / 10),
                (unit / 10).max(1),
                Shape::Central,
                why("a body's temperature"),
            )
        } else {
            (
                (-5 * unit, 32 * unit),
                (unit / 10).max(1),
                Shape::Central,
                why("a temperature"),
            )
        };
    } else if named(&["pulse", "bpm"]) || parts.whole.ends_with("heart_rate") {
        return (
            (55 * unit, 110 * unit),
            unit,
            Shape::Central,
            why("a heart rate"),
        );
    } else if parts.whole.ends_with("height_cm")
        || (named(&["height"])
            && context.table_parts.has_any(&[
                "patient", "patients", "person", "people", "member", "members", "player",
                "players", "vital", "vitals", "checkup", "checkups", "visit", "visits",
            ]))
    {
        return (
            (150 * unit, 195 * unit),
            unit,
            Shape::Central,
            why("somebody's height"),
        );
    } else if parts.whole.ends_with("weight_kg")
        && context.table_parts.has_any(&[
            "patient", "patients", "person", "people", "member", "members", "player", "players",
            "vital", "vitals", "checkup", "checkups", "visit", "visits",
        ])
    {
        return (
            (45 * unit, 110 * unit),
            (unit / 10).max(1),
            Shape::Central,
            why("somebody's weight"),
        );
    } else if named(&["humidity", "saturation", "spo2"]) {
        return (
            (40 * unit, 99 * unit),
            unit,
            Shape::Central,
            why("a percentage"),
        );
    } else if named(&["quarter"]) {
        return ((unit, 4 * unit), unit, Shape::Even, why("a quarter"));
    } else if named(&["semester", "term"]) && !decimal && !named(&["count", "terms"]) {
        return ((1, 2), 1, Shape::Even, why("a term"));
    } else if named(&["minute", "second"]) && named(&["of"]) {
        return ((0, 59 * unit), unit, Shape::Even, why("minutes or seconds"));
    }
    let listed = magnitude(parts, &context.table_parts, context.locale(), unit).or_else(|| {
        let called = context.called.as_ref()?;
        magnitude(called, &context.table_parts, context.locale(), unit)
    });
    if let Some(usual) = listed {
        return (usual.range, usual.step, usual.shape, why(usual.what));
    }
    let people = named(&[
        "occupancy",
        "adults",
        "children",
        "infants",
        "guests",
        "pax",
    ]) || parts.whole == "party_size"
        || parts.whole.ends_with("party_size");
    if people && !decimal {
        let least = i64::from(!named(&["children", "infants"]));
        return ((least, least + 3), 1, Shape::Skewed, why("few people"));
    }
    if parts.whole.ends_with("weekly_hours") || parts.whole.ends_with("hours_per_week") {
        return (
            (20 * unit, 40 * unit),
            5 * unit,
            Shape::Even,
            why("hours of a week"),
        );
    }
    if parts.whole == "trial_days" || parts.whole.ends_with("trial_period_days") {
        return ((7, 28), 7, Shape::Even, why("weeks of trial"));
    }
    if named(&["leave", "vacation", "holiday"])
        && named(&["days", "entitled", "entitlement", "allowance"])
    {
        return (
            (20 * unit, 30 * unit),
            unit,
            Shape::Central,
            why("days of leave"),
        );
    }
    if named(&["experience"]) && named(&["years", "year"]) {
        return ((0, 25 * unit), unit, Shape::Skewed, why("years of work"));
    }
    if parts.whole.ends_with("max_attempts") || parts.whole.ends_with("attempts_allowed") {
        return ((unit, 5 * unit), unit, Shape::Even, why("a few tries"));
    }
    if named(&["tickets", "seats", "places", "spots"])
        && named(&["total", "capacity", "max", "maximum", "limit"])
        && !decimal
        && !named(&["amount", "price", "cost"])
    {
        return ((20, 300), 10, Shape::Skewed, why("places"));
    }
    if named(&["odometer", "mileage"]) {
        return (
            (1_000 * unit, 180_000 * unit),
            unit,
            Shape::Even,
            why("a mileage"),
        );
    }
    if parts.whole.ends_with("price_per_litre") || parts.whole.ends_with("price_per_liter") {
        return (
            (unit * 14 / 10, unit * 21 / 10),
            (unit / 100).max(1),
            Shape::Even,
            why("what a litre costs"),
        );
    }
    if named(&["litres", "liters"]) && !named(&["per", "price"]) {
        return (
            (10 * unit, 70 * unit),
            (unit / 10).max(1),
            Shape::Even,
            why("a tank of it"),
        );
    }
    if named(&["rent"]) && !named(&["count"]) {
        let (least, most, step) = if japanese {
            (40_000, 180_000, 1_000)
        } else {
            (600, 3_200, 50)
        };
        return (
            (least * unit, most * unit),
            step * unit,
            Shape::Central,
            why("what a month costs"),
        );
    }
    if parts.whole == "common_fee" || parts.whole.ends_with("maintenance_fee") {
        let (least, most, step) = if japanese {
            (2_000, 12_000, 500)
        } else {
            (20, 150, 5)
        };
        return (
            (least * unit, most * unit),
            step * unit,
            Shape::Even,
            why("a small part of a rent"),
        );
    }
    if named(&["annual", "yearly", "base"]) && named(&["salary", "compensation", "income"]) {
        let (least, most, step) = if japanese {
            (3_000_000, 9_000_000, 100_000)
        } else {
            (28_000, 140_000, 500)
        };
        return (
            (least * unit, most * unit),
            step * unit,
            Shape::Skewed,
            why("a salary"),
        );
    }
    if named(&["deviation"]) && named(&["score"]) || parts.whole == "deviation" {
        return (
            (35 * unit, 70 * unit),
            (unit / 10).max(1),
            Shape::Central,
            why("a standard score"),
        );
    }
    if named(&["exchange"]) && named(&["rate"]) {
        return (
            (unit * 80 / 100, unit * 130 / 100),
            (unit / 1000).max(1),
            Shape::Central,
            why("an exchange rate"),
        );
    }
    if last == "id" && !decimal {
        return ((1, 1000), 1, Shape::Even, why("an id"));
    }
    if !decimal
        && matches!(
            last,
            "status"
                | "state"
                | "kind"
                | "type"
                | "role"
                | "mode"
                | "category"
                | "visibility"
                | "stage"
                | "phase"
                | "method"
                | "option"
                | "preference"
                | "notifications"
                | "interval"
                | "frequency"
                | "setting"
                | "privacy"
                | "country"
                | "currency"
                | "language"
                | "locale"
                | "brand"
        )
    {
        return (
            (0, 2),
            1,
            Shape::Even,
            why("one of an application's few numbers"),
        );
    }
    let is_tax = named(&["tax", "vat", "commission", "interest"])
        && named(&["rate", "ratio", "percent", "percentage"]);
    let in_taxes = context.table_parts.has_any(&["tax", "vat"])
        && context.table_parts.has_any(&["rates", "rate"])
        && matches!(last, "amount" | "rate");
    if is_tax || in_taxes {
        // A few per cent, in steps of one; as a share where the type has room for no more.
        let share = decimal && !named(&["percent", "percentage"]);
        let one = if share { (unit / 100).max(1) } else { unit };
        return ((5 * one, 20 * one), one, Shape::Even, why("a tax rate"));
    }
    if named(&["exp", "expiry", "expiration"]) && named(&["year"]) {
        return (
            ((year_of(context) + 1) * unit, (year_of(context) + 5) * unit),
            unit,
            Shape::Even,
            why("a year to come"),
        );
    }
    if named(&["limit", "quota", "capacity", "max", "maximum"])
        && !decimal
        && !named(&["amount", "price", "credit", "spending", "cents"])
    {
        return ((unit, 100 * unit), unit, Shape::Even, why("a limit"));
    }
    let is_money = named(&[
        "cents", "price", "cost", "amount", "fee", "salary", "revenue", "rate", "paid", "spent",
        "sales", "tax", "value",
    ]);
    if !is_money && !decimal {
        if named(&["floor", "storey"]) || parts.whole == "floors" {
            return ((unit, 12 * unit), unit, Shape::Skewed, why("a floor"));
        }
        if named(&["sleeps", "beds", "bedrooms", "bathrooms"]) {
            return ((unit, 4 * unit), unit, Shape::Even, why("few"));
        }
        if named(&["pages"]) {
            return ((40 * unit, 620 * unit), unit, Shape::Central, why("pages"));
        }
        if named(&["days", "hours"]) {
            return ((unit, 30 * unit), unit, Shape::Skewed, why("days or hours"));
        }
        if named(&[
            "copies",
            "seats",
            "rooms",
            "tickets",
            "items",
            "places",
            "spots",
            "people",
            "persons",
            "participants",
            "members",
            "beds",
            "guests",
            "nights",
            "steps",
            "attempts",
            "adults",
            "children",
            "passengers",
            "rounds",
            "chapters",
            "floors",
            "units",
            "pieces",
            "employees",
            "students",
        ]) {
            return (
                (unit, 30 * unit),
                unit,
                Shape::Skewed,
                why("a number of things"),
            );
        }
    }
    if last == "score"
        && context.table_parts.has_any(&[
            "review",
            "reviews",
            "rating",
            "ratings",
            "feedback",
            "feedbacks",
            "evaluation",
            "evaluations",
        ])
    {
        return ((unit, 5 * unit), unit, Shape::Even, why("a rating"));
    }
    if named(&["hourly", "daily", "nightly"]) && named(&["rate", "wage", "fee", "price", "cost"]) {
        let step = if decimal { unit / 2 } else { unit };
        let factor = if named(&["cents"]) || japanese {
            100
        } else {
            1
        };
        return (
            (20 * factor * unit, 180 * factor * unit),
            (step * factor).max(1),
            Shape::Skewed,
            why("what an hour or a day costs"),
        );
    }
    if named(&[
        "cents", "price", "cost", "amount", "total", "subtotal", "fee", "salary", "balance",
        "budget", "revenue", "income", "payment", "paid", "charge", "deposit", "limit", "wage",
        "sales",
    ]) && !named(&["count"])
    {
        let of_lines = matches!(
            crate::plan::names::singular(context.table_parts.last()).as_str(),
            "item" | "line" | "detail" | "entry" | "expense" | "fee" | "charge" | "fine" | "extra"
        ) && !named(&["total", "balance", "budget", "salary"]);
        if of_lines {
            let factor = if japanese || named(&["cents"]) {
                100
            } else {
                1
            };
            let step = if decimal && !japanese {
                unit / 2
            } else {
                10 * unit
            };
            return (
                (5 * factor * unit, 500 * factor * unit),
                step.max(1),
                Shape::Skewed,
                why("money, not much of it"),
            );
        }
        let whole = !decimal || japanese;
        let step = if whole { unit * 10 } else { unit / 2 };
        return (
            (unit * 10, unit * 100_000),
            step.max(1),
            Shape::Skewed,
            why("money"),
        );
    }
    if named(&[
        "rate",
        "ratio",
        "percent",
        "percentage",
        "share",
        "probability",
        "confidence",
        "discount",
        "tax",
    ]) {
        let most = if decimal && !named(&["percent", "percentage"]) {
            unit
        } else {
            unit * 100
        };
        return ((0, most), (most / 100).max(1), Shape::Even, why("a share"));
    }
    if named(&["latitude", "lat"]) {
        return ((-90 * unit, 90 * unit), 1, Shape::Even, why("a latitude"));
    }
    if named(&["longitude", "lng", "lon", "long"]) {
        return (
            (-180 * unit, 180 * unit),
            1,
            Shape::Even,
            why("a longitude"),
        );
    }
    if named(&["zip", "postal", "postcode", "zipcode"]) {
        return (
            (10_000 * unit, 99_999 * unit),
            unit,
            Shape::Even,
            why("a postal code"),
        );
    }
    if named(&["age"]) {
        return ((18 * unit, 90 * unit), unit, Shape::Even, why("an age"));
    }
    if named(&["year"]) && named(&["birth"]) {
        return (
            (
                (year_of(context) - 70) * unit,
                (year_of(context) - 20) * unit,
            ),
            unit,
            Shape::Even,
            why("a year of birth"),
        );
    }
    if named(&["year"]) {
        let this = year_of(context);
        return (
            ((this - 10) * unit, this * unit),
            unit,
            Shape::Even,
            why("a year"),
        );
    }
    if named(&["month"]) {
        return ((unit, 12 * unit), unit, Shape::Even, why("a month"));
    }
    if named(&["day", "days"]) {
        return ((unit, 28 * unit), unit, Shape::Even, why("a day"));
    }
    if named(&["hour", "hours"]) {
        return ((0, 23 * unit), unit, Shape::Even, why("an hour"));
    }
    if named(&["minute", "minutes", "second", "seconds"]) {
        return ((0, 59 * unit), unit, Shape::Even, why("minutes or seconds"));
    }
    if named(&["rating", "stars", "rank", "level", "grade", "priority"]) {
        return ((unit, 5 * unit), unit, Shape::Even, why("a rating"));
    }
    if named(&["score", "points", "progress"]) {
        return ((0, 100 * unit), unit, Shape::Even, why("a score"));
    }
    if named(&[
        "status",
        "state",
        "kind",
        "type",
        "role",
        "gender",
        "mode",
        "category",
        "visibility",
        "stage",
        "phase",
        "plan",
        "format",
        "method",
        "reason",
        "provider",
        "severity",
        "result",
    ]) && !decimal
    {
        return (
            (0, 2),
            1,
            Shape::Even,
            why("one of an application's few numbers"),
        );
    }
    if named(&["quantity", "qty", "stock", "inventory"]) {
        return ((unit, 50 * unit), unit, Shape::Skewed, why("a quantity"));
    }
    if named(&[
        "count", "counter", "counts", "attempts", "retries", "failures", "depth", "lft", "version",
    ]) {
        return ((0, 20 * unit), unit, Shape::Skewed, why("a count"));
    }
    if named(&[
        "position", "sort", "order", "ordinal", "index", "number", "sequence", "row", "line",
        "display",
    ]) {
        return (
            (unit, 100 * unit),
            unit,
            Shape::Even,
            why("a place in a list"),
        );
    }
    if named(&["size", "bytes", "length", "filesize"]) {
        return (
            (100 * unit, 5_000_000 * unit),
            unit,
            Shape::Skewed,
            why("a size"),
        );
    }
    if named(&["width", "height"]) {
        return (
            (10 * unit, 2000 * unit),
            unit,
            Shape::Even,
            why("a measure"),
        );
    }
    if named(&["weight"]) {
        return (
            (unit / 10, 100 * unit),
            (unit / 10).max(1),
            Shape::Skewed,
            why("a weight"),
        );
    }
    if named(&["duration", "elapsed", "timeout", "interval", "ttl"]) {
        return ((unit, 3600 * unit), unit, Shape::Skewed, why("a duration"));
    }
    if named(&["temperature"]) {
        return (
            (-10 * unit, 40 * unit),
            1,
            Shape::Even,
            why("a temperature"),
        );
    }
    if named(&["port"]) {
        return ((1024, 65_535), 1, Shape::Even, why("a port"));
    }
    if matches!(context.column.value, ColumnValue::Default(_)) && !decimal {
        return (
            (0, 10),
            1,
            Shape::Skewed,
            "small, because it has a default".to_owned(),
        );
    }
    ((0, 1000 * unit), 1, Shape::Even, "its type".to_owned())
}
