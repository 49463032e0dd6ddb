//! Any bytes, read by either front end and the rules of any version: no panic, no endless work, and every
//! error at a place that there is.

#![no_main]

use fuzz::Input;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some(input) = Input::from_bytes(data) {
        input.read();
    }
});
