//! The one bucket: which object a request means, and whether the conditions of the request hold.

use std::sync::Arc;

use s3s::dto::ETagCondition;
use s3s::{S3Result, s3_error};

use super::store::{Object as Stored, Store};

/// The server's one bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    pub(super) store: Arc<Store>,
    pub(super) name: String,
}

impl Bucket {
    /// Refuses a request for any other bucket.
    pub(super) fn check_name(&self, bucket: &str) -> S3Result<()> {
        if bucket == self.name {
            Ok(())
        } else {
            Err(s3_error!(
                NoSuchBucket,
                "The specified bucket does not exist"
            ))
        }
    }

    /// The object of a key, if it meets the request's conditions.
    pub(super) fn find(
        &self,
        bucket: &str,
        key: &str,
        if_match: Option<&ETagCondition>,
        if_none_match: Option<&ETagCondition>,
    ) -> S3Result<Stored> {
        self.check_name(bucket)?;
        let object = self.store.index().objects.get(key).cloned();
        let object =
            object.ok_or_else(|| s3_error!(NoSuchKey, "The specified key does not exist."))?;
        if if_match.is_some_and(|condition| !holds(condition, &object.etag)) {
            return Err(s3_error!(PreconditionFailed));
        }
        if if_none_match.is_some_and(|condition| holds(condition, &object.etag)) {
            return Err(s3_error!(NotModified));
        }
        Ok(object)
    }

    /// Refuses to write where the conditions of a write don't hold.
    pub(super) fn may_write(
        &self,
        key: &str,
        if_match: Option<&ETagCondition>,
        if_none_match: Option<&ETagCondition>,
    ) -> S3Result<()> {
        let etag = self
            .store
            .index()
            .objects
            .get(key)
            .map(|object| object.etag.clone());
        let matches =
            |condition: &ETagCondition| etag.as_ref().is_some_and(|etag| holds(condition, etag));
        if if_match.is_some_and(|condition| !matches(condition))
            || if_none_match.is_some_and(matches)
        {
            return Err(s3_error!(
                PreconditionFailed,
                "At least one of the pre-conditions you specified did not hold"
            ));
        }
        Ok(())
    }
}

fn holds(condition: &ETagCondition, etag: &str) -> bool {
    condition.is_any()
        || condition
            .as_etag()
            .is_some_and(|wanted| wanted.value() == etag)
}
