//! Spans of refreshes.

use std::time::Duration;

use from_secrets::{FromSecrets, Live};
use from_secrets_tests::fake_aws::{Changing, Entry};
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager};
use opentelemetry_sdk::trace::SpanData;
use tracing::{Instrument, info_span};

use crate::exported::{Trace, attribute, export, exported_traces as traces};

macro_rules! token_struct {
    ($name:ident) => {
        #[derive(FromSecrets)]
        #[secrets(prefix = "POCKET_")]
        #[expect(dead_code, reason = "only loaded")]
        struct $name {
            token: String,
        }
    };
}

fn token(version: u32) -> FakeSecretsManager {
    let token = Entry::text(format!("token {version}")).with_id(format!("version {version}"));
    FakeSecretsManager::new().entry("POCKET_TOKEN", token)
}

/// Starts a server of the first version. Returns it with the handle that changes its secrets.
fn started() -> (FakeAws, Changing) {
    let secrets = Changing::new(token(1));
    (FakeAws::start(secrets.clone()), secrets)
}

fn refresh(trace: &Trace) -> &SpanData {
    trace.span("from_secrets.refresh")
}

fn outcome(trace: &Trace) -> String {
    attribute(refresh(trace), "from_secrets.outcome").unwrap()
}

#[tokio::test]
async fn refresh_on_demand_is_linked_root() {
    token_struct!(OnDemand);
    export();
    let (aws, secrets) = started();
    let live = Live::<OnDemand>::builder()
        .loader(aws.loader())
        .background_refresh(false)
        .min_refresh_interval(Duration::from_nanos(1));
    let live = live.load().await.unwrap();
    let first = traces("OnDemand", 1).await.remove(0);
    assert!(
        first.text().starts_with("from_secrets.load\n"),
        "{}",
        first.text()
    );

    let caller = info_span!("caller", from_secrets.config = "OnDemand");
    let refreshing = async { live.refresh().await.unwrap() };
    refreshing.instrument(caller).await;
    let all = traces("OnDemand", 3).await;
    let caller = all.iter().find(|trace| trace.text().starts_with("caller"));
    let caller = &caller.unwrap().span("caller").span_context;
    let trace = all
        .iter()
        .find(|trace| trace.text().starts_with("from_secrets.refresh"));
    let trace = trace.unwrap();
    assert_eq!(
        trace.text(),
        "\
from_secrets.refresh
    from_secrets.config=OnDemand from_secrets.trigger=demand from_secrets.secrets=1 from_secrets.outcome=unchanged
  - a field was resolved: config=OnDemand field=token outcome=found source=aws
  - secrets were refreshed and have not changed: config=OnDemand
  SecretsManager.GetSecretValue (client)
      rpc.system=aws-api rpc.service=SecretsManager rpc.method=GetSecretValue cloud.region=us-east-1 \
       from_secrets.source=aws from_secrets.secrets=1 server.address=127.0.0.1 server.port=PORT \
       from_secrets.attempts=1 from_secrets.outcome=ok
"
    );
    let links = &refresh(trace).links.links;
    assert_eq!(links.len(), 1, "{links:?}");
    assert_eq!(links[0].span_context.span_id(), caller.span_id());

    secrets.set(token(2));
    live.refresh().await.unwrap();
    assert_eq!(outcome(&traces("OnDemand", 4).await[3]), "changed");
    secrets.set(FakeSecretsManager::new().when(|_| Some(FakeResponse::internal())));
    live.refresh().await.unwrap_err();
    let failed = &traces("OnDemand", 5).await[4];
    assert_eq!(outcome(failed), "failed");
    assert_eq!(
        attribute(refresh(failed), "error.type").unwrap(),
        "internal"
    );
    assert!(
        failed.text().starts_with("from_secrets.refresh ERROR"),
        "{}",
        failed.text()
    );
    assert!(
        failed.text().contains("- cannot refresh secrets"),
        "{}",
        failed.text()
    );
}

#[test]
fn background_refresh_is_root_without_link() {
    token_struct!(InBackground);
    export();
    let (aws, _secrets) = started();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // Tasks of this runtime are polled while the span is current.
    let whole_program = info_span!("whole_program").entered();
    runtime.block_on(async {
        let live = Live::<InBackground>::builder()
            .loader(aws.loader())
            .ttl(Duration::from_millis(20));
        let live = live.load().await.unwrap();
        let all = traces("InBackground", 2).await;
        let background = all
            .iter()
            .find(|trace| trace.text().starts_with("from_secrets.refresh"));
        let background = background.expect("the refresh is a root");
        let span = refresh(background);
        assert_eq!(
            attribute(span, "from_secrets.trigger").unwrap(),
            "background"
        );
        assert!(span.links.links.is_empty(), "{:?}", span.links);
        drop(live);
    });
    drop(whole_program);
}

#[test]
fn refresh_of_access_keeps_its_trigger() {
    token_struct!(OnAccess);
    export();
    let (aws, _secrets) = started();
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let first = runtime();
    let ttl = Duration::from_millis(1);
    let live = first.block_on(
        Live::<OnAccess>::builder()
            .loader(aws.loader())
            .background_refresh(false)
            .min_refresh_interval(Duration::from_nanos(1))
            .ttl(ttl)
            .load(),
    );
    let live = live.unwrap();
    // The first refresh is dropped with its runtime, and runs again elsewhere.
    drop(first);
    runtime().block_on(async {
        tokio::time::sleep(ttl).await;
        live.get_fresh().await.unwrap();
        let all = traces("OnAccess", 3).await;
        let refreshes: Vec<_> = all[1..]
            .iter()
            .map(|trace| {
                let trigger = attribute(refresh(trace), "from_secrets.trigger").unwrap();
                (trigger, outcome(trace))
            })
            .collect();
        let expected = [("access", "canceled"), ("access", "unchanged")];
        assert_eq!(
            refreshes,
            expected.map(|(trigger, outcome)| (trigger.to_owned(), outcome.to_owned()))
        );
    });
}
