//! Whole sessions, as text in and text out.

use std::io::{self, Cursor, Write};

use lfs_protocol::{
    Disconnected, Ending, Failure, Object, Operation, Progress, ServeError, Session, Transfer,
    serve,
};

const OID: &str = "27a0c5f1d9a6f46c2bf2c1f4a5cbd2c3d4e5f60718293a4b5c6d7e8f90a1b2c3";
const INIT_UPLOAD: &str = r#"{"event":"init","operation":"upload","remote":"origin","concurrent":true,"concurrenttransfers":8}"#;
const INIT_DOWNLOAD: &str = r#"{"event":"init","operation":"download","remote":"origin","concurrent":false,"concurrenttransfers":8}"#;
const TERMINATE: &str = r#"{"event":"terminate"}"#;

/// Keeps what it was asked, and answers as it was told.
#[derive(Default)]
struct Scripted {
    sessions: Vec<Session>,
    uploads: Vec<(Object, String)>,
    downloads: Vec<Object>,
    reports: Vec<u64>,
    refuse: Option<Failure>,
    fail: Option<Failure>,
    disconnected: bool,
}

impl Scripted {
    fn run(&mut self, progress: &mut dyn Progress) -> Result<(), Failure> {
        for bytes in &self.reports {
            if progress.report(*bytes) == Err(Disconnected) {
                self.disconnected = true;
                return Err(Failure::new(1, "nobody listens"));
            }
        }
        self.fail.clone().map_or(Ok(()), Err)
    }
}

impl Transfer for Scripted {
    fn begin(&mut self, session: &Session) -> Result<(), Failure> {
        self.sessions.push(session.clone());
        self.refuse.clone().map_or(Ok(()), Err)
    }

    fn upload(
        &mut self,
        object: &Object,
        path: &str,
        progress: &mut dyn Progress,
    ) -> Result<(), Failure> {
        self.uploads.push((object.clone(), path.to_owned()));
        self.run(progress)
    }

    fn download(
        &mut self,
        object: &Object,
        progress: &mut dyn Progress,
    ) -> Result<String, Failure> {
        self.downloads.push(object.clone());
        self.run(progress)?;
        Ok(format!("/storage/{}", object.oid))
    }
}

/// Runs a session over `lines` and gives its ending and what was answered.
#[track_caller]
fn session(transfer: &mut Scripted, lines: &[&str]) -> (Ending, String) {
    let input: String = lines.iter().flat_map(|line| [*line, "\n"]).collect();
    let mut output = Vec::new();
    let ending = serve(Cursor::new(input), &mut output, transfer).expect("the session is held");
    (
        ending,
        String::from_utf8(output).expect("answers are UTF-8"),
    )
}

fn upload_request() -> String {
    format!(
        r#"{{"event":"upload","oid":"{OID}","size":1000,"path":"/w/.git/lfs/objects/27/a0/{OID}","action":null}}"#
    )
}

fn download_request() -> String {
    format!(r#"{{"event":"download","oid":"{OID}","size":1000,"action":null}}"#)
}

#[test]
fn an_upload_is_answered_with_progress_and_complete() {
    let mut transfer = Scripted {
        reports: vec![1, 500, 1000],
        ..Scripted::default()
    };
    let (ending, answers) = session(&mut transfer, &[INIT_UPLOAD, &upload_request(), TERMINATE]);
    assert_eq!(ending, Ending::Terminated);
    assert_eq!(
        answers,
        format!(
            r#"{{}}
{{"event":"progress","oid":"{OID}","bytesSoFar":1,"bytesSinceLast":1}}
{{"event":"progress","oid":"{OID}","bytesSoFar":500,"bytesSinceLast":499}}
{{"event":"progress","oid":"{OID}","bytesSoFar":1000,"bytesSinceLast":500}}
{{"event":"complete","oid":"{OID}"}}
"#
        )
    );
    assert_eq!(
        transfer.uploads[0].1,
        format!("/w/.git/lfs/objects/27/a0/{OID}")
    );
    assert_eq!(
        transfer.uploads[0].0,
        Object {
            oid: OID.to_owned(),
            size: 1000
        }
    );
}

#[test]
fn a_download_is_answered_with_the_path() {
    let mut transfer = Scripted::default();
    let (ending, answers) = session(
        &mut transfer,
        &[INIT_DOWNLOAD, &download_request(), TERMINATE],
    );
    assert_eq!(ending, Ending::Terminated);
    assert_eq!(
        answers,
        format!("{{}}\n{{\"event\":\"complete\",\"oid\":\"{OID}\",\"path\":\"/storage/{OID}\"}}\n")
    );
    assert_eq!(
        transfer.downloads,
        [Object {
            oid: OID.to_owned(),
            size: 1000
        }]
    );
}

#[test]
fn init_tells_the_operation_the_remote_and_the_siblings() {
    let mut transfer = Scripted::default();
    session(&mut transfer, &[INIT_UPLOAD, TERMINATE]);
    session(&mut transfer, &[INIT_DOWNLOAD, TERMINATE]);
    session(
        &mut transfer,
        &[
            r#"{"event":"init","operation":"upload","remote":null}"#,
            TERMINATE,
        ],
    );
    let expected = [
        (Operation::Upload, "origin", 8),
        (Operation::Download, "origin", 1),
        (Operation::Upload, "", 1),
    ];
    for (session, (operation, remote, siblings)) in transfer.sessions.iter().zip(expected) {
        assert_eq!(
            (session.operation, session.remote.as_str(), session.siblings),
            (operation, remote, siblings)
        );
    }
    assert_eq!(transfer.sessions.len(), 3);
}

#[test]
fn a_refused_init_is_answered_with_an_error_and_ends_the_session() {
    let mut transfer = Scripted {
        refuse: Some(Failure::new(3, "no bucket")),
        ..Scripted::default()
    };
    let (ending, answers) = session(&mut transfer, &[INIT_UPLOAD, &upload_request()]);
    assert_eq!(ending, Ending::Refused);
    assert_eq!(
        answers,
        "{\"error\":{\"code\":3,\"message\":\"no bucket\"}}\n"
    );
    assert!(transfer.uploads.is_empty());
}

#[test]
fn a_failed_object_leaves_the_session_alive() {
    let mut transfer = Scripted {
        fail: Some(Failure::new(1, "it \"broke\"\nhint: mend it")),
        ..Scripted::default()
    };
    let (ending, answers) = session(
        &mut transfer,
        &[
            INIT_DOWNLOAD,
            &download_request(),
            &download_request(),
            TERMINATE,
        ],
    );
    assert_eq!(ending, Ending::Terminated);
    let failed = format!(
        r#"{{"event":"complete","oid":"{OID}","error":{{"code":1,"message":"it \"broke\"\nhint: mend it"}}}}"#
    );
    assert_eq!(answers, format!("{{}}\n{failed}\n{failed}\n"));
}

#[test]
fn progress_never_goes_back_nor_above_the_size() {
    let mut transfer = Scripted {
        reports: vec![0, 10, 10, 5, 2000, 3000],
        ..Scripted::default()
    };
    let (_, answers) = session(&mut transfer, &[INIT_UPLOAD, &upload_request(), TERMINATE]);
    let progress: Vec<&str> = answers
        .lines()
        .filter(|line| line.contains("progress"))
        .collect();
    assert_eq!(
        progress,
        [
            format!(r#"{{"event":"progress","oid":"{OID}","bytesSoFar":10,"bytesSinceLast":10}}"#),
            format!(
                r#"{{"event":"progress","oid":"{OID}","bytesSoFar":1000,"bytesSinceLast":990}}"#
            ),
        ]
    );
}

#[test]
fn an_unknown_event_with_an_oid_fails_that_object_alone() {
    let mut transfer = Scripted::default();
    let verify = format!(r#"{{"event":"verify","oid":"{OID}","size":1}}"#);
    let (ending, answers) = session(
        &mut transfer,
        &[INIT_UPLOAD, &verify, &upload_request(), TERMINATE],
    );
    assert_eq!(ending, Ending::Terminated);
    let lines: Vec<&str> = answers.lines().collect();
    assert!(
        lines[1].contains("`verify`") && lines[1].contains(OID) && lines[1].contains("\"code\":2"),
        "{answers}"
    );
    assert_eq!(lines[2], format!(r#"{{"event":"complete","oid":"{OID}"}}"#));
}

#[test]
fn a_request_without_a_size_fails_that_object_alone() {
    let mut transfer = Scripted::default();
    for bad in ["null", "-1", "1.5", "\"9\""] {
        let request = format!(r#"{{"event":"download","oid":"{OID}","size":{bad}}}"#);
        let (_, answers) = session(&mut transfer, &[INIT_DOWNLOAD, &request, TERMINATE]);
        assert!(answers.contains("byte count"), "{answers}");
    }
    assert!(transfer.downloads.is_empty());
}

#[test]
fn the_end_of_input_without_terminate_is_an_abort() {
    let mut transfer = Scripted::default();
    assert_eq!(session(&mut transfer, &[]).0, Ending::Aborted);
    assert_eq!(session(&mut transfer, &[INIT_UPLOAD]).0, Ending::Aborted);
}

#[test]
fn a_request_before_init_is_refused() {
    let mut transfer = Scripted::default();
    let (ending, answers) = session(&mut transfer, &[&upload_request()]);
    assert_eq!(ending, Ending::Refused);
    assert!(answers.starts_with("{\"error\":{\"code\":2,"), "{answers}");
}

#[test]
fn what_has_no_oid_to_answer_to_ends_the_session_with_an_error() {
    for line in ["not json", "[]", "{\"event\":\"upload\"}", INIT_UPLOAD] {
        let input = format!("{INIT_UPLOAD}\n{line}\n");
        let error = serve(Cursor::new(input), io::sink(), &mut Scripted::default()).unwrap_err();
        assert!(matches!(error, ServeError::Protocol(_)), "{line}: {error}");
    }
}

#[test]
fn windows_line_endings_are_read() {
    let mut transfer = Scripted::default();
    let (ending, _) = session(
        &mut transfer,
        &[&format!("{INIT_UPLOAD}\r"), &format!("{TERMINATE}\r")],
    );
    assert_eq!(ending, Ending::Terminated);
}

#[test]
fn an_endless_line_is_an_error_and_takes_no_memory() {
    let input = io::BufReader::new(io::repeat(b'x'));
    let error = serve(input, io::sink(), &mut Scripted::default()).unwrap_err();
    assert!(matches!(error, ServeError::Io(_)), "{error}");
}

/// Takes `lines` writes and then behaves like a pipe whose reader is gone.
struct ClosingPipe {
    lines: usize,
}

impl Write for ClosingPipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines = self.lines.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whatever a transfer makes of it, a pipe that fails in the middle of an object ends the session: nobody would read on.
#[test]
fn a_pipe_that_fails_ends_the_session_though_the_transfer_goes_on() {
    struct Heedless;
    impl Transfer for Heedless {
        fn begin(&mut self, _: &Session) -> Result<(), Failure> {
            Ok(())
        }
        fn upload(
            &mut self,
            _: &Object,
            _: &str,
            progress: &mut dyn Progress,
        ) -> Result<(), Failure> {
            let _ = progress.report(10);
            Ok(())
        }
        fn download(&mut self, _: &Object, _: &mut dyn Progress) -> Result<String, Failure> {
            panic!("nothing is to be served after the pipe has failed")
        }
    }
    /// Fails once, on its second line, and then takes everything.
    struct Hiccup(u32);
    impl Write for Hiccup {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 == 2 {
                return Err(io::Error::other("no such device"));
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (upload, download) = (upload_request(), download_request());
    let input = format!("{INIT_UPLOAD}\n{upload}\n{download}\n");
    let error = serve(Cursor::new(input), Hiccup(0), &mut Heedless).unwrap_err();
    assert!(matches!(error, ServeError::Io(_)), "{error}");
}

#[test]
fn a_closed_pipe_stops_the_transfer_and_is_no_error() {
    let mut transfer = Scripted {
        reports: vec![10, 20, 30],
        ..Scripted::default()
    };
    let input = format!("{INIT_UPLOAD}\n{}\n", upload_request());
    let ending = serve(Cursor::new(input), ClosingPipe { lines: 2 }, &mut transfer).unwrap();
    assert_eq!(ending, Ending::Aborted);
    assert!(transfer.disconnected);
}
