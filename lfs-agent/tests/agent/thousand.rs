//! A store of a thousand versions, looked through from a machine that has never seen it: a listing tells what each of them
//! needs, so it takes hardly more requests than one of ten.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::{fmt::Write as _, fs};

use crate::common::Team;
use dump_store::{Item, Layout, Oid};
use testkit::noise::noise;
use testkit_s3::proxy::{FaultProxy, Shaping};

/// Puts so many versions into the store, as recipes on one object with a pack each, and returns their oids and sizes.
fn fill(team: &Team, prefix: &str, versions: u64) -> Vec<(Oid, usize)> {
    let layout = Layout::new(prefix);
    let put = |item: Item, bytes: &[u8]| team.s3.put(layout.key(&item).as_str(), bytes);
    let old = noise(1000, 0);
    let base = Oid::of(&old);
    put(Item::object(base), &old);
    let mut made = Vec::new();
    for version in 1..=versions {
        let new = noise(1000, version);
        let (pack, oid) = (Oid::of(&new), Oid::of(&[&old[..], &new].concat()));
        put(Item::pack(pack), &new);
        let lines = format!(
            "lfs-agent recipe 1\nobject {oid} 2000\nsource object {base} 1000\nsource pack {pack} 1000\n\
             chunk 1000 0 0 {base}\nchunk 1000 1 0 {pack}\n"
        );
        let recipe = format!("{lines}end {}\n", Oid::of(lines.as_bytes()));
        put(Item::recipe(oid), recipe.as_bytes());
        made.push((oid, 2000));
    }
    made
}

/// A repository whose history has a commit for each of these.
fn repository(team: &Team, name: &str, dumps: &[(Oid, usize)]) -> PathBuf {
    let path = team.home.work().join(name);
    team.home.git(team.home.work(), &["init", "-q", name]);
    let mut stream = String::new();
    for (number, (oid, size)) in dumps.iter().enumerate() {
        let pointer =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n");
        write!(
            stream,
            "commit refs/heads/main\ncommitter A <a@example.com> {} +0000\ndata 1\nx\n\
             M 100644 inline dump.sql.gz\ndata {}\n{pointer}\n",
            1_700_000_000 + number,
            pointer.len()
        )
        .unwrap();
    }
    let mut import = team.home.command("git", &path);
    import
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped());
    let mut child = import.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(stream.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
    path
}

/// How many requests a command makes that has never looked into this store before, and what it says.
fn requests(
    team: &Team,
    proxy: &FaultProxy,
    repository: &Path,
    command: &[&str],
) -> (usize, String) {
    let _ = fs::remove_dir_all(repository.join(".git/lfs"));
    proxy.clear_requests();
    let output = team.agent(repository, command);
    (proxy.requests().len(), crate::common::text(&output))
}

#[test]
fn a_thousand_versions_are_looked_through_with_hardly_more_requests_than_ten() {
    let (team, proxy) = Team::behind(Shaping::default());
    let commands: [&[&str]; 3] = [&["ls"], &["fsck", "--fast"], &["prune"]];
    let mut made = Vec::new();
    for versions in [10, 1000] {
        let (old, new) = (format!("old-{versions}"), format!("new-{versions}"));
        let dumps = fill(&team, &old, versions);
        let [from, to] = [&old, &new].map(|prefix| team.s3.store_url(prefix));
        team.agent(&team.first, &["mirror", &from, &to]);
        let repository = repository(&team, &format!("of-{versions}"), &dumps);
        let url = team.s3.lfs_url_at(&proxy.endpoint(), &new);
        team.home.git(&repository, &["config", "lfs.url", &url]);
        let counted = commands.map(|command| {
            let (count, said) = requests(&team, &proxy, &repository, command);
            let all = said.contains(&versions.to_string()) || command == ["prune"];
            assert!(all, "{command:?}: {said}");
            count
        });
        made.push(counted);
    }
    for (few, many) in made[0].iter().zip(made[1]) {
        assert!(many <= few + 10, "{made:?}");
    }
}

/// As in a store from before there were notes.
#[test]
fn prune_leaves_notes_where_there_are_none() {
    let (team, proxy) = Team::behind(Shaping::default());
    let dumps = fill(&team, "old", 30);
    let repository = repository(&team, "of-old", &dumps);
    let url = team.s3.lfs_url_at(&proxy.endpoint(), "old");
    team.home.git(&repository, &["config", "lfs.url", &url]);
    let before = requests(&team, &proxy, &repository, &["ls"]).0;
    assert!(before >= 30, "{before} requests");
    team.agent(&repository, &["prune", "--delete"]);
    assert_eq!(team.s3.notes().len(), 30);
    let (after, said) = requests(&team, &proxy, &repository, &["ls"]);
    assert!(
        after <= 10 && said.contains("30 versions"),
        "{after}: {said}"
    );
}

/// A note that names too little, which no program of ours would leave.
#[test]
fn what_a_wrong_note_hides_is_not_deleted() {
    let team = Team::new();
    let dumps = fill(&team, "wrong", 2);
    let repository = repository(&team, "of-wrong", &dumps);
    let url = team.s3.lfs_url("wrong");
    team.home.git(&repository, &["config", "lfs.url", &url]);
    team.agent(&repository, &["prune", "--delete"]);
    // A note by the rules, of the object alone, in place of the right one.
    for (oid, _) in &dumps {
        let right = team
            .s3
            .notes()
            .into_iter()
            .find(|key| key.contains(&oid.to_hex()));
        let right = right.unwrap();
        let (place, note) = right.rsplit_once('/').unwrap();
        let (beginning, tag) = (
            place.rsplit_once('/').unwrap().0,
            place.rsplit_once('/').unwrap().1,
        );
        let tag = tag.split('-').next().unwrap();
        let base = Oid::of(&noise(1000, 0));
        let sum = Oid::of(format!("2000\no {base} 1000\n").as_bytes()).to_hex();
        let wrong = format!("{beginning}/{tag}-2000-{}/{}", &sum[..32], &note[..11]);
        team.s3.delete(&right);
        team.s3.put(&wrong, b"");
    }
    let prune = ["prune", "--delete", "--grace", "0", "--no-others"];
    team.agent(&repository, &prune);
    let packs = || team.keys("wrong/packs/").len();
    assert_eq!(
        packs(),
        0,
        "the wrong notes were believed: {:?}",
        team.keys("")
    );
    assert_eq!(team.keys("wrong/trash/packs/").len(), 2);
    // What would be deleted is asked of the recipes.
    team.agent(&repository, &prune);
    assert_eq!(packs(), 2, "{:?}", team.keys(""));
}
