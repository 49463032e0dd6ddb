//! What the server's answers mean.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::{S3Settings, credentials, region};
use crate::store::causes::chain;
use crate::store::content::LocalReadError;
use crate::store::{ErrorKind, StoreError};

/// The settings that some servers don't know, by the headers in which they travel.
const OPTIONAL: [(&str, &str); 4] = [
    ("x-amz-storage-class", "storage_class"),
    (
        "x-amz-server-side-encryption-aws-kms-key-id",
        "sse_kms_key_id",
    ),
    ("x-amz-server-side-encryption", "sse"),
    ("x-amz-request-payer", "requester_pays"),
];

/// The failure of `operation`, signed for a region, told from what the client says.
pub(super) fn failure<E>(
    settings: &S3Settings,
    signed: Option<&str>,
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let response = error.raw_response();
    let status = response.map(|response| response.status().as_u16());
    let header = |name| response.and_then(|response| response.headers().get(name));
    let body = response.and_then(|response| response.body().bytes());
    let body = String::from_utf8_lossy(body.unwrap_or_default());
    let region = response.and_then(region::told);
    // Also those that may not, and those that ask in a way that a region doesn't know, are told where the bucket is.
    let elsewhere =
        matches!(status, Some(300..=400 | 403)) && region.is_some() && region.as_deref() != signed;
    let server = settings.endpoint.as_deref().unwrap_or("S3");
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code();
            // S3 says why in XML, but for the answers to HEAD, which have no body.
            let of_head = operation.starts_with("Head");
            let kind = match (code, status) {
                _ if elsewhere => ErrorKind::WrongRegion(region),
                (Some("NotImplemented"), _) | (_, Some(501)) => ErrorKind::Unsupported {
                    settings: asked_for(settings, operation, &body),
                },
                (None, Some(200..=299 | 400 | 405)) if !of_head => ErrorKind::Unreadable,
                // Of an empty answer the client says `NotFound` by itself.
                (None | Some("NotFound"), Some(404)) if !of_head && is_page(&body) => {
                    ErrorKind::Unreadable
                }
                _ => kind_of(status, code, region),
            };
            let status = status.unwrap_or_default();
            let mut detail = format!("the server answered {operation} with {status}");
            if kind == ErrorKind::Unreadable {
                detail.push_str(" and not as S3 does");
            }
            for (separator, text) in [(" ", code), (": ", service.err().message())] {
                if let Some(text) = text.filter(|text| !text.is_empty()) {
                    detail.push_str(separator);
                    detail.push_str(text);
                }
            }
            if let (ErrorKind::ClockSkew, Some(date)) = (&kind, header("date")) {
                detail = format!("{detail} (its clock says {date})");
            }
            StoreError::new(kind, detail)
        }
        SdkError::ResponseError(_) => {
            // A status that says what it is with a body that can't be read: the status is right.
            let kind = match status {
                Some(404) if is_page(&body) => ErrorKind::Unreadable,
                Some(501) => ErrorKind::Unsupported {
                    settings: asked_for(settings, operation, &body),
                },
                Some(_) if elsewhere => ErrorKind::WrongRegion(region),
                Some(status) if status >= 400 => kind_of(Some(status), None, region),
                _ => ErrorKind::Unreadable,
            };
            let status = status.unwrap_or_default();
            let cause = causes_of(error);
            let detail = format!(
                "the server answered {operation} with {status} and what can't be read ({cause})"
            );
            StoreError::new(kind, detail)
        }
        SdkError::TimeoutError(_) => too_late(server),
        other => {
            let credentials = cause(other, |cause| cause.downcast_ref::<CredentialsError>());
            if let Some(error) = credentials {
                return credentials::missing(settings, credentials::told(settings, error));
            }
            if let Some(error) = cause(other, |cause| cause.downcast_ref::<LocalReadError>()) {
                return StoreError::new(ErrorKind::LocalRead, error.to_string());
            }
            undelivered(server, operation, other)
        }
    }
}

/// A request that got no answer: was there a connection or not?
fn undelivered<E>(
    server: &str,
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> StoreError
where
    E: Error + 'static,
{
    let SdkError::DispatchFailure(failure) = error else {
        return StoreError::new(ErrorKind::Other, format!("{operation}: {}", chain(error)));
    };
    let cause = failure.as_connector_error().map(causes_of);
    let cause = cause.unwrap_or_else(|| chain(error));
    // The client has no type that tells this; its text does.
    match cause.strip_prefix("client error (Connect): ") {
        Some(cause) => {
            let detail = format!("no connection with {server}: {cause}");
            StoreError::new(ErrorKind::Connect, detail)
        }
        None if failure.is_timeout() => too_late(server),
        None => {
            let cause = cause.strip_prefix("client error (SendRequest): ");
            let cause = cause.map_or_else(|| chain(error), str::to_owned);
            let detail = format!("the connection with {server} broke during {operation}: {cause}");
            StoreError::new(ErrorKind::Connection, detail)
        }
    }
}

fn too_late(server: &str) -> StoreError {
    StoreError::new(
        ErrorKind::Connect,
        format!("no connection with {server} in time"),
    )
}

/// The causes of an error of the client, without its own general words.
fn causes_of(error: &(impl Error + 'static)) -> String {
    error.source().map_or_else(|| error.to_string(), chain)
}

/// Whether an answer that something isn't there is none of S3's: whatever stands at that address (a proxy, another server)
/// says that about everything. S3's has an error in XML, whatever type it says that it is of; only answers to HEAD have
/// none, so of these nobody can tell.
fn is_page(body: &str) -> bool {
    !body.contains("<Error>") && !body.contains("<Error ")
}

/// Which optional settings a refused request asked for: those that the answer names, else all.
fn asked_for(settings: &S3Settings, operation: &str, body: &str) -> Vec<&'static str> {
    let stores = ["PutObject", "CreateMultipartUpload", "CopyObject"].contains(&operation);
    let is_asked = |name: &str| match name {
        "storage_class" => stores && settings.storage_class.is_some(),
        "sse" => stores && settings.encryption.is_some(),
        "sse_kms_key_id" => stores && settings.kms_key.is_some(),
        _ => settings.requester_pays,
    };
    let asked = OPTIONAL.iter().filter(|(_, name)| is_asked(name));
    let header = region::element(body, "Header").map(str::to_lowercase);
    let named = asked
        .clone()
        .find(|(known, _)| header.as_deref() == Some(known));
    named.map_or_else(
        || asked.map(|(_, name)| *name).collect(),
        |(_, name)| vec![*name],
    )
}

/// What a status and a code mean. The code says more, where there is one; answers to HEAD have none.
fn kind_of(status: Option<u16>, code: Option<&str>, region: Option<String>) -> ErrorKind {
    match code {
        Some("NoSuchKey" | "NotFound") => return ErrorKind::NotFound,
        Some("NoSuchBucket") => return ErrorKind::NoSuchBucket,
        Some("NoSuchUpload") => return ErrorKind::NoSuchUpload,
        Some("InvalidPart" | "InvalidPartOrder") => return ErrorKind::InvalidPart,
        Some("InvalidRange") => return ErrorKind::OutOfRange,
        Some(
            "BadDigest"
            | "XAmzContentSHA256Mismatch"
            | "XAmzContentChecksumMismatch"
            | "InvalidDigest"
            | "IncompleteBody",
        ) => return ErrorKind::BadDigest,
        Some(
            "SlowDown"
            | "Throttling"
            | "ThrottlingException"
            | "TooManyRequests"
            | "RequestLimitExceeded",
        ) => {
            return ErrorKind::Throttled;
        }
        Some("RequestTimeout" | "InternalError" | "OperationAborted") => return ErrorKind::Server,
        Some("ExpiredToken" | "TokenRefreshRequired" | "ExpiredTokenException") => {
            return ErrorKind::CredentialsExpired;
        }
        Some(
            "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "InvalidSecurity",
        ) => {
            return ErrorKind::CredentialsRefused;
        }
        Some("InvalidStorageClass") => {
            return ErrorKind::Unsupported {
                settings: vec!["storage_class"],
            };
        }
        Some("InvalidEncryptionAlgorithmError") => {
            return ErrorKind::Unsupported {
                settings: vec!["sse"],
            };
        }
        Some("RequestTimeTooSkewed" | "RequestExpired") => return ErrorKind::ClockSkew,
        Some(
            "PermanentRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException",
        ) => {
            return ErrorKind::WrongRegion(region);
        }
        _ => {}
    }
    match status {
        Some(301 | 307) => ErrorKind::WrongRegion(region),
        Some(401 | 403) => ErrorKind::Denied,
        Some(404) => ErrorKind::NotFound,
        Some(416) => ErrorKind::OutOfRange,
        Some(429 | 503) => ErrorKind::Throttled,
        Some(408 | 500..=599) => ErrorKind::Server,
        _ => ErrorKind::Other,
    }
}

/// The first of an error and its causes for which `wanted` gives something.
fn cause<'a, T>(
    error: &'a (dyn Error + 'static),
    wanted: fn(&'a (dyn Error + 'static)) -> Option<&'a T>,
) -> Option<&'a T> {
    wanted(error).or_else(|| error.source().and_then(|next| cause(next, wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_more_than_its_status() {
        assert_eq!(
            kind_of(Some(403), Some("ExpiredToken"), None),
            ErrorKind::CredentialsExpired
        );
        assert_eq!(
            kind_of(Some(403), Some("RequestTimeTooSkewed"), None),
            ErrorKind::ClockSkew
        );
        assert_eq!(
            kind_of(Some(403), Some("AccessDenied"), None),
            ErrorKind::Denied
        );
        assert_eq!(
            kind_of(Some(404), Some("NoSuchBucket"), None),
            ErrorKind::NoSuchBucket
        );
        assert_eq!(
            kind_of(Some(400), Some("RequestTimeout"), None),
            ErrorKind::Server
        );
    }

    #[test]
    fn a_page_is_not_s3s_word_that_something_is_missing() {
        assert!(!is_page(
            "<?xml version=\"1.0\"?><Error><Message>gone</Message></Error>"
        ));
        for page in [
            "<html>404</html>",
            "404 page not found",
            "{\"message\":\"Not Found\"}",
            "",
        ] {
            assert!(is_page(page), "{page}");
        }
    }

    #[test]
    fn what_a_server_does_not_do_is_told_by_the_setting_that_asks_for_it() {
        let settings = S3Settings {
            storage_class: Some("STANDARD_IA".to_owned()),
            encryption: Some("aws:kms".to_owned()),
            requester_pays: true,
            ..S3Settings::default()
        };
        let asked = |operation, body| asked_for(&settings, operation, body);
        let all = ["storage_class", "sse", "requester_pays"];
        assert_eq!(asked("PutObject", ""), all);
        let named = "<Error><Header>x-amz-server-side-encryption</Header></Error>";
        assert_eq!(asked("PutObject", named), ["sse"]);
        let other = "<Error><Header>x-amz-acl</Header></Error>";
        assert_eq!(asked("CreateMultipartUpload", other), all);
        assert_eq!(asked("GetObject", ""), ["requester_pays"]);
        assert!(asked_for(&S3Settings::default(), "PutObject", named).is_empty());
    }

    #[test]
    fn a_status_alone_is_understood() {
        for (status, kind) in [
            (404, ErrorKind::NotFound),
            (403, ErrorKind::Denied),
            (416, ErrorKind::OutOfRange),
            (429, ErrorKind::Throttled),
            (500, ErrorKind::Server),
            (503, ErrorKind::Throttled),
            (400, ErrorKind::Other),
        ] {
            assert_eq!(kind_of(Some(status), None, None), kind, "{status}");
        }
        let region = Some("eu-west-1".to_owned());
        assert_eq!(
            kind_of(Some(301), None, region.clone()),
            ErrorKind::WrongRegion(region)
        );
    }
}
