//! Refreshes that bypass the agent's cache, and refreshes that use it.

use std::time::Duration;

use from_secrets::live::TestClock;
use from_secrets::source::{Agent, Env};
use from_secrets::{ExposeSecret, Live, Loader};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::{FakeAgent, FakeSecretsManager};

use super::{Pocket, pocket, with_old_values};

fn rotated() -> FakeSecretsManager {
    let token = Entry::text("the new token").with_id("version 2");
    pocket().entry("POCKET_TOKEN", token)
}

/// Returns a struct that is refreshed on access, and the clock that ends its TTL.
async fn live_with_clock(agent: Agent) -> (Live<Pocket>, TestClock) {
    let clock = TestClock::new();
    let env = Env::from_vars::<&str, &str>([]);
    let builder = Live::builder()
        .loader(Loader::new().env(env).source(agent))
        .background_refresh(false)
        .clock(&clock);
    (builder.load().await.unwrap(), clock)
}

async fn token_after_ttl((live, clock): &(Live<Pocket>, TestClock)) -> String {
    clock.advance(Duration::from_mins(10));
    let pocket = live.get_fresh().await.unwrap();
    pocket.token.expose_secret().to_owned()
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
async fn refresh_on_demand_bypasses_cache() {
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
async fn refresh_on_access_uses_cache() {
    let agent = FakeAgent::start(pocket());
    let process = live_with_clock(agent.source()).await;
    let other = live_with_clock(agent.source()).await;
    agent.rotate(rotated());
    assert_eq!(token_after_ttl(&process).await, "the token");
    assert_eq!(fresh(&agent), [false; 6]);
    // One refresh on demand renews the cache for all processes.
    process.1.advance(Duration::from_mins(1));
    process.0.refresh().await.unwrap();
    assert_eq!(fresh(&agent)[6..], [true; 2]);
    assert_eq!(token_after_ttl(&other).await, "the new token");
    assert_eq!(fresh(&agent)[8..], [false; 2]);
}

#[tokio::test]
async fn rejected_credentials_bypass_cache() {
    let agent = FakeAgent::start(pocket());
    let (live, _clock) = live_with_clock(agent.source()).await;
    agent.rotate(rotated());
    let operation = || {
        std::future::ready(match token(&live).as_str() {
            "the new token" => Ok(()),
            _ => Err("rejected"),
        })
    };
    assert_eq!(live.retry_on(|_| true, operation).await, Ok(()));
    assert_eq!(fresh(&agent), [false, false, true, true]);
}

#[tokio::test]
async fn every_refresh_bypasses_cache_if_set() {
    let agent = FakeAgent::start(pocket());
    let source = agent.source().bypass_cache_on_refresh(true);
    let process = live_with_clock(source).await;
    agent.rotate(rotated());
    assert_eq!(token_after_ttl(&process).await, "the new token");
    assert_eq!(fresh(&agent), [false, false, true, true]);
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
