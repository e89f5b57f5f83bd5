//! Placeholders in the `.env` template.

use from_secrets::FromSecrets;
use from_secrets::generate::Declaration;

#[derive(FromSecrets)]
#[expect(dead_code, reason = "only declared")]
struct Service {
    /// Key of the payment provider.
    #[secret("{stage}/key", alias = "{stage}/{old}/key")]
    key: String,
    #[secret("plain", env = false)]
    plain: String,
    #[secret(flatten)]
    database: Database,
    #[secret(env_only, env = "region")]
    region: String,
    #[secret(name = "{region}/cache", env = "CACHE")]
    cache: Option<String>,
}

#[derive(FromSecrets)]
#[secrets("{stage}/db")]
#[expect(dead_code, reason = "only declared")]
struct Database {
    #[secret(alias = "pass")]
    password: String,
}

const WITHOUT_PLACEHOLDERS: &str = "\
# Key of the payment provider.
KEY=

DB_PASSWORD=

region=

# Optional.
CACHE=
";

#[test]
fn each_unset_placeholder_has_a_line() {
    let declaration = Declaration::of::<Service>();
    let expected = "
# Placeholder in the names of the secrets of `key`, `database.password`.
# Needed only if a source of secrets is queried.
stage=

# Placeholder in the names of the secrets of `key`.
# Needed only if a source of secrets is queried.
old=
";
    let template = declaration.env_example().unwrap();
    assert_eq!(template.text(), format!("{WITHOUT_PLACEHOLDERS}{expected}"));
    assert_eq!(
        template.notes(),
        ["`plain` is not read from the environment"]
    );
}

#[test]
fn placeholder_with_value_has_no_line() {
    let declaration = Declaration::of::<Service>()
        .placeholder("stage", "prod")
        .placeholder("old", "test");
    let template = declaration.env_example().unwrap();
    assert_eq!(template.text(), WITHOUT_PLACEHOLDERS);
}
