//! Functions of serde's signature, and of `parse`.

use std::fmt;
use std::time::Duration;

use from_secrets::FromSecrets;
use from_secrets::source::Memory;
use serde::de::{Deserializer, Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, de};

use crate::support::{failure, load};

mod seconds {
    use super::*;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

/// Returns the largest item.
fn largest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    struct Largest;

    impl<'de> Visitor<'de> for Largest {
        type Value = u16;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of ports")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<u16, A::Error> {
            let mut largest = 0;
            while let Some(item) = items.next_element()? {
                largest = largest.max(item);
            }
            Ok(largest)
        }
    }

    deserializer.deserialize_seq(Largest)
}

/// Quotes the value in each part of its errors.
fn quoting<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let quoted = format!("something other than {text}");
    match text.len() % 2 {
        0 => Err(D::Error::custom(quoted)),
        _ => Err(de::Error::invalid_value(Unexpected::Str(&text), &&*quoted)),
    }
}

#[derive(FromSecrets)]
#[secrets("app", debug)]
struct Config {
    #[secret(with = seconds)]
    timeout: Duration,
    #[secret(deserialize_with = self::seconds::deserialize)]
    interval: Option<Duration>,
    #[secret(with = seconds, default = Duration::from_secs(9))]
    pause: Duration,
    #[secret(deserialize_with = largest, name = "ports")]
    port: u16,
}

#[test]
fn function_decodes_keys_secrets_and_variables() {
    let memory = Memory::new()
        .with_secret("app", r#"{"timeout": "5", "interval": null}"#)
        .with_secret("ports", "[1, \"8080\"]");
    let config: Config = load(&memory, &[]).unwrap();
    assert_eq!(
        [config.timeout, config.pause],
        [Duration::from_secs(5), Duration::from_secs(9)]
    );
    assert_eq!((config.interval, config.port), (None, 8080));
    let vars = [
        ("APP_TIMEOUT", "6\n"),
        ("APP_INTERVAL", "7"),
        ("PORTS", "[3]"),
    ];
    let config: Config = load(&Memory::new(), &vars).unwrap();
    assert_eq!(
        (config.timeout, config.interval, config.port),
        (Duration::from_secs(6), Some(Duration::from_secs(7)), 3)
    );
}

#[test]
fn mismatch_of_function_is_described() {
    let memory = Memory::new()
        .with_secret("app", r#"{"timeout": "canary", "interval": -1}"#)
        .with_secret("ports", "[1, 70000]");
    let text = format!("{:#}", failure::<Config>(&memory, &[]));
    for expected in [
        "timeout\n    memory: `app`, JSON key `timeout`: found, but malformed: expected an integer from 0 to 18446744073709551615, found other text",
        "found, but malformed: expected an integer from 0 to 18446744073709551615, found a number out of range",
        "found, but malformed: in `[1]`: expected an integer from 0 to 65535, found a number out of range",
    ] {
        assert!(text.contains(expected), "{text}");
    }
    assert!(!text.contains("canary"), "{text}");
}

#[test]
fn error_text_of_function_is_hidden() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    #[allow(dead_code, reason = "never loaded")]
    struct Quoted {
        #[secret(deserialize_with = quoting)]
        key: String,
    }
    for value in ["canary", "canary1"] {
        let memory = Memory::new().with_secret("KEY", value);
        let text = format!("{:#}", failure::<Quoted>(&memory, &[]));
        assert!(text.contains("malformed: "), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn parse_accepts_any_error_type() {
    struct Opaque(String);

    fn opaque(text: &str) -> Result<u16, Opaque> {
        text.parse().map_err(|_| Opaque(text.to_owned()))
    }

    impl Drop for Opaque {
        fn drop(&mut self) {
            assert!(!self.0.is_empty());
        }
    }

    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct Parsed {
        #[secret(parse = opaque)]
        port: u16,
    }

    let parsed: Parsed = load(&Memory::new(), &[("PORT", "80")]).unwrap();
    assert_eq!(parsed.port, 80);
    let text = format!(
        "{:#}",
        failure::<Parsed>(&Memory::new(), &[("PORT", "canary")])
    );
    assert!(
        text.contains("malformed: expected a valid `u16`, found other text"),
        "{text}"
    );
    assert!(!text.contains("canary"), "{text}");
}
