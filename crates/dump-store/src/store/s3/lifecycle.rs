//! What a bucket does by itself with uploads that nobody completes.

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::types::{ExpirationStatus, LifecycleRule};

use super::S3Store;
use crate::store::{ErrorKind, StoreError};

impl S3Store {
    /// Whether a lifecycle rule of the bucket deletes unfinished uploads of keys that begin with `prefix`. `None` when the
    /// server knows no such rules, or these credentials may not see them.
    ///
    /// # Errors
    /// When the server can't be asked.
    pub async fn unfinished_uploads_expire(
        &self,
        prefix: &str,
    ) -> Result<Option<bool>, StoreError> {
        self.in_its_region(|| self.rules_expire(prefix)).await
    }

    async fn rules_expire(&self, prefix: &str) -> Result<Option<bool>, StoreError> {
        let request = self
            .client()
            .await?
            .get_bucket_lifecycle_configuration()
            .bucket(&self.settings.bucket);
        match request.send().await {
            Ok(answer) => Ok(Some(answer.rules().iter().any(|rule| covers(rule, prefix)))),
            Err(error) => {
                let code = error.as_service_error().and_then(|error| error.code());
                if code == Some("NoSuchLifecycleConfiguration") {
                    return Ok(Some(false));
                }
                let error = self.failed("GetBucketLifecycleConfiguration", &error);
                match error.kind() {
                    ErrorKind::Denied
                    | ErrorKind::Other
                    | ErrorKind::NotFound
                    | ErrorKind::Unsupported { .. }
                    | ErrorKind::Server => Ok(None),
                    _ => Err(error),
                }
            }
        }
    }
}

/// Whether a rule is for all keys that begin with `prefix`.
fn covers(rule: &LifecycleRule, prefix: &str) -> bool {
    let aborts = rule
        .abort_incomplete_multipart_upload()
        .is_some_and(|abort| abort.days_after_initiation().is_some());
    // Rules with other conditions than a prefix aren't for all keys.
    let of_filter = rule.filter().map(|filter| match filter.prefix() {
        Some(of) => prefix.starts_with(of),
        None => filter.and().is_none() && filter.tag().is_none(),
    });
    #[expect(deprecated, reason = "servers still answer with it")]
    let of_rule = rule.prefix().map(|of| prefix.starts_with(of));
    let for_all = of_filter.or(of_rule).unwrap_or(true);
    aborts && *rule.status() == ExpirationStatus::Enabled && for_all
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{AbortIncompleteMultipartUpload, LifecycleRuleFilter, Tag};

    use super::*;

    #[test]
    fn a_rule_counts_if_it_aborts_uploads_below_the_prefix() {
        let rule = |filter: Option<LifecycleRuleFilter>, status: ExpirationStatus, days| {
            let abort = AbortIncompleteMultipartUpload::builder().set_days_after_initiation(days);
            LifecycleRule::builder()
                .status(status)
                .set_filter(filter)
                .abort_incomplete_multipart_upload(abort.build())
                .build()
                .unwrap()
        };
        let prefix = |prefix: &str| Some(LifecycleRuleFilter::builder().prefix(prefix).build());
        let on = ExpirationStatus::Enabled;
        assert!(covers(&rule(prefix(""), on.clone(), Some(7)), "shop/"));
        assert!(covers(&rule(prefix("sh"), on.clone(), Some(7)), "shop/"));
        assert!(covers(&rule(None, on.clone(), Some(7)), "shop/"));
        assert!(!covers(
            &rule(prefix("other/"), on.clone(), Some(7)),
            "shop/"
        ));
        assert!(!covers(&rule(prefix(""), on.clone(), None), "shop/"));
        let off = ExpirationStatus::Disabled;
        assert!(!covers(&rule(prefix(""), off, Some(7)), "shop/"));
        let tag = Tag::builder().key("a").value("b").build().unwrap();
        let tagged = Some(LifecycleRuleFilter::builder().tag(tag).build());
        assert!(!covers(&rule(tagged, on, Some(7)), "shop/"));
    }
}
