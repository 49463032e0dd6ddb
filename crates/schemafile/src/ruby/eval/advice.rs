//! What to write instead of Ruby that a schema doesn't have, and of words that mean a value elsewhere.

/// What to write instead of some Ruby, by the words in which it is told.
pub(super) fn instead_of(what: &str) -> &'static str {
    const ANY: &str = "a schema may hold literals, blocks, local variables, simple arithmetic and `require`; it is read, \
                       never run";
    let code = what.trim_start_matches('`');
    let begins = |words: &[&str]| words.iter().any(|word| code.starts_with(word));
    if what.contains("ActiveRecord::Migration") {
        "this is a migration; what is read is the whole schema, such as db/schema.rb"
    } else if begins(&["def "]) {
        "a schema has no methods of its own: write the lines where it is called, or go over a list, \
         `%w[a b].each { |name| t.string name }`"
    } else if begins(&["class ", "module "]) {
        "a schema has no classes or modules: what makes tables stands at the top level"
    } else if begins(&["while ", "until ", "for ", "loop"]) {
        "go over a list: `[\"a\", \"b\"].each do |name| … end`"
    } else if begins(&["case "]) {
        "write `if` and `elsif`"
    } else if what.contains("rescue") {
        "nothing of a schema fails half-way: take `begin` and `rescue` out"
    } else if begins(&["$", "@"]) {
        "write a local variable, without `$` or `@`"
    } else if begins(&["puts", "print", "p`", "pp`", "warn"]) {
        "nothing is printed while a schema is read: take it out"
    } else {
        ANY
    }
}

/// The name of the method that unsupported Ruby defines.
pub(super) fn defined_method(what: &str) -> Option<&str> {
    let rest = what.strip_prefix("`def ")?;
    let rest = rest.strip_prefix("self.").unwrap_or(rest);
    let end = rest
        .find(|character: char| !(character.is_alphanumeric() || character == '_'))
        .unwrap_or(rest.len());
    Some(&rest[..end]).filter(|name| !name.is_empty())
}

/// What was meant by a word of another language, or of SQL.
pub(super) fn meant_by(word: &str) -> Option<String> {
    let value = match word.to_ascii_lowercase().as_str() {
        "null" | "none" | "nil" | "nill" | "undefined" | "nothing" => "nil",
        "true" | "yes" | "on" => "true",
        "false" | "no" | "off" => "false",
        "current_timestamp" | "current_date" | "current_time" | "localtimestamp" | "now" => {
            let sql = if word.eq_ignore_ascii_case("now") {
                "now()"
            } else {
                word
            };
            return Some(format!("SQL stands in a lambda: `-> {{ \"{sql}\" }}`"));
        }
        _ => return None,
    };
    (value != word).then(|| format!("did you mean `{value}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_other_languages_are_known() {
        for (word, value) in [
            ("null", "nil"),
            ("NULL", "nil"),
            ("None", "nil"),
            ("True", "true"),
            ("FALSE", "false"),
        ] {
            assert_eq!(meant_by(word), Some(format!("did you mean `{value}`?")));
        }
        assert_eq!(meant_by("name"), None);
    }

    #[test]
    fn methods_that_a_file_defines_have_names() {
        assert_eq!(defined_method("`def audit(t)`"), Some("audit"));
        assert_eq!(defined_method("`def self.x`"), Some("x"));
        assert_eq!(defined_method("`while true`"), None);
    }
}
