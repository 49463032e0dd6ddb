//! Random histories of a team and a fork that share a prefix, and `prune --delete --grace 0` in clones of every kind: what
//! a ref of either remote reaches is never taken, and a new mirror can fetch all of it.
//!
//! Where `prune` stops, what its hint says is done, and then it must go on. Most of a case is git alone: pointers are
//! committed as they are and objects are put into the store behind the server's back, whole or as recipes, since what
//! matters is what `prune` makes of refs. The judges at the end are real: git-lfs fetches all dumps of all refs into new
//! mirrors of both remotes.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::common::hint::follow_hint;
use crate::common::{DUMP, Team, dump, text};
use dump_store::{Item, Layout, Oid, Recipe, source_item};
use testkit::process::run;

/// Looks for so long among cases that nobody has seen. Without it the same few come in every run.
const SECONDS: &str = "RANDOM_PRUNES_SECONDS";

/// The cases of every run, and how much happens in each.
const CASES: u64 = 3;
const STEPS: usize = 30;

/// No smaller object has a recipe, in bytes.
const SMALLEST: usize = 2 << 20;

/// `SplitMix64` (Steele, Lea and Flood 2014): a few lines, the same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    fn of<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }
}

/// How a clone is made.
const KINDS: [(&str, &[&str]); 9] = [
    ("plain", &[]),
    ("bare", &["--bare"]),
    ("mirror", &["--mirror"]),
    ("shallow", &["--depth=1"]),
    ("single", &["--single-branch"]),
    ("blobless", &["--filter=blob:none"]),
    ("treeless", &["--filter=tree:0"]),
    ("shallow mirror", &["--mirror", "--depth=2"]),
    ("shallow and blobless", &["--depth=1", "--filter=blob:none"]),
];

/// What has happened, so that a test in which nothing happens fails.
#[derive(Debug, Default)]
struct Tally {
    prunes: usize,
    taken: usize,
    /// How often it stopped, by the first words of why.
    stopped: BTreeMap<String, usize>,
}

struct World {
    random: Random,
    team: Team,
    layout: Layout,
    /// Where people push to: the team's repository and its fork.
    remotes: [PathBuf; 2],
    /// All clones with their kind and their remote, the first two for committing.
    clones: Vec<(PathBuf, &'static str, usize)>,
    /// Objects that were ever stored whole.
    whole: Vec<Oid>,
    /// The content of all dumps, as those who made them have it.
    made: BTreeMap<Oid, Vec<u8>>,
    count: usize,
    log: Vec<String>,
}

impl World {
    fn new(seed: u64) -> Self {
        let team = Team::new();
        let git = |directory: &Path, arguments: &[&str]| team.home.git(directory, arguments);
        // Pointers are text here, and nothing is sent by a hook.
        for section in ["filter.lfs", "diff.lfs-agent"] {
            let _ = team.home.git_any(
                &team.first,
                &["config", "--global", "--remove-section", section],
            );
        }
        git(&team.bare, &["config", "uploadpack.allowFilter", "true"]);
        let fork = team.home.work().join("fork.git");
        let mut world = Self {
            random: Random(seed),
            layout: Layout::new("shop"),
            remotes: [team.bare.clone(), fork.clone()],
            clones: vec![(team.first.clone(), "first", 0)],
            whole: Vec::new(),
            made: BTreeMap::new(),
            count: 0,
            log: vec![format!("seed {seed}")],
            team,
        };
        world.commit(0);
        world.push(0, "HEAD:refs/heads/main");
        let work = world.team.home.work();
        world
            .team
            .home
            .git(&work, &["clone", "-q", "--bare", "team.git", "fork.git"]);
        world.team.leave_name(&fork);
        world
            .team
            .home
            .git(&fork, &["config", "uploadpack.allowFilter", "true"]);
        let forker = world.clone_of(1, "plain", &[]);
        world.clones.push((forker, "forker", 1));
        world
    }

    fn git(&self, clone: usize, arguments: &[&str]) -> bool {
        let output = self.team.home.git_any(&self.clones[clone].0, arguments);
        output.status.success()
    }

    fn say(&mut self, what: String) {
        self.log.push(what);
    }

    fn clone_of(&mut self, remote: usize, kind: &str, options: &[&str]) -> PathBuf {
        self.count += 1;
        let name = format!("{} {kind}", self.count);
        self.say(format!("clone {remote}: {name}"));
        let from = format!("file://{}", self.remotes[remote].display());
        let work = self.team.home.work();
        let mut git = self.team.home.command("git", &work);
        run(git.args(["clone", "-q"]).args(options).args([&from, &name]));
        work.join(name)
    }

    /// Stores a new dump, whole or as a recipe on an older one and a pack, and returns its pointer.
    fn store(&mut self) -> String {
        self.count += 1;
        let base = (!self.whole.is_empty() && self.random.below(3) == 0)
            .then(|| *self.random.of(&self.whole))
            .and_then(|oid| Some((oid, self.team.s3.read(self.layout.object(&oid).as_str())?)));
        let length = if base.is_some() { SMALLEST } else { 1000 };
        let new = dump(length + self.count, self.count as u64);
        let put = |item: Item, bytes: &[u8]| {
            self.team.s3.put(self.layout.key(&item).as_str(), bytes);
        };
        let (content, oid) = if let Some((base, old)) = base {
            let content = [&old[..500], &new].concat();
            let (oid, pack) = (Oid::of(&content), Oid::of(&new));
            put(Item::pack(pack), &new);
            let lines = format!(
                "lfs-agent recipe 1\nobject {oid} {}\nsource object {base} {}\nsource pack {pack} {}\n\
                 chunk 500 0 0 {}\nchunk {} 1 0 {pack}\n",
                content.len(),
                old.len(),
                new.len(),
                Oid::of(&old[..500]),
                new.len(),
            );
            let recipe = format!("{lines}end {}\n", Oid::of(lines.as_bytes()));
            Recipe::decode(recipe.as_bytes()).expect("a recipe");
            put(Item::recipe(oid), recipe.as_bytes());
            (content, oid)
        } else {
            let oid = Oid::of(&new);
            put(Item::object(oid), &new);
            self.whole.push(oid);
            (new, oid)
        };
        let size = content.len();
        self.made.insert(oid, content);
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n")
    }

    /// Pushes what is checked out, and before it all dumps of its history that the store hasn't, as git-lfs does.
    fn push(&self, writer: usize, target: &str) {
        let keys = self.keys();
        for oid in pointers(&self.team, &self.clones[writer].0, "HEAD") {
            if !self.has(&keys, oid) {
                let key = self.layout.object(&oid);
                self.team.s3.put(key.as_str(), &self.made[&oid]);
            }
        }
        // The dumps are in the store already, and git-lfs's hook would look for them on this machine.
        let push = ["push", "--no-verify", "-q", "-f", "origin", target];
        self.git(writer, &push);
    }

    fn keys(&self) -> BTreeSet<String> {
        self.team.s3.keys().into_iter().collect()
    }

    /// Whether the store has an object in its place, whole or as a recipe with all that it builds on.
    fn has(&self, keys: &BTreeSet<String>, oid: Oid) -> bool {
        let is_there = |item: &Item| keys.contains(self.layout.key(item).as_str());
        let recipe = self.layout.key(&Item::recipe(oid));
        is_there(&Item::object(oid))
            || self.team.s3.read(recipe.as_str()).is_some_and(|bytes| {
                let recipe = Recipe::decode(&bytes).unwrap();
                recipe
                    .sources()
                    .iter()
                    .all(|source| is_there(&source_item(source)))
            })
    }

    fn commit(&mut self, clone: usize) {
        let pointer = self.store();
        let path = self.clones[clone].0.join(DUMP);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, pointer).unwrap();
        assert!(self.git(clone, &["add", "-A"]));
        assert!(self.git(clone, &["commit", "-q", "-m", "Change the dump"]));
    }

    /// Refs of a remote that have this in their names.
    fn refs(&self, remote: usize, part: &str) -> Vec<String> {
        let list = ["for-each-ref", "--format=%(refname)"];
        let listed = self.team.home.git_text(&self.remotes[remote], &list);
        let refs = listed.lines().filter(|name| name.contains(part));
        refs.map(str::to_owned).collect()
    }

    fn step(&mut self, tally: &mut Tally) {
        let writer = self.random.below(2);
        match self.random.below(15) {
            0..=3 => self.push_something_new(writer),
            4 => {
                // A version is taken back.
                self.git(writer, &["checkout", "-q", "main"]);
                self.git(writer, &["commit", "-q", "--amend", "-m", "Say it again"]);
                if self.git(writer, &["reset", "-q", "--hard", "HEAD~1"]) {
                    self.commit(writer);
                }
                self.push(writer, "HEAD:main");
                self.say(format!("force {writer}"));
            }
            5 | 6 => {
                let refs: Vec<String> = self.refs(writer, "refs/");
                let mut refs: Vec<&String> = refs
                    .iter()
                    .filter(|name| !name.ends_with("/main"))
                    .collect();
                refs.sort();
                if !refs.is_empty() {
                    let name = (*self.random.of(&refs)).clone();
                    self.git(
                        writer,
                        &["push", "--no-verify", "-q", "origin", "--delete", &name],
                    );
                    self.say(format!("delete {name} of {writer}"));
                }
            }
            7 | 8 => {
                let remote = self.random.below(2);
                let (kind, options) = *self.random.of(&KINDS);
                let clone = self.clone_of(remote, kind, options);
                self.clones.push((clone, kind, remote));
            }
            9 => {
                let from = self.random.below(self.clones.len());
                self.count += 1;
                let tree = self.team.home.work().join(format!("tree {}", self.count));
                let path = tree.to_string_lossy().into_owned();
                if self.git(from, &["worktree", "add", "-q", "--detach", &path]) {
                    self.say(format!("worktree of {from}: {path}"));
                    let remote = self.clones[from].2;
                    self.clones.push((tree, "worktree", remote));
                }
            }
            10 => {
                let clone = self.random.below(self.clones.len());
                self.git(clone, &["fetch", "-q", "--prune", "origin"]);
                self.say(format!("fetch in {clone}"));
            }
            11 => {
                let clone = self.random.below(self.clones.len());
                self.forget(clone);
            }
            _ => self.prune(tally),
        }
    }

    fn push_something_new(&mut self, writer: usize) {
        let base = *self.random.of(&["main", "HEAD", "HEAD~1"]);
        self.git(writer, &["checkout", "-q", "--detach", base]);
        self.commit(writer);
        let name = format!(
            "{}{}",
            self.random
                .of(&["heads/b", "tags/t", "pull/", "notes/n", "heads/main#",]),
            self.count
        );
        let name = name.split_once('#').map_or(name.as_str(), |(main, _)| main);
        let target = format!("HEAD:refs/{name}");
        if *self.random.of(&[true, false]) {
            self.git(writer, &["branch", "-f", &format!("own{}", self.count)]);
        }
        self.push(writer, &target);
        // The other's commits come by merging on the server, without the other's dumps being pushed again.
        if self.random.below(4) == 0 {
            let (from, to) = (&self.remotes[writer], &self.remotes[1 - writer]);
            let merged = format!("+refs/{name}:refs/heads/merged{}", self.count);
            self.team
                .home
                .git_any(to, &["fetch", "-q", &from.to_string_lossy(), &merged]);
        }
        self.say(format!("push {name} by {writer}"));
    }

    /// Loses what a clone knows, as far as git lets it.
    fn forget(&mut self, clone: usize) {
        self.git(clone, &["checkout", "-q", "--detach"]);
        let list = [
            "for-each-ref",
            "--format=%(refname)",
            "refs/heads",
            "refs/remotes",
        ];
        let output = self.team.home.git_any(&self.clones[clone].0, &list);
        let listed = String::from_utf8(output.stdout).unwrap();
        for name in listed.lines().filter(|name| !name.ends_with("/main")) {
            if self.random.below(2) == 0 {
                self.git(clone, &["update-ref", "-d", name]);
            }
        }
        self.git(clone, &["reflog", "expire", "--expire=now", "--all"]);
        if self.random.below(2) == 0 {
            self.git(clone, &["gc", "-q", "--prune=now"]);
        }
        self.say(format!("forget in {clone}"));
    }

    fn prune(&mut self, tally: &mut Tally) {
        let clone = self.random.below(self.clones.len());
        if self.random.below(2) == 0 {
            self.forget(clone);
        }
        let (path, kind, remote) = self.clones[clone].clone();
        let other = self.clones[1 - remote].0.to_string_lossy().into_owned();
        self.say(format!("prune in {clone} ({kind} of {remote})"));
        let mut arguments = vec!["prune", "--delete", "--grace", "0"];
        // Mostly it is known that there is another.
        if self.random.below(4) > 0 {
            arguments.extend(["--also", &other]);
        }
        for _ in 0..12 {
            let output = self.team.agent_any(&path, &arguments);
            let said = text(&output);
            self.check(&said);
            match output.status.code() {
                Some(0) => {
                    tally.prunes += 1;
                    let taken = said.lines().filter(|line| line.starts_with("take-out"));
                    tally.taken += taken.count();
                    // What is in the trash goes for good.
                    let output = self.team.agent_any(&path, &arguments);
                    assert!(output.status.success(), "{}", text(&output));
                    self.check(&text(&output));
                    return;
                }
                Some(2) if said.contains("keep dumps in") => {
                    assert!(!arguments.contains(&"--also"), "{said}\n{:#?}", self.log);
                    arguments.extend(["--also", &other]);
                    *tally.stopped.entry("neighbour".to_owned()).or_default() += 1;
                }
                Some(2) => {
                    let why = if said.contains("shallow") {
                        "shallow"
                    } else if said.contains("lacks") {
                        "partial"
                    } else {
                        "behind"
                    };
                    *tally.stopped.entry(why.to_owned()).or_default() += 1;
                    follow_hint(&self.team, &said);
                }
                code => panic!("{code:?}: {said}\n{:#?}", self.log),
            }
        }
        panic!("the hints lead nowhere\n{:#?}", self.log);
    }

    /// Checks that all dumps of all refs of both remotes are in their places.
    fn check(&self, said: &str) {
        let keys = self.keys();
        for remote in &self.remotes {
            for oid in pointers(&self.team, remote, "--all") {
                assert!(
                    self.has(&keys, oid),
                    "{oid}, which {} needs, is gone\n{said}\n{:#?}",
                    remote.display(),
                    self.log
                );
            }
        }
    }

    /// Has git-lfs fetch everything into new mirrors.
    fn judge(&self) {
        let home = &self.team.home;
        for (number, remote) in self.remotes.iter().enumerate() {
            let mirror = home.work().join(format!("judge {number}"));
            home.git(
                home.work(),
                &[
                    "clone",
                    "-q",
                    "--mirror",
                    &remote.to_string_lossy(),
                    &mirror.to_string_lossy(),
                ],
            );
            home.git(&mirror, &["lfs", "fetch", "--all"]);
            for oid in pointers(&self.team, remote, "--all") {
                let path = oid.path_below(&mirror.join("lfs/objects"));
                assert!(path.is_file(), "{oid}\n{:#?}", self.log);
            }
        }
    }
}

/// The oids of all pointers that these refs of a repository reach.
fn pointers(team: &Team, repository: &Path, refs: &str) -> BTreeSet<Oid> {
    let line = format!(
        "git rev-list --objects --no-object-names {refs} | git cat-file --batch='%(objecttype)' --buffer \
         | sed -n 's/^oid sha256://p'"
    );
    let mut shell = team.home.command("sh", repository);
    let output = run(shell.args(["-c", &line]));
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    listed.lines().map(|line| line.parse().unwrap()).collect()
}

fn play(seed: u64, tally: &mut Tally) {
    let mut world = World::new(seed);
    for _ in 0..STEPS {
        world.step(tally);
    }
    world.prune(tally);
    world.prune(tally);
    world.judge();
}

#[cfg(unix)]
#[test]
fn what_a_ref_of_a_remote_reaches_is_never_taken() {
    let mut tally = Tally::default();
    if let Ok(seconds) = std::env::var(SECONDS) {
        let time = Duration::from_secs(seconds.parse().expect("a number of seconds"));
        let started = Instant::now();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let mut seed = u64::from(now.subsec_nanos()) << 20;
        while started.elapsed() < time {
            seed += 1;
            play(seed, &mut tally);
        }
    } else {
        for seed in 1..=CASES {
            play(seed, &mut tally);
        }
    }
    println!("{tally:?}");
    assert!(tally.prunes >= 10 && tally.taken >= 5, "{tally:?}");
    for why in ["neighbour", "shallow", "partial", "behind"] {
        assert!(tally.stopped.contains_key(why), "{why}: {tally:?}");
    }
}
