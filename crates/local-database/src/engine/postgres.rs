//! PostgreSQL: `CREATE DATABASE … TEMPLATE` copies files, and comments on databases are kept by the server.

use super::{Database, Engine, Mark, Survey, template_of, unfinished};

/// PostgreSQL 13 or newer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Postgres;

/// What our comments begin with. The container's script writes the same.
const MARK: &str = "git database: ";

/// Parts the columns of what psql prints.
const COLUMN: char = '\u{1f}';

/// The first version that can be told how to copy.
const STRATEGIES: u32 = 150_000;

impl Engine for Postgres {
    fn client(&self) -> &'static str {
        "psql"
    }

    fn script_arguments(&self) -> Vec<String> {
        let separator = format!("--field-separator={COLUMN}");
        [
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--no-password",
            "--set=ON_ERROR_STOP=1",
            &separator,
        ]
        .map(str::to_owned)
        .into()
    }

    fn maintenance_database(&self) -> &'static str {
        "postgres"
    }

    fn survey(&self) -> String {
        "SELECT '', current_setting('server_version_num')\n\
         UNION ALL\n\
         (SELECT d.datname, coalesce(shobj_description(d.oid, 'pg_database'), '')\n \
          FROM pg_database d ORDER BY d.datname COLLATE \"C\");\n"
            .to_owned()
    }

    fn read_survey(&self, answer: &str) -> Survey {
        let mut survey = Survey::default();
        for line in answer.lines() {
            match line.split_once(COLUMN) {
                Some(("", version)) => survey.version = version.trim().parse().unwrap_or_default(),
                Some((name, comment)) => survey.databases.push(Database {
                    name: name.to_owned(),
                    mark: mark(comment.trim()),
                }),
                None => {}
            }
        }
        survey
    }

    fn has_content(&self) -> &'static str {
        "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace\n    \
         WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%');\n"
    }

    fn begin(&self, name: &str) -> String {
        let quoted = identifier(name);
        format!(
            "SET client_min_messages = warning;\n\
             DROP DATABASE IF EXISTS {quoted} WITH (FORCE);\n\
             CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8';\n{}",
            comment(name, "unfinished")
        )
    }

    fn keep(&self, loaded: &str, template: &str, key: &str) -> String {
        let (from, to) = (identifier(loaded), identifier(template));
        format!(
            "{}ALTER DATABASE {from} RENAME TO {to};\n{}ALTER DATABASE {to} IS_TEMPLATE true ALLOW_CONNECTIONS false;\n",
            // The old one is gone before the new one has its name: who is cut off here finds no template, and loads again.
            drop_if_there(template, true),
            comment(template, &format!("template {key}")),
        )
    }

    fn copy(&self, version: u32, of: &str, name: &str, key: &str) -> String {
        let new = unfinished(name);
        // A copy through the write-ahead log writes everything twice, and is the default of those that have a choice.
        let strategy = if version >= STRATEGIES {
            " STRATEGY file_copy"
        } else {
            ""
        };
        format!(
            "{}CREATE DATABASE {} TEMPLATE {}{strategy};\n{}{}ALTER DATABASE {} RENAME TO {};\n",
            drop_if_there(&new, false),
            identifier(&new),
            identifier(&template_of(of)),
            comment(&new, &format!("copy {key} {of}")),
            drop_if_there(name, false),
            identifier(&new),
            identifier(name),
        )
    }

    fn drop(&self, database: &Database) -> String {
        drop_if_there(&database.name, matches!(database.mark, Mark::Template(_)))
    }

    fn longest_name(&self) -> usize {
        63
    }
}

fn drop_if_there(name: &str, is_template: bool) -> String {
    let quoted = identifier(name);
    // psql asks and runs what it is answered: a template has to be made an ordinary database first.
    let ordinary = if is_template {
        format!(
            "SELECT format('ALTER DATABASE %I IS_TEMPLATE false', datname) FROM pg_database WHERE datname = {} \\gexec\n",
            literal(name)
        )
    } else {
        String::new()
    };
    format!(
        "SET client_min_messages = warning;\n{ordinary}DROP DATABASE IF EXISTS {quoted} WITH (FORCE);\n"
    )
}

fn comment(name: &str, what: &str) -> String {
    format!(
        "COMMENT ON DATABASE {} IS {};\n",
        identifier(name),
        literal(&format!("{MARK}{what}"))
    )
}

fn mark(comment: &str) -> Mark {
    let words = comment.strip_prefix(MARK).unwrap_or_default();
    match words.split_once(' ') {
        Some(("template", key)) => Mark::Template(key.to_owned()),
        Some(("copy", rest)) => match rest.split_once(' ') {
            Some((key, of)) => Mark::Copy {
                key: key.to_owned(),
                of: of.to_owned(),
            },
            None => Mark::None,
        },
        None if words == "unfinished" => Mark::Unfinished,
        _ => Mark::None,
    }
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names that end in a backslash can't be, and none of our words has one, so `E''` isn't needed.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_carries_our_mark_is_ours() {
        for (comment, expected) in [
            (
                "git database: template ab12",
                Mark::Template("ab12".to_owned()),
            ),
            (
                "git database: copy ab12 my app",
                Mark::Copy {
                    key: "ab12".to_owned(),
                    of: "my app".to_owned(),
                },
            ),
            ("git database: unfinished", Mark::Unfinished),
            ("git database: something newer", Mark::None),
            ("default administrative connection database", Mark::None),
            ("copy ab12", Mark::None),
            ("", Mark::None),
        ] {
            assert_eq!(mark(comment), expected, "{comment}");
        }
    }

    #[test]
    fn what_a_server_has_is_read() {
        let answer = "\u{1f}150018\napp\u{1f}git database: copy k app\napp_template\u{1f}git database: template k\n\
                      other\u{1f}git database: copy k other\npostgres\u{1f}default\ntest_1\u{1f}git database: copy k app\n";
        let survey = Postgres.read_survey(answer);
        assert_eq!(survey.version, 150_018);
        assert_eq!(survey.template_key("app"), Some("k"));
        assert_eq!(survey.key("app"), Some("k"));
        assert_eq!(survey.clones("app"), ["test_1"]);
        assert_eq!(survey.mark("postgres"), Some(&Mark::None));
        assert_eq!(survey.mark("nowhere"), None);
    }

    #[test]
    fn names_are_quoted() {
        let script = Postgres.copy(150_000, "a\"b", "a'b", "k");
        assert!(
            script.contains("\"a\"\"b_template\" STRATEGY file_copy"),
            "{script}"
        );
        assert!(script.contains("RENAME TO \"a'b\""), "{script}");
        assert!(!Postgres.copy(140_000, "t", "n", "k").contains("STRATEGY"));
    }
}
