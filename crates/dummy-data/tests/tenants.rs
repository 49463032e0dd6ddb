//! Keys of several columns that share one, in schemas made at random: every key finds its row, and what
//! must be unique is.

use dummy_data::{Plan, Request};
use proptest::prelude::*;
use row_text::RowBuffer;
use std::collections::{BTreeMap, BTreeSet};
use value_model::{
    Column, DataType, ForeignKey, PrimaryKey, QualifiedName, ReferentialAction, Schema, Table,
    UniqueConstraint, ValueType,
};

/// What a random table has besides its tenant and its number.
#[derive(Debug, Clone)]
struct Shape {
    /// Tables before it, or itself, that its rows point to; and whether they must.
    parents: Vec<(usize, bool)>,
    /// Whether it points to the tenants by a key of its own.
    has_tenant: bool,
    /// Whether its numbers begin anew for each tenant.
    numbered: bool,
    /// Columns after the first two that are unique together, and whether with the tenant.
    uniques: Vec<(BTreeSet<usize>, bool)>,
}

fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    let shape = (
        prop::collection::vec((0_usize..6, any::<bool>()), 0..4),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec(
            (prop::collection::btree_set(0_usize..6, 1..4), any::<bool>()),
            0..3,
        ),
    );
    prop::collection::vec(
        shape.prop_map(|(parents, has_tenant, numbered, uniques)| Shape {
            parents,
            has_tenant,
            numbered,
            uniques,
        }),
        1..6,
    )
}

fn column(name: &str, kind: ValueType, not_null: bool) -> Column {
    Column {
        not_null,
        ..Column::new(name, DataType::scalar(kind))
    }
}

fn key(columns: &[&str], parent: &str, referenced: &[&str]) -> ForeignKey {
    ForeignKey {
        name: format!("fk_{}", columns.join("_")),
        columns: columns.iter().map(ToString::to_string).collect(),
        referenced_table: QualifiedName::bare(parent),
        referenced_columns: referenced.iter().map(ToString::to_string).collect(),
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        own: (),
    }
}

fn schema(shapes: &[Shape]) -> Schema {
    let mut tenants = Table::new(QualifiedName::bare("tenants"));
    tenants.columns.push(column("id", ValueType::BigInt, true));
    tenants.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".into()],
    });
    let mut tables = vec![tenants];
    for (number, shape) in shapes.iter().enumerate() {
        let mut table = Table::new(QualifiedName::bare(format!("t{number}")));
        let own = if shape.numbered { "place" } else { "id" };
        table
            .columns
            .push(column("tenant_id", ValueType::BigInt, true));
        table.columns.push(column(own, ValueType::Integer, true));
        table.primary_key = Some(PrimaryKey {
            name: None,
            columns: vec!["tenant_id".into(), own.into()],
        });
        if shape.has_tenant {
            table
                .foreign_keys
                .push(key(&["tenant_id"], "tenants", &["id"]));
        }
        for (place, (parent, is_needed)) in shape.parents.iter().enumerate() {
            let parent = parent % (number + 1);
            let name = format!("parent{place}_id");
            table
                .columns
                .push(column(&name, ValueType::Integer, *is_needed));
            let parents = if shapes[parent].numbered {
                "place"
            } else {
                "id"
            };
            table.foreign_keys.push(key(
                &["tenant_id", &name],
                &format!("t{parent}"),
                &["tenant_id", parents],
            ));
        }
        table.columns.push(column("kind", ValueType::Boolean, true));
        table
            .columns
            .push(column("position", ValueType::SmallInt, true));
        for (which, (columns, with_tenant)) in shape.uniques.iter().enumerate() {
            let count = table.columns.len() - 2;
            let mut names: BTreeSet<String> = columns
                .iter()
                .map(|column| table.columns[2 + column % count].name.clone())
                .collect();
            if *with_tenant {
                names.insert("tenant_id".into());
            }
            table.own.uniques.push(UniqueConstraint {
                name: format!("unique{which}"),
                columns: names.into_iter().collect(),
                nulls_not_distinct: false,
            });
        }
        tables.push(table);
    }
    Schema {
        tables,
        ..Schema::default()
    }
}

/// The cells of each table's columns, by their names.
fn cells(plan: &Plan) -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
    let of_column = |column: &dummy_data::ColumnPlan, rows: u64| {
        (0..rows)
            .map(|row| {
                let mut out = RowBuffer::new();
                column.write_field(row, &mut out);
                String::from_utf8(out.into_vec()).expect("values are UTF-8")
            })
            .collect::<Vec<_>>()
    };
    plan.tables
        .iter()
        .map(|table| {
            let columns = table
                .columns
                .iter()
                .map(|column| (column.name.clone(), of_column(column, table.rows)))
                .collect();
            (table.name.name.clone(), columns)
        })
        .collect()
}

/// The values of some columns in each row where none is NULL.
fn tuples(columns: &BTreeMap<String, Vec<String>>, names: &[String]) -> Vec<Vec<String>> {
    (0..columns["tenant_id"].len())
        .map(|row| {
            names
                .iter()
                .map(|name| columns[name][row].clone())
                .collect()
        })
        .filter(|tuple: &Vec<String>| !tuple.iter().any(|cell| cell == "\\N"))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn keys_find_their_rows_and_unique_is_unique(shapes in shapes(), rows in prop_oneof![1_u64..4, 5_u64..300], tenants in 1_u64..60, seed: u64) {
        let schema = schema(&shapes);
        let request = Request {
            seed,
            rows,
            table_rows: [("tenants".to_owned(), tenants)].into(),
            ..Request::default()
        };
        let plan = Plan::new(&schema.clone().into(), &[], &request).unwrap();
        let cells = cells(&plan);
        for (number, shape) in shapes.iter().enumerate() {
            let name = format!("t{number}");
            let Some(own) = cells.get(&name) else {
                prop_assert!(plan.skipped.iter().any(|(table, _)| table.name == name));
                continue;
            };
            let table = schema.tables.iter().find(|table| table.name.name == name).unwrap();
            for key in &table.foreign_keys {
                let found = tuples(own, &key.columns);
                let Some(parents) = cells.get(&key.referenced_table.name) else {
                    prop_assert!(found.is_empty(), "{} of {name} points to no rows", key.name);
                    continue;
                };
                let there: BTreeSet<Vec<String>> = (0..parents.values().next().unwrap().len())
                    .map(|row| key.referenced_columns.iter().map(|column| parents[column][row].clone()).collect())
                    .collect();
                for tuple in found {
                    prop_assert!(there.contains(&tuple), "{} of {name}: {tuple:?}", key.name);
                }
            }
            let sets = table.own.uniques.iter().map(|unique| &unique.columns);
            for columns in sets.chain(table.primary_key.iter().map(|key| &key.columns)) {
                let all = tuples(own, columns);
                let different: BTreeSet<_> = all.iter().collect();
                prop_assert_eq!(all.len(), different.len(), "{} of {}: {:?}", columns.join(", "), name, all);
            }
            // Without anything unique but the key there are as many rows as were asked for.
            if shape.uniques.is_empty() && shapes.iter().all(|shape| shape.uniques.is_empty()) {
                prop_assert_eq!(own["tenant_id"].len() as u64, rows);
            }
        }
    }
}
