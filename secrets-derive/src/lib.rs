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
/// | any `T` with [`with`](#conversions) or [`deserialize_with`](#conversions) | deserialized by a function |
/// | any `T: TryFrom<Vec<u8>>` with [`binary`](#conversions) | converted from bytes |
/// | any `T: FromSecrets` with [`flatten`](#nested-structs) | a nested struct |
/// | any type with [`skip`](#skipped-fields) | not loaded |
///
/// Structs may have type parameters, lifetimes and `where` clauses. The macro adds the required bounds for field types
/// that contain a type parameter. Enums, unions and unit structs are not supported, and tuple structs only if they are
/// [newtypes](#newtypes).
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
/// | [`alias = "old/pocket"`](#aliases), repeatable | none | former name of the JSON secret |
/// | [`env_prefix = "POCKET_"`](#environment-variable-names) | none | prefix of all derived environment variables |
/// | [`default`](#struct-default) | no default | takes missing fields from the struct's `Default` |
/// | [`validate = path`](#struct-validation) | none | function that validates the struct |
/// | [`deny_unknown_keys`](#unknown-keys) | unknown keys are ignored | rejects a JSON secret with keys that no field reads; requires `name` |
/// | [`transparent`](#newtypes) | | decodes a struct with one field like its field; cannot be used with `prefix`, `env_prefix`, `rename_all`, `deny_unknown_keys`, `default` and `validate` |
/// | [`debug`](#debug-output) | no `Debug` impl | implements `Debug` without secret values |
/// | [`crate = ::path`](#crate-path) | `::from_secrets`, or its name in `Cargo.toml` | path of the `from-secrets` crate |
///
/// A key without an effect is an error: `prefix` if every field has a `name`, `name` if no field is a JSON key of the
/// secret, `env_prefix` if every field has an `env`, and `default` if every field has one of its own.
///
/// ## Names
///
/// A secret name is the `prefix`, followed by the field's name in the case of `rename_all`. The cases are those of
/// serde: `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` and
/// `SCREAMING-KEBAB-CASE`. [Derived environment variables](#environment-variable-names) are in `SCREAMING_SNAKE_CASE`
/// with each of them.
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
/// ## Unknown keys
///
/// With `deny_unknown_keys`, the load fails if the struct's JSON secret contains a key that no field reads. Fields of
/// all loaded structs that read the same secret count, so a secret can be split into nested structs. Aliases that are
/// not used, and environment variables, are not checked. If a directory has a file for each key, all of its files are
/// checked. Other sources that store each JSON key separately can return only the requested keys.
///
/// The error contains the name of an unknown key only if it is similar to the key of a field.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets("prod/db", deny_unknown_keys)]
/// struct Database {
///     username: String,
///     password: SecretString, // the key "pasword" would be an error
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
/// #[secrets(
///     "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
///     env_prefix = "DB_"
/// )]
/// struct Database {
///     username: String,       // variable DB_USERNAME
///     password: SecretString, // variable DB_PASSWORD
/// }
/// ```
///
/// ## Struct default
///
/// With `default`, fields that no source has are taken from the struct's `Default`, as in serde. It is called only if a
/// field is missing or [skipped](#skipped-fields). A field with a [`default`](#default-values) of its own uses that
/// one. An `Option` field can have a value by default. [Nested structs](#nested-structs) are not taken from there: they
/// can have a `default` of their own.
///
/// ```
/// # use from_secrets::FromSecrets;
/// #[derive(FromSecrets)]
/// #[secrets(default)]
/// struct Pool {
///     size: u16,
///     idle: Option<u16>,
/// }
///
/// impl Default for Pool {
///     fn default() -> Self {
///         Self { size: 8, idle: Some(2) }
///     }
/// }
/// ```
///
/// ## Struct validation
///
/// The function of `validate` is called after all fields were loaded, also for a [nested struct](#nested-structs). It
/// is a `fn(&Self) -> Result<(), E>`. [Validation](#validation) lists the types of `E` that are shown. If the function
/// rejects the struct, the load fails with [`SourceErrorKind::Invalid`]. Another source is not queried. The commands
/// `push` and `set` call only the functions of fields, because they load only the secrets that they write.
///
/// ```
/// # use from_secrets::FromSecrets;
/// #[derive(FromSecrets)]
/// #[secrets(validate = Self::check)]
/// struct Pool {
///     #[secret(default = 1)]
///     smallest: u16,
///     largest: u16,
/// }
///
/// impl Pool {
///     fn check(&self) -> Result<(), &'static str> {
///         if self.smallest > self.largest {
///             return Err("`smallest` is above `largest`");
///         }
///         Ok(())
///     }
/// }
/// ```
///
/// [`SourceErrorKind::Invalid`]: https://docs.rs/from-secrets/latest/from_secrets/source/enum.SourceErrorKind.html
///
/// ## Newtypes
///
/// `transparent` implements `serde::Deserialize` for a struct with one field, which is decoded like the type of that
/// field. The newtype can be the type of any field, also in an `Option` or a list. A type cannot have this key and
/// derive `Deserialize` too.
///
/// With `name`, the newtype is also loaded on its own, or with [`flatten`](#nested-structs). The keys `json_key`,
/// `alias`, `version_stage`, `version_id`, `env` and `env_alias` of its field apply only to these loads.
/// Without `json_key`, the whole secret is the value, and an `alias` is another secret.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// #[secrets(transparent, debug)]
/// struct Token(SecretString); // `Debug` output: Token([redacted])
///
/// #[derive(FromSecrets)]
/// struct Config {
///     token: Token,
///     old_token: Option<Token>,
/// }
///
/// #[derive(FromSecrets)]
/// #[secrets(transparent, name = "prod/db")]
/// struct Password(#[secret(json_key = "password")] SecretString);
///
/// async fn load() -> Result<Password, from_secrets::Error> {
///     Password::load().await // key "password" of prod/db, variable PROD_DB_PASSWORD
/// }
/// ```
///
/// ## Debug output
///
/// | field | `Debug` output |
/// |---|---|
/// | secret | `[redacted]` |
/// | [`env_only`](#environment-variables) or [`shown`](#shown-values) | its value; the type must implement `Debug` |
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
/// | [`name = "POCKET_KEY"`](#secret-names), or only the string | derived | name, ARN or reference of the secret, without the struct's prefix; with `flatten`, name of the nested struct's secret | `env_only`, `skip` |
/// | [`json_key = "password"`](#json-keys) | the whole secret | key of a JSON secret, or a JSON pointer if it begins with `/` | `env_only`, `flatten`, `skip` |
/// | [`alias = "old/key"`](#aliases), repeatable | none | former secret name, or former JSON key if the field has one | `env_only`, `flatten`, `skip` |
/// | [`version_stage = "AWSPREVIOUS"`](#versions) | `"AWSCURRENT"` | stage of the version | `version_id`, `env_only`, `flatten`, `skip` |
/// | [`version_id = "…"`](#versions) | the current version | ID of the version | `version_stage`, `env_only`, `flatten`, `skip` |
/// | [`env = "VAR"`](#environment-variables) | derived | name of the environment variable | `flatten`, `skip` |
/// | [`env = false`](#environment-variables) | | reads no environment variable | `env_only`, `flatten`, `skip` |
/// | [`env_alias = "OLD_VAR"`](#aliases), repeatable | none | former environment variable | `env = false`, `flatten`, `skip` |
/// | [`env_only`](#environment-variables) | | a setting that is read from the environment only | `name`, `json_key`, `alias`, `version_stage`, `version_id`, `flatten`, `skip` |
/// | [`default`](#default-values), `default = expr` | required | value if no source has the field | `Option` types, `flatten` |
/// | [`parse`](#conversions), `parse = path` | serde | conversion by `FromStr` or a function | `with`, `deserialize_with`, `separator`, `binary`, `flatten`, `skip` |
/// | [`with = module`](#conversions) | serde | deserialization by the function `deserialize` of a module | `deserialize_with`, `parse`, `binary`, `flatten`, `skip` |
/// | [`deserialize_with = path`](#conversions) | serde | deserialization by a function | `with`, `parse`, `binary`, `flatten`, `skip` |
/// | [`separator = ","`](#lists) | JSON | the text between the items of a list | `parse`, `binary`, `flatten`, `skip` |
/// | [`binary`](#conversions) | text | conversion from bytes | `parse`, `with`, `deserialize_with`, `separator`, `flatten`, `skip` |
/// | [`validate = path`](#validation) | none | function that validates the value | `flatten`, `skip` |
/// | [`shown`](#shown-values) | `[redacted]` | shows the value in `Debug` output | `env_only`, `binary`, `flatten`, `skip` |
/// | [`flatten`](#nested-structs) | | loads a nested struct | all keys except `name`, `prefix` and `env_prefix` |
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
/// `name = PATH` reads the text from a constant of type `&'static str`. A constant with characters that are not allowed
/// in a name is a compile error. All other checks of constants are at load time.
///
/// Each of them may contain placeholders. `{stage}` is replaced at load time with the value of `Loader::placeholder`,
/// or else with the environment variable `stage`, or else with that variable in a `.env` file in the chain. Without a
/// value, the load fails only if a source that needs the name is queried: values that are in environment variables load
/// with `FROM_SECRETS_SOURCES=env`, and without AWS credentials. Parameters are read from Parameter Store only, even if
/// Secrets Manager or its agent precedes it in the chain.
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
///     #[secret(name = SIGNING_KEY)]
///     signing_key: SecretString, // variable PROD_SIGNING_KEY
/// }
///
/// const SIGNING_KEY: &str = "prod/signing-key";
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
/// ## Aliases
///
/// An alias is a former name of the same value. It permits renaming without downtime: deploy the application with both
/// names, rename, and remove the alias.
///
/// | key | field | meaning |
/// |---|---|---|
/// | `alias` on the struct | | another JSON secret with all fields; requires `name` |
/// | `alias` on a field | a whole secret | another secret: a name, ARN or reference, without the struct's prefix |
/// | `alias` on a field | with `json_key`, or of a struct with `name` | another JSON key of the same secret |
/// | `env_alias` | | another environment variable |
///
/// All names are requested together, in one batch if possible. In each source, an alias is used only if all names
/// before it are [missing](https://docs.rs/from-secrets/latest/from_secrets/guide/errors/index.html). If all are
/// missing, the next source is queried. A failure of a name is an error, unless `Loader::fall_back_on` contains its
/// kind. A value that its type or `validate` rejects never leads to an alias. Failures of aliases that are not used are
/// ignored. A load logs a warning if an alias provides the value, and also if a name and an alias both have a value.
///
/// An alias has no prefix, also in a nested struct. So a struct with aliases can be nested only once, unless `name`
/// replaces its secret. If the name of a secret contains a JSON key, an alias without a key has the same one.
///
/// Generated IAM policies permit reading all names. All other generated files, `push` and `set` use the first one.
///
/// ```
/// # use from_secrets::{FromSecrets, SecretString};
/// #[derive(FromSecrets)]
/// struct Config {
///     // Secret prod/pocket/key or POCKET_KEY, variable PROD_POCKET_KEY or POCKET_KEY.
///     #[secret("prod/pocket/key", alias = "POCKET_KEY", env_alias = "POCKET_KEY")]
///     key: SecretString,
///     #[secret(flatten)]
///     database: Database,
/// }
///
/// #[derive(FromSecrets)]
/// #[secrets("prod/db", alias = "prod/database")]
/// struct Database {
///     #[secret(alias = "user")]
///     username: String, // key "username" or "user" of prod/db, or of prod/database
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
/// Values of `env_only` fields are settings, not secrets: they appear in `Debug` output.
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
/// | `default = "text"` | the text: converted with `Into` if the type has a conversion, such as `String`; otherwise decoded like a value |
/// | `default = expr` | the expression, evaluated for each load |
///
/// If a source fails, the load fails even if the field has a default.
///
/// Bytes and collections are always decoded. If the type contains a type parameter, the text is always converted.
/// Decoding happens when the default is needed. To find invalid text earlier, call [`check_defaults`] in a unit test:
/// `Config::check_defaults().unwrap()`.
///
/// ```
/// # use from_secrets::FromSecrets;
/// # use std::{net::IpAddr, time::Duration};
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(default)]
///     verbose: bool,
///     #[secret(default = "localhost")]
///     host: String,
///     #[secret(default = "127.0.0.1")]
///     address: IpAddr,
///     #[secret(parse = seconds, default = Duration::from_secs(30))]
///     timeout: Duration,
/// }
/// # fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> { text.parse().map(Duration::from_secs) }
/// ```
///
/// [`check_defaults`]: https://docs.rs/from-secrets/latest/from_secrets/trait.FromSecrets.html#method.check_defaults
///
/// ## Conversions
///
/// | key | requirement | input |
/// |---|---|---|
/// | none | `T: DeserializeOwned` | text or JSON |
/// | `parse` | `T: FromStr` | text |
/// | `parse = path` | `path` is a `fn(&str) -> Result<T, E>` | text |
/// | `deserialize_with = path` | `path` is a `fn(D) -> Result<T, D::Error>` for any `D: Deserializer` | text or JSON |
/// | `with = module` | `module::deserialize` is such a function | text or JSON |
/// | `binary` | `T: TryFrom<Vec<u8>>` | the bytes of the secret; base64 in an environment variable or a JSON secret |
///
/// In a field of type `Option<T>`, the function returns a `T`; it is not called if the value is missing. The errors of
/// `parse` can have any type. The messages of all these functions are not shown, because they may contain the value.
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
///     #[secret(with = milliseconds)]
///     interval: Duration,
///     #[secret(binary)]
///     signing_key: SecretBox<[u8]>,
///     #[secret(binary)]
///     salt: [u8; 16],
/// }
///
/// fn seconds(text: &str) -> Result<Duration, ParseIntError> {
///     text.parse().map(Duration::from_secs)
/// }
///
/// mod milliseconds {
///     use std::time::Duration;
///
///     use serde::{Deserialize, Deserializer};
///
///     pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
///         u64::deserialize(from).map(Duration::from_millis)
///     }
/// }
/// ```
///
/// ## Lists
///
/// By default, a sequence is read from a JSON array. With `separator`, text is split at each separator, and spaces
/// around the items are removed. An empty string in a JSON secret is an empty list; an empty variable is missing. The
/// items are decoded like values of their own, so they can be numbers or enums. A JSON array is still accepted, in a
/// JSON key and as text. An error contains the index of the item.
///
/// ```
/// # use from_secrets::FromSecrets;
/// # use std::{collections::BTreeSet, net::IpAddr};
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(env_only, separator = ",")]
///     proxies: Vec<IpAddr>, // 10.0.0.1, 10.0.0.2
///     #[secret(separator = " ")]
///     scopes: BTreeSet<String>, // read write
/// }
/// ```
///
/// ## Validation
///
/// The function of `validate` is a `fn(&T) -> Result<(), E>`, where `T` is the field's type without its `Option`. A
/// `String` is also passed to a function of `&str`. The function is called with each value and each default, before the
/// struct is built: a refresh of `Live` that fails keeps the last struct. A function that panics rejects the value.
///
/// | `E` | shown in errors and reports |
/// |---|---|
/// | `&'static str` | the text |
/// | a type that implements the trait [`ValueFree`] | the text |
/// | any other type | nothing, because the text could contain the value |
///
/// A rejected value fails the load with [`SourceErrorKind::Invalid`]. If `Loader::fall_back_on` contains this kind, the
/// next source is queried.
///
/// ```
/// # use from_secrets::FromSecrets;
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(validate = unprivileged, default = 8080)]
///     port: u16,
///     #[secret(validate = https)]
///     endpoint: Option<String>,
/// }
///
/// fn unprivileged(port: &u16) -> Result<(), &'static str> {
///     if *port < 1024 { Err("the port is privileged") } else { Ok(()) }
/// }
///
/// fn https(url: &str) -> Result<(), &'static str> {
///     if url.starts_with("https://") { Ok(()) } else { Err("the URL is not https") }
/// }
/// ```
///
/// The crates `garde` and `validator` need one line: `#[secrets(validate = garde::Validate::validate)]` or
/// `#[secrets(validate = validator::Validate::validate)]` on a struct that also derives their `Validate`. Their errors
/// can contain values, so they are not shown.
///
/// [`ValueFree`]: https://docs.rs/from-secrets/latest/from_secrets/report/trait.ValueFree.html
/// [`SourceErrorKind::Invalid`]: https://docs.rs/from-secrets/latest/from_secrets/source/enum.SourceErrorKind.html
///
/// ## Shown values
///
/// Some values are stored in a secret although they are not secret, such as the host of a database. With `shown`, such
/// a value appears in [`Debug` output](#debug-output). The struct needs `debug`. The types `SecretString` and
/// `SecretBox` hide their values, so they cannot be `shown`. Errors and reports contain no values, not even those of
/// `shown` and `env_only` fields.
///
/// ```
/// # use from_secrets::{FromSecrets, Loader, SecretString};
/// # use from_secrets::source::Memory;
/// #[derive(FromSecrets)]
/// #[secrets("prod/db", debug)]
/// struct Database {
///     #[secret(shown)]
///     host: String,
///     password: SecretString,
/// }
/// # fn main() -> Result<(), from_secrets::Error> {
///
/// let text = r#"{"host": "db.local", "password": "only an example"}"#;
/// let secrets = Memory::new().with_secret("prod/db", text);
/// let database: Database = Loader::new().source(secrets).load_blocking()?;
/// assert_eq!(format!("{database:?}"), r#"Database { host: "db.local", password: [redacted] }"#);
/// # Ok(())
/// # }
/// ```
///
/// ## Nested structs
///
/// `flatten` loads a struct that derives `FromSecrets` too, also in a `Box`, `Arc` or `Rc`. `prefix` and `env_prefix`
/// precede the derived names and variables of the nested struct, so that one struct can be used more than once. With
/// several levels of nesting, the prefix of the outermost level comes first.
///
/// `name` replaces the [`name`](#one-json-secret) of a nested struct that is one JSON secret, and its aliases. The
/// derived variables contain the new name. It does not apply to structs within the nested struct.
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
///     #[secret(flatten)]
///     cache: Cache, // key "password" of prod/cache, variable PROD_CACHE_PASSWORD
///     #[secret(flatten, name = "{stage}/sessions")]
///     sessions: Cache, // key "password" of {stage}/sessions, variable SESSIONS_PASSWORD
/// }
///
/// #[derive(FromSecrets)]
/// #[secrets("prod/cache")]
/// struct Cache {
///     password: SecretString,
/// }
/// ```
///
/// ## Skipped fields
///
/// A field with `skip` is not loaded. Its value is the expression of `default`, or the field of the struct's
/// [`default`](#struct-default), or `Default::default()`.
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
