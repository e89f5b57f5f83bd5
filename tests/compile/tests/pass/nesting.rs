//! Structs in structs.

use from_secrets::{FromSecrets, Memory};

use crate::{addresses, load};

#[derive(FromSecrets)]
#[secrets(prefix = "DB_")]
struct Database {
    user: String,
    #[secret(env_only, default = 5432)]
    port: u16,
}

#[derive(FromSecrets)]
struct Cluster {
    #[secret(flatten, prefix = "PRIMARY_")]
    primary: Database,
    #[secret(flatten, prefix = "REPLICA_", env_prefix = "R_")]
    replica: Option<Database>,
}

#[derive(FromSecrets)]
struct Service {
    #[secret(flatten, prefix = "prod/")]
    cluster: Cluster,
    #[secret(flatten)]
    local: std::option::Option<Database>,
    key: String,
}

#[test]
fn prefixes_add_up_from_the_outside_in() {
    let memory = Memory::new()
        .secret("prod/PRIMARY_DB_USER", "a")
        .secret("prod/REPLICA_DB_USER", "b")
        .secret("DB_USER", "c")
        .secret("KEY", "k");
    let variables = [("R_PORT", "1")];
    assert_eq!(
        addresses::<Service>(memory.clone(), &variables),
        [
            "cluster.primary.user: prod/PRIMARY_DB_USER $PROD_PRIMARY_DB_USER",
            "cluster.primary.port:  $PROD_PRIMARY_DB_PORT",
            "cluster.replica.user: prod/REPLICA_DB_USER $R_USER",
            "cluster.replica.port:  $R_PORT",
            "local.user: DB_USER $DB_USER",
            "local.port:  $DB_PORT",
            "key: KEY $KEY",
        ]
    );
    let loaded: Service = load(memory, &variables).unwrap();
    let replica = loaded.cluster.replica.unwrap();
    assert_eq!(
        (
            loaded.cluster.primary.user.as_str(),
            loaded.cluster.primary.port
        ),
        ("a", 5432)
    );
    assert_eq!((replica.user.as_str(), replica.port), ("b", 1));
    assert_eq!(loaded.local.unwrap().user, "c");
    assert_eq!(loaded.key, "k");
}

#[test]
fn an_optional_struct_is_none_where_nothing_of_it_was_found() {
    let memory = Memory::new()
        .secret("prod/PRIMARY_DB_USER", "a")
        .secret("KEY", "k");
    let loaded: Service = load(memory, &[]).unwrap();
    assert!(loaded.cluster.replica.is_none());
    assert!(loaded.local.is_none());
}
