//! What the server's answers mean.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::content::LocalReadError;
use crate::{ErrorKind, StoreError};

/// The failure of `operation`, told from what the client says.
pub(super) fn failure<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    let region = error
        .raw_response()
        .and_then(|response| response.headers().get("x-amz-bucket-region"))
        .map(str::to_owned);
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code();
            let kind = kind_of(status, code, region);
            let mut detail = format!(
                "{operation}: the server answered {}",
                status.unwrap_or_default()
            );
            for (separator, text) in [(" ", code), (": ", service.err().message())] {
                if let Some(text) = text.filter(|text| !text.is_empty()) {
                    detail.push_str(separator);
                    detail.push_str(text);
                }
            }
            let date = error
                .raw_response()
                .and_then(|response| response.headers().get("date"));
            if let (ErrorKind::ClockSkew, Some(date)) = (&kind, date) {
                detail = format!("{detail} (its clock says {date})");
            }
            StoreError::new(kind, detail)
        }
        SdkError::ResponseError(_) => {
            // A status that says what it is with a body that can't be read: the status is right.
            let kind = match status {
                Some(status) if status >= 400 => kind_of(Some(status), None, region),
                _ => ErrorKind::Connection,
            };
            StoreError::new(
                kind,
                format!(
                    "{operation}: the server's answer can't be read ({})",
                    chain(error)
                ),
            )
        }
        SdkError::TimeoutError(_) => StoreError::new(
            ErrorKind::Connect,
            format!("{operation}: no connection in time ({})", chain(error)),
        ),
        other if credentials_failed(other) => {
            StoreError::new(ErrorKind::CredentialsMissing, no_credentials(&chain(other)))
        }
        other => {
            let kind = if local_file_failed(other) {
                ErrorKind::LocalRead
            } else {
                dispatch_kind(other)
            };
            StoreError::new(kind, format!("{operation}: {}", chain(other)))
        }
    }
}

/// An error and its causes in one line, each said once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut said = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !said.iter().any(|earlier: &String| earlier.contains(&text)) {
            said.push(text);
        }
        next = error.source();
    }
    said.join(": ")
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

/// Whether somewhere below is the search for credentials.
fn credentials_failed(error: &(dyn Error + 'static)) -> bool {
    any_cause(error, <dyn Error>::is::<CredentialsError>)
}

/// What the search for credentials came to, in words for those who don't know its steps. The last place that is asked
/// is the machine's own, so its silence says that nothing was found before.
fn no_credentials(cause: &str) -> String {
    if cause.contains("SSO") {
        return format!(
            "nobody is signed in by AWS SSO, or no longer ({})",
            innermost(cause)
        );
    }
    if cause.contains("IMDS") {
        return "no AWS credentials were found: not in the environment, not in the profile, not from the machine".to_owned();
    }
    format!("the AWS credentials can't be had ({})", innermost(cause))
}

/// The causes that come after the client's general words.
fn innermost(cause: &str) -> &str {
    cause
        .split_once("while loading credentials: ")
        .map_or(cause, |(_, cause)| cause)
}

/// Whether the body of the request, a local file, couldn't be read.
fn local_file_failed(error: &(dyn Error + 'static)) -> bool {
    any_cause(error, <dyn Error>::is::<LocalReadError>)
}

/// A request that got no answer: was there a connection or not?
fn dispatch_kind<E>(error: &SdkError<E, HttpResponse>) -> ErrorKind {
    let SdkError::DispatchFailure(failure) = error else {
        return ErrorKind::Other;
    };
    // The client has no type that tells this; its text does.
    let unconnected = failure
        .as_connector_error()
        .is_some_and(|error| chain(error).contains("(Connect)"));
    if failure.is_timeout() || unconnected {
        ErrorKind::Connect
    } else {
        ErrorKind::Connection
    }
}

/// Whether `wanted` holds for an error or one of its causes.
fn any_cause(error: &(dyn Error + 'static), wanted: fn(&(dyn Error + 'static)) -> bool) -> bool {
    wanted(error) || error.source().is_some_and(|cause| any_cause(cause, wanted))
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
    fn the_search_for_credentials_is_told_in_plain_words() {
        let before = "dispatch failure: other: an error occurred while loading credentials: ";
        for (cause, expected) in [
            (
                "failed to load IMDS session token: dispatch failure: timeout",
                "no AWS credentials were found: not in the environment, not in the profile, not from the machine",
            ),
            (
                "an error occurred while loading an access token: failed to load the cached SSO token",
                "nobody is signed in by AWS SSO, or no longer (an error occurred while loading an access token: failed to load the cached SSO token)",
            ),
            (
                "the program `vault` ended with status 1",
                "the AWS credentials can't be had (the program `vault` ended with status 1)",
            ),
        ] {
            assert_eq!(no_credentials(&format!("{before}{cause}")), expected);
        }
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
