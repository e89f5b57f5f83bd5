//! Field attributes other than names.

use std::collections::HashMap;
use std::time::Duration;

use from_secrets::source::Memory;
use from_secrets::{ExposeSecret, FromSecrets, SecretBox, SecretString};

use crate::load;

#[derive(FromSecrets)]
struct Versions {
    #[secret("key")]
    current: String,
    #[secret("key", version_stage = "AWSPREVIOUS", env = false)]
    previous: String,
    #[secret("key", version_id = "unknown", env = "PINNED")]
    pinned: String,
}

#[test]
fn stage_or_id_pins_version() {
    let memory = Memory::new()
        .with_secret("key", "old")
        .with_secret("key", "new");
    let loaded: Versions = load(memory, &[("PINNED", "pinned")]).unwrap();
    assert_eq!(
        [loaded.current, loaded.previous, loaded.pinned],
        ["new", "old", "pinned"]
    );
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}

fn generic<T: std::str::FromStr>(text: &str) -> Result<T, T::Err> {
    text.parse()
}

#[derive(FromSecrets)]
struct Decoders {
    serde: Vec<u16>,
    secret: SecretString,
    #[secret(parse)]
    address: std::net::IpAddr,
    #[secret(parse = seconds)]
    timeout: Duration,
    #[secret(parse = self::seconds)]
    interval: Option<Duration>,
    #[secret(parse = generic::<String>)]
    text: String,
    #[secret(binary)]
    bytes: Vec<u8>,
    #[secret(binary)]
    secret_bytes: SecretBox<[u8]>,
    #[secret(binary)]
    array: Option<[u8; 3]>,
}

#[test]
fn every_decoder_fills_its_type() {
    let memory = Memory::new()
        .with_secret("SERDE", "[1, 2]")
        .with_secret("SECRET", "s")
        .with_secret("ADDRESS", "127.0.0.1")
        .with_secret("TIMEOUT", "5")
        .with_secret("INTERVAL", "6")
        .with_secret("TEXT", "t")
        .with_binary("BYTES", &[0, 255])
        .with_binary("SECRET_BYTES", &[1])
        .with_binary("ARRAY", &[1, 2, 3]);
    let loaded: Decoders = load(memory, &[]).unwrap();
    assert_eq!(loaded.serde, [1, 2]);
    assert_eq!(loaded.secret.expose_secret(), "s");
    assert!(loaded.address.is_loopback());
    assert_eq!(loaded.timeout, Duration::from_secs(5));
    assert_eq!(loaded.interval, Some(Duration::from_secs(6)));
    assert_eq!(loaded.text, "t");
    assert_eq!(loaded.bytes, [0, 255]);
    assert_eq!(loaded.secret_bytes.expose_secret(), [1]);
    assert_eq!(loaded.array, Some([1, 2, 3]));
}

const PORT: u16 = 8080;

#[derive(FromSecrets)]
struct Defaults {
    #[secret(default)]
    of_type: u16,
    #[secret(default = PORT)]
    constant: u16,
    #[secret(default = "localhost")]
    text: String,
    #[secret(default = "quiet")]
    secret: SecretString,
    #[secret(default = -1)]
    negative: i8,
    #[secret(default = [1, 2])]
    array: [u8; 2],
    #[secret(default = vec!["a".to_owned(), "b".to_owned()])]
    list: Vec<String>,
    #[secret(default = HashMap::<String, u16>::from([("a".to_owned(), 1)]))]
    commas: HashMap<String, u16>,
    #[secret(default = if PORT > 80 { 1 } else { 2 }, env = "BRANCH")]
    branch: u8,
    #[secret(default = { let port = PORT; port + 1 })]
    block: u16,
    #[secret(parse = seconds, default = Duration::from_secs(3))]
    parsed: Duration,
    #[secret(env_only, default = 443)]
    setting: u16,
    #[secret(skip)]
    skipped: Vec<u8>,
    #[secret(skip, default = "skipped")]
    skipped_text: String,
    #[secret(skip, default = Some(1))]
    skipped_option: Option<u8>,
}

#[test]
fn default_accepts_any_expression() {
    let loaded: Defaults = load(Memory::new(), &[]).unwrap();
    assert_eq!(
        [
            loaded.of_type,
            loaded.constant,
            loaded.block,
            loaded.setting
        ],
        [0, 8080, 8081, 443]
    );
    assert_eq!([loaded.text, loaded.skipped_text], ["localhost", "skipped"]);
    assert_eq!(loaded.secret.expose_secret(), "quiet");
    assert_eq!(loaded.negative, -1);
    assert_eq!(loaded.array, [1, 2]);
    assert_eq!(loaded.list, ["a", "b"]);
    assert_eq!(loaded.commas["a"], 1);
    assert_eq!(loaded.branch, 1);
    assert_eq!(loaded.parsed, Duration::from_secs(3));
    assert!(loaded.skipped.is_empty());
    assert_eq!(loaded.skipped_option, Some(1));
}

#[derive(FromSecrets)]
struct SeveralAttributes {
    #[secret("prod/db")]
    #[secret(json_key = "password")]
    #[secret()]
    #[secret(env = "DB_PASSWORD", default = "none")]
    password: String,
}

#[test]
fn several_attributes_are_one() {
    let memory = Memory::new().with_secret("prod/db", r#"{"password": "p"}"#);
    let loaded: SeveralAttributes = load(memory, &[]).unwrap();
    assert_eq!(loaded.password, "p");
}

#[test]
fn env_only_field_ignores_other_sources() {
    #[derive(FromSecrets, Debug)]
    struct Settings {
        #[secret(env_only)]
        port: u16,
    }

    let memory = Memory::new().with_secret("PORT", "1");
    let source = memory.clone();
    assert_eq!(load::<Settings>(memory, &[("PORT", "2")]).unwrap().port, 2);
    assert!(source.requests().is_empty());
}
