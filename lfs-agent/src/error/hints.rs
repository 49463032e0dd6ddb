//! What to do next about what a store, the network, the credentials or the disk said.

use std::env;
use std::io;
use std::path::Path;

use crate::terminal::shell;
use dump_store::{ErrorKind, RecipeError, StoreError, TransferError};

/// What makes a shallow clone whole.
pub(super) fn unshallow_hint(fetch: Option<&str>) -> String {
    match fetch {
        Some(fetch) => format!("run `{fetch}`, or prune in a clone that isn't shallow"),
        None => "prune in a clone that isn't shallow".to_owned(),
    }
}

/// What brings missing objects of git back.
pub(super) fn refetch_hint(fetch: Option<&str>) -> String {
    match fetch {
        Some(fetch) => {
            format!("run `{fetch}` (git 2.36 or newer), or prune in a new `git clone --mirror`")
        }
        None => "run `git fsck` to see which, and prune in a clone that has them".to_owned(),
    }
}

/// What to do about a remote that doesn't answer.
pub(super) fn remote_hint(repository: &Path, remote: &str) -> String {
    let directory = repository.to_string_lossy();
    let asked = shell::command(&["git", "-C", &directory, "ls-remote", remote]);
    let is_url = remote.contains(['/', ':']);
    let removed = if is_url {
        "take it out of this repository's configuration".to_owned()
    } else {
        let removed = shell::command(&["git", "-C", &directory, "remote", "remove", remote]);
        format!("`{removed}`")
    };
    format!("try `{asked}`; if the remote is gone for good, {removed}")
}
/// What to do about a recipe in a later version of the format.
pub(super) const NEWER: &str = "a newer lfs-agent wrote it: install that, and try again";

/// What to do about something in the store that isn't what it should be.
const REPAIR: &str =
    "someone who has the dump can put it back: `lfs-agent fsck --repair` in that clone";

/// What to do about an object that couldn't be moved.
pub(super) fn transfer_hint(error: &TransferError) -> Option<String> {
    let hint = match error {
        TransferError::Store { error, .. } => return store_hint(error),
        TransferError::Recipe {
            error: RecipeError::Version { .. },
            ..
        } => NEWER,
        TransferError::StoredSize { .. }
        | TransferError::StoredContent { .. }
        | TransferError::Recipe { .. }
        | TransferError::Source { .. } => REPAIR,
        TransferError::LocalContent { .. } => {
            "`git lfs fsck` puts damaged objects aside, and `git lfs fetch --all` then gets those anew that the store has"
        }
        TransferError::Local { error, .. } => match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => {
                "free some space, or raise the limit, and try again; what has come is kept"
            }
            io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::AlreadyExists => {
                "the directory is git-lfs's storage; it must be a directory, and yours to write"
            }
            io::ErrorKind::NotFound => {
                "something has deleted it meanwhile; `git lfs fetch` gets what is missing"
            }
            _ => "the disk has failed: look at the system's log, then try again",
        },
    };
    Some(hint.to_owned())
}

/// What to do about a store's failure.
pub(super) fn store_hint(error: &StoreError) -> Option<String> {
    let hint = match error.kind() {
        ErrorKind::NotFound => {
            "the object was never pushed there, or has been deleted; someone who has it can run `lfs-agent fsck --repair`"
        }
        ErrorKind::NoSuchBucket => {
            "check the bucket's name in `lfs.url`, and whose account the credentials are of"
        }
        ErrorKind::Throttled => {
            "the store asks for fewer requests; wait a little and try again, what has moved is kept"
        }
        ErrorKind::Server => {
            "the store had a failure of its own; try again, what has moved is kept"
        }
        ErrorKind::Connection | ErrorKind::Timeout => {
            "try again; what has moved is kept. If it never gets further, check the endpoint in `lfs.url`, its port and its `https://`"
        }
        ErrorKind::Unreadable => {
            "what answers there doesn't speak as S3 does: check the endpoint in `lfs.url` and its port (a console, a web page, a proxy's own page?)"
        }
        ErrorKind::Connect => {
            let why = error.to_string();
            return Some(connection_hint(&why, &proxy_variables(&why)));
        }
        ErrorKind::CredentialsExpired => {
            "renew them (`aws sso login`, or your organisation's way) and try again; what has moved is kept"
        }
        ErrorKind::CredentialsMissing { profile } => {
            let variable = || env::var("AWS_PROFILE").ok();
            return Some(credentials_hint(
                profile.clone().or_else(variable).as_deref(),
            ));
        }
        ErrorKind::CredentialsRefused => {
            "the access key is unknown to this store, or its secret or session token is wrong; check the endpoint, AWS_PROFILE, and AWS_ACCESS_KEY_ID, which comes before it"
        }
        ErrorKind::Denied => {
            "these credentials may not do it, or the bucket is somebody else's: check its name; reading needs s3:GetObject and s3:ListBucket, pushing s3:PutObject and s3:AbortMultipartUpload too"
        }
        ErrorKind::Unsupported { settings } => return Some(unsupported_hint(settings)),
        ErrorKind::ClockSkew => "set this machine's clock",
        ErrorKind::WrongRegion(Some(region)) => {
            return Some(format!(
                "the bucket is in `{region}`: put `region={region}` into `lfs.url`"
            ));
        }
        ErrorKind::WrongRegion(None) => {
            "name the bucket's region: `region=…` in `lfs.url`, or AWS_REGION"
        }
        ErrorKind::BadDigest => {
            "something between here and the store changes bytes; try again, or another network"
        }
        ErrorKind::OutOfRange
        | ErrorKind::NoSuchUpload
        | ErrorKind::InvalidPart
        | ErrorKind::LocalRead
        | ErrorKind::Other => return None,
    };
    Some(hint.to_owned())
}

/// What to leave out when a server doesn't do what these settings ask for.
fn unsupported_hint(settings: &[&str]) -> String {
    if settings.is_empty() {
        return "every server of S3 does that: check the endpoint in `lfs.url` and its port, or whether the server is too old".to_owned();
    }
    let named: Vec<String> = settings.iter().map(|name| format!("`{name}`")).collect();
    let them = if settings.len() == 1 { "it" } else { "them" };
    format!(
        "the server doesn't know what {} asks for: leave {them} out of `lfs.url`, or out of git's configuration (`git config --get-regexp '^lfs-agent'`)",
        named.join(" or ")
    )
}

/// What to look at when there is no connection, and why there is none; `proxies` are the variables that are set.
fn connection_hint(why: &str, proxies: &[&str]) -> String {
    if why.contains("certificate") {
        return "the server's certificate is of an authority that this machine doesn't know: name the authority's PEM file in `AWS_CA_BUNDLE`, if you trust it".to_owned();
    }
    // What rustls says of an answer that isn't TLS.
    if why.contains("InvalidContentType") {
        return "the server doesn't speak TLS there: the endpoint in `lfs.url` may have to begin with `http://`".to_owned();
    }
    let proxies = match proxies {
        [] => String::new(),
        set => format!(
            "the proxy that {} names (NO_PROXY lists hosts to reach without it), ",
            set.join(", ")
        ),
    };
    format!(
        "check the network, {proxies}and the endpoint in `lfs.url` (a server without host names for its buckets needs `path_style=true`)"
    )
}

/// The variables that name a proxy between here and the server that `why` names.
fn proxy_variables(why: &str) -> Vec<&'static str> {
    let names = if why.contains("http://") {
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    };
    let is_set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
    names.into_iter().filter(is_set).collect()
}

/// Where credentials can come from, for somebody who has none; `profile` is the one that was asked.
fn credentials_hint(profile: Option<&str>) -> String {
    match profile.filter(|profile| !profile.is_empty()) {
        Some(profile) => format!(
            "`aws sts get-caller-identity --profile {profile}` tries the profile without git; one of AWS SSO needs `aws sso login --profile {profile}`"
        ),
        None => "give AWS credentials: `aws configure`, `aws sso login`, AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_that_was_asked_for_is_named() {
        assert!(credentials_hint(Some("dev")).ends_with("`aws sso login --profile dev`"));
        for none in [None, Some("")] {
            assert!(credentials_hint(none).starts_with("give AWS credentials"));
        }
    }

    #[test]
    fn settings_that_a_server_does_not_know_are_to_be_left_out() {
        let one = unsupported_hint(&["storage_class"]);
        assert!(
            one.contains("what `storage_class` asks for: leave it out"),
            "{one}"
        );
        let two = unsupported_hint(&["storage_class", "sse"]);
        assert!(
            two.contains("`storage_class` or `sse`") && two.contains("leave them out"),
            "{two}"
        );
        assert!(unsupported_hint(&[]).contains("check the endpoint"));
    }

    #[test]
    fn what_keeps_a_connection_from_being_made_is_named() {
        for (why, proxies, hint) in [
            ("refused", &[][..], "check the network, and the endpoint"),
            (
                "refused",
                &["HTTPS_PROXY"],
                "check the network, the proxy that HTTPS_PROXY names",
            ),
            (
                "invalid peer certificate: UnknownIssuer",
                &[],
                "`AWS_CA_BUNDLE`",
            ),
            (
                "received corrupt message of type InvalidContentType",
                &[],
                "begin with `http://`",
            ),
        ] {
            let said = connection_hint(why, proxies);
            assert!(said.contains(hint), "{why}: {said}");
        }
    }
}
