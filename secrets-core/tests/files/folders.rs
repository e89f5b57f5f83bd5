//! JSON secrets: as one file, and as a directory with a file for each key.

use std::fs;

use from_secrets::FromSecrets;
use from_secrets::source::{FetchResult, MissingReason, SourceErrorKind};

use crate::support::{CANARY, Scratch, fails, response};

#[derive(FromSecrets)]
#[secrets(name = "prod/db", debug)]
struct Database {
    user: String,
    port: u16,
    #[secret(json_key = "/options/tls/on")]
    tls: bool,
    #[secret(binary)]
    key: Vec<u8>,
}

const KEY: [u8; 3] = [0xff, 0x00, 0x01];

fn check(database: &Database) {
    assert_eq!(database.user, "a\u{fc}\n\"b\\\"\u{1}");
    assert_eq!((database.port, database.tls), (5432, true));
    assert_eq!(database.key, KEY);
}

#[test]
fn json_file_supports_keys_and_pointers() {
    let scratch = Scratch::new();
    let json =
        r#"{"user":"aü\n\"b\\\"\u0001","port":"5432","options":{"tls":{"on":true}},"key":"/wAB"}"#;
    scratch.file("prod_db", json);
    check(&scratch.load().unwrap());
}

#[test]
fn folder_files_become_json_keys() {
    for folder in ["prod_db", "prod/db"] {
        let scratch = Scratch::new();
        let file = |name: &str, bytes: &[u8]| scratch.file(&format!("{folder}/{name}"), bytes);
        file("user", "aü\n\"b\\\"\u{1}".as_bytes());
        file("port", b"5432\n");
        file("options/tls/on", b"true");
        file("options/other/not-asked", b"x");
        file("key", &KEY);
        check(&scratch.load().unwrap());
    }
}

#[derive(FromSecrets)]
#[secrets(name = "db", debug)]
struct One {
    #[secret(env = false)]
    password: String,
}

#[test]
fn missing_key_suggests_similar_file() {
    let scratch = Scratch::new();
    scratch.file("db/pasword", CANARY);
    let similar = Some("pasword".to_owned());
    let error = scratch.load::<One>().unwrap_err();
    let expected = FetchResult::Missing(MissingReason::JsonKey { similar });
    assert_eq!(*response(&error), expected);

    let scratch = Scratch::new();
    fs::create_dir(scratch.path().join("db")).unwrap();
    let error = scratch.load::<One>().unwrap_err();
    let expected = FetchResult::Missing(MissingReason::JsonKey { similar: None });
    assert_eq!(*response(&error), expected);
}

#[test]
fn empty_file_of_key_is_missing() {
    #[derive(FromSecrets)]
    #[secrets(name = "db", debug)]
    struct Inner {
        options: std::collections::BTreeMap<String, String>,
    }
    let scratch = Scratch::new();
    scratch.file("db/password", "");
    scratch.file("db/a", "x");
    scratch.file("db/z", "");
    let error = scratch.load::<One>().unwrap_err();
    let expected = FetchResult::Missing(MissingReason::JsonKey { similar: None });
    assert_eq!(*response(&error), expected);

    scratch.file("db/options/1", "");
    scratch.file("db/options/2", "x");
    scratch.file("db/options/3", "");
    let inner: Inner = scratch.load().unwrap();
    assert_eq!(
        inner.options.into_iter().collect::<Vec<_>>(),
        [("2".to_owned(), "x".to_owned())]
    );
}

#[test]
fn unused_folder_entries_are_ignored() {
    let scratch = Scratch::new();
    scratch.file("db/password", "x");
    scratch.file("db/keystore", vec![0; 1024 * 1024 + 1]);
    scratch.file("db/a/b/c/d/e/f/g/h/i/j/k", "deep");
    scratch.file("db/..hidden", "x");
    assert_eq!(scratch.load::<One>().unwrap().password, "x");
}

#[test]
fn folder_size_and_count_are_limited() {
    let scratch = Scratch::new();
    scratch.file("db/password", vec![b'x'; 1024 * 1024 + 1]);
    let error = scratch.load::<One>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["db", "password", "1 MiB"],
    );

    scratch.file("db/password", vec![b'x'; 1024 * 1024 - 2]);
    scratch.file("db/other", "xx");
    assert_eq!(
        scratch.load::<One>().unwrap().password.len(),
        1024 * 1024 - 2
    );
    scratch.file("db/other", "xxx");
    let error = scratch.load::<One>().unwrap_err();
    fails(&error, SourceErrorKind::Malformed, &["(more than 1 MiB)"]);

    let scratch = Scratch::new();
    scratch.file("db/password", "x");
    for i in 1..1000 {
        scratch.file(&format!("db/{i}"), "");
        // Names of Kubernetes do not count.
        scratch.file(&format!("db/..{i}"), "");
    }
    assert_eq!(scratch.load::<One>().unwrap().password, "x");
    scratch.file("db/1000", "");
    let error = scratch.load::<One>().unwrap_err();
    fails(&error, SourceErrorKind::Malformed, &["1,000"]);
}

#[test]
fn folder_depth_is_limited_to_eight() {
    #[derive(FromSecrets)]
    #[secrets(name = "db", debug)]
    struct Deep {
        #[allow(dead_code, reason = "only whether it loads is looked at")]
        tree: std::collections::BTreeMap<String, serde_json::Value>,
    }
    let scratch = Scratch::new();
    scratch.file("db/tree/2/3/4/5/6/7/8/x", "y");
    let deep: Deep = scratch.load().unwrap();
    let inner = serde_json::Value::Object(deep.tree.into_iter().collect());
    assert_eq!(inner.pointer("/2/3/4/5/6/7/8/x").unwrap(), "y");
    scratch.file("db/tree/2/3/4/5/6/7/8/9/x", "y");
    let error = scratch.load::<Deep>().unwrap_err();
    fails(&error, SourceErrorKind::Malformed, &["more than 8 levels"]);
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Whole {
    #[secret(name = "db", env = false)]
    all: String,
}

#[test]
fn file_beside_folder_clashes_for_keys() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct WholeDb {
        #[secret(name = "prod/db", env = false)]
        all: String,
    }
    #[derive(FromSecrets)]
    #[secrets(name = "prod/db", debug)]
    struct User {
        #[allow(dead_code, reason = "it is not loaded")]
        user: String,
    }
    let scratch = Scratch::new();
    scratch.file("prod_db", r#"{"user":"x"}"#);
    scratch.file("prod/db/user", CANARY);
    assert_eq!(scratch.load::<WholeDb>().unwrap().all, r#"{"user":"x"}"#);
    let error = scratch.load::<User>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["prod_db", "prod/db", "conflicting files"],
    );
}

#[test]
fn folder_is_rejected_as_whole_secret() {
    let scratch = Scratch::new();
    let folder = scratch.file("db/password", CANARY);
    let folder = folder.parent().unwrap().to_str().unwrap();
    let error = scratch.load::<Whole>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &[folder, "is a directory"],
    );
    let again = Scratch::new();
    again.file("db", CANARY);
    assert_eq!(again.load::<Whole>().unwrap().all, CANARY);
}

#[test]
fn whole_secret_includes_every_folder_file() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Both {
        #[secret(name = "db", json_key = "password", env = false)]
        password: String,
        #[secret(name = "db", env = false)]
        all: String,
    }
    let scratch = Scratch::new();
    scratch.file("db/password", "x");
    scratch.file("db/user", "y");
    let both: Both = scratch.load().unwrap();
    assert_eq!(both.password, "x");
    assert_eq!(both.all, r#"{"password":"x","user":"y"}"#);
}

#[test]
fn json_key_of_plain_file_fails() {
    let scratch = Scratch::new();
    scratch.file("db", format!("not JSON: {CANARY}"));
    let error = scratch.load::<One>().unwrap_err();
    fails(&error, SourceErrorKind::Malformed, &["not JSON"]);
}
