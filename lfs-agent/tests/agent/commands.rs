//! The commands that set things up, and what every command promises.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{Team, assert_dump, dump, text};

#[test]
fn init_writes_what_a_team_commits_and_nothing_twice() {
    let team = Team::new();
    let (config, attributes) = (
        team.first.join(".lfsconfig"),
        team.first.join(".gitattributes"),
    );
    let endpoint = team.s3.endpoint();
    let expected = format!(
        "[lfs]\n\turl = lfs-agent::s3://team-dumps/shop?region=us-east-1&endpoint={endpoint}&path_style=true\n"
    );
    assert_eq!(fs::read_to_string(&config).unwrap(), expected);
    let lines = "*.sql.gz filter=lfs diff=lfs-agent merge=lfs-agent -text\n*.sql text eol=lf\n\
                 dumps/01_schema.sql merge=lfs-agent\n";
    assert_eq!(fs::read_to_string(&attributes).unwrap(), lines);
    let again = [
        "init",
        "s3://team-dumps/shop",
        "--region",
        "us-east-1",
        "--endpoint",
        &endpoint,
        "--path-style",
    ];
    team.agent(&team.first, &again);
    assert_eq!(fs::read_to_string(&config).unwrap(), expected);
    assert_eq!(fs::read_to_string(&attributes).unwrap(), lines);
}

#[test]
fn init_makes_clones_fetch_where_a_repository_without_a_bucket_told_them_not_to() {
    let team = Team::new();
    let exclusions = [("*", true), ("old/*", false)];
    for (position, (pattern, removed)) in exclusions.into_iter().enumerate() {
        let name = format!("forked{position}");
        team.home.git(team.home.work(), &["init", "-q", &name]);
        let repository = team.home.work().join(&name);
        let config = repository.join(".lfsconfig");
        fs::write(&config, format!("[lfs]\n\tfetchexclude = {pattern}\n")).unwrap();
        let output = team.agent(&repository, &["init", "s3://team-dumps"]);
        let written = fs::read_to_string(&config).unwrap();
        assert!(written.contains("url = lfs-agent::s3://team-dumps\n"));
        assert_eq!(!written.contains("fetchexclude"), removed, "{written}");
        assert_eq!(text(&output).contains("Took `fetchexclude"), removed);
    }
}

#[test]
fn init_leaves_other_lines_and_another_store_alone() {
    let team = Team::new();
    let repository = team.home.work().join("other");
    team.home.git(team.home.work(), &["init", "-q", "other"]);
    fs::create_dir(repository.join("sub")).unwrap();
    fs::write(repository.join(".gitattributes"), "*.png binary").unwrap();
    fs::write(
        repository.join(".lfsconfig"),
        "# ours\n[lfs]\n\tlocksverify = false\n",
    )
    .unwrap();
    let output = team.agent(
        &repository.join("sub"),
        &["init", "s3://team-dumps", "--track", "my dumps/*.gz"],
    );
    assert!(
        text(&output).contains("git add .lfsconfig .gitattributes"),
        "{}",
        text(&output)
    );
    assert_eq!(
        fs::read_to_string(repository.join(".gitattributes")).unwrap(),
        "*.png binary\nmy[[:space:]]dumps/*.gz filter=lfs diff=lfs-agent merge=lfs-agent -text\n*.sql text eol=lf\ndumps/01_schema.sql merge=lfs-agent\n"
    );
    assert_eq!(
        fs::read_to_string(repository.join(".lfsconfig")).unwrap(),
        "# ours\n[lfs]\n\tlocksverify = false\n\turl = lfs-agent::s3://team-dumps\n"
    );
    let output = team.agent_any(&repository, &["init", "s3://other-dumps"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output).contains("hint: to move the repository to another store, say `--force`"),
        "{}",
        text(&output)
    );
    team.agent(
        &repository,
        &["init", "s3://other-dumps", "--force", "--quiet"],
    );
    assert!(
        fs::read_to_string(repository.join(".lfsconfig"))
            .unwrap()
            .contains("url = lfs-agent::s3://other-dumps\n")
    );
}

#[test]
fn install_and_uninstall_write_two_lines_in_the_scope_that_is_named() {
    let team = Team::new();
    let listing = |scope: &str| team.home.git_any(&team.first, &["config", scope, "--list"]);
    let lines = [
        "lfs.customtransfer.lfs-agent.path=lfs-agent",
        "lfs.lfs-agent::.standalonetransferagent=lfs-agent",
    ];
    for line in lines {
        assert!(
            text(&listing("--global")).contains(line),
            "{}",
            text(&listing("--global"))
        );
    }
    team.agent(&team.first, &["uninstall"]);
    team.agent(&team.first, &["uninstall"]);
    assert!(!text(&listing("--global")).contains("customtransfer"));
    team.agent(&team.first, &["install", "--local", "--quiet"]);
    team.agent(&team.first, &["install", "--local", "--quiet"]);
    for line in lines {
        assert_eq!(text(&listing("--local")).matches(line).count(), 1);
    }
    assert!(!text(&listing("--global")).contains("customtransfer"));
}

#[test]
fn wrong_input_ends_with_code_2() {
    let team = Team::new();
    for arguments in [
        &["frobnicate"][..],
        &["init"],
        &["init", "s3://X"],
        &["init", "s3://team-dumps", "--region", "Not a region"],
        &["install", "--local", "--system"],
    ] {
        let output = team.agent_any(&team.first, arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&output)
        );
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    let output = team.agent_any(team.home.scratch(), &["init", "s3://team-dumps"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output).contains("not a git repository"),
        "{}",
        text(&output)
    );
}

#[test]
fn every_command_has_help_with_examples() {
    let team = Team::new();
    for command in [
        &["--help"][..],
        &["init", "--help"],
        &["install", "--help"],
        &["uninstall", "--help"],
    ] {
        assert!(
            text(&team.agent(&team.first, command)).contains("Examples:"),
            "{command:?}"
        );
    }
    assert!(text(&team.agent(&team.first, &["--version"])).starts_with("lfs-agent 0."));
}

#[test]
fn an_agent_that_is_not_in_path_is_found_by_its_place() {
    let team = Team::new();
    let tools = team.home.scratch().join("my tools");
    fs::create_dir(&tools).unwrap();
    let agent = tools.join(format!("lfs-agent{}", std::env::consts::EXE_SUFFIX));
    copy_program(&agent);
    fs::remove_file(team.home.bin().join(agent.file_name().unwrap())).unwrap();
    let install = team
        .home
        .command(&agent, &team.first)
        .arg("install")
        .output();
    let said = text(&install.unwrap());
    assert!(said.contains("is not in PATH, so git was told"), "{said}");
    assert!(said.contains("my tools/lfs-agent"), "{said}");
    let contents = [dump(300_000, 1), dump(300_000, 2)];
    for content in &contents {
        team.push(&team.first, content);
    }
    assert_dump(&team.clone("second"), &contents[1]);
    let diff = ["diff", "HEAD~1", "--", crate::common::DUMP];
    let output = team.home.git_any(&team.first, &diff);
    // The driver was found; these bytes are no dump.
    let said = text(&output);
    assert!(said.contains("this can't be compared"), "{said}");
    let doctor = team
        .home
        .command(&agent, &team.first)
        .arg("doctor")
        .output();
    let said = text(&doctor.unwrap());
    assert!(said.contains("ok    agent"), "{said}");
}

/// Copies the agent. By another process: a program can't be run while anybody has it open for writing, and a process that
/// another test starts just then would inherit that from this one.
fn copy_program(to: &Path) {
    if cfg!(unix) {
        testkit::process::run(Command::new("cp").arg(crate::common::AGENT).arg(to));
    } else {
        fs::copy(crate::common::AGENT, to).expect("the agent can be copied");
    }
}
