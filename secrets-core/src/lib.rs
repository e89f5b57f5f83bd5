//! Loads a config struct from AWS Secrets Manager, with environment variables as a fallback.
//!
//! A struct declares the secrets of an application. The derive macro turns the declaration into constant data, and a
//! load turns the data into as few requests as possible. Secret values never appear in `Debug` output, errors or logs.
//!
//! The sections follow the life of a program: [declare](#declare) a struct, [load](#load) it, choose the
//! [sources](#sources), handle [errors](#errors), follow [rotation](#rotation), [test](#test) and [deploy](#deploy) the
//! program, and select [features](#features). The [`guide`] has a page for each subject, and for
//! [migrating](guide::migrating) from other libraries.
//!
//! # Declare
//!
//! Each field of a struct that derives [`FromSecrets`](macro@FromSecrets) is a secret, unless an attribute states
//! otherwise:
//!
//! ```
//! use from_secrets::{FromSecrets, SecretString};
//!
//! #[derive(FromSecrets)]
//! #[secrets(prefix = "{stage}/mail/", rename_all = "kebab-case", debug)]
//! struct MailConfig {
//!     /// Key of the SMTP relay.
//!     relay_key: SecretString, // secret prod/mail/relay-key, or variable MAIL_RELAY_KEY
//!     /// Token for bounce reports.
//!     bounce_token: Option<SecretString>, // `None` if it is missing
//!     #[secret(flatten)]
//!     archive: Archive,
//!     #[secret(env_only, default = 25)]
//!     port: u16, // not a secret: variable MAIL_PORT
//! }
//!
//! /// The keys of one JSON secret.
//! #[derive(FromSecrets)]
//! #[secrets(name = "{stage}/archive", debug)]
//! struct Archive {
//!     username: String, // its key "username", or variable ARCHIVE_USERNAME
//!     password: SecretString,
//! }
//! ```
//!
//! The type of a field can be any type that serde deserializes: strings, numbers and enums from text, structs and
//! sequences from JSON. [`guide::values`] has the rules. [`SecretString`] and [`SecretBox`] redact their content and
//! wipe it from memory; [`ExposeSecret`] returns it.
//!
//! # Load
//!
//! [`FromSecrets::load`] loads a struct with the default settings, and [`FromSecrets::load_blocking`] does so without
//! `async`. A [`Loader`] has the settings: sources, region, AWS client, timeout, placeholders such as `{stage}`.
//!
//! ```
//! use from_secrets::source::Memory;
//! use from_secrets::{ExposeSecret, FromSecrets, Loader, SecretString};
//!
//! #[derive(FromSecrets)]
//! #[secrets(prefix = "{stage}/mail/", rename_all = "kebab-case")]
//! struct MailConfig {
//!     relay_key: SecretString,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), from_secrets::Error> {
//! let loader = Loader::new()
//!     .placeholder("stage", "prod")
//!     .source(Memory::new().with_secret("prod/mail/relay-key", "an example"));
//! let config: MailConfig = loader.load().await?;
//! assert_eq!(config.relay_key.expose_secret(), "an example");
//! # Ok(())
//! # }
//! ```
//!
//! [`Loader::load_with_report`] also returns a [`LoadReport`](report::LoadReport) with the source and version of each
//! field.
//!
//! # Sources
//!
//! A load queries a chain of sources in order, each for the fields that are still missing. The default chain is Secrets
//! Manager, then environment variables. Without AWS credentials, and without a sign that the process should have them,
//! Secrets Manager is skipped: [`guide::local`].
//!
//! The environment variable `FROM_SECRETS_SOURCES` selects other sources by name, for example `agent,env`. In code,
//! each source is a type in [`source`]:
//!
//! ```
//! use from_secrets::source::{Env, Memory};
//! use from_secrets::{FromSecrets, Loader};
//!
//! #[derive(FromSecrets)]
//! struct Config {
//!     relay: String,
//!     archive: String,
//! }
//!
//! # fn main() -> Result<(), from_secrets::Error> {
//! let config: Config = Loader::new()
//!     .source(Memory::new().with_secret("RELAY", "from memory"))
//!     .source(Env::from_vars([("RELAY", "not used"), ("ARCHIVE", "from a variable")]))
//!     .load_blocking()?;
//! assert_eq!(config.relay, "from memory");
//! assert_eq!(config.archive, "from a variable");
//! # Ok(())
//! # }
//! ```
//!
//! [`SecretSource`](source::SecretSource) is the trait for a source of your own. [`guide::sources`] describes the
//! sources.
//!
//! # Errors
//!
//! Only a missing secret falls back to the next source. A denied request, throttling, expired credentials and a
//! malformed value are errors, so that an outage never selects an outdated variable. One [`Error`] contains all failed
//! fields: `{}` is one line, and `{:#}` adds each source that was queried, and hints.
//!
//! ```
//! use from_secrets::source::{Env, Memory, SourceErrorKind};
//! use from_secrets::{FromSecrets, Loader};
//!
//! #[derive(FromSecrets)]
//! struct Config {
//!     relay: String,
//! }
//!
//! let denied = Memory::new().with_error("RELAY", SourceErrorKind::Denied);
//! let loader = Loader::new().source(denied).source(Env::from_vars([("RELAY", "a variable")]));
//! let error = loader.load_blocking::<Config>().err().unwrap();
//! let failed: Vec<&str> = error.failed_fields().map(|field| field.path()).collect();
//! assert_eq!(failed, ["relay"]);
//!
//! // To opt in, name the kind of failure. Each use is logged as a warning.
//! let config: Config = loader.fall_back_on([SourceErrorKind::Denied]).load_blocking().unwrap();
//! assert_eq!(config.relay, "a variable");
//! ```
//!
//! [`guide::errors`] explains every message.
//!
//! # Rotation
//!
//! [`Live`] contains a struct, refreshes it while the program runs, and replaces it as a whole:
//!
//! ```
//! # #[cfg(feature = "live")]
//! # mod example {
//! use from_secrets::source::Memory;
//! use from_secrets::{ExposeSecret, FromSecrets, Live, Loader, SecretString};
//!
//! #[derive(FromSecrets)]
//! struct Config {
//!     token: SecretString,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # pub async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let secrets = Memory::new().with_secret("TOKEN", "first");
//! let loader = Loader::new().source(secrets.clone());
//! let live = Live::<Config>::builder().loader(loader).load().await?;
//! let header = live.map(|config| format!("Bearer {}", config.token.expose_secret()));
//!
//! secrets.set_secret("TOKEN", "second");
//! live.refresh().await?; // otherwise within 5 minutes, in the background
//! assert_eq!(live.get()?.token.expose_secret(), "second");
//! assert_eq!(*header.get()?, "Bearer second");
//! # Ok(())
//! # }
//! # }
//! # #[cfg(feature = "live")]
//! # example::example().unwrap();
//! ```
//!
//! [`Live::retry_on`] repeats an operation whose credentials were rotated, and [`project!`] selects fields.
//! [`guide::rotation`] describes the settings, [`guide::rds`] databases, and [`guide::axum`] a web service.
//!
//! # Test
//!
//! [`Memory`](source::Memory) contains the secrets and the failures of a test, and records requests.
//! [`Env::from_vars`](source::Env::from_vars) replaces the environment of the process:
//!
//! ```
//! use from_secrets::source::{Env, Memory};
//! use from_secrets::{FromSecrets, Loader};
//!
//! #[derive(FromSecrets)]
//! #[secrets(name = "prod/archive")]
//! struct Archive {
//!     username: String,
//!     password: String,
//!     #[secret(env_only, env = "ARCHIVE_PORT")]
//!     port: u16,
//! }
//!
//! # fn main() -> Result<(), from_secrets::Error> {
//! let secrets = Memory::new()
//!     .with_secret("prod/archive", r#"{"username": "app", "password": "x"}"#);
//! let archive: Archive = Loader::new()
//!     .source(secrets.clone())
//!     .env(Env::from_vars([("ARCHIVE_PORT", "9000")]))
//!     .load_blocking()?;
//! assert_eq!((&*archive.username, &*archive.password), ("app", "x"));
//! assert_eq!(archive.port, 9000);
//! assert_eq!(secrets.requests().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! `Live::fixed` and `TestClock` are for code that uses a [`Live`] struct: [`guide::testing`].
//!
//! # Deploy
//!
//! The declaration is also the input for the least-privilege IAM policy, deployment snippets, a `.env` template and a
//! Markdown table, with the feature `generate`:
//!
//! ```
//! # #[cfg(feature = "generate")]
//! # fn example() -> Result<(), from_secrets::Error> {
//! use from_secrets::generate::Declaration;
//! use from_secrets::{FromSecrets, SecretString};
//!
//! #[derive(FromSecrets)]
//! struct Config {
//!     #[secret("{stage}/relay-key")]
//!     relay_key: SecretString,
//! }
//!
//! let declaration = Declaration::of::<Config>()
//!     .placeholder("stage", "prod")
//!     .region("eu-central-1")
//!     .account("123456789012");
//! let policy = declaration.iam_policy()?;
//! let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/relay-key-??????";
//! assert!(policy.text().contains(arn));
//! # Ok(())
//! # }
//! # #[cfg(feature = "generate")]
//! # example().unwrap();
//! ```
//!
//! The module [`cli`] offers the same as a command line for your struct, and `check`, `push`, `set` and `diff`.
//! [`guide::lambda`], [`guide::ecs`], [`guide::eks`] and [`guide::ec2`] describe deployments, [`guide::iam`]
//! permissions.
//!
//! # Features
//!
//! | feature | default | effect |
//! |---|---|---|
//! | `derive` | yes | the derive macro |
//! | `aws` | yes | [`SecretsManager`](source::SecretsManager) through the AWS SDK |
//! | `rustls-ring` | yes | TLS on ring, for `aws` |
//! | `rustls-aws-lc` | no | TLS on AWS-LC, the default of the SDK; takes precedence over `rustls-ring` |
//! | `rustls-aws-lc-fips` | no | TLS on the FIPS build of AWS-LC ([`guide::security`]); takes precedence over the other TLS features |
//! | `sso` | yes | credentials from IAM Identity Center (SSO) and from credential processes |
//! | `login` | no | credentials from `aws login` sessions |
//! | `live` | yes | [`Live`] |
//! | `agent` | no | [`Agent`](source::Agent): the Secrets Manager Agent and the Lambda extension, without the SDK |
//! | `ssm` | no | [`ParameterStore`](source::ParameterStore); enables `aws` |
//! | `files` | no | [`Files`](source::Files) and [`EnvFiles`](source::EnvFiles): mounted files |
//! | `dotenv` | no | [`Dotenv`](source::Dotenv): a `.env` file |
//! | `figment`, `config` | no | [`Loader::layer`]: a loaded struct as a layer of these crates |
//! | `metrics` | no | metrics for Prometheus and other systems: [`guide::observability`] |
//! | `generate` | no | [`generate`]: policies, templates and snippets |
//! | `cli` | no | [`cli`]: the command line |
//! | `testing` | no | [`testing`]: tests for custom sources |
//!
//! On Lambda and ECS, `sso` has no effect. Without it, builds are smaller:
//!
//! ```toml
//! from-secrets = { version = "0.1", default-features = false, features = [
//!     "derive", "aws", "rustls-ring", "live",
//! ] }
//! ```
//!
//! `derive` and one source without the SDK, such as `agent` or `files`, build in a fraction of the time.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::await_holding_lock
    )
)]

#[cfg(feature = "cli")]
pub mod cli;
mod decode;
mod error;
mod format;
#[cfg(feature = "generate")]
pub mod generate;
#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(any(feature = "config", feature = "figment"))]
pub mod integrations;
mod json;
#[cfg(feature = "live")]
pub mod live;
mod load;
mod per_process;
mod private;
pub mod report;
pub mod source;
pub mod spec;
mod sync;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::{Error, ErrorKind};
#[cfg(feature = "derive")]
pub use from_secrets_derive::FromSecrets;
#[cfg(feature = "live")]
#[doc(inline)]
pub use live::Live;
pub use load::{FromSecrets, Loader};
pub use secrecy::{self, ExposeSecret, SecretBox, SecretString};

/// Items for code that the derive generates. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::private::*;
}
