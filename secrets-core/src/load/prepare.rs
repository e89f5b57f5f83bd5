//! Prepares a load: the plan of the struct, and the chain of sources.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chain::Chain;
use super::plan::Plan;
use super::{FromSecrets, Loader};
use crate::error::{Error, Flaw};
use crate::format::printable;
use crate::source::{
    EnvSource, FetchContext, OpenContext, Role, SOURCES_VARIABLE, SecretSource, Source,
    SourceError, arrange, default_chain, from_words,
};

/// The plan of a load.
pub(crate) struct LoadPlan {
    pub(crate) plan: Arc<Plan>,
    /// The `.env` files that could not be read, although a placeholder has no value.
    unread: Vec<Flaw>,
}

impl LoadPlan {
    /// Returns the error of names that are needed, but contain placeholders without a value.
    pub(super) fn unfilled(&self, mut flaws: Vec<Flaw>) -> Error {
        flaws.extend(self.unread.iter().cloned());
        Error::declaration(self.plan.spec.name(), flaws)
    }
}

impl Loader {
    /// Returns the value of a placeholder: the last one that was set, or that of the environment variable.
    pub(crate) fn placeholder_value(&self, name: &str) -> Result<Option<String>, SourceError> {
        let mut known = self.placeholders.iter();
        if let Some((_, value)) = known.rfind(|(known, _)| known == name) {
            return Ok(Some(value.clone()));
        }
        let text = self.env.text(name)?;
        Ok(text.map(|text| text.to_string()))
    }

    /// Plans the load of a struct. Reads the `.env` files of the chain if a placeholder has no other value.
    pub(crate) async fn plan<T: FromSecrets>(&self, chain: &Chain) -> Result<LoadPlan, Error> {
        let plan = self.filled::<T>(&BTreeMap::new())?;
        let (values, errors) = chain.placeholder_values(plan.unset_placeholders()).await;
        let plan = if values.is_empty() {
            plan
        } else {
            self.filled::<T>(&values)?
        };
        let unread = errors.iter().map(with_hint).map(flaw).collect();
        Ok(LoadPlan { plan, unread })
    }

    /// Fills placeholders with the values of this loader, or else with these values. This does no I/O.
    fn filled<T: FromSecrets>(
        &self,
        values: &BTreeMap<String, String>,
    ) -> Result<Arc<Plan>, Error> {
        let unreadable = RefCell::new(BTreeSet::new());
        let placeholder = |name: &str| {
            let own = self.placeholder_value(name).unwrap_or_else(|error| {
                unreadable.borrow_mut().insert(with_hint(&error));
                None
            });
            own.or_else(|| values.get(name).cloned())
        };
        let plan = if values.is_empty() {
            Plan::reused(T::SPEC, &placeholder)
        } else {
            Plan::new(T::SPEC, &placeholder).map(Arc::new)
        };
        let unreadable: Vec<Flaw> = unreadable.take().into_iter().map(flaw).collect();
        match plan {
            Ok(plan) if unreadable.is_empty() => Ok(plan),
            plan => {
                let flaws = [plan.err().unwrap_or_default(), unreadable].concat();
                Err(Error::declaration(T::SPEC.name(), flaws))
            }
        }
    }

    /// Returns the sources of the chain.
    pub(super) fn chain_sources(&self, subject: &'static str) -> Result<Vec<Source>, Error> {
        match &self.sources {
            Some(sources) => Ok(sources.clone()),
            None => self.default_sources(subject),
        }
    }

    /// Returns the sources that `FROM_SECRETS_SOURCES` or the default chain names.
    fn default_sources(&self, subject: &'static str) -> Result<Vec<Source>, Error> {
        let names = self.env.text(SOURCES_VARIABLE);
        let sources = match names.map_err(|error| with_hint(&error)) {
            Ok(Some(names)) => {
                let sources = from_words(&names, &self.registered);
                sources.map_err(|error| format!("{SOURCES_VARIABLE}: {error}"))
            }
            Ok(None) => default_chain(&self.registered),
            Err(message) => Err(message),
        };
        sources.map_err(|message| Error::declaration(subject, vec![flaw(message)]))
    }

    /// Opens the sources for one load.
    pub(super) fn chain(
        &self,
        subject: &'static str,
        context: FetchContext,
    ) -> Result<Chain, Error> {
        let sources = self.chain_sources(subject)?;
        let mut settings: Vec<Arc<dyn SecretSource>> = vec![Arc::new(EnvSource(self.env.clone()))];
        let open_context = OpenContext {
            env: &self.env,
            defaults: &self.defaults,
        };
        let mut opened = Vec::with_capacity(sources.len());
        for source in arrange(sources) {
            let open = source.open(&open_context);
            settings.extend((source.role() == Role::EnvFallback).then(|| Arc::clone(&open)));
            opened.push(open);
        }
        Ok(Chain {
            sources: opened,
            settings,
            fall_back_on: self.fall_back_on.clone(),
            context,
        })
    }

    /// Opens the chain, and returns its last source.
    #[cfg(feature = "testing")]
    pub(crate) fn last_source(&self) -> Result<Option<Arc<dyn SecretSource>>, Error> {
        let mut chain = self.chain("a source under test", self.context())?;
        Ok(chain.sources.pop())
    }
}

/// Returns a flaw of the settings rather than of a field.
fn flaw(message: String) -> Flaw {
    Flaw {
        path: String::new(),
        message: printable(message),
    }
}

/// Formats the error of a setting with its hint.
fn with_hint(error: &SourceError) -> String {
    match error.hint() {
        Some(hint) => format!("{}; {hint}", error.message()),
        None => error.message().to_owned(),
    }
}
