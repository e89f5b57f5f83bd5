//! Integration with `figment` and `config`.

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

/// Values of a struct as a layer of a configuration: a `figment::Provider` (feature `figment`) and a
/// `config::Source` (feature `config`).
///
/// The layer contains a value for each field that a source has. The values of nested structs are in tables. Optional
/// fields and fields with a default that no source has are left to the other layers. Each value has the form that the
/// field's type accepted, so that `extract` supports the same types as a load. Bytes are a list of numbers. Neither
/// crate deserializes 128-bit integers.
///
/// `Debug` shows only names, and the layer zeroizes its own buffers. However, `figment` and `config` copy the values,
/// show them in `Debug`, and include them in type errors. Do not log their errors.
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
    /// Loads the values of a struct as a layer of a configuration, after decoding them like [`load`](Self::load).
    ///
    /// # Errors
    ///
    /// Returns an error in the same cases as [`load`](Self::load).
    ///
    /// # Examples
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Loader};
    /// #[derive(FromSecrets)]
    /// # #[expect(dead_code, reason = "only declared")]
    /// struct Database {
    ///     login: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), from_secrets::Error> {
    /// let memory = Memory::new().with_secret("LOGIN", "app");
    /// let layer = Loader::new().source(memory).layer::<Database>().await?;
    /// println!("{layer:?}"); // Layer { subject: "Database", names: ["login"] }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn layer<T: FromSecrets>(&self) -> Result<Layer, Error> {
        let (plan, mut state) = self.fetch_recorded::<T>().await?;
        let layer = Layer::of(&plan, &mut state);
        warnings::log(&plan, &state);
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

    /// Moves all values below a path, such as `database` or `services.cache`.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Loader};
    /// # #[derive(FromSecrets)]
    /// # #[expect(dead_code, reason = "only declared")]
    /// # struct Database {
    /// #     password: String,
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), from_secrets::Error> {
    /// # let loader = Loader::new().source(Memory::new().with_secret("PASSWORD", "x"));
    /// let layer = loader.layer::<Database>().await?.at("services.database");
    /// assert!(format!("{layer:?}").contains("services"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn at(self, path: &str) -> Self {
        let wrap = |table, key: &str| vec![(Zeroizing::new(key.to_owned()), Node::Object(table))];
        Self {
            table: path.rsplit('.').fold(self.table, wrap),
            ..self
        }
    }

    /// Returns the origin of the values for the errors of other crates.
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
    let index = table.iter().position(|(known, _)| known.as_str() == name);
    let index = index.unwrap_or_else(|| {
        table.push((Zeroizing::new(name.to_owned()), Node::Object(Vec::new())));
        table.len() - 1
    });
    if let (_, Node::Object(nested)) = &mut table[index] {
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
