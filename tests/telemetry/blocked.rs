//! A refresh whose source blocks its thread is counted as a failure.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use from_secrets::source::{
    FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource, SecretValue,
};
use from_secrets::{FromSecrets, Live, Loader};

use crate::exported::{attribute, export, exported_traces};
use crate::metrics::recorded;

#[derive(FromSecrets)]
#[expect(dead_code, reason = "only loaded")]
struct BlockedConfig {
    token: String,
}

/// A source that blocks while the lock is locked elsewhere.
#[derive(Default)]
struct Blocking {
    gate: Mutex<()>,
    is_reached: AtomicBool,
}

impl SecretSource for Blocking {
    fn name(&self) -> &'static str {
        "blocking"
    }

    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        Box::pin(async move {
            self.is_reached.store(true, Ordering::Release);
            drop(self.gate.lock().unwrap_or_else(PoisonError::into_inner));
            vec![FetchResult::Found(SecretValue::text("a token")); requests.len()]
        })
    }
}

/// Polls until a condition is true.
#[track_caller]
fn eventually(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn abandoned_refresh_counts_as_failed() {
    export();
    recorded(async |metrics| {
        let source = Arc::new(Blocking::default());
        let loader = Loader::new()
            .source(Arc::clone(&source))
            .timeout(Duration::from_secs(1));
        let builder = Live::<BlockedConfig>::builder()
            .loader(loader)
            .background_refresh(false)
            .ttl(Duration::from_millis(1));
        // Without a runtime of its own, so that the source does not block this thread.
        let live = std::thread::spawn(|| builder.load_blocking().unwrap());
        let live = live.join().unwrap();
        let blocked = source.gate.lock().unwrap();
        source.is_reached.store(false, Ordering::Release);
        eventually(|| {
            let _ = live.get();
            source.is_reached.load(Ordering::Acquire)
        });
        eventually(|| {
            let _ = live.get();
            live.status().failures() >= 1
        });
        let counted = metrics.take();
        let failed = "from_secrets_refreshes_total{config=BlockedConfig,outcome=failed}";
        assert_eq!(counted.get(failed), Some(&1.0), "{counted:?}");

        drop(blocked);
        let traces = exported_traces("BlockedConfig", 2).await;
        let span = traces[1].span("from_secrets.refresh");
        let attributes = ["from_secrets.outcome", "error.type"].map(|key| attribute(span, key));
        assert_eq!(
            attributes,
            ["failed", "runtime"].map(|word| Some(word.to_owned()))
        );
    });
}
