//! Comparing what `pg_dump` writes.

/// A dump with the columns of each table, and the objects, in the order of their names, without psql's own commands.
///
/// `ALTER TABLE` can only append columns, and `pg_dump` lists comments on columns in the order of the columns. Two dumps
/// that are alike after this differ in the order of columns at most.
pub fn columns_sorted(dump: &str) -> String {
    let mut objects: Vec<String> = dump
        .split("\n--\n-- Name: ")
        .map(|object| {
            let is_table =
                object.contains("\nCREATE TABLE ") || object.contains("\nCREATE UNLOGGED TABLE ");
            let lines = object.lines().filter(|line| !line.starts_with('\\'));
            let (mut columns, others): (Vec<&str>, Vec<&str>) =
                lines.partition(|line| is_table && line.starts_with("    "));
            columns.sort_unstable_by_key(|line| line.trim_end_matches(','));
            let columns = columns.iter().map(|line| line.trim_end_matches(','));
            others
                .into_iter()
                .chain(columns)
                .collect::<Vec<_>>()
                .join("\n")
        })
        .collect();
    objects.sort_unstable();
    objects.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_columns_does_not_count_and_their_definitions_do() {
        let dump = |columns: &str| {
            format!(
                "--\n-- Name: t; Type: TABLE\n--\n\nCREATE TABLE t (\n{columns}\n);\n\\restrict x\n"
            )
        };
        let one = columns_sorted(&dump("    a integer,\n    b text"));
        assert_eq!(one, columns_sorted(&dump("    b text,\n    a integer")));
        assert_ne!(one, columns_sorted(&dump("    b text,\n    a bigint")));
        assert!(!one.contains("restrict"));
    }
}
