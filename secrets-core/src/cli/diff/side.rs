//! One side of a comparison.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::cli::console::note;
use crate::cli::exit::CliError;
use crate::error::ErrorKind;
use crate::load::plan::Plan;
use crate::load::state::LoadState;
use crate::load::{FromSecrets, Loader, blocking};

/// A loader, and the settings that distinguish it from that of the other side.
pub(super) struct Side {
    pub(super) label: String,
    pub(super) loader: Loader,
    /// Whether the label contains values of placeholders.
    has_placeholder: bool,
}

impl Side {
    pub(super) fn new(label: String, loader: Loader) -> Self {
        Self {
            label,
            loader,
            has_placeholder: false,
        }
    }

    /// Returns two sides that do not differ yet.
    pub(super) fn both(loader: Loader) -> [Self; 2] {
        [loader.clone(), loader].map(|loader| Self::new(String::new(), loader))
    }

    pub(super) fn set_placeholder(&mut self, name: &str, value: &str) {
        self.loader = self.loader.clone().placeholder(name, value);
        self.show_placeholder(name);
    }

    /// Adds the value of a placeholder to the label.
    pub(super) fn show_placeholder(&mut self, name: &str) {
        let value = self.loader.placeholder_value(name).ok().flatten();
        self.show(name, value.as_deref());
        self.has_placeholder = true;
    }

    #[cfg(feature = "aws")]
    pub(super) fn set(&mut self, name: &str, value: &str, set: fn(Loader, String) -> Loader) {
        self.loader = set(self.loader.clone(), value.to_owned());
        self.show(name, Some(value));
    }

    /// Adds a setting to the label.
    pub(super) fn show(&mut self, name: &str, value: Option<&str>) {
        if !self.label.is_empty() {
            self.label += ", ";
        }
        // Writing to a string cannot fail.
        let _ = match value {
            Some(value) => write!(self.label, "{name}={value}"),
            None => write!(self.label, "the default {name}"),
        };
    }

    /// Fetches and decodes all values.
    pub(super) fn fetch<T: FromSecrets + Send>(&self) -> Result<(Arc<Plan>, LoadState), CliError> {
        let fetched = blocking::run(T::SPEC.name(), self.loader.fetch_values::<T>());
        fetched.map_err(|error| {
            // An invalid value of a placeholder can be a secret by mistake.
            if !self.has_placeholder || error.kind() != ErrorKind::Declaration {
                note(&format!("{} could not be queried", self.label));
            }
            CliError::Error(error)
        })
    }
}
