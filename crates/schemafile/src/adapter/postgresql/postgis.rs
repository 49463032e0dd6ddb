//! Column types of PostGIS, as activerecord-postgis-adapter's DSL has them.
//!
//! `t.st_point "at", geographic: true`, `t.geometry "area", limit: { srid: 4326, type: "st_polygon" }`.

use crate::dsl::arguments::{OptionList, Unknown};
use crate::ruby::{Interpreter, Value};

/// Names of the methods, less those that begin with `st_`.
const METHODS: &[&str] = &[
    "geometry",
    "geography",
    "spatial",
    "line_string",
    "multi_line_string",
    "multi_point",
    "multi_polygon",
    "geometry_collection",
];

/// The reference system of longitude and latitude, which PostGIS takes for geography.
const LONGITUDE_LATITUDE: i128 = 4326;

/// Whether a method of that name makes a spatial column.
pub(super) fn is_spatial(name: &str) -> bool {
    METHODS.contains(&name) || name.starts_with("st_")
}

/// The SQL type of a spatial column; takes its options out.
pub(super) fn type_of(
    interpreter: &mut Interpreter<'_>,
    options: &mut OptionList,
    declared: &str,
) -> Option<String> {
    if !is_spatial(declared) {
        return None;
    }
    let mut shape = declared.to_owned();
    let mut details = OptionList::default();
    if let Some(entry) = options.take("limit") {
        match &entry.value.value {
            Value::Hash(_) => {
                details = OptionList::from_value(interpreter, "limit", &entry.value);
                if let Some((name, _)) = details.take_text(interpreter, "type") {
                    shape = name;
                }
            }
            Value::Nil | Value::Unknown => {}
            _ => {
                interpreter.fail(
                    entry.value.span,
                    "the limit of a spatial column is a hash, such as `{ srid: 4326, type: \"st_point\" }`",
                );
            }
        }
    }
    for name in ["geographic", "srid", "has_z", "has_m"] {
        if let Some(entry) = options.take(name) {
            details.set(name, entry.value);
        }
    }
    let geographic = details.take_flag("geographic") || declared == "geography";
    let srid = details.take_number(interpreter, "srid").map_or(
        if geographic { LONGITUDE_LATITUDE } else { 0 },
        |(number, _)| number,
    );
    let z = if details.take_flag("has_z") { "Z" } else { "" };
    let m = if details.take_flag("has_m") { "M" } else { "" };
    let base = if geographic { "geography" } else { "geometry" };
    details.finish(
        interpreter,
        &["srid", "type", "geographic", "has_z", "has_m"],
        "a spatial column",
        Unknown::Error,
    );
    Some(format!("{base}({}{z}{m},{srid})", shape_name(&shape)))
}

/// `st_multi_point` is `MultiPoint` to PostGIS.
fn shape_name(name: &str) -> String {
    if matches!(name, "geometry" | "geography" | "spatial") {
        return "Geometry".to_owned();
    }
    name.trim_start_matches("st_")
        .split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}
