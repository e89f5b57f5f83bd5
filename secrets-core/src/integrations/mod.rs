//! Loaded secrets as a layer of a `figment` or `config` configuration.

#[cfg(feature = "config")]
mod config;
#[cfg(feature = "figment")]
mod figment;

use std::fmt;

use zeroize::Zeroizing;

use crate::decode::line;
use crate::error::Error;
use crate::json::{Entry, Node, Number};
use crate::load::plan::{Leaf, Plan};
use crate::load::state::{FoundValue, LeafState, LoadState, Status};
use crate::load::{FromSecrets, Loader, warnings};

/// The values of a declared struct as a layer of a configuration: a `figment::Provider` (feature `figment`) and a
/// `config::Source` (feature `config`).
///
/// It holds what the sources have, under the names of the fields; those of nested structs stand in tables of their own.
/// A field that no source has, because it is optional or has a default, is left to the other layers. Each value has the
/// form in which the field's type accepted it, so that `extract` reads whatever a load reads; bytes are a list of
/// numbers. Neither crate deserializes integers of 128 bits.
///
/// `Debug` shows names only, and the layer's own buffers are wiped. But `figment` and `config` copy the values, show them
/// in `Debug`, and quote a value in an error where its type is not what was asked for; keep their errors out of logs.
///
#[cfg_attr(feature = "figment", doc = "```")]
#[cfg_attr(not(feature = "figment"), doc = "```ignore")]
/// use figment::Figment;
/// use figment::providers::Serialized;
/// use from_secrets::source::Memory;
/// use from_secrets::{FromSecrets, Loader, SecretString};
/// use serde::Deserialize;
///
/// #[derive(FromSecrets)]
/// #[secrets(name = "prod/db")]
/// #[expect(dead_code, reason = "only declared here; the values go into `Settings`")]
/// struct DatabaseSecrets {
///     user: String,
///     password: SecretString,
/// }
///
/// #[derive(Deserialize)]
/// struct Settings {
///     workers: usize,
///     database: Database,
/// }
///
/// #[derive(Deserialize)]
/// struct Database {
///     host: String,
///     user: String,
///     password: SecretString,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let secrets = Memory::new().with_secret("prod/db", r#"{"user": "app", "password": "only for this example"}"#);
/// # let loader = Loader::new().source(secrets);
/// let secrets = loader.layer::<DatabaseSecrets>().await?;
/// let settings: Settings = Figment::new()
///     .merge(Serialized::default("workers", 4))
///     .merge(Serialized::default("database.host", "localhost"))
///     .merge(secrets.at("database"))
///     .extract()?;
/// assert_eq!(settings.database.user, "app");
/// # let _ = (settings.workers, settings.database.host, settings.database.password);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Layer {
    subject: &'static str,
    table: Vec<Entry>,
}

impl Loader {
    /// Loads a struct's values as a layer of a configuration. They are checked against the struct's types as in a load.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load).
    pub async fn layer<T: FromSecrets>(&self) -> Result<Layer, Error> {
        let (plan, mut state) = self.fetch_recorded::<T>().await?;
        let layer = Layer::of(&plan, &mut state);
        warnings::log(T::SPEC.name(), &state.into_report(&plan));
        Ok(layer)
    }
}

impl Layer {
    fn of(plan: &Plan, state: &mut LoadState) -> Self {
        let mut layer = Self {
            subject: plan.spec.name(),
            table: Vec::new(),
        };
        for (leaf, state) in plan.leaves.iter().zip(&mut state.leaves) {
            if let Some(node) = node(leaf, state) {
                let path: Vec<&str> = leaf.path.split('.').collect();
                insert(&mut layer.table, &path, node);
            }
        }
        layer
    }

    /// Moves the values below a path, such as `database` or `services.cache`.
    pub fn at(self, path: &str) -> Self {
        let wrap = |table, key: &str| vec![(Zeroizing::new(key.to_owned()), Node::Object(table))];
        Self {
            table: path.rsplit('.').fold(self.table, wrap),
            ..self
        }
    }

    /// Returns the origin of the values for error messages of other crates.
    fn origin(&self) -> String {
        format!("the secrets of `{}`", self.subject)
    }
}

fn insert(table: &mut Vec<Entry>, path: &[&str], node: Node) {
    let (name, below) = match path {
        [] => return,
        [name, below @ ..] => (*name, below),
    };
    if below.is_empty() {
        table.push((Zeroizing::new(name.to_owned()), node));
        return;
    }
    let place = table.iter().position(|(known, _)| known.as_str() == name);
    let place = place.unwrap_or_else(|| {
        table.push((Zeroizing::new(name.to_owned()), Node::Object(Vec::new())));
        table.len() - 1
    });
    if let (_, Node::Object(nested)) = &mut table[place] {
        insert(nested, below, node);
    }
}

/// Returns a field's value in the accepted form, or the input of its `parse` or `binary` conversion.
fn node(leaf: &Leaf, state: &mut LeafState) -> Option<Node> {
    let Status::Found(found) = &state.status else {
        return None;
    };
    let recorded = state.recorded.take();
    recorded.or_else(|| {
        if leaf.field.is_binary() {
            bytes(found)
        } else {
            text(found)
        }
    })
}

fn bytes(found: &FoundValue) -> Option<Node> {
    let bytes = Zeroizing::new(found.bytes().ok()?);
    let numbers = bytes.iter().map(|byte| Number::from(*byte));
    Some(Node::Array(numbers.map(Node::Number).collect()))
}

fn text(found: &FoundValue) -> Option<Node> {
    Some(Node::string(line(&found.value.text().ok()?)))
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.table.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Layer")
            .field("subject", &self.subject)
            .field("names", &names)
            .finish()
    }
}
