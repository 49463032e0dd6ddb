//! For each pair of types the conversion that keeps most, and what it doesn't keep: a table, the first row that fits.
//!
//! What PostgreSQL converts by itself is `pg_cast`'s; what the rows say of loss is tried against the server by
//! `tests/casts.rs`, every pair of types with values at their edges. Lengths and precisions are in `limits`.

use super::family::Family;
use Family::{
    BigInt, Bit, BitVarying, Boolean, Box, Bytea, Char, Cidr, Circle, Citext, Date, Double, Enum,
    Hstore, Inet, Integer, Interval, Json, Jsonb, Line, Lseg, Ltree, Macaddr, Macaddr8, Money,
    Multirange, Numeric, Oid, Path, Point, Polygon, Range, Real, SmallInt, Text, Time, Timestamp,
    Timestamptz, Timetz, Tsquery, Tsvector, Uuid, Varchar,
};
use RangeType::{Int4, Int8, Num, Ts, Tstz};
use pg_model::RangeType;

/// How a value is converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// The server does it, by an assignment cast.
    Alone,
    /// By an explicit cast to the new type, through others before it.
    Through(&'static [&'static str]),
    /// By an expression for `{}`, which has the new type or one that is assigned to it.
    By(&'static str),
    /// By an expression for `{}`, and a cast to the new type behind it.
    Cast(&'static str),
}

/// A row: from any of these, to any of these.
pub(super) struct Rule {
    pub(super) from: &'static [Family],
    pub(super) to: &'static [Family],
    pub(super) how: How,
    /// What is lost in silence; empty for nothing.
    pub(super) loses: &'static str,
    /// Which values stop the migration; empty for none.
    pub(super) refuses: &'static str,
}

use How::{Alone, By, Cast, Through};

const ANY: &[Family] = &[];
const INTEGERS: &[Family] = &[SmallInt, Integer, BigInt];
const FLOATS: &[Family] = &[Real, Double];
const NUMBERS: &[Family] = &[SmallInt, Integer, BigInt, Numeric, Real, Double];
const STRINGS: &[Family] = &[Text, Varchar, Char, Citext];
const JSONS: &[Family] = &[Json, Jsonb];
const SHAPES: &[Family] = &[Point, Line, Lseg, Box, Path, Polygon, Circle];
const MOMENTS: &[Family] = &[Timestamp, Timestamptz];
/// Types of which one value may be written in several ways.
const LOOSELY_WRITTEN: &[Family] = &[
    SmallInt, Integer, BigInt, Numeric, Real, Double, Money, Oid, Boolean, Interval, Cidr, Tsquery,
];

const UNREADABLE: &str = "values that the new type can't read";
const SIZE: &str = "values beyond the range";
const FRACTIONS: &str = "fractions";
const DIGITS: &str = "digits";
const SHAPE: &str = "the shape";
const NO_JSON: &str = "texts that aren't JSON (`to_jsonb` would make each a JSON text)";
const JSON_NOTATION: &str = "doubled keys, the order of keys and blanks";
const INFINITY: &str = "dates, and infinity, which becomes NULL,";
const MONTHS: &str = "the difference between a month and 30 days";
const SPELLING: &str = "how values were written";
const JSON_NULL: &str =
    "the difference between JSON's null and NULL, and between its texts and numbers,";

const fn rule(
    from: &'static [Family],
    to: &'static [Family],
    how: How,
    loses: &'static str,
    refuses: &'static str,
) -> Rule {
    Rule {
        from,
        to,
        how,
        loses,
        refuses,
    }
}

/// All rows. An empty list of types is any type.
#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    // Texts.
    rule(STRINGS, &[Char], Alone, "blanks at the end", ""),
    rule(STRINGS, STRINGS, Alone, "", ""),
    rule(&[Bytea], STRINGS, By("convert_from({}, 'UTF8')"), "", "bytes that aren't text in UTF-8"),
    rule(STRINGS, &[Bytea], By("convert_to({}::text, 'UTF8')"), "", ""),
    rule(&[Uuid], &[Bytea], By("decode(replace({}::text, '-', ''), 'hex')"), "", ""),
    rule(&[Bytea], &[Uuid], Cast("encode({}, 'hex')"), "", "values that don't have 16 bytes"),
    rule(ANY, STRINGS, Alone, "", ""),
    // JSON. A text is read, since that is what the column is changed for.
    rule(&[Citext], &[Json], Through(&["text"]), "", NO_JSON),
    rule(&[Citext], &[Jsonb], Through(&["text"]), JSON_NOTATION, NO_JSON),
    rule(STRINGS, &[Json], Through(&[]), "", NO_JSON),
    rule(STRINGS, &[Jsonb], Through(&[]), JSON_NOTATION, NO_JSON),
    rule(&[Jsonb], &[Json], Alone, "", ""),
    rule(&[Json], &[Jsonb], Alone, JSON_NOTATION, "characters and numbers that jsonb can't hold"),
    rule(&[Hstore], JSONS, Through(&[]), "", ""),
    rule(ANY, &[Json], By("to_json({})"), "", ""),
    rule(ANY, &[Jsonb], By("to_jsonb({})"), "", ""),
    rule(JSONS, &[Bytea], By("convert_to({}::text, 'UTF8')"), "", ""),
    rule(JSONS, &[Hstore], Through(&["text"]), "", UNREADABLE),
    rule(JSONS, ANY, Cast("({} #>> '{{}}')"), JSON_NULL, UNREADABLE),
    // Bytes.
    rule(ANY, &[Bytea], By("convert_to({}::text, 'UTF8')"), "", ""),
    rule(&[Bytea], LOOSELY_WRITTEN, Cast("convert_from({}, 'UTF8')"), SPELLING, UNREADABLE),
    rule(&[Bytea], ANY, Cast("convert_from({}, 'UTF8')"), "", UNREADABLE),
    // Numbers. What has room is in `limits`.
    rule(FLOATS, &[Numeric], Through(&["text"]), "", ""),
    rule(NUMBERS, NUMBERS, Alone, "", ""),
    rule(NUMBERS, &[Boolean], By("{} <> 0"), "all numbers but 0 and 1", ""),
    rule(&[Boolean], NUMBERS, Through(&["integer"]), "", ""),
    rule(&[Boolean], &[Money, Oid], Through(&["integer"]), "", ""),
    rule(&[SmallInt], &[Money], Through(&["integer"]), "", ""),
    rule(&[Integer], &[Money], Alone, "", ""),
    rule(&[BigInt], &[Money], Alone, "", SIZE),
    rule(&[Numeric], &[Money], Alone, "", ""),
    rule(FLOATS, &[Money], Through(&["text", "numeric"]), DIGITS, SIZE),
    rule(&[Money], &[Numeric], Alone, "", ""),
    rule(&[Money], &[SmallInt, Integer], Through(&["numeric"]), FRACTIONS, SIZE),
    rule(&[Money], &[BigInt], Through(&["numeric"]), FRACTIONS, ""),
    rule(&[Money], FLOATS, Through(&["numeric"]), DIGITS, ""),
    rule(&[Money], &[Boolean], By("{}::numeric <> 0"), "all numbers but 0 and 1", ""),
    rule(&[SmallInt], &[Oid], Through(&["integer"]), "", ""),
    rule(&[Integer], &[Oid], Alone, "", ""),
    rule(&[BigInt], &[Oid], Alone, "", SIZE),
    rule(&[Oid], &[Integer, BigInt], Alone, "", ""),
    rule(&[Oid], &[SmallInt], Through(&["bigint"]), "", SIZE),
    rule(&[Oid], &[Numeric, Double], Through(&["bigint"]), "", ""),
    rule(&[Oid], &[Real], Through(&["bigint"]), DIGITS, ""),
    rule(&[Oid], &[Boolean], By("{}::bigint <> 0"), "all numbers but 0 and 1", ""),
    // Bits.
    rule(&[SmallInt], &[BitVarying], Through(&["integer", "bit(32)"]), "", ""),
    rule(&[Integer], &[BitVarying], Through(&["bit(32)"]), "", ""),
    rule(&[BigInt], &[BitVarying], Through(&["bit(64)"]), "", ""),
    rule(&[Boolean], &[BitVarying], Through(&["integer", "bit(1)"]), "", ""),
    rule(&[Bit], &[Integer, BigInt], Through(&[]), "", ""),
    rule(&[Bit], &[SmallInt], Through(&["integer"]), "", ""),
    rule(&[Bit], &[Numeric, Real, Double], Through(&["bigint"]), "", ""),
    rule(&[BitVarying], LOOSELY_WRITTEN, Through(&["text"]), "zeros at the beginning", UNREADABLE),
    rule(&[Bit], &[BitVarying], Alone, "", ""),
    rule(&[BitVarying], &[Bit], Alone, "", "values of another length"),
    // Times. Without a zone they are UTC, and numbers are seconds.
    rule(&[Date], &[Timestamp], Alone, "", ""),
    rule(&[Date], &[Timestamptz], By("{}::timestamp AT TIME ZONE 'UTC'"), "", ""),
    rule(&[Timestamp], &[Timestamptz], By("{} AT TIME ZONE 'UTC'"), "", ""),
    rule(&[Timestamptz], &[Timestamp], By("{} AT TIME ZONE 'UTC'"), "", ""),
    rule(&[Timestamp], &[Date], Alone, "times of day", ""),
    rule(&[Timestamptz], &[Date], Cast("({} AT TIME ZONE 'UTC')"), "times of day", ""),
    rule(&[Timestamp], &[Time], Alone, INFINITY, ""),
    rule(&[Timestamp], &[Timetz], Through(&["time"]), INFINITY, ""),
    rule(&[Timestamptz], &[Time, Timetz], Cast("({} AT TIME ZONE 'UTC')::time"), INFINITY, ""),
    rule(&[Time], &[Timetz, Interval], Alone, "", ""),
    rule(&[Timetz], &[Time], Alone, "zones", ""),
    rule(&[Timetz], &[Interval], Through(&["time"]), "zones", ""),
    rule(&[Interval], &[Time], Alone, "days and more", ""),
    rule(&[Interval], &[Timetz], Through(&["time"]), "days and more", ""),
    rule(&[Interval], &[Numeric, Double], By("extract(epoch FROM {})"), MONTHS, ""),
    rule(&[Interval], &[Real], By("extract(epoch FROM {})"), MONTHS, ""),
    rule(&[Interval], &[BigInt], By("extract(epoch FROM {})"), MONTHS, ""),
    rule(&[Interval], &[SmallInt, Integer], By("extract(epoch FROM {})"), MONTHS, SIZE),
    rule(&[SmallInt, Integer], &[Interval], By("{} * interval '1 second'"), "", ""),
    rule(NUMBERS, &[Interval], By("{} * interval '1 second'"), "", SIZE),
    rule(&[SmallInt, Integer], &[Timestamptz], By("to_timestamp({})"), "", ""),
    rule(&[SmallInt, Integer], &[Timestamp], By("to_timestamp({}) AT TIME ZONE 'UTC'"), "", ""),
    rule(NUMBERS, &[Timestamptz], By("to_timestamp({}::double precision)"), "", SIZE),
    rule(NUMBERS, &[Timestamp], By("to_timestamp({}::double precision) AT TIME ZONE 'UTC'"), "", SIZE),
    rule(MOMENTS, &[Numeric, Real, Double], By("extract(epoch FROM {})"), "", ""),
    rule(MOMENTS, INTEGERS, By("extract(epoch FROM {})"), "", "infinity and what is beyond the range"),
    rule(STRINGS, &[Date], Through(&[]), "times of day", UNREADABLE),
    rule(STRINGS, &[Time], Through(&[]), "dates and zones", UNREADABLE),
    rule(STRINGS, &[Timetz], Through(&[]), "dates", UNREADABLE),
    rule(STRINGS, &[Timestamp], Through(&[]), "zones", UNREADABLE),
    // Addresses.
    rule(&[Inet], &[Cidr], Alone, "the host's part of addresses", ""),
    rule(&[Cidr], &[Inet], Alone, "", ""),
    rule(&[Macaddr], &[Macaddr8], Alone, "", ""),
    rule(&[Macaddr8], &[Macaddr], Alone, "", "addresses without FF:FE in their middle"),
    // Shapes.
    rule(&[Point], &[Box], Alone, "", ""),
    rule(&[Point], &[Path, Polygon], Through(&["text"]), "", ""),
    rule(&[Box, Lseg, Circle, Polygon], &[Point], Through(&[]), "all but the middle", ""),
    rule(&[Box], &[Lseg], Through(&[]), "", ""),
    rule(&[Box], &[Polygon], Alone, "", ""),
    rule(&[Box, Polygon], &[Circle], Through(&[]), SHAPE, ""),
    rule(&[Circle], &[Box, Polygon], Through(&[]), "", ""),
    rule(&[Lseg], &[Path], Through(&["text"]), "", ""),
    rule(&[Lseg, Path, Box], &[Line], Through(&["text"]), "ends", UNREADABLE),
    rule(&[Path], &[Lseg], Through(&["text"]), "the difference between open and closed paths", UNREADABLE),
    rule(&[Polygon], &[Path], Alone, "", ""),
    rule(&[Polygon], &[Box], Through(&[]), SHAPE, ""),
    rule(&[Path], &[Polygon], Alone, "", "open paths"),
    rule(SHAPES, ANY, Through(&["text"]), SHAPE, UNREADABLE),
    // Ranges.
    rule(&[Range(Int4)], &[Range(Int8), Range(Num)], Through(&["text"]), "", ""),
    rule(&[Range(Int8)], &[Range(Num)], Through(&["text"]), "", ""),
    rule(&[Multirange(Int4)], &[Multirange(Int8), Multirange(Num)], Through(&["text"]), "", ""),
    rule(&[Multirange(Int8)], &[Multirange(Num)], Through(&["text"]), "", ""),
    rule(&[Range(RangeType::Date)], &[Range(Ts), Range(Tstz)], Through(&["text"]), "", ""),
    rule(&[Range(Ts), Range(Tstz)], &[Range(Ts), Range(Tstz)], Through(&["text"]), "", ""),
    rule(&[Range(Ts), Range(Tstz)], &[Range(RangeType::Date)], Through(&["text"]), "times of day", UNREADABLE),
    rule(&[Range(Num)], &[Range(Int4), Range(Int8)], Through(&["text"]), "whether bounds are within", UNREADABLE),
    // The rest.
    rule(STRINGS, LOOSELY_WRITTEN, Through(&[]), SPELLING, UNREADABLE),
    rule(STRINGS, &[Tsvector], Through(&[]), "the order and repetition of words", UNREADABLE),
    rule(STRINGS, &[Hstore], Through(&[]), "doubled keys", UNREADABLE),
    rule(STRINGS, ANY, Through(&[]), "", UNREADABLE),
    rule(&[Enum, Ltree], LOOSELY_WRITTEN, Through(&["text"]), SPELLING, UNREADABLE),
    rule(ANY, ANY, Through(&["text"]), "", UNREADABLE),
];
