//! The macro accepts its own suggestions.

use std::str::FromStr as _;

use proc_macro2::TokenStream;

use super::errors;

/// Returns the only error of a declaration.
fn error(declaration: &str) -> String {
    let messages = errors(&TokenStream::from_str(declaration).unwrap());
    assert_eq!(messages.len(), 1, "{declaration}: {messages:#?}");
    messages.into_iter().next().unwrap()
}

/// Returns the code that a message suggests.
fn suggestion(message: &str) -> &str {
    let words = ["help: write `", "help: did you mean `", "help: add `"];
    let found = words.iter().find_map(|words| message.split_once(words));
    let (_, code) = found.unwrap_or_else(|| panic!("no suggestion: {message}"));
    code.split_once('`').unwrap().0
}

/// Replaces `wrong` with the suggestion, and expects no errors.
fn follow(declaration: &str, wrong: &str) {
    let message = error(declaration);
    let code = suggestion(&message);
    assert!(!code.contains('…'), "{message}");
    let followed = declaration.replacen(wrong, code, 1);
    assert_ne!(followed, declaration, "{message}");
    let remaining = errors(&TokenStream::from_str(&followed).unwrap());
    assert_eq!(remaining, [""; 0], "{followed} after: {message}");
}

/// Adds the suggestion after `mark`, and expects no errors.
fn add(declaration: &str, mark: &str) {
    let message = error(declaration);
    let code = suggestion(&message);
    let followed = declaration.replacen(mark, &format!("{mark}, {code}"), 1);
    let remaining = errors(&TokenStream::from_str(&followed).unwrap());
    assert_eq!(remaining, [""; 0], "{followed} after: {message}");
}

#[test]
fn suggested_keys_and_values_are_accepted() {
    for (attribute, ty, wrong) in [
        (r#"id = "a""#, "String", "id"),
        (r#"naem = "a""#, "String", "naem"),
        (r#"key = "a""#, "String", "key"),
        (r#"variable = "A""#, "String", "variable"),
        ("defualt: 5", "u8", "defualt: 5"),
        ("default: 5", "u8", "default: 5"),
        (r#"nmae "a""#, "String", r#"nmae "a""#),
        (r#"json_key: "a""#, "String", r#"json_key: "a""#),
        (r#"default = "yes""#, "bool", r#"default = "yes""#),
        (r#"default = """#, "bool", r#"default = """#),
        (r#"default = "8080""#, "u16", r#"default = "8080""#),
        (r#"default = "many""#, "u16", r#"default = "many""#),
        (r#"default = "1""#, "f64", r#"default = "1""#),
        (r#"default("a")"#, "String", r#"default("a")"#),
        (r#"name("a")"#, "String", r#"name("a")"#),
        (r#"parse = "a::b""#, "String", r#"parse = "a::b""#),
        (r#"with = "a""#, "u8", r#"with = "a""#),
        (r#"split = ",""#, "Vec<u8>", "split"),
        ("binary = true", "Vec<u8>", "binary = true"),
        (r#"json_key = "/a~b""#, "String", r#"json_key = "/a~b""#),
    ] {
        let declaration = format!("struct Config {{ #[secret({attribute})] field: {ty} }}");
        follow(&declaration, wrong);
    }
}

#[test]
fn suggested_additions_are_accepted() {
    let arn = r#""arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf""#;
    for declaration in [
        format!("struct Config {{ #[secret({arn})] field: String }}"),
        format!("#[secrets({arn})] struct Config {{ field: String }}"),
        format!("#[secrets({arn})] struct r#struct {{ r#type: String }}"),
    ] {
        add(&declaration, arn);
    }
}

#[test]
fn suggestions_leave_out_unusable_names() {
    let arn = r#""arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf""#;
    let message = error(&format!("#[secrets({arn})] struct Größe {{ key: String }}"));
    assert!(
        message.contains(r#"add `env_prefix = "…"` here"#),
        "{message}"
    );
    let message = error(&format!(
        "#[secrets({arn}, env_prefix = \"A_\")] struct Config {{ größe: String }}"
    ));
    assert!(
        message.contains(r#"add `env = "…"`, or"#) && !message.contains("env_prefix"),
        "{message}"
    );
}

#[test]
fn env_only_needs_no_secret_name() {
    let declared =
        |attribute: &str| format!("struct Config {{ #[secret({attribute})] größe: u16 }}");
    let accepted = TokenStream::from_str(&declared(r#"env_only, env = "SIZE""#)).unwrap();
    assert_eq!(errors(&accepted), [""; 0]);
    let message = error(&declared("env_only"));
    assert_eq!(
        message,
        "cannot derive an environment variable from this name\nhelp: add `env = \"…\"`"
    );
}

#[test]
fn current_stage_is_the_same_version() {
    for other in [
        r#""db", version_stage = "AWSCURRENT""#,
        r#""{{resolve:secretsmanager:db:SecretString::AWSCURRENT}}""#,
    ] {
        let declaration = format!(
            r#"struct Config {{ #[secret("db")] a: String, #[secret({other})] b: String }}"#
        );
        assert_eq!(
            errors(&TokenStream::from_str(&declaration).unwrap()),
            [""; 0],
            "{other}"
        );
    }
}

#[test]
fn suggestions_omit_keys_already_present() {
    for (declaration, unexpected) in [
        (
            "struct C { #[secret(flatten, default)] a: Option<Nested> }",
            "change the type",
        ),
        (
            r#"struct C { #[secret("key", prefix = "A_")] a: String }"#,
            "write the full name",
        ),
        (
            r#"struct C { #[secret(env = "A", env_prefix = "A_")] a: String }"#,
            "write the full name",
        ),
        (
            r#"#[secrets(prefix = "A_")] struct C { #[secret(flatten, prefix = "B_")] a: Nested }"#,
            "or move it",
        ),
        (
            r#"#[secrets(env_prefix = "A_")] struct C { #[secret(flatten, env_prefix = "B_")] a: Nested }"#,
            "or move it",
        ),
    ] {
        let messages = errors(&TokenStream::from_str(declaration).unwrap());
        assert!(!messages.is_empty(), "{declaration}");
        assert!(
            messages.iter().all(|message| !message.contains(unexpected)),
            "{messages:#?}"
        );
    }
}
