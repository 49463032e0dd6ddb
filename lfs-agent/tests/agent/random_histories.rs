//! Random histories of real dumps, driven by real git: what a merge, a rebase, a cherry-pick or a stash comes to is what a
//! simple model says, and loads into the server that wrote the dumps; or git stops, and the model says why.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::common::{DUMP, Team, text};
use flate2::read::MultiGzDecoder;
use testkit::cargo::binary;
use testkit::mysql::{Flavour, TempMySql};
use testkit::noise::Noise;
use testkit::pg::TempPostgres;

/// Looks where nobody has looked, for so many seconds.
const SECONDS: &str = "RANDOM_HISTORIES_SECONDS";

/// Rounds of branching and joining that every run tries, of each kind of dump.
const ROUNDS: u64 = 8;

/// Items by their ids: a code that is unique, and two texts. Tags by item and name, with a number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct State {
    items: BTreeMap<u64, [String; 3]>,
    tags: BTreeMap<(u64, String), [String; 1]>,
}

/// What a joining comes to.
enum Joined {
    State(State),
    /// Both sides are right, and contradict each other; ours stands.
    Disputed {
        ours: State,
        theirs: State,
    },
    /// No side can settle it.
    Impossible,
}

impl State {
    /// Whether a database takes it.
    fn holds(&self) -> bool {
        let codes: BTreeSet<&String> = self.items.values().map(|item| &item[0]).collect();
        let lead_somewhere = self
            .tags
            .keys()
            .all(|(item, _)| self.items.contains_key(item));
        codes.len() == self.items.len() && lead_somewhere
    }

    fn edited(&self, random: &mut Random) -> Self {
        loop {
            let mut next = self.clone();
            for _ in 0..=random.below(3) {
                next.edit(random);
            }
            if next.holds() && next != *self {
                return next;
            }
        }
    }

    fn edit(&mut self, random: &mut Random) {
        let id = 1 + random.below(12);
        match random.below(6) {
            0 | 1 => {
                let item = [random.code(), random.text(), random.text()];
                self.items.entry(id).or_insert(item);
            }
            2 => {
                if let Some(item) = self.items.get_mut(&id) {
                    item[1] = random.text();
                }
            }
            3 => {
                if let Some(item) = self.items.get_mut(&id) {
                    item[2] = random.text();
                }
            }
            4 => {
                self.items.remove(&id);
                self.tags.retain(|(item, _), _| *item != id);
            }
            _ => {
                let name = ["new", "old", "it's"][random.index(3)].to_owned();
                if self.tags.remove(&(id, name.clone())).is_none() && self.items.contains_key(&id) {
                    self.tags
                        .insert((id, name), [random.below(100).to_string()]);
                }
            }
        }
    }

    /// Merges by row and cell.
    fn join(base: &Self, ours: &Self, theirs: &Self) -> Joined {
        let mut disputed = false;
        let mut sides = [Self::default(), Self::default()];
        for (position, state) in sides.iter_mut().enumerate() {
            let takes_theirs = position == 1;
            state.items = rows(
                [&base.items, &ours.items, &theirs.items],
                takes_theirs,
                &mut disputed,
            );
            state.tags = rows(
                [&base.tags, &ours.tags, &theirs.tags],
                takes_theirs,
                &mut disputed,
            );
        }
        let [ours, theirs] = sides;
        match (disputed, ours.holds(), theirs.holds()) {
            (false, true, _) => Joined::State(ours),
            (true, true, true) => Joined::Disputed { ours, theirs },
            _ => Joined::Impossible,
        }
    }

    fn lines(&self) -> Vec<String> {
        let items = self.items.iter();
        let items = items.map(|(id, [code, name, note])| format!("item {id} {code} {name} {note}"));
        let tags = self.tags.iter();
        let tags = tags.map(|((item, name), [weight])| format!("tag {item} {name} {weight}"));
        let mut lines: Vec<String> = items.chain(tags).collect();
        lines.sort();
        lines
    }

    /// The statements that make these rows of none.
    fn inserts(&self) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let mut sql = String::new();
        for (id, [code, name, note]) in &self.items {
            let (code, name, note) = (quoted(code), quoted(name), quoted(note));
            writeln!(
                sql,
                "INSERT INTO items VALUES ({id}, {code}, {name}, {note});"
            )
            .unwrap();
        }
        for ((item, name), [weight]) in &self.tags {
            let name = quoted(name);
            writeln!(sql, "INSERT INTO tags VALUES ({item}, {name}, {weight});").unwrap();
        }
        sql
    }
}

/// The rows of three versions joined; in a dispute one side's cell, or row.
fn rows<K: Ord + Clone, const N: usize>(
    [base, ours, theirs]: [&BTreeMap<K, [String; N]>; 3],
    takes_theirs: bool,
    disputed: &mut bool,
) -> BTreeMap<K, [String; N]> {
    let keys: BTreeSet<&K> = [base, ours, theirs]
        .iter()
        .flat_map(|rows| rows.keys())
        .collect();
    let mut joined = BTreeMap::new();
    for key in keys {
        let (was, one, other) = (base.get(key), ours.get(key), theirs.get(key));
        let row = if one == other || other == was {
            one.cloned()
        } else if one == was {
            other.cloned()
        } else if let (Some(was), Some(one), Some(other)) = (was, one, other) {
            let cell = |column: usize| {
                let (was, one, other) = (&was[column], &one[column], &other[column]);
                if one == other || other == was {
                    one.clone()
                } else if one == was {
                    other.clone()
                } else {
                    *disputed = true;
                    if takes_theirs {
                        other.clone()
                    } else {
                        one.clone()
                    }
                }
            };
            let mut cell = cell;
            Some(std::array::from_fn(&mut cell))
        } else if was.is_none()
            && let (Some(one), Some(other)) = (one, other)
        {
            // Both added it: what is the same in both is in no dispute.
            *disputed = true;
            Some(if takes_theirs {
                other.clone()
            } else {
                one.clone()
            })
        } else {
            *disputed = true;
            if takes_theirs {
                other.cloned()
            } else {
                one.cloned()
            }
        };
        joined.extend(row.map(|row| (key.clone(), row)));
    }
    joined
}

struct Random(Noise);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % end
    }

    fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).unwrap()
    }

    fn code(&mut self) -> String {
        format!("code {}", self.below(40))
    }

    fn text(&mut self) -> String {
        const TEXTS: [&str; 6] = ["", "two words", "it's (1), ('x');", "a\\b", "京都", "x"];
        TEXTS[self.index(TEXTS.len())].to_owned()
    }
}

/// A server that writes dumps and loads them.
trait Server {
    fn schema(&self) -> &'static str;
    /// What its program writes of a database with these rows.
    fn dump(&self, state: &State) -> Vec<u8>;
    /// The rows of a database into which a dump was loaded.
    fn load(&self, dump: &str) -> Result<Vec<String>, String>;
}

struct Postgres {
    /// Whether rows are in INSERT statements.
    inserts: bool,
}

impl Server for Postgres {
    fn schema(&self) -> &'static str {
        "CREATE TABLE items (id bigint PRIMARY KEY, code text NOT NULL UNIQUE, name text NOT NULL, note text NOT NULL);\n\
         CREATE TABLE tags (item_id bigint NOT NULL REFERENCES items, name text NOT NULL, weight int NOT NULL, PRIMARY KEY (item_id, name));\n"
    }

    fn dump(&self, state: &State) -> Vec<u8> {
        let server = TempPostgres::shared();
        let database = server.create_database();
        server.psql(&database, &format!("{}{}", self.schema(), state.inserts()));
        let mut command = server.client("pg_dump");
        command.args(["--no-owner", "--dbname", &database]);
        if self.inserts {
            command.arg("--inserts");
        }
        let dump = output_of(&mut command);
        server.drop_database(&database);
        dump
    }

    fn load(&self, dump: &str) -> Result<Vec<String>, String> {
        let server = TempPostgres::shared();
        let database = server.create_database();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("dump.sql");
        fs::write(&file, dump).unwrap();
        let loaded = server.try_psql_file(&database, &file);
        let found = if loaded.status.success() {
            Ok(server.psql(
                &database,
                "SELECT concat_ws(' ', 'item', id, code, name, note) FROM public.items UNION ALL \
                 SELECT concat_ws(' ', 'tag', item_id, name, weight) FROM public.tags",
            ))
        } else {
            Err(all(&loaded))
        };
        server.drop_database(&database);
        found.map(|text| sorted(&text))
    }
}

struct MariaDb;

impl Server for MariaDb {
    fn schema(&self) -> &'static str {
        "CREATE TABLE items (id bigint PRIMARY KEY, code varchar(20) NOT NULL UNIQUE, name varchar(40) NOT NULL, note varchar(40) NOT NULL) DEFAULT CHARSET=utf8mb4;\n\
         CREATE TABLE tags (item_id bigint NOT NULL, name varchar(20) NOT NULL, weight int NOT NULL, PRIMARY KEY (item_id, name), FOREIGN KEY (item_id) REFERENCES items (id)) DEFAULT CHARSET=utf8mb4;\n"
    }

    fn dump(&self, state: &State) -> Vec<u8> {
        let server = TempMySql::shared(Flavour::MariaDb);
        let database = server.create_database();
        let sql = format!(
            "SET NAMES utf8mb4;\n{}{}",
            self.schema(),
            state.inserts().replace('\\', "\\\\")
        );
        server.load(&database, sql.as_bytes()).unwrap();
        let mut command = server.client("mariadb-dump");
        command.args(["--default-character-set=utf8mb4", &database]);
        let dump = output_of(&mut command);
        server.drop_database(&database);
        dump
    }

    fn load(&self, dump: &str) -> Result<Vec<String>, String> {
        let server = TempMySql::shared(Flavour::MariaDb);
        let database = server.create_database();
        let found = server.load(&database, dump.as_bytes()).map(|()| {
            server.sql(
                &database,
                "SET NAMES utf8mb4; SELECT concat_ws(' ', 'item', id, code, name, note) FROM items UNION ALL \
                 SELECT concat_ws(' ', 'tag', item_id, name, weight) FROM tags",
            )
        });
        server.drop_database(&database);
        // The client escapes backslashes of what it prints.
        found.map(|text| sorted(&text.replace("\\\\", "\\")))
    }
}

fn sorted(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.sort();
    lines
}

fn output_of(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", all(&output));
    output.stdout
}

fn all(output: &Output) -> String {
    format!(
        "{}{}",
        text(output),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Compressed as `gen-dummy pack` does.
fn packed(sql: &[u8]) -> Vec<u8> {
    let mut child = Command::new(binary("gen-dummy"))
        .args(["pack", "--threads", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let sql = sql.to_owned();
    let writing = std::thread::spawn(move || stdin.write_all(&sql).unwrap());
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    assert!(output.status.success());
    output.stdout
}

struct History<'a> {
    team: Team,
    server: &'a dyn Server,
    random: Random,
    seed: u64,
}

impl History<'_> {
    fn git(&self, arguments: &[&str]) -> Output {
        let mut command = self.team.home.command("git", &self.team.first);
        command.env("GIT_EDITOR", "true").args(arguments);
        command.output().unwrap()
    }

    #[track_caller]
    fn succeeds(&self, arguments: &[&str]) {
        let output = self.git(arguments);
        let seed = self.seed;
        assert!(
            output.status.success(),
            "seed {seed}, git {arguments:?}: {}",
            all(&output)
        );
    }

    fn write(&self, state: &State) {
        let file = self.team.first.join(DUMP);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, packed(&self.server.dump(state))).unwrap();
    }

    fn commit(&self, state: &State) {
        self.write(state);
        self.succeeds(&["add", "-A"]);
        self.succeeds(&["commit", "-q", "-m", "Change rows"]);
    }

    /// What lies in the work tree loads, and is this.
    fn is(&self, expected: &State, how: &str) {
        let mut sql = String::new();
        let file = fs::read(self.team.first.join(DUMP)).unwrap();
        MultiGzDecoder::new(&file[..])
            .read_to_string(&mut sql)
            .unwrap();
        let found = self.server.load(&sql);
        assert_eq!(
            found,
            Ok(sorted(&expected.lines().join("\n"))),
            "seed {}, {how}:\n{sql}",
            self.seed
        );
    }

    /// Joins as git does it with these words, step by step; the model's state, or none where nothing could be joined.
    fn join(&mut self, words: &[&str], steps: &[[&State; 2]], ours: &State) -> Option<State> {
        let mut state = ours.clone();
        let mut output = self.git(words);
        let operation = words[0];
        for [base, theirs] in steps {
            let joined = State::join(base, &state, theirs);
            match joined {
                Joined::State(joined) => state = joined,
                Joined::Disputed { ours, theirs } => {
                    assert!(
                        !output.status.success(),
                        "seed {}, {words:?}: {}",
                        self.seed,
                        all(&output)
                    );
                    let takes_theirs = self.random.below(2) == 1;
                    let side = if takes_theirs { "--theirs" } else { "--ours" };
                    let settled = self.team.agent_any(&self.team.first, &["merge", side]);
                    assert!(
                        settled.status.success(),
                        "seed {}, {words:?}: {}",
                        self.seed,
                        all(&settled)
                    );
                    state = if takes_theirs { theirs } else { ours };
                    // A step that changes nothing is skipped, since there is nothing to commit.
                    let nothing = self.git(&["diff", "--cached", "--quiet"]).status.success();
                    output = match operation {
                        "merge" => self.git(&["commit", "-q", "--no-edit"]),
                        "stash" => self.git(&["stash", "drop", "-q"]),
                        _ if nothing => self.git(&[operation, "--skip"]),
                        _ => self.git(&[operation, "--continue"]),
                    };
                }
                Joined::Impossible => {
                    assert!(
                        !output.status.success(),
                        "seed {}, {words:?}: {}",
                        self.seed,
                        all(&output)
                    );
                    match operation {
                        "stash" => {
                            self.succeeds(&["reset", "-q", "--hard"]);
                            self.succeeds(&["stash", "drop", "-q"]);
                        }
                        operation => self.succeeds(&[operation, "--abort"]),
                    }
                    return None;
                }
            }
        }
        assert!(
            output.status.success(),
            "seed {}, {words:?}: {}",
            self.seed,
            all(&output)
        );
        Some(state)
    }

    /// A branch and `main` go their ways and are joined.
    fn round(&mut self, main: &State) -> State {
        let first = main.edited(&mut self.random);
        let second = first.edited(&mut self.random);
        let ours = main.edited(&mut self.random);
        if self.random.below(4) == 0 {
            let second = if second == *main { first } else { second };
            self.write(&second);
            self.succeeds(&["stash", "-q"]);
            self.commit(&ours);
            let joined = self.join(&["stash", "pop"], &[[main, &second]], &ours);
            self.is(joined.as_ref().unwrap_or(&ours), "stash pop");
            // It may come to what is there.
            self.succeeds(&["add", "-A"]);
            self.succeeds(&["commit", "-q", "--allow-empty", "-m", "Take the stash"]);
            return joined.unwrap_or(ours);
        }
        self.succeeds(&["checkout", "-q", "-B", "topic"]);
        self.commit(&first);
        self.commit(&second);
        self.succeeds(&["checkout", "-q", "main"]);
        self.commit(&ours);
        let merge = ["merge", "-q", "--no-edit", "topic"];
        let pick = [
            "cherry-pick",
            "--allow-empty",
            "--keep-redundant-commits",
            "topic",
        ];
        match self.random.below(3) {
            0 => {
                let joined = self.join(&merge, &[[main, &second]], &ours);
                self.is(joined.as_ref().unwrap_or(&ours), "merge");
                joined.unwrap_or(ours)
            }
            1 => {
                let joined = self.join(&pick, &[[&first, &second]], &ours);
                self.is(joined.as_ref().unwrap_or(&ours), "cherry-pick");
                joined.unwrap_or(ours)
            }
            _ => {
                self.succeeds(&["checkout", "-q", "topic"]);
                let steps = [[main, &first], [&first, &second]];
                let joined = self.join(&["rebase", "-q", "--empty=keep", "main"], &steps, &ours);
                self.is(joined.as_ref().unwrap_or(&second), "rebase");
                self.succeeds(&["checkout", "-q", "main"]);
                if joined.is_some() {
                    self.succeeds(&["merge", "-q", "--ff-only", "topic"]);
                }
                joined.unwrap_or(ours)
            }
        }
    }
}

fn try_histories(server: &dyn Server) {
    let begun = Instant::now();
    let seconds = env::var(SECONDS).ok().and_then(|text| text.parse().ok());
    let until = seconds.map(|seconds| begun + Duration::from_secs(seconds));
    let mut seed = 1;
    loop {
        let mut history = History {
            team: Team::new(),
            server,
            random: Random(Noise::new(seed)),
            seed,
        };
        let mut state = State::default().edited(&mut history.random);
        history.commit(&state);
        for _ in 0..ROUNDS {
            state = history.round(&state);
        }
        match until {
            Some(until) if Instant::now() < until => seed += 1,
            _ => break,
        }
    }
}

#[test]
fn dumps_of_pg_dump_have_histories_as_the_model_says() {
    try_histories(&Postgres { inserts: false });
}

#[test]
fn dumps_of_inserts_have_histories_as_the_model_says() {
    try_histories(&Postgres { inserts: true });
}

#[test]
fn dumps_of_mariadb_dump_have_histories_as_the_model_says() {
    try_histories(&MariaDb);
}

#[test]
fn a_merge_of_several_branches_at_once_is_refused_and_leaves_all_as_it_was() {
    let history = History {
        team: Team::new(),
        server: &Postgres { inserts: false },
        random: Random(Noise::new(1)),
        seed: 1,
    };
    let item = |code: &str| [code.to_owned(), "x".to_owned(), "x".to_owned()];
    let mut main = State::default();
    main.items.insert(1, item("a"));
    history.commit(&main);
    for (branch, id) in [("one", 2), ("two", 3), ("main", 4)] {
        history.succeeds(&["checkout", "-q", "-B", branch, "main"]);
        let mut state = main.clone();
        state.items.insert(id, item(branch));
        history.commit(&state);
        if branch == "main" {
            main = state;
        }
    }
    let output = history.git(&["merge", "--no-edit", "one", "two"]);
    let said = all(&output);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("Should not be doing an octopus."), "{said}");
    history.succeeds(&["reset", "-q", "--hard"]);
    history.is(&main, "an octopus");
    // One after the other they merge.
    history.succeeds(&["merge", "-q", "--no-edit", "one"]);
    history.succeeds(&["merge", "-q", "--no-edit", "two"]);
    main.items.insert(2, item("one"));
    main.items.insert(3, item("two"));
    history.is(&main, "two merges");
}
