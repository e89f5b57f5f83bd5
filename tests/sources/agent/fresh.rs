//! Refreshes bypass the agent's cache.

use std::time::Duration;

use from_secrets::{ExposeSecret, Live, Loader};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::{FakeAgent, FakeSecretsManager};

use super::{Pocket, pocket, with_old_values};

fn rotated() -> FakeSecretsManager {
    let token = Entry::text("the new token").with_id("version 2");
    pocket().entry("POCKET_TOKEN", token)
}

async fn live(loader: Loader) -> Live<Pocket> {
    let builder = Live::builder()
        .loader(loader)
        .background_refresh(false)
        .min_refresh_interval(Duration::from_millis(1));
    builder.load().await.unwrap()
}

fn token(live: &Live<Pocket>) -> String {
    live.get().unwrap().token.expose_secret().to_owned()
}

fn fresh(agent: &FakeAgent) -> Vec<bool> {
    agent
        .requested()
        .iter()
        .map(from_secrets_tests::fake_agent::AgentRequest::is_fresh)
        .collect()
}

#[tokio::test]
async fn refresh_bypasses_cache() {
    let agent = FakeAgent::start(pocket());
    let live = live(agent.loader()).await;
    agent.rotate(rotated());
    let again: Pocket = agent.loader().load().await.unwrap();
    assert_eq!(again.token.expose_secret(), "the token");
    assert_eq!(fresh(&agent), [false; 4]);

    live.refresh().await.unwrap();
    assert_eq!(token(&live), "the new token");
    assert_eq!(fresh(&agent)[4..], [true; 2]);
}

#[tokio::test]
async fn old_agent_gets_request_without_bypass() {
    let agent = FakeAgent::start(pocket());
    agent.forget_refresh();
    let live = live(agent.loader()).await;
    live.refresh().await.unwrap();
    let requested = fresh(&agent);
    assert_eq!(requested[..2], [false; 2], "the first load");
    let refused = requested.iter().filter(|fresh| **fresh).count();
    assert!(
        (1..=2).contains(&refused),
        "at most once per connection: {requested:?}"
    );
    assert_eq!(requested.len(), 4 + refused);
    assert_eq!(token(&live), "the token");
}

#[tokio::test]
async fn lambda_extension_gets_no_bypass() {
    let agent = FakeAgent::extension(pocket());
    let function = ("AWS_LAMBDA_FUNCTION_NAME", "f".to_owned());
    let live = live(with_old_values(agent.source(), [function])).await;
    live.refresh().await.unwrap();
    assert_eq!(fresh(&agent), [false; 4]);
}
