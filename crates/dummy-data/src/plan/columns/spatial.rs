//! Generators of PostGIS' shapes: points where the row's place is, lines and areas of a few kilometres somewhere in the
//! country. A typed column takes its own shape and no other.

use crate::generators::Generator;
use crate::locale::Locale;
use crate::ordinal::Ordinal;
use crate::plan::columns::context::Context;
use crate::plan::columns::documents::template;
use std::sync::Arc;

/// The spatial reference system of longitudes and latitudes, where the type names none.
const WGS_84: &str = "4326";

/// A generator for a `geometry` or `geography` column, by its whole SQL type such as `geometry(MultiPolygon,4326)`.
/// `None` for a shape that isn't known, or if each row needs another shape that isn't a point.
pub(crate) fn shape(context: &mut Context<'_>, sql: &str) -> Option<Generator> {
    let arguments = sql
        .split_once('(')
        .map_or("", |(_, rest)| rest.trim_end().trim_end_matches(')'));
    let mut arguments = arguments.split(',').map(str::trim);
    let shape = arguments
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase()
        .replace(['_', ' '], "");
    let system = arguments
        .next()
        .filter(|srid| !srid.is_empty() && *srid != "0")
        .unwrap_or(WGS_84);
    let shape = shape.strip_prefix("ST").unwrap_or(&shape);
    let dimensions = ["ZM", "Z", "M"]
        .into_iter()
        .find(|suffix| shape.ends_with(suffix))
        .unwrap_or("");
    let shape = &shape[..shape.len() - dimensions.len()];
    // What the further dimensions are is nobody's guess.
    let more = match dimensions {
        "" => "",
        "ZM" => " 0 0",
        _ => " 0",
    };
    let frame = match shape {
        "" | "GEOMETRY" | "POINT" => return Some(point(context, system, dimensions, more)),
        "MULTIPOINT" => ("MULTIPOINT", "(", ")"),
        "LINESTRING" => ("LINESTRING", "(", ")"),
        "MULTILINESTRING" => ("MULTILINESTRING", "((", "))"),
        "POLYGON" => ("POLYGON", "((", "))"),
        "MULTIPOLYGON" => ("MULTIPOLYGON", "(((", ")))"),
        "GEOMETRYCOLLECTION" => ("GEOMETRYCOLLECTION", "(POINT(", "))"),
        _ => return None,
    };
    if context.wanted().is_some() {
        return None;
    }
    let offsets: &[(&str, &str)] = match frame.0 {
        "POLYGON" | "MULTIPOLYGON" => &[
            (".41", ".52"),
            (".46", ".52"),
            (".46", ".57"),
            (".41", ".57"),
            (".41", ".52"),
        ],
        "GEOMETRYCOLLECTION" => &[(".43", ".54")],
        _ => &[(".41", ".52"), (".44", ".53"), (".46", ".57")],
    };
    Some(vertices(context, system, dimensions, more, frame, offsets))
}

fn point(context: &mut Context<'_>, system: &str, dimensions: &str, more: &str) -> Generator {
    let places = context.places("");
    template(vec![
        Generator::constant(&format!("SRID={system};POINT{}(", spaced(dimensions))),
        Generator::Longitude(Arc::clone(&places)),
        Generator::constant(" "),
        Generator::Latitude(places),
        Generator::constant(&format!("{more})")),
    ])
}

/// Vertices whose whole degrees are drawn and whose fractions are given.
fn vertices(
    context: &Context<'_>,
    system: &str,
    dimensions: &str,
    more: &str,
    (shape, open, close): (&str, &str, &str),
    offsets: &[(&str, &str)],
) -> Generator {
    let (sign, first_longitude, longitudes, first_latitude, latitudes) = match context.locale() {
        Locale::English => ("-", 80, 40, 31, 16),
        Locale::Japanese => ("", 135, 6, 34, 6),
    };
    let degrees = |label: &str, count, first| {
        let key = context.key.child(label);
        Generator::counter(Ordinal::Random { key, count }, first)
    };
    let open = if shape == "GEOMETRYCOLLECTION" {
        open.replace("POINT", &format!("POINT{}", spaced(dimensions)))
    } else {
        open.to_owned()
    };
    let mut parts = Vec::new();
    for (place, (longitude, latitude)) in offsets.iter().enumerate() {
        let before = if place == 0 {
            format!("SRID={system};{shape}{}{open}{sign}", spaced(dimensions))
        } else {
            format!("{more},{sign}")
        };
        parts.push(Generator::constant(&before));
        parts.push(degrees("longitude", longitudes, first_longitude));
        parts.push(Generator::constant(&format!("{longitude} ")));
        parts.push(degrees("latitude", latitudes, first_latitude));
        parts.push(Generator::constant(latitude));
    }
    parts.push(Generator::constant(&format!("{more}{close}")));
    template(parts)
}

fn spaced(dimensions: &str) -> String {
    if dimensions.is_empty() {
        String::new()
    } else {
        format!(" {dimensions} ")
    }
}
