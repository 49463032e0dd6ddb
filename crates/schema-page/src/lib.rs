//! One HTML page about a schema that needs nothing else: a diagram that pans and zooms, search, details, rows.
//!
//! The page is our own script and style with the schema as JSON between them. What comes from a schema or a dump never
//! becomes markup: in the JSON every `<` is written as its code, the script makes text nodes alone, and a policy in the
//! page's head allows no script but that one, by its SHA-256, and no address at all. The diagram is laid out here,
//! where it can be tested, and drawn there.

mod content;
mod layout;

use base64_simd::STANDARD;
use content::Content;
use dump_values::Values;
use schema_docs::Locale;
use schema_view::{Difference, View};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const SCRIPT: &str = include_str!("assets/page.js");
const STYLE: &str = include_str!("assets/page.css");

/// For tables by name, and their columns by name: how values are made, and why so.
pub type Reasons = BTreeMap<String, BTreeMap<String, String>>;

/// What a page is made of.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The schema.
    pub view: &'a View,
    /// What is in the tables, where a dump says it.
    pub values: Option<&'a Values>,
    /// How the values of columns are made, where somebody makes them.
    pub reasons: Option<&'a Reasons>,
    /// The version before, and what differs from it, where the page is about a change.
    pub difference: Option<(&'a View, &'a Difference)>,
    /// The path of the schema's file, from the repository's root.
    pub source: &'a str,
    /// The language of headings.
    pub locale: Locale,
}

/// The page's HTML.
pub fn page(input: &Input<'_>) -> String {
    let words = input.locale.words();
    let content = Content::of(input);
    let data = embedded(&serde_json::to_string(&content).unwrap_or_default());
    let keys = keys(input.locale);
    let title = escaped(words.title);
    let about = escaped(&format!(
        "{} · {} · {} {}",
        input.source,
        input.view.database,
        input.view.tables.len(),
        words.counted_tables
    ));
    let buttons = buttons(input.locale);
    let search = escaped(match input.locale {
        Locale::English => "Search everything ( / )",
        Locale::Japanese => "名前・コメントを検索 ( / )",
    });
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(SCRIPT),
        digest(STYLE)
    );
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"generator\" content=\"gen-schema docs\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><h1>{title}</h1><span \
         class=\"about\">{about}</span>{buttons}</header>\n<nav aria-label=\"{tables}\"><input id=\"search\" \
         type=\"search\" placeholder=\"{search}\" aria-label=\"{search}\" role=\"combobox\" aria-controls=\"found\" \
         aria-expanded=\"true\" autocomplete=\"off\" spellcheck=\"false\"><div id=\"count\" role=\"status\"></div><ul \
         id=\"found\" role=\"listbox\" aria-label=\"{tables}\"></ul></nav>\n<main><svg id=\"picture\" role=\"group\" \
         aria-label=\"{diagram}\" tabindex=\"0\">{MARKERS}</svg><noscript>{no_script}</noscript></main>\n<aside \
         id=\"details\" aria-live=\"polite\" hidden></aside>\n<dialog id=\"help\">{keys}</dialog>\n<script \
         type=\"application/json\" id=\"data\">{data}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        lang = input.locale.code(),
        tables = escaped(words.tables),
        diagram = escaped(words.diagram),
        no_script = match input.locale {
            Locale::English => "The diagram is drawn by the page's own script.",
            Locale::Japanese => "図の表示には JavaScript が必要です。",
        },
    )
}

/// The ends of lines: many children by a crow's foot, one by a bar, perhaps none by a ring.
const MARKERS: &str = "<defs>\
<marker id=\"many\" viewBox=\"0 0 14 14\" refX=\"0\" refY=\"7\" markerWidth=\"11\" markerHeight=\"11\" orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path d=\"M0 1L13 7L0 13M0 7H13\" fill=\"none\" stroke=\"context-stroke\" stroke-width=\"1.6\"/></marker>\
<marker id=\"one\" viewBox=\"0 0 14 14\" refX=\"7\" refY=\"7\" markerWidth=\"11\" markerHeight=\"11\" orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path d=\"M4 1V13\" fill=\"none\" stroke=\"context-stroke\" stroke-width=\"1.6\"/></marker>\
<marker id=\"maybe\" viewBox=\"0 0 14 14\" refX=\"12\" refY=\"7\" markerWidth=\"11\" markerHeight=\"11\" orient=\"auto\" markerUnits=\"userSpaceOnUse\"><circle cx=\"7\" cy=\"7\" r=\"4\" fill=\"none\" stroke=\"context-stroke\" stroke-width=\"1.6\"/></marker>\
</defs>";

fn digest(text: &str) -> String {
    STANDARD.encode_to_string(Sha256::digest(text.as_bytes()))
}

/// JSON as it may stand in a script element: nothing in it can end the element or begin a comment, and no line
/// separator of old JavaScript is in it.
fn embedded(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            other => text.push(other),
        }
    }
    text
}

/// Text as it may stand in an element or in an attribute between double quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn buttons(locale: Locale) -> String {
    let [focus, distance, fit, theme, print, keys] = match locale {
        Locale::English => ["Focus", "Distance", "Fit", "Light/dark", "Print", "Keys"],
        Locale::Japanese => ["周辺だけ", "距離", "全体", "明暗", "印刷", "キー"],
    };
    let button = |id: &str, text: &str, hint: &str| {
        format!("<button id=\"{id}\" type=\"button\" title=\"{hint}\">{text}</button>")
    };
    let options = "<option>1</option><option>2</option><option>3</option><option>4</option>";
    [
        format!("<button id=\"focus\" type=\"button\" title=\"f\" aria-pressed=\"false\">{focus}</button>"),
        format!("<label>{distance} <select id=\"distance\" title=\"[ ]\">{options}</select></label>"),
        button("out", "−", "-"),
        button("in", "+", "+"),
        button("fit", fit, "0"),
        button("theme", theme, "t"),
        button("print", print, "p"),
        button("keys", keys, "?"),
    ]
    .concat()
}

/// What the keys do.
fn keys(locale: Locale) -> String {
    let (close, keys): (&str, [(&str, &str); 11]) = match locale {
        Locale::English => (
            "Close",
            [
                ("/", "search; ↑ ↓ choose, Enter goes there"),
                ("f", "only the chosen table and its neighbours, and back"),
                ("[ ]", "how far neighbours are"),
                ("n N", "to the first or last neighbour"),
                ("+ -", "zoom; the wheel does too"),
                ("0", "the whole picture"),
                ("← ↑ → ↓", "move; so does dragging"),
                ("Esc", "back"),
                ("t", "light or dark"),
                ("p", "print what is shown"),
                ("double click", "focus a table"),
            ],
        ),
        Locale::Japanese => (
            "閉じる",
            [
                ("/", "検索 (↑ ↓ で選び Enter で移動)"),
                ("f", "選んだテーブルと周辺だけを表示、もう一度で戻る"),
                ("[ ]", "周辺の距離"),
                ("n N", "最初・最後の隣のテーブルへ"),
                ("+ -", "拡大・縮小 (ホイールでも可)"),
                ("0", "全体を表示"),
                ("← ↑ → ↓", "移動 (ドラッグでも可)"),
                ("Esc", "戻る"),
                ("t", "明るい・暗い配色"),
                ("p", "表示中の図を印刷"),
                ("ダブルクリック", "そのテーブルの周辺だけを表示"),
            ],
        ),
    };
    let rows = keys.iter().fold(String::new(), |mut rows, (key, what)| {
        let _ = write!(
            rows,
            "<tr><td><code>{}</code></td><td>{what}</td></tr>",
            escaped(key)
        );
        rows
    });
    format!("<table>{rows}</table><form method=\"dialog\"><button>{close}</button></form>")
}

#[cfg(test)]
mod tests;
