//! The requests for values, without repetitions.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Address, Candidate, Leaf, Plan, Round};
use crate::source::KeyedBy;
use crate::spec::Reach;

impl Plan {
    /// Returns the number of distinct secrets.
    pub(crate) fn secrets(&self) -> usize {
        let requests = self.requests(KeyedBy::SecretId, Reach::Chain, |_| true);
        requests.requests.len()
    }

    /// Returns the requests for all open values with this reach.
    pub(in crate::load) fn requests(
        &self,
        keyed_by: KeyedBy,
        reach: Reach,
        is_open: impl Fn(usize) -> bool,
    ) -> Cow<'_, Round> {
        let mut leaves = self.leaves.iter().enumerate();
        let create = |is_open: &dyn Fn(usize) -> bool| {
            let mut requests = Round::default();
            for (i, leaf) in self.leaves.iter().enumerate() {
                if leaf.reach() == reach && is_open(i) {
                    add(&mut requests, i, leaf, keyed_by);
                }
            }
            requests
        };
        match self.initial.slot(keyed_by, reach) {
            Some(initial) if leaves.all(|(i, leaf)| leaf.reach() != reach || is_open(i)) => {
                Cow::Borrowed(initial.get_or_init(|| create(&|_| true)))
            }
            _ => Cow::Owned(create(&is_open)),
        }
    }

    /// Returns the JSON key of a candidate. A variable contains the field's value alone.
    pub(in crate::load) fn json_key(&self, candidate: Candidate) -> Option<Arc<str>> {
        self.address(candidate)?.json_key.clone()
    }

    /// Returns the declared id of a candidate's secret, with placeholders.
    pub(in crate::load) fn declared(&self, candidate: Candidate) -> Option<Arc<str>> {
        Some(Arc::clone(&self.address(candidate)?.declared))
    }

    fn address(&self, candidate: Candidate) -> Option<&Address> {
        let mut addresses = self.leaves[candidate.leaf].addresses();
        addresses.nth(candidate.address?)
    }
}

/// Adds all candidates of a value.
fn add(round: &mut Round, index: usize, leaf: &Leaf, keyed_by: KeyedBy) {
    match keyed_by {
        KeyedBy::SecretId => {
            for (i, address) in leaf.addresses().enumerate() {
                round.add_secret(index, i, &address.request, address.json_key.as_deref());
            }
        }
        KeyedBy::EnvVar => {
            for (i, variable) in leaf.variables().enumerate() {
                round.add_variable(index, variable, i > 0);
            }
        }
    }
}
