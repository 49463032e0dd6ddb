//! What the story comes to, as a picture of a terminal for the first screen of README.
//!
//! It holds no times, so it is the same picture on every machine.

use std::fmt::Write as _;

/// Who types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    First,
    Second,
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::First => "#7ee787",
            Self::Second => "#79c0ff",
        }
    }
}

#[derive(Debug)]
enum Line {
    Typed(Who, String),
    Said(String),
}

/// Lines of a terminal.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    lines: Vec<Line>,
}

/// Sizes, in units of the picture.
const WIDTH: usize = 760;
const LINE: usize = 20;
const MARGIN: usize = 18;
const BAR: usize = 34;
/// No more fits into a line.
const COLUMNS: usize = 88;

impl Picture {
    /// A developer types something.
    pub(crate) fn types(&mut self, who: Who, command: &str) {
        self.lines.push(Line::Typed(who, command.to_owned()));
    }

    /// Something answers.
    pub(crate) fn says(&mut self, text: &str) {
        self.lines.push(Line::Said(text.to_owned()));
    }

    /// The picture as SVG.
    pub(crate) fn svg(&self) -> String {
        let height = BAR + self.lines.len() * LINE + MARGIN;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
             height=\"{height}\" role=\"img\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"13\">\n\
             <title>Two developers share a database by git push and git pull</title>\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"8\" fill=\"#0d1117\"/>\n"
        );
        for (place, colour) in ["#ff5f57", "#febc2e", "#28c840"].iter().enumerate() {
            let x = MARGIN + place * 18;
            let _ = writeln!(
                svg,
                "<circle cx=\"{x}\" cy=\"17\" r=\"5\" fill=\"{colour}\"/>"
            );
        }
        for (number, line) in self.lines.iter().enumerate() {
            let y = BAR + number * LINE + 14;
            let text = match line {
                Line::Typed(who, command) => format!(
                    "<tspan fill=\"{}\">{} $</tspan> {}",
                    who.colour(),
                    who.name(),
                    escaped(command)
                ),
                Line::Said(text) => format!("<tspan fill=\"#9198a1\">  {}</tspan>", escaped(text)),
            };
            let _ = writeln!(
                svg,
                "<text x=\"{MARGIN}\" y=\"{y}\" fill=\"#f0f6fc\" xml:space=\"preserve\">{text}</text>"
            );
        }
        svg + "</svg>\n"
    }
}

fn escaped(text: &str) -> String {
    let mut shown: String = text.chars().take(COLUMNS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Picture, Who};

    #[test]
    fn what_is_shown_is_text_whatever_it_holds() {
        let mut picture = Picture::default();
        picture.types(Who::First, "a && b > c");
        picture.says(&"<x>".repeat(100));
        let svg = picture.svg();
        assert!(
            svg.contains("first $</tspan> a &amp;&amp; b &gt; c</text>"),
            "{svg}"
        );
        assert!(svg.contains("&lt;x&gt;&lt;…</tspan>"), "{svg}");
        assert_eq!(svg.matches("<text ").count(), 2);
    }
}
