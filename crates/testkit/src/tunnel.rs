//! A proxy of the kind that companies have between their machines and everything else: it makes tunnels (`CONNECT`), through
//! which TLS goes unseen.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// A running proxy. Dropping it stops it.
#[derive(Debug)]
pub struct Tunnels {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    address: SocketAddr,
    stopped: AtomicBool,
    /// The heads of the requests for a tunnel.
    heads: Mutex<Vec<String>>,
}

impl Tunnels {
    /// Starts a proxy on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When no port can be had.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let state = Arc::new(State {
            address: listener.local_addr().expect("the proxy's own address"),
            stopped: AtomicBool::new(false),
            heads: Mutex::default(),
        });
        let accepting = Arc::clone(&state);
        let thread = thread::spawn(move || {
            for client in listener.incoming() {
                if accepting.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let state = Arc::clone(&accepting);
                // A client that goes away is its own business.
                thread::spawn(move || client.and_then(|client| tunnel(&client, &state)));
            }
        });
        Self {
            state,
            thread: Some(thread),
        }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.state.address
    }

    /// What tunnels were asked for with: the whole head of each request.
    pub fn requests(&self) -> Vec<String> {
        let heads = self.state.heads.lock();
        heads.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Tunnels {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // The accepting thread waits for a connection: this is one.
        let _ = TcpStream::connect(self.state.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Makes one tunnel and carries what goes through it, until either side ends it.
fn tunnel(client: &TcpStream, state: &State) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let target = head.strip_prefix("CONNECT ");
    let target = target.and_then(|rest| rest.split(' ').next());
    let target = target.unwrap_or_default().to_owned();
    let heads = state.heads.lock();
    heads.unwrap_or_else(PoisonError::into_inner).push(head);
    let mut writer = client;
    let Ok(server) = TcpStream::connect(target) else {
        return writer.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    };
    writer.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut up, mut from_server) = (server.try_clone()?, server.try_clone()?);
    let sending = thread::spawn(move || {
        // The client says nothing before it has the answer, so nothing is left in the reader's buffer but what it says now.
        let _ = io::copy(&mut reader, &mut up);
        let _ = up.shutdown(Shutdown::Write);
    });
    let _ = io::copy(&mut from_server, &mut writer);
    let _ = client.shutdown(Shutdown::Both);
    let _ = sending.join();
    Ok(())
}
