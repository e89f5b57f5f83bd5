//! What the contenders by hand share: the SDK's client with its default features, and the JSON secret.

use aws_config::BehaviorVersion;
use aws_sdk_secretsmanager::Client;

use crate::{Runtime, Wanted};

/// A client, and what to ask it for.
#[derive(Debug)]
pub(crate) struct ByHand {
    runtime: Runtime,
    client: Client,
    wanted: Wanted,
    names: Vec<String>,
}

impl ByHand {
    pub(crate) fn new(wanted: &Wanted) -> Self {
        let runtime = Runtime::default();
        let configured = aws_config::load_defaults(BehaviorVersion::latest());
        let client = Client::new(&runtime.wait(configured));
        Self {
            runtime,
            client,
            wanted: *wanted,
            names: wanted.names(),
        }
    }

    /// How long the values are: of several secrets as the contender gets them, of the JSON secret with one request.
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

/// The console's sample.
pub(crate) async fn get(client: &Client, name: &str) -> String {
    let output = client.get_secret_value().secret_id(name).send().await;
    output.expect("a secret").secret_string.expect("text")
}
