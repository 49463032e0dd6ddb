//! A git-lfs server of the usual kind, as hosting services have one: the batch API over HTTP, with the `basic` transfer.
//!
//! <https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md>. It asks for no credentials, and knows no locks.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::http::{Answer, HttpServer, Request};

/// Where the API begins.
const API: &str = "/team/shop.git/info/lfs";

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct LfsServer {
    server: HttpServer,
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
            server: HttpServer::start(move |request| served.answer(request)),
            state,
        }
    }

    /// The value of `lfs.url` for it.
    pub fn url(&self) -> String {
        format!("{}{API}", self.server.endpoint())
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

    fn answer(&self, request: &Request) -> Answer {
        let kind = "Content-Type: application/vnd.git-lfs+json\r\n";
        let answer = |status, body| Answer::new(status, body).with_headers(kind);
        let Some(place) = request.target().strip_prefix(API) else {
            return answer("404 Not Found", Vec::new());
        };
        match (request.method(), place, place.strip_prefix("/objects/")) {
            ("POST", "/objects/batch", _) => match serde_json::from_slice(&request.body) {
                Ok(asked) => {
                    let said = self.batch(request.server, &asked).to_string();
                    answer("200 OK", said.into_bytes())
                }
                Err(_) => answer("422 Unprocessable Content", Vec::new()),
            },
            ("GET", _, Some(oid)) => match self.objects().get(oid) {
                Some(object) => answer("200 OK", object.clone()),
                None => answer("404 Not Found", Vec::new()),
            },
            ("PUT", _, Some(oid)) => {
                self.objects().insert(oid.to_owned(), request.body.clone());
                answer("200 OK", Vec::new())
            }
            _ => answer("404 Not Found", Vec::new()),
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
