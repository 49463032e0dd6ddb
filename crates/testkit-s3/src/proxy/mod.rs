//! A network that fails on cue: a proxy before an S3 server, which damages what passes by script.
//!
//! It understands just enough HTTP/1.1 to know where a message begins and ends, and passes every byte on as it came
//! (the signature of a request covers its `Host` header, so even that stays), but for the fault that was asked for.
//! It also counts, and can be as slow and as far away as a real network is.

mod connection;
mod lane;
mod message;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What goes wrong with one request or its answer. Offsets count the bytes of a body, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The request is not passed on; the proxy answers with this status and S3's XML for this error code
    /// (503 `SlowDown`, 500 `InternalError`, 403 `AccessDenied` …) and closes the connection.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The value of `<Code>`.
        code: &'static str,
    },
    /// A request that isn't signed for this region is answered as a bucket in that region answers; others pass.
    OtherRegion {
        /// Where the bucket is.
        region: &'static str,
        /// How that is told.
        told: Told,
    },
    /// The connection is reset when this many bytes of the request's body have been passed on.
    ResetRequest {
        /// Bytes of the body that still arrive at the server.
        after: u64,
    },
    /// The request stops for a while when this many bytes of its body have been passed on.
    StallRequest {
        /// Bytes of the body that arrive without delay.
        after: u64,
        /// How long nothing moves.
        pause: Duration,
    },
    /// One bit of the request's body is flipped.
    FlipRequestBit {
        /// The byte in which the lowest bit is flipped.
        at: u64,
    },
    /// The server does what it was asked, but its answer is lost: the connection is reset instead.
    LoseAnswer,
    /// The first byte of the answer comes this much later.
    DelayAnswer {
        /// How much later.
        pause: Duration,
    },
    /// The connection is reset when this many bytes of the answer's body have been passed on.
    ResetAnswer {
        /// Bytes of the body that still arrive at the client.
        after: u64,
    },
    /// The answer stops for a while when this many bytes of its body have been passed on.
    StallAnswer {
        /// Bytes of the body that arrive without delay.
        after: u64,
        /// How long nothing moves.
        pause: Duration,
    },
    /// One bit of the answer's body is flipped.
    FlipAnswerBit {
        /// The byte in which the lowest bit is flipped.
        at: u64,
    },
    /// The connection is closed in good order, this many bytes before the end that `Content-Length` promises.
    CutAnswer {
        /// Bytes that are missing at the end.
        missing: u64,
    },
    /// The body is shorter by this many bytes, and `Content-Length` agrees with what comes: nothing looks wrong.
    ShortAnswer {
        /// Bytes that are missing at the end.
        missing: u64,
    },
    /// The body is longer by this many zero bytes, and `Content-Length` agrees with what comes.
    LongAnswer {
        /// Bytes that follow the real end.
        extra: u64,
    },
    /// More bytes come than `Content-Length` promises: this many zero bytes follow the body, then the end.
    OverlongAnswer {
        /// Bytes that follow the promised end.
        extra: u64,
    },
}

/// How a bucket says in which region it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// 301 with a header.
    Header,
    /// 400 `AuthorizationHeaderMalformed`, which names it.
    Body,
    /// 301 with an endpoint that has it in its name.
    Endpoint,
    /// 301 that says nothing; the answer to `HeadBucket` has the header.
    HeadBucket,
    /// Not at all.
    Never,
}

impl Fault {
    /// The answer with this status and error code, in the server's place.
    pub fn answer(status: u16, code: &'static str) -> Self {
        Self::Answer { status, code }
    }

    /// The answer to those who may not.
    pub fn denied() -> Self {
        Self::answer(403, "AccessDenied")
    }
}

/// Which requests a fault is for. Every condition must hold; [`Matching::any`] has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matching {
    method: Option<&'static str>,
    target: Option<String>,
    skip: u64,
    times: Option<u64>,
}

impl Matching {
    /// Every request.
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests of this method.
    pub fn method(method: &'static str) -> Self {
        Self {
            method: Some(method),
            ..Self::default()
        }
    }

    /// Of these only those whose path or query contains this text (`partNumber=2`, `uploads`, a key).
    #[must_use]
    pub fn target(mut self, part: &str) -> Self {
        self.target = Some(part.to_owned());
        self
    }

    /// Of these only the n-th, counted from 1, and no other.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.skip = n - 1;
        self.times = Some(1);
        self
    }

    /// Of these only the first n.
    #[must_use]
    pub fn first(mut self, n: u64) -> Self {
        self.skip = 0;
        self.times = Some(n);
        self
    }

    fn covers(&self, request: &RequestLine) -> bool {
        self.method.is_none_or(|method| request.method == method)
            && self
                .target
                .as_ref()
                .is_none_or(|part| request.target.contains(part.as_str()))
    }
}

/// How far away and how slow the network is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shaping {
    /// How long each byte is on its way, in each direction. (A connection itself is accepted at once.)
    pub delay: Duration,
    /// What one connection carries in each direction, in bytes per second; `None`: as fast as it goes.
    pub bytes_per_second: Option<u64>,
}

/// The first line of a request that has come by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// `GET`, `PUT` …
    pub method: String,
    /// The path and the query, as sent.
    pub target: String,
}

/// A proxy that is running. Dropping it closes all its connections.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

impl FaultProxy {
    /// Starts a proxy on a free port of 127.0.0.1, before the server at `endpoint` (`http://HOST:PORT`).
    ///
    /// # Panics
    /// When `endpoint` is no such address, or no port can be had.
    #[track_caller]
    pub fn start(endpoint: &str) -> Self {
        Self::shaped(endpoint, Shaping::default())
    }

    /// As [`Self::start`], over a network of this shape.
    ///
    /// # Panics
    /// As [`Self::start`].
    #[track_caller]
    pub fn shaped(endpoint: &str, shaping: Shaping) -> Self {
        let authority = endpoint
            .strip_prefix("http://")
            .expect("an endpoint that begins with http://");
        let upstream = authority
            .trim_end_matches('/')
            .to_socket_addrs()
            .expect("an endpoint of the form http://HOST:PORT")
            .next()
            .expect("an address for the endpoint");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .expect("a free port on 127.0.0.1 for the proxy");
        let address = listener.local_addr().expect("the proxy's own address");
        let state = Arc::new(State::new(upstream, shaping));
        let accepting = Arc::clone(&state);
        let thread = thread::Builder::new()
            .name("fault-proxy".to_owned())
            .spawn(move || accept(&listener, &accepting))
            .expect("a thread for the proxy");
        Self {
            address,
            state,
            thread: Some(thread),
        }
    }

    /// The proxy's address, for the client: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Plans a fault. Of several plans that cover a request, the one made first and not used up is carried out.
    pub fn inject(&self, matching: Matching, fault: Fault) {
        self.state.lock().plans.push(Plan {
            matching,
            fault,
            seen: 0,
        });
    }

    /// Forgets all planned faults.
    pub fn heal(&self) {
        self.state.lock().plans.clear();
    }

    /// All requests so far, in the order in which they came.
    pub fn requests(&self) -> Vec<RequestLine> {
        self.state.lock().requests.clone()
    }

    /// How many requests of this method have come so far.
    pub fn count(&self, method: &str) -> usize {
        self.state
            .lock()
            .requests
            .iter()
            .filter(|request| request.method == method)
            .count()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.state.lock().requests.clear();
    }

    /// How many faults have really struck: a fault in a body that ended earlier doesn't count.
    pub fn struck(&self) -> u64 {
        self.state.struck.load(Ordering::SeqCst)
    }

    /// How many bytes clients have sent so far, headers included.
    pub fn sent(&self) -> u64 {
        self.state.sent.load(Ordering::Relaxed)
    }

    /// How many bytes clients were sent so far, headers included.
    pub fn received(&self) -> u64 {
        self.state.received.load(Ordering::Relaxed)
    }

    /// How many connections clients have opened.
    pub fn connections(&self) -> u64 {
        self.state.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // The accepting thread waits for a connection: this is one.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        for stream in self
            .state
            .lock()
            .open
            .drain(..)
            .filter_map(|stream| stream.upgrade())
        {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

/// A fault that waits for its request.
#[derive(Debug)]
struct Plan {
    matching: Matching,
    fault: Fault,
    seen: u64,
}

/// What all connections share.
#[derive(Debug)]
struct State {
    upstream: SocketAddr,
    shaping: Shaping,
    stopped: AtomicBool,
    struck: AtomicU64,
    accepted: AtomicU64,
    sent: Arc<AtomicU64>,
    received: Arc<AtomicU64>,
    script: Mutex<Script>,
}

#[derive(Debug, Default)]
struct Script {
    plans: Vec<Plan>,
    requests: Vec<RequestLine>,
    open: Vec<std::sync::Weak<TcpStream>>,
}

impl State {
    fn new(upstream: SocketAddr, shaping: Shaping) -> Self {
        Self {
            upstream,
            shaping,
            stopped: AtomicBool::new(false),
            struck: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            sent: Arc::default(),
            received: Arc::default(),
            script: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request, and tells what is to go wrong with it.
    fn decide(&self, request: RequestLine) -> Option<Fault> {
        let mut script = self.lock();
        let mut fault = None;
        for plan in script
            .plans
            .iter_mut()
            .filter(|plan| plan.matching.covers(&request))
        {
            plan.seen += 1;
            let due = plan.seen > plan.matching.skip
                && plan
                    .matching
                    .times
                    .is_none_or(|times| plan.seen <= plan.matching.skip + times);
            if due && fault.is_none() {
                fault = Some(plan.fault.clone());
            }
        }
        script.requests.push(request);
        fault
    }

    fn strike(&self) {
        self.struck.fetch_add(1, Ordering::SeqCst);
    }

    /// Sleeps, but no longer than the proxy lives.
    fn pause(&self, pause: Duration) {
        let end = std::time::Instant::now() + pause;
        while !self.stopped.load(Ordering::SeqCst) {
            let left = end.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() {
                return;
            }
            thread::sleep(left.min(Duration::from_millis(20)));
        }
    }

    fn remember(&self, stream: &Arc<TcpStream>) {
        let mut script = self.lock();
        script.open.retain(|known| known.strong_count() > 0);
        script.open.push(Arc::downgrade(stream));
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for client in listener.incoming() {
        if state.stopped.load(Ordering::SeqCst) {
            return;
        }
        if let Ok(client) = client {
            state.accepted.fetch_add(1, Ordering::SeqCst);
            connection::spawn(client, Arc::clone(state));
        }
    }
}
