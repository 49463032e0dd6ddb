//! How far the load in the container is, told by the container.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::engine::Engine;
use crate::output::human;

/// How far the load in the container is, told by the container.
#[derive(Debug)]
pub(super) struct Watch {
    child: Child,
    last: Arc<Mutex<String>>,
}

impl Watch {
    pub(super) fn start(mut command: Command) -> Option<Self> {
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

    /// The last that was told, for people.
    pub(super) fn far(&self, engine: &dyn Engine) -> Option<String> {
        let line = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        far(engine, &line)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `dumps/x.sql.gz 12000 30000 COPY users (id) FROM stdin` for people.
fn far(engine: &dyn Engine, line: &str) -> Option<String> {
    let mut words = line.splitn(4, ' ');
    let (file, read, all) = (
        words.next()?,
        words.next()?.parse().ok()?,
        words.next()?.parse().ok()?,
    );
    let does = words.next().unwrap_or_default();
    let table = match engine.fills(does.as_bytes()) {
        Some(table) => format!(", table {table}"),
        None if read == all => ", indexes and keys".to_owned(),
        None => String::new(),
    };
    Some(format!(
        "loading {file}: {} of {}{table}",
        human(read),
        human(all)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine;

    #[test]
    fn what_the_container_tells_is_for_people() {
        let postgres = engine::of_scheme("postgresql").unwrap();
        let told = |line: &str| far(postgres, line).unwrap_or_default();
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
}
