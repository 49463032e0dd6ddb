//! A git-lfs server of the usual kind, as hosting services have one: the batch API over HTTP, with the `basic` transfer.
//!
//! <https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md>. It asks for no credentials, and knows no locks.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};

/// Where the API begins.
const API: &str = "/team/shop.git/info/lfs";

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct LfsServer {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    address: SocketAddr,
    stopped: AtomicBool,
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl LfsServer {
    /// Starts a server without objects, on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When no port can be had.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let state = Arc::new(State {
            address: listener.local_addr().expect("the server's own address"),
            stopped: AtomicBool::new(false),
            objects: Mutex::default(),
        });
        let accepting = Arc::clone(&state);
        let thread = thread::spawn(move || {
            for client in listener.incoming() {
                if accepting.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let state = Arc::clone(&accepting);
                // A client that goes away is its own business.
                thread::spawn(move || client.and_then(|client| converse(&client, &state)));
            }
        });
        Self {
            state,
            thread: Some(thread),
        }
    }

    /// The value of `lfs.url` for it.
    pub fn url(&self) -> String {
        format!("http://{}{API}", self.state.address)
    }

    /// What it holds, by oid.
    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.objects().clone()
    }
}

impl Drop for LfsServer {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // The accepting thread waits for a connection: this is one.
        let _ = TcpStream::connect(self.state.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl State {
    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The status and the body of an answer.
    fn answer(&self, method: &str, path: &str, body: Vec<u8>) -> (&'static str, Vec<u8>) {
        let Some(place) = path.strip_prefix(API) else {
            return ("404 Not Found", Vec::new());
        };
        match (method, place, place.strip_prefix("/objects/")) {
            ("POST", "/objects/batch", _) => match serde_json::from_slice(&body) {
                Ok(request) => ("200 OK", self.batch(&request).to_string().into_bytes()),
                Err(_) => ("422 Unprocessable Content", Vec::new()),
            },
            ("GET", _, Some(oid)) => match self.objects().get(oid) {
                Some(object) => ("200 OK", object.clone()),
                None => ("404 Not Found", Vec::new()),
            },
            ("PUT", _, Some(oid)) => {
                self.objects().insert(oid.to_owned(), body);
                ("200 OK", Vec::new())
            }
            _ => ("404 Not Found", Vec::new()),
        }
    }

    fn batch(&self, request: &Value) -> Value {
        let operation = request["operation"].as_str().unwrap_or_default();
        let wanted = request["objects"].as_array().cloned().unwrap_or_default();
        let known = self.objects();
        let objects: Vec<Value> = wanted
            .into_iter()
            .map(|mut object| {
                let oid = object["oid"].as_str().unwrap_or_default().to_owned();
                let href = format!("http://{}{API}/objects/{oid}", self.address);
                match (operation, known.contains_key(&oid)) {
                    ("download", false) => {
                        object["error"] = json!({"code": 404, "message": "no such object"});
                    }
                    ("upload", true) => {}
                    _ => object["actions"] = json!({operation: {"href": href}}),
                }
                object
            })
            .collect();
        json!({"transfer": "basic", "objects": objects})
    }
}

/// Answers the requests of one connection until it ends.
fn converse(client: &TcpStream, state: &State) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut writer = client;
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next());
        let lower = head.to_lowercase();
        let length = lower
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|length| length.trim().parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body)?;
        let (status, body) = state.answer(method, path.unwrap_or_default(), body);
        let kind = "application/vnd.git-lfs+json";
        let length = body.len();
        write!(
            writer,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        )?;
        writer.write_all(&body)?;
    }
}
