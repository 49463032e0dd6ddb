//! The HTML page in a real browser: it draws, it shows what an address names, and nothing of a schema or a dump runs.
//!
//! Chromium is a guest in these tests, as MySQL is in others: where it is found (in `PATH`, or where `CHROMIUM` says) it
//! judges. Everywhere the page's text is held to what can be said without one, in `schema-page`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it stands"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};
use testkit::browser::{chromium, missing};

/// What would leave a trace on the page if any of it ran.
const HOSTILE: &str = "</script><script>document.documentElement.dataset.owned = 1</script><img src=x \
                       onerror=\"document.documentElement.dataset.owned = 1\"><!--";

fn schemafile() -> String {
    let text = HOSTILE.replace('"', "\\\"");
    format!(
        "create_table \"users\", comment: \"{text}\" do |t|\n  t.string \"name\", comment: \"{text}\", default: \"{text}\"\nend\n\
         create_table \"orders\" do |t|\n  t.references \"user\", foreign_key: true\nend\n\
         create_enum \"mood\", [\"glad\", \"<b>sad\"]\n\
         execute \"CREATE VIEW recent AS SELECT id, name FROM users /* {text} */\"\n"
    )
}

/// What the browser has made of the page at an address, as HTML.
fn shown(browser: &Path, fragment: &str) -> String {
    let scratch = tempfile::tempdir().unwrap();
    let directory = scratch.path();
    fs::create_dir_all(directory.join("schema")).unwrap();
    fs::write(directory.join("schema/Schemafile"), schemafile()).unwrap();
    let text = HOSTILE.replace('"', "\\\"");
    let settings = format!(
        "[labels]\n\"{text}\" = [\"users\", \"users.name\"]\n\
         [viewpoints.People]\ntext = \"{text}\"\ntables = [\"users\"]\n"
    );
    fs::write(directory.join("schema/schema.toml"), settings).unwrap();
    let rows = format!("COPY users (id, name) FROM stdin;\n1\t{HOSTILE}\n\\.\n");
    fs::write(directory.join("dump.sql"), rows).unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_gen-schema"))
        .current_dir(directory)
        .args(["docs", "--html", "page.html", "--dump", "dump.sql"])
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let page = directory.join("page.html");
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--virtual-time-budget=10000",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            directory.join("profile").display()
        ))
        .arg(format!("file://{}#{fragment}", page.display()))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("data-drawn="),
        "the page wasn't drawn: {text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// The part of the page that the script has made.
fn without_data(text: &str) -> &str {
    let (before, _) = text.split_once("<script").unwrap();
    before
}

fn a_table_is_shown_and_nothing_runs(browser: &Path) {
    let text = shown(browser, "table=users");
    assert!(!text.contains("data-owned"), "a hostile text ran");
    let page = without_data(&text);
    assert!(!page.contains("<img") && !page.contains("<b>"));
    // As a comment on the table and the column, as a default, and as a value.
    let times = page.matches("&lt;/script&gt;&lt;script&gt;").count();
    assert!(times >= 5, "{times} times: {page}");
    assert!(page.contains("data-table=\"1\""), "{page}");
    assert!(page.contains("#object=view%20recent"), "{page}");
}

fn a_view_is_shown_with_what_it_uses(browser: &Path) {
    let text = shown(browser, "object=view%20recent");
    let page = without_data(&text);
    assert!(!text.contains("data-owned"), "a hostile text ran");
    assert!(page.contains("CREATE VIEW recent"), "{page}");
    assert!(page.contains("href=\"#table=users\""), "{page}");
}

fn a_viewpoint_shows_its_tables_alone(browser: &Path) {
    let text = shown(browser, "viewpoint=People");
    let page = without_data(&text);
    assert!(!text.contains("data-owned"), "a hostile text ran");
    assert!(page.contains("data-table=\"0\""), "{page}");
    assert!(!page.contains("data-table=\"1\""), "{page}");
    assert!(
        page.contains("<option value=\"0\">People</option>"),
        "{page}"
    );
    assert!(
        page.contains("id=\"about-viewpoint\">&lt;/script&gt;"),
        "{page}"
    );
    // A table that isn't part of it is shown among all.
    let text = shown(browser, "viewpoint=People&table=orders");
    let page = without_data(&text);
    assert!(page.contains("data-table=\"1\""), "{page}");
    assert!(page.contains("id=\"about-viewpoint\"></p>"), "{page}");
}

/// A test in a browser.
type Test = fn(&Path);

#[expect(clippy::print_stderr, reason = "what isn't tested must be seen")]
fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let browser = chromium();
    if browser.is_none() && !arguments.list {
        eprintln!(
            "note: {}. Without it, the page is held to its text.",
            missing()
        );
    }
    let is_missing = browser.is_none();
    let browser = browser.unwrap_or_default();
    let tests: [(&str, Test); 3] = [
        (
            "a_table_is_shown_and_nothing_runs",
            a_table_is_shown_and_nothing_runs,
        ),
        (
            "a_view_is_shown_with_what_it_uses",
            a_view_is_shown_with_what_it_uses,
        ),
        (
            "a_viewpoint_shows_its_tables_alone",
            a_viewpoint_shows_its_tables_alone,
        ),
    ];
    let trials = tests
        .into_iter()
        .map(|(name, test)| {
            let browser = browser.clone();
            Trial::test(name, move || {
                test(&browser);
                Ok(())
            })
            .with_ignored_flag(is_missing)
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
