//! `BatchGetSecretValue` by hand: twenty names a request, one request after the other.

use std::collections::HashMap;

use aws_sdk_secretsmanager::Client;

use crate::{Contender, Runtime, Wanted, sdk};

/// AWS takes no more.
const MOST: usize = 20;

#[derive(Debug)]
pub struct Batch {
    runtime: Runtime,
    client: Client,
    wanted: Wanted,
    names: Vec<String>,
}

impl Contender for Batch {
    fn new(wanted: &Wanted) -> Self {
        let runtime = Runtime::default();
        let client = runtime.wait(sdk::client());
        Self {
            runtime,
            client,
            wanted: *wanted,
            names: wanted.names(),
        }
    }

    fn load(&mut self) -> usize {
        self.runtime.wait(async {
            if self.wanted == Wanted::Json {
                return sdk::get_json(&self.client, &self.names[0]).await;
            }
            let mut found = HashMap::new();
            for names in self.names.chunks(MOST) {
                found.extend(batch(&self.client, names).await);
            }
            // In the order of the names, as whoever asked needs them.
            let values: Vec<_> = self
                .names
                .iter()
                .map(|name| found.remove(name).expect("a secret"))
                .collect();
            values.iter().map(String::len).sum()
        })
    }
}

async fn batch(client: &Client, names: &[String]) -> Vec<(String, String)> {
    let call = client
        .batch_get_secret_value()
        .set_secret_id_list(Some(names.to_vec()));
    let entries = call
        .send()
        .await
        .expect("a batch")
        .secret_values
        .unwrap_or_default();
    entries
        .into_iter()
        .map(|entry| {
            (
                entry.name.expect("a name"),
                entry.secret_string.expect("text"),
            )
        })
        .collect()
}
