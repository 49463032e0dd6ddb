//! Whatever is on a line, the loop neither panics nor answers with anything but one JSON object a line.

use std::io::Cursor;

use lfs_protocol::{Failure, Object, Progress, Session, Transfer, serve};
use proptest::prelude::*;

struct Obliging;

impl Transfer for Obliging {
    fn begin(&mut self, _: &Session) -> Result<(), Failure> {
        Ok(())
    }

    fn upload(
        &mut self,
        object: &Object,
        _: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), Failure> {
        progress
            .report(object.size / 2)
            .map_err(|error| Failure::new(1, error.to_string()))
    }

    fn download(&mut self, _: &Object, _: &mut dyn Progress) -> Result<String, Failure> {
        Ok("C:\\objects\\é\u{1}".to_owned())
    }
}

/// Lines that are nearly right, so that the parser's depths are reached.
fn nearly_a_message() -> impl Strategy<Value = Vec<u8>> {
    let event = prop::sample::select(vec![
        "init",
        "upload",
        "download",
        "terminate",
        "progress",
        "",
        "\\u0000",
    ]);
    let value = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        "\"[a-z0-9/.\\u{80}-\\u{ff}]{0,70}\"",
        Just("[{}]".to_owned()),
    ];
    let fields = prop::collection::vec(
        (
            prop::sample::select(vec![
                "oid",
                "size",
                "path",
                "operation",
                "remote",
                "concurrenttransfers",
            ]),
            value,
        ),
        0..5,
    );
    (event, fields, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(event, fields, cut, whole)| {
            let mut line = format!("{{\"event\":\"{event}\"");
            for (name, value) in fields {
                line = format!("{line},\"{name}\":{value}");
            }
            line.push('}');
            let mut line = line.into_bytes();
            if !whole {
                let length = cut.index(line.len());
                line.truncate(length);
            }
            line
        },
    )
}

proptest! {
    #[test]
    fn any_line_is_survived(
        lines in prop::collection::vec(prop_oneof![nearly_a_message(), prop::collection::vec(any::<u8>(), 0..80)], 0..6),
        with_init: bool,
    ) {
        let mut input = Vec::new();
        if with_init {
            input.extend_from_slice(br#"{"event":"init","operation":"upload","remote":"o"}"#);
            input.push(b'\n');
        }
        for line in &lines {
            input.extend_from_slice(line);
            input.push(b'\n');
        }
        let mut output = Vec::new();
        // An error is a legitimate end; a panic isn't.
        let _ = serve(Cursor::new(input), &mut output, &mut Obliging);
        for line in output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let answer: serde_json::Value = serde_json::from_slice(line).expect("each answer is one JSON value");
            prop_assert!(answer.is_object());
        }
        prop_assert!(output.is_empty() || output.ends_with(b"\n"));
    }
}
