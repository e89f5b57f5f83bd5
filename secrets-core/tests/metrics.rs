//! The descriptions of metrics. They are set once in a process, so this is a test program of its own.
#![cfg(all(feature = "derive", feature = "live", feature = "metrics"))]

use std::sync::{Arc, Mutex};

use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Live, Loader};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

#[derive(FromSecrets)]
#[allow(dead_code, reason = "only loaded")]
struct Config {
    api_token: String,
}

/// Records descriptions.
#[derive(Default)]
struct Descriptions(Arc<Mutex<Vec<String>>>);

impl Descriptions {
    fn add(&self, kind: &str, name: &KeyName, unit: Option<Unit>, description: &SharedString) {
        assert!(description.len() > 10, "{description}");
        let unit = unit.map_or("none", |unit| unit.as_str());
        let mut seen = self.0.lock().unwrap();
        seen.push(format!("{} {kind} {unit}", name.as_str()));
    }
}

impl Recorder for Descriptions {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.add("counter", &name, unit, &description);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.add("gauge", &name, unit, &description);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.add("histogram", &name, unit, &description);
    }

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test]
async fn metrics_are_described_once() {
    let recorder = Descriptions::default();
    let seen = Arc::clone(&recorder.0);
    metrics::set_global_recorder(recorder).unwrap();
    let secrets = Memory::new().with_secret("API_TOKEN", "a token");
    let loader = Loader::new().source(secrets);
    loader.load::<Config>().await.unwrap();
    let live = Live::<Config>::builder().loader(loader);
    live.load().await.unwrap().refresh().await.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "from_secrets_loads_total counter count",
            "from_secrets_load_duration_seconds histogram seconds",
            "from_secrets_refreshes_total counter count",
            "from_secrets_refresh_duration_seconds histogram seconds",
            "from_secrets_calls_total counter count",
            "from_secrets_call_duration_seconds histogram seconds",
            "from_secrets_fallbacks_total counter count",
            "from_secrets_live_last_success_timestamp_seconds gauge seconds",
            "from_secrets_live_max_stale_seconds gauge seconds",
        ]
    );
}
