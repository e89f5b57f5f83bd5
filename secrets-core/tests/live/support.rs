//! A struct, and secrets that a test can rotate, break and slow down.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use from_secrets::{
    Answers, FromSecrets, Live, LiveBuilder, Loader, Memory, Query, SecretSource, Source,
};
use tokio::time::{Instant, sleep};

#[derive(FromSecrets)]
#[secrets(debug)]
pub(crate) struct Config {
    #[secret("API_TOKEN")]
    pub(crate) token: String,
    #[secret(flatten)]
    pub(crate) database: Database,
}

#[derive(FromSecrets)]
#[secrets(name = "prod/db", debug)]
pub(crate) struct Database {
    pub(crate) password: String,
    pub(crate) port: u16,
    pub(crate) replica: Option<String>,
}

/// Secrets of which a test keeps a handle.
#[derive(Clone, Debug)]
pub(crate) struct Secrets {
    memory: Memory,
    delay: Arc<AtomicU64>,
    loads: Arc<Mutex<Vec<Instant>>>,
    fresh: Arc<Mutex<Vec<bool>>>,
}

impl Secrets {
    pub(crate) fn new() -> Self {
        Self {
            memory: Memory::new(),
            delay: Arc::default(),
            loads: Arc::default(),
            fresh: Arc::default(),
        }
        .token("token 1")
        .database(r#"{"password": "password 1", "port": "5432"}"#)
    }

    pub(crate) fn token(self, text: &str) -> Self {
        self.put("API_TOKEN", text)
    }

    pub(crate) fn database(self, json: &str) -> Self {
        self.put("prod/db", json)
    }

    fn put(self, name: &str, text: &str) -> Self {
        self.memory.clone().secret(name, text);
        self
    }

    /// From now on each answer is so long on its way.
    pub(crate) fn delay(&self, delay: Duration) {
        let millis = u64::try_from(delay.as_millis()).unwrap();
        self.delay.store(millis, Ordering::SeqCst);
    }

    pub(crate) fn fail(&self, cause: from_secrets::Cause) {
        self.memory.clone().failing_all(cause);
    }

    pub(crate) fn recover(&self) {
        self.memory.clone().recovered();
    }

    /// Of each load, whether it asked past caches.
    pub(crate) fn fresh(&self) -> Vec<bool> {
        self.fresh.lock().unwrap().clone()
    }

    /// When each load asked.
    pub(crate) fn loads(&self) -> Vec<Instant> {
        self.loads.lock().unwrap().clone()
    }

    pub(crate) fn load_count(&self) -> usize {
        self.loads().len()
    }

    /// The times from load to load.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        let loads = self.loads();
        loads.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    pub(crate) fn loader(&self) -> Loader {
        Loader::new().sources([Source::custom(self.clone())])
    }

    pub(crate) fn live(&self) -> LiveBuilder<Config> {
        Live::builder().loader(self.loader())
    }
}

impl SecretSource for Secrets {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        self.loads.lock().unwrap().push(Instant::now());
        self.fresh.lock().unwrap().push(query.must_be_fresh());
        Box::pin(async move {
            let answers = self.memory.fetch(query).await;
            let delay = Duration::from_millis(self.delay.load(Ordering::SeqCst));
            if !delay.is_zero() {
                sleep(delay).await;
            }
            answers
        })
    }
}

pub(crate) const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

pub(crate) const MINUTE: Duration = secs(60);
