//! What needs what, and an order in which it can be made.

use super::thing::Certainty;
use std::collections::{BTreeMap, BTreeSet};

/// Nodes by their positions in the order that is wanted, with what each needs.
#[derive(Debug)]
pub(super) struct Graph {
    edges: Vec<BTreeMap<usize, Certainty>>,
}

impl Graph {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            edges: vec![BTreeMap::new(); nodes],
        }
    }

    /// Notes that a node needs another. The surest reason counts.
    pub(super) fn add(&mut self, node: usize, needed: usize, certainty: Certainty) {
        if node != needed {
            let known = self.edges[node].entry(needed).or_insert(certainty);
            *known = (*known).max(certainty);
        }
    }

    /// Whether every node stands behind all that it needs.
    pub(super) fn is_in_order(&self) -> bool {
        self.edges
            .iter()
            .enumerate()
            .all(|(node, needed)| needed.keys().all(|needed| *needed < node))
    }

    /// All that some nodes need, and they themselves.
    pub(super) fn reached(&self, from: &[usize]) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut waiting = from.to_vec();
        while let Some(node) = waiting.pop() {
            if reached.insert(node) {
                waiting.extend(self.edges[node].keys());
            }
        }
        reached
    }

    /// The nodes in an order in which each stands behind what it needs: that of their positions, with what is needed
    /// taken out of its place and put before what needs it first.
    ///
    /// # Errors
    /// Nodes that surely need each other, one list for each such circle.
    pub(super) fn order(mut self) -> Result<Vec<usize>, Vec<Vec<usize>>> {
        let circles = self.resolve();
        if !circles.is_empty() {
            return Err(circles);
        }
        let mut order = Vec::with_capacity(self.edges.len());
        let mut is_placed = vec![false; self.edges.len()];
        for node in 0..self.edges.len() {
            self.place(node, &mut is_placed, &mut order);
        }
        Ok(order)
    }

    /// Places all that a node needs, and then the node, with a stack of its own: chains may be long.
    fn place(&self, node: usize, is_placed: &mut [bool], order: &mut Vec<usize>) {
        let mut stack = vec![(node, false)];
        while let Some((node, is_ready)) = stack.pop() {
            if is_placed[node] {
                continue;
            }
            if is_ready {
                is_placed[node] = true;
                order.push(node);
                continue;
            }
            stack.push((node, true));
            stack.extend(
                self.edges[node]
                    .keys()
                    .rev()
                    .filter(|needed| !is_placed[**needed])
                    .map(|needed| (*needed, false)),
            );
        }
    }

    /// Takes likely edges out of circles until there is none, and puts back those that close none: first those that the
    /// order of positions fulfils. What is left are circles of what is certain.
    fn resolve(&mut self) -> Vec<Vec<usize>> {
        let mut circles = Vec::new();
        for members in self.circles() {
            let inside: BTreeSet<usize> = members.iter().copied().collect();
            let mut likely = Vec::new();
            for &node in &members {
                let likely_edges: Vec<usize> = self.edges[node]
                    .iter()
                    .filter(|(needed, certainty)| {
                        inside.contains(needed) && **certainty == Certainty::Likely
                    })
                    .map(|(needed, _)| *needed)
                    .collect();
                for needed in likely_edges {
                    self.edges[node].remove(&needed);
                    likely.push((node, needed));
                }
            }
            if let Some(circle) = members.iter().find_map(|&node| self.circle_of(node)) {
                circles.push(circle);
                continue;
            }
            likely.sort_unstable_by_key(|&(node, needed)| (needed > node, node, needed));
            for (node, needed) in likely {
                if !self.reached(&[needed]).contains(&node) {
                    self.edges[node].insert(needed, Certainty::Likely);
                }
            }
        }
        circles
    }

    /// Groups of nodes that all need each other, in the order of their first members.
    fn circles(&self) -> Vec<Vec<usize>> {
        let parents: Vec<Vec<usize>> = self
            .edges
            .iter()
            .map(|needed| needed.keys().copied().collect())
            .collect();
        let mut groups = pg_model::strongly_connected_components(&parents);
        groups.retain(|group| group.len() > 1);
        groups.sort_unstable();
        groups
    }

    /// The shortest way from a node back to itself.
    fn circle_of(&self, node: usize) -> Option<Vec<usize>> {
        let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
        let mut waiting = std::collections::VecDeque::from([node]);
        while let Some(at) = waiting.pop_front() {
            for &needed in self.edges[at].keys() {
                if needed == node {
                    let mut circle = vec![at];
                    while let Some(&before) = came_from.get(circle.last()?) {
                        circle.push(before);
                    }
                    circle.reverse();
                    return Some(circle);
                }
                came_from.entry(needed).or_insert_with(|| {
                    waiting.push_back(needed);
                    at
                });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Certainty::{Certain, Likely};

    fn graph(nodes: usize, edges: &[(usize, usize, Certainty)]) -> Graph {
        let mut graph = Graph::new(nodes);
        for &(node, needed, certainty) in edges {
            graph.add(node, needed, certainty);
        }
        graph
    }

    #[test]
    fn only_what_is_needed_moves() {
        assert!(graph(3, &[(2, 0, Certain)]).is_in_order());
        let order = graph(5, &[(1, 4, Certain), (4, 3, Likely)]).order();
        assert_eq!(order, Ok(vec![0, 3, 4, 1, 2]));
    }

    #[test]
    fn what_is_likely_gives_way_to_what_is_certain() {
        let order = graph(3, &[(0, 1, Certain), (1, 0, Likely)]).order();
        assert_eq!(order, Ok(vec![1, 0, 2]));
        let order = graph(2, &[(0, 1, Likely), (1, 0, Likely)]).order();
        assert_eq!(order, Ok(vec![0, 1]));
    }

    #[test]
    fn a_circle_of_what_is_certain_is_an_error() {
        let edges = [(0, 1, Certain), (1, 2, Certain), (2, 1, Certain)];
        assert_eq!(graph(3, &edges).order(), Err(vec![vec![1, 2]]));
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let mut chain = Graph::new(100_000);
        for node in 0..99_999 {
            chain.add(node, node + 1, Certain);
        }
        assert_eq!(chain.order().unwrap()[0], 99_999);
    }
}
