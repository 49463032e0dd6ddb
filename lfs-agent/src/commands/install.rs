//! `install` and `uninstall`: the lines of git's configuration by which git-lfs finds the agent, and git what shows dumps.
//!
//! They name a program, so they can't be committed with a repository; each machine needs them once.

use std::env;
use std::path::{Path, PathBuf};

use crate::arguments::Scope;
use crate::error::AgentError;
use crate::git;
use crate::terminal::output::{remark, say};

/// The program's name, and what git-lfs knows the agent by.
pub(crate) const NAME: &str = "lfs-agent";

/// The keys of the lines, in the order of [`lines`].
const KEYS: [&str; 8] = [
    "lfs.customtransfer.lfs-agent.path",
    "lfs.customtransfer.lfs-agent.args",
    "lfs.lfs-agent::.standalonetransferagent",
    "diff.lfs-agent.command",
    "diff.lfs-agent.textconv",
    "merge.lfs-agent.name",
    "merge.lfs-agent.driver",
    "merge.lfs-agent.recursive",
];

/// The lines. The first names the program, the second says what to do where it isn't found ([`otherwise`]), the third for
/// which URLs it is: all that begin with `lfs-agent::`. The others are the drivers that `diff=lfs-agent` and `merge=lfs-agent` in `.gitattributes` name: for `git diff`, for `git log -p`, and
/// for merging. Where several versions are what both sides come from, git merges those first; a conflict among them is
/// nobody's to decide, so git takes the oldest (`binary`).
///
/// git runs a driver by a shell, on every system. So does git-lfs, which quotes the program by itself and nothing of what is
/// behind it.
fn lines(program: &str, place: Option<&str>) -> [(&'static str, String); 8] {
    let quoted = shell_quoted(program);
    let values = [
        program.to_owned(),
        otherwise(place),
        NAME.to_owned(),
        format!("{quoted} diff --git"),
        format!("{quoted} show"),
        "dumps by table, key and cell".to_owned(),
        format!("{quoted} merge-driver %O %A %B %P"),
        "binary".to_owned(),
    ];
    let mut values = values.into_iter();
    KEYS.map(|key| (key, values.next().unwrap_or_default()))
}

/// What a shell does when the program isn't found, of which git-lfs would only say `EOF`. A client with windows, started by
/// the desktop, often has another PATH than a terminal, so the program is looked for where it was when this was written; if it
/// isn't there either, git-lfs gets an answer in the program's place, which it shows.
fn otherwise(place: Option<&str>) -> String {
    let also = place.map(|place| format!(", nor at {place}"));
    let also = also.unwrap_or_default();
    let answer = serde_json::json!({"error": {"code": 3, "message": format!(
        "lfs-agent isn't in the PATH of the program that runs git{also}\nhint: run `lfs-agent install` again in a terminal, from where it is now"
    )}});
    let answer = always_quoted(&answer.to_string());
    let there = place.map(always_quoted);
    let there = there.map(|place| format!(" [ ! -x {place} ] || exec {place};"));
    // 127 is what a shell says of a program that it can't find.
    format!(
        "|| {{ s=$?; [ $s = 127 ] || exit $s;{} read -r _; printf '%s\\n' {answer}; cat >/dev/null; }}",
        there.unwrap_or_default()
    )
}

/// How the lines name the program: by its name alone if that finds it, wherever an update puts it, and otherwise by its
/// place. With slashes, which Windows and the shell of git for Windows understand both, where a shell would take a backslash
/// for something else.
fn program(in_path: bool, place: Option<&str>) -> String {
    match place {
        Some(place) if !in_path => with_slashes(place),
        _ => NAME.to_owned(),
    }
}

/// A place as a shell understands it, on Windows too.
fn with_slashes(place: &str) -> String {
    let place = place.strip_prefix(r"\\?\").unwrap_or(place);
    let windows = place.as_bytes().get(1) == Some(&b':') || place.starts_with(r"\\");
    if windows {
        place.replace('\\', "/")
    } else {
        place.to_owned()
    }
}

/// A word as a shell reads it back.
fn shell_quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-:+@%".contains(&byte);
    if word.bytes().all(plain) {
        word.to_owned()
    } else {
        always_quoted(word)
    }
}

fn always_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Writes the lines, and warns where they depend on a place.
pub(crate) fn write(scope: Scope) -> Result<(), AgentError> {
    let place = env::current_exe().ok();
    let in_path = find_in_path(NAME).is_some();
    let place = place.as_deref().and_then(Path::to_str);
    let program = program(in_path, place);
    for (key, value) in lines(&program, place.map(with_slashes).as_deref()) {
        git::run(&["config", scope.flag(), "--replace-all", key, &value])?;
    }
    if !in_path {
        remark(&format!(
            "warning: `{NAME}` is not in PATH, so git was told its place: `{program}`\nhint: run `install` again if you move it, or put its directory into PATH"
        ));
    }
    Ok(())
}

/// Writes the lines, and says what else this machine needs.
pub(crate) fn install(scope: Scope, quiet: bool) -> Result<(), AgentError> {
    write(scope)?;
    if !quiet {
        say(&format!(
            "lfs-agent is set up in the {scope} git configuration. Repositories whose `lfs.url` begins with `lfs-agent::` use it now.\nA clone that stopped for want of it: `git reset --hard` in the clone finishes it."
        ));
    }
    if scope == Scope::System {
        remark(
            "warning: some versions of git-lfs don't read the system's configuration during a clone\nhint: have each user run `lfs-agent install` as well",
        );
    }
    if !git::attempt(&["lfs", "version"])?.status.success() {
        remark(
            "warning: git-lfs is not installed\nhint: install it (https://git-lfs.com), then run `git lfs install --skip-repo`",
        );
    } else if !git::attempt(&["config", "--get", "filter.lfs.process"])?
        .status
        .success()
    {
        remark(
            "warning: git-lfs is installed, but git doesn't use it yet\nhint: run `git lfs install --skip-repo`",
        );
    }
    Ok(())
}

/// Removes the lines. Not having them is no failure.
pub(crate) fn uninstall(scope: Scope, quiet: bool) -> Result<(), AgentError> {
    for key in KEYS {
        let present = git::attempt(&["config", scope.flag(), "--get-all", key])?;
        if present.status.success() {
            git::run(&["config", scope.flag(), "--unset-all", key])?;
        }
    }
    if !quiet {
        say(&format!(
            "lfs-agent is no longer in the {scope} git configuration."
        ));
    }
    Ok(())
}

/// Where a program is found by its name alone, as a shell would.
pub(crate) fn find_in_path(program: &str) -> Option<PathBuf> {
    let directories = env::var_os("PATH")?;
    let directories: Vec<PathBuf> = env::split_paths(&directories).collect();
    find(
        program,
        env::consts::EXE_SUFFIX,
        &directories,
        Path::is_file,
    )
}

/// The first of the directories that has the program, with the ending that programs have on this system.
fn find(
    program: &str,
    ending: &str,
    directories: &[PathBuf],
    is_file: impl Fn(&Path) -> bool,
) -> Option<PathBuf> {
    let file_name = format!("{program}{ending}");
    directories
        .iter()
        .map(|directory| directory.join(&file_name))
        .find(|candidate| is_file(candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_in_path_is_named_without_its_place_and_ending() {
        for place in [
            None,
            Some("/usr/bin/lfs-agent"),
            Some(r"C:\tools\lfs-agent.exe"),
        ] {
            let written = lines(&program(true, place), None);
            let others = written.iter().filter(|(key, _)| *key != KEYS[1]);
            let values: Vec<&str> = others.map(|(_, value)| value.as_str()).collect();
            assert_eq!(
                values,
                [
                    "lfs-agent",
                    "lfs-agent",
                    "lfs-agent diff --git",
                    "lfs-agent show",
                    "dumps by table, key and cell",
                    "lfs-agent merge-driver %O %A %B %P",
                    "binary"
                ]
            );
        }
        assert_eq!(program(false, None), "lfs-agent");
    }

    #[test]
    fn a_program_elsewhere_is_named_so_that_git_lfs_and_a_shell_find_it() {
        for (place, named, driver) in [
            (
                "/opt/lfs-agent",
                "/opt/lfs-agent",
                "/opt/lfs-agent diff --git",
            ),
            (
                "/home/ida/my tools/lfs-agent",
                "/home/ida/my tools/lfs-agent",
                "'/home/ida/my tools/lfs-agent' diff --git",
            ),
            (
                "/home/o'hara/back\\slash/lfs-agent",
                "/home/o'hara/back\\slash/lfs-agent",
                r"'/home/o'\''hara/back\slash/lfs-agent' diff --git",
            ),
            (
                r"C:\tools\lfs-agent.exe",
                "C:/tools/lfs-agent.exe",
                "C:/tools/lfs-agent.exe diff --git",
            ),
            (
                r"C:\Users\Ida Ö\AppData\lfs-agent.exe",
                "C:/Users/Ida Ö/AppData/lfs-agent.exe",
                "'C:/Users/Ida Ö/AppData/lfs-agent.exe' diff --git",
            ),
            (
                r"\\?\D:\Program Files (x86)\$team\lfs-agent.exe",
                "D:/Program Files (x86)/$team/lfs-agent.exe",
                "'D:/Program Files (x86)/$team/lfs-agent.exe' diff --git",
            ),
            (
                r"\\server\share\lfs-agent.exe",
                "//server/share/lfs-agent.exe",
                "//server/share/lfs-agent.exe diff --git",
            ),
        ] {
            let [
                (_, path),
                _,
                (_, name),
                (_, diff),
                (_, show),
                _,
                (_, merge),
                _,
            ] = lines(&program(false, Some(place)), None);
            assert_eq!((path.as_str(), name.as_str()), (named, "lfs-agent"));
            assert_eq!(diff, driver);
            assert_eq!(show, driver.replace("diff --git", "show"));
            assert_eq!(
                merge,
                driver.replace("diff --git", "merge-driver %O %A %B %P")
            );
        }
    }

    #[test]
    fn programs_are_looked_for_with_the_systems_ending() {
        let directories = ["first", "second"].map(PathBuf::from);
        let there = |path: &Path| path == Path::new("second/lfs-agent.exe");
        let second = Some(PathBuf::from("second/lfs-agent.exe"));
        assert_eq!(find("lfs-agent", ".exe", &directories, there), second);
        assert_eq!(find("lfs-agent", "", &directories, there), None);
    }
}
