//! Secret names and environment variables of fields.

use from_secrets::FromSecrets;
use from_secrets::source::Memory;

use crate::addresses;

fn secrets(names: &[&str]) -> Memory {
    names.iter().fold(Memory::new(), |memory, name| {
        memory.with_secret(name, r#"{"key": "k", "api_key": "a", "api-key": "a", "password": "p", "users": [{"name": "n"}]}"#)
    })
}

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
#[expect(dead_code, reason = "only the declaration is used")]
struct Prefixed {
    api_key: String,
    #[secret("pocket/token")]
    token: String,
    #[secret(name = "prod/db", json_key = "password")]
    password: String,
    #[secret(name = "prod/db", json_key = "/users/0/name")]
    user: String,
    #[secret(env = "LISTS")]
    list: String,
    #[secret(env = false)]
    hidden: String,
    #[secret(env_only)]
    port: u16,
    #[secret(env_only, env = "HOST")]
    host: String,
}

#[test]
fn prefix_determines_names_and_variables() {
    let memory = secrets(&[
        "POCKET_API_KEY",
        "pocket/token",
        "prod/db",
        "POCKET_LIST",
        "POCKET_HIDDEN",
    ]);
    assert_eq!(
        addresses::<Prefixed>(memory, &[("POCKET_PORT", "1"), ("HOST", "h")]),
        [
            "api_key: POCKET_API_KEY $POCKET_API_KEY",
            "token: pocket/token $POCKET_TOKEN",
            "password: prod/db#password $PROD_DB_PASSWORD",
            "user: prod/db#/users/0/name $PROD_DB_USERS_0_NAME",
            "list: POCKET_LIST $LISTS",
            "hidden: POCKET_HIDDEN",
            "port:  $POCKET_PORT",
            "host:  $HOST",
        ]
    );
}

#[derive(FromSecrets)]
#[secrets("prod/pocket", rename_all = "kebab-case", env_prefix = "MY_")]
#[expect(dead_code, reason = "only the declaration is used")]
struct OneSecret {
    api_key: String,
    #[secret(json_key = "password")]
    word: String,
    #[secret("other")]
    other: String,
    #[secret(env_only)]
    http_port: u16,
}

#[test]
fn renamed_fields_become_json_keys() {
    assert_eq!(
        addresses::<OneSecret>(secrets(&["prod/pocket", "other"]), &[("MY_HTTP_PORT", "1")]),
        [
            "api_key: prod/pocket#api-key $MY_API_KEY",
            "word: prod/pocket#password $MY_WORD",
            "other: other $MY_OTHER",
            "http_port:  $MY_HTTP_PORT",
        ]
    );
}

#[derive(FromSecrets)]
#[secrets(name = "prod/pocket")]
#[expect(dead_code, reason = "only the declaration is used")]
struct OneSecretPlain {
    api_key: String,
    #[secret(env_only)]
    port: u16,
}

#[test]
fn json_keys_default_to_field_names() {
    assert_eq!(
        addresses::<OneSecretPlain>(secrets(&["prod/pocket"]), &[("PROD_POCKET_PORT", "1")]),
        [
            "api_key: prod/pocket#api_key $PROD_POCKET_API_KEY",
            "port:  $PROD_POCKET_PORT"
        ]
    );
}

const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";

#[derive(FromSecrets)]
#[expect(dead_code, reason = "only the declaration is used")]
struct References {
    #[secret("{stage}/pocket/api-key")]
    template: String,
    #[secret("{{resolve:secretsmanager:prod/db:SecretString:password}}")]
    cloud_formation: String,
    #[secret(
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf:password::",
        env = "DB_PASSWORD"
    )]
    value_from: String,
    #[secret(name = "{DB_ARN}", env = false)]
    arn_in_a_variable: String,
}

#[test]
fn deployment_notations_are_accepted_as_names() {
    let memory = secrets(&["prod/pocket/api-key", "prod/db", ARN]);
    assert_eq!(
        addresses::<References>(memory, &[("stage", "prod"), ("DB_ARN", ARN)]),
        [
            "template: prod/pocket/api-key $POCKET_API_KEY".to_owned(),
            "cloud_formation: prod/db#password $PROD_DB_PASSWORD".to_owned(),
            format!("value_from: {ARN}#password $DB_PASSWORD"),
            format!("arn_in_a_variable: {ARN}"),
        ]
    );
}

#[derive(FromSecrets)]
#[secrets(env_prefix = "DB_")]
#[expect(dead_code, reason = "only the declaration is used")]
struct SharedVariable {
    #[secret(
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
        env = "DB"
    )]
    whole: String,
    #[secret(
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
        env = "DB"
    )]
    again: String,
    #[secret(env_only, env = "PORT")]
    port: u16,
    #[secret(env_only, env = "PORT")]
    port_again: u16,
    #[secret("arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf")]
    prefixed: String,
}

#[test]
fn fields_of_one_secret_share_variable() {
    assert_eq!(
        addresses::<SharedVariable>(secrets(&[ARN]), &[("PORT", "1")]).len(),
        5
    );
}
