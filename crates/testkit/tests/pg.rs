//! The temporary server is a real one, loads as the official image does, and leaves nothing behind.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use testkit::pg::TempPostgres;

#[test]
fn databases_are_separate_and_utf8() {
    let postgres = TempPostgres::shared();
    let (first, second) = (postgres.create_database(), postgres.create_database());
    assert_ne!(first, second);
    postgres.psql(
        &first,
        "CREATE TABLE t (name text); INSERT INTO t VALUES ('東京')",
    );
    assert_eq!(
        postgres.psql(&first, "SELECT name, octet_length(name) FROM t"),
        "東京|6\n"
    );
    assert!(
        !postgres
            .try_psql(&second, "SELECT * FROM t")
            .status
            .success()
    );
    postgres.drop_database(&second);
    assert!(!postgres.try_psql(&second, "SELECT 1").status.success());
}

#[test]
fn psql_stops_at_the_first_error() {
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("broken.sql");
    fs::write(
        &file,
        "CREATE TABLE a (id int);\nSELECT 1/0;\nCREATE TABLE b (id int);\n",
    )
    .unwrap();
    let output = postgres.try_psql_file(&database, &file);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        postgres.psql(
            &database,
            "SELECT relname FROM pg_class WHERE relname IN ('a', 'b')"
        ),
        "a\n"
    );
}

#[test]
fn it_listens_on_tcp_too() {
    let postgres = TempPostgres::shared();
    let answer = postgres
        .client("psql")
        .args([
            "-Atc",
            "SELECT 41 + 1",
            &postgres.connection_string("postgres"),
        ])
        .output();
    assert_eq!(String::from_utf8(answer.unwrap().stdout).unwrap(), "42\n");
}

#[test]
fn equal_schemas_dump_to_equal_texts() {
    let postgres = TempPostgres::shared();
    let dumps: Vec<String> = (0..2)
        .map(|_| {
            let database = postgres.create_database();
            postgres.psql(
                &database,
                "CREATE TABLE t (id int); CREATE TABLE schema_migrations (version text)",
            );
            postgres.pg_dump(&database)
        })
        .collect();
    assert_eq!(dumps[0], dumps[1]);
    assert!(dumps[0].contains("CREATE TABLE public.t"));
    assert!(!dumps[0].contains("schema_migrations"));
    assert!(!dumps[0].contains("Dumped"));
}

#[test]
fn a_directory_loads_in_name_order_plain_and_gzipped() {
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    let directory = tempfile::tempdir().unwrap();
    fs::write(
        directory.path().join("01_schema.sql"),
        "CREATE TABLE t (id int);",
    )
    .unwrap();
    gzip(
        &directory.path().join("02_dummy.sql.gz"),
        "COPY t FROM stdin;\n1\n2\n\\.\n",
    );
    fs::write(
        directory.path().join("03_more.sql"),
        "INSERT INTO t SELECT max(id) + 1 FROM t;",
    )
    .unwrap();
    fs::write(directory.path().join("README.md"), "not SQL").unwrap();
    let loaded = postgres
        .load_like_the_official_image(&database, directory.path())
        .unwrap();
    let names: Vec<&str> = loaded.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["01_schema.sql", "02_dummy.sql.gz", "03_more.sql"]);
    assert_eq!(
        postgres.psql(
            &database,
            "SELECT string_agg(id::text, ',' ORDER BY id) FROM t"
        ),
        "1,2,3\n"
    );
}

#[test]
fn a_pointer_in_place_of_a_dump_does_not_load() {
    let postgres = TempPostgres::shared();
    let database = postgres.create_database();
    let directory = tempfile::tempdir().unwrap();
    fs::write(
        directory.path().join("02_dummy.sql.gz"),
        "version https://git-lfs.github.com/spec/v1\n",
    )
    .unwrap();
    let error = postgres
        .load_like_the_official_image(&database, directory.path())
        .unwrap_err();
    assert_eq!(error.file, "02_dummy.sql.gz");
    assert!(error.reason.contains("not in gzip format"), "{error}");
}

#[test]
fn a_dropped_server_is_gone_with_its_files() {
    let postgres = TempPostgres::start();
    let (directory, port) = (postgres.socket_directory().to_owned(), postgres.port());
    assert!(directory.join(format!(".s.PGSQL.{port}")).exists());
    drop(postgres);
    assert!(!directory.exists());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn a_server_goes_with_the_process_that_started_it() {
    const CHILD: &str = "TESTKIT_START_A_SERVER_AND_WAIT";
    if std::env::var_os(CHILD).is_some() {
        println!(
            "directory={}",
            TempPostgres::shared().socket_directory().display()
        );
        thread::sleep(Duration::from_mins(10));
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "a_server_goes_with_the_process_that_started_it",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = std::io::BufReader::new(child.stdout.take().unwrap());
    let directory = std::io::BufRead::lines(output)
        .map(Result::unwrap)
        .find_map(|line| {
            line.split_once("directory=")
                .map(|(_, directory)| directory.to_owned())
        })
        .expect("the child starts a server");
    assert!(Path::new(&directory).exists());
    // SIGKILL: nothing in the child gets a chance to clean up.
    child.kill().unwrap();
    child.wait().unwrap();
    let killed = Instant::now();
    while Path::new(&directory).exists() {
        assert!(
            killed.elapsed() < Duration::from_secs(20),
            "{directory} is still there"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

fn gzip(path: &Path, text: &str) {
    let plain = path.with_extension("");
    fs::write(&plain, text).expect("the file to compress");
    testkit::process::run(Command::new("gzip").arg(&plain));
}
