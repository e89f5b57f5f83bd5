//! The example `service` as a process, against PostgreSQL and an emulator of Secrets Manager.

#![cfg(unix)]

mod health;
mod load;
mod process;
mod rotation;
mod scenario;
mod wrong_password;

use std::time::Duration;

use tokio::time::{sleep, timeout};

/// The timeout of a condition, which usually takes milliseconds.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Waits until a condition is true.
async fn until(condition: &str, mut is_true: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_true().await {
            sleep(Duration::from_millis(2)).await;
        }
    };
    let waited = timeout(TIMEOUT, wait).await;
    waited.unwrap_or_else(|_| panic!("not in time: {condition}"));
}

/// Returns the maximum number of requests in a period, if they are at least `interval` apart.
fn fit(interval: Duration, time: Duration) -> usize {
    let later = time.as_nanos() / interval.as_nanos();
    1 + usize::try_from(later).unwrap()
}
