//! What the contenders by hand share: the SDK's client with its default features, and the JSON secret.

use std::collections::BTreeMap;

use aws_config::BehaviorVersion;
use aws_sdk_secretsmanager::Client;

pub(crate) async fn client() -> Client {
    Client::new(&aws_config::load_defaults(BehaviorVersion::latest()).await)
}

/// The console's sample.
pub(crate) async fn get(client: &Client, name: &str) -> String {
    let output = client
        .get_secret_value()
        .secret_id(name)
        .send()
        .await
        .expect("a secret");
    output.secret_string.expect("text")
}

/// One request, however many keys.
pub(crate) async fn get_json(client: &Client, name: &str) -> usize {
    let text = get(client, name).await;
    let keys: BTreeMap<String, String> = serde_json::from_str(&text).expect("an object of texts");
    keys.values().map(String::len).sum()
}
