//! Structs with all kinds of fields.

use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
#[allow(dead_code, reason = "only the declaration is used")]
pub(crate) struct Pocket {
    /// Consumer key of the Pocket application.
    key: SecretString,
    /// Access token of the user whose list is read.
    token: SecretString,
}

/// Secrets, keys and variables with former names.
#[derive(FromSecrets)]
#[secrets("prod/db", alias = "prod/database")]
#[allow(dead_code, reason = "only the declaration is used")]
pub(crate) struct Renamed {
    #[secret(alias = "user")]
    username: String,
    #[secret(
        "prod/token",
        alias = "TOKEN",
        alias = "{stage}/token",
        env_alias = "TOKEN"
    )]
    token: SecretString,
    #[secret(env_only, env_alias = "LISTEN_PORT")]
    port: u16,
}

/// A single secret, which needs no batch request.
#[derive(FromSecrets)]
#[allow(dead_code, reason = "only the declaration is used")]
pub(crate) struct Momento {
    /// Token of the cache.
    #[secret("Momento_API_Token", version_stage = "AWSPREVIOUS")]
    api_token: SecretString,
    /// The cache's name | with a "bar", a $ and <tags>.
    #[secret(env_only, default = "my \"cache\" for $5")]
    cache: String,
}

#[derive(FromSecrets)]
#[secrets(name = "{stage}/shop", env_prefix = "SHOP_")]
#[allow(dead_code, reason = "only the declaration is used")]
pub(crate) struct Shop {
    /// Key of the payment provider.
    ///
    /// Two lines more
    /// of it.
    #[secret(json_key = "apiKey")]
    api_key: SecretString,
    #[secret(json_key = "/users/0/name")]
    user: Option<String>,
    #[secret(
        "prod/db",
        json_key = "password",
        version_stage = "AWSPENDING",
        env = false
    )]
    password: SecretString,
    #[secret(
        "prod/db",
        json_key = "user",
        version_id = "01234567-89ab-cdef-0123-456789abcdef"
    )]
    old_user: String,
    /// Retries of a call.
    #[secret(env_only, default = 3)]
    retries: u8,
    #[secret(env_only, default = -1.5)]
    offset: f64,
    #[secret(env_only, default)]
    verbose: bool,
    #[secret("{SHOP_CERTIFICATE_ARN}", binary, env = "SHOP_CERTIFICATE")]
    certificate: Vec<u8>,
    #[secret(
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/key-AbCdEf",
        env = "SHARED_KEY"
    )]
    shared: SecretString,
    #[secret(
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/other",
        env = "SHARED_OTHER"
    )]
    other: SecretString,
    #[secret(flatten, prefix = "{stage}/primary/", env_prefix = "PRIMARY_")]
    primary: Database,
    #[secret(flatten, prefix = "{stage}/replica/", env_prefix = "REPLICA_")]
    replica: Option<Database>,
}

#[derive(FromSecrets)]
#[secrets(rename_all = "kebab-case", env_prefix = "")]
#[allow(dead_code, reason = "only the declaration is used")]
pub(crate) struct Database {
    /// Who logs in.
    user_name: String,
    password: SecretString,
}

/// A struct without secrets.
#[derive(FromSecrets)]
#[allow(dead_code, reason = "only the declaration is used")]
pub(crate) struct Settings {
    #[secret(env_only)]
    port: u16,
}
