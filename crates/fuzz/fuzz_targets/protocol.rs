//! Any bytes as git-lfs's side of a session: no panic, and every answer is one line of JSON.

#![no_main]

use lfs_protocol::{Failure, Object, Progress, Session, Transfer, serve};

/// Takes every object, and moves nothing.
struct Nothing;

impl Transfer for Nothing {
    fn begin(&mut self, session: &Session) -> Result<(), Failure> {
        if session.remote == "refused" {
            return Err(Failure::new(2, "refused"));
        }
        assert!(session.siblings >= 1);
        Ok(())
    }

    fn upload(
        &mut self,
        object: &Object,
        path: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), Failure> {
        for bytes in [1, object.size / 2, object.size, u64::MAX] {
            progress
                .report(bytes)
                .map_err(|gone| Failure::new(3, gone.to_string()))?;
        }
        if path.is_empty() {
            return Err(Failure::new(2, "there is no file"));
        }
        Ok(())
    }

    fn download(
        &mut self,
        object: &Object,
        progress: &mut dyn Progress,
    ) -> Result<String, Failure> {
        self.upload(object, "x", progress)?;
        Ok(object.oid.clone())
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // Most sessions begin well, or nothing behind `init` would ever be reached.
    let begun = b"{\"event\":\"init\",\"operation\":\"upload\",\"remote\":\"origin\"}\n";
    for input in [data.to_vec(), [begun, data].concat()] {
        let mut output = Vec::new();
        let _ = serve(input.as_slice(), &mut output, &mut Nothing);
        let text = String::from_utf8(output).expect("answers are UTF-8");
        assert!(text.is_empty() || text.ends_with('\n'));
        for line in text.lines() {
            let answer: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            assert!(answer.is_object());
        }
    }
});
