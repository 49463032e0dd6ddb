//! One client's connection: a thread for requests, a thread for answers, and the faults on their way.

use std::collections::VecDeque;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::lane::{Gone, Lane};
use super::message::{Framing, Head, MessageReader};
use super::{Fault, RequestLine, State, Told};

/// Connects to the server and serves one client until either side ends.
pub(super) fn spawn(client: TcpStream, state: Arc<State>) {
    let Ok(upstream) = TcpStream::connect(state.upstream) else {
        return;
    };
    let _ = client.set_nodelay(true);
    let _ = upstream.set_nodelay(true);
    let (client, upstream) = (Arc::new(client), Arc::new(upstream));
    state.remember(&client);
    state.remember(&upstream);
    let exchange = Exchange {
        to_client: Lane::to(&client, state.shaping, &state.received),
        to_upstream: Lane::to(&upstream, state.shaping, &state.sent),
        client: Arc::clone(&client),
        upstream: Arc::clone(&upstream),
        waiting: Arc::default(),
        is_reset: Arc::default(),
        state,
    };
    let answers = exchange.clone();
    thread::spawn(move || exchange.pass_requests(&mut MessageReader::new(&client)));
    thread::spawn(move || answers.pass_answers(&mut MessageReader::new(&upstream)));
}

/// A request that has no answer yet.
#[derive(Debug, Default)]
struct Waiting {
    method: String,
    answer_fault: Option<Fault>,
}

/// What both threads of a connection share.
#[derive(Debug, Clone)]
struct Exchange {
    to_client: Lane,
    to_upstream: Lane,
    client: Arc<TcpStream>,
    upstream: Arc<TcpStream>,
    waiting: Arc<Mutex<VecDeque<Waiting>>>,
    /// The connection ends in disorder: an orderly end must not be sent first.
    is_reset: Arc<AtomicBool>,
    state: Arc<State>,
}

impl Exchange {
    fn pass_requests(&self, requests: &mut MessageReader) {
        while let Some(head) = requests.head() {
            if self.pass_request(&head, requests).is_err() {
                return self.close();
            }
        }
        // The client has closed its side; what the server still has to say may pass.
        let _ = self.to_upstream.finish();
    }

    fn pass_request(&self, head: &Head, requests: &mut MessageReader) -> Result<(), Gone> {
        let (method, target) = head.first_line();
        let framing = head.request_framing();
        let fault = self.state.decide(RequestLine {
            method: method.clone(),
            target,
        });
        let (request_fault, answer_fault) = match fault {
            Some(Fault::Answer { status, code }) => {
                let body = format!("<Code>{code}</Code><Message>A planned fault.</Message>");
                return self.answer(head, requests, status, "", &body);
            }
            Some(Fault::OtherRegion { region, told }) => {
                let signed = head.header("authorization").unwrap_or_default();
                if !signed.contains(&format!("/{region}/s3/")) {
                    let (status, header, body) = told.answer(head, region);
                    return self.answer(head, requests, status, &header, body.as_str());
                }
                (None, None)
            }
            Some(fault) if fault.is_in_request() => (Some(fault), None),
            fault => (None, fault),
        };
        self.waiting().push_back(Waiting {
            method,
            answer_fault,
        });
        self.to_upstream.send(&head.bytes)?;
        let mut damage = Damage::new(request_fault.as_ref(), &self.state);
        if requests.body(framing, &mut |piece| {
            damage.pass(piece, &self.to_upstream).is_ok()
        }) {
            return Ok(());
        }
        if damage.reset {
            self.reset();
        }
        Err(Gone)
    }

    /// Answers in the server's place, and ends the connection.
    fn answer(
        &self,
        head: &Head,
        requests: &mut MessageReader,
        status: u16,
        header: &str,
        body: &str,
    ) -> Result<(), Gone> {
        // A client that asked whether to send its body takes the answer as a no. Any other sends it in any case, and
        // would see a reset instead of the answer if nobody read it.
        if head.header("expect").is_none() {
            requests.body(head.request_framing(), &mut |_| true);
        }
        self.state.strike();
        let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>{body}</Error>");
        let body = if head.first_line().0 == "HEAD" {
            ""
        } else {
            body.as_str()
        };
        let answer = format!(
            "HTTP/1.1 {status} Planned\r\n{header}Content-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        self.to_client.send(answer.as_bytes())?;
        self.to_client.finish()?;
        let _ = self.upstream.shutdown(Shutdown::Both);
        // Wait for the client to close: closing first with unread bytes would be a reset.
        requests.body(Framing::UntilClose, &mut |_| true);
        Ok(())
    }

    fn pass_answers(&self, answers: &mut MessageReader) {
        while let Some(head) = answers.head() {
            if self.pass_answer(&head, answers).is_err() {
                return self.close();
            }
        }
        if !self.is_reset.load(Ordering::SeqCst) {
            let _ = self.to_client.finish();
        }
    }

    fn pass_answer(&self, head: &Head, answers: &mut MessageReader) -> Result<(), Gone> {
        if (100..200).contains(&head.status()) {
            return self.to_client.send(&head.bytes);
        }
        let Waiting {
            method,
            answer_fault: fault,
        } = self.waiting().pop_front().unwrap_or_default();
        let framing = head.answer_framing(&method);
        match (&fault, framing) {
            (Some(Fault::LoseAnswer), _) => {
                self.state.strike();
                self.reset();
                return Err(Gone);
            }
            (Some(Fault::DelayAnswer { pause }), _) => {
                self.state.strike();
                self.state.pause(*pause);
            }
            (Some(Fault::CutAnswer { missing }), Framing::Length(length)) => {
                return self.resize(
                    &head.bytes,
                    answers,
                    length,
                    length.saturating_sub(*missing),
                    0,
                );
            }
            (Some(Fault::ShortAnswer { missing }), Framing::Length(length)) => {
                let kept = length.saturating_sub(*missing);
                return self.resize(&head.with_content_length(kept), answers, length, kept, 0);
            }
            (Some(Fault::LongAnswer { extra }), Framing::Length(length)) => {
                return self.resize(
                    &head.with_content_length(length + extra),
                    answers,
                    length,
                    length,
                    *extra,
                );
            }
            (Some(Fault::OverlongAnswer { extra }), Framing::Length(length)) => {
                return self.resize(&head.bytes, answers, length, length, *extra);
            }
            _ => {}
        }
        self.to_client.send(&head.bytes)?;
        let mut damage = Damage::new(fault.as_ref(), &self.state);
        if answers.body(framing, &mut |piece| {
            damage.pass(piece, &self.to_client).is_ok()
        }) {
            return Ok(());
        }
        if damage.reset {
            self.reset();
        }
        Err(Gone)
    }

    /// Passes `kept` of the body's `length` bytes, `extra` zero bytes after them, and ends the connection in order.
    fn resize(
        &self,
        head: &[u8],
        answers: &mut MessageReader,
        length: u64,
        kept: u64,
        extra: u64,
    ) -> Result<(), Gone> {
        self.state.strike();
        self.to_client.send(head)?;
        let mut left = kept;
        answers.body(Framing::Length(length), &mut |piece| {
            let passed = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            left -= passed as u64;
            self.to_client.send(&piece[..passed]).is_ok()
        });
        self.to_client
            .send(&vec![0; usize::try_from(extra).unwrap_or_default()])?;
        self.to_client.finish()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends both sides in disorder.
    fn reset(&self) {
        self.is_reset.store(true, Ordering::SeqCst);
        let _ = self.to_client.reset();
        let _ = self.to_upstream.reset();
    }

    /// Wakes the other thread of the connection. A side that is being reset has been told so already.
    fn close(&self) {
        let _ = self.client.shutdown(Shutdown::Read);
        let _ = self.upstream.shutdown(Shutdown::Read);
    }
}

impl Told {
    /// The status, the header and the error of the answer to who has signed for another region.
    fn answer(self, head: &Head, region: &str) -> (u16, String, String) {
        let (method, target) = head.first_line();
        let path = target.split('?').next().unwrap_or_default();
        let of_bucket = method == "HEAD" && path.trim_matches('/').split('/').count() == 1;
        let header = match self {
            Self::Header => format!("x-amz-bucket-region: {region}\r\n"),
            Self::Body if method == "HEAD" => format!("x-amz-bucket-region: {region}\r\n"),
            Self::HeadBucket if of_bucket => format!("x-amz-bucket-region: {region}\r\n"),
            _ => String::new(),
        };
        let moved = "<Code>PermanentRedirect</Code><Message>It is elsewhere.</Message>";
        match self {
            Self::Body => (
                400,
                header,
                format!(
                    "<Code>AuthorizationHeaderMalformed</Code><Message>It is elsewhere.</Message><Region>{region}</Region>"
                ),
            ),
            Self::Endpoint => (
                301,
                header,
                format!("{moved}<Endpoint>team-dumps.s3.{region}.amazonaws.com</Endpoint>"),
            ),
            _ => (301, header, moved.to_owned()),
        }
    }
}

impl Fault {
    fn is_in_request(&self) -> bool {
        matches!(
            self,
            Self::ResetRequest { .. } | Self::StallRequest { .. } | Self::FlipRequestBit { .. }
        )
    }
}

/// Carries out a fault that lies at some byte of a body.
struct Damage<'a> {
    fault: Option<&'a Fault>,
    state: &'a State,
    position: u64,
    /// The fault was a reset, and it has struck.
    reset: bool,
}

impl<'a> Damage<'a> {
    fn new(fault: Option<&'a Fault>, state: &'a State) -> Self {
        Self {
            fault,
            state,
            position: 0,
            reset: false,
        }
    }

    fn pass(&mut self, piece: &[u8], lane: &Lane) -> Result<(), Gone> {
        let start = self.position;
        self.position += piece.len() as u64;
        let place = match self.fault {
            Some(
                Fault::ResetRequest { after: at }
                | Fault::ResetAnswer { after: at }
                | Fault::StallRequest { after: at, .. }
                | Fault::StallAnswer { after: at, .. }
                | Fault::FlipRequestBit { at }
                | Fault::FlipAnswerBit { at },
            ) if (start..self.position).contains(at) => {
                usize::try_from(at - start).unwrap_or_default()
            }
            _ => return lane.send(piece),
        };
        self.state.strike();
        match self.fault {
            Some(Fault::FlipRequestBit { .. } | Fault::FlipAnswerBit { .. }) => {
                let mut damaged = piece.to_vec();
                damaged[place] ^= 1;
                lane.send(&damaged)
            }
            Some(Fault::StallRequest { pause, .. } | Fault::StallAnswer { pause, .. }) => {
                lane.send(&piece[..place])?;
                self.state.pause(*pause);
                lane.send(&piece[place..])
            }
            _ => {
                lane.send(&piece[..place])?;
                self.reset = true;
                Err(Gone)
            }
        }
    }
}
