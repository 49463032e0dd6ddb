//! Two schemas from bytes, parted by `__END__`, and the way from one to the other and back: no panic, and
//! no way at all between a schema and itself.

#![no_main]

use fuzz::Input;
use pg_diff::Course;

const BOUNDARY: &[u8] = b"__END__\n";

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(input) = Input::from_bytes(data) else {
        return;
    };
    let text = input.text;
    let middle = text
        .windows(BOUNDARY.len())
        .position(|window| window == BOUNDARY)
        .unwrap_or(text.len());
    let half = |text| Input {
        text,
        options: input.options.clone(),
    };
    let Some(old) = half(&text[..middle]).read() else {
        return;
    };
    let new_text = text.get(middle + BOUNDARY.len()..).unwrap_or_default();
    let to_itself = pg_diff::migration(&old, &old);
    assert!(
        to_itself.is_ok_and(|migration| migration.is_empty()),
        "a schema differs from itself"
    );
    let Some(new) = half(new_text).read() else {
        return;
    };
    for (from, to) in [(&old, &new), (&new, &old)] {
        if let Ok(migration) = pg_diff::migration(from, to) {
            for course in [Course::OneStep, Course::TwoSteps] {
                let sql = migration.sql("old", "new", course);
                assert!(!sql.contains('\0'), "PostgreSQL holds no NUL");
            }
        }
    }
});
