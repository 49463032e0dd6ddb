//! In which order tables can be filled so that parents come before their children.
//!
//! Self-references need no order, and cycles have none: the tables of a cycle are reported so that
//! whoever fills them can choose their rows without having seen the other's.

use crate::{Dialect, QualifiedName, Schema};
use std::collections::BTreeMap;

/// Tables as positions in [`Schema::tables`], parents first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadOrder {
    /// Groups in order. A group of one is a table by itself; a longer one is a cycle of foreign
    /// keys. Within a group, and among groups that are free to swap, the order is the source's.
    pub groups: Vec<Vec<usize>>,
}

impl LoadOrder {
    /// All tables, flattened.
    pub fn tables(&self) -> impl Iterator<Item = usize> {
        self.groups.iter().flatten().copied()
    }
}

/// Orders the tables of a schema by their foreign keys. Keys to tables that the schema lacks don't
/// count.
pub fn load_order<D: Dialect>(schema: &Schema<D>) -> LoadOrder {
    let positions: BTreeMap<&QualifiedName, usize> = schema
        .tables
        .iter()
        .enumerate()
        .map(|(position, table)| (&table.name, position))
        .collect();
    let parents: Vec<Vec<usize>> = schema
        .tables
        .iter()
        .enumerate()
        .map(|(position, table)| {
            let mut parents: Vec<usize> = table
                .foreign_keys
                .iter()
                .filter_map(|key| positions.get(&key.referenced_table).copied())
                .filter(|&parent| parent != position)
                .collect();
            parents.sort_unstable();
            parents.dedup();
            parents
        })
        .collect();
    LoadOrder {
        groups: strongly_connected_components(&parents),
    }
}

/// Groups of nodes that reach each other along the edges, each sorted; a node that is in no circle is a group by itself.
/// Groups come out with what they point to first.
///
/// Tarjan's algorithm with an explicit stack, so that a long chain can't exhaust the thread's.
pub fn strongly_connected_components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut index = vec![UNSEEN; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let mut stack = Vec::new();
    let mut components = Vec::new();
    let mut next_index = 0;
    for root in 0..edges.len() {
        if index[root] != UNSEEN {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                index[node] = next_index;
                low[node] = next_index;
                next_index += 1;
                stack.push(node);
                on_stack[node] = true;
            } else {
                low[node] = low[node].min(low[edges[node][edge - 1]]);
            }
            let mut descended = false;
            for (offset, &target) in edges[node].iter().enumerate().skip(edge) {
                if index[target] == UNSEEN {
                    calls.push((node, offset + 1));
                    calls.push((target, 0));
                    descended = true;
                    break;
                }
                if on_stack[target] {
                    low[node] = low[node].min(index[target]);
                }
            }
            if descended {
                continue;
            }
            if low[node] == index[node] {
                let mut component = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                component.sort_unstable();
                components.push(component);
            }
        }
    }
    components
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Plain;
    use crate::{ForeignKey, ReferentialAction, Table};

    #[track_caller]
    fn check(keys: &[(&str, &[&str])], expected: &[&[&str]]) {
        let mut schema = Schema::<Plain>::default();
        for (name, targets) in keys {
            let mut table = Table::new(QualifiedName::bare(*name));
            for target in *targets {
                table.foreign_keys.push(ForeignKey {
                    name: format!("{name}_{target}"),
                    columns: vec![format!("{target}_id")],
                    referenced_table: QualifiedName::bare(*target),
                    referenced_columns: vec!["id".into()],
                    on_delete: ReferentialAction::NoAction,
                    on_update: ReferentialAction::NoAction,
                    own: (),
                });
            }
            schema.tables.push(table);
        }
        let names: Vec<Vec<&str>> = load_order(&schema)
            .groups
            .iter()
            .map(|group| {
                group
                    .iter()
                    .map(|&position| schema.tables[position].name.name.as_str())
                    .collect()
            })
            .collect();
        assert_eq!(names, expected);
        let order = load_order(&schema);
        assert_eq!(order.tables().collect::<Vec<_>>(), order.groups.concat());
    }

    #[test]
    fn tables_without_keys_keep_the_order_of_the_source() {
        check(&[("b", &[]), ("a", &[])], &[&["b"], &["a"]]);
    }

    #[test]
    fn parents_come_first() {
        check(
            &[
                ("orders", &["users", "products"]),
                ("users", &["offices"]),
                ("products", &[]),
                ("offices", &[]),
            ],
            &[&["offices"], &["users"], &["products"], &["orders"]],
        );
    }

    #[test]
    fn a_self_reference_is_not_a_cycle() {
        check(&[("staff", &["staff"])], &[&["staff"]]);
    }

    #[test]
    fn a_cycle_is_one_group_before_its_children() {
        check(
            &[
                ("child", &["a"]),
                ("a", &["b"]),
                ("b", &["c"]),
                ("c", &["a"]),
            ],
            &[&["a", "b", "c"], &["child"]],
        );
    }

    #[test]
    fn two_cycles_through_one_table_are_one_group() {
        check(
            &[
                ("a", &["b", "c"]),
                ("b", &["a"]),
                ("c", &["a"]),
                ("d", &["nowhere"]),
            ],
            &[&["a", "b", "c"], &["d"]],
        );
    }

    #[test]
    fn a_long_chain_does_not_exhaust_the_stack() {
        let names: Vec<String> = (0..20_000).map(|n| format!("t{n}")).collect();
        let edges: Vec<Vec<usize>> = (0..names.len())
            .map(|n| {
                if n + 1 < names.len() {
                    vec![n + 1]
                } else {
                    vec![]
                }
            })
            .collect();
        let components = strongly_connected_components(&edges);
        assert_eq!(components.len(), names.len());
        assert_eq!(components[0], [names.len() - 1]);
    }
}
