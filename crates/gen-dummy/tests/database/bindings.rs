//! Rows agree with rows of other tables, and with what raw SQL says.

use crate::support::{Database, gen_dummy};
use std::path::{Path, PathBuf};
use testkit::pg::TempPostgres;

fn schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/bindings.rb")
}

/// Queries that count what is wrong.
const WRONG: [(&str, &str); 12] = [
    (
        "a pair that points nowhere",
        "SELECT count(*) FROM comments c WHERE commentable_id IS NOT NULL AND NOT CASE commentable_type
             WHEN 'Post' THEN EXISTS (SELECT FROM posts p WHERE p.id = commentable_id)
             WHEN 'User' THEN EXISTS (SELECT FROM users u WHERE u.id = commentable_id) END",
    ),
    (
        "half a pair",
        "SELECT count(*) FROM comments WHERE (commentable_type IS NULL) <> (commentable_id IS NULL)",
    ),
    (
        "a comment before what it is about",
        "SELECT count(*) FROM comments c JOIN posts p ON p.id = commentable_id AND commentable_type = 'Post' WHERE c.created_at < p.created_at",
    ),
    (
        "a pair of a class that there isn't",
        "SELECT count(*) FROM taggings WHERE taggable_type NOT IN ('User', 'Post', 'Comment', 'Tag')",
    ),
    (
        "posts of users",
        "SELECT count(*) FROM users u WHERE posts_count <> (SELECT count(*) FROM posts WHERE user_id = u.id)",
    ),
    (
        "comments on posts",
        "SELECT count(*) FROM posts p WHERE comments_count <> (SELECT count(*) FROM comments WHERE commentable_type = 'Post' AND commentable_id = p.id)",
    ),
    (
        "comments of users",
        "SELECT count(*) FROM users u WHERE comments_count IS DISTINCT FROM (SELECT count(*) FROM comments WHERE author_id = u.id)",
    ),
    (
        "tags of posts",
        "SELECT count(*) FROM posts p WHERE post_tags_count <> (SELECT count(*) FROM post_tags WHERE post_id = p.id)",
    ),
    (
        "replies",
        "SELECT count(*) FROM comments c WHERE replies_count <> (SELECT count(*) FROM comments WHERE parent_id = c.id)",
    ),
    (
        "a post before its user",
        "SELECT count(*) FROM posts p JOIN users u ON u.id = user_id WHERE p.created_at < u.created_at",
    ),
    (
        "a reply before what it answers",
        "SELECT count(*) FROM comments c JOIN comments p ON p.id = c.parent_id WHERE c.created_at < p.created_at",
    ),
    (
        "updated before created",
        "SELECT (SELECT count(*) FROM users WHERE updated_at < created_at) + (SELECT count(*) FROM posts WHERE updated_at < created_at)",
    ),
];

#[test]
fn pairs_counts_and_raw_sql_hold_at_any_size() {
    let database = Database::new(TempPostgres::shared(), &schema());
    for rows in ["1", "17", "1000", "3000"] {
        database.load(&database.generate(&["--rows", rows]));
        for (what, sql) in WRONG {
            assert_eq!(database.query(sql), "0", "{what}, {rows} rows");
        }
        database.assert_in_order();
        for table in ["users", "posts", "comments", "events", "regional"] {
            assert_eq!(
                database.query(&format!("SELECT count(*) FROM {table}")),
                rows,
                "{table}"
            );
        }
    }
    assert_eq!(
        database.query("SELECT count(DISTINCT commentable_type) FROM comments"),
        "2"
    );
    assert_eq!(
        database.query("SELECT max(posts_count) > 20 AND min(posts_count) = 0 FROM users"),
        "t",
        "some users have many posts, and some none"
    );
}

#[test]
fn narrow_keys_reach_only_the_rows_that_they_can_name() {
    let database = Database::new(TempPostgres::shared(), &schema());
    let rows = [
        "--rows",
        "0",
        "--rows",
        "users=40000",
        "--rows",
        "notes=40000",
    ];
    database.load(&database.generate(&rows));
    assert_eq!(
        database.query("SELECT count(*), max(user_id) <= 32767 FROM notes"),
        "40000|t"
    );
}

#[test]
fn nothing_of_it_is_left_to_a_warning() {
    let output = gen_dummy(Path::new(env!("CARGO_MANIFEST_DIR")))
        .arg("-s")
        .arg(schema())
        .args(["--explain", "comments"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "commentable_type  the class of a row of User, Post, by its name",
        "replies_count     the number of `comments` that point to the row",
    ] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn the_number_of_threads_changes_no_count() {
    let database = Database::new(TempPostgres::shared(), &schema());
    let with = |threads: &str| {
        let dump = database.generate(&["--rows", "5000", "--threads", threads]);
        std::fs::read(dump).unwrap()
    };
    assert!(with("1") == with("4"));
}
