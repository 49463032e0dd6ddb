//! The container of a new repository: the database that its schema is for, from the official image.
//!
//! PostgreSQL's file is this repository's own, which is tested as it is. Of the two images that speak MySQL each calls a
//! few things by its own name; the rest of their file is one.

use schemafile::Database;

const POSTGRESQL: &str = include_str!("../../../../docker-compose.yml");

/// With words in capitals where the two images differ.
const MYSQL: &str = include_str!("mysql.yml");

/// The functions by which `git database` copies databases, which the container's script has, too.
const COPY: &str = include_str!("../../../local-database/src/engine/mysql/copy.sh");

/// What the two images call differently, by the word that stands for it. A word that begins another comes after it.
const WORDS: [(&str, &str, &str); 7] = [
    ("THE_IMAGE", "mysql:9.7", "mariadb:10.11"),
    ("THE_VARIABLE", "MYSQL", "MARIADB"),
    ("THE_DUMPER", "mysqldump", "mariadb-dump"),
    ("THE_SERVER", "mysqld", "mariadbd"),
    // A server of the machine's own has a certificate that nobody has signed. MySQL's client takes it.
    ("THE_CLIENT_OPTION", "", " --skip-ssl"),
    ("THE_CLIENT", "mysql", "mariadb"),
    // MariaDB looks at each directory beside its databases, and complains of names that no database has.
    (
        "THE_LOG",
        "--innodb-redo-log-capacity",
        "--ignore-db-dirs=.loaded\n      - --innodb-log-file-size",
    ),
];

/// The line in whose place the functions stand.
const COPY_LINE: &str = "        THE_COPY\n";

/// A script as a part of the file's: as far to the right, and with dollars that Compose leaves alone.
fn indented(script: &str) -> String {
    let line = |line: &str| match line {
        "" => "\n".to_owned(),
        line => format!("        {}\n", line.replace('$', "$$")),
    };
    script.lines().map(line).collect()
}

/// The compose file.
pub(super) fn text(database: Database) -> String {
    let word = |(_, mysql, mariadb): (_, &'static str, &'static str)| match database {
        Database::MariaDb => mariadb,
        Database::MySql | Database::PostgreSql => mysql,
    };
    match database {
        Database::PostgreSql => POSTGRESQL.to_owned(),
        Database::MySql | Database::MariaDb => {
            let text = MYSQL.replace(COPY_LINE, &indented(COPY));
            WORDS
                .into_iter()
                .fold(text, |text, words| text.replace(words.0, word(words)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use schemafile::Database;

    #[test]
    fn each_image_has_its_own_words() {
        for (database, words) in [
            (
                Database::MySql,
                [
                    "${MYSQL_IMAGE:-mysql:9.7}",
                    "${MYSQL_PORT:-3306}",
                    "- mysqld\n",
                    " mysql --protocol=tcp --host=127.0.0.1 --user=root \\\n",
                    "--innodb-redo-log-capacity=256M",
                ],
            ),
            (
                Database::MariaDb,
                [
                    "${MARIADB_IMAGE:-mariadb:10.11}",
                    "${MARIADB_PORT:-3306}",
                    "- mariadbd\n",
                    " mariadb --protocol=tcp --host=127.0.0.1 --user=root --skip-ssl \\\n",
                    "--innodb-log-file-size=256M",
                ],
            ),
        ] {
            let text = text(database);
            for word in words {
                assert!(text.contains(word), "{word} isn't in:\n{text}");
            }
            assert!(!text.contains("THE_"), "{text}");
        }
    }
}
