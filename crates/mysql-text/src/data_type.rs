//! The type that an SQL text names, and the text of a type.
//!
//! The names are those of MySQL's grammar with all of their synonyms (`int4`, `dec`, `character varying`), as a schema
//! file, a dump or the server itself may have them. Display widths that mean nothing are dropped on the way in: servers
//! print them or not by their version.

use crate::literal;
use mysql_model::{DataType, Geometry, IntegerSize, LobSize, Server};

/// Reads the type that a text begins with, and gives what follows it, without spaces around: `CHARACTER SET`, `COLLATE`,
/// `NOT NULL`, or whatever else stands there. `unsigned`, `zerofill` and an `SRID` right behind a type belong to it.
///
/// A name that no MySQL type has becomes [`DataType::Other`] with its parentheses.
pub fn read(text: &str) -> (DataType, &str) {
    let mut scan = Scan { rest: text.trim() };
    let start = scan.rest;
    let Some(word) = scan.word() else {
        let rest = "";
        return (DataType::Other(start.to_owned()), rest);
    };
    let data_type = known(&word, &mut scan).unwrap_or_else(|| {
        scan.rest = start;
        scan.word();
        scan.parenthesised();
        scan.sign();
        let end = start.len() - scan.rest.len();
        DataType::Other(start[..end].trim_end().to_owned())
    });
    (data_type, scan.rest.trim())
}

/// The text of a type, in the spelling of `SHOW CREATE TABLE`.
pub fn write(data_type: &DataType, server: Server) -> String {
    let sign = |text: String, unsigned: bool, zerofill: bool| match (unsigned, zerofill) {
        (_, true) => format!("{text} unsigned zerofill"),
        (true, false) => format!("{text} unsigned"),
        (false, false) => text,
    };
    let counted = |name: &str, count: Option<u32>| match count {
        Some(count) => format!("{name}({count})"),
        None => name.to_owned(),
    };
    let pair = |name: &str, digits: Option<(u32, u32)>| match digits {
        Some((precision, scale)) => format!("{name}({precision},{scale})"),
        None => name.to_owned(),
    };
    // No digits of a fraction are the default.
    let timed = |name: &str, precision: Option<u8>| {
        counted(name, precision.filter(|digits| *digits > 0).map(u32::from))
    };
    let listed = |name: &str, values: &[String]| {
        let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
        format!("{name}({})", values.join(","))
    };
    match data_type {
        DataType::Integer {
            size,
            unsigned,
            width,
            zerofill,
        } => sign(counted(integer_name(*size), *width), *unsigned, *zerofill),
        DataType::Decimal {
            precision,
            scale,
            unsigned,
            zerofill,
        } => {
            let text = match (precision, scale) {
                (Some(precision), Some(scale)) => pair("decimal", Some((*precision, *scale))),
                (precision, _) => counted("decimal", *precision),
            };
            sign(text, *unsigned, *zerofill)
        }
        DataType::Float {
            digits,
            unsigned,
            zerofill,
        } => sign(pair("float", *digits), *unsigned, *zerofill),
        DataType::Double {
            digits,
            unsigned,
            zerofill,
        } => sign(pair("double", *digits), *unsigned, *zerofill),
        DataType::Bit { length } => counted("bit", *length),
        DataType::Year => "year".to_owned(),
        DataType::Date => "date".to_owned(),
        DataType::Time { precision } => timed("time", *precision),
        DataType::DateTime { precision } => timed("datetime", *precision),
        DataType::Timestamp { precision } => timed("timestamp", *precision),
        DataType::Char { length } => counted("char", *length),
        DataType::Varchar { length } => format!("varchar({length})"),
        DataType::Text(size) => format!("{}text", lob_prefix(*size)),
        DataType::Binary { length } => counted("binary", *length),
        DataType::Varbinary { length } => format!("varbinary({length})"),
        DataType::Blob(size) => format!("{}blob", lob_prefix(*size)),
        DataType::Enum(values) => listed("enum", values),
        DataType::Set(values) => listed("set", values),
        DataType::Json => "json".to_owned(),
        DataType::Geometry { kind, srid } => {
            let name = geometry_name(*kind);
            match (srid, server) {
                (None, _) => name.to_owned(),
                (Some(srid), Server::MySql) => format!("{name} SRID {srid}"),
                (Some(srid), Server::MariaDb) => format!("{name} REF_SYSTEM_ID={srid}"),
            }
        }
        DataType::Uuid => "uuid".to_owned(),
        DataType::Inet4 => "inet4".to_owned(),
        DataType::Inet6 => "inet6".to_owned(),
        DataType::Other(text) => text.clone(),
    }
}

/// The name of an integer type of that size.
fn integer_name(size: IntegerSize) -> &'static str {
    match size {
        IntegerSize::Tiny => "tinyint",
        IntegerSize::Small => "smallint",
        IntegerSize::Medium => "mediumint",
        IntegerSize::Int => "int",
        IntegerSize::Big => "bigint",
    }
}

fn lob_prefix(size: LobSize) -> &'static str {
    match size {
        LobSize::Tiny => "tiny",
        LobSize::Plain => "",
        LobSize::Medium => "medium",
        LobSize::Long => "long",
    }
}

fn geometry_name(kind: Geometry) -> &'static str {
    match kind {
        Geometry::Any => "geometry",
        Geometry::Point => "point",
        Geometry::LineString => "linestring",
        Geometry::Polygon => "polygon",
        Geometry::MultiPoint => "multipoint",
        Geometry::MultiLineString => "multilinestring",
        Geometry::MultiPolygon => "multipolygon",
        Geometry::Collection => "geometrycollection",
    }
}

/// A type by the first word of its name; none where the name or what stands in its parentheses is no type of MySQL's.
fn known(word: &str, scan: &mut Scan<'_>) -> Option<DataType> {
    use IntegerSize::{Big, Int, Medium, Small, Tiny};
    Some(match word {
        "tinyint" | "int1" => integer(scan, Tiny)?,
        "smallint" | "int2" => integer(scan, Small)?,
        "mediumint" | "int3" | "middleint" => integer(scan, Medium)?,
        "int" | "integer" | "int4" => integer(scan, Int)?,
        "bigint" | "int8" => integer(scan, Big)?,
        "bool" | "boolean" => DataType::Integer {
            size: Tiny,
            unsigned: false,
            width: Some(1),
            zerofill: false,
        },
        "decimal" | "dec" | "numeric" | "fixed" => {
            let (precision, scale) = match scan.numbers()?.as_slice() {
                [] => (None, None),
                [precision] => (Some(*precision), None),
                [precision, scale] => (Some(*precision), Some(*scale)),
                _ => return None,
            };
            let Sign { unsigned, zerofill } = scan.sign();
            DataType::Decimal {
                precision,
                scale,
                unsigned,
                zerofill,
            }
        }
        "float" | "float4" => floating(scan, word == "float")?,
        "double" => {
            scan.accept("precision");
            double(scan)?
        }
        "real" | "float8" => double(scan)?,
        "bit" => DataType::Bit {
            length: scan.number()?,
        },
        "year" => {
            scan.number()?;
            DataType::Year
        }
        "date" => DataType::Date,
        "time" => DataType::Time {
            precision: scan.fraction()?,
        },
        "datetime" => DataType::DateTime {
            precision: scan.fraction()?,
        },
        "timestamp" => DataType::Timestamp {
            precision: scan.fraction()?,
        },
        "char" | "character" => {
            if scan.accept("varying") {
                DataType::Varchar {
                    length: scan.number()??,
                }
            } else {
                let length = scan.number()?;
                if scan.accept("byte") {
                    DataType::Binary { length }
                } else {
                    DataType::Char { length }
                }
            }
        }
        "varchar" | "varcharacter" => DataType::Varchar {
            length: scan.number()??,
        },
        "binary" => DataType::Binary {
            length: scan.number()?,
        },
        "varbinary" => DataType::Varbinary {
            length: scan.number()??,
        },
        "tinytext" => DataType::Text(LobSize::Tiny),
        // A length in characters asks for the smallest type that holds so many of the longest.
        "text" => DataType::Text(match scan.number()? {
            None => LobSize::Plain,
            Some(characters) => holding(u64::from(characters) * 4),
        }),
        "mediumtext" => DataType::Text(LobSize::Medium),
        "longtext" => DataType::Text(LobSize::Long),
        "tinyblob" => DataType::Blob(LobSize::Tiny),
        "blob" => DataType::Blob(match scan.number()? {
            None => LobSize::Plain,
            Some(bytes) => holding(u64::from(bytes)),
        }),
        "mediumblob" => DataType::Blob(LobSize::Medium),
        "longblob" => DataType::Blob(LobSize::Long),
        "long" => {
            if scan.accept("varbinary") {
                DataType::Blob(LobSize::Medium)
            } else {
                if !scan.accept("varchar") {
                    scan.accept("varcharacter");
                }
                DataType::Text(LobSize::Medium)
            }
        }
        "enum" => DataType::Enum(scan.strings()?),
        "set" => DataType::Set(scan.strings()?),
        "json" => DataType::Json,
        "geometry" => geometry(scan, Geometry::Any),
        "point" => geometry(scan, Geometry::Point),
        "linestring" => geometry(scan, Geometry::LineString),
        "polygon" => geometry(scan, Geometry::Polygon),
        "multipoint" => geometry(scan, Geometry::MultiPoint),
        "multilinestring" => geometry(scan, Geometry::MultiLineString),
        "multipolygon" => geometry(scan, Geometry::MultiPolygon),
        "geometrycollection" | "geomcollection" => geometry(scan, Geometry::Collection),
        "uuid" => DataType::Uuid,
        "inet4" => DataType::Inet4,
        "inet6" => DataType::Inet6,
        _ => return None,
    })
}

/// What stands behind a type of numbers.
struct Sign {
    unsigned: bool,
    zerofill: bool,
}

fn integer(scan: &mut Scan<'_>, size: IntegerSize) -> Option<DataType> {
    let width = scan.number()?;
    let Sign { unsigned, zerofill } = scan.sign();
    let width = if zerofill {
        Some(width.unwrap_or(match size {
            IntegerSize::Tiny => 3,
            IntegerSize::Small => 5,
            IntegerSize::Medium => 8,
            IntegerSize::Int => 10,
            IntegerSize::Big => 20,
        }))
    } else {
        width.filter(|width| size == IntegerSize::Tiny && *width == 1)
    };
    Some(DataType::Integer {
        size,
        unsigned: unsigned || zerofill,
        width,
        zerofill,
    })
}

/// `float(p)` with a precision in bits chooses between single and double, `float(m,d)` doesn't.
fn floating(scan: &mut Scan<'_>, takes_bits: bool) -> Option<DataType> {
    let digits = match scan.numbers()?.as_slice() {
        [] => None,
        [bits] if takes_bits && *bits <= 24 => None,
        [bits] if takes_bits && *bits <= 53 => {
            let Sign { unsigned, zerofill } = scan.sign();
            return Some(DataType::Double {
                digits: None,
                unsigned: unsigned || zerofill,
                zerofill,
            });
        }
        [precision, scale] => Some((*precision, *scale)),
        _ => return None,
    };
    let Sign { unsigned, zerofill } = scan.sign();
    Some(DataType::Float {
        digits,
        unsigned: unsigned || zerofill,
        zerofill,
    })
}

fn double(scan: &mut Scan<'_>) -> Option<DataType> {
    let digits = match scan.numbers()?.as_slice() {
        [] => None,
        [precision, scale] => Some((*precision, *scale)),
        _ => return None,
    };
    let Sign { unsigned, zerofill } = scan.sign();
    Some(DataType::Double {
        digits,
        unsigned: unsigned || zerofill,
        zerofill,
    })
}

fn geometry(scan: &mut Scan<'_>, kind: Geometry) -> DataType {
    let before = scan.rest;
    let is_named = scan.accept("srid") || scan.accept("ref_system_id") && scan.symbol('=');
    let srid = if is_named { scan.bare_number() } else { None };
    if srid.is_none() {
        scan.rest = before;
    }
    DataType::Geometry { kind, srid }
}

/// The smallest size that holds so many bytes.
fn holding(bytes: u64) -> LobSize {
    [LobSize::Tiny, LobSize::Plain, LobSize::Medium]
        .into_iter()
        .find(|size| bytes <= u64::from(size.most_bytes()))
        .unwrap_or(LobSize::Long)
}

/// What is left of a text.
struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// The next word, in lower case.
    fn word(&mut self) -> Option<String> {
        self.skip_spaces();
        let end = self
            .rest
            .find(|character: char| !character.is_alphanumeric() && character != '_')
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        if word.is_empty() {
            return None;
        }
        self.rest = rest;
        Some(word.to_ascii_lowercase())
    }

    /// Whether the next word is this one, which is then behind.
    fn accept(&mut self, expected: &str) -> bool {
        let before = self.rest;
        if self.word().as_deref() == Some(expected) {
            return true;
        }
        self.rest = before;
        false
    }

    fn symbol(&mut self, expected: char) -> bool {
        self.skip_spaces();
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn bare_number(&mut self) -> Option<u32> {
        self.word()?.parse().ok()
    }

    /// Numbers in parentheses; none of them when there are no parentheses. None when there is something else in them.
    fn numbers(&mut self) -> Option<Vec<u32>> {
        let mut numbers = Vec::new();
        if !self.symbol('(') {
            return Some(numbers);
        }
        loop {
            numbers.push(self.bare_number()?);
            if self.symbol(')') {
                return Some(numbers);
            }
            if !self.symbol(',') {
                return None;
            }
        }
    }

    /// At most one number in parentheses.
    #[expect(
        clippy::option_option,
        reason = "what isn't a number is something else than no parentheses"
    )]
    fn number(&mut self) -> Option<Option<u32>> {
        match self.numbers()?.as_slice() {
            [] => Some(None),
            [number] => Some(Some(*number)),
            _ => None,
        }
    }

    /// Digits of a second's fraction in parentheses.
    #[expect(
        clippy::option_option,
        reason = "what isn't a number is something else than no parentheses"
    )]
    fn fraction(&mut self) -> Option<Option<u8>> {
        match self.number()? {
            None => Some(None),
            Some(digits) => u8::try_from(digits)
                .ok()
                .filter(|digits| *digits <= 6)
                .map(Some),
        }
    }

    /// Strings in parentheses.
    fn strings(&mut self) -> Option<Vec<String>> {
        if !self.symbol('(') {
            return None;
        }
        let mut values = Vec::new();
        loop {
            values.push(self.string()?);
            if self.symbol(')') {
                return Some(values);
            }
            if !self.symbol(',') {
                return None;
            }
        }
    }

    /// A string in either kind of quotes.
    fn string(&mut self) -> Option<String> {
        self.skip_spaces();
        let quote = self
            .rest
            .chars()
            .next()
            .filter(|character| matches!(character, '\'' | '"'))?;
        let mut value = String::new();
        let mut characters = self.rest.char_indices().skip(1).peekable();
        while let Some((position, character)) = characters.next() {
            if character == quote {
                if characters.peek().is_some_and(|(_, next)| *next == quote) {
                    characters.next();
                    value.push(quote);
                    continue;
                }
                self.rest = &self.rest[position + 1..];
                return Some(value);
            }
            if character != '\\' {
                value.push(character);
                continue;
            }
            value.push(match characters.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                '0' => '\0',
                'Z' => '\u{1a}',
                other => other,
            });
        }
        None
    }

    /// All that is in parentheses, whatever it is.
    fn parenthesised(&mut self) {
        let before = self.rest;
        if !self.symbol('(') {
            return;
        }
        let mut depth = 1_u32;
        while depth > 0 {
            let Some(next) = self.rest.chars().next() else {
                self.rest = before;
                return;
            };
            if matches!(next, '\'' | '"') && self.string().is_some() {
                continue;
            }
            match next {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            self.rest = &self.rest[next.len_utf8()..];
        }
    }

    /// What follows of `unsigned` and `zerofill`, in any order.
    fn sign(&mut self) -> Sign {
        let (mut unsigned, mut zerofill) = (false, false);
        loop {
            if self.accept("unsigned") {
                unsigned = true;
            } else if self.accept("zerofill") {
                zerofill = true;
            } else if !self.accept("signed") {
                return Sign {
                    // What is filled with zeros has no sign.
                    unsigned: unsigned || zerofill,
                    zerofill,
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text becomes when it is read and written again, and what is left of it.
    #[track_caller]
    fn check(text: &str, expected: &str, rest: &str) {
        let (data_type, left) = read(text);
        assert_eq!(
            (write(&data_type, Server::MySql).as_str(), left),
            (expected, rest)
        );
        assert_eq!(
            read(expected),
            (data_type, ""),
            "{expected} is no fixed point"
        );
    }

    #[test]
    fn every_spelling_becomes_that_of_the_server() {
        for (text, expected) in [
            ("INT(11)", "int"),
            ("int (10) UNSIGNED", "int unsigned"),
            ("integer zerofill", "int(10) unsigned zerofill"),
            ("int(5) unsigned zerofill", "int(5) unsigned zerofill"),
            ("tinyint(1)", "tinyint(1)"),
            ("tinyint(4)", "tinyint"),
            ("boolean", "tinyint(1)"),
            ("int8 signed", "bigint"),
            ("middleint", "mediumint"),
            ("numeric(8, 2) unsigned", "decimal(8,2) unsigned"),
            ("dec(5)", "decimal(5)"),
            ("fixed", "decimal"),
            ("float(24)", "float"),
            ("float(25)", "double"),
            ("float(7,4) unsigned", "float(7,4) unsigned"),
            ("double precision", "double"),
            ("real(5,2)", "double(5,2)"),
            ("bit(8)", "bit(8)"),
            ("year(4)", "year"),
            ("datetime(6)", "datetime(6)"),
            ("timestamp(0)", "timestamp"),
            ("character varying(20)", "varchar(20)"),
            ("char(3)", "char(3)"),
            ("char(3) byte", "binary(3)"),
            ("text(100)", "text"),
            ("text(20000)", "mediumtext"),
            ("blob(300)", "blob"),
            ("long varbinary", "mediumblob"),
            ("long", "mediumtext"),
            ("LongText", "longtext"),
            ("geomcollection", "geometrycollection"),
            ("point srid 4326", "point SRID 4326"),
            ("POINT REF_SYSTEM_ID=4326", "point SRID 4326"),
            ("uuid", "uuid"),
            ("vector(3)", "vector(3)"),
            (
                "enum('a','it''s','b\\'c', \"d,)\")",
                "enum('a','it\\'s','b\\'c','d,)')",
            ),
            ("set('x')", "set('x')"),
        ] {
            let (data_type, left) = read(text);
            assert_eq!(write(&data_type, Server::MySql), expected, "{text}");
            assert_eq!(left, "", "{text}");
        }
    }

    #[test]
    fn what_follows_a_type_is_left() {
        check("int(11) NOT NULL", "int", "NOT NULL");
        check(
            "varchar(20) CHARACTER SET latin1",
            "varchar(20)",
            "CHARACTER SET latin1",
        );
        check("point /*!80003 SRID 0 */", "point", "/*!80003 SRID 0 */");
        check(
            "decimal(5,2)unsigned DEFAULT '1'",
            "decimal(5,2) unsigned",
            "DEFAULT '1'",
        );
        check("wibble('(', 3) unsigned x", "wibble('(', 3) unsigned", "x");
    }

    #[test]
    fn what_is_no_type_is_kept_as_it_stands() {
        for text in ["varchar", "time(7)", "enum", "int(x)", "`x`", ""] {
            assert_eq!(read(text).0, DataType::Other(text.to_owned()));
        }
    }

    #[test]
    fn mariadb_spells_a_reference_system_its_own_way() {
        let (data_type, _) = read("point SRID 4326");
        assert_eq!(
            write(&data_type, Server::MariaDb),
            "point REF_SYSTEM_ID=4326"
        );
    }
}
