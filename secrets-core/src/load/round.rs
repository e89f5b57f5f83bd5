//! The results of the requests to one source.

use std::sync::Arc;

use super::plan::{Candidate, Leaf, Plan, Round};
use super::state::FoundValue;
use crate::decode::{Mismatch, SecretDocument, Selected};
use crate::report::{Attempt, RequestedAlias, UnusedAlias};
use crate::source::{
    FetchResult, KeyedBy, Provenance, SecretRequest, SecretSource, SourceError, SourceErrorKind,
};

/// Returns whether a source with these keys can have a value.
pub(super) fn can_have(keyed_by: KeyedBy, leaf: &Leaf) -> bool {
    match keyed_by {
        KeyedBy::SecretId => leaf.address.is_some(),
        KeyedBy::EnvVar => leaf.variable.is_some(),
    }
}

/// The results of the requests of a round.
pub(super) struct Fetched<'a> {
    plan: &'a Plan,
    pub(super) source: &'a dyn SecretSource,
    pub(super) place: usize,
    /// The name and the endpoint of the source.
    name: Arc<str>,
    endpoint: Option<Arc<str>>,
    round: &'a Round,
    /// The results, whose values and metadata are moved to `found`.
    results: Vec<FetchResult>,
    found: Vec<Option<FoundSecret>>,
    /// Whether each request is that of a value's own name, or of an alias that provided a value.
    used: Vec<bool>,
}

/// A secret that was found.
struct FoundSecret {
    document: SecretDocument,
    provenance: Provenance,
}

impl<'a> Fetched<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        source: &'a dyn SecretSource,
        place: usize,
        round: &'a Round,
        mut results: Vec<FetchResult>,
    ) -> Self {
        let name: Arc<str> = source.name().into();
        let found = |result: &mut FetchResult| match result {
            FetchResult::Found(found) => Some(FoundSecret {
                document: SecretDocument::new(found.value.take()),
                provenance: Provenance::take(&name, found),
            }),
            _ => None,
        };
        Self {
            found: results.iter_mut().map(found).collect(),
            used: vec![false; results.len()],
            endpoint: source.endpoint().map(Arc::from),
            plan,
            source,
            place,
            name,
            round,
            results,
        }
    }

    /// Selects a field's value from a result. Each candidate is selected at most once.
    pub(super) fn select(&mut self, candidate: Candidate) -> Result<FoundValue, FetchResult<()>> {
        let Some(found) = &mut self.found[candidate.request] else {
            return Err(self.results[candidate.request].without_value());
        };
        let selected = match self.plan.json_key(candidate) {
            None if self.round.is_only(candidate) => Selected::Value(found.document.take()),
            json_key => found.document.select(json_key.as_deref()),
        };
        match selected {
            Selected::Value(value) => Ok(FoundValue {
                value,
                place: self.place,
                keyed_by: self.source.keyed_by(),
                provenance: found.provenance.clone(),
            }),
            Selected::Missing(reason) => Err(FetchResult::Missing(reason)),
            Selected::Malformed(mismatch) => Err(FetchResult::Failed(not_json(&mismatch))),
        }
    }

    /// Returns the version of a secret that was found without the JSON key.
    #[cfg(feature = "live")]
    pub(super) fn version_without_key(
        &self,
        candidate: Candidate,
        selected: &Result<FoundValue, FetchResult<()>>,
    ) -> Option<Provenance> {
        match (&self.found[candidate.request], selected) {
            (Some(found), Err(FetchResult::Missing(_))) => Some(found.provenance.clone()),
            _ => None,
        }
    }

    /// Returns the first of these aliases that has a value, although the value was found at another place.
    pub(super) fn first_found(
        &mut self,
        aliases: &[Candidate],
        found: Candidate,
    ) -> Option<UnusedAlias> {
        let mut aliases = aliases.iter().copied();
        let alias =
            aliases.find(|alias| !self.is_same(*alias, found) && self.select(*alias).is_ok())?;
        Some(UnusedAlias {
            id: self.round.requests[alias.request].shared_id(),
            json_key: self.plan.json_key(alias),
        })
    }

    /// Returns whether a name and an ARN refer to the same value.
    fn is_same(&self, one: Candidate, other: Candidate) -> bool {
        let arn = |candidate: Candidate| self.arn_at(candidate.request);
        self.plan.json_key(one) == self.plan.json_key(other)
            && arn(one).is_some()
            && arn(one) == arn(other)
    }

    /// Returns the keys of a JSON secret that is not an unused alias.
    pub(super) fn keys_of(&mut self, request: &SecretRequest) -> Option<Vec<&str>> {
        let is_same = |other: &SecretRequest| other.is_same_secret(request);
        let place = self.round.requests.iter().position(is_same)?;
        let found = self.found[place].as_mut();
        found.filter(|_| self.used[place])?.document.keys()
    }

    /// Returns the ARN of a secret that was found.
    pub(super) fn arn_of(&self, request: &SecretRequest) -> Option<&str> {
        let is_same = |other: &SecretRequest| other.is_same_secret(request);
        let place = self.round.requests.iter().position(is_same)?;
        self.arn_at(place)
    }

    /// Returns the ARN of the secret that was found for a request, unless it is that of a different secret.
    fn arn_at(&self, request: usize) -> Option<&str> {
        let arn = self.found[request].as_ref()?.provenance.arn()?;
        self.round.requests[request].can_have_id(arn).then_some(arn)
    }

    pub(super) fn attempt(&mut self, candidate: Candidate, result: FetchResult<()>) -> Attempt {
        let is_used = !candidate.is_alias || matches!(result, FetchResult::Found(()));
        self.used[candidate.request] |= is_used;
        let request = &self.round.requests[candidate.request];
        let alias = candidate.is_alias.then(|| {
            Box::new(RequestedAlias {
                json_key: self.plan.json_key(candidate),
                declared: self.plan.declared(candidate),
            })
        });
        let hint = match alias {
            None => self.source.hint(request, &result),
            Some(_) => None,
        };
        Attempt {
            source: Arc::clone(&self.name),
            keyed_by: self.source.keyed_by(),
            endpoint: self.endpoint.clone(),
            id: request.shared_id(),
            alias,
            hint,
            result,
        }
    }
}

fn not_json(mismatch: &Mismatch) -> SourceError {
    SourceError::new(SourceErrorKind::Malformed, mismatch.to_string()).with_hint(
        "store a JSON object that contains the key once, or remove `json_key` to load the entire secret",
    )
}
