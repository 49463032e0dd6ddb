//! The application's own inflection rules: a Rails inflections.rb, or lines `drive drives`.

use super::lines::{LineProblem, add_lines};
use super::{InflectionError, Inflections, Pattern, Scope, WITHOUT_EFFECT};
use crate::diagnostic::Diagnostic;
use crate::ruby::{Call, Host, Interpreter, Located, Object, Value};
use crate::source::{SourceFile, Sources, Span, offset};
use crate::{Diagnostics, MemoryLoader};

/// Reads the application's rules.
///
/// # Errors
/// What in the file is no rule, with its place.
pub(crate) fn read(file: SourceFile) -> Result<Inflections, Diagnostics> {
    let mut sources = Sources::default();
    let path = file.path.clone();
    let number = match sources.add(file) {
        Ok(number) => number,
        Err(problem) => return Err(Diagnostics::new(vec![problem], sources)),
    };
    let text = sources
        .file(number)
        .map(|file| file.text.clone())
        .unwrap_or_default();
    let mut rules = Rules {
        inflections: Inflections::english(),
    };
    let loader = MemoryLoader::new();
    let inflections = Inflections::english();
    let mut interpreter = Interpreter::new(sources, &loader, inflections, String::new());
    if is_ruby(&path, &text) {
        interpreter.read_file(&mut rules, number);
    } else if let Err(problems) = add_lines(&mut rules.inflections, &text) {
        for problem in problems {
            let span = Span {
                file: number,
                start: offset(problem.range.start),
                end: offset(problem.range.end),
            };
            interpreter.report(match &problem.problem {
                LineProblem::Inflection(error) => diagnostic(span, error),
                other @ LineProblem::TooManyWords(_) => Diagnostic::error(span, other.to_string()),
            });
        }
    }
    let diagnostics = Diagnostics::new(interpreter.diagnostics, interpreter.sources);
    if diagnostics.has_errors() {
        Err(diagnostics)
    } else {
        Ok(rules.inflections)
    }
}

/// Whether a file is Ruby by its name, or speaks of Rails' inflector in a line that is no comment.
fn is_ruby(path: &str, text: &str) -> bool {
    let is_named_so = path
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("rb"));
    is_named_so
        || text
            .lines()
            .any(|line| !line.trim_start().starts_with('#') && line.contains("Inflector"))
}

/// The DSL of inflections.rb.
struct Rules {
    inflections: Inflections,
}

const METHODS: &[&str] = &[
    "plural",
    "singular",
    "irregular",
    "uncountable",
    "clear",
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
                if let Err(problem) = self.add(method, call) {
                    interpreter.report(*problem);
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
    fn add(&mut self, method: &str, call: &Call) -> Result<(), Box<Diagnostic>> {
        if WITHOUT_EFFECT.contains(&method) {
            return Ok(());
        }
        if method == "clear" {
            let Some(argument) = call.arguments.first() else {
                self.inflections.clear(Scope::All);
                return Ok(());
            };
            let scope = Scope::named(word_of(argument)?).map_err(at(argument.span))?;
            self.inflections.clear(scope);
            return Ok(());
        }
        if method == "uncountable" {
            for argument in &call.arguments {
                let words = match &argument.value {
                    Value::Array(words) => words.to_vec(),
                    _ => vec![argument.clone()],
                };
                for word in &words {
                    self.inflections
                        .uncountable([word_of(word)?])
                        .map_err(at(word.span))?;
                }
            }
            return Ok(());
        }
        let [from, to] = call.arguments.as_slice() else {
            let message = format!("`{method}` needs two arguments");
            return Err(Box::new(Diagnostic::error(call.name_span, message)));
        };
        let replacement = word_of(to)?;
        if method == "irregular" {
            return self
                .inflections
                .irregular(word_of(from)?, replacement)
                .map_err(at(from.span));
        }
        let pattern = match &from.value {
            Value::Regexp { pattern, options } => {
                Pattern::regex(pattern, options).map_err(at(from.span))?
            }
            _ => Pattern::text(word_of(from)?),
        };
        if method == "plural" {
            self.inflections.plural(pattern, replacement)
        } else {
            self.inflections.singular(pattern, replacement)
        }
        .map_err(at(to.span))
    }
}

fn at(span: Span) -> impl Fn(InflectionError) -> Box<Diagnostic> {
    move |error| Box::new(diagnostic(span, &error))
}

fn diagnostic(span: Span, error: &InflectionError) -> Diagnostic {
    Diagnostic::error(span, error.to_string()).maybe_hint(error.hint().map(str::to_owned))
}

fn word_of(argument: &Located) -> Result<&str, Box<Diagnostic>> {
    argument
        .value
        .as_name()
        .ok_or_else(|| Box::new(Diagnostic::error(argument.span, "a word is needed here")))
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
        let inflections = read(SourceFile::new("inflections.rb", text)).unwrap();
        assert_eq!(inflections.singularize("seed_bonuses"), "seed_bonus");
        assert_eq!(inflections.singularize("drives"), "drive");
        assert_eq!(inflections.pluralize("staff"), "staff");
    }

    #[test]
    fn reads_a_list_of_words() {
        let inflections =
            read(SourceFile::new("words", "# ours\ndrive drives\n\nstaff\n")).unwrap();
        assert_eq!(inflections.singularize("drives"), "drive");
        assert_eq!(inflections.singularize("staff"), "staff");
    }

    #[test]
    fn a_list_may_speak_of_inflection() {
        let text = "# what inflect.irregular is in Ruby, see ActiveSupport::Inflector\ninflection inflexions\n";
        let inflections = read(SourceFile::new("words", text)).unwrap();
        assert_eq!(inflections.pluralize("inflection"), "inflexions");
    }

    #[test]
    fn the_option_m_reaches_the_pattern_and_hints_reach_the_user() {
        let rule = |rule: &str| {
            let text =
                format!("ActiveSupport::Inflector.inflections(:en) {{ |inflect| {rule} }}\n");
            read(SourceFile::new("inflections.rb", text))
        };
        let inflections = rule("inflect.plural(/^(a).(c)$/im, 'x')").unwrap();
        assert_eq!(inflections.pluralize("A\nC"), "x");
        let diagnostics = rule("inflect.plural(/(?<=a)b/, 'x')").unwrap_err();
        let hint = diagnostics.iter().next().unwrap().hint.clone().unwrap();
        assert!(hint.starts_with("patterns may have"), "{hint}");
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
