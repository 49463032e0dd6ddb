//! Any text as the URL that a repository commits: no panic, and what is understood is written and understood again as the
//! same, with no way out of its prefix.

#![no_main]

#[path = "../../../lfs-agent/src/store/remote_url.rs"]
#[allow(
    dead_code,
    reason = "the program uses more of this module than is tried here"
)]
mod remote_url;

use remote_url::RemoteUrl;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for text in [text.to_owned(), format!("lfs-agent::s3://{text}")] {
        let Ok(url) = RemoteUrl::parse(&text) else {
            continue;
        };
        assert!(!url.bucket.contains('/') && !url.bucket.is_empty());
        assert!(!url.prefix.starts_with('/') && !url.prefix.ends_with('/'));
        assert!(url.prefix.split('/').all(|name| name != ".."));
        let written = url.to_string();
        assert_eq!(RemoteUrl::parse(&written).as_ref(), Ok(&url), "{written}");
    }
});
