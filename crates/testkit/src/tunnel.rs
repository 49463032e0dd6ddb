//! A proxy of the kind that companies have between their machines and everything else: it makes tunnels (`CONNECT`), through
//! which TLS goes unseen.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::listener::Listener;

/// The heads of the requests for a tunnel.
type Heads = Mutex<Vec<String>>;

/// A running proxy. Dropping it stops it.
#[derive(Debug)]
pub struct Tunnels {
    listener: Listener,
    heads: Arc<Heads>,
}

impl Tunnels {
    /// Starts a proxy on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When no port can be had.
    pub fn start() -> Self {
        let heads = Arc::<Heads>::default();
        let noted = Arc::clone(&heads);
        Self {
            listener: Listener::start(move |client| tunnel(client, &noted)),
            heads,
        }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// What tunnels were asked for with: the whole head of each request.
    pub fn requests(&self) -> Vec<String> {
        let heads = self.heads.lock();
        heads.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Makes one tunnel and carries what goes through it, until either side ends it.
fn tunnel(client: &TcpStream, heads: &Heads) -> io::Result<()> {
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
    let heads = heads.lock();
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
