//! Settings of one source: roles, endpoints, timeouts, and several sources of a kind.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use from_secrets::source::{Env, SecretsManager, Source, SourceErrorKind};
use from_secrets::{Error, ExposeSecret, FromSecrets, Loader};
use from_secrets_tests::structs::{Pocket, pocket};
use from_secrets_tests::unavailable_server::BlackHole;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, expect, sdk};

const ROLE: &str = "arn:aws:iam::123456789012:role/reader";

fn assume_role(call: &Call) -> Option<FakeResponse> {
    (call.operation == "AssumeRole").then(|| assumed("2999-01-01T00:00:00Z"))
}

fn assumed(expiration: &str) -> FakeResponse {
    FakeResponse::raw(
        200,
        format!(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId>\
             <SecretAccessKey>key</SecretAccessKey><SessionToken>t</SessionToken>\
             <Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ),
    )
}

/// Returns a loader of one source, without an environment.
fn loader(source: impl Into<Source>) -> Loader {
    Loader::new()
        .source(source.into())
        .env(Env::from_vars::<&str, &str>([]))
}

fn values(pocket: &Pocket) -> [&str; 2] {
    [pocket.key.expose_secret(), pocket.token.expose_secret()]
}

async fn error(source: SecretsManager) -> Error {
    match loader(source).load::<Pocket>().await {
        Ok(_) => panic!("the load does not fail"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn loads_share_one_assumed_role() {
    let aws = FakeAws::start(pocket().when(assume_role));
    let config = sdk::config(&aws.endpoint());
    let source = SecretsManager::new().sdk_config(&config).assume_role(ROLE);
    let loader = loader(source);
    let load = || loader.load::<Pocket>();
    let (one, two, three) = tokio::join!(load(), load(), load());
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    loader.load::<Pocket>().await.unwrap();
    let calls = aws.calls().all();
    let count = |name: &str| calls.iter().filter(|call| call.operation == name).count();
    assert_eq!((count("AssumeRole"), count("BatchGetSecretValue")), (1, 4));
    assert!(calls[1..].iter().all(|call| call.access_key == "ASSUMED"));
}

/// The runtime of the first load runs nothing after the load has sent a request to STS.
#[test]
fn blocked_runtime_does_not_delay_role() {
    let lookups = AtomicU32::new(0);
    let hangs_first = move |call: &Call| {
        let is_first =
            call.operation == "AssumeRole" && lookups.fetch_add(1, Ordering::Relaxed) == 0;
        is_first.then(FakeResponse::hang)
    };
    let aws = FakeAws::start(pocket().when(hangs_first).when(assume_role));
    let config = sdk::config(&aws.endpoint());
    let loader = loader(SecretsManager::new().sdk_config(&config).assume_role(ROLE));
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let (blocked, other) = (runtime(), runtime());
    let mut first = std::pin::pin!(loader.load::<Pocket>());
    blocked.block_on(async {
        while aws.calls().all().is_empty() {
            tokio::select! {
                _ = &mut first => panic!("the load ended"),
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
        }
    });
    other.block_on(loader.load::<Pocket>()).unwrap();
}

#[tokio::test]
async fn rejected_role_credentials_are_renewed() {
    let rejections = AtomicU32::new(1);
    let rejects_first = move |call: &Call| {
        let is_batch = call.operation == "BatchGetSecretValue";
        let is_rejected = is_batch && rejections.swap(0, Ordering::Relaxed) > 0;
        is_rejected.then(|| FakeResponse::error("ExpiredTokenException", "The token has expired."))
    };
    let aws = FakeAws::start(pocket().when(assume_role).when(rejects_first));
    let config = sdk::config(&aws.endpoint());
    let loader = loader(SecretsManager::new().sdk_config(&config).assume_role(ROLE));
    loader.load::<Pocket>().await.err().unwrap();
    loader.load::<Pocket>().await.unwrap();
    let calls = aws.calls().all();
    let roles = calls.iter().filter(|call| call.operation == "AssumeRole");
    assert_eq!(roles.count(), 2);
}

#[tokio::test]
async fn role_without_credentials_is_credential_error() {
    let config = aws_config::SdkConfig::builder()
        .region(aws_config::Region::new(sdk::REGION))
        .build();
    let error = error(SecretsManager::new().sdk_config(&config).assume_role(ROLE)).await;
    expect::failure(&error, "key", SourceErrorKind::Credentials);
    expect::details(&error, &["cannot assume the role", ROLE]);
}

#[tokio::test]
async fn timeout_and_replica_keep_loader_settings() {
    let aws = FakeAws::start(pocket());
    let limited = SecretsManager::new()
        .timeout(Duration::from_secs(5))
        .replica("us-west-2");
    let loader = loader(limited).client(sdk::client(&aws.endpoint()));
    loader.load::<Pocket>().await.unwrap();
    let loader = Loader::new()
        .source(SecretsManager::new().timeout(Duration::from_secs(5)))
        .sdk_config(&sdk::config(&aws.endpoint()))
        .env(Env::from_vars::<&str, &str>([]))
        .region("us-west-2");
    loader.load::<Pocket>().await.unwrap();
    let regions: Vec<String> = aws
        .calls()
        .all()
        .iter()
        .map(|call| call.region.clone())
        .collect();
    assert_eq!(regions, [sdk::REGION, "us-west-2"]);
}

#[tokio::test]
async fn expiring_role_credentials_are_renewed() {
    let aws = FakeAws::start(pocket().when(|call: &Call| {
        let soon = std::time::SystemTime::now() + Duration::from_secs(3);
        let soon = aws_smithy_types::DateTime::from(soon);
        let soon = soon.fmt(aws_smithy_types::date_time::Format::DateTime);
        (call.operation == "AssumeRole").then(|| assumed(&soon.unwrap()))
    }));
    let config = sdk::config(&aws.endpoint());
    let loader = loader(SecretsManager::new().sdk_config(&config).assume_role(ROLE));
    for _ in 0..3 {
        loader.load::<Pocket>().await.unwrap();
    }
    let calls = aws.calls().all();
    let roles = calls.iter().filter(|call| call.operation == "AssumeRole");
    assert!(
        roles.count() >= 3,
        "the credentials were used until they expired"
    );
}

#[tokio::test]
async fn source_endpoint_replaces_client_endpoint() {
    let (aws, other) = (FakeAws::start(pocket()), FakeAws::start(pocket()));
    let config = sdk::config(&other.endpoint());
    let sources = [
        SecretsManager::new().sdk_config(&config),
        SecretsManager::new().client(sdk::client(&other.endpoint())),
    ];
    for (count, source) in sources.into_iter().enumerate() {
        let loader = loader(source.endpoint_url(aws.endpoint()));
        loader.load::<Pocket>().await.unwrap();
        assert_eq!(aws.calls().all().len(), count + 1);
    }
    assert_eq!(other.calls().all().len(), 0);
}

#[tokio::test]
async fn equal_sources_are_queried_in_order() {
    let first = FakeAws::start(FakeSecretsManager::new().text("POCKET_KEY", "first"));
    let second = FakeAws::start(pocket());
    let source = |aws: &FakeAws| SecretsManager::new().client(sdk::client(&aws.endpoint()));
    let loader = loader(source(&first)).source(source(&second));
    let pocket: Pocket = loader.load().await.unwrap();
    assert_eq!(values(&pocket), ["first", "the token"]);
    assert_eq!(first.calls().all()[0].ids.len(), 2);
    assert_eq!(second.calls().all()[0].ids, ["POCKET_TOKEN"]);
}

#[tokio::test]
async fn words_set_regions_of_sources() {
    #[derive(FromSecrets)]
    struct TwoRegions {
        here: String,
        there: String,
    }
    let aws = FakeAws::start(|call: &Call| {
        let entry = |id: &str| {
            let region = if id == "THERE" {
                "us-west-2"
            } else {
                sdk::REGION
            };
            call.region == region
        };
        let found: Vec<&str> = ["HERE", "THERE"]
            .into_iter()
            .filter(|id| entry(id))
            .collect();
        let secrets = found.iter().fold(FakeSecretsManager::new(), |secrets, id| {
            secrets.text(id, &call.region)
        });
        from_secrets_tests::fake_aws::Script::response(&secrets, call)
    });
    let words = [("FROM_SECRETS_SOURCES", "aws, aws@us-west-2")];
    let loader = aws.loader().env(Env::from_vars(words));
    for _ in 0..2 {
        let both: TwoRegions = loader.load().await.unwrap();
        assert_eq!([both.here, both.there], [sdk::REGION, "us-west-2"]);
    }
    assert_eq!(aws.connections(), 1, "all sources and loads share it");
    let words = [("FROM_SECRETS_SOURCES", "aws@US-WEST-2")];
    let result = aws
        .loader()
        .env(Env::from_vars(words))
        .load::<TwoRegions>()
        .await;
    let message = result.err().unwrap().to_string();
    assert!(message.contains("`aws@US-WEST-2`"), "{message}");
    let words = [("FROM_SECRETS_SOURCES", "env@us-west-2")];
    let result = aws
        .loader()
        .env(Env::from_vars(words))
        .load::<TwoRegions>()
        .await;
    let message = result.err().unwrap().to_string();
    assert!(message.contains("`env` has no regions"), "{message}");
}

#[tokio::test]
async fn source_timeout_leaves_time() {
    let hole = BlackHole::open();
    let aws = FakeAws::start(pocket());
    let silent = SecretsManager::new()
        .client(sdk::client(&hole.endpoint()))
        .timeout(Duration::from_millis(200));
    let loader = loader(silent.clone())
        .source(SecretsManager::new().client(sdk::client(&aws.endpoint())))
        .fall_back_on([SourceErrorKind::Unreachable]);
    let pocket: Pocket = loader.load().await.unwrap();
    assert_eq!(values(&pocket), ["the key", "the token"]);
    let error = error(silent).await;
    expect::details(
        &error,
        &[
            "timed out after 200ms",
            &hole.endpoint(),
            "`timeout` of the source",
        ],
    );
}

#[tokio::test]
async fn ignored_settings_are_rejected() {
    let config = || sdk::config("http://127.0.0.1:1");
    let client = || sdk::client("http://127.0.0.1:1");
    let new = SecretsManager::new;
    for (source, texts) in [
        (
            new().client(client()).profile("payments"),
            ["`profile` in code", "`client`"],
        ),
        (
            new().client(client()).assume_role(ROLE),
            ["`assume_role` in code", "`client`"],
        ),
        (
            new().sdk_config(&config()).profile("payments"),
            ["`profile` in code", "`sdk_config`"],
        ),
        (
            new().sdk_config(&config()).external_id("tenant"),
            ["`external_id` in code", "`assume_role`"],
        ),
        (
            new().sdk_config(&config()).assume_role("reader"),
            ["`assume_role` in code", "not the ARN of a role"],
        ),
        (
            new().endpoint_url("localhost:4566"),
            ["`endpoint_url` in code", "has no scheme"],
        ),
        (
            new().endpoint_url("localhost:4566"),
            ["or remove it", "`http://localhost:4566`"],
        ),
        (
            new().client(client()).region("us west"),
            ["`region` in code", "is not a region"],
        ),
        (
            new().sdk_config(&config()).default_region("US-WEST-2"),
            ["`default_region` in code", "is not a region"],
        ),
        (
            new()
                .sdk_config(&config())
                .assume_role(ROLE)
                .session_name("a b"),
            ["`session_name` in code", "2 to 64"],
        ),
    ] {
        let error = error(source).await;
        expect::details(&error, &texts);
        expect::details(&error, &["invalid configuration"]);
    }
}

#[test]
fn debug_hides_endpoint_and_external_id() {
    let source = SecretsManager::new()
        .endpoint_url("http://user:canary@localhost")
        .assume_role(ROLE)
        .external_id("canary");
    let shown = format!("{source:?} {:?}", Source::from(source.clone()));
    assert!(shown.contains(ROLE) && !shown.contains("canary"), "{shown}");
}
