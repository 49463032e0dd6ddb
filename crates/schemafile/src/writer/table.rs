//! `create_table` with all that stands in its block, as far as databases say it alike.

use schema_model::{Column, Dialect, Index, IndexKey, IndexPart, PrimaryKey, Table};

use super::call::Call;
use super::raw;
use super::ruby::{key, list, string, symbol};

/// Options of a call, each with its value as Ruby.
pub(crate) type Options = Vec<(&'static str, String)>;

/// What a database says of a table in its own way.
pub(crate) struct Form<'f, D: Dialect> {
    /// Options that are texts, in their order.
    pub(crate) texts: &'f [(&'f str, &'f Option<String>)],
    /// Whether the table is temporary.
    pub(crate) is_temporary: bool,
    /// The options `id:` and `primary_key:` that make a key of a first column; none when no option can.
    pub(crate) key_options: &'f dyn Fn(&Column<D>) -> Option<Vec<String>>,
    /// A column's line.
    pub(crate) column: &'f dyn Fn(&Column<D>) -> String,
    /// The lines behind the columns.
    pub(crate) others: Vec<String>,
}

/// `create_table "name", … do |t| … end`
pub(crate) fn create_table<D: Dialect>(table: &Table<D>, form: &Form<'_, D>) -> String {
    let mut options = Vec::new();
    let mut columns = table.columns.as_slice();
    match &table.primary_key {
        None => options.push("id: false".to_owned()),
        Some(PrimaryKey { columns: names, .. }) => {
            let first = columns
                .first()
                .filter(|first| names.as_slice() == [first.name.clone()]);
            match first.and_then(form.key_options) {
                Some(of_key) => {
                    options.extend(of_key);
                    columns = &columns[1..];
                }
                None => options.push(format!("primary_key: {}", list(names))),
            }
        }
    }
    if form.is_temporary {
        options.push("temporary: true".to_owned());
    }
    for (name, text) in form.texts {
        if let Some(text) = text {
            options.push(format!("{name}: {}", string(text)));
        }
    }
    options.push("force: :cascade".to_owned());
    let mut text = format!(
        "create_table {}, {} do |t|\n",
        string(&raw(&table.name)),
        options.join(", ")
    );
    let columns = columns.iter().map(form.column);
    for line in columns.chain(form.others.iter().cloned()) {
        text.push_str("  ");
        text.push_str(&line);
        text.push('\n');
    }
    text.push_str("end\n");
    text
}

/// The option `id:` of a key of that type: with the key's own options beside it where they all are `simple` ones, and
/// else as a hash.
pub(crate) fn id_options(method: &str, inner: Options, simple: &[&str]) -> Vec<String> {
    let mut options = Vec::new();
    if inner.iter().all(|(name, _)| simple.contains(name)) {
        options.push(format!("id: {}", symbol(method)));
        options.extend(inner.iter().map(|(name, value)| format!("{name}: {value}")));
    } else {
        let mut pairs: Options = vec![("type", symbol(method))];
        pairs.extend(inner);
        options.push(format!("id: {{ {} }}", joined(&pairs)));
    }
    options
}

/// Options with commas between them.
pub(crate) fn joined(options: &Options) -> String {
    let options: Vec<String> = options
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    options.join(", ")
}

/// `t.index` on an index's columns, or on the SQL of its parts, with its name.
pub(crate) fn index<D: Dialect>(index: &Index<D>, part: impl Fn(&IndexPart<D>) -> String) -> Call {
    let call = Call::new("t.index");
    let call = if let Some(columns) = index.plain_columns() {
        let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
        call.argument(&list(&columns))
    } else {
        let parts: Vec<String> = index.parts.iter().map(part).collect();
        call.argument(&string(&parts.join(", ")))
    };
    call.text("name", Some(&index.name))
        .flag("unique", index.unique)
}

/// The value of an option that names the columns which it is for; none when none has it, or when there are expressions.
pub(crate) fn per_column<D: Dialect>(
    index: &Index<D>,
    value: impl Fn(&IndexPart<D>) -> Option<String>,
) -> Option<String> {
    index.plain_columns()?;
    let pairs: Vec<String> = index
        .parts
        .iter()
        .filter_map(|part| match &part.key {
            IndexKey::Column(name) => Some(format!("{}{}", key(name), value(part)?)),
            IndexKey::Expression(_) => None,
        })
        .collect();
    (!pairs.is_empty()).then(|| format!("{{ {} }}", pairs.join(", ")))
}
