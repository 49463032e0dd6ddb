//! The command that is running, as one would type it to run it again: a hint that says `run gen-schema` is wrong when
//! it was run with flags that decide what it makes.

use std::ffi::OsString;

/// The running command without some of its arguments, quoted for a shell.
pub fn this_command_without(name: &str, left_out: &[&str]) -> String {
    again(name, std::env::args_os().skip(1), left_out)
}

fn again(name: &str, arguments: impl Iterator<Item = OsString>, left_out: &[&str]) -> String {
    let mut command = name.to_owned();
    for argument in arguments {
        let argument = argument.to_string_lossy();
        if !left_out.contains(&argument.as_ref()) {
            command.push(' ');
            command.push_str(&quoted(&argument));
        }
    }
    command
}

fn quoted(argument: &str) -> String {
    let plain = |character: char| {
        character.is_alphanumeric()
            || matches!(
                character,
                '-' | '_' | '.' | '/' | '=' | ':' | ',' | '+' | '@' | '%'
            )
    };
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_repeated_with_its_flags_and_without_the_check() {
        let run = |arguments: &[&str]| {
            again(
                "gen-schema",
                arguments.iter().map(OsString::from),
                &["--check"],
            )
        };
        assert_eq!(run(&["--check"]), "gen-schema");
        assert_eq!(
            run(&["--rails-version", "5.0", "--check", "my schema.rb"]),
            "gen-schema --rails-version 5.0 'my schema.rb'"
        );
        assert_eq!(run(&["it's"]), "gen-schema 'it'\\''s'");
    }
}
