//! Cycles in a directed graph.

use std::collections::{BTreeMap, BTreeSet};

/// A graph of imports.
pub(crate) struct Graph<'a>(BTreeMap<&'a str, BTreeSet<&'a str>>);

impl<'a> Graph<'a> {
    pub(crate) fn new(edges: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut targets: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (from, to) in edges {
            targets.entry(from).or_default();
            targets.entry(to).or_default();
            if from != to {
                targets.entry(from).or_default().insert(to);
            }
        }
        Self(targets)
    }

    /// Returns the sets of nodes that reach each other.
    pub(crate) fn cycles(&self) -> BTreeSet<BTreeSet<&'a str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> = self
            .0
            .keys()
            .map(|node| (*node, self.reached_from(node)))
            .collect();
        let cycle = |node: &&'a str| -> BTreeSet<&'a str> {
            let others = reached[node].iter().copied();
            others
                .filter(|other| reached[other].contains(node))
                .collect()
        };
        let cycles = self.0.keys().map(cycle);
        cycles.filter(|cycle| !cycle.is_empty()).collect()
    }

    fn reached_from(&self, start: &str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&'a str> = self.0[start].iter().copied().collect();
        while let Some(node) = next.pop() {
            if reached.insert(node) {
                next.extend(&self.0[node]);
            }
        }
        reached
    }
}

#[test]
fn cycle_is_found_among_imports() {
    let graph = Graph::new([("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("a", "a")]);
    assert_eq!(graph.cycles(), BTreeSet::from([BTreeSet::from(["b", "c"])]));
}
