//! A Schemafile of the size at which Ruby's tools take seconds: 893 tables, written by a rule and not by a
//! clock or a dictionary, so that every run measures the same file.
//!
//! Its mix is that of real files: a few columns of each common type, two or three indexes and a reference or
//! two a table, comments on every fifth column, and one table in forty with what is rarer: an enum, a
//! generated column, a check, a composite key, an expression index.

use std::fmt::Write as _;

/// Tables of the file.
pub(super) const TABLES: usize = 893;

const SUBJECTS: [&str; 19] = [
    "account", "address", "booking", "category", "comment", "contract", "customer", "delivery",
    "document", "employee", "invoice", "location", "message", "order", "payment", "product",
    "project", "shipment", "ticket",
];
const ROLES: [&str; 47] = [
    "approval",
    "archive",
    "assignment",
    "attachment",
    "audit",
    "balance",
    "batch",
    "budget",
    "calendar",
    "campaign",
    "channel",
    "claim",
    "condition",
    "counter",
    "credit",
    "deadline",
    "device",
    "discount",
    "draft",
    "event",
    "export",
    "field",
    "filter",
    "folder",
    "group",
    "history",
    "import",
    "item",
    "label",
    "limit",
    "link",
    "list",
    "log",
    "member",
    "note",
    "notice",
    "option",
    "period",
    "permission",
    "policy",
    "price",
    "profile",
    "reminder",
    "report",
    "request",
    "rule",
    "setting",
];
const TEXTS: [&str; 12] = [
    "name",
    "title",
    "code",
    "status",
    "email",
    "phone",
    "locale",
    "color",
    "source",
    "reference",
    "external_key",
    "slug",
];
const NUMBERS: [&str; 8] = [
    "position",
    "quantity",
    "priority",
    "attempts",
    "version_number",
    "views",
    "points",
    "year",
];

/// The text of the file.
pub(super) fn schemafile() -> String {
    let mut text = String::from("create_enum \"stage\", [\"draft\", \"open\", \"closed\"]\n\n");
    let mut keys = Vec::new();
    for number in 0..TABLES {
        table(&mut text, &mut keys, number);
    }
    text.extend(keys);
    text
}

fn name(number: usize) -> String {
    let subject = SUBJECTS[number % SUBJECTS.len()];
    let role = ROLES[number / SUBJECTS.len() % ROLES.len()];
    match role.strip_suffix('y') {
        Some(stem) => format!("{subject}_{stem}ies"),
        None if role.ends_with('h') => format!("{subject}_{role}es"),
        None => format!("{subject}_{role}s"),
    }
}

/// Writes a table; its foreign keys wait for the end, where Rails has them.
fn table(text: &mut String, keys: &mut Vec<String>, number: usize) {
    let table = name(number);
    let mut line = |arguments: std::fmt::Arguments<'_>| {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{arguments}");
    };
    let id = match number % 12 {
        5 => ", id: :uuid",
        7 => ", id: :integer",
        _ => "",
    };
    line(format_args!(
        "create_table \"{table}\"{id}, force: :cascade, comment: \"what is kept of {table}\" do |t|"
    ));
    for step in 0..2 + number % 4 {
        let column = TEXTS[(number + step * 5) % TEXTS.len()];
        let limit = [
            ", limit: 80",
            "",
            ", limit: 255, default: \"\"",
            ", null: false",
        ][(number + step) % 4];
        let comment = if (number + step).is_multiple_of(5) {
            format!(", comment: \"{column} as people write it\"")
        } else {
            String::new()
        };
        line(format_args!(
            "  t.string \"{column}_{step}\"{limit}{comment}"
        ));
    }
    for step in 0..=number % 3 {
        let column = NUMBERS[(number + step * 3) % NUMBERS.len()];
        line(format_args!(
            "  t.integer \"{column}_{step}\", default: {step}, null: false"
        ));
    }
    line(format_args!("  t.text \"description\""));
    line(format_args!(
        "  t.decimal \"amount\", precision: 12, scale: 2, default: \"0.0\", null: false"
    ));
    line(format_args!(
        "  t.boolean \"active\", default: true, null: false"
    ));
    if number.is_multiple_of(3) {
        line(format_args!(
            "  t.jsonb \"details\", default: {{}}, null: false"
        ));
        line(format_args!("  t.date \"valid_on\""));
    }
    // Keys go to tables with the usual kind of id.
    for step in 1..=2 {
        let parent = (number + step * 276) % TABLES;
        if matches!(parent % 12, 5 | 7) || (number + step).is_multiple_of(3) {
            line(format_args!("  t.bigint \"owner_{step}_id\""));
        } else {
            line(format_args!("  t.references :parent_{step}, null: false"));
            if (number + step) % 5 < 3 {
                let target = name(parent);
                keys.push(format!(
                    "add_foreign_key \"{table}\", \"{target}\", column: \"parent_{step}_id\", on_delete: :cascade\n"
                ));
            }
        }
    }
    if number.is_multiple_of(40) {
        line(format_args!(
            "  t.enum \"stage\", enum_type: \"stage\", default: \"draft\", null: false"
        ));
        line(format_args!(
            "  t.string \"tags\", array: true, default: []"
        ));
        line(format_args!(
            "  t.virtual \"doubled\", type: :decimal, as: \"amount * 2\", stored: true"
        ));
        line(format_args!(
            "  t.index \"lower(description)\", name: \"index_{table}_on_lower_description\""
        ));
        line(format_args!(
            "  t.check_constraint \"amount >= 0\", name: \"{table}_amount_not_negative\""
        ));
    }
    line(format_args!("  t.timestamps"));
    let first = TEXTS[number % TEXTS.len()];
    line(format_args!(
        "  t.index [\"{first}_0\"], name: \"index_{table}_on_{first}\""
    ));
    if number.is_multiple_of(2) {
        line(format_args!(
            "  t.index [\"active\", \"created_at\"], where: \"active\", order: {{ created_at: :desc }}"
        ));
    }
    line(format_args!("end\n"));
    if number % 3 == 1 {
        line(format_args!(
            "add_index \"{table}\", [\"{first}_0\", \"created_at\"], unique: true"
        ));
    }
}
