//! Where others can get the sources that a program was built from, told from the remote of the clone that it was built in.
//!
//! The build script uses this, and bakes the answer in. A remote may have a secret in it, so nothing else is kept of it.

/// The address, or none for what is on this machine alone or isn't understood: `https://` without a user and password.
/// That is also made of ssh's forms, since hosts of repositories have both, and who builds in a job has no ssh key.
pub(crate) fn public_address(remote: &str) -> Option<String> {
    let (scheme, rest) = match remote.split_once("://") {
        Some((scheme @ ("https" | "http"), rest)) => (scheme, rest.to_owned()),
        Some(("ssh" | "git+ssh", rest)) => ("https", rest.to_owned()),
        Some(_) => return None,
        // git's short form, `git@HOST:PATH`. A path of Windows has a single letter before its colon.
        None => {
            let (host, path) = remote.split_once(':')?;
            if host.len() < 2 || host.contains(['/', '\\']) {
                return None;
            }
            ("https", format!("{host}/{}", path.trim_start_matches('/')))
        }
    };
    let (host, path) = rest.split_once('/')?;
    let host = host.rsplit('@').next()?;
    let ssh = scheme == "https" && !remote.starts_with("https://");
    // A port of ssh's says nothing of where https is.
    let host = if ssh { host.split(':').next()? } else { host };
    // What is written into files and shown in shells must need no quotes in them.
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~/:+%".contains(&byte))
    };
    let here = ["localhost", "127.", "[::1]"];
    (plain(host) && plain(path) && !here.iter().any(|name| host.starts_with(name)))
        .then(|| format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::public_address;

    #[test]
    fn a_remote_of_the_network_has_an_address_without_secrets() {
        for (remote, address) in [
            (
                "https://git.example.com/team/tools.git",
                "https://git.example.com/team/tools.git",
            ),
            (
                "https://ida:secret@git.example.com:8443/team/tools",
                "https://git.example.com:8443/team/tools",
            ),
            (
                "https://x@y@git.example.com/tools",
                "https://git.example.com/tools",
            ),
            (
                "git@git.example.com:team/tools.git",
                "https://git.example.com/team/tools.git",
            ),
            (
                "git.example.com:/team/tools.git",
                "https://git.example.com/team/tools.git",
            ),
            (
                "ssh://git@git.example.com:2222/team/tools.git",
                "https://git.example.com/team/tools.git",
            ),
            (
                "http://git.example.com/tools",
                "http://git.example.com/tools",
            ),
        ] {
            assert_eq!(public_address(remote).as_deref(), Some(address), "{remote}");
        }
    }

    #[test]
    fn what_nobody_else_reaches_has_none() {
        for remote in [
            "/srv/git/tools.git",
            "../tools",
            "C:\\src\\tools",
            "c:/src/tools",
            "file:///srv/git/tools.git",
            "https://localhost:3000/tools",
            "http://127.0.0.1/tools",
            "https://git.example.com",
            "https://git.example.com/it's",
            "https://git.example.com/a$(b)",
            "git://git.example.com/tools",
            "",
        ] {
            assert_eq!(public_address(remote), None, "{remote}");
        }
    }
}
