//! An S3 server in this process, for code that is synchronous or runs elsewhere (a child process, another runtime).
//!
//! The server has a thread and a runtime of its own, so a test that blocks never stops it. It checks signatures, and
//! it answers to path-style addresses only: `http://127.0.0.1:PORT/BUCKET/KEY`.

mod body;
mod bucket;
mod listing;
mod multipart;
mod service;
mod store;

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdTcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::Checksum;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use body::hexadecimal;
use bucket::Bucket;
use store::{Attributes, Content, Object, Store};

/// The access key that the server takes.
const ACCESS_KEY: &str = "AKIAEMBEDDEDTESTKEY0";
/// The secret key that belongs to [`ACCESS_KEY`].
const SECRET_KEY: &str = "embedded/secret/for+tests/only0000000000";
/// The region to sign for; the server takes any.
const REGION: &str = "us-east-1";

/// A running S3 server with one bucket. Dropping it stops it and deletes what it holds.
#[derive(Debug)]
pub struct EmbeddedS3 {
    store: Arc<Store>,
    bucket: String,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    // Declared after the thread, which is joined before this is removed.
    _directory: TempDir,
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
        let directory = tempfile::Builder::new()
            .prefix("s3-")
            .tempdir()
            .expect("a temporary directory for the S3 server");
        let store = Arc::new(Store::new(directory.path()));
        let mut builder = S3ServiceBuilder::new(Bucket {
            store: Arc::clone(&store),
            name: bucket.to_owned(),
        });
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime for the S3 server");
        // Bound without the runtime, so that this can be called from within another one.
        let listener = StdTcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .expect("a free port on 127.0.0.1 for the S3 server");
        listener
            .set_nonblocking(true)
            .expect("a listener that doesn't block");
        let address = listener.local_addr().expect("the S3 server's own address");
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("embedded-s3".to_owned())
            .spawn(move || runtime.block_on(serve(listener, service, stopped)))
            .expect("a thread for the S3 server");
        Self {
            store,
            _directory: directory,
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
        format!("lfs-agent::{}", self.store_url_at(endpoint, prefix))
    }

    /// The same as a command of the agent takes it.
    pub fn store_url(&self, prefix: &str) -> String {
        self.store_url_at(&self.endpoint(), prefix)
    }

    /// As [`Self::store_url`], reached by another endpoint.
    pub fn store_url_at(&self, endpoint: &str, prefix: &str) -> String {
        let slash = if prefix.is_empty() { "" } else { "/" };
        format!(
            "s3://{}{slash}{prefix}?region={REGION}&endpoint={endpoint}&path_style=true",
            self.bucket
        )
    }

    /// The keys of all objects, sorted, without what repositories say of themselves ([`Self::names`]) and what
    /// is noted of recipes ([`Self::notes`]).
    pub fn keys(&self) -> Vec<String> {
        self.keys_where(|key| !is_name(key) && !is_note(key))
    }

    /// The keys under which repositories have left their names, sorted (`repositories/` in `docs/s3-layout.md`).
    pub fn names(&self) -> Vec<String> {
        self.keys_where(is_name)
    }

    /// The keys of what is noted of recipes, sorted.
    pub fn notes(&self) -> Vec<String> {
        self.keys_where(is_note)
    }

    fn keys_where(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let index = self.store.index();
        let keys = index.objects.keys().filter(|key| wanted(key));
        keys.cloned().collect()
    }

    /// The keys of all uploads that are neither completed nor aborted, sorted.
    pub fn unfinished_uploads(&self) -> Vec<String> {
        let mut keys: Vec<String> = self
            .store
            .index()
            .uploads
            .values()
            .map(|upload| upload.key.clone())
            .collect();
        keys.sort();
        keys
    }

    /// The bytes of one object, or `None` when there is none.
    pub fn read(&self, key: &str) -> Option<Vec<u8>> {
        let path = self.store.index().objects.get(key)?.content.path.clone();
        fs::read(path).ok()
    }

    /// The storage class that an object was put with, if any.
    ///
    /// # Panics
    /// When there is no such object.
    #[track_caller]
    pub fn storage_class(&self, key: &str) -> Option<String> {
        self.with_object(key, |object| {
            object
                .attributes
                .storage_class
                .as_ref()
                .map(|class| class.as_str().to_owned())
        })
    }

    /// Puts an object behind the server's back: no request, no checks.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        let (path, mut file) = self.store.create_file().expect("a file for the object");
        file.write_all(bytes).expect("the object's file");
        let content = Content {
            path,
            size: bytes.len() as u64,
            checksum: Checksum::default(),
        };
        let etag = hexadecimal(&Md5::checksum(bytes));
        let attributes = Attributes::default();
        self.store.put(
            key,
            Object {
                content,
                etag,
                modified: SystemTime::now(),
                attributes,
            },
        );
    }

    /// Makes an object look as if it had been put so long ago.
    ///
    /// # Panics
    /// When there is no such object.
    #[track_caller]
    pub fn age(&self, key: &str, by: Duration) {
        self.with_object(key, |object| object.modified -= by);
    }

    /// Gives the bucket a lifecycle rule that deletes unfinished uploads after so many days. The rule is only told.
    pub fn delete_unfinished_uploads_after(&self, days: i32) {
        self.store.index().unfinished_days = Some(days);
    }

    /// Deletes an object behind the server's back.
    ///
    /// # Panics
    /// When there is no such object.
    #[track_caller]
    pub fn delete(&self, key: &str) {
        self.with_object(key, |_| ());
        self.store.delete(key);
    }

    #[track_caller]
    fn with_object<T>(&self, key: &str, action: impl FnOnce(&mut Object) -> T) -> T {
        let mut index = self.store.index();
        let keys: Vec<String> = index.objects.keys().cloned().collect();
        match index.objects.get_mut(key) {
            Some(object) => action(object),
            None => panic!("there is no `{key}` in the embedded S3; it holds {keys:?}"),
        }
    }
}

fn is_name(key: &str) -> bool {
    key.starts_with("repositories/") || key.contains("/repositories/")
}

fn is_note(key: &str) -> bool {
    key.starts_with("needs/") || key.contains("/needs/")
}

impl Drop for EmbeddedS3 {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers connections until the sender of `stopped` is gone.
async fn serve(listener: StdTcpListener, service: S3Service, mut stopped: oneshot::Receiver<()>) {
    let listener = TcpListener::from_std(listener).expect("a listener for the runtime");
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
