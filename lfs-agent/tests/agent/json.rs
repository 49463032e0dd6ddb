//! What `--json` writes, held against what the documentation says of it.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use crate::common::{Team, dump};
use serde_json::Value;

/// The example in the documentation behind the command with this name.
fn documented(command: &str) -> Value {
    documented_in(
        include_str!("../../../docs/lfs-agent.md"),
        command,
        "--json",
    )
}

fn documented_in(text: &str, command: &str, option: &str) -> Value {
    let heading = format!("\n`lfs-agent {command} {option}");
    let (_, rest) = text.split_once(&heading).unwrap();
    let (_, rest) = rest.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    serde_json::from_str(example).unwrap()
}

/// Whether a value has the form of an example: the same keys and the same types. An empty list may have anything in it, and
/// what is `null` may be anything.
fn is_like(value: &Value, example: &Value) -> bool {
    match (value, example) {
        (Value::Object(value), Value::Object(example)) => {
            value.keys().eq(example.keys())
                && value
                    .iter()
                    .all(|(key, value)| is_like(value, &example[key]))
        }
        (Value::Array(values), Value::Array(examples)) => examples
            .first()
            .is_none_or(|example| values.iter().all(|value| is_like(value, example))),
        (Value::Null, _)
        | (_, Value::Null)
        | (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => true,
        _ => false,
    }
}

/// What a command writes with `--json`, which is all that it writes.
#[track_caller]
fn written(team: &Team, arguments: &[&str], code: i32) -> Value {
    let output = team.agent_any(&team.first, &[arguments, &["--json"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    let value: Value = serde_json::from_str(&text).unwrap();
    let example = documented(arguments[0]);
    assert!(is_like(&value, &example), "{value}\nisn't like\n{example}");
    value
}

#[test]
fn every_command_writes_the_documented_form() {
    let team = Team::that_pushed(&[dump(300_000, 1), dump(400_000, 2)]);
    let old = dump_store::Oid::of(&dump(300_000, 1)).to_hex();
    let listed = written(&team, &["ls"], 0);
    assert_eq!(listed["changes"][1]["oid"], old.as_str());
    assert_eq!(listed["changes"][1]["how"], "whole");
    assert_eq!(listed["total"]["size"], 700_000);
    assert_eq!(listed["shallow"], false);

    let key = format!("shop/{}/{}/{old}", &old[..2], &old[2..4]);
    let content = team.s3.read(&key).unwrap();
    team.s3.delete(&key);
    let listed = written(&team, &["ls"], 0);
    assert_eq!(listed["changes"][1]["stored"], Value::Null);
    assert_eq!(listed["changes"][1]["how"], "missing");
    team.s3.put(&key, &content);

    let gone = format!("shop/aa/aa/{}", "aa".repeat(32));
    team.s3.put(&gone, b"of no commit");
    let prune = ["prune", "--grace", "0"];
    let pruned = written(&team, &prune, 0);
    assert_eq!(pruned["done"], false);
    assert_eq!(pruned["take_out"][0]["size"], 12);
    assert_eq!(pruned["take_out"].as_array().unwrap().len(), 1);
    let pruned = written(&team, &[&prune[..], &["--delete"]].concat(), 0);
    assert_eq!(pruned["done"], true);
    let pruned = written(&team, &[&prune[..], &["--delete"]].concat(), 0);
    assert_eq!(pruned["delete"][0]["kind"], "object");

    let [here, there] = ["shop", "copy"].map(|prefix| team.s3.store_url(prefix));
    let mirrored = written(&team, &["mirror", "--dry-run", &here, &there], 0);
    assert_eq!(
        (&mirrored["missing"], &mirrored["copied"]),
        (&Value::from(2), &Value::from(0))
    );
    let mirrored = written(&team, &["mirror", &here, &there], 0);
    assert_eq!(mirrored["copied_size"], 700_000);
    team.s3.put(&key, &dump(300_000, 9));
    team.s3.delete(&key.replace("shop/", "copy/"));
    let mirrored = written(&team, &["mirror", &here, &there], 1);
    assert_eq!(mirrored["wrong"].as_array().unwrap().len(), 1);

    let checked = written(&team, &["doctor"], 0);
    assert_eq!(checked["failed"], 0);
    team.agent(&team.first, &["uninstall"]);
    let checked = written(&team, &["doctor", "--quiet"], 1);
    assert_eq!(checked["failed"], 1);
    let checks = checked["checks"].as_array().unwrap();
    let failed = checks.iter().find(|check| check["state"] == "failed");
    assert_eq!(failed.unwrap()["hint"], "run `lfs-agent install`");
}

/// What a command about rows writes, held against the example in its page. Cells have the names of columns.
#[track_caller]
fn rows_written(team: &Team, arguments: &[&str], option: &str) -> Vec<Value> {
    let (command, rest) = arguments.split_first().unwrap();
    let arguments = [
        &[*command],
        &option.split(' ').collect::<Vec<_>>()[..],
        rest,
    ]
    .concat();
    let text = crate::common::text(&team.agent(&team.first, &arguments));
    let example = documented_in(include_str!("../../../docs/history.md"), command, option);
    let stream = serde_json::Deserializer::from_str(&text).into_iter();
    let values: Vec<Value> = stream.map(Result::unwrap).collect();
    let shape = |value: &Value| {
        let mut value = value.clone();
        let tables = value.get_mut("tables").and_then(Value::as_array_mut);
        for table in tables.into_iter().flatten() {
            table["rows"] = Value::Array(Vec::new());
        }
        if let Some(rows) = value.get_mut("rows") {
            *rows = Value::Array(Vec::new());
        }
        value
    };
    for value in &values {
        assert!(
            is_like(&shape(value), &shape(&example)),
            "{value}\nisn't like\n{example}"
        );
    }
    values
}

#[test]
fn what_is_told_of_rows_has_the_documented_form() {
    let dump =
        |rows: &str| format!("COPY users (id, name, mail) FROM stdin;\n{rows}\\.\n").into_bytes();
    let team = Team::that_pushed(&[
        dump("1\tAnn\ta@a\n2\tBob\tb@b\n"),
        dump("2\tBob\tb@c\n3\tIda\t\\N\n"),
    ]);
    let logged = rows_written(&team, &["log", "users"], "--json");
    let [log, first] = &logged[..] else {
        panic!("{logged:?}");
    };
    let expected = serde_json::json!([
        {"key": {"id": "2"}, "changed": {"mail": {"was": "b@b", "is": "b@c"}}},
        {"key": {"id": "1"}, "removed": {"id": "1", "name": "Ann", "mail": "a@a"}},
        {"key": {"id": "3"}, "added": {"id": "3", "name": "Ida", "mail": null}},
    ]);
    assert_eq!(log["rows"], expected);
    assert_eq!(first["added"], 2);

    let blamed = rows_written(&team, &["blame", "users", "2"], "--json");
    let by = |cell: usize| &blamed[0]["cells"][cell]["commit"];
    assert_eq!((by(0), by(2)), (&first["commit"], &log["commit"]));

    let between = rows_written(&team, &["diff", "HEAD~1", "HEAD"], "--json");
    assert_eq!(between[0]["tables"][0]["rows"], expected);

    let dump = format!("HEAD:{}", crate::common::DUMP);
    let shown = rows_written(&team, &["show", &dump, "users"], "--format json");
    assert_eq!(
        shown[0][1],
        serde_json::json!({"id": "3", "name": "Ida", "mail": null})
    );
}

#[test]
fn what_stops_before_there_is_a_result_writes_none() {
    let team = Team::that_pushed(&[dump(3000, 1)]);
    team.push(&team.clone("second"), &dump(4000, 2));
    let output = team.agent_any(&team.first, &["prune", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(!output.stderr.is_empty());
}

#[test]
fn ls_says_that_a_clone_is_shallow_and_that_there_is_no_dump() {
    let team = Team::that_pushed(&[dump(3000, 1), dump(4000, 2)]);
    let from = format!("file://{}", team.bare.display());
    let clone = ["clone", "-q", "--depth=1", &from, "shallow"];
    team.home.git(team.home.work(), &clone);
    let shallow = team.home.work().join("shallow");
    let output = team.agent(&shallow, &["ls"]);
    assert!(crate::common::text(&output).contains("This is a shallow clone"));
    let output = team.agent(&shallow, &["ls", "--json"]);
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listed["shallow"], true);
    assert_eq!(listed["total"]["versions"], 1);

    let empty = Team::new();
    empty.home.git(&empty.first, &["add", "-A"]);
    empty
        .home
        .git(&empty.first, &["commit", "-q", "-m", "Begin"]);
    let said = empty.says(&["ls"], 0);
    assert!(said.contains("No commit here has a dump."), "{said}");
}
