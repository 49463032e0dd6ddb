//! Column types, as MySQL and MariaDB know them.
//!
//! Types that a generator of values must understand have a variant each; the rest is kept as the SQL text of the source
//! in [`DataType::Other`].

/// A MySQL type with its modifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataType {
    /// `tinyint` to `bigint`
    Integer {
        /// How large.
        size: IntegerSize,
        /// `unsigned`
        unsigned: bool,
        /// The display width, which means nothing but for `tinyint(1)`, a boolean, and with `zerofill`.
        width: Option<u32>,
        /// `zerofill`, which brings `unsigned`.
        zerofill: bool,
    },
    /// `decimal`, `decimal(precision)` or `decimal(precision, scale)`
    Decimal {
        /// Total digits, 1 to 65; 10 when not given.
        precision: Option<u32>,
        /// Digits after the point, 0 to 30 (MariaDB: 38); 0 when not given.
        scale: Option<u32>,
        /// `unsigned`
        unsigned: bool,
        /// `zerofill`
        zerofill: bool,
    },
    /// `float`, of single precision
    Float {
        /// Digits shown in all and after the point, of `(m,d)`, to which values are rounded; deprecated.
        digits: Option<(u32, u32)>,
        /// `unsigned`
        unsigned: bool,
        /// `zerofill`
        zerofill: bool,
    },
    /// `double`
    Double {
        /// Digits shown in all and after the point, of `(m,d)`, to which values are rounded; deprecated.
        digits: Option<(u32, u32)>,
        /// `unsigned`
        unsigned: bool,
        /// `zerofill`
        zerofill: bool,
    },
    /// `bit`
    Bit {
        /// Length in bits, 1 to 64; 1 when not given.
        length: Option<u32>,
    },
    /// `year`
    Year,
    /// `date`
    Date,
    /// `time`
    Time {
        /// Digits of a second's fraction, 0 to 6; 0 when not given.
        precision: Option<u8>,
    },
    /// `datetime`
    DateTime {
        /// Digits of a second's fraction, 0 to 6; 0 when not given.
        precision: Option<u8>,
    },
    /// `timestamp`: a moment between 1970 and 2038, shown in the session's time zone
    Timestamp {
        /// Digits of a second's fraction, 0 to 6; 0 when not given.
        precision: Option<u8>,
    },
    /// `char` with its length in characters
    Char {
        /// 0 to 255; 1 when not given.
        length: Option<u32>,
    },
    /// `varchar` with its limit in characters
    Varchar {
        /// Most characters.
        length: u32,
    },
    /// `tinytext` to `longtext`
    Text(LobSize),
    /// `binary` with its length in bytes
    Binary {
        /// 0 to 255; 1 when not given.
        length: Option<u32>,
    },
    /// `varbinary` with its limit in bytes
    Varbinary {
        /// Most bytes.
        length: u32,
    },
    /// `tinyblob` to `longblob`
    Blob(LobSize),
    /// `enum('a','b')`: one of them
    Enum(Vec<String>),
    /// `set('a','b')`: any number of them
    Set(Vec<String>),
    /// `json`; in MariaDB a `longtext` with a check
    Json,
    /// `point`, `geometry` and the like
    Geometry {
        /// Which shapes.
        kind: Geometry,
        /// `SRID`, MySQL only.
        srid: Option<u32>,
    },
    /// `uuid`, MariaDB only
    Uuid,
    /// `inet4`, MariaDB only
    Inet4,
    /// `inet6`, MariaDB only
    Inet6,
    /// Any other type: the SQL text of the source, modifiers included
    Other(String),
}

impl DataType {
    /// The type with what the server takes where nothing is given: `decimal` is `decimal(10,0)`, `char` is `char(1)`.
    /// Two columns are of one type when these are equal.
    #[must_use]
    pub fn normal(&self) -> Self {
        let mut normal = self.clone();
        match &mut normal {
            Self::Decimal {
                precision, scale, ..
            } => {
                precision.get_or_insert(10);
                scale.get_or_insert(0);
            }
            Self::Bit { length } | Self::Char { length } | Self::Binary { length } => {
                length.get_or_insert(1);
            }
            Self::Time { precision }
            | Self::DateTime { precision }
            | Self::Timestamp { precision } => {
                precision.get_or_insert(0);
            }
            _ => {}
        }
        normal
    }
}

/// How large an integer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntegerSize {
    /// `tinyint`, one byte
    Tiny,
    /// `smallint`, two bytes
    Small,
    /// `mediumint`, three bytes
    Medium,
    /// `int`, four bytes
    Int,
    /// `bigint`, eight bytes
    Big,
}

impl IntegerSize {
    /// Its size in bytes.
    pub fn bytes(self) -> u8 {
        match self {
            Self::Tiny => 1,
            Self::Small => 2,
            Self::Medium => 3,
            Self::Int => 4,
            Self::Big => 8,
        }
    }
}

/// How much a text or blob holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LobSize {
    /// `tiny…`, 255 bytes
    Tiny,
    /// No prefix, 65,535 bytes
    Plain,
    /// `medium…`, 16,777,215 bytes
    Medium,
    /// `long…`, 4,294,967,295 bytes
    Long,
}

impl LobSize {
    /// The most bytes that a value has.
    pub fn most_bytes(self) -> u32 {
        match self {
            Self::Tiny => 255,
            Self::Plain => 65_535,
            Self::Medium => 16_777_215,
            Self::Long => u32::MAX,
        }
    }
}

/// Shapes that a spatial column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Geometry {
    /// `geometry`: any of them
    Any,
    /// `point`
    Point,
    /// `linestring`
    LineString,
    /// `polygon`
    Polygon,
    /// `multipoint`
    MultiPoint,
    /// `multilinestring`
    MultiLineString,
    /// `multipolygon`
    MultiPolygon,
    /// `geometrycollection`
    Collection,
}
