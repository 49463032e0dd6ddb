//! The address of a store, as it stands in `lfs.url`:
//! `lfs-agent::s3://BUCKET[/PREFIX][?PARAMETER=VALUE[&…]]`.
//!
//! The part before `::` is what git-lfs finds the agent by. All settings that a team shares are in the query, because
//! git-lfs takes few keys in `.lfsconfig` and none of ours. A parameter that isn't known is an error: a misspelled
//! `region` must not be a different bucket.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

/// What stands before the `::` and names this agent to git-lfs.
pub(crate) const SCHEME: &str = "lfs-agent::";

/// What is escaped in a prefix or a value. What stays is what people write in such places.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':');

/// The address of a store and the settings that came with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RemoteUrl {
    pub(crate) bucket: String,
    /// Without slashes at its ends; empty for the whole bucket.
    pub(crate) prefix: String,
    pub(crate) parameters: Parameters,
}

/// The settings, each from the URL's query or from git's configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) path_style: Option<bool>,
    pub(crate) storage_class: Option<String>,
    pub(crate) sse: Option<String>,
    pub(crate) sse_kms_key_id: Option<String>,
    pub(crate) requester_pays: Option<bool>,
    pub(crate) profile: Option<String>,
    pub(crate) whole: Option<bool>,
}

/// Why a URL can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UrlError {
    #[error("it doesn't begin with `s3://`")]
    Scheme,
    #[error("`{0}` can't be a bucket's name (3 to 63 lowercase letters, digits, dots and hyphens)")]
    Bucket(String),
    #[error("its prefix has characters that don't belong in a key")]
    Prefix,
    #[error("`{name}` isn't a parameter of it{}", nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    Unknown {
        name: String,
        nearest: Option<&'static str>,
    },
    #[error("`{0}` is there twice")]
    Twice(String),
    #[error("`{name}={value}`: {wanted}")]
    Value {
        name: &'static str,
        value: String,
        wanted: &'static str,
    },
}

impl RemoteUrl {
    /// Reads `lfs-agent::s3://…`, or `s3://…` as it is typed on a command line.
    pub(crate) fn parse(text: &str) -> Result<Self, UrlError> {
        let address = text.strip_prefix(SCHEME).unwrap_or(text);
        let address = address.strip_prefix("s3://").ok_or(UrlError::Scheme)?;
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
        if !is_bucket(bucket) {
            return Err(UrlError::Bucket(bucket.to_owned()));
        }
        let prefix = percent_decode_str(prefix)
            .decode_utf8()
            .map_err(|_| UrlError::Prefix)?;
        let prefix = prefix.trim_matches('/');
        if prefix.chars().any(char::is_control)
            || prefix.split('/').any(|part| part == "." || part == "..")
        {
            return Err(UrlError::Prefix);
        }
        let mut url = Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            ..Self::default()
        };
        let mut seen = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode_str(value).decode_utf8_lossy();
            if seen.contains(&name) {
                return Err(UrlError::Twice(name.to_owned()));
            }
            seen.push(name);
            url.parameters.set(name, &value)?;
        }
        Ok(url)
    }
}

impl fmt::Display for RemoteUrl {
    /// The form that belongs in `lfs.url`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{SCHEME}s3://{}", self.bucket)?;
        if !self.prefix.is_empty() {
            write!(formatter, "/{}", utf8_percent_encode(&self.prefix, ESCAPED))?;
        }
        let mut separator = '?';
        for parameter in PARAMETERS {
            if let Some(value) = (parameter.get)(&self.parameters) {
                write!(
                    formatter,
                    "{separator}{}={}",
                    parameter.name,
                    utf8_percent_encode(&value, ESCAPED)
                )?;
                separator = '&';
            }
        }
        Ok(())
    }
}

/// One parameter: its name, and how it is read and written.
struct Parameter {
    name: &'static str,
    set: fn(&mut Parameters, &str) -> Result<(), &'static str>,
    get: fn(&Parameters) -> Option<String>,
}

/// All parameters there are, in the order in which they are written.
const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "region",
        set: |parameters, value| {
            // A region becomes part of a host name.
            let fits =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let wanted =
                "a region is lowercase letters, digits and hyphens, such as `eu-central-1`";
            parameters.region = Some(checked(
                value,
                wanted,
                !value.is_empty() && value.len() < 64 && value.bytes().all(fits),
            )?);
            Ok(())
        },
        get: |parameters| parameters.region.clone(),
    },
    Parameter {
        name: "endpoint",
        set: |parameters, value| {
            parameters.endpoint = Some(normal_endpoint(value).ok_or(
                "an endpoint is `https://HOST[:PORT]` (or `http://…`), without a user, a query or a fragment",
            )?);
            Ok(())
        },
        get: |parameters| parameters.endpoint.clone(),
    },
    Parameter {
        name: "path_style",
        set: |parameters, value| {
            parameters.path_style = Some(boolean(value)?);
            Ok(())
        },
        get: |parameters| parameters.path_style.map(|value| value.to_string()),
    },
    Parameter {
        name: "storage_class",
        set: |parameters, value| {
            let fits =
                |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            let wanted =
                "a storage class is uppercase letters and underscores, such as `STANDARD_IA`";
            if value.starts_with("GLACIER") && value != "GLACIER_IR" || value == "DEEP_ARCHIVE" {
                return Err(
                    "objects of this storage class can't be read at once, and a `git pull` needs them at once",
                );
            }
            parameters.storage_class = Some(checked(
                value,
                wanted,
                !value.is_empty() && value.bytes().all(fits),
            )?);
            Ok(())
        },
        get: |parameters| parameters.storage_class.clone(),
    },
    Parameter {
        name: "sse",
        set: |parameters, value| {
            let known = ["AES256", "aws:kms", "aws:kms:dsse"].contains(&value);
            parameters.sse = Some(checked(
                value,
                "it is `AES256`, `aws:kms` or `aws:kms:dsse`",
                known,
            )?);
            Ok(())
        },
        get: |parameters| parameters.sse.clone(),
    },
    Parameter {
        name: "sse_kms_key_id",
        set: |parameters, value| {
            parameters.sse_kms_key_id = Some(printable(value)?);
            Ok(())
        },
        get: |parameters| parameters.sse_kms_key_id.clone(),
    },
    Parameter {
        name: "requester_pays",
        set: |parameters, value| {
            parameters.requester_pays = Some(boolean(value)?);
            Ok(())
        },
        get: |parameters| parameters.requester_pays.map(|value| value.to_string()),
    },
    Parameter {
        name: "profile",
        set: |parameters, value| {
            parameters.profile = Some(printable(value)?);
            Ok(())
        },
        get: |parameters| parameters.profile.clone(),
    },
    Parameter {
        name: "whole",
        set: |parameters, value| {
            parameters.whole = Some(boolean(value)?);
            Ok(())
        },
        get: |parameters| parameters.whole.map(|value| value.to_string()),
    },
];

impl Parameters {
    /// Sets the parameter `name` from its text.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), UrlError> {
        let Some(parameter) = PARAMETERS.iter().find(|parameter| parameter.name == name) else {
            let nearest =
                nearest_name::nearest(name, PARAMETERS.iter().map(|parameter| parameter.name));
            return Err(UrlError::Unknown {
                name: name.to_owned(),
                nearest,
            });
        };
        let wrong = |wanted| UrlError::Value {
            name: parameter.name,
            value: value.to_owned(),
            wanted,
        };
        (parameter.set)(self, value).map_err(wrong)
    }

    /// The names of all parameters.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        PARAMETERS.iter().map(|parameter| parameter.name)
    }
}

/// One spelling for each endpoint, so that they can be compared; `None` for what isn't one.
pub(crate) fn normal_endpoint(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !bare
        || !matches!(url.scheme(), "http" | "https")
        || url.host_str().is_none_or(str::is_empty)
    {
        return None;
    }
    Some(url.as_str().trim_end_matches('/').to_owned())
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn is_bucket(name: &str) -> bool {
    let inner = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.'
    };
    let outer = |byte: Option<u8>| {
        byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    (3..=63).contains(&name.len())
        && name.bytes().all(inner)
        && outer(name.bytes().next())
        && outer(name.bytes().last())
        && !name.contains("..")
}

fn boolean(value: &str) -> Result<bool, &'static str> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("it is `true` or `false`"),
    }
}

fn printable(value: &str) -> Result<String, &'static str> {
    let fits = !value.is_empty() && value.chars().all(|character| !character.is_control());
    checked(value, "it can't be empty", fits)
}

fn checked(value: &str, wanted: &'static str, fits: bool) -> Result<String, &'static str> {
    if fits {
        Ok(value.to_owned())
    } else {
        Err(wanted)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn same(text: &str) -> RemoteUrl {
        let url = RemoteUrl::parse(text).unwrap();
        assert_eq!(url.to_string(), text);
        url
    }

    #[track_caller]
    fn refused(text: &str) -> String {
        RemoteUrl::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_url_says_bucket_prefix_and_parameters() {
        let url = same(
            "lfs-agent::s3://team-dumps/shop/eu?region=eu-central-1&endpoint=https://minio.example.com:9000&path_style=true\
             &storage_class=STANDARD_IA&sse=aws:kms&sse_kms_key_id=alias/dumps&requester_pays=true&profile=work&whole=true",
        );
        assert_eq!(
            (url.bucket.as_str(), url.prefix.as_str()),
            ("team-dumps", "shop/eu")
        );
        assert_eq!(
            url.parameters.endpoint.as_deref(),
            Some("https://minio.example.com:9000")
        );
        assert_eq!(url.parameters.path_style, Some(true));
        same("lfs-agent::s3://team-dumps");
    }

    #[test]
    fn what_is_typed_becomes_the_normal_form() {
        for (typed, normal) in [
            ("s3://team-dumps/", "lfs-agent::s3://team-dumps"),
            ("s3://team-dumps//a/", "lfs-agent::s3://team-dumps/a"),
            (
                "s3://team-dumps/a b/é",
                "lfs-agent::s3://team-dumps/a%20b/%C3%A9",
            ),
            (
                "s3://team-dumps?endpoint=HTTPS%3A%2F%2FMinio.Example.com%2F",
                "lfs-agent::s3://team-dumps?endpoint=https://minio.example.com",
            ),
        ] {
            assert_eq!(RemoteUrl::parse(typed).unwrap().to_string(), normal);
        }
    }

    #[test]
    fn an_unknown_parameter_names_the_nearest() {
        assert_eq!(
            refused("s3://team-dumps?regoin=x"),
            "`regoin` isn't a parameter of it; did you mean `region`?"
        );
        assert_eq!(
            refused("s3://team-dumps?pathstyle=true"),
            "`pathstyle` isn't a parameter of it; did you mean `path_style`?"
        );
        assert_eq!(
            refused("s3://team-dumps?xyzzy=1"),
            "`xyzzy` isn't a parameter of it"
        );
    }

    #[test]
    fn what_cannot_be_right_is_refused() {
        assert_eq!(
            refused("https://example.com/x"),
            "it doesn't begin with `s3://`"
        );
        for bucket in [
            "",
            "ab",
            "Team",
            "a_b_c",
            "-abc",
            "evil@host",
            "a..b",
            "evil:80",
            &"a".repeat(64),
        ] {
            assert!(
                refused(&format!("s3://{bucket}/x")).contains("bucket"),
                "{bucket}"
            );
        }
        for prefix in ["..", "a/../b", "a%0Ab", "%ff"] {
            assert!(
                refused(&format!("s3://team-dumps/{prefix}")).contains("prefix"),
                "{prefix}"
            );
        }
        for query in [
            "region=evil.example.com/%23",
            "region=",
            "endpoint=minio:9000",
            "endpoint=https://user:secret@host",
            "endpoint=ftp://host",
            "path_style=yes",
            "sse=none",
            "storage_class=DEEP_ARCHIVE",
            "profile=",
        ] {
            assert!(
                RemoteUrl::parse(&format!("s3://team-dumps?{query}")).is_err(),
                "{query}"
            );
        }
        assert_eq!(
            refused("s3://team-dumps?region=a&region=b"),
            "`region` is there twice"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(lfs-agent::)?(s3://)?\\PC{0,60}") {
            if let Ok(url) = RemoteUrl::parse(&text) {
                prop_assert_eq!(RemoteUrl::parse(&url.to_string()), Ok(url));
            }
        }
    }
}
