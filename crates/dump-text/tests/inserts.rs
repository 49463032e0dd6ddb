//! Dumps of INSERT statements, as the servers' own programs write them.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fmt::Write as _;

use dump_text::{BlockWriter, Cursor, Fields, Form, InMemory, Line, Lines};
use proptest::prelude::*;

/// What a reader finds, a line each: `# users (id, name)`, `1|Ann`, `.`, and how many other lines stand between.
fn told(dump: &[u8]) -> String {
    let source = InMemory(dump);
    let mut lines = Lines::open(&source).unwrap();
    let mut text = String::new();
    let mut others = 0;
    while let Some(line) = lines.next_line().unwrap() {
        if !matches!(line, Line::Statement(_)) && others > 0 {
            writeln!(text, "… {others}").unwrap();
            others = 0;
        }
        match line {
            Line::Statement(_) => others += 1,
            Line::Begin { table, columns, .. } => {
                writeln!(text, "# {table} ({})", columns.join(", ")).unwrap();
            }
            Line::Row(row) => {
                let fields = row.split(|byte| *byte == b'\t').map(|field| {
                    let field = field.escape_ascii().to_string();
                    field
                        .replace("\\\\", "\\")
                        .replace("\\'", "'")
                        .replace("\\\"", "\"")
                });
                writeln!(text, "{}", fields.collect::<Vec<_>>().join("|")).unwrap();
            }
            Line::End(_) => text.push_str(".\n"),
        }
    }
    if others > 0 {
        writeln!(text, "… {others}").unwrap();
    }
    text
}

/// The dump, read and written again.
fn rewritten(dump: &[u8]) -> Vec<u8> {
    let source = InMemory(dump);
    let mut forms = Vec::new();
    let mut lines = Lines::with_fields(&source, Fields::Literals).unwrap();
    let mut rest_of_head = None;
    while let Some(line) = lines.next_line().unwrap() {
        match line {
            Line::Begin { rest, .. } => rest_of_head = rest,
            Line::End(insert) => forms.push(match insert {
                Some(insert) => Form::Insert(insert),
                None => Form::Copy {
                    rest: rest_of_head.take().unwrap(),
                },
            }),
            _ => {}
        }
    }
    let mut forms = forms.into_iter().enumerate();
    let mut cursor = Cursor::with_fields(&source, Fields::Literals);
    let mut output = Vec::new();
    let mut lines = Lines::with_fields(&source, Fields::Literals).unwrap();
    while let Some(line) = lines.next_line().unwrap() {
        match line {
            Line::Begin { table, columns, .. } => {
                let (at, form) = forms.next().unwrap();
                let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
                let mut block = BlockWriter::begin(form, &table, &columns, &mut output).unwrap();
                cursor.enter(at).unwrap();
                while cursor.advance().unwrap() {
                    block
                        .row_as_it_was(cursor.row(), cursor.row_opens_statement())
                        .unwrap();
                }
                block.finish().unwrap();
            }
            Line::Statement(line) => {
                output.extend_from_slice(line);
                output.push(b'\n');
            }
            Line::Row(_) | Line::End(_) => {}
        }
    }
    output
}

#[test]
fn a_dump_of_mariadb_is_read() {
    let dump = include_bytes!("dumps/mariadb-dump.sql");
    assert_eq!(
        told(dump),
        "\
… 39
# line_items (order_id, pos, note)
1|1|a
1|2|b;
2|1|\\N
.
… 52
# users (id, name, bio, photo, flags, pt, ok, at, full)
1|It's|a\\nb\\tc \\\\ \"q\"|\\x00\\xff'\\n\\r\\\\|\\x05|\
\\x00\\x00\\x00\\x00\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xf0?\\x00\\x00\\x00\\x00\\x00\\x00\\x00@|1|\
2020-01-01 00:00:00.000000|It'sx
2|B),(|\\N||\\N|\\N|0|\\N|B),(x
.
… 30
"
    );
    assert!(rewritten(dump) == dump);
}

#[test]
fn a_dump_of_mysql_is_read() {
    let dump = b"-- MySQL dump 10.13  Distrib 9.7.4, for Linux (x86_64)\n--\n/*!50503 SET NAMES utf8mb4 */;\n\
        CREATE TABLE `users` (\n  `id` bigint NOT NULL AUTO_INCREMENT,\n  `Photo` blob,\n  `a` int /*!80023 INVISIBLE */,\n\
        PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n\
        LOCK TABLES `users` WRITE;\n/*!40000 ALTER TABLE `users` DISABLE KEYS */;\n\
        INSERT INTO `users` VALUES (1,_binary '\xff\\0\\'),(',2),(2,0x00FF,-1.5);\n\
        INSERT INTO `users` VALUES (3,NULL,NULL);\n/*!40000 ALTER TABLE `users` ENABLE KEYS */;\nUNLOCK TABLES;\n\
        DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER `t` BEFORE INSERT ON `users` FOR EACH ROW BEGIN\n\
        INSERT INTO `log` VALUES (1);\nEND */;;\nDELIMITER ;\n\
        INSERT INTO `log` (`a`, `b`) VALUES\n('x','\ty')\n,\n('\\n', 5);\nUNLOCK TABLES;\n";
    assert_eq!(
        told(dump),
        "\
… 11
# users (id, `Photo`, a)
1|\\xff\\x00'),(|2
2|0x00FF|-1.5
3|\\N|\\N
.
… 7
# log (a, b)
x|\\ty
\\n|5
.
… 1
"
    );
}

#[test]
fn dumps_of_postgresql_with_inserts_are_read() {
    let dump = b"--\n-- PostgreSQL database dump\n--\n\\restrict it's\nCREATE FUNCTION f() RETURNS void AS $$\n\
        INSERT INTO a VALUES (1);\n$$;\nCREATE FUNCTION g() RETURNS void\n    BEGIN ATOMIC\n INSERT INTO a (x)\n   VALUES (1);\n\
        END;\nCREATE TABLE public.a (\n    x integer,\n    \"Y\" text,\n    CONSTRAINT c CHECK ((x > 0))\n);\n\
        INSERT INTO public.a VALUES (1, 'it''s\na \\ row');\nINSERT INTO public.a VALUES (2, NULL);\n\n\n\
        INSERT INTO public.b VALUES\n\t(true, '{1,2}'),\n\t(false, 'NaN');\n\nSELECT 'INSERT INTO a VALUES (\n\
        INSERT INTO a VALUES (2);\n';\n";
    assert_eq!(
        told(dump),
        "\
… 17
# public.a (x, \"Y\")
1|it's\\na \\\\ row
2|\\N
.
… 2
# public.b ()
t|{1,2}
f|NaN
.
… 4
"
    );
    assert!(rewritten(dump) == dump);
}

#[test]
fn a_dump_that_ends_within_an_insert_is_told() {
    for cut in [
        "INSERT INTO t VALUES (1",
        "INSERT INTO t VALUES (1, 'a\n",
        "INSERT INTO t VALUES (1),\n",
    ] {
        let source = InMemory(cut.as_bytes());
        let mut lines = Lines::open(&source).unwrap();
        let error = loop {
            match lines.next_line() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("{cut} has an end"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.to_string(), "it ends within an INSERT statement");
    }
}

/// A literal in `MySQL`'s or in `PostgreSQL`'s quotes.
fn literal(mysql: bool) -> impl Strategy<Value = Vec<u8>> {
    let text = prop::collection::vec(
        prop_oneof![
            Just(b'\''),
            Just(b'\\'),
            Just(b'\n'),
            Just(b'\t'),
            Just(b'('),
            Just(b','),
            Just(b';'),
            any::<u8>()
        ],
        0..12,
    );
    let quoted = text.prop_map(move |text| {
        let mut literal = vec![b'\''];
        for byte in text {
            match byte {
                b'\'' => literal.extend_from_slice(b"''"),
                b'\\' if mysql => literal.extend_from_slice(b"\\\\"),
                b'\n' if mysql => literal.extend_from_slice(b"\\n"),
                other => literal.push(other),
            }
        }
        literal.push(b'\'');
        literal
    });
    prop_oneof![
        6 => quoted,
        1 => Just(b"NULL".to_vec()),
        1 => any::<i32>().prop_map(|number| number.to_string().into_bytes()),
        1 => Just(b"f('(', 2)".to_vec()),
        1 => Just(b"-0.50".to_vec()),
        1 => Just(b"1e-7".to_vec()),
        1 => Just(b"true".to_vec()),
        1 => Just(b"'a' || 'b'".to_vec()),
        1 => Just(if mysql {
            b"_binary '\\0\\Z\\n\\r\\t\\b\\%\\\"'".to_vec()
        } else {
            b"E'\\n\\''".to_vec()
        }),
    ]
}

fn dump(mysql: bool) -> impl Strategy<Value = Vec<u8>> {
    let row = prop::collection::vec(literal(mysql), 1..4).prop_map(|row| row.join(&b','));
    let statement = (0..3_u8, prop::collection::vec(row, 1..5));
    (prop::collection::vec(statement, 0..6), any::<bool>()).prop_map(move |(statements, lines)| {
        let mut dump = if mysql {
            b"/*!40101 SET x */;\n".to_vec()
        } else {
            b"-- PostgreSQL database dump\n".to_vec()
        };
        for (table, rows) in statements {
            let between = if lines {
                b",\n".to_vec()
            } else {
                b",".to_vec()
            };
            let rows: Vec<Vec<u8>> = rows
                .into_iter()
                .map(|row| [b"(", &row[..], b")"].concat())
                .collect();
            dump.extend_from_slice(
                format!(
                    "INSERT INTO t{table} VALUES{}",
                    if lines { "\n" } else { " " }
                )
                .as_bytes(),
            );
            dump.extend_from_slice(&rows.join(&between[..]));
            dump.extend_from_slice(b";\n");
        }
        dump
    })
}

/// All rows, as values: read as such, or as literals and then told what they stand for.
fn values(dump: &[u8], fields: Fields) -> Vec<Vec<u8>> {
    let source = InMemory(dump);
    let mut lines = Lines::with_fields(&source, fields).unwrap();
    let mut rows = Vec::new();
    while let Some(line) = lines.next_line().unwrap() {
        if let Line::Row(row) = line {
            let values = row.split(|byte| *byte == b'\t').map(dump_text::value);
            rows.push(if fields == Fields::Values {
                row.to_vec()
            } else {
                values.collect::<Vec<_>>().join(&b'\t')
            });
        }
    }
    rows
}

proptest! {
    #[test]
    fn values_are_what_literals_stand_for(mysql in any::<bool>(), seed in dump(true), other in dump(false)) {
        let dump = if mysql { seed } else { other };
        prop_assert_eq!(values(&dump, Fields::Values), values(&dump, Fields::Literals));
    }

    #[test]
    fn what_is_read_is_written_again(mysql in any::<bool>(), seed in dump(true), other in dump(false)) {
        let dump = if mysql { seed } else { other };
        prop_assert_eq!(rewritten(&dump), dump);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "(INSERT INTO|VALUES|\\(|\\)|'|\"|`|,|;|\n|\\\\| |a|1|/\\*|\\*/|--|\\$\\$|DELIMITER ){0,40}") {
        let source = InMemory(text.as_bytes());
        let mut lines = Lines::open(&source).unwrap();
        while let Ok(Some(_)) = lines.next_line() {}
        let mut output = Vec::new();
        if dump_text::pack(Box::new(std::io::Cursor::new(text.clone())), &mut output).is_ok() {
            // Nothing of so little text is cut anew, unless two statements become one.
            if text.matches("INSERT INTO").count() < 2 {
                prop_assert_eq!(String::from_utf8(output).unwrap(), text);
            }
        }
    }
}
