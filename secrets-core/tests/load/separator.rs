//! Lists with a separator.

use std::collections::{BTreeSet, VecDeque};

use from_secrets::source::{Memory, SourceErrorKind};
use from_secrets::{ExposeSecret, FromSecrets, SecretString};

use crate::support::{failure, load};

#[derive(FromSecrets)]
#[secrets("app", debug)]
struct Lists {
    #[secret(separator = ",")]
    ports: Vec<u16>,
    #[secret(separator = " ", name = "scopes")]
    scopes: BTreeSet<String>,
    #[secret(separator = "::", default = VecDeque::new())]
    tokens: VecDeque<SecretString>,
    #[secret(separator = ";", env_only)]
    pair: Option<(bool, char)>,
}

fn lists(app: &str, vars: &[(&str, &str)]) -> Lists {
    let memory = Memory::new()
        .with_secret("app", app)
        .with_secret("scopes", "read write\n");
    load(&memory, vars).unwrap()
}

#[test]
fn text_is_split_and_trimmed() {
    let loaded = lists(
        r#"{"ports": "80, 443 ,8080", "tokens": " a b ::c"}"#,
        &[("APP_PAIR", "true;x")],
    );
    assert_eq!(loaded.ports, [80, 443, 8080]);
    assert_eq!(
        loaded.scopes,
        BTreeSet::from(["read".to_owned(), "write".to_owned()])
    );
    let tokens = loaded.tokens.iter().map(ExposeSecret::expose_secret);
    assert_eq!(tokens.collect::<Vec<_>>(), ["a b", "c"]);
    assert_eq!(loaded.pair, Some((true, 'x')));
}

#[test]
fn json_array_and_scalar_are_lists() {
    for (ports, expected) in [
        ("[80, \"443\"]", vec![80, 443]),
        ("\"[80, 443]\"", vec![80, 443]),
        ("\"\"", vec![]),
        ("\"  \"", vec![]),
        ("[]", vec![]),
        ("80", vec![80]),
    ] {
        let loaded = lists(&format!("{{\"ports\": {ports}}}"), &[]);
        assert_eq!(loaded.ports, expected, "{ports}");
    }
    let vars = [("APP_PORTS", " [1, 2]\n"), ("SCOPES", "read")];
    let loaded: Lists = load(&Memory::new(), &vars).unwrap();
    assert_eq!(loaded.ports, [1, 2]);
    let vars = [("APP_PORTS", "1\n"), ("SCOPES", "read")];
    let loaded: Lists = load(&Memory::new(), &vars).unwrap();
    assert_eq!((loaded.ports, loaded.tokens.len()), (vec![1], 0));
}

#[test]
fn error_has_number_of_item() {
    for (ports, expected) in [
        (
            "80,canary",
            "in `[1]`: expected an integer from 0 to 65535, found other text",
        ),
        (
            "80,443,",
            "in `[2]`: expected an integer from 0 to 65535, found empty text",
        ),
        (
            "80 443",
            "in `[0]`: expected an integer from 0 to 65535, found other text",
        ),
    ] {
        let vars = [("APP_PORTS", ports), ("SCOPES", "canary")];
        let error = failure::<Lists>(&Memory::new(), &vars);
        let text = format!("{error:#}");
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn object_is_not_a_list() {
    let memory = Memory::new()
        .with_secret("app", r#"{"ports": {"a": 1}}"#)
        .with_binary("scopes", &[0, 255]);
    let error = failure::<Lists>(&memory, &[]);
    let kinds = error.failed_fields().map(|field| match field.outcome() {
        from_secrets::report::FieldOutcome::Failed(error) => error.kind(),
        other => panic!("{other:?}"),
    });
    assert_eq!(kinds.collect::<Vec<_>>(), [SourceErrorKind::Malformed; 2]);
}

#[derive(FromSecrets)]
#[secrets("app")]
struct Rates {
    #[secret(separator = ",")]
    rates: Vec<f64>,
}

#[test]
fn single_number_is_a_list() {
    let rates = |app: &str| {
        let memory = Memory::new().with_secret("app", app);
        load::<Rates>(&memory, &[]).unwrap().rates
    };
    assert_eq!(rates(r#"{"rates": 1.5}"#), [1.5]);
    assert_eq!(rates(r#"{"rates": 2}"#), [2.0]);
    assert_eq!(rates(r#"{"rates": "1.5,2"}"#), [1.5, 2.0]);
}

#[test]
fn several_spaces_separate_once() {
    let memory = Memory::new()
        .with_secret("app", r#"{"ports": ""}"#)
        .with_secret("scopes", "read  write ");
    let loaded: Lists = load(&memory, &[]).unwrap();
    assert_eq!(loaded.scopes.len(), 2);
    // Text of an object is not split.
    let object = memory.with_secret("scopes", r#"{"a": "read write"}"#);
    let error = failure::<Lists>(&object, &[]).to_string();
    assert!(error.contains("(secret `scopes`): malformed"), "{error}");
}
