//! An S3 server in this process, for code that is synchronous or runs elsewhere (a child process, another runtime).
//!
//! The server has a thread and a runtime of its own, so a test that blocks never stops it. It checks signatures, and
//! it answers to path-style addresses only: `http://127.0.0.1:PORT/BUCKET/KEY`.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The access key that the server takes.
const ACCESS_KEY: &str = "AKIAEMBEDDEDTESTKEY0";
/// The secret key that belongs to [`ACCESS_KEY`].
const SECRET_KEY: &str = "embedded/secret/for+tests/only0000000000";
/// The region to sign for; the server takes any.
const REGION: &str = "us-east-1";

/// A running S3 server with one bucket. Dropping it stops it and deletes what it holds.
#[derive(Debug)]
pub struct EmbeddedS3 {
    root: TempDir,
    bucket: String,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl EmbeddedS3 {
    /// Starts a server with an empty bucket named `team-dumps`.
    pub fn start() -> Self {
        Self::start_with_bucket("team-dumps")
    }

    /// Starts a server with an empty bucket of this name.
    ///
    /// # Panics
    /// When no port or no temporary directory can be had.
    pub fn start_with_bucket(bucket: &str) -> Self {
        let root = tempfile::Builder::new()
            .prefix("s3-")
            .tempdir()
            .expect("a temporary directory for the S3 server");
        fs::create_dir(root.path().join(bucket)).expect("the bucket's directory");
        let service = service(root.path());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime for the S3 server");
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .expect("a free port on 127.0.0.1 for the S3 server");
        let address = listener.local_addr().expect("the S3 server's own address");
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("embedded-s3".to_owned())
            .spawn(move || runtime.block_on(serve(listener, service, stopped)))
            .expect("a thread for the S3 server");
        Self {
            root,
            bucket: bucket.to_owned(),
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// The server's address, to be used with path-style requests: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address and port that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The name of the bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The access key that requests must be signed with.
    pub fn access_key(&self) -> &'static str {
        ACCESS_KEY
    }

    /// The secret key that requests must be signed with.
    pub fn secret_key(&self) -> &'static str {
        SECRET_KEY
    }

    /// A region to sign for.
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// The environment in which an AWS client finds these credentials, and looks for no others.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }

    /// The value of `lfs.url` for this bucket: the whole bucket if `prefix` is empty.
    pub fn lfs_url(&self, prefix: &str) -> String {
        self.lfs_url_at(&self.endpoint(), prefix)
    }

    /// As [`Self::lfs_url`], reached by another endpoint (a proxy before this server).
    pub fn lfs_url_at(&self, endpoint: &str, prefix: &str) -> String {
        let slash = if prefix.is_empty() { "" } else { "/" };
        format!(
            "lfs-agent::s3://{}{slash}{prefix}?region={REGION}&endpoint={endpoint}&path_style=true",
            self.bucket
        )
    }

    /// The keys of all objects, sorted.
    pub fn keys(&self) -> Vec<String> {
        let bucket = self.root.path().join(&self.bucket);
        let mut keys = Vec::new();
        let mut directories = vec![bucket.clone()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(&directory).expect("a directory of the S3 server") {
                let path = entry.expect("an entry of the S3 server's directory").path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    let key = path.strip_prefix(&bucket).expect("a path below the bucket");
                    keys.push(key.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        keys.sort();
        keys
    }

    /// The bytes of one object, or `None` when there is none.
    pub fn read(&self, key: &str) -> Option<Vec<u8>> {
        fs::read(self.path_of(key)).ok()
    }

    /// Puts an object behind the server's back: no request, no metadata.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        let path = self.path_of(key);
        fs::create_dir_all(path.parent().expect("a key has a parent"))
            .expect("the key's directory");
        fs::write(path, bytes).expect("the object's file");
    }

    /// Deletes an object behind the server's back.
    ///
    /// # Panics
    /// When there is no such object.
    #[track_caller]
    pub fn delete(&self, key: &str) {
        if let Err(error) = fs::remove_file(self.path_of(key)) {
            panic!(
                "can't delete `{key}` from the embedded S3: {error}; it holds {:?}",
                self.keys()
            );
        }
    }

    fn path_of(&self, key: &str) -> PathBuf {
        self.root.path().join(&self.bucket).join(key)
    }
}

impl Drop for EmbeddedS3 {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn service(root: &Path) -> S3Service {
    let mut builder =
        S3ServiceBuilder::new(FileSystem::new(root).expect("the S3 server's directory"));
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    builder.build()
}

/// Answers connections until the sender of `stopped` is gone.
async fn serve(listener: TcpListener, service: S3Service, mut stopped: oneshot::Receiver<()>) {
    let server = auto::Builder::new(TokioExecutor::new());
    loop {
        let accepted = tokio::select! {
            _ = &mut stopped => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else { continue };
        // Small answers would wait for the client's delayed acknowledgements otherwise.
        let _ = stream.set_nodelay(true);
        let connection = server
            .serve_connection(TokioIo::new(stream), service.clone())
            .into_owned();
        tokio::spawn(async move {
            // A client that goes away is its own business; what it asked for is seen in the store.
            let _ = connection.await;
        });
    }
}
