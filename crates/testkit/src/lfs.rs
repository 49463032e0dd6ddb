//! A git-lfs server of the usual kind, as hosting services have one: the batch API over HTTP, with the `basic` transfer.
//!
//! <https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md>. It asks for no credentials, and knows no locks.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::listener::Listener;

/// Where the API begins.
const API: &str = "/team/shop.git/info/lfs";

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct LfsServer {
    listener: Listener,
    state: Arc<State>,
}

/// What the server holds, by oid.
#[derive(Debug, Default)]
struct State(Mutex<BTreeMap<String, Vec<u8>>>);

impl LfsServer {
    /// Starts a server without objects, on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When no port can be had.
    pub fn start() -> Self {
        let state = Arc::<State>::default();
        let served = Arc::clone(&state);
        Self {
            listener: Listener::start(move |client| converse(client, &served)),
            state,
        }
    }

    /// The value of `lfs.url` for it.
    pub fn url(&self) -> String {
        format!("http://{}{API}", self.listener.address())
    }

    /// What it holds, by oid.
    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.objects().clone()
    }
}

impl State {
    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The status and the body of an answer.
    fn answer(
        &self,
        own: SocketAddr,
        (method, path): (&str, &str),
        body: Vec<u8>,
    ) -> (&'static str, Vec<u8>) {
        let Some(place) = path.strip_prefix(API) else {
            return ("404 Not Found", Vec::new());
        };
        match (method, place, place.strip_prefix("/objects/")) {
            ("POST", "/objects/batch", _) => match serde_json::from_slice(&body) {
                Ok(request) => ("200 OK", self.batch(own, &request).to_string().into_bytes()),
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

    fn batch(&self, own: SocketAddr, request: &Value) -> Value {
        let operation = request["operation"].as_str().unwrap_or_default();
        let wanted = request["objects"].as_array().cloned().unwrap_or_default();
        let known = self.objects();
        let objects: Vec<Value> = wanted
            .into_iter()
            .map(|mut object| {
                let oid = object["oid"].as_str().unwrap_or_default().to_owned();
                let href = format!("http://{own}{API}/objects/{oid}");
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
        let asked = (method, path.unwrap_or_default());
        let (status, body) = state.answer(client.local_addr()?, asked, body);
        let kind = "application/vnd.git-lfs+json";
        let length = body.len();
        write!(
            writer,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        )?;
        writer.write_all(&body)?;
    }
}
