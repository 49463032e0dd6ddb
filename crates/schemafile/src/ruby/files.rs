//! `require` and its kin, `File` and `Dir`: reading other files of the project.

use super::eval::{Call, Host, Interpreter, MOST_ELEMENTS};
use super::value::{Located, Value};
use crate::diagnostic::Diagnostic;
use crate::loader::{LoadError, folder_of, resolve};
use crate::source::{SourceFile, Span};
use std::rc::Rc;

/// Files that may be in the middle of being read.
const MOST_NESTED: usize = 30;
/// Folders that one pattern may look into.
const MOST_FOLDERS: usize = 10_000;

/// A call without a receiver that belongs to Ruby itself; None when it doesn't.
pub(super) fn function(
    interpreter: &mut Interpreter<'_>,
    host: &mut dyn Host,
    call: &Call,
) -> Option<Value> {
    Some(match call.name.as_ref() {
        "require" | "load" => require(interpreter, host, call, None),
        "require_relative" => {
            let current = interpreter.current_path();
            let folder = folder_of(&current).to_owned();
            require(interpreter, host, call, Some(folder))
        }
        "__dir__" => Value::text(folder_of(&interpreter.current_path())),
        "proc" | "lambda" => match &call.block {
            Some(block) => Value::Lambda(Rc::clone(block)),
            None => interpreter.fail(call.name_span, format!("`{}` needs a block", call.name)),
        },
        _ => return None,
    })
}

fn require(
    interpreter: &mut Interpreter<'_>,
    host: &mut dyn Host,
    call: &Call,
    folder: Option<String>,
) -> Value {
    let Some(argument) = call.arguments.first() else {
        return interpreter.fail(call.name_span, format!("`{}` needs a path", call.name));
    };
    if argument.value.is_unknown() {
        return Value::Unknown;
    }
    let Some(path) = argument.value.as_name() else {
        return interpreter.fail(argument.span, format!("`{}` needs a path", call.name));
    };
    let folder = folder.unwrap_or_else(|| interpreter.entry_folder.clone());
    let Some(resolved) = resolve(&folder, path) else {
        return interpreter.fail(
            argument.span,
            format!("the file `{path}` lies outside of the project"),
        );
    };
    let mut candidates = vec![resolved.trim_start_matches('/').to_owned()];
    if resolved.strip_suffix(".rb").is_none() {
        candidates.push(format!("{}.rb", candidates[0]));
    }
    for candidate in &candidates {
        match interpreter.loader.read(candidate) {
            Ok(content) => {
                read(interpreter, host, argument.span, candidate, content);
                return Value::Bool(true);
            }
            Err(LoadError::Missing) => {}
            Err(LoadError::Unreadable(why)) => {
                return interpreter.fail(
                    argument.span,
                    format!("the file `{candidate}` can't be read: {why}"),
                );
            }
        }
    }
    let places = match candidates.as_slice() {
        [one] => format!("`{one}` isn't in the project"),
        several => format!("neither `{}` is in the project", several.join("` nor `")),
    };
    // What stands for no file of the project is meant for Ruby.
    let is_library = call.name.as_ref() == "require" && !path.contains(['.', '/']);
    let library = if is_library {
        "; a schema needs no library of Ruby's: take the line out if it asks for one"
    } else {
        ""
    };
    interpreter.report(
        Diagnostic::error(argument.span, format!("there is no file `{path}`"))
            .hint(format!("{places}{library}")),
    );
    Value::Unknown
}

fn read(
    interpreter: &mut Interpreter<'_>,
    host: &mut dyn Host,
    place: Span,
    path: &str,
    content: Vec<u8>,
) {
    let repeated = interpreter.reading.iter().any(|&file| {
        interpreter
            .sources
            .file(file)
            .is_some_and(|file| file.path == path)
    });
    if repeated {
        interpreter.fail(
            place,
            format!("`{path}` is being read already: the files require each other in a circle"),
        );
        return;
    }
    if interpreter.reading.len() >= MOST_NESTED {
        interpreter.fail(
            place,
            format!("files require each other more than {MOST_NESTED} deep"),
        );
        return;
    }
    match interpreter.sources.add(SourceFile::new(path, content)) {
        Ok(file) => interpreter.read_file(host, file),
        Err(problem) => interpreter.report(problem),
    }
}

/// A call on `File`, `Dir` and the like; None when it isn't supported.
pub(super) fn constant_call(
    interpreter: &mut Interpreter<'_>,
    constant: &str,
    call: &Call,
) -> Option<Value> {
    if call
        .arguments
        .iter()
        .any(|argument| argument.value.is_unknown())
    {
        return Some(Value::Unknown);
    }
    let paths: Vec<&str> = call
        .arguments
        .iter()
        .filter_map(|argument| argument.value.as_name())
        .collect();
    if paths.len() != call.arguments.len() {
        return None;
    }
    match (constant, call.name.as_ref(), paths.as_slice()) {
        ("File", "join", parts) => Some(Value::text(join(parts))),
        ("File", "dirname", [path]) => Some(Value::text(folder_of(path))),
        ("File", "basename", [path]) => {
            Some(Value::text(path.rsplit('/').next().unwrap_or_default()))
        }
        ("File", "basename", [path, ending]) => {
            let name = path.rsplit('/').next().unwrap_or_default();
            Some(Value::text(name.strip_suffix(ending).unwrap_or(name)))
        }
        ("File", "expand_path" | "absolute_path", [path]) => {
            let folder = interpreter.entry_folder.clone();
            Some(expand(interpreter, call.span, &folder, path))
        }
        ("File", "expand_path" | "absolute_path", [path, folder]) => {
            Some(expand(interpreter, call.span, folder, path))
        }
        ("Dir", "glob" | "[]", patterns) => {
            let mut found = Vec::new();
            for pattern in patterns {
                let folder = interpreter.entry_folder.clone();
                let Some(pattern) = resolve(&folder, pattern) else {
                    return Some(interpreter.fail(
                        call.span,
                        format!("the pattern `{pattern}` leaves the project"),
                    ));
                };
                match glob(interpreter, &pattern) {
                    Ok(paths) if paths.is_empty() => interpreter.report(Diagnostic::warning(
                        call.span,
                        format!("no file matches `{}`", pattern.trim_start_matches('/')),
                    )),
                    Ok(paths) => found.extend(paths),
                    Err(why) => return Some(interpreter.fail(call.span, why)),
                }
            }
            Some(Value::Array(
                found
                    .into_iter()
                    .map(|path| Located {
                        value: Value::text(path),
                        span: call.span,
                    })
                    .collect(),
            ))
        }
        _ => None,
    }
}

fn join(parts: &[&str]) -> String {
    let mut joined = String::new();
    for (number, part) in parts.iter().enumerate() {
        if number == 0 {
            joined.push_str(part);
        } else {
            let before = joined.trim_end_matches('/').len();
            joined.truncate(before);
            joined.push('/');
            joined.push_str(part.trim_start_matches('/'));
        }
    }
    joined
}

fn expand(interpreter: &mut Interpreter<'_>, span: Span, folder: &str, path: &str) -> Value {
    // `folder` may be a file, as in File.expand_path("../x", __FILE__): `..` takes its name away.
    match resolve(folder, path) {
        Some(path) => Value::text(path),
        None => interpreter.fail(span, format!("the path `{path}` leaves the project")),
    }
}

/// Files that match a pattern, sorted as Ruby sorts them: by bytes, folder by folder.
fn glob(interpreter: &Interpreter<'_>, pattern: &str) -> Result<Vec<String>, String> {
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    let mut found = Vec::new();
    let mut folders = 0;
    walk(interpreter, "", &parts, &mut found, &mut folders, 0)?;
    found.sort();
    found.dedup();
    Ok(found)
}

fn walk(
    interpreter: &Interpreter<'_>,
    folder: &str,
    parts: &[&str],
    found: &mut Vec<String>,
    folders: &mut usize,
    depth: usize,
) -> Result<(), String> {
    let Some((part, rest)) = parts.split_first() else {
        return Ok(());
    };
    *folders += 1;
    if *folders > MOST_FOLDERS || depth > MOST_NESTED || found.len() > MOST_ELEMENTS {
        return Err("the pattern looks into too many folders".into());
    }
    let entries = interpreter
        .loader
        .list(folder.trim_start_matches('/'))
        .map_err(|error| format!("the folder `{folder}` can't be listed: {error}"))?;
    if *part == "**" {
        walk(interpreter, folder, rest, found, folders, depth + 1)?;
        for entry in entries {
            if entry.is_folder && !entry.name.starts_with('.') {
                let inner = format!("{folder}/{}", entry.name);
                walk(interpreter, &inner, parts, found, folders, depth + 1)?;
            }
        }
        return Ok(());
    }
    for entry in entries {
        let hidden = entry.name.starts_with('.') && !part.starts_with('.');
        if hidden || !matches(part, &entry.name) {
            continue;
        }
        let path = format!("{folder}/{}", entry.name);
        if rest.is_empty() {
            if !entry.is_folder {
                found.push(path);
            }
        } else if entry.is_folder {
            walk(interpreter, &path, rest, found, folders, depth + 1)?;
        }
    }
    Ok(())
}

/// Whether a name matches one part of a pattern: `*`, `?`, `{a,b}`, `[abc]` less the last, which nobody uses.
fn matches(pattern: &str, name: &str) -> bool {
    if let (Some(open), Some(close)) = (pattern.find('{'), pattern.find('}'))
        && open < close
    {
        return pattern[open + 1..close].split(',').any(|choice| {
            let whole = format!("{}{choice}{}", &pattern[..open], &pattern[close + 1..]);
            matches(&whole, name)
        });
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    // The last `*` and where in the name it began: on a mismatch it takes one character more.
    let (mut at_pattern, mut at_name) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at_name < name.len() {
        match pattern.get(at_pattern) {
            Some('*') => {
                star = Some((at_pattern, at_name));
                at_pattern += 1;
            }
            Some(&character) if character == '?' || character == name[at_name] => {
                at_pattern += 1;
                at_name += 1;
            }
            _ => match star {
                Some((star_pattern, star_name)) => {
                    star = Some((star_pattern, star_name + 1));
                    at_pattern = star_pattern + 1;
                    at_name = star_name + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at_pattern..]
        .iter()
        .all(|&character| character == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names() {
        assert!(matches("*.rb", "a.rb"));
        assert!(matches("*", "anything"));
        assert!(matches("??_*.schema", "01_chats.schema"));
        assert!(matches("*.{rb,schema}", "x.schema"));
        assert!(!matches("*.rb", "a.rbx"));
        assert!(!matches("a", "b"));
        assert!(matches("*a*b*", "xxaxxbxx"));
    }

    #[test]
    fn joining_keeps_one_slash() {
        assert_eq!(join(&["/schema/", "/views", "*.rb"]), "/schema/views/*.rb");
    }
}
