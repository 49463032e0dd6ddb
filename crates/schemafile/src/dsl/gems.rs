//! Calls that gems add to migrations and dumps, and what to write for them.

/// What to write for a gem's call; none for a name that isn't one.
pub(crate) fn advice(name: &str) -> Option<String> {
    let whose = match name {
        "create_extension" | "add_extension" | "install_extension" | "enable_pg_extension" => {
            return Some("write `enable_extension \"name\"`".to_owned());
        }
        "safety_assured" => {
            return Some(
                "a schema has nothing to be safe from: take the block away from around its lines"
                    .to_owned(),
            );
        }
        "create_enum_type" | "add_enum" | "define_enum" | "create_pg_enum" => {
            return Some("write `create_enum \"name\", [\"one\", \"two\"]`".to_owned());
        }
        "create_database_view" | "create_materialized_view" => {
            return Some(
                "write `create_view \"name\", sql_definition: \"SELECT …\"`, with `materialized: true` where it is"
                    .to_owned(),
            );
        }
        "update_view" | "replace_view" | "update_function" | "update_trigger" | "drop_view"
        | "drop_function" | "drop_trigger" => {
            return Some(
                "a schema says what there is in the end: give `create_…` its newest version"
                    .to_owned(),
            );
        }
        "create_domain"
        | "create_sequence"
        | "create_composite_type"
        | "create_range_type"
        | "create_type"
        | "create_aggregate"
        | "create_policy"
        | "create_rule"
        | "create_cast"
        | "create_operator"
        | "create_collation"
        | "create_role"
        | "create_server"
        | "create_foreign_table"
        | "create_text_search_configuration"
        | "create_publication"
        | "create_event_trigger"
        | "create_partition"
        | "create_range_partition"
        | "create_list_partition"
        | "create_range_partition_of"
        | "create_list_partition_of" => "this",
        _ if name.contains("hypertable")
            || name.contains("continuous_aggregate")
            || name.ends_with("_policy") =>
        {
            "TimescaleDB's"
        }
        _ if name.contains("logidze") => "Logidze's",
        _ if name.starts_with("add_foreign_key") => {
            return Some("write `add_foreign_key \"table\", \"other\"`".to_owned());
        }
        _ if ["_constraint", "_validation"]
            .iter()
            .any(|ending| name.ends_with(ending))
            && name.starts_with("add_") =>
        {
            return Some("write `add_check_constraint \"table\", \"SQL\", name: \"…\"`".to_owned());
        }
        _ => return None,
    };
    Some(format!(
        "{whose} call isn't read: `execute \"…\"` takes the SQL of what it makes"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_gems_have_their_words() {
        for (name, told) in [
            (
                "create_hypertable",
                "TimescaleDB's call isn't read: `execute",
            ),
            ("create_domain", "this call isn't read: `execute"),
            ("create_extension", "`enable_extension"),
            ("add_length_constraint", "`add_check_constraint"),
        ] {
            let advice = advice(name).unwrap();
            assert!(advice.contains(told), "{advice}");
        }
        assert_eq!(advice("ad_index"), None);
    }
}
