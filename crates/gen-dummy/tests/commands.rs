//! The command as users meet it: parts, checks, packing, what a terminal shows. No database.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

fn schemafile() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/Schemafile")
}

fn gen_dummy(directory: &Path) -> Command {
    let mut command = Command::cargo_bin("gen-dummy").unwrap();
    command.current_dir(directory);
    command
}

/// The command with the arguments of a dump, which goes to a file.
fn generate(directory: &Path, file: &str, arguments: &[&str]) -> Command {
    let mut command = gen_dummy(directory);
    command
        .args(["-q", "-o", file, "-s"])
        .arg(schemafile())
        .args(arguments);
    command
}

/// Bytes of a dump that is made now.
#[track_caller]
fn dump(directory: &Path, file: &str, arguments: &[&str]) -> Vec<u8> {
    generate(directory, file, arguments).assert().success();
    fs::read(directory.join(file)).unwrap()
}

#[track_caller]
fn check_refused(arguments: &[&str], expected: &str) {
    let directory = tempfile::tempdir().unwrap();
    let output = generate(directory.path(), "dump.sql", arguments)
        .assert()
        .code(2);
    let error = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(error.contains(expected), "{error}");
    assert!(!directory.path().join("dump.sql").exists());
}

/// What a filter of the system makes of some bytes.
#[track_caller]
fn filtered(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .write_stdin(input)
        .assert()
        .success();
    output.get_output().stdout.clone()
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_nothing_behind() {
    for signal in ["-INT", "-TERM"] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("dump.sql"), "before").unwrap();
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_gen-dummy"))
            .current_dir(directory.path())
            .args(["--rows", "1000000000", "-q", "-o", "dump.sql", "-s"])
            .arg(schemafile())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let names = || -> Vec<String> {
            fs::read_dir(directory.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        };
        while !names().iter().any(|name| name.starts_with(".writing-")) {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let pid = child.id().to_string();
        Command::new("kill").args([signal, &pid]).assert().success();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
        assert_eq!(names(), ["dump.sql"], "{signal}");
        let kept = fs::read_to_string(directory.path().join("dump.sql")).unwrap();
        assert_eq!(kept, "before");
    }
}

#[test]
fn the_schema_is_named_either_way_or_by_the_settings() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    fs::create_dir_all(directory.join("schema")).unwrap();
    fs::create_dir(directory.join("db")).unwrap();
    let schema = "create_table('drives') { |t| t.text 'x' }\n\
                  create_table('trips') { |t| t.references :drive, foreign_key: true }\n";
    fs::write(directory.join("db/schema.rb"), schema).unwrap();
    fs::write(directory.join("words.txt"), "drive drives\n").unwrap();
    let rows = |arguments: &[&str]| {
        let output = gen_dummy(directory)
            .args(["--rows", "3", "-o", "-"])
            .args(arguments)
            .assert()
            .success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    let words = ["--inflections", "words.txt"];
    let with_words = |file: &[&str]| rows(&[file, &words].concat());
    let positional = with_words(&["db/schema.rb"]);
    assert!(
        positional.contains("Dummy data for db/schema.rb"),
        "{positional}"
    );
    assert_eq!(with_words(&["-s", "db/schema.rb"]), positional);
    let settings =
        "schemafile = \"db/schema.rb\"\nrails_version = \"5.0\"\ninflections = \"words.txt\"\n";
    fs::write(directory.join("schema/schema.toml"), settings).unwrap();
    assert!(rows(&[]).contains("Dummy data for db/schema.rb"));
    fs::write(directory.join("schema/schema.toml"), "scale = 2\n").unwrap();
    let output = gen_dummy(directory).assert().code(2);
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(said.contains("schema/schema.toml:1:1"), "{said}");
}

#[test]
fn the_hint_of_a_check_repeats_what_decides_the_rows() {
    let directory = tempfile::tempdir().unwrap();
    let output = gen_dummy(directory.path())
        .args(["--check", "--rows", "5", "-o", "x.sql", "-s"])
        .arg(schemafile())
        .assert()
        .code(1);
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(
        said.contains("run `gen-dummy --rows 5 -o x.sql -s "),
        "{said}"
    );
}

#[test]
fn compressed_parts_are_the_members_of_the_whole_dump() {
    let directory = tempfile::tempdir().unwrap();
    let whole = dump(directory.path(), "whole.sql.gz", &["--rows", "20000"]);
    let mut joined = Vec::new();
    for number in 1..=3 {
        let shard = format!("{number}/3");
        let threads = number.to_string();
        let part = ["--rows", "20000", "--shard", &shard, "--threads", &threads];
        let part = dump(directory.path(), "part.sql.gz", &part);
        assert!(part.len() > whole.len() / 10, "part {shard}");
        // Each part is gzip by itself.
        filtered("gunzip", &["-t"], &part);
        joined.extend(part);
    }
    assert!(joined == whole);
}

#[test]
fn more_parts_than_members_are_still_gzip() {
    let directory = tempfile::tempdir().unwrap();
    let whole = dump(directory.path(), "whole.sql", &["--rows", "50"]);
    let mut texts = Vec::new();
    for number in 1..=5 {
        let shard = format!("{number}/5");
        let part = dump(
            directory.path(),
            "part.sql.gz",
            &["--rows", "50", "--shard", &shard],
        );
        texts.extend(filtered("gunzip", &["-c"], &part));
    }
    assert!(texts == whole);
}

#[test]
fn parts_forms_and_choices_of_tables_can_be_checked() {
    let directory = tempfile::tempdir().unwrap();
    for arguments in [
        &["--shard", "1/3"][..],
        &["--only", "users", "orders"],
        &["--format", "insert"],
        &["--only", "users", "--shard", "1/2", "--format", "insert"],
    ] {
        for file in ["dump.sql", "dump.sql.gz"] {
            dump(directory.path(), file, arguments);
            let mut check = generate(directory.path(), file, arguments);
            check.arg("--check").assert().success();
            // Whatever else is asked for, this file isn't it.
            let mut check = generate(directory.path(), file, &["--check", "--rows", "7"]);
            check.args(arguments).assert().code(1);
        }
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    check_refused(&["--shard", "3/2"], "there is no part 3 of 2");
    check_refused(&["--shard", "0/2"], "there is no part 0 of 2");
    check_refused(&["--shard", "half"], "write 1/4");
    check_refused(&["--only", "userz"], "did you mean `users`?");
    check_refused(
        &["--only", "nosuch"],
        "hint: `gen-dummy --explain` shows all tables",
    );
    check_refused(&["--format", "json"], "[possible values: copy, insert]");
    let directory = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 7] = [
        (&["--explain", "USERS"], "did you mean `users`?"),
        (
            &["--explain", "nosuch"],
            "hint: `gen-dummy --explain` shows all tables",
        ),
        (&["--shard", "1/2"], "--output"),
        (&["--explain", "--check"], "--check"),
        (&["--explain", "--only", "users"], "--only"),
        (&["--explain", "users", "--format", "insert"], "--format"),
        (&["--check", "-o", "-"], "`-o -` is none"),
    ];
    for (arguments, expected) in cases {
        let mut command = gen_dummy(directory.path());
        let output = command.arg("-s").arg(schemafile()).args(arguments);
        let error = output.assert().code(2).get_output().stderr.clone();
        let error = String::from_utf8(error).unwrap();
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
}

#[test]
fn many_mistakes_of_one_file_are_counted() {
    let directory = tempfile::tempdir().unwrap();
    let schema = directory.path().join("schema");
    fs::create_dir_all(schema.join("masters")).unwrap();
    fs::write(
        schema.join("Schemafile"),
        "create_table \"plans\" do |t|\n  t.integer \"price\"\nend\n",
    )
    .unwrap();
    let csv = format!("price\n{}", "x\n".repeat(1000));
    fs::write(schema.join("masters/plans.csv"), csv).unwrap();
    let output = gen_dummy(directory.path()).assert().code(2);
    let error = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert_eq!(error.lines().count(), 51, "{error}");
    assert!(
        error.contains("error: schema/masters/plans.csv:2:1: `x`"),
        "{error}"
    );
    assert!(error.ends_with("and 950 more like these\n"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_in_plain_words() {
    let directory = tempfile::tempdir().unwrap();
    let output = generate(directory.path(), "/dev/full", &["--rows", "10"])
        .assert()
        .code(3);
    let error = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(
        error.starts_with("error: can't write `/dev/full`: the disk is full\nhint: "),
        "{error}"
    );
}

#[test]
fn a_dump_of_some_tables_names_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = ["--only", "users", "--only", "offices", "--rows", "20"];
    let text = String::from_utf8(dump(directory.path(), "some.sql", &arguments)).unwrap();
    let copied: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("COPY ")?.split(' ').next())
        .collect();
    assert_eq!(copied, ["offices", "users"]);
    assert!(text.contains("    ('offices', 1, "), "{text}");
    assert!(text.contains("    ('users', 2, "), "{text}");
    // Each has the rows that it has in the whole dump.
    let whole = String::from_utf8(dump(directory.path(), "all.sql", &["--rows", "20"])).unwrap();
    let users = |text: &str| {
        let start = text.find("COPY users").unwrap();
        let length = text[start..].find("\n\\.\n").unwrap();
        text[start..start + length].to_owned()
    };
    assert_eq!(users(&text), users(&whole));
}

#[test]
fn any_dump_can_be_packed_and_every_gunzip_reads_it() {
    let directory = tempfile::tempdir().unwrap();
    let text = dump(directory.path(), "dump.sql", &["--rows", "4000"]);
    let compressed = dump(directory.path(), "dump.sql.gz", &["--rows", "4000"]);
    for threads in ["1", "2", "5"] {
        let output = gen_dummy(directory.path())
            .args(["pack", "--threads", threads])
            .write_stdin(text.clone())
            .assert()
            .success();
        assert!(
            output.get_output().stdout == compressed,
            "{threads} threads"
        );
    }
    filtered("gunzip", &["-t"], &compressed);
    assert!(filtered("gunzip", &["-c"], &compressed) == text);
    let zcat = directory.path().join("dump.sql.gz");
    assert!(filtered("zcat", &[zcat.to_str().unwrap()], b"") == text);
    let mut decoded = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(compressed.as_slice());
    std::io::Read::read_to_end(&mut decoder, &mut decoded).unwrap();
    assert!(decoded == text);
}

#[test]
fn members_cost_little_beside_one_stream() {
    use libdeflater::{CompressionLvl, Compressor};
    let directory = tempfile::tempdir().unwrap();
    for locale in ["en", "ja"] {
        let arguments = ["--rows", "10000", "--locale", locale];
        let text = dump(directory.path(), "dump.sql", &arguments);
        let members = dump(directory.path(), "dump.sql.gz", &arguments);
        let mut compressor = Compressor::new(CompressionLvl::new(1).unwrap());
        let mut stream = vec![0; compressor.gzip_compress_bound(text.len())];
        let stream = compressor.gzip_compress(&text, &mut stream).unwrap();
        assert!(
            members.len() * 1000 <= stream * 1020,
            "{locale}: {} bytes in members, {stream} in one stream",
            members.len()
        );
    }
}

#[test]
fn a_version_of_a_mysqldump_costs_what_changed() {
    let directory = tempfile::tempdir().unwrap();
    // As `mysqldump` does it: a statement, and so a line, for each megabyte of rows.
    let dump = |rows: &[String]| {
        let mut text = String::from("-- MySQL dump 10.13\n");
        let mut length = 0;
        for row in rows {
            length += row.len() + 1;
            if text.ends_with(')') && length < 1 << 20 {
                text.push(',');
            } else {
                text.push_str(if text.ends_with(')') { ";\n" } else { "" });
                text.push_str("INSERT INTO `users` VALUES ");
                length = row.len();
            }
            text.push_str(row);
        }
        text + ";\n"
    };
    let members = |text: &str| {
        let output = gen_dummy(directory.path())
            .arg("pack")
            .write_stdin(text.to_owned())
            .assert()
            .success();
        let packed = output.get_output().stdout.clone();
        let begins = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
        let places: Vec<usize> = (0..packed.len())
            .filter(|place| packed[*place..].starts_with(&begins))
            .collect();
        let ends = places[1..].iter().copied().chain([packed.len()]);
        let members = places
            .iter()
            .zip(ends)
            .map(|(from, to)| packed[*from..to].to_vec());
        members.collect::<Vec<_>>()
    };
    let mut rows: Vec<String> = (0..80_000)
        .map(|id: u64| {
            format!(
                "({id},'user {}','{}')",
                id * 7919,
                id.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            )
        })
        .collect();
    let before = members(&dump(&rows));
    rows.insert(1000, "(0,'a row more','')".to_owned());
    let after = members(&dump(&rows));
    let new = after
        .iter()
        .filter(|member| !before.contains(member))
        .count();
    assert!(after.len() > 8, "{}", after.len());
    assert!(new <= 2, "{new} of {} members are new", after.len());
}

#[test]
fn a_text_without_a_last_line_feed_is_packed_whole() {
    let directory = tempfile::tempdir().unwrap();
    for text in [&b""[..], b"no line feed", b"\n\n", b"\0\xff\r\n\x1a"] {
        let output = gen_dummy(directory.path())
            .arg("pack")
            .write_stdin(text)
            .assert()
            .success();
        let packed = &output.get_output().stdout;
        assert_eq!(filtered("gunzip", &["-c"], packed), text);
    }
}

#[cfg(unix)]
mod terminal {
    use super::{Stdio, gen_dummy, schemafile};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::fs::File;
    use std::io::Read as _;

    /// A terminal: the end of whoever looks at it, and that of the program.
    fn terminal() -> (File, File) {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap();
        let program = File::options()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        (File::from(screen), program)
    }

    fn command() -> std::process::Command {
        let directory = std::env::temp_dir();
        std::process::Command::new(gen_dummy(&directory).get_program())
    }

    #[test]
    fn packing_needs_a_pipe_on_both_sides() {
        let (_screen, program) = terminal();
        let output = command()
            .arg("pack")
            .stdin(program.try_clone().unwrap())
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("pg_dump shop | gen-dummy pack"), "{error}");
        let output = command()
            .arg("pack")
            .stdin(Stdio::null())
            .stdout(program)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("a terminal can't show"), "{error}");
    }

    #[test]
    fn a_terminal_shows_rows_speed_and_time_left() {
        let (mut screen, program) = terminal();
        let mut child = command()
            .args(["--rows", "1000000000", "-o", "-", "-s"])
            .arg(schemafile())
            .env("TERM", "xterm")
            .stdout(Stdio::null())
            .stderr(program)
            .spawn()
            .unwrap();
        let mut seen = String::new();
        let mut buffer = [0; 4096];
        while !(seen.contains(" rows, ")
            && seen.contains(" MB/s of SQL, ")
            && seen.contains(" left"))
        {
            let length = screen
                .read(&mut buffer)
                .unwrap_or_else(|error| panic!("{error} after {seen}"));
            seen.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
