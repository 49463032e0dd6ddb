//! Commands in hints, which are typed or pasted as they stand: into a Unix shell, PowerShell or `cmd`.

/// The words as one line.
pub(crate) fn command(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    quoted.join(" ")
}

/// Double quotes are the only ones that all of these shells know.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+=:@%,~\\".contains(letter);
    let is_plain = |letter| is_plain(letter) && (cfg!(windows) || letter != '\\');
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    let mut quoted = String::from('"');
    for letter in word.chars() {
        let special = matches!(letter, '"' | '$' | '`') || (letter == '\\' && !cfg!(windows));
        if special {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn words_come_through_a_shell_as_they_are() {
        let words = [
            "git",
            "-C",
            "/a b/ü",
            "fetch",
            "+refs/*:refs/x/*",
            "HEAD",
            "",
        ];
        assert_eq!(
            command(&words),
            "git -C \"/a b/ü\" fetch \"+refs/*:refs/x/*\" HEAD \"\""
        );
        #[cfg(unix)]
        {
            let words = [
                "printf", "%s\\n", "a'b", "c\"d", "$HOME", "`x`", "e\\f", "*", "~/g",
            ];
            let output = std::process::Command::new("sh")
                .args(["-c", &command(&words)])
                .env("HOME", "~")
                .output()
                .unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            assert_eq!(printed.lines().collect::<Vec<_>>(), words[2..]);
        }
    }
}
