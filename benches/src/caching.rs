//! The caching client of AWS, with a forced refresh for each load.

use std::num::NonZeroUsize;
use std::time::Duration;

use aws_secretsmanager_caching::SecretsManagerCachingClient;

use crate::{Contender, Runtime, Wanted};

#[derive(Debug)]
pub struct Caching {
    runtime: Runtime,
    client: SecretsManagerCachingClient,
    wanted: Wanted,
    names: Vec<String>,
}

impl Caching {
    /// Reads from the cache.
    pub async fn read(&self, name: &str, refresh: bool) -> String {
        let output = self
            .client
            .get_secret_value(name, None, None, refresh)
            .await;
        output.expect("a secret").secret_string.expect("text")
    }

    /// Returns the runtime and the first name.
    pub fn parts(&self) -> (&Runtime, &str) {
        (&self.runtime, &self.names[0])
    }
}

impl Contender for Caching {
    fn new(wanted: &Wanted) -> Self {
        let runtime = Runtime::default();
        let (size, ttl) = (
            NonZeroUsize::new(1_000).expect("not zero"),
            Duration::from_hours(1),
        );
        let client = runtime
            .wait(SecretsManagerCachingClient::default(size, ttl))
            .expect("a client");
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
                return Wanted::total_of_json(&self.read(&self.names[0], true).await);
            }
            let mut values = Vec::with_capacity(self.names.len());
            for name in &self.names {
                values.push(self.read(name, true).await);
            }
            values.iter().map(String::len).sum()
        })
    }
}
