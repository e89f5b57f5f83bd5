//! Spans of loads and of their calls.

use std::time::Duration;

use from_secrets::source::{Env, ParameterStore, SourceErrorKind};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::structs::pocket;
use from_secrets_tests::{
    FakeAgent, FakeAws, FakeParameterStore, FakeResponse, FakeSecretsManager, sdk,
};
use tracing::{Instrument, info_span};

use crate::exported::{attribute, export, trace_of};

/// Declares a struct of both secrets of `pocket`, whose name identifies the traces of one test.
macro_rules! pocket_struct {
    ($name:ident) => {
        #[derive(FromSecrets)]
        #[secrets(prefix = "POCKET_")]
        #[expect(dead_code, reason = "only loaded")]
        struct $name {
            key: String,
            token: String,
        }
    };
}

#[tokio::test]
async fn batch_and_single_call_are_children() {
    #[derive(FromSecrets)]
    #[secrets(prefix = "POCKET_")]
    #[expect(dead_code, reason = "only loaded")]
    struct ThreeFields {
        key: String,
        token: String,
        #[secret("POCKET_OLD", version_stage = "AWSPREVIOUS")]
        old: String,
        #[secret(default = 80)]
        port: u16,
        proxy: Option<String>,
    }
    export();
    let old = from_secrets_tests::fake_aws::Entry::text("new").version("AWSPREVIOUS", "old");
    let aws = FakeAws::start(pocket().entry("POCKET_OLD", old));
    let load = async { aws.loader().load::<ThreeFields>().await.unwrap() };
    load.instrument(info_span!("caller")).await;
    assert_eq!(
        trace_of("ThreeFields").text(),
        "\
caller
    
  from_secrets.load
      from_secrets.config=ThreeFields from_secrets.secrets=5 from_secrets.outcome=ok
    - a field was resolved: config=ThreeFields field=key outcome=found source=aws
    - a field was resolved: config=ThreeFields field=token outcome=found source=aws
    - a field was resolved: config=ThreeFields field=old outcome=found source=aws
    - a field was resolved: config=ThreeFields field=port outcome=default
    - a field was resolved: config=ThreeFields field=proxy outcome=absent
    SecretsManager.BatchGetSecretValue (client)
        rpc.system=aws-api rpc.service=SecretsManager rpc.method=BatchGetSecretValue cloud.region=us-east-1 \
         from_secrets.source=aws from_secrets.secrets=4 server.address=127.0.0.1 server.port=PORT \
         from_secrets.attempts=1 from_secrets.outcome=ok
    SecretsManager.GetSecretValue (client)
        rpc.system=aws-api rpc.service=SecretsManager rpc.method=GetSecretValue cloud.region=us-east-1 \
         from_secrets.source=aws from_secrets.secrets=1 server.address=127.0.0.1 server.port=PORT \
         from_secrets.attempts=1 from_secrets.outcome=ok
"
    );
}

#[tokio::test]
async fn denied_load_has_error_status() {
    pocket_struct!(DeniedFields);
    export();
    let aws = FakeAws::start(pocket().denied("POCKET_TOKEN"));
    aws.loader().load::<DeniedFields>().await.err().unwrap();
    assert_eq!(
        trace_of("DeniedFields").text(),
        "\
from_secrets.load ERROR
    from_secrets.config=DeniedFields from_secrets.secrets=2 from_secrets.outcome=failed error.type=denied
  - a field was resolved: config=DeniedFields field=key outcome=found source=aws
  - a field was resolved: config=DeniedFields field=token outcome=failed source=aws cause=denied code=AccessDeniedException
  SecretsManager.BatchGetSecretValue (client)
      rpc.system=aws-api rpc.service=SecretsManager rpc.method=BatchGetSecretValue cloud.region=us-east-1 \
       from_secrets.source=aws from_secrets.secrets=2 server.address=127.0.0.1 server.port=PORT \
       from_secrets.attempts=1 from_secrets.outcome=ok
  SecretsManager.GetSecretValue (client) ERROR
      rpc.system=aws-api rpc.service=SecretsManager rpc.method=GetSecretValue cloud.region=us-east-1 \
       from_secrets.source=aws from_secrets.secrets=1 server.address=127.0.0.1 server.port=PORT \
       from_secrets.attempts=1 from_secrets.outcome=denied error.type=AccessDeniedException
"
    );
}

#[tokio::test]
async fn throttled_calls_count_their_attempts() {
    pocket_struct!(ThrottledFields);
    export();
    let secrets = pocket().at_first(2, FakeResponse::throttled());
    let aws = FakeAws::start(secrets);
    aws.loader().load::<ThrottledFields>().await.unwrap();
    assert_eq!(aws.tally(), "1 batch, 3 gets");
    let trace = trace_of("ThrottledFields");
    let text = trace.text();
    let batch = trace.span("SecretsManager.BatchGetSecretValue");
    assert_eq!(attribute(batch, "from_secrets.attempts").unwrap(), "1");
    assert_eq!(
        attribute(batch, "from_secrets.outcome").unwrap(),
        "throttled"
    );
    assert_eq!(
        attribute(batch, "error.type").unwrap(),
        "ThrottlingException"
    );
    let retried = "rpc.method=GetSecretValue cloud.region=us-east-1 from_secrets.source=aws from_secrets.secrets=1";
    for attempts in [1, 2] {
        let call = format!(
            "{retried} server.address=127.0.0.1 server.port=PORT from_secrets.attempts={attempts}"
        );
        assert_eq!(text.matches(&call).count(), 1, "{text}");
    }
    assert_eq!(
        text.matches("ERROR").count(),
        1,
        "only the batch failed:\n{text}"
    );
}

#[tokio::test]
async fn missing_secret_is_no_error() {
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct MissingField {
        nothing: Option<String>,
    }
    export();
    let aws = FakeAws::start(FakeSecretsManager::new());
    aws.loader().load::<MissingField>().await.unwrap();
    let trace = trace_of("MissingField");
    let call = trace.span("SecretsManager.GetSecretValue");
    assert_eq!(attribute(call, "from_secrets.outcome").unwrap(), "missing");
    assert!(!trace.text().contains("ERROR"), "{}", trace.text());
}

#[tokio::test]
async fn unreachable_server_has_attempts_and_address() {
    pocket_struct!(UnreachableFields);
    export();
    let aws = FakeAws::start(FakeSecretsManager::new().when(|_| Some(FakeResponse::close())));
    aws.loader()
        .load::<UnreachableFields>()
        .await
        .err()
        .unwrap();
    let trace = trace_of("UnreachableFields");
    let batch = trace.span("SecretsManager.BatchGetSecretValue");
    assert_eq!(attribute(batch, "from_secrets.attempts").unwrap(), "3");
    assert_eq!(attribute(batch, "server.address").unwrap(), "127.0.0.1");
    assert_eq!(attribute(batch, "error.type").unwrap(), "unreachable");
}

#[tokio::test]
async fn call_elsewhere_has_its_region() {
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct OtherRegion {
        #[secret(
            name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:POCKET_KEY-AbCdEf",
            env = false
        )]
        key: String,
    }
    export();
    let aws = FakeAws::start(pocket());
    aws.loader().load::<OtherRegion>().await.unwrap();
    let trace = trace_of("OtherRegion");
    let call = trace.span("SecretsManager.GetSecretValue");
    assert_eq!(attribute(call, "cloud.region").unwrap(), "eu-west-1");
}

#[tokio::test]
async fn parameter_calls_have_their_service() {
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct ParameterFields {
        #[secret("/pocket/key")]
        key: String,
    }
    export();
    let aws = FakeAws::start(FakeParameterStore::new().text("/pocket/key", "the key"));
    let parameters = ParameterStore::new().sdk_config(&sdk::config(&aws.endpoint()));
    let loader = Loader::new()
        .source(parameters)
        .env(Env::from_vars::<&str, &str>([]));
    loader.load::<ParameterFields>().await.unwrap();
    let trace = trace_of("ParameterFields");
    let call = trace.span("SSM.GetParameters");
    assert_eq!(attribute(call, "from_secrets.source").unwrap(), "ssm");
    assert_eq!(attribute(call, "rpc.service").unwrap(), "SSM");
}

#[tokio::test(flavor = "multi_thread")]
async fn agent_requests_are_children() {
    pocket_struct!(AgentFields);
    export();
    let agent = FakeAgent::start(pocket());
    let loader = agent.loader();
    loader.load::<AgentFields>().await.unwrap();
    let request = "  GET /secretsmanager/get (client)
      http.request.method=GET url.full=http://127.0.0.1:PORT/secretsmanager/get server.address=127.0.0.1 \
       server.port=PORT from_secrets.source=agent from_secrets.secrets=1 http.response.status_code=200 \
       from_secrets.attempts=1 from_secrets.outcome=ok\n";
    assert_eq!(
        trace_of("AgentFields").text(),
        format!(
            "\
from_secrets.load
    from_secrets.config=AgentFields from_secrets.secrets=2 from_secrets.outcome=ok
  - a field was resolved: config=AgentFields field=key outcome=found source=agent
  - a field was resolved: config=AgentFields field=token outcome=found source=agent
{request}{request}"
        )
    );
}

#[tokio::test]
async fn fallback_shows_both_sources() {
    pocket_struct!(FallbackFields);
    export();
    let aws = FakeAws::start(pocket().denied("POCKET_KEY").denied("POCKET_TOKEN"));
    let loader = aws
        .loader()
        .sources([
            from_secrets::source::SecretsManager::new()
                .sdk_config(&sdk::config(&aws.endpoint()))
                .into(),
            from_secrets::source::Source::from(Env::new()),
        ])
        .env(Env::from_vars([("POCKET_KEY", "a"), ("POCKET_TOKEN", "b")]))
        .fall_back_on([SourceErrorKind::Denied]);
    loader.load::<FallbackFields>().await.unwrap();
    let text = trace_of("FallbackFields").text();
    assert!(text.contains("from_secrets.outcome=ok"), "{text}");
    assert_eq!(
        text.matches("outcome=found source=env").count(),
        2,
        "{text}"
    );
    assert_eq!(
        text.matches("cause=denied").count(),
        2,
        "warnings are events of the load:\n{text}"
    );
}

#[test]
fn blocking_load_is_child_of_caller() {
    pocket_struct!(BlockingFields);
    export();
    let aws = FakeAws::start(pocket());
    let loader = aws.loader();
    info_span!("caller").in_scope(|| loader.load_blocking::<BlockingFields>().unwrap());
    let text = trace_of("BlockingFields").text();
    assert!(text.starts_with("caller\n"), "{text}");
    assert!(text.contains("\n  from_secrets.load\n"), "{text}");
    assert!(
        text.contains("\n    SecretsManager.BatchGetSecretValue"),
        "{text}"
    );
}

#[tokio::test]
async fn dropped_load_is_canceled() {
    pocket_struct!(DroppedFields);
    export();
    let aws = FakeAws::start(FakeSecretsManager::new().when(|_| Some(FakeResponse::hang())));
    let loader = aws.loader();
    let load = loader.load::<DroppedFields>();
    let sent = async {
        while aws.calls().count() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = load => panic!("the server does not respond"),
        () = sent => {}
    }
    let trace = trace_of("DroppedFields");
    for name in ["from_secrets.load", "SecretsManager.BatchGetSecretValue"] {
        assert_eq!(
            attribute(trace.span(name), "from_secrets.outcome").unwrap(),
            "canceled"
        );
    }
}
