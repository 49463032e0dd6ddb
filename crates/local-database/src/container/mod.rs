//! The container that the repository's compose file describes. Docker does the work, and Compose says which container it
//! is: `docker compose up` by hand and `git database up` mean the same one.

mod inspect;
mod said;

use std::cell::OnceCell;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use command_line::Failure;
use project_files::{Project, plain_reason};

use crate::address::Address;
use crate::dumps::{DIRECTORY, Dumps};
use crate::engine::{Engine, Postgres, Survey};
use crate::output::{Teller, human, seconds};
use crate::place::{Load, Place, Running, Seen, URL_KEY};
use crate::programs::{self, Answer, answer, answer_to};
use crate::trouble::Complaint;
use inspect::Inspected;

/// The service of the compose file.
const SERVICE: &str = "database";

/// Where `gen-schema init` puts the service in a repository that has a compose file of its own.
const SECOND_FILE: &str = "compose.database.yml";

/// The names under which Compose finds a file by itself.
const FILES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// The programs that may be there; the first one is taken.
const PROGRAMS: [&str; 2] = ["docker", "podman"];

/// The port inside of the container.
const PORT: &str = "5432/tcp";

/// Where settings of this machine are kept, which Compose reads.
const SETTINGS: &str = ".env";

/// How often the container is asked how it is, while it loads.
const ASK: Duration = Duration::from_millis(100);

/// How long a container may be unhealthy: files that have come back to what was loaded make it healthy again, when it has
/// looked at them.
const RECOVERY: Duration = Duration::from_secs(5);

/// How long a container that is healthy may take to say so after it was made anew.
const PATIENCE: Duration = Duration::from_mins(30);

/// What the container's script says when it takes a load that was kept, and when it loads.
const COPIED: &str = "dumps/: copied from what an earlier start has loaded";
const LOADING: &str = ": loading\n";

/// Prints, as long as it loads, which file it is at, bytes read, all bytes, and what the server does.
const WATCH: &str = r#"
while sleep 0.3; do
  [ -e "$PGDATA/loaded/.loading" ] || continue
  read -r file read all < "$PGDATA/loaded/.progress" || continue
  does=$(psql --no-psqlrc --no-password -qAt --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --command="
    SELECT left(query, 80) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()
    AND backend_type = 'client backend' ORDER BY query_start LIMIT 1" 2> /dev/null | head -1)
  echo "$file $read $all $does"
done
"#;

/// The container of a repository.
#[derive(Debug)]
pub(crate) struct Container {
    root: PathBuf,
    program: &'static str,
    /// The file to name to Compose, where it wouldn't find it by itself.
    file: Option<&'static str>,
    engine: Postgres,
    inspected: OnceCell<Option<Inspected>>,
}

impl Container {
    /// The container of a repository, which may not be there yet.
    pub(crate) fn of(project: &Project) -> Result<Self, Failure> {
        let root = project.root().to_owned();
        let file = compose_file(&root)?;
        let program = PROGRAMS
            .into_iter()
            .find(|program| programs::find(program).is_some())
            .ok_or_else(|| {
                Failure::outside("Docker isn't installed, or isn't in PATH").hint(format!(
                    "install it: https://docs.docker.com/get-docker; without it, on a PostgreSQL of your own: \
                     `git config {URL_KEY} postgresql://localhost/app`, then `git database up`"
                ))
            })?;
        Ok(Self {
            root,
            program,
            file,
            engine: Postgres,
            inspected: OnceCell::new(),
        })
    }

    fn docker(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command.args(arguments).current_dir(&self.root);
        command
    }

    fn compose(&self, arguments: &[&str]) -> Command {
        let mut command = self.docker(&["compose"]);
        if let Some(file) = self.file {
            command.args(["--file", file]);
        }
        command.args(arguments);
        command
    }

    /// Runs Compose to its end.
    fn composed(&self, arguments: &[&str]) -> Result<Answer, Failure> {
        let said = answer(&mut self.compose(arguments))?;
        if said.success {
            return Ok(said);
        }
        Err(said::failure(&said, self.program))
    }

    /// How the container is now.
    fn inspect(&self) -> Result<Option<Inspected>, Failure> {
        let id = self.composed(&["ps", "--all", "--quiet", SERVICE]);
        let id = match id {
            Ok(said) => said
                .stdout
                .trim()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
            Err(failure) if failure.to_string().contains("no such service") => {
                return Err(no_service());
            }
            Err(failure) => return Err(failure),
        };
        if id.is_empty() {
            return Ok(None);
        }
        self.inspect_again(&id)
    }

    fn inspect_again(&self, id: &str) -> Result<Option<Inspected>, Failure> {
        let said = answer(&mut self.docker(&["inspect", "--type=container", id]))?;
        if said.success {
            return Ok(Inspected::parse(&said.stdout));
        }
        // It may have gone since.
        if said.stderr.to_lowercase().contains("no such") {
            return Ok(None);
        }
        Err(said::failure(&said, self.program))
    }

    /// The container as it was when this was asked first, running.
    fn running(&self) -> Result<&Inspected, Failure> {
        if self.inspected.get().is_none() {
            let _ = self.inspected.set(self.inspect()?);
        }
        match self.inspected.get() {
            Some(Some(inspected)) if inspected.is_running() => Ok(inspected),
            _ => {
                Err(Failure::check("the database isn't running")
                    .hint("`git database up` starts it"))
            }
        }
    }

    /// psql in the container, as its superuser.
    fn psql(&self, inspected: &Inspected, options: &[&str], database: &str) -> Command {
        let mut command = self.docker(&["exec"]);
        command
            .args(options)
            .args([&inspected.id, "psql", "--username", inspected.user()])
            .args(["--dbname", database]);
        command
    }

    fn script(
        &self,
        inspected: &Inspected,
        database: &str,
        script: &str,
    ) -> Result<Answer, Failure> {
        let options = ["--interactive", "--env", "LC_MESSAGES=C"];
        let mut psql = self.psql(inspected, &options, database);
        psql.args(self.engine.script_arguments()).arg("--file=-");
        answer_to(&mut psql, script)
    }

    fn survey(&self, inspected: &Inspected) -> Result<Survey, Failure> {
        let said = self.script(
            inspected,
            self.engine.maintenance_database(),
            &self.engine.survey(),
        )?;
        // It may be about to end, or to begin.
        Ok(if said.success {
            self.engine.read_survey(&said.stdout)
        } else {
            Survey::default()
        })
    }

    /// Fetches the image, which may take minutes and should be seen.
    fn pull(&self, teller: &mut Teller) -> Result<(), Failure> {
        let said = self.composed(&["config", "--images"])?;
        for image in said.stdout.lines().filter(|line| !line.trim().is_empty()) {
            if answer(&mut self.docker(&["image", "inspect", image]))?.success {
                continue;
            }
            let mut pull = self.compose(&["pull", SERVICE]);
            if !teller.shows_progress() {
                let said = answer(&mut pull)?;
                if !said.success {
                    return Err(said::failure(&said, self.program));
                }
            } else if programs::shown(&mut pull)? != Some(0) {
                return Err(
                    Failure::outside(format!("the image `{image}` can't be fetched")).hint(
                        "the lines above say why; POSTGRES_IMAGE in `.env` names another image",
                    ),
                );
            }
            break;
        }
        Ok(())
    }

    /// Waits until the container is healthy, and shows meanwhile how far it is.
    fn wait(&self, id: &str, dumps: &Dumps, teller: &mut Teller) -> Result<Inspected, Failure> {
        let mut watch: Option<Watch> = None;
        let mut unhealthy_since: Option<Instant> = None;
        let begun = Instant::now();
        loop {
            let Some(inspected) = self.inspect_again(id)? else {
                return Err(Failure::outside("the container has gone while it loaded")
                    .hint("something else has removed it: `git database up` makes it again"));
            };
            if !inspected.is_running() {
                return Err(self.ended(id, dumps)?);
            }
            match inspected.health() {
                "healthy" | "" => {
                    teller.clear();
                    return Ok(inspected);
                }
                "unhealthy" => {
                    let since = *unhealthy_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > RECOVERY {
                        return Err(self.unhealthy(id)?);
                    }
                }
                _ => unhealthy_since = None,
            }
            if begun.elapsed() > PATIENCE {
                return Err(
                    Failure::outside("the database isn't ready after half an hour")
                        .hint("`git database logs` says what it does"),
                );
            }
            if watch.is_none() && teller.shows_progress() {
                watch = Watch::start(self.docker(&["exec", id, "bash", "-c", WATCH]));
            }
            teller.progress(|| {
                let far = watch.as_ref().and_then(Watch::far);
                far.unwrap_or_else(|| {
                    format!("starting the container, {}", seconds(begun.elapsed()))
                })
            });
            thread::sleep(ASK);
        }
    }

    /// Whether the container's last start has copied what an earlier one had loaded.
    fn was_copied(&self, id: &str) -> Result<bool, Failure> {
        let said = answer(&mut self.docker(&["logs", "--tail", "200", id]))?;
        let last = |words: &str| said.stdout.rfind(words);
        Ok(last(COPIED) > last(LOADING))
    }

    /// Why the container ended.
    fn ended(&self, id: &str, dumps: &Dumps) -> Result<Failure, Failure> {
        let said = answer(&mut self.docker(&["logs", "--tail", "200", id]))?;
        let log = format!("{}\n{}", said.stdout, said.stderr);
        if let Some(complaint) = Complaint::parse(&log)
            && let Some(dump) = dumps
                .files
                .iter()
                .find(|dump| log.contains(&format!("psql:{}:{}:", dump.shown(), complaint.line)))
        {
            return Ok(complaint.failure(dump));
        }
        Ok(said::of_log(&log))
    }

    fn unhealthy(&self, id: &str) -> Result<Failure, Failure> {
        let said = answer(&mut self.docker(&["logs", "--tail", "50", id]))?;
        let log = format!("{}\n{}", said.stdout, said.stderr);
        if log.contains("is not what this database was loaded from") {
            return Ok(
                Failure::check(format!("{DIRECTORY}/ has changed while it was loaded"))
                    .hint("`git database up` loads what is there now"),
            );
        }
        Ok(said::of_log(&log))
    }
}

/// The file to name to Compose, if it has to be named.
fn compose_file(root: &Path) -> Result<Option<&'static str>, Failure> {
    let found: Vec<&str> = FILES
        .into_iter()
        .filter(|name| root.join(name).is_file())
        .collect();
    if !root.join(SECOND_FILE).is_file() {
        if found.is_empty() {
            return Err(no_file(root));
        }
        return Ok(None);
    }
    let is_included = found.iter().any(|name| {
        std::fs::read_to_string(root.join(name)).is_ok_and(|text| text.contains(SECOND_FILE))
    });
    Ok((!is_included).then_some(SECOND_FILE))
}

fn no_file(root: &Path) -> Failure {
    let shown = root.display();
    let failure = Failure::input(format!("there is no compose file in `{shown}`"));
    if root.join(DIRECTORY).is_dir() || root.join("schema").is_dir() {
        failure.hint(format!(
            "`gen-schema init` writes one; without Docker: `git config {URL_KEY} postgresql://localhost/app`"
        ))
    } else {
        failure.hint("run it in a clone of the team's database: `cd` into that, or `git clone` it")
    }
}

fn no_service() -> Failure {
    Failure::input(format!("the compose file has no service `{SERVICE}`")).hint(format!(
        "`gen-schema init` writes one to {SECOND_FILE}, to be taken in by `include: [{SECOND_FILE}]`"
    ))
}

/// Keeps a port in the settings of this machine.
pub(crate) fn keep_port(project: &Project, port: u16) -> Result<(), Failure> {
    const KEY: &str = "POSTGRES_PORT=";
    let path = project.resolve(Path::new(SETTINGS));
    let failed = |doing: &str, error: &std::io::Error| {
        Failure::outside(format!(
            "can't {doing} `{SETTINGS}`: {}",
            plain_reason(error)
        ))
    };
    let before = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.map_err(|error| failed("read", &error))?,
    };
    let mut lines: Vec<String> = before
        .lines()
        .filter(|line| !line.trim_start().starts_with(KEY))
        .map(str::to_owned)
        .collect();
    lines.push(format!("{KEY}{port}"));
    let text = lines.join("\n") + "\n";
    if text == before {
        return Ok(());
    }
    whole_file::write(&path, &mut text.as_bytes()).map_err(|error| failed("write", &error))
}

/// How far the load in the container is, told by the container.
#[derive(Debug)]
struct Watch {
    child: Child,
    last: Arc<Mutex<String>>,
}

impl Watch {
    fn start(mut command: Command) -> Option<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let output = child.stdout.take()?;
        let last = Arc::new(Mutex::new(String::new()));
        let told = Arc::clone(&last);
        // It ends with the container's shell, or with the process that is killed.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = line;
            }
        });
        Some(Self { child, last })
    }

    fn far(&self) -> Option<String> {
        let line = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        far(&line)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `dumps/x.sql.gz 12000 30000 COPY users (id) FROM stdin` for people.
fn far(line: &str) -> Option<String> {
    let mut words = line.splitn(4, ' ');
    let (file, read, all) = (
        words.next()?,
        words.next()?.parse().ok()?,
        words.next()?.parse().ok()?,
    );
    let does = words.next().unwrap_or_default();
    let table = match does.strip_prefix("COPY ") {
        Some(rest) => format!(
            ", table {}",
            rest.split([' ', '(']).next().unwrap_or_default()
        ),
        None if read == all => ", indexes and keys".to_owned(),
        None => String::new(),
    };
    Some(format!(
        "loading {file}: {} of {}{table}",
        human(read),
        human(all)
    ))
}

impl Place for Container {
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }

    fn database(&self) -> Result<String, Failure> {
        Ok(self.running()?.database().to_owned())
    }

    fn look(&self) -> Result<Seen, Failure> {
        let stopped = Seen {
            running: Running::Stopped,
            survey: Survey::default(),
        };
        let found = self.inspect()?;
        let seen = match &found {
            None => stopped,
            Some(inspected) if !inspected.is_running() => stopped,
            Some(inspected) if inspected.health() == "starting" => Seen {
                running: Running::Loading,
                survey: Survey::default(),
            },
            Some(inspected) => Seen {
                running: Running::Ready,
                survey: self.survey(inspected)?,
            },
        };
        let _ = self.inspected.set(found);
        Ok(seen)
    }

    fn up(&self, wanted: &Load<'_>, teller: &mut Teller) -> Result<(), Failure> {
        let key = wanted.sums.key();
        let before = self.inspect()?;
        let runs = before.as_ref().filter(|found| found.is_running());
        let loads = runs.is_some_and(|found| found.health() == "starting");
        let same = match runs {
            Some(found) if !loads => self.survey(found)?.key(found.database()) == Some(&key),
            _ => false,
        };
        let anew = runs.is_some() && (!same || wanted.again) && !loads;
        if before.is_none() {
            self.pull(teller)?;
        }
        let begun = Instant::now();
        let mut arguments = vec!["up", "--detach"];
        if anew {
            arguments.push("--force-recreate");
        }
        arguments.push(SERVICE);
        teller.progress(|| "starting the container".to_owned());
        self.composed(&arguments)?;
        let Some(started) = self.inspect()? else {
            return Err(
                Failure::outside("the container isn't there after it was started")
                    .hint("`docker compose ps --all` shows what there is"),
            );
        };
        let untouched = runs.is_some_and(|found| found.id == started.id);
        let ready = self.wait(&started.id, wanted.dumps, teller)?;
        if untouched && same {
            teller.note(
                "the container was loaded from these dumps already; `git database reset` gives it their rows again",
            );
        } else {
            let how = match (&before, untouched) {
                (_, true) => "waited for the container, which was loading",
                (None, _) => "made the container",
                (Some(_), _) if anew => "made the container anew",
                (Some(_), _) => "started the container",
            };
            let what = match self.was_copied(&ready.id)? {
                _ if untouched => String::new(),
                true => format!(" with the load of {DIRECTORY}/ that was kept"),
                false => format!(" and loaded {DIRECTORY}/"),
            };
            teller.done(format!("{how}{what} in {}", seconds(begun.elapsed())));
        }
        let _ = self.inspected.set(Some(ready));
        Ok(())
    }

    fn run(&self, database: &str, script: &str) -> Result<Answer, Failure> {
        self.script(self.running()?, database, script)
    }

    fn address(&self, database: &str) -> Result<String, Failure> {
        let inspected = self.running()?;
        let port = inspected.port(PORT).ok_or_else(|| {
            Failure::outside("the container publishes no port")
                .hint("`git database psql` needs none; `ports:` of the compose file says which")
        })?;
        Ok(Address::on_this_machine(
            inspected.user(),
            inspected.password(),
            port,
            database,
        ))
    }

    fn client(&self, database: &str, arguments: &[OsString]) -> Result<Option<i32>, Failure> {
        let inspected = self.running()?;
        // A client on this machine reads and writes files of this machine.
        if programs::find(self.engine.client()).is_some() && inspected.port(PORT).is_some() {
            let mut psql = Command::new(self.engine.client());
            psql.arg("--dbname").arg(self.address(database)?);
            return programs::shown(psql.args(arguments));
        }
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let options: &[&str] = if is_terminal {
            &["--interactive", "--tty"]
        } else {
            &["--interactive"]
        };
        programs::shown(self.psql(inspected, options, database).args(arguments))
    }

    fn logs(&self, follow: bool) -> Result<Option<i32>, Failure> {
        let Some(inspected) = self.inspect()? else {
            return Err(Failure::check("there is no container").hint("`git database up` makes it"));
        };
        let mut arguments = vec!["logs"];
        if follow {
            arguments.push("--follow");
        }
        arguments.push(&inspected.id);
        let _ = std::io::stdout().flush();
        programs::shown(&mut self.docker(&arguments))
    }

    fn stop(&self, forget: bool) -> Result<bool, Failure> {
        let found = self.inspect()?;
        if forget {
            self.composed(&["down", "--volumes"])?;
        } else if found.is_some() {
            self.composed(&["rm", "--stop", "--force", SERVICE])?;
        }
        Ok(found.is_some())
    }

    fn drops_itself(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_container_tells_is_for_people() {
        let told = |line: &str| far(line).unwrap_or_default();
        assert_eq!(
            told("dumps/02_dummy.sql.gz 12000 30000 COPY users (id) FROM stdin;"),
            "loading dumps/02_dummy.sql.gz: 12 kB of 30 kB, table users"
        );
        assert_eq!(
            told("dumps/02_dummy.sql.gz 30000 30000 DO $put_back$"),
            "loading dumps/02_dummy.sql.gz: 30 kB of 30 kB, indexes and keys"
        );
        assert_eq!(told("dumps/x 1"), "");
    }

    #[test]
    fn compose_is_told_of_a_file_that_it_would_not_find() {
        let root = tempfile::tempdir().unwrap();
        let has = |name: &str, text: &str| std::fs::write(root.path().join(name), text).unwrap();
        assert!(compose_file(root.path()).is_err());
        has(SECOND_FILE, "services: {}\n");
        assert_eq!(compose_file(root.path()).unwrap(), Some(SECOND_FILE));
        has("compose.yaml", "services: {}\n");
        assert_eq!(compose_file(root.path()).unwrap(), Some(SECOND_FILE));
        has("compose.yaml", "include: [compose.database.yml]\n");
        assert_eq!(compose_file(root.path()).unwrap(), None);
    }

    #[test]
    fn a_port_is_kept_beside_other_settings() {
        let root = tempfile::tempdir().unwrap();
        let project = Project::rooted(root.path());
        let path = root.path().join(SETTINGS);
        keep_port(&project, 5433).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "POSTGRES_PORT=5433\n"
        );
        std::fs::write(&path, "A=1\nPOSTGRES_PORT=1\nB=2").unwrap();
        keep_port(&project, 5434).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "A=1\nB=2\nPOSTGRES_PORT=5434\n"
        );
    }
}
