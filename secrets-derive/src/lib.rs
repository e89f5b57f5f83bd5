//! The derive macro of `from-secrets`. Use it from there.
//!
//! `attr` reads one attribute, `ast` is the declaration, `check` has its rules, and `expand` writes the tokens. A
//! declaration with mistakes gets all of them reported, and the impl of `fallback`. `derive` goes the whole way.

mod ast;
mod attr;
mod case;
mod check;
mod ctxt;
mod derive;
mod docs;
mod expand;
mod fallback;
mod runtime;
mod suggest;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Declares which secrets fill a struct.
///
/// Every field is a secret, unless its attributes say otherwise. Secrets Manager is asked for it first, the environment
/// second; a source that has no such secret leads to the next one, and a failure never does. The doc comment of a field is
/// its description, in reports and in what is generated from the declaration.
///
/// ```
/// use from_secrets::{FromSecrets, SecretString};
///
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "POCKET_", debug)]
/// struct PocketConfig {
///     /// Consumer key of the Pocket application.
///     key: SecretString, // secret POCKET_KEY, else environment variable POCKET_KEY
///     /// Access token of the user whose list is read.
///     token: Option<SecretString>, // `None` where neither is there
/// }
///
/// async fn load() -> Result<PocketConfig, from_secrets::Error> {
///     PocketConfig::load().await
/// }
/// ```
///
/// A field's type is any `serde::de::DeserializeOwned`. `Option<T>` is optional, and nothing else is needed to say so:
/// what is missing is `None`, what failed is an error.
///
/// A struct has named fields; type parameters, lifetimes and `where` clauses are welcome, and the impl asks of the field
/// types that mention a parameter what it needs of them. Every mistake in a declaration is reported in the same compile.
///
/// # On the struct: `#[secrets(…)]`
///
/// | key | meaning |
/// |---|---|
/// | [`prefix = "prod/pocket/"`](#prefix) | stands before every derived secret name |
/// | [`name = "prod/pocket"`](#name), or the string alone | one JSON secret holds all fields |
/// | [`env_prefix = "POCKET_"`](#env_prefix) | stands before every derived environment variable |
/// | [`rename_all = "kebab-case"`](#rename_all) | how names of fields become names of secrets, or JSON keys |
/// | [`debug`](#debug) | write a `Debug` that shows names and never values |
/// | [`crate = ::path`](#crate) | where the library is, when it is re-exported |
///
/// They are about the fields of this struct. Those of a [flattened](#flatten) struct have their own.
///
/// ## `prefix`
///
/// Stands before every name that is derived, and not before one that is given. It can hold placeholders.
///
/// Default: none. Excludes `name`, into which it would be written. An error where every name is given, because it would have no
/// effect.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "{stage}/pocket/")]
/// struct Config {
///     key: SecretString, // secret prod/pocket/KEY, variable POCKET_KEY
///     #[secret("shared/token")]
///     token: SecretString, // secret shared/token, variable SHARED_TOKEN
/// }
/// ```
///
/// ## `name`
///
/// All fields are keys of one JSON secret, as the console's key/value editor writes it. A key is the field's name, unless
/// [`json_key`](#json_key) or [`rename_all`](#rename_all) says otherwise. A field with a name of its own is a secret of its own.
///
/// Default: each field is a secret of its own. Excludes [`prefix`](#prefix). An error where no field is a key of it.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets("prod/db")]
/// struct Database {
///     username: String,       // "username" in prod/db, variable PROD_DB_USERNAME
///     password: SecretString, // "password" in prod/db, variable PROD_DB_PASSWORD
///     #[secret(json_key = "dbname")]
///     database: String,
/// }
/// ```
///
/// ## `env_prefix`
///
/// With it, a variable is the prefix and the field's name in `SCREAMING_SNAKE_CASE`. Without it, a variable is the whole
/// address of the secret: its name without placeholders, then the JSON key. No variable can be derived from an ARN.
///
/// Default: none. An error where every variable is given.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets("arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf", env_prefix = "DB_")]
/// struct Database {
///     username: String,       // variable DB_USERNAME
///     password: SecretString, // variable DB_PASSWORD
/// }
/// ```
///
/// ## `rename_all`
///
/// The spellings are serde's: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`,
/// `kebab-case` and `SCREAMING-KEBAB-CASE`. Without it, names are in `SCREAMING_SNAKE_CASE`, and JSON keys are the fields'
/// own names. Variables are not renamed.
///
/// Default: as above. Excludes nothing.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "pocket/", rename_all = "kebab-case")]
/// struct Config {
///     api_key: SecretString, // secret pocket/api-key, variable POCKET_API_KEY
/// }
/// ```
///
/// ## `debug`
///
/// `Debug` shows every field by its name. Only what is [`env_only`](#env_only) is shown with its value. A [flattened](#flatten)
/// struct is shown by name too, with the values of its `env_only` fields if it has `debug` itself; a `Debug` of another kind
/// could show a secret, so it is not used. A [skipped](#skip) field is shown as `[skipped]`.
///
/// Default: no `Debug`. What is `env_only` needs a type that has one. Excludes nothing but a `Debug` of your own.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets(debug)]
/// struct Config {
///     key: String,
///     #[secret(env_only)]
///     port: u16,
/// }
///
/// fn log(config: &Config) {
///     println!("{config:?}"); // Config { key: [redacted], port: 8080 }
/// }
/// ```
///
/// ## `crate`
///
/// The path of the library, where a crate of yours exports it again. Default: `::from_secrets`, or the name that `Cargo.toml`
/// gives the package `from-secrets`.
///
/// ```
/// mod wrapper {
///     pub use from_secrets as secrets;
/// }
///
/// #[derive(wrapper::secrets::FromSecrets)]
/// #[secrets(crate = crate::wrapper::secrets)]
/// struct Config {
///     key: String,
/// }
/// # fn main() {}
/// ```
///
/// # On a field: `#[secret(…)]`
///
/// | key | meaning |
/// |---|---|
/// | [`name = "POCKET_KEY"`](#name-1), or the string alone | the secret's name or ARN; no prefix is added |
/// | [`json_key = "password"`](#json_key) | a key of the JSON secret; a leading `/` makes it a JSON pointer |
/// | [`version_stage = "AWSPREVIOUS"`](#version_stage-version_id) | the version with this stage |
/// | [`version_id = "…"`](#version_stage-version_id) | this version |
/// | [`env = "VAR"`, `env = false`](#env) | the environment variable, or none |
/// | [`env_only`](#env_only) | not a secret: read from the environment alone |
/// | [`default`, `default = expr`](#default) | what to use where no source has it |
/// | [`parse`, `parse = path`](#parse) | `FromStr`, or a function, in place of serde |
/// | [`binary`](#binary) | the field takes bytes |
/// | [`flatten`](#flatten), with `prefix`, `env_prefix` | the field's type derives `FromSecrets` too |
/// | [`skip`](#skip) | not loaded |
///
/// ## `name`
///
/// 1 to 512 ASCII letters, digits and any of `/_+=.@-`, which is what
/// [`CreateSecret`](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html) takes, and `!`, which is in
/// the names of secrets that [AWS services manage](https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html):
/// `rds!db-…`; or an ARN.
/// `{stage}` is filled when the struct is loaded, from the loader's parameters, else from the environment variable of
/// exactly that name. References are understood as deployments write them: an ARN with
/// [`:json-key:version-stage:version-id`](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html)
/// behind it, as ECS has them, and CloudFormation's
/// [`{{resolve:secretsmanager:…}}`](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html).
/// A parameter of Parameter Store may be named by its ARN, with `:version` or `:label` behind it, or by CloudFormation's
/// [`{{resolve:ssm:…}}`](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html) and
/// `{{resolve:ssm-secure:…}}`. Secrets Manager and its agent are not queried for such a parameter.
///
/// Default: the prefix, and the field's name as [`rename_all`](#rename_all) writes it. Excludes `env_only`, `flatten`, `skip`, and the
/// keys for what a reference says itself: a JSON key, a version.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("Momento_API_Token")]
///     token: SecretString, // variable MOMENTO_API_TOKEN
///     #[secret(name = "{stage}/pocket/api-key")]
///     key: SecretString, // variable POCKET_API_KEY
///     #[secret("{{resolve:secretsmanager:prod/db:SecretString:password}}")]
///     password: SecretString, // variable PROD_DB_PASSWORD
///     #[secret("{{resolve:ssm-secure:/prod/mail:3}}")]
///     mail: SecretString, // version 3 of a parameter, variable PROD_MAIL
///     #[secret("{POCKET_SECRET_ARN}", env = "POCKET_SECRET")]
///     deployed: SecretString, // the ARN is in a variable
/// }
/// ```
///
/// ## `json_key`
///
/// With a leading `/` it is a JSON pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
///
/// Default: the secret is taken whole; within a struct's [`name`](#name), the field's name. Excludes `env_only`, `flatten`, `skip`.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("prod/db", json_key = "password")]
///     password: SecretString, // variable PROD_DB_PASSWORD
///     #[secret("prod/db", json_key = "/replicas/0/host")]
///     replica: String, // variable PROD_DB_REPLICAS_0_HOST
/// }
/// ```
///
/// ## `version_stage`, `version_id`
///
/// A version is pinned by one of them; without, it is the current one. Two versions are two values, so they cannot share
/// an environment variable.
///
/// Default: the version with the stage `AWSCURRENT`. They exclude each other, and `env_only`, `flatten`, `skip`.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("signing-key")]
///     key: SecretString,
///     #[secret("signing-key", version_stage = "AWSPREVIOUS", env = false)]
///     previous_key: Option<SecretString>,
/// }
/// ```
///
/// ## `env`
///
/// Default: derived, as [`env_prefix`](#env_prefix) tells. Excludes `flatten`, `skip`; `env = false` also `env_only`. Two fields
/// that read one variable for two secrets are an error.
///
/// A derived variable that shells, containers or operating systems set (`USER`, `HOME`, `PATH`, `LANG`, `TMPDIR` and so on) is
/// an error too, for the struct that is loaded and after all prefixes: a struct with a field `user` may be flattened with a
/// prefix, but not loaded on its own. `Config::load()` of such a struct does not build; `Loader::load`, `layer`, `Live`
/// and the command line return the error before any request. `env = "USER"` reads the variable on purpose.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("prod/pocket/key", env = "POCKET_KEY")]
///     key: SecretString,
///     #[secret("prod/pocket/token", env = false)]
///     token: SecretString, // never from the environment
/// }
/// ```
///
/// ## `env_only`
///
/// A setting rather than a secret. It is read from the environment whatever the sources are, and shown in `Debug` and in
/// reports. Its variable is derived as if it were a secret.
///
/// Default: a field is a secret. Excludes `name`, `json_key`, `version_stage`, `version_id`, `env = false`, `flatten`, `skip`.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "POCKET_")]
/// struct Config {
///     key: SecretString,
///     #[secret(env_only, default = 8080)]
///     port: u16, // variable POCKET_PORT
/// }
/// ```
///
/// ## `default`
///
/// Used where no source has the field, and not where one failed. A string literal becomes the type by `Into`, any other
/// expression is taken as it is, and without one it is `Default::default()`.
///
/// Default: a field is required, unless it is an `Option`. Excludes `Option` and `flatten`, whose type would be `Option<…>`.
///
/// ```
/// # use from_secrets::FromSecrets;
/// # use std::time::Duration;
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(default)]
///     verbose: bool,
///     #[secret(default = "localhost")]
///     host: String,
///     #[secret(parse = seconds, default = Duration::from_secs(30))]
///     timeout: Duration,
/// }
/// # fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> { text.parse().map(Duration::from_secs) }
/// ```
///
/// ## `parse`
///
/// The function is any `fn(&str) -> Result<T, E>`. What its error says is not shown, as it may quote the value.
///
/// Default: serde. Excludes `binary`, `flatten`, `skip`.
///
/// ```
/// # use from_secrets::FromSecrets;
/// # use std::{net::IpAddr, num::ParseIntError, time::Duration};
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(parse)]
///     address: IpAddr,
///     #[secret(parse = seconds)]
///     timeout: Option<Duration>,
/// }
///
/// fn seconds(text: &str) -> Result<Duration, ParseIntError> {
///     text.parse().map(Duration::from_secs)
/// }
/// ```
///
/// ## `binary`
///
/// The type is any `TryFrom<Vec<u8>>`. Where the bytes travel as text, in an environment variable or a JSON secret, they
/// are in base64.
///
/// Default: text. Excludes `parse`, `flatten`, `skip`.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretBox};
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(binary)]
///     signing_key: SecretBox<[u8]>,
///     #[secret(binary)]
///     salt: [u8; 16],
/// }
/// ```
///
/// ## `flatten`
///
/// The field's type derives `FromSecrets` too. `prefix` and `env_prefix` stand before the names and variables that are
/// derived there, so that one struct can be used twice; of structs within structs, the outermost prefix is first.
/// `Option<Nested>` is `None` where nothing of it was found anywhere. The type may be behind a `Box`, `Arc` or `Rc`:
/// `Option<Box<Nested>>`.
///
/// Default: a field is one value. Excludes every other key but `prefix` and `env_prefix`, which go with nothing else.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// struct Database {
///     password: SecretString,
/// }
///
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(flatten, prefix = "PRIMARY_")]
///     primary: Database, // secret and variable PRIMARY_PASSWORD
///     #[secret(flatten, prefix = "REPLICA_", env_prefix = "DB_REPLICA_")]
///     replica: Option<Database>, // secret REPLICA_PASSWORD, variable DB_REPLICA_PASSWORD
/// }
/// ```
///
/// ## `skip`
///
/// The field gets `Default::default()`, or what `default = …` says. Excludes every other key but that.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// struct Config {
///     key: SecretString,
///     #[secret(skip)]
///     calls: u64, // 0
///     #[secret(skip, default = "unnamed")]
///     label: String,
/// }
/// ```
///
/// # What the macro generates
///
/// One constant and one constructor; the rest is in the library. This is what becomes of the declaration above it, and a test
/// holds it against what the macro writes:
///
/// ```ignore
#[doc = include_str!("../tests/golden/seed.rs")]
/// // becomes
///
#[doc = include_str!("../tests/golden/seed.expanded.rs")]
/// ```
#[proc_macro_derive(FromSecrets, attributes(secrets, secret))]
pub fn derive_from_secrets(input: TokenStream) -> TokenStream {
    derive::derive(input.into()).into()
}
