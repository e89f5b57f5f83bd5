//! The service as a process of its own, against a real PostgreSQL and an emulator of Secrets Manager.

#![cfg(unix)]

mod health;
mod kept;
mod load;
mod process;
mod refused;
mod rotation;
mod scenario;

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// Whatever is waited for comes in milliseconds; no test waits longer than this.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until it is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            sleep(Duration::from_millis(2)).await;
        }
    };
    let waited = timeout(PATIENCE, wait).await;
    waited.unwrap_or_else(|_| panic!("not in time: {what}"));
}

/// How many requests fit into a time, one at its beginning included.
fn fit(interval: Duration, time: Duration) -> usize {
    let later = time.as_nanos() / interval.as_nanos();
    1 + usize::try_from(later).unwrap()
}
