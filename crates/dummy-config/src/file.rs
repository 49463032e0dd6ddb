//! The file and its tables: which keys there are, and what each wants.

use crate::reader::{Reader, Value, decimal, span};
use crate::{Reading, column, fixed, follows};
use dummy_data::{Located, PerParent, Problem, Settings, TableSettings, merge_conflicts};
use toml::de::{DeTable, DeValue};

/// Reads a file's text.
pub(crate) fn read(text: &str) -> Reading {
    let conflicts = merge_conflicts(text);
    if !conflicts.is_empty() {
        return Reading {
            settings: Settings::default(),
            problems: conflicts,
        };
    }
    let (mut reader, document) = Reader::of(text);
    let settings = reader.file(document.get_ref());
    reader.problems.sort_by_key(|problem| problem.span);
    Reading {
        settings,
        problems: reader.problems,
    }
}

impl Reader<'_> {
    fn file(&mut self, file: &DeTable<'_>) -> Settings {
        const KEYS: [&str; 7] = [
            "seed", "locale", "scale", "rows", "today", "rows_on", "tables",
        ];
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
        let today = file.get("today").and_then(|value| self.day(value, "today"));
        let rows_on = file
            .get("rows_on")
            .and_then(|value| Some((value, self.day(value, "rows_on")?)));
        if let (Some(today), Some((value, rows_on))) = (&today, &rows_on)
            && rows_on.value > today.value
        {
            self.wrong(value, "rows_on", "a day that isn't after `today`");
        }
        Settings {
            today: today.map(|today| today.value),
            rows_on: rows_on.map(|(_, rows_on)| rows_on),
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
        const KEYS: [&str; 9] = [
            "rows",
            "per",
            "count",
            "range",
            "unverified",
            "columns",
            "fixed",
            "personas",
            "lifecycle",
        ];
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
        let fixed = table
            .get("fixed")
            .map_or_else(Vec::new, |value| fixed::read(self, value, &name.value));
        let personas = table
            .get("personas")
            .map_or_else(Vec::new, |value| follows::personas(self, value));
        let lifecycle = table
            .get("lifecycle")
            .and_then(|value| follows::lifecycle(self, value));
        let per = self.per(table);
        let rows = table
            .get("rows")
            .filter(|_| !table.contains_key("per"))
            .and_then(|value| self.whole(value, "rows"));
        let unverified = table
            .get("unverified")
            .map_or_else(Vec::new, |value| self.names(value, "unverified"));
        TableSettings {
            name,
            rows,
            per,
            unverified,
            fixed,
            personas,
            lifecycle,
            columns,
        }
    }

    /// A list of names.
    fn names(&mut self, value: &Value<'_>, key: &str) -> Vec<Located<String>> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value, key, "a list of names: `[\"orders_total_check\"]`");
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| self.text_of(item, key))
            .collect()
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
}
