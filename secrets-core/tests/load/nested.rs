//! Structs within structs.

use from_secrets::{Cause, ExposeSecret, FieldReport, FromSecrets, Memory, SecretString};

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
fn one_struct_is_used_twice_with_prefixes() {
    let memory = Memory::new()
        .secret("primary/user-name", "a")
        .secret("primary/password", "b")
        .secret("replica/user-name", "c");
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
fn an_optional_nested_struct_is_none_when_nothing_of_it_is_anywhere() {
    let memory = Memory::new()
        .secret("primary/user-name", "a")
        .secret("primary/password", "b");
    assert!(load::<Twice>(&memory, &[]).unwrap().replica.is_none());

    let half = memory.clone().secret("replica/user-name", "c");
    let error = failure::<Twice>(&half, &[]);
    assert_eq!(
        error.fields().map(FieldReport::path).collect::<Vec<_>>(),
        ["replica.password"]
    );

    let denied = half
        .remove("replica/user-name")
        .failing("replica/password", Cause::Denied);
    let error = failure::<Twice>(&denied, &[]);
    assert!(
        error
            .fields()
            .any(|field| field.path() == "replica.password"),
        "a failure is never `None`"
    );
}
