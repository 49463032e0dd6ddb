//! When to try again, as data.
//!
//! git-lfs retries nothing, and the S3 client's own retries are switched off, so this table is the whole truth.
//!
//! | what failed | tries | waits |
//! |---|---|---|
//! | throttling (`SlowDown`, 429, 503) | 9 | 0.2 s, doubling, at most 10 s: about 35 s in all |
//! | the server (other 5xx), a broken connection, a time-out, a damaged or unreadable body | 7 | 0.1 s, doubling, at most 5 s: about 6 s in all |
//! | no connection at all (refused, unknown host) | 4 | 0.3 s, doubling: about 2 s in all |
//! | expired credentials | 3 | none; they are looked for anew |
//! | anything else (404, 403, wrong bucket …) | 1 | |
//!
//! A wait is somewhere between half of its length and the whole, so that many clients don't come back at once.

use std::time::Duration;

use crate::store::stall::limited;
use crate::store::{ErrorKind, ObjectStore, StoreError};

/// A try that brought so many bytes wasn't in vain: the count of failures begins anew behind it. Without this, a long object
/// on a line that breaks every minute would never come.
const WORTH_A_TRY: u64 = 1 << 20;

/// How often a kind of failure is tried again, and how long to wait before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// How many tries in all; 1 means none again.
    pub tries: u32,
    /// The wait before the second try. Each later one is twice as long.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
}

impl Backoff {
    /// The wait after the given number of failures (at least 1), before it is made shorter at random.
    pub fn wait(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(16);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }
}

/// The table above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The server asks for less.
    pub throttled: Backoff,
    /// The server, the connection or the content failed.
    pub broken: Backoff,
    /// No connection could be made.
    pub unreachable: Backoff,
    /// The credentials have expired.
    pub expired: Backoff,
    /// Nothing moved on a connection for this long: it is given up and counts as broken.
    pub stall: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        let backoff = |tries, first, longest| Backoff {
            tries,
            first: Duration::from_millis(first),
            longest: Duration::from_millis(longest),
        };
        Self {
            throttled: backoff(9, 200, 10_000),
            broken: backoff(7, 100, 5_000),
            unreachable: backoff(4, 300, 5_000),
            expired: backoff(3, 0, 0),
            stall: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// The same numbers of tries, without waiting. For tests.
    pub fn impatient() -> Self {
        let now = |backoff: Backoff| Backoff {
            first: Duration::ZERO,
            longest: Duration::ZERO,
            ..backoff
        };
        let policy = Self::default();
        Self {
            throttled: now(policy.throttled),
            broken: now(policy.broken),
            unreachable: now(policy.unreachable),
            expired: now(policy.expired),
            stall: Duration::from_secs(2),
        }
    }

    /// What to do about a failure of this kind; `None` when trying again would give the same.
    pub fn backoff(&self, kind: &ErrorKind) -> Option<&Backoff> {
        match kind {
            ErrorKind::Throttled => Some(&self.throttled),
            ErrorKind::Server
            | ErrorKind::Connection
            | ErrorKind::Timeout
            | ErrorKind::Unreadable
            | ErrorKind::BadDigest => Some(&self.broken),
            ErrorKind::Connect => Some(&self.unreachable),
            ErrorKind::CredentialsExpired => Some(&self.expired),
            ErrorKind::NotFound
            | ErrorKind::OutOfRange
            | ErrorKind::NoSuchBucket
            | ErrorKind::NoSuchUpload
            | ErrorKind::InvalidPart
            | ErrorKind::CredentialsMissing { .. }
            | ErrorKind::CredentialsRefused
            | ErrorKind::Denied
            | ErrorKind::ClockSkew
            | ErrorKind::WrongRegion(_)
            | ErrorKind::Unsupported { .. }
            | ErrorKind::LocalRead
            | ErrorKind::Other => None,
        }
    }
}

/// Counts the failures of one request and waits between its tries.
#[derive(Debug)]
pub(crate) struct Attempts<'a> {
    policy: &'a RetryPolicy,
    failures: u32,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(policy: &'a RetryPolicy) -> Self {
        Self {
            policy,
            failures: 0,
        }
    }

    /// Notes what a try brought before it failed.
    pub(crate) fn brought(&mut self, bytes: u64) {
        if bytes >= WORTH_A_TRY {
            self.failures = 0;
        }
    }

    /// Waits until the next try; gives the error back when there shall be none.
    pub(crate) async fn after(
        &mut self,
        error: StoreError,
        store: &impl ObjectStore,
    ) -> Result<(), StoreError> {
        self.failures += 1;
        let Some(backoff) = self.policy.backoff(error.kind()) else {
            return Err(error);
        };
        if self.failures >= backoff.tries {
            return Err(error);
        }
        tracing::debug!(%error, failures = self.failures, "trying again");
        if *error.kind() == ErrorKind::CredentialsExpired {
            store.renew_credentials().await;
        }
        let wait = backoff.wait(self.failures);
        if !wait.is_zero() {
            tokio::time::sleep(wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        }
        Ok(())
    }
}

/// Makes a request until it succeeds or the policy says to stop. Each try is given up when it has no answer within the
/// policy's limit.
pub(crate) async fn ask<T, S, F>(
    policy: &RetryPolicy,
    store: &S,
    mut request: impl FnMut() -> F,
) -> Result<T, StoreError>
where
    S: ObjectStore,
    F: Future<Output = Result<T, StoreError>>,
{
    retry(policy, store, || limited(request(), policy.stall)).await
}

/// The same for requests that may take longer and have a limit of their own.
pub(crate) async fn retry<T, S, F>(
    policy: &RetryPolicy,
    store: &S,
    mut request: impl FnMut() -> F,
) -> Result<T, StoreError>
where
    S: ObjectStore,
    F: Future<Output = Result<T, StoreError>>,
{
    let mut attempts = Attempts::new(policy);
    loop {
        match request().await {
            Ok(answer) => return Ok(answer),
            Err(error) => attempts.after(error, store).await?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = RetryPolicy::default();
        let waits: Vec<u128> = (1..=9)
            .map(|failures| policy.throttled.wait(failures).as_millis())
            .collect();
        assert_eq!(
            waits,
            [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]
        );
        assert_eq!(policy.throttled.wait(u32::MAX), policy.throttled.longest);
    }

    #[test]
    fn what_cannot_change_is_not_tried_again() {
        let policy = RetryPolicy::default();
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::Denied,
            ErrorKind::ClockSkew,
            ErrorKind::Other,
        ] {
            assert_eq!(policy.backoff(&kind), None, "{kind:?}");
        }
    }
}
