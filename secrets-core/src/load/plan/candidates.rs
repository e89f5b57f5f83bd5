//! The requests to one source, and the places of values among their results.

use std::sync::OnceLock;

use crate::source::{KeyedBy, SecretRequest};
use crate::spec::Reach;

/// The requests to one source, and the candidates of all requested values.
#[derive(Clone, Debug, Default)]
pub(in crate::load) struct Round {
    pub(in crate::load) requests: Vec<SecretRequest>,
    /// The candidates of one value follow each other, the one of its own name first.
    candidates: Vec<Candidate>,
    /// The number of candidates of each request.
    uses: Vec<usize>,
}

/// A place at which a source can have a value: its own name, or an alias.
#[derive(Clone, Copy, Debug)]
pub(in crate::load) struct Candidate {
    pub(in crate::load) leaf: usize,
    pub(in crate::load) request: usize,
    pub(in crate::load) is_alias: bool,
    /// The place among the addresses of the value, if the request is for a secret.
    pub(super) address: Option<usize>,
}

/// The requests for all values, each created on first use.
#[derive(Debug, Default)]
pub(super) struct InitialRequests {
    secrets: OnceLock<Round>,
    variables: OnceLock<Round>,
    /// Those of the values that are not secrets.
    settings: OnceLock<Round>,
}

impl InitialRequests {
    pub(super) fn slot(&self, keyed_by: KeyedBy, reach: Reach) -> Option<&OnceLock<Round>> {
        match (keyed_by, reach) {
            (KeyedBy::SecretId, Reach::Chain) => Some(&self.secrets),
            (KeyedBy::EnvVar, Reach::Chain) => Some(&self.variables),
            (KeyedBy::EnvVar, Reach::EnvironmentOnly) => Some(&self.settings),
            (KeyedBy::SecretId, Reach::EnvironmentOnly) => None,
        }
    }
}

impl Round {
    /// Adds the secret of a value's own name, which is its first address, or of an alias.
    pub(super) fn add_secret(
        &mut self,
        leaf: usize,
        address: usize,
        request: &SecretRequest,
        json_key: Option<&str>,
    ) {
        let request = self.add_request(request);
        if let Some(key) = json_key {
            self.requests[request].add_json_key(key);
        }
        self.candidates.push(Candidate {
            leaf,
            request,
            is_alias: address > 0,
            address: Some(address),
        });
    }

    /// Adds a variable of a value.
    pub(super) fn add_variable(&mut self, leaf: usize, variable: &str, is_alias: bool) {
        let request = self.add_request(&SecretRequest::variable(variable));
        self.candidates.push(Candidate {
            leaf,
            request,
            is_alias,
            address: None,
        });
    }

    /// Returns the place of a request, and adds it if it is new.
    fn add_request(&mut self, request: &SecretRequest) -> usize {
        let is_same = |known: &SecretRequest| known.is_same_secret(request);
        let known = self.requests.iter().position(is_same);
        let place = known.unwrap_or(self.requests.len());
        if known.is_none() {
            self.requests.push(request.clone());
            self.uses.push(0);
        }
        self.uses[place] += 1;
        place
    }

    /// Returns whether no other candidate needs the result of the request.
    pub(in crate::load) fn is_only(&self, candidate: Candidate) -> bool {
        self.uses[candidate.request] == 1
    }

    /// Returns the candidates of each value.
    pub(in crate::load) fn of_each_value(&self) -> impl Iterator<Item = &[Candidate]> {
        self.candidates.chunk_by(|one, next| one.leaf == next.leaf)
    }
}
