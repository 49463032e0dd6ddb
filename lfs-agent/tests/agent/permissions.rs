//! The policies in the documentation, held against the requests that are really made.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::collections::BTreeSet;

use crate::common::{Team, assert_dump, dump};
use testkit_s3::proxy::{FaultProxy, RequestLine};

/// The permission that S3 asks for, from Amazon's list of actions, resources and condition keys for S3.
fn permission(request: &RequestLine) -> &'static str {
    let is = |part: &str| request.target.contains(part);
    match request.method.as_str() {
        "GET" if is("list-type=2") => "s3:ListBucket",
        "GET" | "HEAD" => "s3:GetObject",
        // A copy reads its source as well; the source is asked for by HEAD before.
        "PUT" | "POST" => "s3:PutObject",
        "DELETE" if is("uploadId") => "s3:AbortMultipartUpload",
        "DELETE" => "s3:DeleteObject",
        other => panic!("no permission is known for {other} {}", request.target),
    }
}

fn permissions(proxy: &FaultProxy) -> BTreeSet<&'static str> {
    let asked = proxy.requests().iter().map(permission).collect();
    proxy.clear_requests();
    asked
}

/// The documentation's text about permissions, with every `s3:…` in it.
fn documented() -> [BTreeSet<String>; 3] {
    let text = include_str!("../../../docs/bucket.md");
    let (_, section) = text.split_once("\n### Permissions\n").unwrap();
    let (reading, rest) = section.split_once("Whoever pushes").unwrap();
    let (pushing, pruning) = rest.split_once("`prune --delete`").unwrap();
    let actions = |text: &str| -> BTreeSet<String> {
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != ':')
            .filter(|word| word.starts_with("s3:"))
            .filter(|word| word.len() > 3 && !word.starts_with("s3::"))
            .map(str::to_owned)
            .collect()
    };
    let pruning = pruning.split_once('.').unwrap().0;
    [actions(reading), actions(pushing), actions(pruning)]
}

#[test]
fn the_policies_allow_what_is_asked_for_and_no_more() {
    let mut proxies = Vec::new();
    let team = Team::at(|s3| {
        proxies.push(FaultProxy::start(&s3.endpoint()));
        proxies[0].endpoint()
    });
    let proxy = &proxies[0];
    let owned = |names: BTreeSet<&str>| -> BTreeSet<String> {
        names.into_iter().map(str::to_owned).collect()
    };
    let content = dump(20_000_000, 1);
    team.push(&team.first, &dump(300_000, 2));
    team.push(&team.first, &content);
    // Doctor checks the right to push by beginning an upload and giving it up.
    team.agent(&team.first, &["doctor"]);
    let pushing = permissions(proxy);

    let clone = team.clone("second");
    assert_dump(&clone, &content);
    team.agent(&clone, &["fsck"]);
    team.agent(&clone, &["ls"]);
    team.agent(&clone, &["doctor", "--read-only"]);
    let reading = permissions(proxy);

    let gone = format!("shop/aa/aa/{}", "aa".repeat(32));
    team.s3.put(&gone, b"of no commit");
    team.s3.age(&gone, std::time::Duration::from_hours(24 * 30));
    team.agent(&team.first, &["prune", "--delete"]);
    let pruning = permissions(proxy);

    let [may_read, may_push, may_prune] = documented();
    assert_eq!(owned(reading.clone()), may_read);
    let all: BTreeSet<String> = may_read.union(&may_push).cloned().collect();
    let pushed = owned(pushing.clone());
    assert!(pushed.is_subset(&all), "{pushed:?}");
    assert!(pushed.is_superset(&may_push), "{pushed:?}");
    let more: BTreeSet<&str> = pruning
        .iter()
        .filter(|name| !pushing.contains(*name) && !reading.contains(*name))
        .copied()
        .collect();
    assert_eq!(owned(more), may_prune);
}
