//! Retries without a runtime, in a process of its own: refreshes of other structs would start them sooner.
#![cfg(all(feature = "derive", feature = "live"))]

use std::thread::sleep;
use std::time::{Duration, Instant};

use from_secrets::source::{Memory, SourceErrorKind};
use from_secrets::{FromSecrets, Live, Loader};

#[derive(FromSecrets)]
struct Config {
    api_token: String,
}

#[test]
fn failed_refresh_waits_only_its_backoff() {
    const PAUSE: Duration = Duration::from_millis(20);
    // If the end of a refresh did not wake it, the watchdog would check only every five seconds.
    const RETRIES: usize = 8;
    const LONGEST: Duration = Duration::from_secs(25);
    let memory = Memory::new().with_secret("API_TOKEN", "a token");
    let builder = Live::<Config>::builder()
        .loader(Loader::new().source(memory.clone()))
        .ttl(PAUSE)
        .backoff(PAUSE, PAUSE);
    let live = builder.load_blocking().unwrap();
    memory.set_outage(SourceErrorKind::Unreachable);
    let (start, requests) = (Instant::now(), memory.requests().len());
    while memory.requests().len() < requests + RETRIES {
        assert!(start.elapsed() < LONGEST, "{:?}", live.status());
        sleep(PAUSE);
    }
    assert_eq!(live.last_good().api_token, "a token");
}
