//! The `Debug` of `#[secrets(debug)]`.

use from_secrets::{FromSecrets, Memory, SecretString};

use crate::load;

#[derive(FromSecrets)]
#[secrets(debug, prefix = "POCKET_")]
#[expect(dead_code, reason = "only what is shown matters")]
struct Config {
    key: SecretString,
    token: Option<String>,
    #[secret(env_only)]
    port: u16,
    #[secret(env_only)]
    r#type: Option<String>,
    #[secret(skip)]
    calls: u64,
}

#[test]
fn names_are_shown_and_no_value_but_those_of_settings() {
    let memory = Memory::new()
        .secret("POCKET_KEY", "canary")
        .secret("POCKET_TOKEN", "canary");
    let loaded: Config = load(memory, &[("POCKET_PORT", "8080"), ("POCKET_TYPE", "web")]).unwrap();
    let shown = format!("{loaded:?}");
    assert!(!shown.contains("canary"), "{shown}");
    for part in [
        "Config",
        "key: ",
        "token: ",
        "port: 8080",
        r#"type: Some("web")"#,
    ] {
        assert!(shown.contains(part), "{shown}");
    }
}
