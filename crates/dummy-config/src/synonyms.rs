//! Keys that other generators have, or that people guess, with what says the same here.

/// What to write for a key that isn't there, if anybody would guess it.
pub(crate) fn of(key: &str) -> Option<&'static str> {
    let hint = match key.to_ascii_lowercase().as_str() {
        "min" | "max" | "minimum" | "maximum" | "between" | "min_value" | "max_value"
        | "from_date" | "to_date" | "interval" => {
            "`range = [1, 10]` says the least and the greatest"
        }
        "enum" | "choices" | "choice" | "one_of" | "oneof" | "options" | "in" | "list"
        | "elements" | "pick" | "sample" => "`values = [\"a\", \"b\"]` is a list to choose from",
        "weight"
        | "probability"
        | "probabilities"
        | "frequency"
        | "frequencies"
        | "distribution_weights" => "`weights = [3, 1]` beside `values` says how often each comes",
        "null" | "nullable" | "nulls" | "null_rate" | "null_probability" | "null_percent"
        | "blank_ratio" | "optional" => {
            "`null_ratio = 0.1` is the share of rows in which it is NULL"
        }
        "faker" | "provider" | "kind" | "type" | "method" | "function" => {
            "`generator = \"full_name\"` names what makes the values; docs/dummy-data.md has all of them"
        }
        "format" | "pattern_text" | "expression" | "concat" | "interpolate" => {
            "`template = \"{first_name}@example.com\"` puts texts together, `sql` lets the database compute"
        }
        "regex" | "regexp" | "pattern" => {
            "`generator = \"pattern\"` with `pattern = \"^[a-z]{6}$\"` makes texts that match"
        }
        "value" | "constant" | "fixed_value" | "always" => {
            "`values = [\"a\"]` is the same value in every row"
        }
        "sequence" | "autoincrement" | "auto_increment" | "increment" | "serial" | "counter" => {
            "`generator = \"sequence\"` counts; with `per = \"order\"` within each parent"
        }
        "copy" | "copy_from" | "parent" | "lookup" | "ref" | "reference" | "references"
        | "source" => "`from = \"customer.email\"` is the value of a parent",
        "sum" | "total" => "`sum_of = \"order_lines.amount\"` sums the rows that point here",
        "count" | "children_count" => {
            "`count_of = \"order_lines\"` counts the rows that point here"
        }
        "avg" | "average" | "mean" => {
            "`average_of = \"reviews.rating\"` is the mean of the rows that point here"
        }
        "first" | "earliest" => {
            "`first_of = \"orders.created_at\"` is what the eldest row holds that points here"
        }
        "last" | "latest" | "newest" => {
            "`latest_of = \"orders.created_at\"` is what the youngest row holds that points here"
        }
        "if" | "when" | "condition" | "unless" | "depends_on" => {
            "`only_if = { status = \"paid\" }` makes it NULL elsewhere; `cases` give other values"
        }
        "slug" | "slugify" | "parameterize" => {
            "`template = \"{title|slug}\"` makes a slug of another column"
        }
        "unique_values" | "uniq" | "distinct" => "`unique = true` makes values differ",
        "lang" | "language" => "`locale = \"ja\"` is the language",
        "now" | "date" | "reference_date" | "as_of" | "current_date" => {
            "`today = 2026-11-01`, at the head of the file, is the day at which data ends"
        }
        "row_count" | "n" | "size" | "number" | "amount" | "records" => {
            "`rows = 1000` is how many rows there are"
        }
        "per_parent" | "each" | "children" | "parents" => {
            "`per = \"orders\"` with `range = [1, 4]` says how many rows each parent has"
        }
        "seeds" | "data" | "records_fixed" | "static" | "fixtures" | "rows_fixed" | "fixture" => {
            "`[[tables.users.fixed]]` gives a row"
        }
        "persona" | "profiles" | "profile" | "groups" => {
            "`[[tables.users.personas]]` is a set of columns that go together"
        }
        "states" | "state_machine" | "workflow" | "transitions" | "status" => {
            "`[tables.orders.lifecycle]` has the states that rows go through"
        }
        "skip" | "ignore" | "exclude" => {
            "`rows = 0` makes no rows; `default = true` leaves a column to the database"
        }
        _ => return None,
    };
    Some(hint)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn guesses_are_answered_and_nonsense_is_not() {
        assert!(of("min").is_some_and(|hint| hint.contains("`range")));
        assert!(of("Faker").is_some_and(|hint| hint.contains("`generator")));
        assert_eq!(of("xyzzy"), None);
    }
}
