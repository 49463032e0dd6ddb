//! Repositories of every shape that git and git-lfs know, with each git-lfs at hand: the agent finds the store, the LFS
//! storage and the right bytes in all of them.

use std::fs;
use std::path::Path;

use crate::common::{DUMP, Team, assert_dump, dump};
use testkit::git::{GitHome, git_lfs_programs, is_pointer};

/// Runs a story with each git-lfs that is to be tested.
fn with_each_git_lfs(story: impl Fn(Team)) {
    for program in git_lfs_programs() {
        story(Team::with_git_lfs(&program));
    }
}

/// Clones with these options and variables.
#[track_caller]
fn clone_with(home: &GitHome, options: &[&str], variables: &[(&str, &str)], from: &str, to: &Path) {
    let mut clone = home.command("git", home.work());
    clone
        .args(["clone", "-q"])
        .args(options)
        .arg(from)
        .arg(to)
        .envs(variables.iter().copied());
    testkit::process::run(&mut clone);
}

#[test]
fn work_trees_and_submodules_have_their_dumps() {
    with_each_git_lfs(|team| {
        let (old, new) = (dump(300_000, 1), dump(300_000, 2));
        team.push(&team.first, &old);
        team.push(&team.first, &new);

        let clone = team.clone("second");
        let tree = team.home.work().join("tree");
        team.home.git(
            &clone,
            &["worktree", "add", "-q", &tree.to_string_lossy(), "HEAD~1"],
        );
        assert_dump(&tree, &old);
        let newest = dump(400_000, 3);
        team.home.git(&tree, &["checkout", "-q", "-b", "topic"]);
        team.push(&tree, &newest);

        let outer = team.home.work().join("outer");
        team.home.git(team.home.work(), &["init", "-q", "outer"]);
        team.home.git(
            &outer,
            &[
                "submodule",
                "--quiet",
                "add",
                "-b",
                "topic",
                &team.bare.to_string_lossy(),
                "data",
            ],
        );
        assert_dump(&outer.join("data"), &newest);
        team.home
            .git(&outer, &["commit", "-q", "-m", "Take the data in"]);
        let inner = dump(500_000, 4);
        team.push(&outer.join("data"), &inner);
        let again = team.home.work().join("again");
        team.home.git(
            team.home.work(),
            &[
                "clone",
                "-q",
                "--recurse-submodules",
                &outer.to_string_lossy(),
                "again",
            ],
        );
        assert_dump(&again.join("data"), &newest);
    });
}

#[test]
fn a_push_from_a_bare_repository_finds_its_store() {
    with_each_git_lfs(|team| {
        team.push(&team.first, &dump(300_000, 1));
        let mirror = team.home.work().join("mirror.git");
        team.home.git(
            team.home.work(),
            &[
                "clone",
                "-q",
                "--mirror",
                &team.bare.to_string_lossy(),
                "mirror.git",
            ],
        );
        team.home.git(&mirror, &["lfs", "fetch", "origin", "main"]);
        let objects = mirror.join("lfs/objects");
        assert!(
            objects.is_dir(),
            "the objects are in the bare repository's own storage"
        );
        let key = team.s3.keys().pop().unwrap();
        team.s3.delete(&key);
        team.home.git(&mirror, &["lfs", "push", "--all", "origin"]);
        assert_eq!(team.s3.keys(), [key]);
    });
}

#[test]
fn the_storage_may_be_elsewhere() {
    with_each_git_lfs(|team| {
        team.push(&team.first, &dump(300_000, 1));
        let storage = team.home.scratch().join("large files");
        let path = team.home.work().join("second");
        let setting = format!("lfs.storage={}", storage.display());
        let bare = team.bare.to_string_lossy();
        team.home.git(
            team.home.work(),
            &[
                "clone",
                "-q",
                "-c",
                &setting,
                &bare,
                &path.to_string_lossy(),
            ],
        );
        assert_dump(&path, &dump(300_000, 1));
        assert!(storage.join("objects").is_dir());
        assert!(!path.join(".git/lfs/lfs-agent").exists());
    });
}

#[test]
fn a_mirror_fetches_all_of_history() {
    with_each_git_lfs(|team| {
        let versions: Vec<_> = (0..3).map(|seed| dump(100_000, seed)).collect();
        for version in &versions {
            team.push(&team.first, version);
        }
        let mirror = team.home.work().join("mirror.git");
        clone_with(
            &team.home,
            &["--mirror"],
            &[],
            &team.bare.to_string_lossy(),
            &mirror,
        );
        team.home.git(&mirror, &["lfs", "fetch", "--all"]);
        for version in &versions {
            let oid = dump_store::Oid::of(version).to_hex();
            let path = mirror
                .join("lfs/objects")
                .join(&oid[..2])
                .join(&oid[2..4])
                .join(&oid);
            assert!(fs::read(path).unwrap() == *version, "{oid}");
        }
    });
}

#[test]
fn a_partial_clone_has_its_dumps() {
    with_each_git_lfs(|team| {
        let (old, new) = (dump(300_000, 1), dump(300_000, 2));
        team.push(&team.first, &old);
        team.push(&team.first, &new);
        team.home
            .git(&team.bare, &["config", "uploadpack.allowFilter", "true"]);
        let from = format!("file://{}", team.bare.display());
        for filter in ["blob:none", "tree:0"] {
            let clone = team.home.work().join(filter.replace(':', "-"));
            let filter = format!("--filter={filter}");
            clone_with(&team.home, &[&filter], &[], &from, &clone);
            assert_dump(&clone, &new);
            team.home.git(&clone, &["checkout", "-q", "HEAD~1"]);
            assert_dump(&clone, &old);
        }
    });
}

#[test]
fn a_clone_that_skips_dumps_takes_them_later() {
    with_each_git_lfs(|team| {
        let content = dump(300_000, 1);
        team.push(&team.first, &content);
        let clone = team.home.work().join("second");
        let skip = [("GIT_LFS_SKIP_SMUDGE", "1")];
        clone_with(&team.home, &[], &skip, &team.bare.to_string_lossy(), &clone);
        assert!(is_pointer(&fs::read(clone.join(DUMP)).unwrap()));
        team.home.git(&clone, &["lfs", "pull"]);
        assert_dump(&clone, &content);
    });
}

#[test]
fn a_clone_fetches_only_what_it_includes() {
    with_each_git_lfs(|team| {
        let content = dump(300_000, 1);
        let large = team.first.join("archive/old.sql.gz");
        fs::create_dir_all(large.parent().unwrap()).unwrap();
        fs::write(&large, dump(400_000, 2)).unwrap();
        team.push(&team.first, &content);
        let clone = team.home.work().join("second");
        clone_with(
            &team.home,
            &["-c", "lfs.fetchinclude=dumps/*"],
            &[],
            &team.bare.to_string_lossy(),
            &clone,
        );
        assert_dump(&clone, &content);
        let archived = clone.join("archive/old.sql.gz");
        assert!(is_pointer(&fs::read(archived).unwrap()));
    });
}

#[test]
fn spaces_and_unicode_may_be_in_every_path() {
    with_each_git_lfs(|team| {
        let content = dump(300_000, 1);
        let name = "dumps/søk og 検索 'q' $HOME.sql.gz";
        fs::create_dir_all(team.first.join("dumps")).unwrap();
        fs::write(team.first.join(name), dump(1000, 2)).unwrap();
        team.push(&team.first, &content);
        let clone = team.home.work().join("mit Abstand und é 日本");
        let storage = format!(
            "lfs.storage={}",
            team.home.scratch().join("große Dateien").display()
        );
        clone_with(
            &team.home,
            &["-c", &storage],
            &[],
            &team.bare.to_string_lossy(),
            &clone,
        );
        assert_dump(&clone, &content);
        assert!(fs::read(clone.join(name)).unwrap() == dump(1000, 2));
        team.push(&clone, &dump(300_000, 3));
        team.agent(&clone, &["fsck"]);
    });
}

#[test]
fn git_s_own_directory_may_be_elsewhere() {
    with_each_git_lfs(|team| {
        let content = dump(300_000, 1);
        team.push(&team.first, &content);
        let clone = team.home.work().join("second");
        let elsewhere = team.home.scratch().join("elsewhere.git");
        let option = format!("--separate-git-dir={}", elsewhere.display());
        clone_with(
            &team.home,
            &[&option],
            &[],
            &team.bare.to_string_lossy(),
            &clone,
        );
        assert_dump(&clone, &content);
        team.push(&clone, &dump(300_000, 2));
        assert!(elsewhere.join("lfs/objects").is_dir());
    });
}

#[test]
fn a_remote_that_is_not_origin_has_a_store_of_its_own() {
    let team = Team::new();
    let (first, second) = (dump(300_000, 1), dump(400_000, 2));
    let stores = ["shop", "other"].map(|prefix| team.s3.lfs_url(prefix));
    let git = |arguments: &[&str]| team.home.git(&team.first, arguments);
    // No store for all: each remote has its own, and none is called `origin`.
    fs::remove_file(team.first.join(".lfsconfig")).unwrap();
    git(&["remote", "rename", "origin", "team"]);
    git(&["config", "remote.team.lfsurl", &stores[0]]);
    team.commit(&team.first, &first);
    git(&["push", "-q", "team", "HEAD"]);
    let listed = |arguments: &[&str], code| team.says(&[&["ls"], arguments].concat(), code);
    assert!(listed(&[], 0).contains("1 version of 300 kB in 300 kB"));
    team.says(&["prune"], 0);

    let backup = team.home.work().join("backup.git");
    team.home
        .git(team.home.work(), &["init", "-q", "--bare", "backup.git"]);
    git(&["remote", "add", "backup", &backup.to_string_lossy()]);
    git(&["config", "remote.backup.lfsurl", &stores[1]]);
    assert!(listed(&["--remote", "backup"], 0).contains("missing"));
    team.commit(&team.first, &second);
    git(&["push", "-q", "backup", "HEAD"]);
    assert!(listed(&["--remote", "backup"], 0).contains("2 versions of 700 kB in 700 kB"));
    assert!(listed(&["--remote", "team"], 0).contains("missing"));
    let said = team.says(
        &["prune", "--remote", "backup", "--delete", "--grace", "0"],
        0,
    );
    assert!(said.contains("Moved 0 (0 B)"), "{said}");
    assert!(listed(&["--remote", "nobody"], 2).contains("no remote `nobody`"));
    // Neither is the only one any more, and the branch has none.
    assert!(listed(&[], 2).contains("there is no `lfs.url`"));
    git(&["config", "branch.main.remote", "backup"]);
    assert!(listed(&[], 0).contains("2 versions of 700 kB in 700 kB"));
}
