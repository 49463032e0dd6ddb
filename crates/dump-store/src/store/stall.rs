//! Giving up on connections on which nothing moves.
//!
//! The S3 client's own limits are switched off, so every request has one of these around it: [`moving`] where a file's bytes
//! are sent, [`limited`] everywhere else. A server that takes a connection and never answers would otherwise hold a push
//! for ever.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::meter::PartMeter;
use crate::store::{ErrorKind, StoreError};

/// A server may take this many times the stall limit to put an object of thousands of parts together.
pub(crate) const COMPLETION_PATIENCE: u32 = 20;

/// A server may take this many times the stall limit to copy a large object by itself.
pub(crate) const COPY_PATIENCE: u32 = 40;

/// A request that is given up when none of its bytes move for `stall`.
pub(crate) async fn moving<T>(
    request: impl Future<Output = Result<T, StoreError>>,
    meter: PartMeter,
    stall: Duration,
) -> Result<T, StoreError> {
    let mut request = Box::pin(request);
    let mut moved = (meter.bytes(), Instant::now());
    loop {
        tokio::select! {
            answer = &mut request => return answer,
            () = sleep(stall / 8) => {
                if meter.bytes() != moved.0 {
                    moved = (meter.bytes(), Instant::now());
                } else if moved.1.elapsed() >= stall {
                    return Err(stalled(stall));
                }
            }
        }
    }
}

/// A request, or the next bytes of an answer, given up after `limit`.
pub(crate) async fn limited<T>(
    request: impl Future<Output = Result<T, StoreError>>,
    limit: Duration,
) -> Result<T, StoreError> {
    // Boxed: the client's requests are deep and large futures, and everything is built around them.
    timeout(limit, Box::pin(request))
        .await
        .unwrap_or_else(|_| Err(stalled(limit)))
}

fn stalled(limit: Duration) -> StoreError {
    StoreError::new(
        ErrorKind::Timeout,
        format!("nothing moved for {} seconds", limit.as_secs()),
    )
}
