//! The history of rows: `log`, `blame` and `show` of a revision, through real git and git-lfs.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::fs;
use std::io::Write as _;

use crate::common::{DUMP, Team, text};
use dump_gzip::MemberWriter;
use dump_store::Oid;
use testkit_s3::proxy::Shaping;

/// A dump with these rows, as plain SQL: it may be compressed, but needn't.
fn dump(columns: &str, rows: &[&str]) -> Vec<u8> {
    let rows = rows.join("\n");
    format!(
        "COPY public.users ({columns}) FROM stdin;\n{rows}\n\\.\n\
         ALTER TABLE ONLY public.users ADD CONSTRAINT p PRIMARY KEY (id);\n"
    )
    .into_bytes()
}

/// Four versions by two people.
fn team() -> Team {
    let team = Team::new();
    let versions: [(&str, &[&str]); 4] = [
        ("id, name", &["1\tAnn", "2\tBob"]),
        ("id, name", &["1\tAnn", "2\tBobby", "3\tIda"]),
        (
            "id, name, mail",
            &["1\tAnn\t\\N", "2\tBobby\tb@b", "3\tIda\t\\N"],
        ),
        ("id, name, mail", &["1\tAnn\t\\N", "2\tBobby\tb@c"]),
    ];
    for (number, (columns, rows)) in versions.iter().enumerate() {
        let name = if number == 1 { "Eve" } else { "Max" };
        team.home.git(&team.first, &["config", "user.name", name]);
        team.commit(&team.first, &dump(columns, rows));
    }
    team
}

/// What is said, without commits' names and dates.
fn said(team: &Team, arguments: &[&str]) -> String {
    let output = text(&team.agent(&team.first, arguments));
    let lines = output.lines().map(|line| {
        let mut words = line.splitn(3, ' ');
        match (words.next(), words.next(), words.next()) {
            (Some(commit), Some(_), Some(rest)) if commit.len() == 10 => rest,
            _ => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_table_and_a_row_have_a_history() {
    let team = team();
    assert_eq!(
        said(&team, &["log", "users"]),
        "\
Max: Change the dump
  public.users: 1 removed, 1 changed
    ~ id 2: mail b@b -> b@c
    - id 3, name Ida, mail NULL
Max: Change the dump
  columns added: mail
Eve: Change the dump
  public.users: 1 added, 1 changed
    ~ id 2: name Bob -> Bobby
    + id 3, name Ida
Max: Change the dump
  public.users: 2 added
    + id 1, name Ann
    + id 2, name Bob"
    );
    let row = said(&team, &["log", "users", "3", "--author", "Eve"]);
    assert_eq!(
        row,
        "Eve: Change the dump\n  public.users: 1 added\n    + id 3, name Ida"
    );
    let range = said(&team, &["log", "users", "2", "--revisions", "HEAD~1..HEAD"]);
    assert_eq!(
        range,
        "Max: Change the dump\n  public.users: 1 changed\n    ~ id 2: mail b@b -> b@c"
    );
    let said_of = |arguments: &[&str], code| team.says(arguments, code);
    let wrong = said_of(&["log", "user"], 2);
    assert!(
        wrong.contains("hint: the tables that there are: public.users"),
        "{wrong}"
    );
    let none = said_of(&["log", "users", "99"], 0);
    assert_eq!(
        none,
        "note: no commit that was looked at changed such rows of `users`\n"
    );
    let none = said_of(&["log", "users", "--path", "nope.sql.gz"], 0);
    assert_eq!(
        none,
        "note: no commit that was looked at changed `nope.sql.gz`\n"
    );
    let json = text(&team.agent(
        &team.first,
        &["log", "users", "--where", "name=Ida", "--json"],
    ));
    let lines: Vec<serde_json::Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["rows"][0]["removed"]["name"], "Ida");
    assert_eq!(lines.last().unwrap()["rows"][0]["added"]["id"], "3");

    // Nothing is checked out, and what isn't here is fetched.
    team.home
        .git(&team.first, &["push", "-q", "origin", "HEAD"]);
    fs::remove_dir_all(team.first.join(".git/lfs/objects")).unwrap();
    let before = fs::read(team.first.join(DUMP)).unwrap();
    assert!(said(&team, &["log", "users", "2"]).contains("name Bob -> Bobby"));
    assert_eq!(fs::read(team.first.join(DUMP)).unwrap(), before);
}

#[test]
fn two_revisions_are_compared() {
    let team = team();
    let shown = said(&team, &["diff", "HEAD~1", "HEAD"]);
    assert!(
        shown.starts_with("tables: 1 changed\npublic.users: 3 -> 2 rows\n"),
        "{shown}"
    );
    let table = said(&team, &["diff", "HEAD~1", &format!("HEAD:{DUMP}"), "users"]);
    let expected = "  public.users: 1 removed, 1 changed\n    ~ id 2: mail b@b -> b@c\n    - id 3, name Ida, mail NULL";
    assert_eq!(table, expected);
    let json = text(&team.agent(&team.first, &["diff", "HEAD~3", DUMP, "--json"]));
    let told: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(told["tables"][0]["columns_added"][0], "mail");
    let rows = &told["tables"][0]["rows"];
    assert_eq!(rows[0]["changed"]["name"]["is"], "Bobby");
    let said = team.says(&["diff", "HEAD~1", "HEAD", "nothing"], 2);
    assert!(said.contains("no table `nothing` has rows in it"), "{said}");
}

#[test]
fn each_cell_has_a_commit() {
    let team = team();
    let blamed = said(&team, &["blame", "users", "2"]);
    assert_eq!(blamed, "Max  id    2\nEve  name  Bobby\nMax  mail  b@c");
    let older = said(&team, &["blame", "users", "2", "--revision", "HEAD~3"]);
    assert_eq!(older, "Max  id    2\nMax  name  Bob");
    let said = team.says(&["blame", "users", "9"], 1);
    assert!(said.contains("no row of `users` has the key 9"), "{said}");
}

#[test]
fn rows_of_any_version_are_shown() {
    let team = team();
    let shown = |revision: &str, more: &[&str]| {
        let dump = format!("{revision}:{DUMP}");
        let arguments = [&["show", &dump, "users"], more].concat();
        text(&team.agent(&team.first, &arguments))
    };
    assert_eq!(shown("HEAD~3", &["2"]), "users\n  id    2\n  name  Bob\n");
    assert_eq!(
        shown("HEAD", &["--format", "csv"]),
        "id,name,mail\n1,Ann,\n2,Bobby,b@c\n"
    );
    let found = shown("HEAD~1", &["--where", "mail=\\N", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found[1]["name"], "Ida");
    assert!(found[1]["mail"].is_null());

    let dump = format!("HEAD:{DUMP}");
    let said = team.says(&["show", &dump, "user"], 2);
    assert!(said.contains("no table `user` has rows in it"), "{said}");
    let said = team.says(&["show", &dump, "users", "--where", "nam=x"], 2);
    assert!(said.contains("hint: did you mean `name`?"), "{said}");
    let said = team.says(&["show", &dump, "users", "9"], 1);
    assert!(said.contains("no row of `users` has the key 9"), "{said}");
}

/// A dump as gen-dummy packs it, of some 3 MB, in which so many places have other rows.
fn packed(version: u64) -> Vec<u8> {
    let mut writer = MemberWriter::new(Vec::new(), 1);
    writer
        .write_all(b"COPY public.users (id, name, mail) FROM stdin;\n")
        .unwrap();
    for number in 0..120_000_u64 {
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        // A place after the other.
        let place = number / 9000 + 1;
        let changed = if place <= version && number % 9000 < 3000 {
            place
        } else {
            0
        };
        writeln!(
            writer,
            "{number}\tname {changed}\t{mixed:016x}{:016x}",
            mixed.rotate_left(9)
        )
        .unwrap();
    }
    writer
        .write_all(b"\\.\nALTER TABLE ONLY public.users ADD CONSTRAINT p PRIMARY KEY (id);\n")
        .unwrap();
    writer.finish().unwrap()
}

#[test]
fn versions_elsewhere_are_read_by_what_changed_in_them() {
    let (team, proxy) = Team::behind(Shaping::default());
    let versions: Vec<Vec<u8>> = (0..5).map(packed).collect();
    for content in &versions {
        team.push(&team.first, content);
    }
    assert_eq!(team.keys("/recipes/").len(), 4);
    let commands: [&[&str]; 4] = [
        &["log", "users"],
        &["log", "users", "9042"],
        &["log", "users", "18001", "--json"],
        &["blame", "users", "9042"],
    ];
    let here = commands.map(|command| said(&team, command));
    assert!(
        here[0].contains("public.users: 120000 added"),
        "{}",
        here[0]
    );
    let objects = team.first.join(".git/lfs/objects");
    let object = |content: &[u8]| Oid::of(content).path_below(&objects);
    for (command, here) in commands.into_iter().zip(here) {
        for content in &versions[..4] {
            let _ = fs::remove_file(object(content));
        }
        let before = proxy.received();
        assert_eq!(said(&team, command), here, "{command:?}");
        let moved = proxy.received() - before;
        // The oldest one is whole, and is fetched as a whole where it is asked for.
        let kept = versions.iter().map(|content| object(content).is_file());
        assert!(matches!(
            kept.collect::<Vec<_>>()[..],
            [_, false, false, false, true]
        ));
        let most = versions[0].len() as u64 * 3 / 2;
        assert!(moved < most, "{command:?} moved {moved} of {most}");
    }
    // What can't be had is told as by a fetch.
    let _ = fs::remove_file(object(&versions[3]));
    for pack in team.keys("/packs/") {
        team.s3.delete(&pack);
    }
    let said = team.says(&["log", "users"], 1);
    assert!(said.contains("lfs-agent fsck --repair"), "{said}");
}
