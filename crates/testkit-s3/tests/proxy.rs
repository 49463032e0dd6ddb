//! Each fault does to a real connection exactly what it says, seen from both ends.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use testkit_s3::proxy::{Fault, FaultProxy, Matching, Shaping};

/// A server that answers every request with the same body, and keeps the bodies that it was sent.
struct Server {
    endpoint: String,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// What a client saw of an answer.
#[derive(Debug)]
struct Answer {
    status: u16,
    content_length: u64,
    body: Vec<u8>,
    end: End,
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Closed,
    Reset,
}

#[test]
fn without_a_fault_every_byte_passes_both_ways() {
    let server = Server::start(200_000);
    let proxy = FaultProxy::start(&server.endpoint);
    let sent: Vec<u8> = (0..100_000_u32)
        .map(|number| number.to_le_bytes()[0])
        .collect();
    let answer = exchange(&proxy, "PUT", "/bucket/key?x=1", &sent);
    assert_eq!((answer.status, answer.body.len()), (200, 200_000));
    assert_eq!(answer.body, body(200_000));
    assert_eq!(server.received(), [sent]);
    assert_eq!(
        (
            proxy.count("PUT"),
            proxy.count("GET"),
            proxy.struck(),
            proxy.connections()
        ),
        (1, 0, 0, 1)
    );
    assert_eq!(proxy.requests()[0].target, "/bucket/key?x=1");
}

#[test]
fn a_chunked_request_passes_and_the_connection_serves_the_next_one() {
    let server = Server::start(10);
    let proxy = FaultProxy::start(&server.endpoint);
    let mut stream = connect(&proxy);
    let chunked = b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n";
    stream.write_all(chunked).unwrap();
    read_exactly_one(&mut stream, 10);
    stream
        .write_all(b"GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    read_exactly_one(&mut stream, 10);
    assert_eq!(
        proxy
            .requests()
            .iter()
            .map(|request| request.target.as_str())
            .collect::<Vec<_>>(),
        ["/a", "/b"]
    );
    assert_eq!(proxy.connections(), 1);
}

#[test]
fn a_planned_answer_takes_the_request_s_place_as_often_as_planned() {
    let server = Server::start(10);
    let proxy = FaultProxy::start(&server.endpoint);
    proxy.inject(
        Matching::method("PUT").first(2),
        Fault::Answer {
            status: 503,
            code: "SlowDown",
        },
    );
    let statuses: Vec<u16> = (0..3)
        .map(|_| exchange(&proxy, "PUT", "/key", &vec![7; 1_000_000]).status)
        .collect();
    assert_eq!(statuses, [503, 503, 200]);
    assert_eq!(
        server.received().len(),
        1,
        "a refused request never reached the server"
    );
    assert_eq!(proxy.struck(), 2);
    proxy.inject(
        Matching::any(),
        Fault::Answer {
            status: 403,
            code: "AccessDenied",
        },
    );
    let refused = exchange(&proxy, "GET", "/key", &[]);
    assert_eq!(refused.status, 403);
    assert!(
        String::from_utf8(refused.body)
            .unwrap()
            .contains("<Code>AccessDenied</Code>")
    );
    proxy.heal();
    assert_eq!(exchange(&proxy, "GET", "/key", &[]).status, 200);
}

#[test]
fn a_plan_is_for_the_requests_that_it_names() {
    let server = Server::start(10);
    let proxy = FaultProxy::start(&server.endpoint);
    let matching = Matching::method("PUT").target("partNumber=2").nth(2);
    proxy.inject(
        matching,
        Fault::Answer {
            status: 500,
            code: "InternalError",
        },
    );
    let targets = [
        "/k?partNumber=1",
        "/k?partNumber=2",
        "/k?partNumber=1",
        "/k?partNumber=2",
        "/k?partNumber=2",
    ];
    let statuses: Vec<u16> = targets
        .iter()
        .map(|target| exchange(&proxy, "PUT", target, b"x").status)
        .collect();
    assert_eq!(statuses, [200, 200, 200, 500, 200]);
}

#[test]
fn a_reset_in_the_request_lets_so_many_bytes_arrive() {
    let server = Server::start(10);
    let proxy = FaultProxy::start(&server.endpoint);
    proxy.inject(Matching::any(), Fault::ResetRequest { after: 1000 });
    let answer = exchange(&proxy, "PUT", "/key", &vec![1; 4_000_000]);
    assert_eq!((answer.status, answer.end), (0, End::Reset));
    server.wait_until_received(1);
    assert_eq!(server.received(), [vec![1; 1000]]);
}

#[test]
fn a_lost_answer_follows_a_request_that_was_carried_out() {
    let server = Server::start(10);
    let proxy = FaultProxy::start(&server.endpoint);
    proxy.inject(Matching::any().nth(1), Fault::LoseAnswer);
    let answer = exchange(&proxy, "PUT", "/key", b"whole");
    assert_eq!((answer.status, answer.end), (0, End::Reset));
    assert_eq!(server.received(), [b"whole"]);
}

#[test]
fn an_answer_is_reset_cut_shortened_or_lengthened() {
    let server = Server::start(100_000);
    let proxy = FaultProxy::start(&server.endpoint);
    // The fault, what Content-Length says, how many bytes come, and how the connection ends.
    let cases = [
        (
            Fault::ResetAnswer { after: 70_000 },
            100_000,
            70_000,
            End::Reset,
        ),
        (
            Fault::CutAnswer { missing: 1 },
            100_000,
            99_999,
            End::Closed,
        ),
        (
            Fault::ShortAnswer { missing: 5 },
            99_995,
            99_995,
            End::Closed,
        ),
        (
            Fault::LongAnswer { extra: 3 },
            100_003,
            100_003,
            End::Closed,
        ),
        (
            Fault::OverlongAnswer { extra: 3 },
            100_000,
            100_003,
            End::Closed,
        ),
    ];
    for (number, (fault, promised, came, end)) in (1..).zip(cases) {
        proxy.heal();
        proxy.inject(Matching::any(), fault.clone());
        let answer = exchange(&proxy, "GET", "/key", &[]);
        assert_eq!(answer.status, 200, "{fault:?}");
        assert_eq!(answer.content_length, promised, "{fault:?}");
        assert_eq!(answer.end, end, "{fault:?}");
        if end == End::Closed {
            assert_eq!(answer.body.len(), came, "{fault:?}");
        } else {
            // What had arrived but wasn't read yet is lost with a reset.
            assert!(answer.body.len() <= came, "{fault:?}");
        }
        let whole = body(100_000);
        let shared = answer.body.len().min(whole.len());
        assert_eq!(answer.body[..shared], whole[..shared], "{fault:?}");
        assert_eq!(proxy.struck(), number);
    }
}

#[test]
fn one_bit_is_flipped_on_the_way_up_or_down() {
    let server = Server::start(100_000);
    let proxy = FaultProxy::start(&server.endpoint);
    proxy.inject(Matching::any().nth(1), Fault::FlipRequestBit { at: 90_000 });
    proxy.inject(Matching::any().nth(2), Fault::FlipAnswerBit { at: 99_999 });
    let sent = vec![0; 100_000];
    assert_eq!(exchange(&proxy, "PUT", "/key", &sent).body, body(100_000));
    let damaged = exchange(&proxy, "PUT", "/key", &sent).body;
    assert_eq!(different_bytes(&server.received()[0], &sent), [90_000]);
    assert_eq!(server.received()[1], sent);
    assert_eq!(different_bytes(&damaged, &body(100_000)), [99_999]);
}

#[test]
fn a_fault_beyond_the_end_of_a_body_does_not_strike() {
    let server = Server::start(10);
    let proxy = FaultProxy::start(&server.endpoint);
    proxy.inject(Matching::any(), Fault::FlipAnswerBit { at: 10 });
    assert_eq!(exchange(&proxy, "GET", "/key", &[]).body, body(10));
    assert_eq!(proxy.struck(), 0);
}

#[test]
fn pauses_last_as_long_as_they_say() {
    let server = Server::start(1000);
    let proxy = FaultProxy::start(&server.endpoint);
    let pause = Duration::from_millis(200);
    let faults = [
        Fault::DelayAnswer { pause },
        Fault::StallAnswer { after: 500, pause },
        Fault::StallRequest { after: 500, pause },
    ];
    for fault in faults {
        proxy.heal();
        assert!(
            timed(|| exchange(&proxy, "PUT", "/key", &[1; 1000])).0 < pause,
            "before {fault:?}"
        );
        proxy.inject(Matching::any(), fault.clone());
        let (elapsed, answer) = timed(|| exchange(&proxy, "PUT", "/key", &[1; 1000]));
        assert!(elapsed >= pause, "{fault:?} took {elapsed:?}");
        assert_eq!(answer.body, body(1000), "{fault:?}");
    }
}

#[test]
fn a_stalled_connection_ends_with_the_proxy() {
    let server = Server::start(1000);
    let proxy = FaultProxy::start(&server.endpoint);
    proxy.inject(
        Matching::any(),
        Fault::StallAnswer {
            after: 10,
            pause: Duration::from_hours(1),
        },
    );
    let mut stream = connect(&proxy);
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut first = [0; 16];
    stream.read_exact(&mut first).unwrap();
    drop(proxy);
    let (elapsed, _) = timed(|| stream.read_to_end(&mut Vec::new()));
    assert!(
        elapsed < Duration::from_secs(5),
        "the client was left waiting for {elapsed:?}"
    );
}

#[test]
fn a_shaped_network_is_as_far_and_as_slow_as_asked() {
    let server = Server::start(1_000_000);
    let delay = Duration::from_millis(50);
    let far = FaultProxy::shaped(
        &server.endpoint,
        Shaping {
            delay,
            bytes_per_second: None,
        },
    );
    let (elapsed, answer) = timed(|| exchange(&far, "GET", "/key", &[]));
    assert_eq!(answer.body, body(1_000_000));
    assert!(elapsed >= 2 * delay, "there and back took only {elapsed:?}");
    assert!(
        elapsed < Duration::from_secs(2),
        "{elapsed:?}: the delay must not be paid for every piece"
    );

    let slow = FaultProxy::shaped(
        &server.endpoint,
        Shaping {
            delay: Duration::ZERO,
            bytes_per_second: Some(4_000_000),
        },
    );
    let (elapsed, answer) = timed(|| exchange(&slow, "GET", "/key", &[]));
    assert_eq!(answer.body, body(1_000_000));
    assert!(
        elapsed >= Duration::from_millis(240),
        "1 MB at 4 MB/s took only {elapsed:?}"
    );
}

impl Server {
    fn start(length: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let received = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let keep = Arc::clone(&keep);
                thread::spawn(move || serve(stream, length, &keep));
            }
        });
        Self { endpoint, received }
    }

    fn received(&self) -> Vec<Vec<u8>> {
        self.received.lock().expect("the bodies").clone()
    }

    fn wait_until_received(&self, count: usize) {
        let started = Instant::now();
        while self.received().len() < count {
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "the server never saw the request"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Reads requests until the connection ends, and answers the complete ones.
fn serve(mut stream: TcpStream, length: usize, received: &Mutex<Vec<Vec<u8>>>) {
    loop {
        let Some(head) = read_head(&mut stream) else {
            return;
        };
        let mut sent = vec![0; usize::try_from(content_length(&head)).expect("a length")];
        let mut have = 0;
        if head.contains("chunked") {
            while !sent.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a chunked body");
                sent.push(byte[0]);
            }
            have = sent.len();
        }
        while have < sent.len() {
            match stream.read(&mut sent[have..]) {
                Ok(read) if read > 0 => have += read,
                _ => break,
            }
        }
        let complete = have == sent.len();
        sent.truncate(have);
        received.lock().expect("the bodies").push(sent);
        if !complete {
            return;
        }
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        if stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(&body(length)))
            .is_err()
        {
            return;
        }
    }
}

/// One request over a connection of its own. The client closes its sending side only when the answer is complete.
fn exchange(proxy: &FaultProxy, method: &str, target: &str, sent: &[u8]) -> Answer {
    let mut stream = connect(proxy);
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        sent.len()
    );
    // A proxy that resets the connection early makes these fail; what was read then tells the rest.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(sent));
    let mut answer = Answer {
        status: 0,
        content_length: 0,
        body: Vec::new(),
        end: End::Closed,
    };
    let Some(head) = read_head(&mut stream) else {
        answer.end = End::Reset;
        return answer;
    };
    answer.status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    answer.content_length = content_length(&head);
    let mut buffer = [0; 16384];
    let promised = usize::try_from(answer.content_length).expect("a length");
    loop {
        if answer.body.len() == promised {
            // Anything beyond the promise comes now or never.
            stream
                .set_read_timeout(Some(Duration::from_millis(50)))
                .expect("a time limit");
        }
        match stream.read(&mut buffer) {
            Ok(0) => return answer,
            Ok(read) => answer.body.extend_from_slice(&buffer[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return answer;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
                answer.end = End::Reset;
                return answer;
            }
        }
    }
}

fn connect(proxy: &FaultProxy) -> TcpStream {
    let address = proxy.endpoint();
    TcpStream::connect(address.strip_prefix("http://").expect("a scheme"))
        .expect("the proxy listens")
}

fn read_exactly_one(stream: &mut TcpStream, length: usize) {
    let head = read_head(stream).expect("an answer");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer).expect("the answer's body");
    assert_eq!(answer, body(length));
}

fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn content_length(head: &str) -> u64 {
    head.lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")
                .map(|value| value.trim().parse())
        })
        .map_or(0, |length| length.expect("a length"))
}

fn body(length: usize) -> Vec<u8> {
    (0..length)
        .map(|index| u8::try_from(index % 251).expect("below 256"))
        .collect()
}

fn different_bytes(one: &[u8], other: &[u8]) -> Vec<usize> {
    assert_eq!(one.len(), other.len());
    (0..one.len())
        .filter(|&index| one[index] != other[index])
        .collect()
}

fn timed<T>(action: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let result = action();
    (started.elapsed(), result)
}
