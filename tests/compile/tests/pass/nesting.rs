//! Nested structs.

use std::rc::Rc;
use std::sync::Arc;

use from_secrets::FromSecrets;
use from_secrets::source::Memory;

use crate::{addresses, load, load_with_report};

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
fn nested_prefixes_join_outermost_first() {
    let memory = Memory::new()
        .with_secret("prod/PRIMARY_DB_USER", "a")
        .with_secret("prod/REPLICA_DB_USER", "b")
        .with_secret("DB_USER", "c")
        .with_secret("KEY", "k");
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
fn missing_optional_struct_is_absent() {
    let memory = Memory::new()
        .with_secret("prod/PRIMARY_DB_USER", "a")
        .with_secret("KEY", "k");
    let loaded: Service = load(memory, &[]).unwrap();
    assert!(loaded.cluster.replica.is_none());
    assert!(loaded.local.is_none());
}

type Alias = Box<Database>;

#[derive(FromSecrets)]
struct Pointers<T> {
    #[secret(flatten, prefix = "BOXED_")]
    boxed: Box<Database>,
    #[secret(flatten, prefix = "SHARED_")]
    shared: Arc<Database>,
    #[secret(flatten, prefix = "COUNTED_")]
    counted: Rc<Database>,
    #[secret(flatten, prefix = "ABSENT_")]
    absent: Option<Box<Database>>,
    #[secret(flatten, prefix = "PRESENT_")]
    present: Option<Arc<Database>>,
    #[secret(flatten, prefix = "ALIAS_")]
    alias: Alias,
    #[secret(flatten, prefix = "GENERIC_")]
    generic: Arc<T>,
}

#[test]
fn nested_structs_load_behind_pointers() {
    let names = ["BOXED", "SHARED", "COUNTED", "PRESENT", "ALIAS", "GENERIC"];
    let memory = names.iter().fold(Memory::new(), |memory, name| {
        memory.with_secret(&format!("{name}_DB_USER"), name)
    });
    let (loaded, _) = load_with_report::<Box<Pointers<Database>>>(memory, &[]);
    let users = [
        &loaded.boxed.user,
        &loaded.shared.user,
        &loaded.counted.user,
        &loaded.present.as_ref().unwrap().user,
        &loaded.alias.user,
        &loaded.generic.user,
    ];
    assert_eq!(users, names);
    assert!(loaded.absent.is_none());
}
