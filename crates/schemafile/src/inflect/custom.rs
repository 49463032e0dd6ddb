//! The application's own inflection rules: a Rails inflections.rb, or lines `drive drives`.

use super::{Inflections, compile};
use crate::diagnostic::Diagnostic;
use crate::ruby::{Call, Host, Interpreter, Located, Object, Value};
use crate::source::{SourceFile, Sources, Span};
use crate::{Diagnostics, MemoryLoader};

/// Reads the application's rules.
///
/// # Errors
/// What in the file is no rule, with its place.
pub(crate) fn read(file: SourceFile) -> Result<Inflections, Diagnostics> {
    let mut sources = Sources::default();
    let number = match sources.add(file) {
        Ok(number) => number,
        Err(problem) => return Err(Diagnostics::new(vec![problem], sources)),
    };
    let text = sources
        .file(number)
        .map(|file| file.text.clone())
        .unwrap_or_default();
    let mut rules = Rules::default();
    let loader = MemoryLoader::new();
    let mut interpreter = Interpreter::new(sources, &loader, Inflections::default(), String::new());
    if is_word_list(&text) {
        read_words(&text, number, &mut rules, &mut interpreter);
    } else {
        interpreter.read_file(&mut rules, number);
    }
    let diagnostics = Diagnostics::new(interpreter.diagnostics, interpreter.sources);
    if diagnostics.has_errors() {
        Err(diagnostics)
    } else {
        Ok(rules.inflections)
    }
}

/// Whether every line is empty, a comment, or one or two words.
fn is_word_list(text: &str) -> bool {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .all(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.len() <= 2
                && words.iter().all(|word| {
                    word.chars()
                        .all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-')
                })
                && words != ["end"]
        })
}

fn read_words(text: &str, file: u32, rules: &mut Rules, interpreter: &mut Interpreter<'_>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let span = Span {
            file,
            start: crate::source::offset(start),
            end: crate::source::offset(start + line.trim_end().len()),
        };
        start = end;
        let words: Vec<&str> = line
            .split('#')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        match words.as_slice() {
            [singular, plural] => {
                if let Err(why) = rules.inflections.add_irregular(singular, plural) {
                    interpreter.fail(span, why);
                }
            }
            [word] => rules.inflections.add_uncountable(word),
            _ => {}
        }
    }
}

/// The DSL of inflections.rb.
#[derive(Default)]
struct Rules {
    inflections: Inflections,
}

const METHODS: &[&str] = &[
    "plural",
    "singular",
    "irregular",
    "uncountable",
    "acronym",
    "human",
];

impl Host for Rules {
    fn call(&mut self, _: &mut Interpreter<'_>, _: &Call) -> Option<Value> {
        None
    }

    fn send(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        object: Object,
        call: &Call,
    ) -> Option<Value> {
        match (object, call.name.as_ref()) {
            (Object::Inflector, "inflections") => {
                let english = call
                    .arguments
                    .first()
                    .is_none_or(|locale| locale.value.as_name() == Some("en"));
                if let Some(block) = call.block.clone().filter(|_| english) {
                    let argument = Located {
                        value: Value::Object(Object::Inflections),
                        span: call.span,
                    };
                    interpreter.call_block(self, &block, vec![argument]);
                }
                Some(Value::Nil)
            }
            (Object::Inflections, method) if METHODS.contains(&method) => {
                if let Err((span, message)) = self.add(method, call) {
                    interpreter.report(Diagnostic::error(span, message));
                }
                Some(Value::Nil)
            }
            _ => None,
        }
    }

    fn method_names(&self, object: Option<Object>) -> Vec<&'static str> {
        match object {
            Some(Object::Inflections) => METHODS.to_vec(),
            _ => vec!["inflections"],
        }
    }

    fn constant(&mut self, name: &str) -> Option<Value> {
        matches!(name, "ActiveSupport::Inflector" | "ActiveSupport")
            .then_some(Value::Object(Object::Inflector))
    }
}

impl Rules {
    fn add(&mut self, method: &str, call: &Call) -> Result<(), (Span, String)> {
        match method {
            // They change how names of classes are written, not which word is whose plural.
            "acronym" | "human" => Ok(()),
            "uncountable" => {
                for argument in &call.arguments {
                    match &argument.value {
                        Value::Array(words) => {
                            for word in words.iter() {
                                self.inflections.add_uncountable(word_of(word)?);
                            }
                        }
                        _ => self.inflections.add_uncountable(word_of(argument)?),
                    }
                }
                Ok(())
            }
            _ => {
                let [from, to] = call.arguments.as_slice() else {
                    return Err((call.name_span, format!("`{method}` needs two arguments")));
                };
                let replacement = word_of(to)?;
                if method == "irregular" {
                    return self
                        .inflections
                        .add_irregular(word_of(from)?, replacement)
                        .map_err(|why| (from.span, why));
                }
                let pattern = match &from.value {
                    Value::Regexp {
                        pattern,
                        ignore_case,
                    } => compile(pattern, *ignore_case),
                    _ => {
                        let word = word_of(from)?;
                        self.inflections.forget_uncountable(word);
                        compile(&escape(word), false)
                    }
                }
                .map_err(|why| (from.span, format!("the pattern can't be used: {why}")))?;
                self.inflections.forget_uncountable(replacement);
                self.inflections
                    .add(method == "plural", pattern, replacement.to_owned());
                Ok(())
            }
        }
    }
}

fn word_of(argument: &Located) -> Result<&str, (Span, String)> {
    argument
        .value
        .as_name()
        .ok_or_else(|| (argument.span, "a word is needed here".to_owned()))
}

fn escape(word: &str) -> String {
    regex_lite::escape(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_rails_reads() {
        let text = r#"
ActiveSupport::Inflector.inflections(:en) do |inflect|
  inflect.irregular "drive", "drives"
  inflect.singular(/bonuses\z/i, "bonus")
  inflect.plural /^(ox)$/i, '\1en'
  inflect.uncountable %w[staff]
  inflect.acronym "API"
end
"#;
        let mut inflections = read(SourceFile::new("inflections.rb", text)).unwrap();
        assert_eq!(inflections.singular("seed_bonuses"), "seed_bonus");
        assert_eq!(inflections.singular("drives"), "drive");
        assert_eq!(inflections.plural("staff"), "staff");
    }

    #[test]
    fn reads_a_list_of_words() {
        let mut inflections =
            read(SourceFile::new("words", "# ours\ndrive drives\n\nstaff\n")).unwrap();
        assert_eq!(inflections.singular("drives"), "drive");
        assert_eq!(inflections.singular("staff"), "staff");
    }

    #[test]
    fn tells_what_is_no_rule() {
        let text = "ActiveSupport::Inflector.inflections(:en) do |inflect|\n  inflect.plurl 'a', 'b'\nend\n";
        let diagnostics = read(SourceFile::new("inflections.rb", text)).unwrap_err();
        let first = diagnostics.iter().next().unwrap();
        assert_eq!(diagnostics.place(first), ("inflections.rb", 2, 11));
        assert_eq!(first.hint.as_deref(), Some("did you mean `plural`?"));
    }
}
