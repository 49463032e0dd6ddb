//! The server that dumps are pushed to.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use command_line::Failure;
use testkit_s3::s3::EmbeddedS3;

/// A server with a bucket, and a prefix in it that nobody else uses.
pub(in crate::subjects) struct Server {
    endpoint: String,
    pub(in crate::subjects) bucket: String,
    pub(in crate::subjects) region: String,
    pub(in crate::subjects) prefix: String,
    environment: Vec<(String, String)>,
    /// Deletes what it holds when it is dropped.
    _embedded: Option<EmbeddedS3>,
}

impl Server {
    /// The server that the environment names; otherwise the test kit's, new and empty.
    pub(in crate::subjects) fn open() -> Result<Self, Failure> {
        let nanoseconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_nanos());
        let prefix = format!("bench-{nanoseconds}");
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let Some(endpoint) = variable("S3_TEST_ENDPOINT") else {
            let server = EmbeddedS3::start();
            return Ok(Self {
                endpoint: server.endpoint(),
                bucket: server.bucket().to_owned(),
                region: server.region().to_owned(),
                prefix,
                environment: server
                    .environment()
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect(),
                _embedded: Some(server),
            });
        };
        let needed = |name: &str| {
            let missing = format!("S3_TEST_ENDPOINT is set, but {name} isn't");
            variable(name).ok_or_else(|| {
                Failure::input(missing).hint("name a bucket that may be filled, and credentials")
            })
        };
        let mut environment = vec![("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned())];
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"] {
            environment.push((name.to_owned(), needed(name)?));
        }
        Ok(Self {
            bucket: needed("S3_TEST_BUCKET")?,
            region: needed("AWS_REGION")?,
            endpoint,
            prefix,
            environment,
            _embedded: None,
        })
    }

    pub(in crate::subjects) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// In which an AWS client finds its credentials.
    pub(in crate::subjects) fn environment(&self) -> Vec<(String, String)> {
        self.environment.clone()
    }
}
