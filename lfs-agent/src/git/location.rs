//! Where a repository is, told the same way by all who reach it, whichever URL they use: `github.com/acme/shop`.
//!
//! Two that are one must seldom get different names, since `prune` would ask for one that it has read already; two that
//! are different must never share one, since it would think that it has read both. Where both can't be had, names differ.
//! What may be secret is left out: passwords, tokens, queries, the commands of remote helpers. What remains is stored for
//! others to read ([`dump_store::RepositoryName`]).

use std::path::{Component, Path, PathBuf};

use dump_store::{Oid, RepositoryName};
use percent_encoding::percent_decode_str;

/// The schemes that lead to one repository by the same host and path, with the ports that go without saying.
const SCHEMES: [(&str, u16); 7] = [
    ("https", 443),
    ("http", 80),
    ("ssh", 22),
    ("git", 9418),
    ("git+ssh", 22),
    ("ssh+git", 22),
    ("git+https", 443),
];

/// The user that hosting services have everybody be.
const SERVICE_USER: &str = "git";

/// So many digits of a hash stand for what may hold a secret.
const HASH_DIGITS: usize = 16;

/// Where the repository at `url` is, as git understands it in the directory `base`.
pub(crate) fn name(url: &str, base: &Path) -> RepositoryName {
    RepositoryName::new(&location(url, base))
}

/// Where a repository on this machine is, by its own directory or that of its work tree.
pub(crate) fn name_of_directory(directory: &Path) -> RepositoryName {
    RepositoryName::new(&local(directory))
}

fn location(url: &str, base: &Path) -> String {
    if let Some((helper, rest)) = helper(url) {
        return match rest.split_once("://") {
            Some((scheme, rest)) => format!("{helper}::{scheme}://{}", host_and_path(rest, None)),
            // A command, as likely as not.
            None => format!(
                "{helper}::{}",
                &Oid::of(rest.as_bytes()).to_hex()[..HASH_DIGITS]
            ),
        };
    }
    if let Some((scheme, rest)) = url.split_once("://") {
        let scheme = scheme.to_ascii_lowercase();
        if scheme == "file" {
            let path = percent_decode_str(rest).decode_utf8_lossy();
            return local(&base.join(path.as_ref()));
        }
        return match SCHEMES.iter().find(|(known, _)| *known == scheme) {
            Some((_, port)) => host_and_path(rest, Some(*port)),
            None => format!("{scheme}://{}", host_and_path(rest, None)),
        };
    }
    match short_form(url) {
        Some((user, host, path)) => of_short_form(user, host, path),
        None => local(&base.join(url)),
    }
}

/// `NAME::ADDRESS`, which git hands to the program `git-remote-NAME`.
fn helper(url: &str) -> Option<(&str, &str)> {
    let (name, rest) = url.split_once("::")?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    (!name.is_empty() && name.bytes().all(is_name)).then_some((name, rest))
}

/// `[USER[:PASSWORD]@]HOST[:PORT]/PATH` without what is secret, and without the usual `port`.
fn host_and_path(rest: &str, port: Option<u16>) -> String {
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (user.split(':').next().unwrap_or_default(), host),
        None => ("", authority),
    };
    let mut host = host.to_ascii_lowercase();
    if let Some(usual) = port {
        for ending in [format!(":{usual}"), ":".to_owned()] {
            if let Some(bare) = host.strip_suffix(&ending) {
                host = bare.to_owned();
            }
        }
    }
    let path = percent_decode_str(path).decode_utf8_lossy();
    // Only there is a user's name a part of where something is.
    let path = match path.strip_prefix("~/") {
        Some(path) => format!("~{user}/{path}"),
        None => path.into_owned(),
    };
    format!("{host}/{}", tidy(&path))
}

/// `[USER@]HOST:PATH`, which is no path on this machine: git's rule is that no slash comes before the colon.
fn short_form(url: &str) -> Option<(&str, &str, &str)> {
    let drive = url.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && url.as_bytes().get(1) == Some(&b':');
    if cfg!(windows) && drive {
        return None;
    }
    let (user, rest) = match url.split_once('@') {
        Some((user, rest)) if !user.contains(['/', ':']) => (user, rest),
        _ => ("", url),
    };
    let (host, path) = if rest.starts_with('[') {
        let (host, path) = rest.split_once(']')?;
        (host.strip_prefix('[')?, path.strip_prefix(':')?)
    } else {
        rest.split_once(':')?
    };
    (!host.is_empty() && !host.contains('/')).then_some((user, host, path))
}

/// A path without a slash at its beginning is one in the user's home; with a hosting service's user it is as in a URL.
fn of_short_form(user: &str, host: &str, path: &str) -> String {
    let in_home = path.strip_prefix("~/").unwrap_or(path);
    let is_personal = !user.is_empty() && user != SERVICE_USER;
    let path = if path.starts_with('/') || (path.starts_with('~') && in_home == path) {
        path.to_owned()
    } else if is_personal {
        format!("~{user}/{in_home}")
    } else {
        in_home.to_owned()
    };
    format!("{}/{}", host.to_ascii_lowercase(), tidy(&path))
}

/// A path on a server, without what makes no difference there.
fn tidy(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let path = parts.join("/");
    path.strip_suffix(".git").unwrap_or(&path).to_owned()
}

/// The repository's own directory, found as git finds it, by the path that has no links in it.
fn local(path: &Path) -> String {
    let mut with_suffix = path.as_os_str().to_owned();
    with_suffix.push(".git");
    let with_suffix = PathBuf::from(with_suffix);
    let is_repository = |path: &PathBuf| path.join("HEAD").is_file();
    let found = [
        path.join(".git"),
        path.to_owned(),
        with_suffix.join(".git"),
        with_suffix,
    ]
    .into_iter()
    .find(is_repository)
    .unwrap_or_else(|| path.to_owned());
    let found = found.canonicalize().unwrap_or_else(|_| plain(&found));
    let text = found.to_string_lossy().into_owned();
    if cfg!(windows) {
        text.trim_start_matches(r"\\?\").replace('\\', "/")
    } else {
        text
    }
}

/// The same path without `.` and `..`, for one that doesn't exist.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            _ => plain.push(component),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> String {
        location(url, Path::new("/nowhere/at/all"))
    }

    #[test]
    fn one_repository_has_one_location() {
        for url in [
            "https://github.com/acme/shop",
            "https://github.com/acme/shop.git",
            "https://github.com:443/acme/shop.git/",
            "https://GitHub.com//acme/shop",
            "HTTPS://user:token@github.com/acme/shop.git?x=y#z",
            "http://x-access-token:ghs_secret@github.com/acme/shop",
            "git@github.com:acme/shop.git",
            "git@github.com:/acme/shop",
            "github.com:acme/shop.git",
            "ssh://git@github.com/acme/shop.git",
            "ssh://alice@github.com:22/acme/shop",
            "git+ssh://git@github.com/acme/shop",
            "git://github.com/acme/shop",
        ] {
            assert_eq!(of(url), "github.com/acme/shop", "{url}");
        }
    }

    #[test]
    fn different_repositories_have_different_locations() {
        let urls = [
            "https://github.com/acme/shop",
            "https://github.com/fork/shop",
            "https://gitlab.com/acme/shop",
            "https://github.com:8443/acme/shop",
            "ssh://git@github.com:2222/acme/shop",
            "alice@github.com:acme/shop",
            "bob@github.com:acme/shop",
            "ssh://bob@github.com/~/shop",
            "carol@github.com:~dave/shop",
            "codecommit::us-east-1://shop",
            "codecommit::eu-west-1://shop",
            "s3://github.com/acme/shop",
            "ext::ssh me@there %S /srv/shop",
            "ext::ssh me@there %S /srv/other",
            "/srv/git/shop.git",
            "/srv/git/shop",
            "../shop.git",
            "file:///srv/git/other.git",
        ];
        let mut locations: Vec<String> = urls.iter().map(|url| of(url)).collect();
        locations.sort();
        locations.dedup();
        assert_eq!(locations.len(), urls.len(), "{locations:?}");
    }

    #[test]
    fn nothing_secret_is_in_a_location() {
        for url in [
            "https://SECRET@example.com/shop",
            "https://user:SECRET@example.com/shop",
            "https://user:p@SECRET@example.com/shop",
            "https://example.com/shop?token=SECRET",
            "https://example.com/shop#SECRET",
            "ssh://user:SECRET@example.com/shop",
            "codecommit::us-east-1://SECRET@shop",
            "ext::curl -H SECRET",
            "foo::SECRET@example.com/shop",
            "s3://SECRET:SECRET@bucket/shop",
        ] {
            assert!(!of(url).contains("SECRET"), "{url}: {}", of(url));
        }
    }

    #[test]
    fn a_path_is_that_of_the_repository_itself() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        for repository in ["bare.git", "tree/.git"] {
            std::fs::create_dir_all(root.join(repository)).unwrap();
            std::fs::write(root.join(repository).join("HEAD"), "ref: refs/heads/main\n").unwrap();
        }
        let [bare, tree] = ["bare.git", "tree/.git"].map(|path| local(&root.join(path)));
        let at = |url: &str| location(url, &root.join("tree"));
        assert_eq!(at("../bare.git"), bare);
        assert_eq!(at("../bare"), bare);
        assert_eq!(at(&format!("file://{}/bare.git", root.display())), bare);
        assert_eq!(at("."), tree);
        assert_eq!(at("../tree"), tree);
        assert_eq!(at("../tree/.git"), tree);
        assert_eq!(name_of_directory(&root.join("tree")).as_str(), tree);
        assert_eq!(at("../gone/../gone.git"), local(&root.join("gone.git")));
    }
}
