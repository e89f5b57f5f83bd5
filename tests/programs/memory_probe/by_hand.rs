//! Loads by hand, with the bare SDK, and keeps secrets in `SecretString`.

use aws_sdk_secretsmanager::Client;
use from_secrets::{SecretBox, SecretString};
use from_secrets_tests::sdk;
use serde::Deserialize;

use super::program::hold;

#[derive(Deserialize)]
#[expect(dead_code, reason = "only held")]
struct Keys {
    user: SecretString,
    password: SecretString,
    key: SecretString,
}

pub(super) async fn keep(what: &str) {
    match what {
        "one" => {
            let client = client();
            let secret = text(&client, "ONE").await;
            hold((client, secret));
        }
        "ten" => ten().await,
        "keys" => keys().await,
        "binary" => binary().await,
        "parameter" => parameter().await,
        "file" => {
            let path = std::env::var("ONE_FILE").expect("a path");
            hold(SecretString::from(
                std::fs::read_to_string(path).expect("a file"),
            ));
        }
        "variable" => hold(SecretString::from(std::env::var("ONE").expect("it is set"))),
        other => panic!("nothing is called `{other}`"),
    }
}

fn endpoint() -> String {
    std::env::var("AWS_ENDPOINT_URL").expect("an endpoint")
}

fn client() -> Client {
    sdk::client(&endpoint())
}

async fn text(client: &Client, name: &str) -> SecretString {
    let output = client.get_secret_value().secret_id(name).send().await;
    let output = output.expect("a response");
    SecretString::from(output.secret_string().expect("text"))
}

async fn ten() {
    let names =
        ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"].map(|name| format!("TEN_{name}"));
    let client = client();
    let output = client
        .batch_get_secret_value()
        .set_secret_id_list(Some(names.to_vec()))
        .send()
        .await
        .expect("a response");
    let texts = output
        .secret_values()
        .iter()
        .filter_map(|entry| entry.secret_string());
    let secrets: Vec<SecretString> = texts.map(SecretString::from).collect();
    drop(output);
    hold((client, secrets));
}

async fn keys() {
    let client = client();
    let output = client
        .get_secret_value()
        .secret_id("JSON")
        .send()
        .await
        .expect("a response");
    let keys: Keys = serde_json::from_str(output.secret_string().expect("text")).expect("JSON");
    drop(output);
    hold((client, keys));
}

async fn binary() {
    let client = client();
    let output = client
        .get_secret_value()
        .secret_id("BYTES")
        .send()
        .await
        .expect("a response");
    let bytes = output.secret_binary().expect("bytes").as_ref().to_vec();
    drop(output);
    hold((client, SecretBox::from(bytes)));
}

async fn parameter() {
    let client = sdk::parameters(&endpoint());
    let output = client
        .get_parameter()
        .name("ONE")
        .with_decryption(true)
        .send()
        .await
        .expect("a response");
    let text = output.parameter().and_then(|parameter| parameter.value());
    let secret = SecretString::from(text.expect("text"));
    drop(output);
    hold((client, secret));
}
