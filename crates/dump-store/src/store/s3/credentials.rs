//! Where credentials come from, and what it means when none come.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use tokio::time::timeout;

use super::S3Settings;
use crate::store::causes::chain;
use crate::store::{ErrorKind, StoreError};

/// How long the search may take: a program that a profile names may ask a person for a code.
pub(super) const PATIENCE: Duration = Duration::from_mins(5);

/// Credentials that have been found, and the source of those after them.
#[derive(Debug)]
pub(super) struct Found {
    first: Mutex<Option<Credentials>>,
    source: SharedCredentialsProvider,
}

impl Found {
    /// Looks for credentials as `settings` say, with what `shared` knows of regions and connections.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialsMissing`].
    pub(super) async fn look(
        settings: &S3Settings,
        shared: &SdkConfig,
    ) -> Result<Self, StoreError> {
        let missing = |detail: String| missing(settings, detail);
        let source = match &settings.profile {
            // Somebody has named it for this store, so the variables that otherwise come before profiles have no say.
            Some(profile) if settings.credentials.is_none() => of_profile(profile, shared),
            _ => shared.credentials_provider().ok_or_else(|| {
                missing("the AWS configuration leaves no place to look for credentials".to_owned())
            })?,
        };
        match timeout(PATIENCE, source.provide_credentials()).await {
            Ok(Ok(first)) => Ok(Self {
                first: Mutex::new(Some(first)),
                source,
            }),
            Ok(Err(error)) => Err(missing(told(settings, &error))),
            Err(_) => Err(missing(format!(
                "no AWS credentials came within {} minutes",
                PATIENCE.as_secs() / 60
            ))),
        }
    }
}

impl ProvideCredentials for Found {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        match first.take() {
            Some(first) => future::ProvideCredentials::ready(Ok(first)),
            None => self.source.provide_credentials(),
        }
    }
}

/// The failure to find credentials.
pub(super) fn missing(settings: &S3Settings, detail: String) -> StoreError {
    let profile = settings.profile.clone();
    StoreError::new(ErrorKind::CredentialsMissing { profile }, detail)
}

/// What the search for credentials came to, in words for those who don't know its steps. The last place that is asked
/// is the machine's own, so its silence says that nothing was found before.
pub(super) fn told(settings: &S3Settings, error: &CredentialsError) -> String {
    let causes = chain(error);
    let cause = causes.split_once(": ").map_or(&*causes, |(_, cause)| cause);
    // A program's own words may be in it, in lines.
    let cause = cause.split_whitespace().collect::<Vec<_>>().join(" ");
    match (error, &settings.profile) {
        _ if cause.contains("SSO") => {
            format!("nobody is signed in by AWS SSO, or no longer ({cause})")
        }
        (CredentialsError::CredentialsNotLoaded(_), Some(profile)) => {
            format!("the AWS configuration has no profile `{profile}`, or no credentials in it")
        }
        (CredentialsError::CredentialsNotLoaded(_), None) => {
            "no AWS credentials were found: not in the environment, not in the profile, not from the machine".to_owned()
        }
        _ => format!("the AWS credentials can't be had ({cause})"),
    }
}

fn of_profile(profile: &str, shared: &SdkConfig) -> SharedCredentialsProvider {
    let mut config = ProviderConfig::without_region().with_region(shared.region().cloned());
    if let Some(client) = shared.http_client() {
        config = config.with_http_client(client);
    }
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&config)
        .profile_name(profile);
    SharedCredentialsProvider::new(provider.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_for_credentials_is_told_in_plain_words() {
        let none = S3Settings::default();
        let named = S3Settings {
            profile: Some("nosuch".to_owned()),
            ..S3Settings::default()
        };
        for (settings, error, expected) in [
            (
                &none,
                CredentialsError::not_loaded("failed to load IMDS session token: timeout"),
                "no AWS credentials were found: not in the environment, not in the profile, not from the machine",
            ),
            (
                &named,
                CredentialsError::not_loaded("no profile"),
                "the AWS configuration has no profile `nosuch`, or no credentials in it",
            ),
            (
                &named,
                CredentialsError::provider_error("failed to load the cached SSO token"),
                "nobody is signed in by AWS SSO, or no longer (failed to load the cached SSO token)",
            ),
            (
                &none,
                CredentialsError::provider_error("exited with 3. Stderr: no\n  vault\n"),
                "the AWS credentials can't be had (exited with 3. Stderr: no vault)",
            ),
        ] {
            assert_eq!(told(settings, &error), expected);
        }
    }
}
