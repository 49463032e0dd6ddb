//! What somebody meant who typed a store in another way than this program reads it.
//!
//! Buckets are known by many names: other tools' short forms, an ARN, the address of an object in a browser, that of the
//! console. Each names a bucket, and often more, so the answer can be what to type. It is only ever shown, never used.

use std::path::Path;

use url::Url;

use crate::store::remote_url::{RemoteUrl, SCHEME};

/// What was meant: a URL that can be used.
pub(crate) fn meant(typed: &str) -> Option<RemoteUrl> {
    let typed = typed.trim();
    let typed = typed.strip_prefix(SCHEME).unwrap_or(typed);
    let lower = typed.to_ascii_lowercase();
    if let Some(arn) = lower.strip_prefix("arn:aws:s3:::") {
        return store(&typed[typed.len() - arn.len()..], &[]);
    }
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return of_web(&Url::parse(typed).ok()?);
    }
    // `s3:/x`, `s3:x`, `S3://x`, `s3a://x`.
    for scheme in ["s3:", "s3a:", "s3n:"] {
        if let Some(rest) = lower.strip_prefix(scheme) {
            return store(&typed[typed.len() - rest.len()..], &[]);
        }
    }
    // A path on this machine is something else, and so is any other scheme.
    let bare = !typed.contains(':') && !typed.starts_with(['/', '.', '~', '\\']);
    bare.then(|| store(typed, &[])).flatten()
}

/// The store at `BUCKET/PREFIX`, if that can be one, with these parameters.
fn store(path: &str, parameters: &[(&str, &str)]) -> Option<RemoteUrl> {
    let path = path.trim_start_matches('/');
    let (bucket, rest) = path
        .split_once(['/', '?'])
        .map_or((path, ""), |(bucket, _)| (bucket, &path[bucket.len()..]));
    let mut url = RemoteUrl::parse(&format!("s3://{}{rest}", bucket.to_ascii_lowercase())).ok()?;
    for (name, value) in parameters {
        url.parameters.set(name, value).ok()?;
    }
    Some(url)
}

/// The store behind an address of the web.
fn of_web(url: &Url) -> Option<RemoteUrl> {
    let host = url.host_str()?;
    let path = url.path().trim_matches('/');
    // The address of a git repository, or of a server that git-lfs speaks with by itself.
    let is_git = Path::new(path)
        .extension()
        .is_some_and(|ending| ending == "git");
    if is_git || path.ends_with("info/lfs") {
        return None;
    }
    let query = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    };
    // The console: …/s3/buckets/BUCKET?region=REGION&prefix=PREFIX/
    if host.ends_with("console.aws.amazon.com") {
        let bucket = path.split_once("buckets/")?.1;
        let place = format!("{bucket}/{}", query("prefix").unwrap_or_default());
        let region = query("region");
        let region = region.as_deref().map(|region| ("region", region));
        return store(&place, region.as_slice());
    }
    if let Some(labels) = host.strip_suffix(".amazonaws.com") {
        // `BUCKET.s3.REGION`, or `s3.REGION` with the bucket in the path; the region may be missing, or behind a hyphen.
        let (bucket, service) = match labels.split_once(".s3") {
            Some((bucket, service)) => (Some(bucket), service),
            None => (None, labels.strip_prefix("s3")?),
        };
        let region = service
            .trim_start_matches(['.', '-'])
            .trim_start_matches("dualstack.");
        let region = (!region.is_empty()).then_some(("region", region));
        let place = bucket.map_or_else(|| path.to_owned(), |bucket| format!("{bucket}/{path}"));
        return store(&place, region.as_slice());
    }
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let endpoint = format!("{}://{host}{port}", url.scheme());
    store(path, &[("endpoint", &endpoint), ("path_style", "true")])
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[track_caller]
    fn check(typed: &str, expected: Option<&str>) {
        let found = meant(typed).map(|url| url.to_string().replace("lfs-agent::", ""));
        assert_eq!(found.as_deref(), expected, "{typed}");
    }

    #[test]
    fn slips_of_the_scheme_and_a_bare_bucket_are_understood() {
        for typed in [
            "s3:/team-dumps/shop",
            "s3:team-dumps/shop",
            "S3://team-dumps/shop",
            "s3:///team-dumps/shop/",
            "s3a://team-dumps/shop",
            "team-dumps/shop",
            "Team-Dumps/shop",
            "lfs-agent::team-dumps/shop",
            "arn:aws:s3:::team-dumps/shop",
        ] {
            check(typed, Some("s3://team-dumps/shop"));
        }
        check("team-dumps", Some("s3://team-dumps"));
        check(
            "s3:/team-dumps?region=eu-west-3",
            Some("s3://team-dumps?region=eu-west-3"),
        );
    }

    #[test]
    fn addresses_of_the_web_name_bucket_region_and_endpoint() {
        for (typed, expected) in [
            (
                "https://team-dumps.s3.eu-central-1.amazonaws.com/shop",
                "s3://team-dumps/shop?region=eu-central-1",
            ),
            ("https://team-dumps.s3.amazonaws.com", "s3://team-dumps"),
            (
                "https://s3.eu-central-1.amazonaws.com/team-dumps/shop/",
                "s3://team-dumps/shop?region=eu-central-1",
            ),
            (
                "https://s3-eu-west-1.amazonaws.com/team-dumps",
                "s3://team-dumps?region=eu-west-1",
            ),
            (
                "https://eu-west-3.console.aws.amazon.com/s3/buckets/team-dumps?region=eu-west-3&prefix=shop/",
                "s3://team-dumps/shop?region=eu-west-3",
            ),
            (
                "https://minio.example.com:9000/team-dumps/shop",
                "s3://team-dumps/shop?endpoint=https://minio.example.com:9000&path_style=true",
            ),
            (
                "http://localhost:9000/team-dumps",
                "s3://team-dumps?endpoint=http://localhost:9000&path_style=true",
            ),
        ] {
            check(typed, Some(expected));
        }
    }

    #[test]
    fn what_names_no_bucket_has_no_answer() {
        for typed in [
            "",
            "s3://",
            "ab",
            "/srv/dumps",
            "./dumps",
            "../dumps",
            "~/dumps",
            "C:\\dumps",
            "gs://team-dumps",
            "file:///srv/dumps",
            "https://minio.example.com:9000",
            "https://git.example.com/team/shop.git",
            "https://git.example.com/team/shop.git/info/lfs",
            "git@git.example.com:team/shop.git",
            "s3://under_score/x",
        ] {
            check(typed, None);
        }
    }
}
