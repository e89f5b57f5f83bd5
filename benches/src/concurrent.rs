//! All requests side by side.

use aws_sdk_secretsmanager::Client;
use futures_util::future::join_all;

use crate::{Contender, Runtime, Wanted, sdk};

#[derive(Debug)]
pub struct Concurrent {
    runtime: Runtime,
    client: Client,
    wanted: Wanted,
    names: Vec<String>,
}

impl Contender for Concurrent {
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
            let values = join_all(self.names.iter().map(|name| sdk::get(&self.client, name))).await;
            values.iter().map(String::len).sum()
        })
    }
}
