//! The stories of README.md, docs/everyday.md and docs/other-repositories.md, with the commands that the pages name.

use std::fs;
use std::path::Path;
use std::process::Command;

use host_tools::process::{run, run_failing};
use testkit::git::{GitHome, is_pointer};
use testkit::pg::TempPostgres;
use testkit_s3::s3::EmbeddedS3;

use crate::blocks;
use crate::team::{DUMP, Team};

#[test]
fn a_review_and_a_mistake_look_as_the_readme_shows_them() {
    let team = Team::new();
    let schema = team.repository.join("schema/Schemafile");
    let text = fs::read_to_string(&schema).unwrap();
    let status = "  t.string \"status\", default: \"open\", null: false\n";
    let with = |column: &str| text.replace(status, &format!("{status}  {column}\n"));

    fs::write(&schema, with("t.string \"delivery_window\", limit: 11")).unwrap();
    let diff = team.shell(
        &team.repository,
        "gen-schema && gen-dummy && git diff dumps",
    );
    let mut lines = diff.lines();
    for shown in blocks("README.md", "diff")[0].lines() {
        assert!(lines.any(|line| line == shown), "{shown}\n{diff}");
    }

    fs::write(&schema, with("t.strng \"delivery_window\", limit: 11")).unwrap();
    let output = run_failing(&mut team.home.command("gen-schema", &team.repository));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        blocks("README.md", "text")[0]
    );
}

#[test]
fn the_last_words_of_the_demo_work_when_they_are_typed() {
    let s3 = EmbeddedS3::start();
    let mut home = GitHome::new();
    for program in ["gen-schema", "gen-dummy", "lfs-agent", "git-database"] {
        home.add_program(&testkit::cargo::binary(program));
    }
    home.set_all(s3.environment());
    // In place of a container.
    let postgres = TempPostgres::start();
    let psql = postgres.client("psql");
    if Path::new(psql.get_program()).is_file() {
        home.add_program(Path::new(psql.get_program()));
    }
    let url = format!("postgresql://postgres@127.0.0.1:{}/app", postgres.port());
    let work = home.work();
    home.git(&work, &["config", "--global", "database.url", &url]);
    home.git(&work, &["init", "--quiet", "--bare", "origin.git"]);
    let clone = home.work().join("clone");
    fs::create_dir(&clone).unwrap();
    let bucket = format!(
        "s3://{}/shop --endpoint {} --path-style",
        s3.bucket(),
        s3.endpoint()
    );
    let typed: Vec<String> = crate::read("crates/demo/src/next.txt")
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        // What is installed is there already.
        .filter(|line| line != &"cargo xtask install")
        .map(|line| {
            line.replace("s3://YOUR-BUCKET/PREFIX", &bucket)
                .replace("YOUR-REGION", s3.region())
                .replace("YOUR-GIT-URL", "../origin.git")
        })
        .collect();
    let (first, change) = typed.split_at(
        typed
            .iter()
            .position(|line| line.starts_with("git push"))
            .unwrap()
            + 1,
    );
    let commands = [
        first.join("\n"),
        "sed -i.bak 's/\"status\"/\"state\"/' schema/Schemafile && rm schema/Schemafile.bak"
            .to_owned(),
        change.join("\n"),
        "gen-schema --check && gen-dummy --check && git status --porcelain".to_owned(),
    ];
    let output = run(home
        .command("bash", &clone)
        .args(["-e", "-c", &commands.join("\n")]));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(&url), "{said}");
    let loaded = postgres.psql("app", "SELECT count(state) FROM orders");
    assert_eq!(loaded.trim(), "1000");
    let repository = home.work().join("my-database");
    let pushed = home.git_text(&repository, &["show", &format!("origin/main:{DUMP}")]);
    assert!(
        is_pointer(format!("{pushed}\n").as_bytes()),
        "{pushed}\n{said}"
    );
    let schema = home.git_text(&repository, &["show", "origin/main:schema/Schemafile"]);
    assert!(schema.contains("\"state\""), "{schema}");
    assert_eq!(home.git_text(&repository, &["status", "--porcelain"]), "");
}

#[test]
fn two_branches_that_changed_the_schema_meet() {
    let team = Team::new();
    let origin = team.origin.to_string_lossy().into_owned();
    team.shell(
        &team.home.work(),
        &format!("git clone --quiet '{origin}' second"),
    );
    let second = team.home.work().join("second");
    for (clone, column) in [(&team.repository, "channel"), (&second, "note")] {
        let schema = clone.join("schema/Schemafile");
        let text = fs::read_to_string(&schema).unwrap();
        let column = format!("t.string \"{column}\"\n  t.string \"status\"");
        fs::write(&schema, text.replace("t.string \"status\"", &column)).unwrap();
        team.shell(
            clone,
            "gen-schema && gen-dummy && git commit --quiet --all --message Column",
        );
    }
    team.shell(&team.repository, "git push --quiet");
    let mut pull = team.home.command("git", &second);
    run_failing(pull.args(["pull", "--quiet", "--no-rebase"]));
    let conflicts = team.shell(&second, "git diff --name-only --diff-filter=U");
    // What is generated waits for the Schemafile.
    assert_eq!(
        conflicts,
        "dumps/01_schema.sql\ndumps/02_dummy.sql.gz\nschema/Schemafile\n"
    );

    // The decision: both.
    let schema = second.join("schema/Schemafile");
    let kept: Vec<String> = fs::read_to_string(&schema)
        .unwrap()
        .lines()
        .filter(|line| {
            !["<<<<<<<", "=======", ">>>>>>>"]
                .iter()
                .any(|mark| line.starts_with(mark))
        })
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(&schema, kept.concat()).unwrap();
    let commands = block("docs/everyday.md", "git add schema dumps");
    // An editor would open for the message of the merge.
    team.shell(&second, &format!("export GIT_EDITOR=true\n{commands}"));
    team.shell(
        &second,
        "gen-schema --check && gen-dummy --check && git push --quiet",
    );
    let sql = fs::read_to_string(second.join("dumps/01_schema.sql")).unwrap();
    assert!(
        sql.contains("channel varchar") && sql.contains("note varchar"),
        "{sql}"
    );
    assert_eq!(team.shell(&second, "git status --porcelain"), "");
}

#[test]
fn a_clone_that_stopped_is_mended_by_one_command() {
    let team = Team::new();
    let mut stranger = GitHome::with_git_lfs();
    stranger.set_all(team.s3.environment());
    let work = stranger.work();
    let origin = team.origin.to_string_lossy().into_owned();
    let output = run_failing(
        stranger
            .command("git", &work)
            .args(["clone", &origin, "clone"]),
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("missing protocol: \"lfs-agent::s3://"),
        "{said}"
    );

    stranger.add_program(&testkit::cargo::binary("lfs-agent"));
    run(stranger.command("lfs-agent", &work).arg("install"));
    approve(&stranger, &team);
    let clone = work.join("clone");
    let commands = block("docs/everyday.md", "git reset --hard");
    run(stranger
        .command("bash", &clone)
        .args(["-e", "-c", &commands]));
    assert_eq!(fs::read(clone.join(DUMP)).unwrap(), team.dump());
    assert_eq!(stranger.git_text(&clone, &["status", "--porcelain"]), "");
}

#[test]
fn a_team_may_have_clones_end_well_without_the_dumps() {
    let team = Team::new();
    let commands = block("docs/everyday.md", "skipdownloaderrors");
    let commit = "git commit --quiet --all --message Clones && git push --quiet";
    team.shell(&team.repository, &format!("{commands}\n{commit}"));
    let stranger = GitHome::with_git_lfs();
    let origin = team.origin.to_string_lossy().into_owned();
    let output = stranger.git(stranger.work(), &["clone", &origin, "clone"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("missing protocol"), "{said}");
    let clone = stranger.work().join("clone");
    assert!(is_pointer(&fs::read(clone.join(DUMP)).unwrap()));
    assert_eq!(stranger.git_text(&clone, &["status", "--porcelain"]), "");
}

#[test]
fn an_application_has_the_dumps_as_a_submodule() {
    let team = Team::new();
    let work = team.home.work();
    let page = |marked: &str| {
        block("docs/other-repositories.md", marked)
            .replace(
                "git@github.com:your-team/your-database.git",
                &team.origin.to_string_lossy(),
            )
            .replace(
                "git@github.com:your-team/your-application.git",
                "application.git",
            )
    };
    team.shell(
        &work,
        "git init --quiet --bare application.git && git clone --quiet application.git web",
    );
    let web = work.join("web");
    team.shell(&web, &page("git submodule add"));
    team.shell(&web, "git push --quiet origin HEAD");
    let clone = page("git clone --recurse-submodules");
    let clone = clone
        .lines()
        .find(|line| line.starts_with("git clone"))
        .unwrap();
    team.shell(&work, clone);
    let dump = Path::new("database").join(DUMP);
    let colleague = work.join("application");
    assert_eq!(fs::read(colleague.join(&dump)).unwrap(), team.dump());

    team.shell(
        &team.repository,
        "gen-dummy --rows customers=60 && git commit --quiet --all --message More && git push --quiet",
    );
    let update = page("git submodule update --remote");
    let newest = update.lines().next().unwrap();
    team.shell(&web, newest);
    team.shell(
        &web,
        "git commit --quiet --all --message Newer && git push --quiet origin HEAD",
    );
    team.shell(&colleague, "git pull --quiet");
    team.shell(&colleague, update.lines().nth(1).unwrap());
    for clone in [&web, &colleague] {
        assert_eq!(fs::read(clone.join(&dump)).unwrap(), team.dump());
        assert_eq!(team.shell(clone, "git status --porcelain"), "");
    }
}

#[test]
fn the_key_of_a_pointer_is_found_with_sed() {
    let team = Team::new();
    let commands = block("docs/other-repositories.md", "key=shop/");
    let directory = team.home.work();
    let pointer = team.shell(&team.repository, &format!("git show HEAD:{DUMP}"));
    fs::write(directory.join("pointer.txt"), pointer).unwrap();
    let key = team.shell(&directory, &format!("{commands}\necho \"$key\""));
    assert_eq!(team.s3.keys(), [key.trim()]);
    assert_eq!(team.s3.read(key.trim()).unwrap(), team.dump());
}

/// The one block of shell commands of a page that has these words.
#[track_caller]
fn block(page: &str, words: &str) -> String {
    let mut found: Vec<String> = blocks(page, "sh")
        .into_iter()
        .filter(|block| block.contains(words))
        .collect();
    assert_eq!(found.len(), 1, "{page}: {words}: {found:?}");
    found.remove(0)
}

fn approve(home: &GitHome, team: &Team) {
    let endpoint = team.s3.endpoint();
    let key = "lfs-agent.allowEndpoint";
    let mut git: Command = home.command("git", home.work());
    run(git.args(["config", "--global", "--add", key, &endpoint]));
}
