//! `init`: what a team commits so that its dumps go to S3.
//!
//! `.lfsconfig` is written by git itself. `.gitattributes` gets the lines that are missing, at its end; all others stay as
//! they are, and a second `init` changes nothing. What this clone needs so that git hands its dumps to git-lfs at all is in
//! [`set_up`].

mod set_up;

use std::fs;
use std::io;
use std::path::Path;

use crate::arguments::InitArguments;
use crate::error::AgentError;
use crate::git::repository::Repository;
use crate::git::tracked::{ignored, tracked};
use crate::git::{self, GitConfig};
use crate::store::address;
use crate::store::remote_url::{RemoteUrl, SCHEME, normal_endpoint};
use crate::store::trust::{self, ALLOW_ENDPOINT, ALLOW_ENDPOINT_SHOWN};
use crate::terminal::output::{remark, say};

/// Plain SQL, which must have the same bytes everywhere: a checkout with other line endings is another file to a database.
const SQL_ATTRIBUTES: (&str, &str) = ("*.sql", "text eol=lf");

/// SQL that gen-schema makes of the schema: nobody is to merge it by hand (see `merge`).
const SCHEMA_ATTRIBUTES: (&str, &str) = ("dumps/01_schema.sql", "merge=lfs-agent");

/// What `git lfs track` would write for a pattern, but for the drivers that show and merge dumps (see `install`). Where
/// they aren't set up, git shows and merges the pointers as before.
const LFS_ATTRIBUTES: &str = "filter=lfs diff=lfs-agent merge=lfs-agent -text";

/// What `gen-schema init` has git ignore as long as no bucket has it, and what stands in the comment above.
const ROWS_IGNORED: &str = "dumps/*.sql.gz";
const OUR_COMMENT: &str = "`lfs-agent init` takes this line out";

/// Prepares the repository around the current directory.
pub(crate) fn init(arguments: &InitArguments, quiet: bool) -> Result<(), AgentError> {
    let url = arguments_url(arguments)?;
    let repository = Repository::discover()?;
    let root = repository.work_tree().ok_or(AgentError::NoWorkTree)?;
    set_up::require_git_lfs()?;
    let lfsconfig = root.join(".lfsconfig");
    write_lfsconfig(&lfsconfig, &url, arguments.force)?;
    let fetches_now = fetch_everything(&lfsconfig)?;
    let mut wanted: Vec<(&str, &str)> = arguments
        .track
        .iter()
        .map(|pattern| (pattern.as_str(), LFS_ATTRIBUTES))
        .collect();
    wanted.extend([SQL_ATTRIBUTES, SCHEMA_ATTRIBUTES]);
    write_attributes(&root.join(".gitattributes"), &wanted)?;
    let fetched_from_ignored = keep_rows(&root.join(".gitignore"))?;
    let endpoint = url.parameters.endpoint.as_deref();
    if let Some(endpoint) = endpoint {
        approve(endpoint, repository.config())?;
    }
    let set_up = set_up::set_up(repository.config())?;
    if !quiet {
        if let Some(sentence) = set_up.sentence() {
            say(&sentence);
        }
        if fetches_now {
            say(
                "Took `fetchexclude = *` out of .lfsconfig: with a bucket, clones are to fetch the dumps.",
            );
        }
        explain(&url, arguments, endpoint, fetched_from_ignored);
    }
    warn_of_files(root, &arguments.track)?;
    if let Some(endpoint) =
        endpoint.filter(|endpoint| endpoint.starts_with("http://") && !trust::is_loopback(endpoint))
    {
        remark(&format!(
            "warning: dumps will travel to {endpoint} unencrypted\nhint: use https where you can"
        ));
    }
    Ok(())
}

/// The URL that the command line says.
fn arguments_url(arguments: &InitArguments) -> Result<RemoteUrl, AgentError> {
    let mut url = RemoteUrl::parse(&arguments.url).map_err(|error| AgentError::TypedUrl {
        url: arguments.url.clone(),
        error,
        command: address::meant(&arguments.url).map(|meant| to_type(meant, arguments)),
    })?;
    if let Some(region) = &arguments.region {
        let wrong = |error| AgentError::Option { error, meant: None };
        url.parameters.set("region", region).map_err(wrong)?;
    }
    if let Some(endpoint) = &arguments.endpoint {
        let wrong = |error| AgentError::Option {
            error,
            meant: with_scheme(endpoint),
        };
        url.parameters.set("endpoint", endpoint).map_err(wrong)?;
    }
    if arguments.path_style {
        url.parameters.path_style = Some(true);
    }
    if arguments.whole {
        url.parameters.whole = Some(true);
    }
    Ok(url)
}

/// An endpoint that was typed without `https://`.
fn with_scheme(endpoint: &str) -> Option<String> {
    let whole = format!("https://{}", endpoint.trim_start_matches('/'));
    let bare = !endpoint.contains("://");
    let normal = normal_endpoint(&whole).filter(|_| bare)?;
    Some(format!("--endpoint {normal}"))
}

/// The command that was meant, with the options that were given.
fn to_type(mut meant: RemoteUrl, arguments: &InitArguments) -> String {
    let given = |option: &Option<String>, of_url: Option<String>| option.clone().or(of_url);
    let region = given(&arguments.region, meant.parameters.region.take());
    let endpoint = given(&arguments.endpoint, meant.parameters.endpoint.take());
    let path_style = meant.parameters.path_style.take() == Some(true) || arguments.path_style;
    let url = meant.to_string();
    let url = url.strip_prefix(SCHEME).unwrap_or(&url);
    // What is left behind a question mark needs quotes.
    let mut command = if url.contains('?') {
        format!("lfs-agent init '{url}'")
    } else {
        format!("lfs-agent init {url}")
    };
    for (option, value) in [("--region", region), ("--endpoint", endpoint)] {
        if let Some(value) = value {
            command = format!("{command} {option} {value}");
        }
    }
    for (option, given) in [
        ("--path-style", path_style),
        ("--whole", arguments.whole),
        ("--force", arguments.force),
    ] {
        if given {
            command = format!("{command} {option}");
        }
    }
    command
}

fn write_lfsconfig(path: &Path, url: &RemoteUrl, force: bool) -> Result<(), AgentError> {
    let url = url.to_string();
    let found = GitConfig::of_file(path)?.get("lfs.url").map(str::to_owned);
    match found {
        Some(found) if found == url => return Ok(()),
        Some(found) if !force => return Err(AgentError::UrlIsSet { found }),
        _ => {}
    }
    git::run(&[
        "config",
        "-f",
        &path.to_string_lossy(),
        "--replace-all",
        "lfs.url",
        &url,
    ])?;
    Ok(())
}

/// Takes out the line with which a repository without a bucket tells its clones to leave pointers as they are. Other
/// exclusions are somebody's choice and stay.
fn fetch_everything(path: &Path) -> Result<bool, AgentError> {
    const EXCLUDE: &str = "lfs.fetchexclude";
    if GitConfig::of_file(path)?.get(EXCLUDE) != Some("*") {
        return Ok(false);
    }
    git::run(&[
        "config",
        "-f",
        &path.to_string_lossy(),
        "--unset-all",
        EXCLUDE,
    ])?;
    Ok(true)
}

fn write_attributes(path: &Path, wanted: &[(&str, &str)]) -> Result<(), AgentError> {
    let present = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(AgentError::file("read", path, error)),
    };
    let text = with_attributes(&present, wanted);
    if text == present {
        return Ok(());
    }
    whole_file::write(path, &mut text.as_bytes())
        .map_err(|error| AgentError::file("write", path, error))
}

/// Takes out the line that kept rows out of git while there was no bucket, with its comment.
fn keep_rows(path: &Path) -> Result<bool, AgentError> {
    let present = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(AgentError::file("read", path, error)),
    };
    let Some(text) = without_ignored_rows(&present) else {
        return Ok(false);
    };
    whole_file::write(path, &mut text.as_bytes())
        .map_err(|error| AgentError::file("write", path, error))?;
    Ok(true)
}

/// The text without that line, if it is there and ours.
fn without_ignored_rows(present: &str) -> Option<String> {
    let lines: Vec<&str> = present.split_inclusive('\n').collect();
    let position = lines.windows(2).position(|pair| {
        pair[0].starts_with('#') && pair[0].contains(OUR_COMMENT) && pair[1].trim() == ROWS_IGNORED
    })?;
    Some(
        [&lines[..position], &lines[position + 2..]]
            .concat()
            .concat(),
    )
}

/// Tells of dumps that git has itself by now, and of those that it won't take.
fn warn_of_files(root: &Path, patterns: &[String]) -> Result<(), AgentError> {
    let in_git = tracked(root)?.in_git;
    if !in_git.is_empty() {
        remark(&format!(
            "warning: git has {} itself, from before this\nhint: run `git add --renormalize .` and commit; what history has of it already, `git lfs migrate import` takes out",
            in_git.join(", ")
        ));
    }
    if let Some(path) = ignored(root, patterns)?.first() {
        remark(&format!(
            "warning: git ignores {path}, so nobody will get it\nhint: `git check-ignore --verbose {path}` says which line of which file to take out"
        ));
    }
    Ok(())
}

/// `present` with those lines of `wanted` added that it doesn't have in meaning.
fn with_attributes(present: &str, wanted: &[(&str, &str)]) -> String {
    let mut text = present.to_owned();
    for (pattern, attributes) in wanted {
        let pattern = quoted(pattern);
        let has = |line: &str| {
            line.trim().strip_prefix(&pattern).is_some_and(|rest| {
                rest.starts_with(char::is_whitespace)
                    && attributes
                        .split(' ')
                        .all(|attribute| rest.split_whitespace().any(|found| found == attribute))
            })
        };
        if text.lines().any(has) {
            continue;
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text = format!("{text}{pattern} {attributes}\n");
    }
    text
}

/// A pattern as it stands in `.gitattributes`: white space in it has to be escaped.
fn quoted(pattern: &str) -> String {
    pattern.replace(' ', "[[:space:]]")
}

/// Who types an endpoint approves of it, in this repository.
fn approve(endpoint: &str, config: &GitConfig) -> Result<(), AgentError> {
    if config
        .all(ALLOW_ENDPOINT)
        .any(|allowed| allowed == endpoint)
    {
        return Ok(());
    }
    git::run(&["config", "--local", "--add", ALLOW_ENDPOINT, endpoint])?;
    Ok(())
}

fn explain(url: &RemoteUrl, arguments: &InitArguments, endpoint: Option<&str>, ignored: bool) {
    let address = url.to_string();
    let place = address.strip_prefix(SCHEME).unwrap_or(&address);
    say(&format!(
        "This repository keeps {} in {place}.",
        arguments.track.join(", ")
    ));
    say("Next:");
    let ignored = if ignored { " .gitignore" } else { "" };
    say(&format!(
        "  git add .lfsconfig .gitattributes{ignored} && git commit -m \"Keep dumps in S3\""
    ));
    say("and once on each machine that clones, pulls or pushes:");
    say("  git lfs install --skip-repo && lfs-agent install");
    if let Some(endpoint) = endpoint {
        say(&format!(
            "  git config --global --add {ALLOW_ENDPOINT_SHOWN} {endpoint}"
        ));
    }
    say("Give the bucket a lifecycle rule that aborts incomplete multipart uploads after 7 days.");
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: &[(&str, &str)] = &[("dumps/*.sql.gz", LFS_ATTRIBUTES), SQL_ATTRIBUTES];

    #[test]
    fn missing_lines_are_added_and_others_left_alone() {
        let ours = format!("dumps/*.sql.gz {LFS_ATTRIBUTES}\n*.sql text eol=lf\n");
        assert_eq!(with_attributes("", WANTED), ours);
        assert_eq!(
            with_attributes("# mine\n*.png binary", WANTED),
            format!("# mine\n*.png binary\n{ours}")
        );
        assert_eq!(with_attributes(&ours, WANTED), ours);
    }

    #[test]
    fn a_line_that_means_the_same_is_enough() {
        let theirs = "dumps/*.sql.gz\t-text merge=lfs-agent  diff=lfs-agent filter=lfs lockable\n  *.sql eol=lf text\n";
        assert_eq!(with_attributes(theirs, WANTED), theirs);
        let other = "dumps/*.sql.gz.old filter=lfs diff=lfs-agent merge=lfs-agent -text\n";
        assert!(with_attributes(other, WANTED).contains("\ndumps/*.sql.gz filter=lfs"));
    }

    #[test]
    fn the_line_that_ignored_rows_goes_and_no_other() {
        let ours = format!("# Rows. {OUR_COMMENT}.\n{ROWS_IGNORED}\n");
        let text = format!("/target\n{ours}.env\n");
        assert_eq!(
            without_ignored_rows(&text).as_deref(),
            Some("/target\n.env\n")
        );
        assert_eq!(without_ignored_rows(&ours).as_deref(), Some(""));
        for theirs in ["dumps/*.sql.gz\n", "# mine\ndumps/*.sql.gz\n", ""] {
            assert_eq!(without_ignored_rows(theirs), None);
        }
    }

    #[test]
    fn what_was_meant_is_shown_with_the_options_that_were_given() {
        let arguments = |url: &str| InitArguments {
            url: url.to_owned(),
            region: Some("eu-west-3".to_owned()),
            endpoint: None,
            path_style: false,
            whole: true,
            track: Vec::new(),
            force: false,
        };
        for (typed, expected) in [
            (
                "s3:/dumps/shop",
                "lfs-agent init s3://dumps/shop --region eu-west-3 --whole",
            ),
            (
                "https://minio.example.com/dumps",
                "lfs-agent init s3://dumps --region eu-west-3 --endpoint https://minio.example.com --path-style --whole",
            ),
            (
                "s3:dumps?sse=AES256",
                "lfs-agent init 's3://dumps?sse=AES256' --region eu-west-3 --whole",
            ),
        ] {
            let meant = address::meant(typed).unwrap();
            assert_eq!(to_type(meant, &arguments(typed)), expected);
        }
    }

    #[test]
    fn a_space_in_a_pattern_is_escaped() {
        let text = with_attributes("", &[("my dumps/*.gz", "-text")]);
        assert_eq!(text, "my[[:space:]]dumps/*.gz -text\n");
        assert_eq!(with_attributes(&text, &[("my dumps/*.gz", "-text")]), text);
    }
}
