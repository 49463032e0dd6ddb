//! What the tests of this crate share: stores to run on and objects to move.
#![allow(
    dead_code,
    reason = "each test binary uses its own part of this module"
)]
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

pub(crate) mod developer;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dump_store::{
    Key, Layout, Limits, Meter, ObjectStore, Oid, RetryPolicy, S3Settings, S3Store, TransferError,
    Transfers, Uploaded, Workspace,
};
pub(crate) use testkit::noise::noise;
use testkit_s3::s3::EmbeddedS3;

/// Parts and ranges so small that little objects have many.
pub(crate) const PART: u64 = 64 << 10;

/// Limits with parts of [`PART`] bytes.
pub(crate) fn small_parts() -> Limits {
    Limits {
        single_put: PART,
        smallest_part: PART,
        largest_part: PART,
        connections: 4,
        leader_connections: 4,
    }
}

/// A store, transfers with it, and a directory for their files.
pub(crate) struct Bench<S> {
    pub(crate) transfers: Transfers<S>,
    pub(crate) store: S,
    pub(crate) layout: Layout,
    directory: tempfile::TempDir,
}

impl<S: ObjectStore> Bench<S> {
    pub(crate) fn new(store: S) -> Self {
        Self::with_limits(store, small_parts())
    }

    pub(crate) fn with_limits(store: S, limits: Limits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(&prefix(&store));
        let transfers = transfers(&store, &layout, limits, directory.path());
        Self {
            transfers,
            store,
            layout,
            directory,
        }
    }

    /// The transfers that the next process would have: the same workspace, nothing in memory.
    pub(crate) fn next_process(&mut self) {
        self.transfers = transfers(
            &self.store,
            &self.layout,
            small_parts(),
            self.directory.path(),
        );
    }

    /// A file with this content, and its oid.
    pub(crate) fn file(&self, content: &[u8]) -> (Oid, PathBuf) {
        let oid = Oid::of(content);
        let path = self.directory.path().join(oid.to_hex());
        std::fs::write(&path, content).unwrap();
        (oid, path)
    }

    pub(crate) async fn upload(&self, content: &[u8]) -> Result<Uploaded, TransferError> {
        let (oid, path) = self.file(content);
        let meter = Meter::new();
        let upload = self
            .transfers
            .upload(&oid, content.len() as u64, &path, &meter);
        Box::pin(upload).await
    }

    /// Downloads the object with this content and checks that it is what comes.
    pub(crate) async fn download(&self, content: &[u8]) -> Result<(), TransferError> {
        let (oid, meter) = (Oid::of(content), Meter::new());
        let download = self.transfers.download(&oid, content.len() as u64, &meter);
        let path = Box::pin(download).await?;
        assert!(path.starts_with(self.workspace()), "{}", path.display());
        assert!(
            std::fs::read(&path).unwrap() == content,
            "another content was handed out"
        );
        std::fs::remove_file(path).unwrap();
        Ok(())
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        workspace(self.directory.path())
    }

    /// The names of the files in the workspace.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let mut names = Vec::new();
        for folder in ["download", "upload"] {
            let Ok(entries) = std::fs::read_dir(self.workspace().join(folder)) else {
                continue;
            };
            names.extend(entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()));
        }
        names.sort();
        names
    }
}

fn transfers<S: ObjectStore>(
    store: &S,
    layout: &Layout,
    limits: Limits,
    directory: &Path,
) -> Transfers<S> {
    let policy = RetryPolicy {
        stall: patience(store),
        ..RetryPolicy::impatient()
    };
    Transfers::new(
        store.clone(),
        layout.clone(),
        limits,
        policy,
        Workspace::new(workspace(directory)),
    )
}

/// How long transfers wait for something to move: on a network that is there longer than a busy machine lets it stand still.
pub(crate) fn patience(store: &impl ObjectStore) -> Duration {
    if is_memory(store) {
        Duration::from_millis(300)
    } else {
        Duration::from_secs(1)
    }
}

/// Where a test keeps its objects. A server may have those of earlier runs.
pub(crate) fn prefix(store: &impl ObjectStore) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    if is_memory(store) {
        "team/shop".to_owned()
    } else {
        format!("team/shop-{}", now.as_nanos())
    }
}

/// Whether a store is none that speaks over a network.
pub(crate) fn is_memory(store: &impl ObjectStore) -> bool {
    store.address(&Key::new("")).starts_with("memory:")
}

fn workspace(directory: &Path) -> PathBuf {
    directory.join("lfs/lfs-agent")
}

/// The server that `S3_TEST_ENDPOINT` and `S3_TEST_BUCKET` name, with credentials from the AWS variables; otherwise one
/// inside this process.
pub(crate) enum Server {
    Embedded(EmbeddedS3),
    Named { endpoint: String, bucket: String },
}

impl Server {
    pub(crate) fn start() -> Self {
        match (
            std::env::var("S3_TEST_ENDPOINT"),
            std::env::var("S3_TEST_BUCKET"),
        ) {
            (Ok(endpoint), Ok(bucket)) => Self::Named { endpoint, bucket },
            _ => Self::embedded(),
        }
    }

    pub(crate) fn embedded() -> Self {
        // It has a runtime of its own, which can't be started from within another.
        Self::Embedded(std::thread::spawn(EmbeddedS3::start).join().unwrap())
    }

    pub(crate) fn store(&self) -> S3Store {
        S3Store::new(self.settings())
    }

    pub(crate) fn settings(&self) -> S3Settings {
        match self {
            Self::Embedded(server) => S3Settings {
                bucket: server.bucket().to_owned(),
                region: Some(server.region().to_owned()),
                endpoint: Some(server.endpoint()),
                path_style: true,
                credentials: Some(aws_credential_types::Credentials::new(
                    server.access_key(),
                    server.secret_key(),
                    None,
                    None,
                    "test",
                )),
                ..S3Settings::default()
            },
            Self::Named { endpoint, bucket } => S3Settings {
                bucket: bucket.clone(),
                endpoint: Some(endpoint.clone()),
                path_style: true,
                ..S3Settings::default()
            },
        }
    }
}
