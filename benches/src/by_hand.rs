//! Shared code of the contenders on the SDK: the client, and the JSON secret.

use aws_config::{BehaviorVersion, ConfigLoader};
use aws_sdk_secretsmanager::Client;

use crate::{Runtime, Wanted};

/// A client and the secrets to load.
#[derive(Debug)]
pub(crate) struct ByHand {
    runtime: Runtime,
    client: Client,
    wanted: Wanted,
    names: Vec<String>,
}

impl ByHand {
    /// Creates a client, with changes to its default configuration.
    pub(crate) fn new(wanted: &Wanted, change: fn(ConfigLoader) -> ConfigLoader) -> Self {
        let runtime = Runtime::default();
        let config = change(aws_config::defaults(BehaviorVersion::latest()));
        let client = Client::new(&runtime.wait(config.load()));
        Self {
            runtime,
            client,
            wanted: *wanted,
            names: wanted.names(),
        }
    }

    /// Returns the total length of the values. The JSON secret needs one request.
    pub(crate) fn load(
        &self,
        several: impl AsyncFnOnce(&Client, &[String]) -> Vec<String>,
    ) -> usize {
        self.runtime.wait(async {
            match self.wanted {
                Wanted::Json => Wanted::total_of_json(&get(&self.client, &self.names[0]).await),
                Wanted::Secrets(_) => {
                    let values = several(&self.client, &self.names).await;
                    values.iter().map(String::len).sum()
                }
            }
        })
    }
}

/// The sample of the AWS console.
pub(crate) async fn get(client: &Client, name: &str) -> String {
    let output = client.get_secret_value().secret_id(name).send().await;
    output.expect("a secret").secret_string.expect("text")
}
