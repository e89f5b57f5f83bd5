//! The loaded secrets as a layer of somebody else's configuration.

#[cfg(feature = "config")]
mod config;
#[cfg(feature = "figment")]
mod figment;

use std::fmt;

use serde_json::Number;
use zeroize::Zeroizing;

use crate::decode::{Entry, Node, Value};
use crate::plan::{Leaf, Plan};
use crate::progress::{FoundValue, LeafState, Progress, Status};
use crate::source::{Freshness, RawValue};
use crate::{Error, FromSecrets, Loader};

/// The values of a declared struct as a layer of a configuration: a `figment::Provider` (feature `figment`) and a
/// `config::Source` (feature `config`).
///
/// It holds what the sources have, under the names of the fields; those of nested structs stand in tables of their own.
/// A field that no source has, because it is optional or has a default, is left to the other layers. Numbers, booleans
/// and what is made from JSON come as what the field's type asks for, all else as text; bytes come as a list of numbers.
///
/// `Debug` shows names only, and the layer's own buffers are wiped. But `figment` and `config` copy the values, show them
/// in `Debug`, and quote a value in an error where its type is not what was asked for; keep their errors out of logs.
///
#[cfg_attr(feature = "figment", doc = "```")]
#[cfg_attr(not(feature = "figment"), doc = "```ignore")]
/// use figment::Figment;
/// use figment::providers::Serialized;
/// use from_secrets::{FromSecrets, Loader, Memory, SecretString};
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
/// # let secrets = Memory::new().secret("prod/db", r#"{"user": "app", "password": "only for this example"}"#);
/// # let loader = Loader::new().sources([secrets]);
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
        let (plan, progress, loaded) = self.ask::<T>(Freshness::Any).await?;
        if loaded.is_none() {
            let report = progress.into_report(&plan);
            return Err(Error::fields_of(T::SPEC.name(), report));
        }
        Ok(Layer::of(&plan, &progress))
    }
}

impl Layer {
    fn of(plan: &Plan, progress: &Progress) -> Self {
        let mut layer = Self {
            subject: plan.spec.name(),
            table: Vec::new(),
        };
        for (leaf, state) in plan.leaves.iter().zip(&progress.leaves) {
            if let Status::Found(found) = &state.status {
                let node = node(leaf, state, found);
                let path: Vec<&str> = leaf.path.split('.').collect();
                insert(&mut layer.table, &path, node);
            }
        }
        layer
    }

    /// The same below a path, as `database` or `services.cache`.
    pub fn at(self, path: &str) -> Self {
        let wrap = |table, key: &str| vec![(Zeroizing::new(key.to_owned()), Node::Object(table))];
        Self {
            table: path.rsplit('.').fold(self.table, wrap),
            ..self
        }
    }

    /// What others show as the origin of the values.
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

/// A field's value, as what its type asks for.
fn node(leaf: &Leaf, state: &LeafState, found: &FoundValue) -> Node {
    if leaf.field.is_binary()
        && let Ok(bytes) = found.bytes().map(Zeroizing::new)
    {
        return list(&bytes);
    }
    match &found.value {
        Value::Whole(RawValue::Text(text)) | Value::Json(Node::String(text)) => {
            state.shape.read(text)
        }
        Value::Whole(RawValue::Binary(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => state.shape.read(text),
            Err(_) => list(bytes),
        },
        Value::Json(node) => node.clone(),
    }
}

fn list(bytes: &[u8]) -> Node {
    let numbers = bytes.iter().copied().map(Number::from);
    Node::Array(numbers.map(Node::Number).collect())
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
