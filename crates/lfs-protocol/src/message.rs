//! The messages, as they are on the wire.
//!
//! Requests are read leniently: git-lfs may add fields, and a field that isn't needed may be null or missing. Answers are
//! written strictly: git-lfs takes any event name it doesn't expect as the end of the transfer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What git-lfs starts a session for. A session never mixes the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// `git push`, `git lfs push`.
    Upload,
    /// `git clone`, `git pull`, `git checkout`, `git lfs fetch`.
    Download,
}

/// What `init` says: the whole of what an agent learns about its session.
///
/// There is no URL, no ref and no credential in it; the agent finds those out by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Upload or download.
    pub operation: Operation,
    /// The git remote's name. May be a URL, or empty.
    pub remote: String,
    /// How many agents git-lfs runs side by side, this one included; at least 1. They share the machine's memory and line.
    pub siblings: u32,
}

/// The object that a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The oid as git-lfs wrote it, *not checked*: whoever makes a path or a key of it must check it first.
    pub oid: String,
    /// The object's size in bytes.
    pub size: u64,
}

/// Why an object, or a session, failed. It is all that a user gets to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// A number that git-lfs prints in brackets before the message. It retries nothing, whatever the number.
    pub code: u32,
    /// One or two sentences, with a `hint:` where there is a next step.
    pub message: String,
}

impl Failure {
    /// A failure with `code` and the sentence `message`.
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// One line from git-lfs, understood as far as it goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Init(Session),
    Upload {
        object: Object,
        path: String,
    },
    Download {
        object: Object,
    },
    Terminate,
    /// A message for one object that can't be served; `oid` allows to answer it.
    Unusable {
        oid: Option<String>,
        reason: String,
    },
}

/// One line to git-lfs.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Response<'a> {
    Ready {},
    Refused {
        error: &'a Failure,
    },
    Progress {
        event: &'static str,
        oid: &'a str,
        #[serde(rename = "bytesSoFar")]
        bytes_so_far: u64,
        #[serde(rename = "bytesSinceLast")]
        bytes_since_last: u64,
    },
    Complete {
        event: &'static str,
        oid: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a Failure>,
    },
}

/// `init` as git-lfs writes it.
#[derive(Deserialize)]
struct InitFields {
    operation: Operation,
    #[serde(default)]
    remote: Option<String>,
    #[serde(default)]
    concurrent: Option<bool>,
    #[serde(default)]
    concurrenttransfers: Option<u32>,
}

/// Reads one line. Never fails: what can't be used becomes [`Request::Unusable`] with the reason.
pub(crate) fn parse(line: &[u8]) -> Request {
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(error) => {
            return unusable(
                None,
                format!("git-lfs sent a line that isn't JSON ({error})"),
            );
        }
    };
    let oid = value.get("oid").and_then(Value::as_str).map(str::to_owned);
    let Some(event) = value.get("event").and_then(Value::as_str) else {
        return unusable(
            oid,
            "git-lfs sent a message without an event name".to_owned(),
        );
    };
    match event {
        "init" => match serde_json::from_value::<InitFields>(value) {
            Ok(fields) => Request::Init(session(fields)),
            Err(error) => unusable(
                None,
                format!("git-lfs sent an `init` that can't be used ({error})"),
            ),
        },
        "terminate" => Request::Terminate,
        "upload" => match (object(&value), value.get("path").and_then(Value::as_str)) {
            (Ok(object), Some(path)) => Request::Upload {
                object,
                path: path.to_owned(),
            },
            (Ok(_), None) => unusable(oid, "git-lfs sent an `upload` without a path".to_owned()),
            (Err(reason), _) => unusable(oid, reason),
        },
        "download" => match object(&value) {
            Ok(object) => Request::Download { object },
            Err(reason) => unusable(oid, reason),
        },
        other => unusable(
            oid,
            format!(
                "git-lfs sent `{}`, an event that this agent doesn't know",
                printable(other)
            ),
        ),
    }
}

fn session(fields: InitFields) -> Session {
    let siblings = match fields.concurrent {
        Some(false) => 1,
        Some(true) | None => fields.concurrenttransfers.unwrap_or(1).max(1),
    };
    Session {
        operation: fields.operation,
        remote: fields.remote.unwrap_or_default(),
        siblings,
    }
}

fn object(value: &Value) -> Result<Object, String> {
    let oid = value
        .get("oid")
        .and_then(Value::as_str)
        .ok_or("git-lfs sent a request without an oid")?;
    let size = value
        .get("size")
        .and_then(Value::as_u64)
        .ok_or("git-lfs sent a request without a size, or with one that isn't a byte count")?;
    Ok(Object {
        oid: oid.to_owned(),
        size,
    })
}

fn unusable(oid: Option<String>, reason: String) -> Request {
    Request::Unusable { oid, reason }
}

/// An event name fit for a sentence: short, and without control characters.
fn printable(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(40)
        .collect()
}
