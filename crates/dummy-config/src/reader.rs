//! The file and its tables: which keys there are, and what each wants.

use crate::{Reading, column};
use dummy_data::{Located, PerParent, Problem, Settings, Span, TableSettings, merge_conflicts};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A key's value, with its place.
pub(crate) type Value<'v> = Spanned<DeValue<'v>>;

/// Reads a file's text.
pub(crate) fn read(text: &str) -> Reading {
    let conflicts = merge_conflicts(text);
    if !conflicts.is_empty() {
        return Reading {
            settings: Settings::default(),
            problems: conflicts,
        };
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader {
        text,
        problems: Vec::new(),
    };
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        reader.problems.push(Problem::configured(
            Span {
                start: span.start,
                end: span.end,
            },
            format!("this isn't TOML: {}", error.message()),
        ));
    }
    let settings = reader.file(document.get_ref());
    reader.problems.sort_by_key(|problem| problem.span);
    Reading {
        settings,
        problems: reader.problems,
    }
}

/// Reads values and remembers what is wrong with them.
pub(crate) struct Reader<'t> {
    /// The file's text.
    pub(crate) text: &'t str,
    /// What is wrong.
    pub(crate) problems: Vec<Problem>,
}

/// The place of a value.
pub(crate) fn span<T>(spanned: &Spanned<T>) -> Span {
    let range = spanned.span();
    Span {
        start: range.start,
        end: range.end,
    }
}

impl Reader<'_> {
    fn file(&mut self, file: &DeTable<'_>) -> Settings {
        const KEYS: [&str; 5] = ["seed", "locale", "scale", "rows", "tables"];
        self.only_known_keys(file, "the file", &KEYS);
        let mut tables = Vec::new();
        if let Some(value) = file.get("tables")
            && let Some(named) = self.table(value, "tables")
        {
            for (name, value) in named {
                if let Some(table) = self.table(value, name.get_ref()) {
                    let name = Located {
                        value: name.get_ref().to_string(),
                        span: span(name),
                    };
                    tables.push(self.of_table(name, table));
                }
            }
        }
        tables.sort_by_key(|table| table.name.span);
        Settings {
            seed: file
                .get("seed")
                .and_then(|value| self.whole(value, "seed"))
                .map(|seed| seed.value),
            locale: file
                .get("locale")
                .and_then(|value| column::locale(self, value))
                .map(|locale| locale.value),
            scale: file.get("scale").and_then(|value| self.scale(value)),
            rows: file
                .get("rows")
                .and_then(|value| self.whole(value, "rows"))
                .map(|rows| rows.value),
            tables,
        }
    }

    fn of_table(&mut self, name: Located<String>, table: &DeTable<'_>) -> TableSettings {
        const KEYS: [&str; 5] = ["rows", "per", "count", "range", "columns"];
        self.only_known_keys(table, &format!("`[tables.{}]`", name.value), &KEYS);
        let mut columns = Vec::new();
        if let Some(value) = table.get("columns")
            && let Some(named) = self.table(value, "columns")
        {
            for (name, value) in named {
                if let Some(settings) = self.table(value, name.get_ref()) {
                    let name = Located {
                        value: name.get_ref().to_string(),
                        span: span(name),
                    };
                    columns.push(column::read(self, name, settings));
                }
            }
        }
        columns.sort_by_key(|column| column.name.span);
        let per = self.per(table);
        let rows = table
            .get("rows")
            .filter(|_| !table.contains_key("per"))
            .and_then(|value| self.whole(value, "rows"));
        TableSettings {
            name,
            rows,
            per,
            columns,
        }
    }

    /// `per`, with `count` or `range`.
    fn per(&mut self, table: &DeTable<'_>) -> Option<PerParent> {
        let Some(value) = table.get("per") else {
            for key in ["count", "range"] {
                if let Some(value) = table.get(key) {
                    self.problems.push(
                        Problem::configured(
                            span(value),
                            format!("`{key}` says how many rows each parent has, and no parent is named"),
                        )
                        .hint("name it: `per = \"parent\"`; for the table's rows in all write `rows = 1000`"),
                    );
                }
            }
            return None;
        };
        let parent = self.text_of(value, "per")?;
        let counts: Vec<_> = ["count", "range", "rows"]
            .into_iter()
            .filter_map(|key| Some((key, table.get(key)?)))
            .collect();
        let [(key, counts)] = counts.as_slice() else {
            self.problems.push(Problem::configured(
                span(value),
                "`per` wants either `count = 3` or `range = [1, 5]`: how many rows each parent has",
            ));
            return None;
        };
        let (least, most) = self.counts(counts, key)?;
        Some(PerParent {
            parent,
            least,
            most,
        })
    }

    /// A number, or two of which the first isn't the greater.
    fn counts(&mut self, value: &Value<'_>, key: &str) -> Option<(u64, u64)> {
        let DeValue::Array(items) = value.get_ref() else {
            let count = self.whole(value, key)?.value;
            return Some((count, count));
        };
        if let [least, most] = items.as_ref() {
            let least = self.whole(least, key)?.value;
            let most = self.whole(most, key)?.value;
            if least <= most {
                return Some((least, most));
            }
        }
        self.wrong(value, key, "two numbers, the smaller first: `[1, 5]`");
        None
    }

    fn scale(&mut self, value: &Value<'_>) -> Option<f64> {
        let good = decimal(value).filter(|scale| scale.is_finite() && *scale > 0.0);
        if good.is_none() {
            self.wrong(value, "scale", "a number greater than 0");
        }
        good
    }

    /// A problem for each key that isn't among those that are known.
    pub(crate) fn only_known_keys(&mut self, table: &DeTable<'_>, place: &str, known: &[&str]) {
        for key in table.keys() {
            let name = key.get_ref();
            if !known.contains(&name.as_ref()) {
                let problem =
                    Problem::configured(span(key), format!("{place} has no key `{name}`"));
                let guessed = problem.clone().did_you_mean(name, known.iter().copied());
                self.problems.push(if guessed.hint.is_some() {
                    guessed
                } else {
                    problem.hint(format!("the keys are {}", known.join(", ")))
                });
            }
        }
    }

    /// A table of keys.
    pub(crate) fn table<'v, 'i>(
        &mut self,
        value: &'v Value<'i>,
        key: &str,
    ) -> Option<&'v DeTable<'i>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        self.wrong(value, key, "a table of keys");
        None
    }

    /// A whole number that isn't negative.
    pub(crate) fn whole(&mut self, value: &Value<'_>, key: &str) -> Option<Located<u64>> {
        if let DeValue::Integer(number) = value.get_ref()
            && let Ok(number) = u64::from_str_radix(number.as_str(), number.radix())
        {
            return Some(Located {
                value: number,
                span: span(value),
            });
        }
        match value.get_ref() {
            DeValue::Integer(number) if !number.as_str().starts_with('-') => {
                self.wrong(value, key, &format!("a whole number up to {}", u64::MAX));
            }
            DeValue::Float(_) => self.wrong(value, key, "a whole number in digits, 0 or more"),
            _ => self.wrong(value, key, "a whole number, 0 or more"),
        }
        None
    }

    /// A text.
    pub(crate) fn text_of(&mut self, value: &Value<'_>, key: &str) -> Option<Located<String>> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(Located {
                value: text.to_string(),
                span: span(value),
            });
        }
        self.wrong(value, key, "a text in quotes");
        None
    }

    /// Says that a key's value isn't what it should be.
    pub(crate) fn wrong(&mut self, value: &Value<'_>, key: &str, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => {
                self.text.get(value.span()).unwrap_or("a number")
            }
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table of keys",
        };
        self.problems.push(Problem::configured(
            span(value),
            format!("`{key}` wants {wanted}; this is {found}"),
        ));
    }
}

/// A number with a fraction or without one.
pub(crate) fn decimal(value: &Value<'_>) -> Option<f64> {
    match value.get_ref() {
        #[expect(
            clippy::cast_precision_loss,
            reason = "shares, weights and scales have few digits"
        )]
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(|number| number as f64),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}
