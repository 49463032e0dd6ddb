//! What may stand in a column: all that the databases have between them.
//!
//! Types that a generator of values must understand have a variant each; the rest is kept as the SQL text of the source
//! in [`ValueType::Other`]. What a database has more narrowly (a number without a sign, a text of so many bytes) is the
//! next wider type with a check.

use crate::QualifiedName;

/// The type of a column: an element type, once or as an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataType {
    /// The type of one element.
    pub kind: ValueType,
    /// Whether the column holds an array of it, of any number of dimensions.
    pub array: bool,
}

impl DataType {
    /// A column that holds one value.
    pub fn scalar(kind: ValueType) -> Self {
        Self { kind, array: false }
    }

    /// A column that holds an array.
    pub fn array(kind: ValueType) -> Self {
        Self { kind, array: true }
    }
}

/// What a value is, with its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueType {
    /// A whole number of two bytes
    SmallInt,
    /// A whole number of four bytes
    Integer,
    /// A whole number of eight bytes
    BigInt,
    /// `numeric`, `numeric(precision)` or `numeric(precision, scale)`
    Numeric {
        /// Total digits, 1 to 1000.
        precision: Option<u32>,
        /// Digits after the point, -1000 to 1000; 0 when only a precision is given.
        scale: Option<i32>,
    },
    /// `real`
    Real,
    /// `double precision`
    DoublePrecision,
    /// `money`
    Money,
    /// `text`
    Text,
    /// `character varying` with its limit in characters
    Varchar {
        /// Most characters, none for unlimited.
        limit: Option<u32>,
    },
    /// `character` (blank-padded) with its length in characters
    Char {
        /// Length in characters; 1 when it isn't given.
        limit: Option<u32>,
    },
    /// Text whose case means nothing
    CaselessText,
    /// True or false, written `t` or `f`
    Boolean,
    /// `date`
    Date,
    /// `time` of day
    Time {
        /// Digits of a second's fraction, 0 to 6; 6 when not given.
        precision: Option<u8>,
        /// `with time zone`
        with_time_zone: bool,
    },
    /// `timestamp`
    Timestamp {
        /// Digits of a second's fraction, 0 to 6; 6 when not given.
        precision: Option<u8>,
        /// `with time zone`
        with_time_zone: bool,
    },
    /// `interval`
    Interval {
        /// Digits of a second's fraction, 0 to 6; 6 when not given.
        precision: Option<u8>,
    },
    /// `uuid`
    Uuid,
    /// `json`
    Json,
    /// JSON that is kept parsed
    ParsedJson,
    /// `xml`
    Xml,
    /// Bytes, written `\x` and two hexadecimal digits each
    Bytes,
    /// `bit` of a fixed length in bits
    Bit {
        /// Length in bits; 1 when it isn't given.
        length: Option<u32>,
    },
    /// `bit varying` up to a length in bits
    BitVarying {
        /// Most bits, none for unlimited.
        limit: Option<u32>,
    },
    /// `inet`
    Inet,
    /// `cidr`
    Cidr,
    /// `macaddr`
    Macaddr,
    /// `macaddr8`
    Macaddr8,
    /// `point`
    Point,
    /// `line`
    Line,
    /// `lseg`
    Lseg,
    /// `box`
    Box,
    /// `path`
    Path,
    /// `polygon`
    Polygon,
    /// `circle`
    Circle,
    /// One of the built-in range types
    Range(RangeType),
    /// One of the built-in multirange types
    Multirange(RangeType),
    /// `hstore`
    Hstore,
    /// `ltree`
    Ltree,
    /// `tsvector`
    Tsvector,
    /// `tsquery`
    Tsquery,
    /// `oid`
    Oid,
    /// One of the labels that [`crate::Labels`] has under that name
    Enum(QualifiedName),
    /// Any other type: the SQL text of the source, modifiers included
    Other(String),
}

impl ValueType {
    /// Whether it is one of the string types.
    pub fn is_string(&self) -> bool {
        matches!(
            self,
            Self::Text | Self::Varchar { .. } | Self::Char { .. } | Self::CaselessText
        )
    }

    /// Whether it is one of the numeric types; money isn't one.
    pub fn is_number(&self) -> bool {
        matches!(
            self,
            Self::SmallInt
                | Self::Integer
                | Self::BigInt
                | Self::Numeric { .. }
                | Self::Real
                | Self::DoublePrecision
        )
    }
}

/// The built-in range types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeType {
    /// `int4range`
    Int4,
    /// `int8range`
    Int8,
    /// `numrange`
    Num,
    /// `tsrange`
    Ts,
    /// `tstzrange`
    Tstz,
    /// `daterange`
    Date,
}

impl RangeType {
    /// What the names of the range type and of its multirange type begin with: `int4` of `int4range`.
    pub fn stem(self) -> &'static str {
        match self {
            Self::Int4 => "int4",
            Self::Int8 => "int8",
            Self::Num => "num",
            Self::Ts => "ts",
            Self::Tstz => "tstz",
            Self::Date => "date",
        }
    }
}
