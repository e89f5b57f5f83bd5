//! The parts of a load that the command line uses.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::plan::{Leaf, Plan};
use super::state::LoadState;
use super::{FromSecrets, Loader, blocking};
#[cfg(feature = "aws")]
use super::{Values, state::Status};
use crate::decode::Recording;
use crate::error::Error;
#[cfg(feature = "aws")]
use crate::source::{
    Env, SecretsManager, Source, SourceErrorKind,
    aws::{AwsOptions, SecretsManagerSource, open},
};
use crate::source::{Role, from_words};

impl Loader {
    /// Fetches and decodes all values, even if some fail.
    pub(crate) async fn fetch_values<T: FromSecrets>(
        &self,
    ) -> Result<(Arc<Plan>, LoadState), Error> {
        let fetched = self.fetch::<T>(self.context(), Recording::Off).await;
        fetched.map(|(plan, state, _)| (plan, state))
    }

    /// Returns the plan of a struct. Returns an error if the name of a needed field contains a placeholder without a
    /// value.
    pub(crate) fn filled_plan<T: FromSecrets>(
        &self,
        is_needed: impl Fn(&Leaf) -> bool,
    ) -> Result<Arc<Plan>, Error> {
        let subject = T::SPEC.name();
        let planning = async {
            let chain = self.chain(subject, self.context())?;
            self.plan::<T>(&chain).await
        };
        let planned = blocking::run(subject, planning)?;
        let leaves = &planned.plan.leaves;
        let flaws = planned.plan.unfilled(|leaf| is_needed(&leaves[leaf]));
        if flaws.is_empty() {
            return Ok(planned.plan);
        }
        Err(planned.unfilled(flaws))
    }

    /// Sets the placeholders of a plan, some of which can be from a `.env` file.
    pub(crate) fn placeholders_of(self, plan: &Plan) -> Self {
        plan.placeholders()
            .filter_map(|(name, value)| Some((name, value?)))
            .fold(self, |loader, (name, value)| {
                loader.placeholder(name, value)
            })
    }

    /// Sets the chain that these words name, in the syntax of `FROM_SECRETS_SOURCES`.
    pub(crate) fn source_words(self, words: &str) -> Result<Self, String> {
        let sources = from_words(words, &self.registered)?;
        Ok(self.sources(sources))
    }

    /// Returns the placeholders that were set, without those from environment variables.
    pub(crate) fn placeholders(&self) -> &[(String, String)] {
        &self.placeholders
    }

    /// Returns the names of the placeholders in the names of secrets.
    pub(crate) fn placeholder_names<T: FromSecrets>() -> BTreeSet<String> {
        let names = RefCell::new(BTreeSet::new());
        let note = |name: &str| {
            names.borrow_mut().insert(name.to_owned());
            None
        };
        // Flaws of the declaration do not change the names.
        drop(Plan::new(T::SPEC, &note));
        names.into_inner()
    }

    /// Removes environment variables and `.env` files from the chain. Returns `None` if no source is left.
    pub(crate) fn without_variables(self) -> Result<Option<Self>, Error> {
        let mut secrets = self.chain_sources("the command line")?;
        secrets.retain(|source| source.role() == Role::Secrets);
        Ok((!secrets.is_empty()).then(|| self.sources(secrets)))
    }
}

/// The parts that need AWS.
#[cfg(feature = "aws")]
impl Loader {
    /// Fetches and decodes the values of all fields whose names contain no placeholder without a value.
    pub(crate) async fn fetch_named_values<T: FromSecrets>(
        &self,
    ) -> Result<(Arc<Plan>, LoadState), Error> {
        let chain = self.chain(T::SPEC.name(), self.context())?;
        let planned = self.plan::<T>(&chain).await?;
        let plan = Arc::clone(&planned.plan);
        let mut state = LoadState::new(&plan);
        for (leaf, state) in plan.leaves.iter().zip(&mut state.leaves) {
            if !leaf.unfilled.is_empty() {
                // The field is missing in every source.
                state.status = Status::Open { from: usize::MAX };
            }
        }
        let fetched = chain.fetch(&plan, &mut state).await;
        fetched.map_err(|unfilled| planned.unfilled(unfilled))?;
        drop(T::from_values(&mut Values::new(&plan, &mut state)));
        Ok((plan, state))
    }

    /// Sets the region of all AWS sources, regardless of their settings.
    pub(crate) fn override_region(self, region: String) -> Self {
        self.with_options(|options| options.region = Some(region))
    }

    /// Sets the profile of all AWS sources, regardless of their settings.
    pub(crate) fn override_profile(self, name: String) -> Self {
        self.with_options(|options| options.profile = Some(name))
    }

    fn with_options(mut self, change: impl FnOnce(&mut AwsOptions)) -> Self {
        let options = self.defaults.get::<AwsOptions>();
        let mut options = options.as_deref().cloned().unwrap_or_default();
        change(&mut options);
        self.defaults.set(options);
        self
    }

    /// Returns the environment variables of this loader.
    pub(crate) fn variables(&self) -> &Env {
        &self.env
    }

    /// Returns the Secrets Manager sources of the chain. If it has none, returns one with the settings of this loader.
    pub(crate) fn secrets_manager(
        &self,
        subject: &'static str,
    ) -> Result<Vec<SecretsManagerSource>, Error> {
        let sources = self.chain_sources(subject)?;
        let in_chain = sources.iter().filter_map(Source::settings);
        let mut settings: Vec<SecretsManager> = in_chain.cloned().collect();
        if settings.is_empty() {
            settings.push(SecretsManager::new());
        }
        let opened = settings.iter();
        Ok(opened.map(|own| open(own, &self.defaults, None)).collect())
    }

    /// Returns whether the next source is queried after an error of this kind.
    pub(crate) fn falls_back_on(&self, kind: SourceErrorKind) -> bool {
        self.fall_back_on.contains(&kind)
    }

    /// Returns the regions to which the secrets of its sources are replicated, as set in code.
    pub(crate) fn replicas(&self) -> Vec<String> {
        let sources = self.sources.iter().flatten();
        let in_chain = sources.filter_map(Source::settings::<SecretsManager>);
        let mut regions: Vec<String> = Vec::new();
        for region in in_chain.flat_map(SecretsManager::replicas) {
            if !regions.contains(region) {
                regions.push(region.clone());
            }
        }
        regions
    }
}
