//! Structs within structs.

use from_secrets::report::FieldReport;
use from_secrets::source::{Memory, SourceErrorKind};
use from_secrets::{ExposeSecret, FromSecrets, SecretString};

use crate::support::{failure, load};

#[derive(FromSecrets)]
struct Twice {
    #[secret(flatten, prefix = "primary/", env_prefix = "PRIMARY_")]
    primary: Login,
    #[secret(flatten, prefix = "replica/", env_prefix = "REPLICA_")]
    replica: Option<Login>,
}

#[derive(FromSecrets)]
#[secrets(rename_all = "kebab-case", debug)]
struct Login {
    user_name: String,
    password: SecretString,
}

#[test]
fn struct_loads_twice_with_different_prefixes() {
    let memory = Memory::new()
        .with_secret("primary/user-name", "a")
        .with_secret("primary/password", "b")
        .with_secret("replica/user-name", "c");
    let twice: Twice = load(&memory, &[("REPLICA_PASSWORD", "d")]).unwrap();
    let replica = twice.replica.unwrap();
    assert_eq!(
        (twice.primary.user_name.as_str(), replica.user_name.as_str()),
        ("a", "c")
    );
    assert_eq!(twice.primary.password.expose_secret(), "b");
    assert_eq!(replica.password.expose_secret(), "d");
}

#[test]
fn only_fully_missing_struct_is_optional() {
    let memory = Memory::new()
        .with_secret("primary/user-name", "a")
        .with_secret("primary/password", "b");
    assert!(load::<Twice>(&memory, &[]).unwrap().replica.is_none());

    let half = memory.clone().with_secret("replica/user-name", "c");
    let error = failure::<Twice>(&half, &[]);
    assert_eq!(
        error
            .failed_fields()
            .map(FieldReport::path)
            .collect::<Vec<_>>(),
        ["replica.password"]
    );

    half.remove("replica/user-name");
    let denied = half.with_error("replica/password", SourceErrorKind::Denied);
    let error = failure::<Twice>(&denied, &[]);
    assert!(
        error
            .failed_fields()
            .any(|field| field.path() == "replica.password"),
        "a failure is never `None`"
    );
}
