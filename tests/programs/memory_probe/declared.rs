//! As this library is used.

use std::time::Duration;

use from_secrets::{FromSecrets, Live, SecretBox, SecretString};
use serde::de::{Deserialize, Deserializer, Visitor};
use tokio::time::timeout;

use super::program::{hold, step};

#[derive(FromSecrets)]
#[expect(dead_code, reason = "only held")]
struct One {
    one: SecretString,
}

#[derive(FromSecrets)]
#[secrets(prefix = "TEN_", env_prefix = "TEN_")]
#[expect(dead_code, reason = "only held")]
struct Ten {
    a: SecretString,
    b: SecretString,
    c: SecretString,
    d: SecretString,
    e: SecretString,
    f: SecretString,
    g: SecretString,
    h: SecretString,
    i: SecretString,
    j: SecretString,
}

#[derive(FromSecrets)]
#[secrets(name = "JSON")]
#[expect(dead_code, reason = "only held")]
struct Keys {
    user: SecretString,
    password: SecretString,
    key: SecretString,
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "only held")]
struct Binary {
    #[secret(binary)]
    bytes: SecretBox<[u8]>,
}

/// A value that its type reads and does not keep, as an address or a URL does not keep its text.
#[derive(FromSecrets)]
#[expect(dead_code, reason = "only held")]
struct Read {
    one: Length,
}

struct Length(#[expect(dead_code, reason = "only held")] usize);

#[derive(FromSecrets)]
#[expect(dead_code, reason = "never loaded")]
struct Refused {
    one: SecretString,
    #[secret("ONE", env = "ONE_NUMBER")]
    number: Option<u16>,
    #[secret("ONE", json_key = "key", env = "ONE_KEY")]
    key: Option<String>,
    #[secret("ONE", binary, env = "ONE_BYTES")]
    bytes: Option<Three>,
}

struct Three;

impl TryFrom<Vec<u8>> for Three {
    type Error = &'static str;

    fn try_from(bytes: Vec<u8>) -> Result<Self, &'static str> {
        drop(SecretBox::from(bytes));
        Err("refused")
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Measure)
    }
}

struct Measure;

impl Visitor<'_> for Measure {
    type Value = Length;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Length, E> {
        Ok(Length(text.len()))
    }
}

pub(super) async fn keep(what: &str) {
    match what {
        "one" => hold(One::load().await.expect("it is loaded")),
        "ten" => hold(Ten::load().await.expect("it is loaded")),
        "keys" => hold(Keys::load().await.expect("it is loaded")),
        "binary" => hold(Binary::load().await.expect("it is loaded")),
        "read" => hold(Read::load().await.expect("it is loaded")),
        "refused" => hold(Refused::load().await.err().expect("it is refused")),
        "cut-off" => {
            let load = Box::pin(Ten::load());
            hold(timeout(Duration::from_millis(300), load).await.is_err());
        }
        "live" => live().await,
        other => panic!("nothing is called `{other}`"),
    }
}

/// Refreshes at each step, three times.
async fn live() {
    let live = Live::<One>::builder()
        .background_refresh(false)
        .min_refresh_interval(Duration::from_millis(1))
        .load()
        .await
        .expect("it is loaded");
    for _ in 0..3 {
        step("loaded");
        live.refresh().await.expect("it is refreshed");
    }
    hold(live);
}
