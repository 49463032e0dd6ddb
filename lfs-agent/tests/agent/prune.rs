//! Whose refs `prune` reads, and what it does where it can't read them all.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::hint::prune_by_hints;
use crate::common::{Team, dump, text};
use dump_store::{Item, Layout, Oid};

/// What takes everything out at once that isn't needed.
const NOW: [&str; 4] = ["prune", "--delete", "--grace", "0"];

/// A team with a dump on `main`, and one on the branch `topic` that isn't on `main`.
fn team_with_topic() -> (Team, [Vec<u8>; 2]) {
    let dumps = [dump(3000, 1), dump(4000, 2)];
    let team = Team::that_pushed(&dumps[..1]);
    push_to(&team, "refs/heads/topic", &dumps[1]);
    (team, dumps)
}

/// Pushes a dump to this ref of the remote alone; no ref of the first developer's names it afterwards.
fn push_to(team: &Team, reference: &str, content: &[u8]) {
    let git = |arguments: &[&str]| team.home.git(&team.first, arguments);
    git(&["checkout", "-q", "--detach"]);
    team.commit(&team.first, content);
    git(&["push", "-q", "origin", &format!("HEAD:{reference}")]);
    git(&["checkout", "-q", "main"]);
}

/// A clone in which nothing is fetched, made with these options.
fn clone_with(team: &Team, options: &[&str], name: &str) -> PathBuf {
    let from = format!("file://{}", team.bare.display());
    let mut git = team.home.command("git", team.home.work());
    git.args(["clone", "-q"]).args(options).args([&from, name]);
    testkit::process::run(git.env("GIT_LFS_SKIP_SMUDGE", "1"));
    team.home.work().join(name)
}

/// Forgets all that no ref names.
fn forget(team: &Team, repository: &Path) {
    let git = |arguments: &[&str]| team.home.git(repository, arguments);
    git(&["reflog", "expire", "--expire=now", "--all"]);
    git(&["gc", "-q", "--prune=now"]);
}

/// Prunes in a repository and expects this exit code.
#[track_caller]
fn pruned(team: &Team, repository: &Path, more: &[&str], code: i32) -> String {
    let output = team.agent_any(repository, &[&NOW, more].concat());
    let said = text(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

/// Whether the store has a dump in its place.
fn has(team: &Team, content: &[u8]) -> bool {
    let oid = Oid::of(content).to_hex();
    let key = format!("shop/{}/{}/{oid}", &oid[..2], &oid[2..4]);
    team.s3.keys().contains(&key)
}

/// Prunes in a repository as its hints say until it is done, twice, and checks that these dumps are left and no others.
#[track_caller]
fn leaves(team: &Team, repository: &Path, dumps: &[&[u8]]) {
    for _ in 0..2 {
        prune_by_hints(team, repository, &NOW);
    }
    let mut left: Vec<String> = team.s3.keys();
    left.retain(|key| {
        !dumps
            .iter()
            .any(|dump| key.ends_with(&Oid::of(dump).to_hex()))
    });
    assert_eq!(left, Vec::<String>::new(), "it left something unneeded");
    for dump in dumps {
        assert!(has(team, dump), "a dump that is needed is gone");
    }
}

#[test]
fn a_bare_mirror_that_is_behind_takes_nothing() {
    let (team, [first, topic]) = team_with_topic();
    for options in [&["--mirror"][..], &["--bare"]] {
        let name = options[0].trim_start_matches('-');
        let mirror = clone_with(&team, options, name);
        let seed = name.len() as u64;
        push_to(&team, &format!("refs/heads/{name}"), &dump(5000, seed));
        let said = pruned(&team, &mirror, &[], 2);
        assert!(
            said.contains(&format!("`refs/heads/{name}` of `origin`")),
            "{said}"
        );
        prune_by_hints(&team, &mirror, &NOW);
        assert!(has(&team, &dump(5000, seed)), "{name}");
    }
    assert!(has(&team, &first) && has(&team, &topic));
}

#[test]
fn a_single_branch_clone_whose_branch_was_deleted_takes_nothing() {
    let (team, [first, topic]) = team_with_topic();
    let clone = clone_with(&team, &["--single-branch", "--branch", "topic"], "single");
    let git = |arguments: &[&str]| team.home.git(&clone, arguments);
    git(&["checkout", "-q", "--detach", "HEAD~1"]);
    git(&["branch", "-q", "-D", "topic"]);
    git(&["update-ref", "-d", "refs/remotes/origin/topic"]);
    git(&["reflog", "expire", "--expire=now", "--all"]);
    // All commits are here, and no ref names the branch's.
    pruned(&team, &clone, &[], 0);
    pruned(&team, &clone, &[], 0);
    assert!(has(&team, &first) && has(&team, &topic));
}

#[test]
fn what_the_remote_has_given_up_goes_although_a_hint_has_fetched_it() {
    let (team, [first, topic]) = team_with_topic();
    let clone = clone_with(&team, &["--single-branch"], "single");
    leaves(&team, &clone, &[&first, &topic]);
    team.home
        .git(&team.first, &["push", "-q", "origin", "--delete", "topic"]);
    leaves(&team, &clone, &[&first]);
}

#[test]
fn refs_of_every_kind_are_refs() {
    let (team, _) = team_with_topic();
    let references = [
        "refs/pull/1/head",
        "refs/notes/dumps",
        "refs/tags/v1",
        "refs/changes/01/1/1",
        "refs/x/y",
    ];
    for (seed, reference) in references.iter().enumerate() {
        push_to(&team, reference, &dump(5000, seed as u64));
    }
    let clone = clone_with(&team, &[], "second");
    assert!(pruned(&team, &clone, &[], 2).contains("others of its refs"));
    prune_by_hints(&team, &clone, &NOW);
    for seed in 0..references.len() {
        assert!(has(&team, &dump(5000, seed as u64)), "{seed}");
    }
}

#[test]
fn a_remote_s_head_that_is_on_no_branch_is_a_root() {
    let (team, [first, topic]) = team_with_topic();
    // The remote is a repository with a work tree, which has gone away from its branches.
    let remote = clone_with(&team, &[], "remote");
    team.home.git(&remote, &["checkout", "-q", "--detach"]);
    fs::write(remote.join("dumps/02_dummy.sql.gz"), dump(5000, 3)).unwrap();
    team.home
        .git(&remote, &["commit", "-q", "-a", "-m", "Go away"]);
    let key = Layout::new("shop").object(&Oid::of(&dump(5000, 3)));
    team.s3.put(key.as_str(), &dump(5000, 3));
    let clone = team.home.work().join("clone");
    let mut git = team.home.command("git", team.home.work());
    git.args(["clone", "-q"]).args([&remote, &clone]);
    testkit::process::run(git.env("GIT_LFS_SKIP_SMUDGE", "1"));
    team.home
        .git(&clone, &["checkout", "-q", "-B", "main", "HEAD~1"]);
    team.home.git(
        &clone,
        &["remote", "add", "team", &team.bare.to_string_lossy()],
    );
    forget(&team, &clone);
    leaves(&team, &clone, &[&first, &topic, &dump(5000, 3)]);
}

#[test]
fn shallow_and_partial_clones_are_made_whole_by_the_hints() {
    let (team, [first, topic]) = team_with_topic();
    team.home
        .git(&team.bare, &["config", "uploadpack.allowFilter", "true"]);
    team.push(&team.first, &dump(5000, 3));
    for (name, options) in [
        ("shallow", &["--depth=1"][..]),
        ("blobless", &["--filter=blob:none"]),
        ("treeless", &["--filter=tree:0"]),
        ("both", &["--depth=1", "--filter=blob:none"]),
        ("shallow mirror", &["--depth=1", "--mirror"]),
        ("partial mirror", &["--filter=blob:none", "--mirror"]),
    ] {
        let clone = clone_with(&team, options, name);
        pruned(&team, &clone, &[], 2);
        assert_eq!(team.s3.keys().len(), 3, "{name}");
        leaves(&team, &clone, &[&first, &topic, &dump(5000, 3)]);
    }
}

#[test]
fn an_object_that_git_has_lost_stops_it() {
    let (team, _) = team_with_topic();
    let clone = clone_with(&team, &[], "second");
    let packs: Vec<_> = fs::read_dir(clone.join(".git/objects/pack"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "pack"))
        .collect();
    for pack in packs {
        let outside = team.home.scratch().join("pack");
        fs::rename(&pack, &outside).unwrap();
        let mut git = team.home.command("git", &clone);
        git.args(["unpack-objects", "-q"])
            .stdin(fs::File::open(&outside).unwrap());
        testkit::process::run(&mut git);
    }
    let blob = team
        .home
        .git_text(&clone, &["rev-parse", "origin/topic:dumps/02_dummy.sql.gz"]);
    let path = format!(".git/objects/{}/{}", &blob[..2], &blob[2..]);
    fs::remove_file(clone.join(path)).unwrap();
    let said = pruned(&team, &clone, &[], 2);
    assert!(said.contains("lacks 1 of the objects"), "{said}");
    assert_eq!(team.s3.keys().len(), 2);
    prune_by_hints(&team, &clone, &NOW);
    assert_eq!(team.s3.keys().len(), 2);
}

#[test]
fn history_that_is_replaced_or_grafted_here_is_history() {
    let team = Team::that_pushed(&[dump(3000, 1), dump(4000, 2), dump(5000, 3)]);
    let clone = clone_with(&team, &[], "replaced");
    let git = |arguments: &[&str]| team.home.git(&clone, arguments);
    git(&["replace", "--graft", "HEAD"]);
    forget(&team, &clone);
    leaves(
        &team,
        &clone,
        &[&dump(3000, 1), &dump(4000, 2), &dump(5000, 3)],
    );
    let clone = clone_with(&team, &[], "grafted");
    let head = team.home.git_text(&clone, &["rev-parse", "HEAD"]);
    fs::create_dir_all(clone.join(".git/info")).unwrap();
    fs::write(clone.join(".git/info/grafts"), format!("{head}\n")).unwrap();
    leaves(
        &team,
        &clone,
        &[&dump(3000, 1), &dump(4000, 2), &dump(5000, 3)],
    );
}

#[test]
fn what_only_this_repository_names_stays_as_well() {
    let (team, [first, topic]) = team_with_topic();
    let clone = clone_with(&team, &[], "second");
    let tree = team.home.work().join("tree");
    let git = |directory: &Path, arguments: &[&str]| team.home.git(directory, arguments);
    git(
        &clone,
        &["worktree", "add", "-q", "--detach", &tree.to_string_lossy()],
    );
    let path = "dumps/02_dummy.sql.gz";
    let layout = Layout::new("shop");
    for seed in 3..6 {
        let key = layout.object(&Oid::of(&dump(5000, seed)));
        team.s3.put(key.as_str(), &dump(5000, seed));
    }
    // A commit that only another work tree's HEAD names, a stash, and what is in an index.
    fs::write(tree.join(path), dump(5000, 3)).unwrap();
    git(&tree, &["commit", "-q", "-a", "-m", "Go away"]);
    fs::write(clone.join(path), dump(5000, 4)).unwrap();
    git(&clone, &["stash", "-q"]);
    fs::write(clone.join(path), dump(5000, 5)).unwrap();
    git(&clone, &["add", path]);
    let needed = [first, topic, dump(5000, 3), dump(5000, 4), dump(5000, 5)];
    let needed: Vec<&[u8]> = needed.iter().map(Vec::as_slice).collect();
    leaves(&team, &clone, &needed);
    leaves(&team, &tree, &needed);
}

#[test]
fn every_remote_is_asked_also_where_only_pushes_go() {
    let (team, [first, topic]) = team_with_topic();
    // A second place with a branch of its own, from which the team's repository knows nothing.
    let work = &team.home.work();
    team.home
        .git(work, &["clone", "-q", "--bare", "team.git", "backup.git"]);
    let backup = work.join("backup.git");
    let url = backup.to_string_lossy().into_owned();
    let git = |arguments: &[&str]| team.home.git(&team.first, arguments);
    git(&["remote", "add", "backup", &url]);
    git(&["checkout", "-q", "--detach"]);
    team.commit(&team.first, &dump(5000, 3));
    git(&["push", "-q", "backup", "HEAD:refs/heads/kept"]);
    git(&["checkout", "-q", "main"]);
    git(&["remote", "remove", "backup"]);
    assert_eq!(team.s3.names().len(), 3, "{:?}", team.s3.names());
    let needed: [&[u8]; 3] = [&first, &topic, &dump(5000, 3)];

    for (name, settings) in [
        ("remote", &[["remote.backup.url", &url]][..]),
        ("push", &[["remote.origin.pushurl", &url]]),
        ("branch", &[["branch.main.pushRemote", &url]]),
        (
            "alias",
            &[
                ["remote.x.url", "b:"],
                [&format!("url.{url}.insteadOf"), "b:"],
            ],
        ),
    ] {
        let clone = clone_with(&team, &[], name);
        let said = pruned(&team, &clone, &[], 2);
        assert!(said.contains("backup.git"), "{said}");
        for [key, value] in settings {
            team.home.git(&clone, &["config", "--add", key, value]);
        }
        let said = pruned(&team, &clone, &[], 2);
        assert!(said.contains("`refs/heads/kept` of"), "{name}: {said}");
        leaves(&team, &clone, &needed);
    }
}

#[test]
fn a_remote_that_does_not_answer_stops_it() {
    let (team, _) = team_with_topic();
    let clone = clone_with(&team, &[], "second");
    team.home.git(
        &clone,
        &[
            "remote",
            "add",
            "gone",
            "https://me:SECRET@127.0.0.1:9/gone",
        ],
    );
    let said = pruned(&team, &clone, &[], 3);
    assert!(said.contains("the refs of `gone` can't be read"), "{said}");
    assert!(!said.contains("SECRET"), "{said}");
    let removed = said.split('`').find(|part| part.contains("remote remove"));
    team.home.run_in_shell(team.home.work(), removed.unwrap());
    pruned(&team, &clone, &[], 0);
}

#[test]
fn another_repository_is_asked_whatever_the_environment_says() {
    let (team, [first, topic]) = team_with_topic();
    let other = team.home.work().join("other.git");
    team.home
        .git(team.home.work(), &["init", "-q", "--bare", "other.git"]);
    let lfsconfig = fs::read(team.first.join(".lfsconfig")).unwrap();
    let clone = team.home.work().join("clone");
    team.home
        .git(team.home.work(), &["clone", "-q", "other.git", "clone"]);
    fs::write(clone.join(".lfsconfig"), lfsconfig).unwrap();
    team.commit(&clone, b"no dump");
    team.push_head(&clone);
    let mut prune = team.command(&clone, &NOW);
    // As in a hook.
    prune
        .args(["--also", &team.first.to_string_lossy()])
        .env("GIT_DIR", clone.join(".git"))
        .env("GIT_INDEX_FILE", clone.join(".git/index"));
    testkit::process::run(&mut prune);
    assert!(has(&team, &first) && has(&team, &topic));
    assert!(other.is_dir());
}

#[test]
fn an_index_of_what_is_no_repository_is_told() {
    let (team, _) = team_with_topic();
    let nowhere = team.home.scratch().join("nowhere");
    fs::create_dir(&nowhere).unwrap();
    let said = pruned(
        &team,
        &team.first,
        &["--also", &nowhere.to_string_lossy()],
        2,
    );
    assert!(said.contains("is no git repository"), "{said}");
}

/// A fork of the team's repository, with a clone whose `origin` it is, that has pushed a dump of its own.
fn fork(team: &Team, content: &[u8]) -> (PathBuf, PathBuf) {
    let work = &team.home.work();
    team.home
        .git(work, &["clone", "-q", "--bare", "team.git", "fork.git"]);
    let mut git = team.home.command("git", work);
    git.args(["clone", "-q", "fork.git", "forker"]);
    testkit::process::run(git.env("GIT_LFS_SKIP_SMUDGE", "1"));
    let clone = work.join("forker");
    team.push(&clone, content);
    (work.join("fork.git"), clone)
}

#[test]
fn a_fork_that_shares_the_prefix_is_safe_and_so_is_what_it_was_forked_from() {
    let (team, [first, topic]) = team_with_topic();
    let (fork, forker) = fork(&team, &dump(5000, 3));
    // Each side stops for the other, and says which it is.
    let said = pruned(&team, &team.first, &[], 2);
    assert!(
        said.contains(&fork.canonicalize().unwrap().display().to_string()),
        "{said}"
    );
    let said = pruned(&team, &forker, &[], 2);
    assert!(said.contains("team.git"), "{said}");
    let needed: [&[u8]; 3] = [&first, &topic, &dump(5000, 3)];
    assert!(needed.iter().all(|dump| has(&team, dump)));

    // With a clone of the other, or with it as a remote.
    pruned(
        &team,
        &team.first,
        &["--also", &forker.to_string_lossy()],
        0,
    );
    assert!(needed.iter().all(|dump| has(&team, dump)));
    let clone = clone_with(&team, &[], "second");
    team.home
        .git(&clone, &["remote", "add", "fork", &fork.to_string_lossy()]);
    leaves(&team, &clone, &needed);

    // It is gone for good, and what it alone needed with it.
    let place = fork.canonicalize().unwrap();
    let said = pruned(&team, &team.first, &["--gone", "github.com/acme/other"], 2);
    assert!(said.contains("no repository has left the name"), "{said}");
    let before = team.s3.names();
    team.says(&["prune", "--gone", &place.to_string_lossy()], 0);
    assert_eq!(team.s3.names(), before, "nothing is done without --delete");
    forget(&team, &team.first);
    pruned(&team, &team.first, &["--gone", &place.to_string_lossy()], 0);
    assert!(!has(&team, &dump(5000, 3)));
    pruned(&team, &team.first, &[], 0);
    assert!(has(&team, &first) && has(&team, &topic));
    // If it comes back, it is known again.
    team.home
        .git(&forker, &["commit", "-q", "--amend", "-m", "Again"]);
    team.home
        .git(&forker, &["push", "-q", "-f", "origin", "HEAD"]);
    pruned(&team, &team.first, &[], 2);
}

#[test]
fn a_store_from_before_there_were_names_is_pruned_when_somebody_vouches_for_it() {
    let (team, [first, topic]) = team_with_topic();
    let foreign = dump(5000, 9);
    let key = Layout::new("shop").object(&Oid::of(&foreign));
    team.s3.put(key.as_str(), &foreign);
    for name in team.s3.names() {
        team.s3.delete(&name);
    }
    // Pushing leaves a name now, but says nothing of those before.
    team.push(&team.first, &dump(6000, 4));
    assert_eq!(team.s3.names().len(), 1);
    let said = pruned(&team, &team.first, &[], 2);
    assert!(
        said.contains("would be taken out of s3://team-dumps/shop, which"),
        "{said}"
    );
    assert!(said.contains("say `--no-others`"), "{said}");
    assert!(has(&team, &foreign));
    team.says(&["prune", "--no-others", "--grace", "0"], 0);
    assert!(has(&team, &foreign), "nothing is done without --delete");
    assert_eq!(team.s3.names().len(), 1);
    pruned(&team, &team.first, &["--no-others"], 0);
    assert!(!has(&team, &foreign));
    assert!(has(&team, &first) && has(&team, &topic));
    // Once is enough.
    pruned(&team, &team.first, &[], 0);
    assert_eq!(team.s3.names().len(), 2);
}

#[test]
fn the_first_push_leaves_its_repository_s_name_and_says_that_nobody_was_there() {
    let team = Team::new();
    for name in team.s3.names() {
        team.s3.delete(&name);
    }
    let url = format!("file://{}", team.bare.display());
    team.home
        .git(&team.first, &["remote", "set-url", "origin", &url]);
    team.push(&team.first, &dump(3000, 1));
    let names = team.s3.names();
    assert_eq!(names.len(), 2, "{names:?}");
    // The name's own key is a digest, and may come before the other one or behind it.
    let complete = "shop/repositories/complete";
    assert!(names.iter().any(|key| key == complete), "{names:?}");
    let own = names.iter().find(|key| *key != complete).unwrap();
    let stored = String::from_utf8(team.s3.read(own).unwrap()).unwrap();
    let place = team.bare.canonicalize().unwrap();
    assert_eq!(
        stored,
        format!("lfs-agent repository 1\n{}\n", place.display())
    );
    team.push(&team.first, &dump(3000, 2));
    assert_eq!(team.s3.names(), names);
    team.says(&NOW, 0);
}

#[test]
fn a_name_that_cannot_be_left_stops_the_push() {
    use testkit_s3::proxy::{Fault, Matching, Shaping};
    let (team, proxy) = Team::behind(Shaping::default());
    for name in team.s3.names() {
        team.s3.delete(&name);
    }
    team.commit(&team.first, &dump(3000, 1));
    proxy.inject(
        Matching::method("PUT").target("repositories/").first(99),
        Fault::answer(403, "AccessDenied"),
    );
    let said = team.push_fails(&team.first);
    assert!(said.contains("shop/repositories/"), "{said}");
    assert!(
        said.contains("hint: these credentials may not do it"),
        "{said}"
    );
    assert_eq!(team.s3.keys(), Vec::<String>::new());
}

#[test]
fn a_mirrored_store_knows_the_repositories_too() {
    let (team, _) = team_with_topic();
    let [here, there] = ["shop", "copy"].map(|prefix| team.s3.store_url(prefix));
    team.says(&["mirror", &here, &there], 0);
    let copied = |prefix: &str| {
        let names = team.s3.names().into_iter();
        let names = names.filter_map(|name| Some(name.strip_prefix(prefix)?.to_owned()));
        names.collect::<Vec<_>>()
    };
    assert_eq!(copied("copy/"), copied("shop/"));
    // Where somebody without a name may have been, nobody says that all have one.
    team.s3.put("old/readme.txt", b"x");
    let old = team.s3.store_url("old");
    team.says(&["mirror", &here, &old], 0);
    assert_eq!(copied("old/").len(), 1);
    // And what comes from there to a complete store takes it its completeness.
    team.says(&["mirror", &old, &there], 0);
    assert_eq!(copied("copy/"), copied("old/"));
}

#[test]
fn what_a_live_recipe_stands_on_stays_also_through_others() {
    let team = Team::new();
    let layout = Layout::new("shop");
    let put = |item: Item, bytes: &[u8]| team.s3.put(layout.key(&item).as_str(), bytes);
    // A recipe of the first 500 bytes of an object and a whole pack, stored.
    let recipe = |base: &[u8], new: &[u8]| {
        let content = [&base[..500], new].concat();
        let (oid, pack) = (Oid::of(&content), Oid::of(new));
        let (length, base_length) = (new.len(), base.len());
        let (base_oid, chunk, size) = (Oid::of(base), Oid::of(&base[..500]), content.len());
        let lines = format!(
            "lfs-agent recipe 1\nobject {oid} {size}\nsource object {base_oid} {base_length}\n\
             source pack {pack} {length}\nchunk 500 0 0 {chunk}\nchunk {length} 1 0 {pack}\n"
        );
        let end = Oid::of(lines.as_bytes());
        put(Item::pack(pack), new);
        put(Item::recipe(oid), format!("{lines}end {end}\n").as_bytes());
        content
    };
    let first = dump(3000, 1);
    put(Item::object(Oid::of(&first)), &first);
    // The second is gone as a whole object; its recipe is what could mend the third.
    let second = recipe(&first, &dump(2000, 2));
    let third = recipe(&second, &dump(2000, 3));
    let unneeded = recipe(&first, &dump(2000, 4));
    let oid = Oid::of(&third);
    let size = third.len();
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n");
    fs::create_dir_all(team.first.join("dumps")).unwrap();
    fs::write(team.first.join("dumps/02_dummy.sql.gz"), pointer).unwrap();
    let git = |arguments: &[&str]| team.home.git(&team.first, arguments);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "Name the third alone"]);
    git(&["push", "-q", "--no-verify", "origin", "HEAD"]);
    pruned(&team, &team.first, &[], 0);
    pruned(&team, &team.first, &[], 0);
    let mut needed = [
        Item::object(Oid::of(&first)),
        Item::recipe(Oid::of(&second)),
        Item::pack(Oid::of(&dump(2000, 2))),
        Item::recipe(Oid::of(&third)),
        Item::pack(Oid::of(&dump(2000, 3))),
    ]
    .map(|item| layout.key(&item).to_string());
    needed.sort();
    assert_eq!(team.s3.keys(), needed);
    assert!(!has(&team, &unneeded));
}

#[test]
fn a_push_while_prune_reads_stops_it() {
    let (team, [first, topic]) = team_with_topic();
    // A remote that somebody pushes to each time that it was asked.
    let git = team.home.bin().join("git");
    let real = testkit::process::find_program("git").unwrap();
    let script = format!(
        "#!/bin/sh\n'{real}' \"$@\" || exit\ncase \"$*\" in\n  ls-remote*) '{real}' -C '{bare}' update-ref refs/heads/new$$ main;;\nesac\n",
        real = real.display(),
        bare = team.bare.display()
    );
    fs::write(&git, script).unwrap();
    testkit::process::run(std::process::Command::new("chmod").arg("+x").arg(&git));
    let said = pruned(&team, &team.first, &[], 3);
    assert!(
        said.contains("the refs of `origin` have changed meanwhile"),
        "{said}"
    );
    fs::remove_file(git).unwrap();
    pruned(&team, &team.first, &[], 0);
    assert!(has(&team, &first) && has(&team, &topic));
}
