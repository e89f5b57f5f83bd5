//! The derive macro of `from-secrets`, which re-exports it.
//!
//! `attr` parses the attributes, `ast` is the model of a declaration, `check` validates it, and `expand` generates the
//! code. For an invalid declaration, `ctxt` reports all errors, and `fallback` generates the impls. `derive` is the
//! entry point.

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

/// Implements `FromSecrets` for a struct with named fields.
///
/// By default, each field is a secret of its own. The loader queries Secrets Manager first and falls back to an
/// environment variable if the secret does not exist. The doc comment of a field is its description in reports and
/// generated files.
///
/// ```
/// use from_secrets::{FromSecrets, SecretString};
///
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "POCKET_", debug)]
/// struct PocketConfig {
///     /// Consumer key of the Pocket application.
///     key: SecretString, // secret POCKET_KEY, or environment variable POCKET_KEY
///     /// Access token of the user whose list is read.
///     token: Option<SecretString>, // `None` if no source has the secret
/// }
///
/// async fn load() -> Result<PocketConfig, from_secrets::Error> {
///     PocketConfig::load().await
/// }
/// ```
///
/// # Field types
///
/// | type | behavior |
/// |---|---|
/// | any `T: serde::de::DeserializeOwned` | required: the load fails if no source has the value |
/// | `Option<T>` | `None` if no source has the value; a failure is still an error |
/// | any `T` with [`default`](#default-values) | the default if no source has the value; a failure is still an error |
/// | any `T: FromStr` with [`parse`](#conversions), or any `T` with `parse = path` | parsed from text |
/// | any `T: TryFrom<Vec<u8>>` with [`binary`](#conversions) | converted from bytes |
/// | any `T: FromSecrets` with [`flatten`](#nested-structs) | a nested struct |
/// | any type with [`skip`](#skipped-fields) | not loaded |
///
/// Structs may have type parameters, lifetimes and `where` clauses. The macro adds the required bounds for field types
/// that contain a type parameter. Enums, unions, tuple structs and unit structs are not supported.
///
/// # Struct attributes
///
/// The keys of `#[secrets(…)]`. They apply to the fields of this struct, not to the fields of [nested
/// structs](#nested-structs).
///
/// | key | default | description |
/// |---|---|---|
/// | [`prefix = "prod/pocket/"`](#names) | none | prefix of all derived secret names; may contain placeholders |
/// | [`rename_all = "kebab-case"`](#names) | `"SCREAMING_SNAKE_CASE"` for secret names, unchanged for JSON keys | case of derived secret names and JSON keys |
/// | [`name = "prod/pocket"`](#one-json-secret), or only the string | one secret for each field | name of one JSON secret with a key for each field; cannot be used with `prefix` |
/// | [`env_prefix = "POCKET_"`](#environment-variable-names) | none | prefix of all derived environment variables |
/// | [`debug`](#debug-output) | no `Debug` impl | implements `Debug` without secret values |
/// | [`crate = ::path`](#crate-path) | `::from_secrets`, or its name in `Cargo.toml` | path of the `from-secrets` crate |
///
/// A key without an effect is an error: `prefix` if every field has a `name`, `name` if no field is a JSON key of the
/// secret, and `env_prefix` if every field has an `env`.
///
/// ## Names
///
/// A secret name is the `prefix`, followed by the field's name in the case of `rename_all`. The cases are those of
/// serde: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` and
/// `SCREAMING-KEBAB-CASE`. Environment variables are not renamed.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "{stage}/pocket/", rename_all = "kebab-case")]
/// struct Config {
///     api_key: SecretString, // secret {stage}/pocket/api-key, variable POCKET_API_KEY
///     #[secret("shared/token")]
///     token: SecretString, // secret shared/token, variable SHARED_TOKEN
/// }
/// ```
///
/// ## One JSON secret
///
/// With `name`, all fields are keys of one JSON secret, such as one from the console's key/value editor. A field's key
/// is its name, unless [`json_key`](#json-keys) or `rename_all` changes it. A field with a [`name`](#secret-names) of
/// its own is a separate secret.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets("prod/db")]
/// struct Database {
///     username: String,       // key "username" of prod/db, variable PROD_DB_USERNAME
///     password: SecretString, // key "password" of prod/db, variable PROD_DB_PASSWORD
///     #[secret(json_key = "dbname")]
///     database: String, // key "dbname" of prod/db, variable PROD_DB_DBNAME
/// }
/// ```
///
/// ## Environment variable names
///
/// | `env_prefix` | derived environment variable | example |
/// |---|---|---|
/// | not set | the secret's full address in `SCREAMING_SNAKE_CASE`: its name without placeholders, followed by the JSON key | `PROD_DB_PASSWORD` for the key `password` of `{stage}/prod/db` |
/// | set | the prefix, followed by the field's name in `SCREAMING_SNAKE_CASE` | `DB_PASSWORD` for the field `password` and the prefix `DB_` |
///
/// A variable cannot be derived from an ARN without `env_prefix`.
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
/// ## Debug output
///
/// | field | `Debug` output |
/// |---|---|
/// | secret | `[redacted]` |
/// | [`env_only`](#environment-variables) | its value; the type must implement `Debug` |
/// | [`flatten`](#nested-structs) | the output of the nested struct's own `debug`, or its name |
/// | [`skip`](#skipped-fields) | `[skipped]` |
///
/// ```
/// # use from_secrets::FromSecrets;
/// #[derive(FromSecrets)]
/// #[secrets(debug)]
/// struct Config {
///     key: String,
///     #[secret(env_only)]
///     port: u16,
/// }
///
/// fn print(config: &Config) {
///     println!("{config:?}"); // Config { key: [redacted], port: 8080 }
/// }
/// ```
///
/// ## Crate path
///
/// Set `crate` if another crate re-exports `from-secrets`. A renamed dependency needs no `crate`.
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
/// # Field attributes
///
/// The keys of `#[secret(…)]`.
///
/// | key | default | description | cannot be used with |
/// |---|---|---|---|
/// | [`name = "POCKET_KEY"`](#secret-names), or only the string | derived | name, ARN or reference of the secret, without the struct's prefix | `env_only`, `flatten`, `skip` |
/// | [`json_key = "password"`](#json-keys) | the whole secret | key of a JSON secret, or a JSON pointer if it begins with `/` | `env_only`, `flatten`, `skip` |
/// | [`version_stage = "AWSPREVIOUS"`](#versions) | `"AWSCURRENT"` | stage of the version | `version_id`, `env_only`, `flatten`, `skip` |
/// | [`version_id = "…"`](#versions) | the current version | ID of the version | `version_stage`, `env_only`, `flatten`, `skip` |
/// | [`env = "VAR"`](#environment-variables) | derived | name of the environment variable | `flatten`, `skip` |
/// | [`env = false`](#environment-variables) | | reads no environment variable | `env_only`, `flatten`, `skip` |
/// | [`env_only`](#environment-variables) | | a setting that is read from the environment only | `name`, `json_key`, `version_stage`, `version_id`, `flatten`, `skip` |
/// | [`default`](#default-values), `default = expr` | required | value if no source has the field | `Option` types, `flatten` |
/// | [`parse`](#conversions), `parse = path` | serde | conversion by `FromStr` or a function | `binary`, `flatten`, `skip` |
/// | [`binary`](#conversions) | text | conversion from bytes | `parse`, `flatten`, `skip` |
/// | [`flatten`](#nested-structs) | | loads a nested struct | all keys except `prefix` and `env_prefix` |
/// | [`prefix`, `env_prefix`](#nested-structs) | none | prefixes for a nested struct | all keys except `flatten` |
/// | [`skip`](#skipped-fields) | | does not load the field | all keys except `default` |
///
/// ## Secret names
///
/// | notation | example |
/// |---|---|
/// | a name: [1 to 512](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html) ASCII letters, digits and `/_+=.@-` | `prod/pocket/api-key` |
/// | the name of a [managed secret](https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html), which contains `!` | `rds!db-…` |
/// | an ARN | `arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf` |
/// | an ARN in the [notation of ECS](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html) | `ARN:json-key:version-stage:version-id` |
/// | a [CloudFormation reference](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html) | `{{resolve:secretsmanager:prod/db:SecretString:password}}` |
/// | the ARN of a parameter in Parameter Store, optionally with `:version` or `:label` | `arn:aws:ssm:us-east-1:123456789012:parameter/prod/db:3` |
/// | a CloudFormation reference to a [parameter](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html) | `{{resolve:ssm:/prod/db}}`, `{{resolve:ssm-secure:/prod/db:3}}` |
///
/// Each of them may contain placeholders. `{stage}` is replaced at load time with the value of `Loader::placeholder`,
/// or with the environment variable `stage`. Parameters are read from Parameter Store only, even if Secrets Manager or
/// its agent precedes it in the chain.
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
///     deployed: SecretString, // the variable POCKET_SECRET_ARN contains the ARN
/// }
/// ```
///
/// ## JSON keys
///
/// `json_key` selects a key of a JSON object. If it begins with `/`, it is a JSON pointer
/// ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)). Fields that select different keys of the same secret share one
/// request.
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
/// ## Versions
///
/// `version_stage` and `version_id` select a version other than the current one. Two versions of a secret cannot share
/// an environment variable.
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
/// ## Environment variables
///
/// | key | sources of the field |
/// |---|---|
/// | none | the secret, or the [derived](#environment-variable-names) variable |
/// | `env = "VAR"` | the secret, or the variable `VAR` |
/// | `env = false` | the secret |
/// | `env_only` | the derived variable, whichever sources the loader has |
/// | `env_only, env = "VAR"` | the variable `VAR`, whichever sources the loader has |
///
/// Values of `env_only` fields are settings, not secrets: they appear in `Debug` output and reports.
///
/// Two fields that read different values from the same variable are an error. So is a derived variable that shells,
/// containers or operating systems set, such as `USER`, `HOME` or `PATH`. This check applies to the loaded struct after
/// all prefixes: a struct with a field `user` can be nested with a prefix, but not loaded on its own. `T::load` does
/// not compile for such a struct, and all other functions return an error before the first request. Set `env = "USER"`
/// to read the variable intentionally.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets(prefix = "POCKET_")]
/// struct Config {
///     #[secret(env = "API_KEY")]
///     key: SecretString, // secret POCKET_KEY, or variable API_KEY
///     #[secret(env = false)]
///     token: SecretString, // secret POCKET_TOKEN
///     #[secret(env_only, default = 8080)]
///     port: u16, // variable POCKET_PORT
/// }
/// ```
///
/// ## Default values
///
/// | key | value if no source has the field |
/// |---|---|
/// | `default` | `Default::default()` |
/// | `default = "text"` | the text, converted with `Into` |
/// | `default = expr` | the expression, evaluated for each load |
///
/// If a source fails, the load fails even if the field has a default.
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
/// ## Conversions
///
/// | key | requirement | input |
/// |---|---|---|
/// | none | `T: DeserializeOwned` | text or JSON |
/// | `parse` | `T: FromStr` | text |
/// | `parse = path` | `path` is a `fn(&str) -> Result<T, E>` | text |
/// | `binary` | `T: TryFrom<Vec<u8>>` | the bytes of the secret; base64 in an environment variable or a JSON secret |
///
/// The error messages of `parse` are not shown, because they may contain the value.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretBox};
/// # use std::{net::IpAddr, num::ParseIntError, time::Duration};
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(parse)]
///     address: IpAddr,
///     #[secret(parse = seconds)]
///     timeout: Option<Duration>,
///     #[secret(binary)]
///     signing_key: SecretBox<[u8]>,
///     #[secret(binary)]
///     salt: [u8; 16],
/// }
///
/// fn seconds(text: &str) -> Result<Duration, ParseIntError> {
///     text.parse().map(Duration::from_secs)
/// }
/// ```
///
/// ## Nested structs
///
/// `flatten` loads a struct that derives `FromSecrets` too, also in a `Box`, `Arc` or `Rc`. `prefix` and `env_prefix`
/// precede the derived names and variables of the nested struct, so that one struct can be used more than once. With
/// several levels of nesting, the prefix of the outermost level comes first.
///
/// | type | if no source has any value of the nested struct |
/// |---|---|
/// | `Nested` | the load fails for each required field |
/// | `Option<Nested>` | `None` |
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
/// ## Skipped fields
///
/// A field with `skip` is not loaded. Its value is `Default::default()`, or the expression of `default`.
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
/// # Errors
///
/// The macro reports all errors of a declaration in one compilation, each with a hint. See the
/// [compile error reference](https://docs.rs/from-secrets/latest/from_secrets/guide/compile_errors/index.html).
///
/// # Generated code
///
/// The macro generates one constant and one constructor. For example:
///
/// ```ignore
#[doc = include_str!("../tests/golden/seed.rs")]
/// // expands to
///
#[doc = include_str!("../tests/golden/seed.expanded.rs")]
/// ```
#[proc_macro_derive(FromSecrets, attributes(secrets, secret))]
pub fn derive_from_secrets(input: TokenStream) -> TokenStream {
    derive::derive(input.into()).into()
}
