//! The AWS console's sample, called for one secret after the other.

use aws_sdk_secretsmanager::Client;

use crate::{Contender, Runtime, Wanted, sdk};

#[derive(Debug)]
pub struct Sequential {
    runtime: Runtime,
    client: Client,
    wanted: Wanted,
    names: Vec<String>,
}

impl Contender for Sequential {
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
            let mut values = Vec::with_capacity(self.names.len());
            for name in &self.names {
                values.push(sdk::get(&self.client, name).await);
            }
            values.iter().map(String::len).sum()
        })
    }
}
