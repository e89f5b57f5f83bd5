//! Nested structs with the name of another secret.

use from_secrets::report::FieldReport;
use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Loader};

use crate::support::{failure, load};

#[derive(FromSecrets)]
#[secrets("prod/db", alias = "prod/database")]
struct Database {
    password: String,
    #[secret("prod/ca")]
    ca: Option<String>,
    #[secret(flatten)]
    limits: Limits,
}

#[derive(FromSecrets)]
#[secrets("prod/limits")]
struct Limits {
    #[secret(default = 1)]
    most: u8,
}

#[derive(FromSecrets)]
struct Databases {
    #[secret(flatten)]
    primary: Database,
    #[secret(flatten, name = "{stage}/replica")]
    replica: Option<Database>,
}

fn requested(memory: &Memory) -> Vec<String> {
    let requests = memory.requests().into_iter();
    requests.map(|request| request.id().to_owned()).collect()
}

#[test]
fn struct_loads_from_two_secrets() {
    let memory = Memory::new()
        .with_secret("prod/db", r#"{"password": "a"}"#)
        .with_secret("prod/replica", r#"{"password": "b"}"#)
        .with_secret("prod/ca", "c")
        .with_secret("prod/limits", r#"{"most": 2}"#);
    let loaded: Databases = Loader::new()
        .source(memory.clone())
        .placeholder("stage", "prod")
        .load_blocking()
        .unwrap();
    let replica = loaded.replica.unwrap();
    assert_eq!((&*loaded.primary.password, &*replica.password), ("a", "b"));
    assert_eq!(replica.ca.as_deref(), Some("c"));
    assert_eq!((loaded.primary.limits.most, replica.limits.most), (2, 2));
    assert_eq!(
        requested(&memory),
        [
            "prod/db",
            "prod/database",
            "prod/ca",
            "prod/limits",
            "prod/replica"
        ]
    );
}

#[derive(FromSecrets)]
struct Twice {
    #[secret(flatten)]
    primary: Limits,
    #[secret(flatten, name = "prod/replica")]
    replica: Limits,
}

#[test]
fn variables_contain_other_name() {
    let variables = [("PROD_LIMITS_MOST", "3"), ("PROD_REPLICA_MOST", "4")];
    let loaded: Twice = load(&Memory::new(), &variables).unwrap();
    assert_eq!((loaded.primary.most, loaded.replica.most), (3, 4));
}

#[derive(FromSecrets)]
#[secrets("prod/db", env_prefix = "DB_")]
#[expect(dead_code, reason = "never loaded")]
struct Prefixed {
    password: String,
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "never loaded")]
struct SameVariable {
    #[secret(flatten)]
    primary: Prefixed,
    #[secret(flatten, name = "prod/replica")]
    replica: Prefixed,
}

#[test]
fn same_variable_is_rejected() {
    let error = failure::<SameVariable>(&Memory::new(), &[]);
    let error = format!("{error:#}");
    assert!(
        error.contains("`DB_PASSWORD` is also read by `primary.password`"),
        "{error}"
    );
}

#[derive(FromSecrets)]
#[secrets("prod/login")]
struct Login {
    all: String,
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "never loaded")]
struct WellKnown {
    #[secret(flatten, name = "{stage}/lc")]
    login: Login,
}

#[test]
fn other_name_can_cause_shell_variable() {
    let memory = Memory::new().with_secret("prod/lc", r#"{"all": "a"}"#);
    let loader = Loader::new()
        .source(memory.clone())
        .placeholder("stage", "prod");
    let error = loader.load_blocking::<WellKnown>().err().unwrap();
    assert!(format!("{error:#}").contains("`LC_ALL`"), "{error:#}");
    assert!(memory.requests().is_empty());
    let login = load::<Login>(&memory, &[("PROD_LOGIN_ALL", "b")]).unwrap();
    assert_eq!(login.all, "b");
    assert!(
        failure::<Login>(&memory, &[])
            .failed_fields()
            .map(FieldReport::path)
            .eq(["all"])
    );
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "never loaded")]
struct ByPlaceholder {
    #[secret(flatten, name = "{REPLICA_ARN}")]
    replica: Limits,
}

#[test]
fn name_without_variables_requires_prefix() {
    let loader = Loader::new().source(Memory::new()).placeholder(
        "REPLICA_ARN",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:limits-AbCdEf",
    );
    let error = loader.load_blocking::<ByPlaceholder>().err().unwrap();
    let help = "add `env_prefix = \"…\"` to `replica`";
    assert!(error.to_string().contains(help), "{error}");
}
