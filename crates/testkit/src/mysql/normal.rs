//! The normal form of a schema: the server's own `SHOW CREATE`, less what depends on the order of statements or on the
//! server's version. Real ActiveRecord's databases were written down in it.
//!
//! The order of keys and constraints is taken out (servers print them in the order of their making), and so are a column's
//! character set and collation that are its table's, display widths, version comments, and who defined a view.

use std::mem;

/// What there is, in the order of its parts and names: kind, collation, and the query that shows it.
pub(super) const LIST: &str = r"SELECT kind, collation, query FROM (
  SELECT 1 AS part, 'table' AS kind, table_name AS name, table_collation AS collation, CONCAT('SHOW CREATE TABLE `', REPLACE(table_name, '`', '``'), '`') AS query
    FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name NOT IN ('schema_migrations', 'ar_internal_metadata')
  UNION ALL
  SELECT 2, 'view', table_name, '', CONCAT('SHOW CREATE VIEW `', REPLACE(table_name, '`', '``'), '`')
    FROM information_schema.views WHERE table_schema = DATABASE()
  UNION ALL
  SELECT 3, 'trigger', trigger_name, '', CONCAT('SELECT CONCAT(''CREATE TRIGGER `'', trigger_name, ''` '', action_timing, '' '', event_manipulation, '' ON `'', event_object_table, ''` FOR EACH ROW '', action_statement) FROM information_schema.triggers WHERE trigger_schema = DATABASE() AND trigger_name = ', QUOTE(trigger_name))
    FROM information_schema.triggers WHERE trigger_schema = DATABASE()
  UNION ALL
  SELECT IF(routine_type = 'FUNCTION', 4, 5), 'routine', routine_name, '', CONCAT('SHOW CREATE ', routine_type, ' `', REPLACE(routine_name, '`', '``'), '`')
    FROM information_schema.routines WHERE routine_schema = DATABASE()
) AS parts ORDER BY part, CAST(name AS BINARY);
";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    View,
    Trigger,
    Routine,
}

/// One thing of a database.
#[derive(Debug)]
pub(super) struct Object {
    kind: Kind,
    collation: String,
    /// The query that shows it, in one row.
    pub(super) query: String,
}

impl Object {
    /// Reads what [`LIST`] gave.
    pub(super) fn all(list: &str) -> Vec<Self> {
        list.lines()
            .filter_map(|line| {
                let mut fields = line.splitn(3, '\t');
                let kind = match fields.next()? {
                    "table" => Kind::Table,
                    "view" => Kind::View,
                    "trigger" => Kind::Trigger,
                    _ => Kind::Routine,
                };
                Some(Self {
                    kind,
                    collation: fields.next()?.to_owned(),
                    query: unescaped(fields.next()?),
                })
            })
            .collect()
    }
}

/// The normal form, from the rows that the objects' queries gave.
pub(super) fn form(objects: &[Object], rows: &str) -> String {
    let rows: Vec<&str> = rows.lines().collect();
    assert_eq!(rows.len(), objects.len(), "a row for each object");
    let mut form = String::new();
    for (object, row) in objects.iter().zip(rows) {
        let field = |position| unescaped(row.split('\t').nth(position).unwrap_or_default());
        form.push_str(&match object.kind {
            Kind::Table => table(&field(1), &object.collation),
            Kind::View => without_definer(&field(1).replacen(" ALGORITHM=UNDEFINED", "", 1)),
            Kind::Trigger => field(0),
            Kind::Routine => without_definer(&field(2)),
        });
        form.push_str(";\n\n");
    }
    form
}

/// What the client writes for special characters, as they are.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('0') => '\0',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    plain
}

/// The lines of a table that stand together.
#[derive(Default)]
struct Parts {
    columns: Vec<String>,
    keys: Vec<String>,
    constraints: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Column,
    Key,
    Constraint,
    End,
}

fn table(text: &str, collation: &str) -> String {
    let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut parts = Parts::default();
    let mut end = String::new();
    let mut current: Option<(Part, String)> = None;
    for line in rest.split('\n') {
        let begins = match &current {
            Some((Part::End, _)) => None,
            _ => beginning(line),
        };
        match (begins, &mut current) {
            (Some(part), current) => {
                if let Some((part, element)) = current.replace((part, line.to_owned())) {
                    parts.add(part, &element, collation);
                }
            }
            (None, Some((_, element))) => {
                element.push('\n');
                element.push_str(line);
            }
            (None, None) => {}
        }
    }
    if let Some((part, element)) = current {
        if part == Part::End {
            end = element;
        } else {
            parts.add(part, &element, collation);
        }
    }
    format!("{head}\n{}\n{}", parts.elements().join(",\n"), opened(&end))
}

fn beginning(line: &str) -> Option<Part> {
    let key = [
        "PRIMARY KEY ",
        "UNIQUE KEY ",
        "FULLTEXT KEY ",
        "SPATIAL KEY ",
        "KEY ",
    ];
    if line.starts_with(')') {
        return Some(Part::End);
    }
    let element = line.strip_prefix("  ")?;
    if element.starts_with('`') {
        Some(Part::Column)
    } else if key.iter().any(|word| element.starts_with(word)) {
        Some(Part::Key)
    } else if element.starts_with("CONSTRAINT") || element.starts_with("CHECK") {
        Some(Part::Constraint)
    } else {
        None
    }
}

impl Parts {
    fn add(&mut self, part: Part, element: &str, collation: &str) {
        let element = element.strip_suffix(',').unwrap_or(element);
        match part {
            Part::Column => self.columns.push(column(element, collation)),
            Part::Key => self.keys.push(opened(element)),
            Part::Constraint => self.constraints.push(opened(element)),
            Part::End => {}
        }
    }

    fn elements(mut self) -> Vec<String> {
        self.keys.sort();
        self.constraints.sort();
        let (primary, others): (Vec<String>, Vec<String>) = mem::take(&mut self.keys)
            .into_iter()
            .partition(|key| key.starts_with("  PRIMARY "));
        [self.columns, primary, others, self.constraints].concat()
    }
}

fn column(element: &str, collation: &str) -> String {
    let charset = collation.split('_').next().unwrap_or_default();
    let both = format!(" CHARACTER SET {charset} COLLATE {collation}");
    let one = format!(" COLLATE {collation}");
    let element = if element.contains(&both) {
        element.replacen(&both, "", 1)
    } else {
        element.replacen(&one, "", 1)
    };
    without_width(&element).unwrap_or(element)
}

/// A column whose type has a width that means nothing, without it.
fn without_width(element: &str) -> Option<String> {
    let name_end = name_end(element)?;
    let rest = element.get(name_end..)?.strip_prefix(' ')?;
    let (word, after) = rest.split_once('(')?;
    let (digits, after) = after.split_once(')')?;
    let counted = ["int", "smallint", "mediumint", "bigint", "tinyint", "year"];
    let means_something = element.contains(" zerofill") || (word == "tinyint" && digits == "1");
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (counted.contains(&word) && numeric && !means_something)
        .then(|| format!("{} {word}{after}", &element[..name_end]))
}

/// Where the name at the beginning of a column's line ends, its quotes included.
fn name_end(element: &str) -> Option<usize> {
    let mut rest = element.strip_prefix("  `")?;
    loop {
        let (_, after) = rest.split_once('`')?;
        match after.strip_prefix('`') {
            Some(further) => rest = further,
            None => return Some(element.len() - after.len()),
        }
    }
}

/// A text without the marks of version comments, whose content stays.
fn opened(text: &str) -> String {
    let mut opened = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(position) = rest.find("/*!") {
        let (before, comment) = rest.split_at(position);
        let after = comment["/*!".len()..].trim_start_matches(|digit: char| digit.is_ascii_digit());
        opened.push_str(before);
        rest = if let Some(content) = after.strip_prefix(' ') {
            content
        } else {
            opened.push_str("/*!");
            &comment["/*!".len()..]
        };
    }
    opened.push_str(rest);
    opened.replace(" */", "")
}

/// A text without the first `DEFINER=user@host`.
fn without_definer(text: &str) -> String {
    let part = |text: &str| -> usize {
        match text.strip_prefix('`') {
            Some(quoted) => quoted.find('`').map_or(text.len(), |end| end + 2),
            None => text.find([' ', '@']).unwrap_or(text.len()),
        }
    };
    let Some((before, rest)) = text.split_once(" DEFINER=") else {
        return text.to_owned();
    };
    let user = part(rest);
    let host = rest[user..]
        .strip_prefix('@')
        .map_or(0, |host| 1 + part(host));
    format!("{before}{}", &rest[user + host..])
}

#[cfg(test)]
mod tests {
    use super::{table, without_definer};

    #[test]
    fn what_depends_on_order_or_version_is_taken_out() {
        let shown = "CREATE TABLE `t` (\n  `a``(1)` int(11) unsigned NOT NULL,\n  `b` tinyint(1) DEFAULT NULL,\n  \
                     `c` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'x,\n  y',\n  `d` year(4) DEFAULT NULL,\n  \
                     `e` int(5) unsigned zerofill DEFAULT NULL,\n  UNIQUE KEY `z` (`b`),\n  KEY `y` (`b`) /*!80000 INVISIBLE */,\n  \
                     PRIMARY KEY (`a``(1)`),\n  CONSTRAINT `q` CHECK (1),\n  CONSTRAINT `p` CHECK (1)\n) ENGINE=InnoDB\n\
                     /*!50100 PARTITION BY HASH (`b`)\nPARTITIONS 2 */";
        assert_eq!(
            table(shown, "utf8mb4_bin"),
            "CREATE TABLE `t` (\n  `a``(1)` int unsigned NOT NULL,\n  `b` tinyint(1) DEFAULT NULL,\n  \
             `c` varchar(9) DEFAULT 'x,\n  y',\n  `d` year DEFAULT NULL,\n  `e` int(5) unsigned zerofill DEFAULT NULL,\n  \
             PRIMARY KEY (`a``(1)`),\n  KEY `y` (`b`) INVISIBLE,\n  UNIQUE KEY `z` (`b`),\n  CONSTRAINT `p` CHECK (1),\n  \
             CONSTRAINT `q` CHECK (1)\n) ENGINE=InnoDB\nPARTITION BY HASH (`b`)\nPARTITIONS 2"
        );
    }

    #[test]
    fn who_defined_a_view_is_taken_out() {
        for definer in ["`root`@`localhost`", "root@localhost", "`a b`@`%`"] {
            let text = format!("CREATE DEFINER={definer} VIEW `v` AS select 1");
            assert_eq!(without_definer(&text), "CREATE VIEW `v` AS select 1");
        }
    }
}
