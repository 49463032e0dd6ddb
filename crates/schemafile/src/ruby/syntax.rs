//! Which of Prism's errors to tell, and in which words.
//!
//! Prism goes on after an error, so most of its errors follow from the first. The one that is told is the
//! one that a person would fix: where a text or a list begins that never ends, rather than the end of the file.

use super::lookalike::{look_alike_advice, look_alike_lines};
use crate::diagnostic::Diagnostic;
use crate::source::{Span, offset, to_index};
use ruby_prism::{
    ArrayNode, CallNode, InterpolatedStringNode, Location, ParseResult, StringNode, Visit,
};

/// The syntax errors of a file: the first, and where characters are at fault that look like others, all of those.
pub(super) fn errors(result: &ParseResult<'_>, file: u32, text: &str) -> Vec<Diagnostic> {
    let Some(first) = first_error(result, file, text) else {
        return Vec::new();
    };
    if result.errors().count() == 0 {
        return vec![first];
    }
    if !is_look_alike(&first, text) {
        let mut all = vec![first];
        further(&mut all, result, file, text);
        return all;
    }
    let mut all: Vec<Diagnostic> = look_alike_lines(text)
        .into_iter()
        .map(|(place, advice)| {
            let found = &text[place.clone()];
            let place = Span {
                file,
                start: offset(place.start),
                end: offset(place.end),
            };
            Diagnostic::error(place, format!("syntax error: unexpected `{found}`")).hint(advice)
        })
        .collect();
    let is_known = all.iter().any(|told| {
        let line = |span: Span| text[..to_index(span.start)].matches('\n').count();
        line(told.span) == line(first.span)
    });
    if !is_known {
        all.push(first);
    }
    all
}

/// Errors in later lines. What follows from an error can't be told from another one of its own, so the line of each is
/// taken out, with those that a comma joins to it, and the rest is read again. What isn't closed ends that: it says
/// nothing of where it should have been.
fn further(all: &mut Vec<Diagnostic>, result: &ParseResult<'_>, file: u32, text: &str) {
    const MOST: usize = 50;
    let was_told_before = |told: &Diagnostic| {
        result
            .errors()
            .any(|error| error.location().start() == told.span.start)
    };
    let mut rest = text.to_owned();
    while all.len() < MOST
        && let Some(last) = all.last().filter(|last| is_of_one_line(last))
    {
        let without = without_line(&rest, to_index(last.span.start));
        let result = ruby_prism::parse(without.as_bytes());
        let Some(next) = first_error(&result, file, &without) else {
            return;
        };
        if next.span <= last.span || !is_of_one_line(&next) && !was_told_before(&next) {
            return;
        }
        all.push(next);
        drop(result);
        rest = without;
    }
}

/// Whether an error lies in its line, and not in what other lines open or close.
fn is_of_one_line(diagnostic: &Diagnostic) -> bool {
    [
        "is missing behind",
        "unexpected `",
        "this comma joins",
        "with `=`",
        "stands alone",
        "comment",
    ]
    .iter()
    .any(|part| diagnostic.message.contains(part))
}

/// The text with blanks in place of the line at `place` and of those that commas join to it. A block that the line
/// opens stays one.
fn without_line(text: &str, place: usize) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut starts = Vec::with_capacity(lines.len());
    let mut start = 0;
    for line in &lines {
        starts.push(start);
        start += line.len();
    }
    let at = starts.partition_point(|&start| start <= place).max(1) - 1;
    let joins = |line: &str| line.trim_end().ends_with(',');
    let mut first = at;
    while first > 0 && joins(lines[first - 1]) {
        first -= 1;
    }
    let mut last = at;
    while last + 1 < lines.len() && joins(lines[last]) {
        last += 1;
    }
    let mut result = String::with_capacity(text.len());
    for (number, line) in lines.iter().enumerate() {
        if !(first..=last).contains(&number) {
            result.push_str(line);
            continue;
        }
        let content = line.trim_end_matches(['\r', '\n']);
        let opens_a_block = content.trim_end().ends_with('|') && content.contains(" do ");
        let kept = if opens_a_block { "begin" } else { "" };
        result.push_str(kept);
        result.extend(std::iter::repeat_n(' ', content.len() - kept.len()));
        result.push_str(&line[content.len()..]);
    }
    result
}

fn is_look_alike(diagnostic: &Diagnostic, text: &str) -> bool {
    text.get(to_index(diagnostic.span.start)..to_index(diagnostic.span.end))
        .is_some_and(|found| look_alike_advice(found).is_some())
}

/// The first syntax error of a file, if it has one.
fn first_error(result: &ParseResult<'_>, file: u32, text: &str) -> Option<Diagnostic> {
    let end = offset(text.len());
    let span = |location: &Location<'_>| Span {
        file,
        start: location.start().min(end),
        end: location.end().min(end),
    };
    let errors: Vec<(Span, String)> = result
        .errors()
        .map(|error| {
            let message = String::from_utf8_lossy(error.message()).into_owned();
            (span(&error.location()), message.replace('\n', " "))
        })
        .collect();
    if let Some(conflict) = merge_conflict(file, text, errors.is_empty()) {
        return Some(conflict);
    }
    let (first, message) = errors.first()?;
    let mut unclosed = Unclosed::default();
    unclosed.visit(&result.node());
    let faulty = Faulty {
        text,
        first: *first,
        message,
        errors: &errors,
        string: unclosed.string.as_ref().map(span),
        bracket: unclosed.bracket.as_ref().map(span),
        lines: unclosed.lines.as_ref().map(span),
    };
    faulty
        .look_alike()
        .or_else(|| faulty.comment_of_others())
        .or_else(|| faulty.missing_do())
        .or_else(|| faulty.open_text())
        .or_else(|| faulty.open_block())
        .or_else(|| faulty.open_bracket())
        .or_else(|| faulty.closes_nothing())
        .or_else(|| faulty.open_parameters())
        .or_else(|| faulty.comma_before_do())
        .or_else(|| faulty.assigned_symbol())
        .or_else(|| faulty.missing_colon())
        .or_else(|| faulty.braces_without_parentheses())
        .or_else(|| faulty.comma_at_line_end())
        .or_else(|| faulty.unexpected())
        .or_else(|| {
            let message = in_backticks(message);
            let message = message.strip_suffix(", ignoring it").unwrap_or(&message);
            Some(Diagnostic::error(
                *first,
                format!("syntax error: {message}"),
            ))
        })
}

/// What git leaves where two branches changed the same lines. Where nothing else is wrong, only a whole conflict
/// is one: a text may hold lines like these.
fn merge_conflict(file: u32, text: &str, must_be_whole: bool) -> Option<Diagnostic> {
    let is_mark = |line: &str, mark: &str| {
        line.strip_prefix(mark)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let mut start = 0;
    let mut opening = None;
    let mut closing = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let span = Span {
            file,
            start: offset(start),
            end: offset(start + content.len()),
        };
        let opens = is_mark(content, "<<<<<<<");
        let closes = is_mark(content, ">>>>>>>");
        if opening.is_none() && (opens || !must_be_whole && (closes || content == "=======")) {
            opening = Some(span);
        } else if opening.is_some() && closes {
            closing = Some(span);
            break;
        }
        start += line.len();
    }
    let opening = opening.filter(|_| closing.is_some() || !must_be_whole)?;
    let diagnostic = Diagnostic::error(opening, "a merge conflict is left in the file").hint(
        "choose between the two sides, and take out the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`",
    );
    Some(match closing {
        Some(closing) => diagnostic.related(closing, "it ends here"),
        None => diagnostic,
    })
}

/// A file that Prism finds fault with.
struct Faulty<'a> {
    text: &'a str,
    /// Where the first error is, and what Prism says of it.
    first: Span,
    message: &'a str,
    errors: &'a [(Span, String)],
    /// Where the first string or heredoc opens that isn't closed.
    string: Option<Span>,
    /// Where the first list or argument list opens that isn't closed.
    bracket: Option<Span>,
    /// Where the first string in quotes opens that goes on over the end of its line.
    lines: Option<Span>,
}

impl Faulty<'_> {
    /// What stands where the first error is.
    fn found(&self) -> &str {
        self.text
            .get(to_index(self.first.start)..to_index(self.first.end))
            .unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            file: self.first.file,
            start: offset(start),
            end: offset(end),
        }
    }

    /// A full-width comma and the like.
    fn look_alike(&self) -> Option<Diagnostic> {
        let advice = look_alike_advice(self.found())?;
        Some(
            Diagnostic::error(
                self.first,
                format!("syntax error: unexpected `{}`", self.found()),
            )
            .hint(advice),
        )
    }

    /// `create_table "name" |t|`, of which Prism finds fault only with the next line.
    fn missing_do(&self) -> Option<Diagnostic> {
        let before = self.text.get(..to_index(self.first.start))?;
        let this_line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_before = self.text[..this_line.saturating_sub(1)]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        for start in [this_line, line_before] {
            let line = self.text[start..].lines().next()?.trim_end();
            let Some(opening) = line.strip_suffix('|').and_then(|rest| rest.rfind('|')) else {
                continue;
            };
            let call = line[..opening].trim_end();
            if call.ends_with("do") || call.ends_with('{') || call.ends_with('|') {
                continue;
            }
            return Some(
                Diagnostic::error(
                    self.span(start + opening, start + line.len()),
                    "syntax error: a block begins with `do`",
                )
                .hint(format!("write `do {}`", &line[opening..])),
            );
        }
        None
    }

    /// A quotation or heredoc without an end. A missing quotation mark turns the rest of the file inside out, and shows
    /// first where a text goes on over the end of its line.
    fn open_text(&self) -> Option<Diagnostic> {
        let (place, message) = self
            .errors
            .iter()
            .find(|(_, message)| message.starts_with("unterminated"))?;
        let place = self.string.unwrap_or(*place);
        if let Some(lines) = self.lines.filter(|lines| *lines < place) {
            return Some(
                Diagnostic::error(lines, "syntax error: unterminated string")
                    .hint("the text that begins here goes on in the next line: is its closing quotation mark missing?"),
            );
        }
        if let Some(apostrophe) = self.apostrophe(place) {
            return Some(apostrophe);
        }
        let what = message
            .strip_suffix(" meets end of file")
            .unwrap_or(message);
        let mark = what
            .split_once("can't find string \"")
            .and_then(|(_, rest)| rest.split_once('"'));
        let hint = match mark {
            Some((mark, _)) => {
                format!(
                    "the text that begins here ends with a line that is `{mark}` and nothing else"
                )
            }
            None => "the text that begins here has no end".to_owned(),
        };
        let what = what.split_once(';').map_or(what, |(what, _)| what);
        Some(Diagnostic::error(place, format!("syntax error: {what}")).hint(hint))
    }

    /// `'it's'`: a text in single quotes with an apostrophe in it.
    fn apostrophe(&self, place: Span) -> Option<Diagnostic> {
        let start = to_index(place.start);
        let line_start = self.text[..start]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        let line = self.text[line_start..].lines().next()?;
        let marks: Vec<usize> = line.match_indices('\'').map(|(at, _)| at).collect();
        let second = *marks.get(1).filter(|_| marks.len() == 3)?;
        let letter = |character: Option<char>| character.is_some_and(char::is_alphabetic);
        (letter(line[..second].chars().next_back()) && letter(line[second + 1..].chars().next()))
            .then(|| {
                Diagnostic::error(
                    self.span(line_start + second, line_start + second + 1),
                    "syntax error: this apostrophe ends the text",
                )
                .hint("write a text with an apostrophe in double quotes")
            })
    }

    /// A block without its `end`.
    fn open_block(&self) -> Option<Diagnostic> {
        if !self.message.starts_with("unexpected end-of-input") {
            return None;
        }
        let diagnostic = Diagnostic::error(
            self.first,
            "syntax error: unexpected end of the file, an `end` or a closing bracket is missing",
        );
        let opening = self
            .errors
            .iter()
            .find(|(_, message)| message.starts_with("expected a block beginning with"));
        Some(match opening {
            Some((opening, _)) => diagnostic.related(*opening, "what begins here isn't closed"),
            None => diagnostic,
        })
    }

    /// A list, hash or argument list that isn't closed.
    fn open_bracket(&self) -> Option<Diagnostic> {
        let is_bracket = |text: &str| matches!(text, "(" | "[" | "{");
        let of_error = self.errors.iter().find_map(|(place, message)| {
            let found = self
                .text
                .get(to_index(place.start)..to_index(place.end))
                .unwrap_or_default();
            (message.contains("expected a") && is_bracket(found)).then_some(*place)
        });
        let wants_closing = self
            .errors
            .iter()
            .any(|(_, message)| message.contains("` to close the "));
        let place = of_error.or(self.bracket.filter(|_| wants_closing))?;
        let opening = self
            .text
            .get(to_index(place.start)..to_index(place.end))
            .filter(|text| is_bracket(text))?;
        let closing = match opening {
            "(" => ")",
            "[" => "]",
            _ => "}",
        };
        Some(
            Diagnostic::error(
                place,
                format!("syntax error: what `{opening}` opens isn't closed"),
            )
            .hint(format!("a `{closing}` is missing")),
        )
    }

    /// One `end` or closing bracket too many.
    fn closes_nothing(&self) -> Option<Diagnostic> {
        if !self.message.starts_with("unexpected") {
            return None;
        }
        let hint = match self.found() {
            "end" if self.message.ends_with("ignoring it") => {
                "take it out; or is `do |t|` missing at the end of a line above?"
            }
            ")" => "take it out; or is its `(` missing?",
            "]" => "take it out; or is its `[` missing?",
            "}" => "take it out; or is its `{` missing?",
            _ => return None,
        };
        Some(
            Diagnostic::error(
                self.first,
                format!("syntax error: this `{}` closes nothing", self.found()),
            )
            .hint(hint),
        )
    }

    /// `do |t` without its second stroke.
    fn open_parameters(&self) -> Option<Diagnostic> {
        if !self.message.starts_with("expected the block parameters") {
            return None;
        }
        let before = self.text.get(..to_index(self.first.start))?.trim_end();
        let start = before.rfind('|')?;
        let parameters = &before[start..];
        Some(
            Diagnostic::error(
                self.span(start, before.len()),
                "syntax error: the names of a block stand between two strokes",
            )
            .hint(format!("write `{}|`", parameters.trim_end())),
        )
    }

    /// `create_table "name", do |t|`
    fn comma_before_do(&self) -> Option<Diagnostic> {
        let before = self.text.get(..to_index(self.first.start))?.trim_end();
        let comma = before
            .strip_suffix(',')
            .filter(|_| self.found() == "do")?
            .len();
        Some(
            Diagnostic::error(
                self.span(comma, comma + 1),
                "syntax error: no comma stands before `do`",
            )
            .hint("take it out"),
        )
    }

    /// `:null = false`
    fn assigned_symbol(&self) -> Option<Diagnostic> {
        let before = self.text.get(..to_index(self.first.start))?.trim_end();
        let (_, name) = before.rsplit_once(':').filter(|_| self.found() == "=")?;
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|character| character.is_alphanumeric() || character == '_');
        is_name.then(|| {
            Diagnostic::error(
                self.first,
                "syntax error: an option isn't assigned with `=`",
            )
            .hint(format!("write `{name}: …`"))
        })
    }

    /// `null: false, default ""`
    fn missing_colon(&self) -> Option<Diagnostic> {
        if !self.message.contains("between the hash key and value") {
            return None;
        }
        let before = self.text.get(..to_index(self.first.start))?;
        let argument = before.rsplit_once(',')?.1;
        if argument.trim_end_matches([' ', '\t']).contains('\n') {
            let comma = before.len() - argument.len() - 1;
            return Some(self.joining_comma(comma));
        }
        let start = before.len() - argument.len() + (argument.len() - argument.trim_start().len());
        let word: String = argument
            .trim_start()
            .chars()
            .take_while(|character| character.is_alphanumeric() || *character == '_')
            .collect();
        if word.bytes().all(|byte| byte.is_ascii_digit()) && !word.is_empty() {
            return Some(
                Diagnostic::error(
                    self.span(start, start + word.len()),
                    format!("syntax error: `{word}` stands alone: an option has one value"),
                )
                .hint(format!("of a decimal it is `precision: …, scale: {word}`")),
            );
        }
        (!word.is_empty()).then(|| {
            Diagnostic::error(
                self.span(start, start + word.len()),
                format!("syntax error: a colon is missing behind `{word}`"),
            )
            .hint(format!("write `{word}: …`"))
        })
    }

    /// `create_table "name" { |t| … }`
    fn braces_without_parentheses(&self) -> Option<Diagnostic> {
        let is_brace = self
            .message
            .contains("after a method call without parenthesis");
        (is_brace && self.found().starts_with('{')).then(|| {
            Diagnostic::error(
                self.span(to_index(self.first.start), to_index(self.first.start) + 1),
                "syntax error: a block in braces needs the arguments in parentheses",
            )
            .hint("write `do |t| … end`, or `create_table(\"name\") { |t| … }`")
        })
    }

    /// A comma that makes two lines one.
    fn comma_at_line_end(&self) -> Option<Diagnostic> {
        let before = self.text.get(..to_index(self.first.start))?;
        let line_start = before.rfind('\n')?;
        let comma = self.text[..line_start].trim_end().strip_suffix(',')?.len();
        let follows = self.message.ends_with("expecting end-of-input")
            || self.message.ends_with("expected an argument");
        follows.then(|| self.joining_comma(comma))
    }

    fn joining_comma(&self, comma: usize) -> Diagnostic {
        Diagnostic::error(
            self.span(comma, comma + 1),
            "syntax error: this comma joins the next line to this one, where it doesn't fit",
        )
        .hint("take the comma out; or is an option missing behind it?")
    }

    /// `// …`, a comment of other languages.
    fn comment_of_others(&self) -> Option<Diagnostic> {
        let before = self.text.get(..to_index(self.first.start))?;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.text[start..].lines().next()?;
        let at = start + line.len() - line.trim_start().len();
        line.trim_start().starts_with("//").then(|| {
            Diagnostic::error(
                self.span(at, at + 2),
                "syntax error: `//` begins no comment",
            )
            .hint("a comment begins with `#`")
        })
    }

    /// Something where a line should have ended.
    fn unexpected(&self) -> Option<Diagnostic> {
        if !self.message.ends_with("expecting end-of-input") {
            return None;
        }
        Some(
            Diagnostic::error(
                self.first,
                format!("syntax error: unexpected `{}`", self.found()),
            )
            .hint("is a comma missing before it?"),
        )
    }
}

/// Prism's 'quoted' words in our `ticks`.
fn in_backticks(message: &str) -> String {
    let mut result = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once(" '") {
        let Some((word, behind)) = after.split_once('\'') else {
            break;
        };
        result.extend([before, " `", word, "`"]);
        rest = behind;
    }
    result + rest
}

/// Looks for the first of each that isn't closed.
#[derive(Default)]
struct Unclosed<'pr> {
    string: Option<Location<'pr>>,
    bracket: Option<Location<'pr>>,
    /// The first string in quotes with a line break in it.
    lines: Option<Location<'pr>>,
}

fn note<'pr>(
    first: &mut Option<Location<'pr>>,
    opening: Option<Location<'pr>>,
    closing: Option<Location<'pr>>,
) {
    let closed = closing.is_some_and(|closing| closing.end() > closing.start());
    if first.is_none() && !closed {
        *first = opening;
    }
}

impl<'pr> Visit<'pr> for Unclosed<'pr> {
    fn visit_string_node(&mut self, node: &StringNode<'pr>) {
        note(&mut self.string, node.opening_loc(), node.closing_loc());
        if let Some(opening) = node.opening_loc().filter(|_| self.lines.is_none())
            && matches!(opening.as_slice(), b"\"" | b"'")
            && node.content_loc().as_slice().contains(&b'\n')
        {
            self.lines = Some(opening);
        }
    }

    fn visit_interpolated_string_node(&mut self, node: &InterpolatedStringNode<'pr>) {
        note(&mut self.string, node.opening_loc(), node.closing_loc());
        if let Some(opening) = node.opening_loc().filter(|_| self.lines.is_none())
            && opening.as_slice() == b"\""
            && node.location().as_slice().contains(&b'\n')
        {
            self.lines = Some(opening);
        }
        ruby_prism::visit_interpolated_string_node(self, node);
    }

    fn visit_array_node(&mut self, node: &ArrayNode<'pr>) {
        note(&mut self.bracket, node.opening_loc(), node.closing_loc());
        ruby_prism::visit_array_node(self, node);
    }

    fn visit_call_node(&mut self, node: &CallNode<'pr>) {
        note(&mut self.bracket, node.opening_loc(), node.closing_loc());
        ruby_prism::visit_call_node(self, node);
    }
}
