//! The documents of ECS and Kubernetes.

use from_secrets::FromSecrets;
use from_secrets::generate::Declaration;

use crate::notes::has_note;
use crate::structs::{Pocket, Shop};

#[test]
fn ecs_omits_keys_with_colons() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Config {
        #[secret("prod/db", json_key = "a:b")]
        key: String,
    }
    let document = Declaration::of::<Config>().ecs_secrets().unwrap();
    assert_eq!(document.text(), "[]\n");
    assert!(has_note(
        &document,
        "`key` is omitted because ECS separates"
    ));
}

#[test]
fn unsupported_ecs_fields_are_noted() {
    let ecs = Declaration::of::<Shop>()
        .include_optional()
        .ecs_secrets()
        .unwrap();
    assert!(
        has_note(
            &ecs,
            "`password` is omitted because it is not read from the environment"
        ),
        "{:?}",
        ecs.notes()
    );
    assert!(has_note(
        &ecs,
        "`user` is omitted because ECS supports top-level JSON keys"
    ));
    assert!(has_note(
        &ecs,
        "`certificate` is omitted because ECS does not support binary values"
    ));
    assert!(has_note(&ecs, "`REGION` and `ACCOUNT`"));
}

#[test]
fn unsupported_kubernetes_fields_are_noted() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Clash {
        #[secret("a/b")]
        nested: String,
        #[secret("a_b", env = "FLAT")]
        flat: String,
        #[secret("c", json_key = "d|e")]
        key: String,
    }
    let shop = Declaration::of::<Shop>()
        .placeholder("stage", "prod")
        .include_optional();
    let class = shop.secret_provider_class().unwrap();
    assert!(has_note(
        &class,
        "`prod/db` is omitted because only pinned versions"
    ));
    let secret = shop.external_secret().unwrap();
    assert!(has_note(
        &secret,
        "`certificate` is omitted because an environment variable"
    ));
    assert!(has_note(
        &secret,
        "`password` is omitted because it is not read from the environment"
    ));
    assert!(
        secret.text().contains("property: \"users.0.name\""),
        "{secret}"
    );

    let class = Declaration::of::<Clash>().secret_provider_class().unwrap();
    assert!(has_note(
        &class,
        "`a_b` is omitted because its file would be that of `a/b`"
    ));
    let secret = Declaration::of::<Clash>().external_secret().unwrap();
    assert!(has_note(
        &secret,
        "`key` is omitted because the operator would interpret"
    ));
}

#[test]
fn ecs_notes_name_the_origin() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Config {
        #[secret(
            name = "arn:aws:ssm:eu-west-1:123456789012:parameter/db",
            json_key = "user",
            env = "DB_USER"
        )]
        parameter: String,
        #[secret("prod/db", json_key = "/user/name")]
        secret: String,
    }
    let document = Declaration::of::<Config>().ecs_secrets().unwrap();
    assert_eq!(document.text(), "[]\n");
    let expected = [
        "`parameter` is omitted because ECS does not support JSON keys of parameters; the task loads it from Parameter Store",
        "`secret` is omitted because ECS supports top-level JSON keys, but not JSON pointers; the task loads it from Secrets Manager",
    ];
    assert_eq!(document.notes(), expected);
}

#[test]
fn incomplete_arns_of_ecs_are_noted() {
    let note = "replace `REGION` and `ACCOUNT`";
    let open = Declaration::of::<Pocket>();
    let region = open.clone().region("eu-west-1");
    let complete = region.clone().account("123456789012");
    let account = open.clone().account("123456789012");
    for incomplete in [open, region, account] {
        assert!(has_note(&incomplete.ecs_secrets().unwrap(), note));
    }
    assert!(!has_note(&complete.ecs_secrets().unwrap(), note));
}

/// The operator would interpret `*` and `#` as queries of GJSON.
#[test]
fn pointers_with_queries_are_omitted() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Config {
        #[secret("db", json_key = "/users/*", env = "FIRST")]
        first: String,
        #[secret("db", json_key = "/users/#/name", env = "SECOND")]
        second: String,
    }
    let secret = Declaration::of::<Config>().external_secret().unwrap();
    for field in ["first", "second"] {
        let note = format!("`{field}` is omitted because the operator would interpret");
        assert!(has_note(&secret, &note), "{:?}", secret.notes());
    }
    assert!(!secret.text().contains("users"), "{secret}");
}

#[test]
fn names_of_directories_are_not_mounted() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Config {
        #[secret(".", env = "DOT")]
        dot: String,
        #[secret("..data", env = "DATA")]
        data: String,
        #[secret(".key", env = "KEY")]
        key: String,
    }
    let class = Declaration::of::<Config>().secret_provider_class().unwrap();
    for name in [".", "..data"] {
        let note = format!("`{name}` is omitted because a file cannot have its name");
        assert!(has_note(&class, &note), "{:?}", class.notes());
    }
    let objects = class.text().matches("objectName").count();
    assert_eq!(objects, 1, "{class}");
    assert!(class.text().contains("objectName: \".key\""), "{class}");
}
