//! Defaults as a file writes them: constants of Ruby, and dates in every writing.

use pg_model::ColumnValue;
use schemafile::{MemoryLoader, Options, SourceFile, read};

#[track_caller]
fn check(column: &str, expected: &ColumnValue) {
    let text = format!("create_table('a') {{ |t| {column} }}");
    let reading = read(
        SourceFile::new("Schemafile", text),
        &MemoryLoader::new(),
        &Options::default(),
    )
    .unwrap_or_else(|diagnostics| panic!("{}", diagnostics.render(false)));
    assert_eq!(
        reading.warnings.len(),
        0,
        "{}",
        reading.warnings.render(false)
    );
    let value = &reading
        .schema
        .as_postgresql()
        .expect("a schema of PostgreSQL")
        .tables[0]
        .columns[1]
        .value;
    assert_eq!(value, expected, "{column}");
}

fn sql(text: &str) -> ColumnValue {
    ColumnValue::Default(text.to_owned())
}

#[test]
fn infinity_by_any_of_its_names_is_a_date() {
    for kind in ["date", "datetime", "timestamptz"] {
        for name in ["Float::INFINITY", "::Float::INFINITY"] {
            check(
                &format!("t.{kind} 'x', default: {name}"),
                &sql("'Infinity'"),
            );
            check(
                &format!("t.{kind} 'x', default: -{name}"),
                &sql("'-Infinity'"),
            );
        }
        check(
            &format!("t.{kind} 'x', default: 'infinity'"),
            &sql("'Infinity'"),
        );
    }
    check("t.float 'x', default: ::Float::NAN", &sql("'NaN'"));
    check(
        "t.decimal 'x', default: -Float::INFINITY",
        &sql("'-Infinity'"),
    );
}

#[test]
fn dates_are_taken_in_every_writing_that_activerecord_takes() {
    for (text, expected) in [
        ("2004-01-01 01:00:00+1", "'2004-01-01 00:00:00'"),
        ("Jan 1 2004 10:00", "'2004-01-01 10:00:00'"),
        ("31/12/2004 11pm EST", "'2005-01-01 04:00:00'"),
        ("0044-03-15 BC", "'0044-03-15 00:00:00 BC'"),
    ] {
        check(
            &format!("t.datetime 'x', default: '{text}'"),
            &sql(expected),
        );
    }
    check("t.date 'x', default: '3rd May 2004'", &sql("'2004-05-03'"));
}
