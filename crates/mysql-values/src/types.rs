//! What may stand in a column of a type.

use mysql_model::{DataType, Geometry, IntegerSize};
use value_model::{MomentRange, QualifiedName, ValueType};

/// The most members that are taken of a set at once, beside all.
const MOST_TOGETHER: usize = 2;

/// A type in words that aren't MySQL's.
#[derive(Debug)]
pub(crate) struct Neutral {
    /// The next wider type.
    pub kind: ValueType,
    /// What is narrower, as conditions with `{}` in place of the column.
    pub checks: Vec<String>,
    /// The labels that it chooses from.
    pub labels: Vec<String>,
    /// The most bytes of a text.
    pub most_bytes: Option<u32>,
    /// The first and the last moment.
    pub moments: Option<MomentRange>,
}

impl From<ValueType> for Neutral {
    fn from(kind: ValueType) -> Self {
        Self {
            kind,
            checks: Vec::new(),
            labels: Vec::new(),
            most_bytes: None,
            moments: None,
        }
    }
}

impl Neutral {
    fn within(kind: ValueType, least: &str, greatest: &str) -> Self {
        Self {
            checks: vec![format!("{{}} >= {least} AND {{}} <= {greatest}")],
            ..Self::from(kind)
        }
    }

    fn bytes(most: u32) -> Self {
        Self {
            checks: vec![format!("octet_length({{}}) <= {most}")],
            ..Self::from(ValueType::Bytes)
        }
    }

    fn signed(self, unsigned: bool) -> Self {
        let mut this = self;
        if unsigned {
            this.checks.push("{} >= 0".to_owned());
        }
        this
    }
}

/// What a type is. `label_type` is the name that its list of labels gets; `is_truth` says whether `tinyint(1)` is true
/// or false.
pub(crate) fn neutral(data_type: &DataType, label_type: QualifiedName, is_truth: bool) -> Neutral {
    match data_type {
        DataType::Integer { .. } if is_truth => ValueType::Boolean.into(),
        DataType::Integer {
            size,
            unsigned,
            zerofill,
            ..
        } => integer(*size, *unsigned || *zerofill),
        DataType::Decimal {
            precision,
            scale,
            unsigned,
            zerofill,
        } => Neutral::from(ValueType::Numeric {
            precision: Some(precision.unwrap_or(10)),
            scale: Some(scale.map_or(0, |scale| i32::try_from(scale).unwrap_or(0))),
        })
        .signed(*unsigned || *zerofill),
        DataType::Float {
            digits,
            unsigned,
            zerofill,
        } => floating(ValueType::Real, *digits, *unsigned || *zerofill),
        DataType::Double {
            digits,
            unsigned,
            zerofill,
        } => floating(ValueType::DoublePrecision, *digits, *unsigned || *zerofill),
        DataType::Bit { length } => ValueType::Bit {
            length: Some(length.unwrap_or(1)),
        }
        .into(),
        DataType::Year => Neutral::within(ValueType::SmallInt, "1901", "2155"),
        DataType::Date => ValueType::Date.into(),
        DataType::Time { precision } => ValueType::Time {
            precision: Some(precision.unwrap_or(0)),
            with_time_zone: false,
        }
        .into(),
        DataType::DateTime { precision } => moment(*precision).into(),
        // From the second after the epoch to 2038-01-19 03:14:07 UTC, less a day for sessions in other zones.
        DataType::Timestamp { precision } => Neutral {
            moments: Some(MomentRange {
                first: "1970-01-02 00:00:00",
                last: "2038-01-18 00:00:00",
            }),
            ..Neutral::from(moment(*precision))
        },
        DataType::Char { length } => ValueType::Char {
            limit: Some(length.unwrap_or(1)),
        }
        .into(),
        DataType::Varchar { length } => ValueType::Varchar {
            limit: Some(*length),
        }
        .into(),
        DataType::Text(size) => Neutral {
            most_bytes: Some(size.most_bytes()),
            ..Neutral::from(ValueType::Text)
        },
        // Filled up with zeros to its length, which would be read back.
        DataType::Binary { length } => Neutral {
            checks: vec![format!("octet_length({{}}) = {}", length.unwrap_or(1))],
            ..Neutral::from(ValueType::Bytes)
        },
        DataType::Varbinary { length } => Neutral::bytes(*length),
        DataType::Blob(size) => Neutral::bytes(size.most_bytes()),
        DataType::Enum(labels) => Neutral {
            labels: labels.clone(),
            ..Neutral::from(ValueType::Enum(label_type))
        },
        DataType::Set(labels) => Neutral {
            checks: vec![format!("{{}} IN ({})", sets(labels).join(", "))],
            ..Neutral::from(ValueType::Text)
        },
        DataType::Json => ValueType::ParsedJson.into(),
        DataType::Geometry { kind, srid } => {
            ValueType::Other(format!("geometry({},{})", shape(*kind), srid.unwrap_or(0))).into()
        }
        DataType::Uuid => ValueType::Uuid.into(),
        DataType::Inet4 | DataType::Inet6 => ValueType::Inet.into(),
        DataType::Other(sql) => match national(sql) {
            Some(own) => neutral(&own, label_type, is_truth),
            None => ValueType::Other(sql.clone()).into(),
        },
    }
}

/// What `national varchar(10)` is, beside that its character set is utf8mb3.
fn national(sql: &str) -> Option<DataType> {
    let (first, rest) = sql.trim().split_once(' ')?;
    if !first.eq_ignore_ascii_case("national") {
        return None;
    }
    match mysql_text::data_type::read(rest) {
        (DataType::Other(_), _) => None,
        (own, _) => Some(own),
    }
}

fn integer(size: IntegerSize, unsigned: bool) -> Neutral {
    match (size, unsigned) {
        (IntegerSize::Tiny, false) => Neutral::within(ValueType::SmallInt, "-128", "127"),
        (IntegerSize::Tiny, true) => Neutral::within(ValueType::SmallInt, "0", "255"),
        (IntegerSize::Small, false) => ValueType::SmallInt.into(),
        (IntegerSize::Small, true) => Neutral::within(ValueType::Integer, "0", "65535"),
        (IntegerSize::Medium, false) => Neutral::within(ValueType::Integer, "-8388608", "8388607"),
        (IntegerSize::Medium, true) => Neutral::within(ValueType::Integer, "0", "16777215"),
        (IntegerSize::Int, false) => ValueType::Integer.into(),
        (IntegerSize::Int, true) => Neutral::within(ValueType::BigInt, "0", "4294967295"),
        (IntegerSize::Big, _) => Neutral::from(ValueType::BigInt).signed(unsigned),
    }
}

fn floating(kind: ValueType, digits: Option<(u32, u32)>, unsigned: bool) -> Neutral {
    let mut neutral = Neutral::from(kind).signed(unsigned);
    if let Some((all, after)) = digits {
        let whole = usize::try_from(all.saturating_sub(after)).unwrap_or(0);
        let most = if whole == 0 {
            "0".to_owned()
        } else {
            "9".repeat(whole.min(18))
        };
        neutral
            .checks
            .push(format!("{{}} >= -{most} AND {{}} <= {most}"));
    }
    neutral
}

fn moment(precision: Option<u8>) -> ValueType {
    ValueType::Timestamp {
        precision: Some(precision.unwrap_or(0)),
        with_time_zone: false,
    }
}

/// Some of the sets that can be made of labels, as literals: each alone, neighbours, all.
fn sets(labels: &[String]) -> Vec<String> {
    let mut sets: Vec<String> = (1..=MOST_TOGETHER)
        .flat_map(|count| labels.windows(count))
        .map(|labels| labels.join(","))
        .collect();
    if labels.len() > MOST_TOGETHER {
        sets.push(labels.join(","));
    }
    sets.iter()
        .map(|set| format!("'{}'", set.replace('\'', "''")))
        .collect()
}

fn shape(kind: Geometry) -> &'static str {
    match kind {
        Geometry::Any | Geometry::Point => "Point",
        Geometry::LineString => "LineString",
        Geometry::Polygon => "Polygon",
        Geometry::MultiPoint => "MultiPoint",
        Geometry::MultiLineString => "MultiLineString",
        Geometry::MultiPolygon => "MultiPolygon",
        Geometry::Collection => "GeometryCollection",
    }
}
