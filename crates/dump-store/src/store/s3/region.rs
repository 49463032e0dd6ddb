//! Finding the region that a bucket is in. A request that is signed for another one is refused, and whoever refuses it
//! usually says which it is: in a header, in the error's text, or when asked for the bucket itself. So nobody has to name it.

use std::future::Future;
use std::sync::{MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::S3Store;
use crate::store::{ErrorKind, StoreError};

/// In which every answer to a bucket's request says where the bucket is, if it does.
const HEADER: &str = "x-amz-bucket-region";

/// What a store knows of regions.
#[derive(Debug, Default)]
pub(super) struct Regions {
    /// What requests are signed for now.
    pub(super) signed: Option<String>,
    /// What a refusal has told. It comes before all that is configured.
    pub(super) found: Option<String>,
}

impl S3Store {
    /// The region that the bucket is in, if requests had to be refused before it was known.
    pub fn found_region(&self) -> Option<String> {
        self.regions().found.clone()
    }

    pub(super) fn regions(&self) -> MutexGuard<'_, Regions> {
        self.region.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a request, and once more if it was signed for another region than the bucket's.
    pub(super) async fn in_its_region<T, R>(
        &self,
        request: impl Fn() -> R + Send,
    ) -> Result<T, StoreError>
    where
        R: Future<Output = Result<T, StoreError>> + Send,
        T: Send,
    {
        match request().await {
            Err(error) if self.can_move(&error).await => request().await,
            outcome => outcome,
        }
    }

    /// Whether a refusal leads to the bucket's region. Later requests are then signed for that.
    async fn can_move(&self, refused: &StoreError) -> bool {
        let ErrorKind::WrongRegion(named) = refused.kind() else {
            return false;
        };
        let region = match named {
            Some(region) => Some(region.clone()),
            None => self.ask_for_region().await,
        };
        let Some(region) = region else { return false };
        // Requests at the same time are refused together, and the first of them has moved all.
        if self.regions().signed.as_ref() != Some(&region) {
            tracing::debug!(region, "the bucket is in another region");
            self.regions().found = Some(region);
            *self.client.write().await = None;
        }
        true
    }

    /// What the answer to `HeadBucket` says, be it a refusal too.
    async fn ask_for_region(&self) -> Option<String> {
        let client = self.client().await.ok()?;
        let request = client.head_bucket().bucket(&self.settings.bucket);
        match request.send().await {
            Ok(answer) => answer.bucket_region().and_then(region),
            Err(refused) => refused.raw_response().and_then(told),
        }
    }
}

/// The region that an answer names.
pub(super) fn told(answer: &HttpResponse) -> Option<String> {
    let body = answer.body().bytes().unwrap_or_default();
    let body = String::from_utf8_lossy(body);
    let of_endpoint = || region_of_host(element(&body, "Endpoint")?);
    answer
        .headers()
        .get(HEADER)
        .and_then(region)
        .or_else(|| region(element(&body, "Region")?))
        .or_else(of_endpoint)
}

/// The text of an element that holds nothing else.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once('<')?;
    Some(text.trim())
}

/// The region in one of AWS's host names: `BUCKET.s3.REGION.amazonaws.com`, and `s3-REGION` as old ones have it.
fn region_of_host(host: &str) -> Option<String> {
    let (own, _) = host.split_once(".amazonaws.com")?;
    let mut labels = own.rsplit('.');
    match labels.next()? {
        "s3" => None,
        last => region(last.strip_prefix("s3-").unwrap_or(last)),
    }
}

/// A region becomes a part of a host name, so nothing else may be in it.
fn region(text: &str) -> Option<String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_one = !text.is_empty() && text.len() < 64 && text.bytes().all(fits);
    is_one.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn answer(header: Option<&'static str>, body: &'static str) -> HttpResponse {
        let status = StatusCode::try_from(400).unwrap();
        let mut answer = HttpResponse::new(status, SdkBody::from(body));
        if let Some(header) = header {
            answer.headers_mut().insert(HEADER, header);
        }
        answer
    }

    #[test]
    fn an_answer_says_where_the_bucket_is_in_one_of_three_ways() {
        let malformed =
            "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>";
        let found = Some("eu-west-3".to_owned());
        assert_eq!(told(&answer(Some("eu-west-3"), "")), found);
        assert_eq!(told(&answer(None, malformed)), found);
        for host in [
            "team-dumps.s3.eu-west-3.amazonaws.com",
            "s3.eu-west-3.amazonaws.com",
            "team.s3.dumps.s3-eu-west-3.amazonaws.com",
            "team-dumps.s3.dualstack.eu-west-3.amazonaws.com.cn",
        ] {
            assert_eq!(region_of_host(host), found, "{host}");
        }
        assert_eq!(told(&answer(None, "<Error><Code>x</Code></Error>")), None);
        assert_eq!(region_of_host("team-dumps.s3.amazonaws.com"), None);
    }

    #[test]
    fn what_is_no_region_leads_nowhere() {
        for text in [
            "",
            "evil.example",
            "eu-west-3/x",
            "EU",
            "a@b",
            &"a".repeat(64),
        ] {
            assert_eq!(region(text), None, "{text}");
        }
    }
}
