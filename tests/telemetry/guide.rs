//! The guide shows spans as they are exported.

use std::time::Duration;

use from_secrets::{FromSecrets, Live};
use from_secrets_tests::FakeAws;
use from_secrets_tests::fake_aws::{Changing, Entry};
use from_secrets_tests::structs::pocket;

use crate::exported::{export, exported_traces};
use crate::repository;

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
#[expect(dead_code, reason = "only loaded")]
struct PocketConfig {
    key: String,
    token: String,
    #[secret(env_only, default = 8080)]
    port: u16,
}

#[tokio::test]
async fn guide_shows_load_and_refresh() {
    export();
    let secrets = Changing::new(pocket());
    let aws = FakeAws::start(secrets.clone());
    let live = Live::<PocketConfig>::builder()
        .loader(aws.loader())
        .background_refresh(false)
        .min_refresh_interval(Duration::from_nanos(1));
    let live = live.load().await.unwrap();
    let token = Entry::text("the new token").with_id("a new version");
    secrets.set(pocket().entry("POCKET_TOKEN", token));
    live.refresh().await.unwrap();
    let traces = exported_traces("PocketConfig", 2).await;
    let guide = unwrapped(&repository("secrets-core/src/guide/observability.md"));
    for trace in traces {
        let text = trace.text();
        let block = unwrapped(&format!("```text\n{text}```"));
        assert!(guide.contains(&block), "the guide does not show:\n{text}");
    }
}

/// Returns the words of a text in one line. The guide wraps long lines.
fn unwrapped(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}
