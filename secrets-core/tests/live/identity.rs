//! Which results of a source are a change.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use from_secrets::live::RefreshOutcome;
use from_secrets::source::{
    Env, FetchContext, FetchFuture, FetchResult, MissingReason, SecretRequest, SecretSource,
    SecretValue,
};
use from_secrets::{FromSecrets, Live, Loader, project};
use tokio::time::timeout;

use crate::support::secs;

#[derive(FromSecrets)]
struct Stored {
    token: String,
}

/// A parameter: its value, version, ARN and creation date.
#[derive(Clone, Debug)]
struct Parameter {
    value: &'static str,
    version: Option<&'static str>,
    arn: Option<&'static str>,
    created_at: Option<SystemTime>,
}

const FIRST: Parameter = Parameter {
    value: "one",
    version: Some("1"),
    arn: Some("arn:aws:ssm:eu-west-1:111122223333:parameter/token"),
    created_at: Some(UNIX_EPOCH),
};

#[derive(Debug)]
struct Parameters(Mutex<Parameter>);

impl SecretSource for Parameters {
    fn name(&self) -> &'static str {
        "parameters"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        let parameter = self.0.lock().unwrap().clone();
        let mut found = SecretValue::text(parameter.value);
        if let Some(version) = parameter.version {
            found = found.with_version_id(version);
        }
        if let Some(arn) = parameter.arn {
            found = found.with_arn(arn);
        }
        if let Some(created_at) = parameter.created_at {
            found = found.with_created_at(created_at);
        }
        Box::pin(async move { vec![FetchResult::Found(found); requests.len()] })
    }
}

async fn outcome(first: Parameter, second: Parameter) -> (RefreshOutcome, bool, bool, String) {
    let source = Arc::new(Parameters(Mutex::new(first)));
    let loader = Loader::new().source(Arc::clone(&source));
    let live = Live::<Stored>::builder()
        .loader(loader)
        .load()
        .await
        .unwrap();
    let mut changes = live.subscribe();
    let mut values = project!(live, token).subscribe();
    *source.0.lock().unwrap() = second;
    let outcome = live.refresh().await.unwrap();
    let is_noticed = timeout(secs(1), changes.changed()).await.is_ok();
    let is_other_value = timeout(secs(1), values.changed()).await.is_ok();
    let value = live.get().unwrap().token.clone();
    (outcome, is_noticed, is_other_value, value)
}

fn changed(is_other_value: bool, value: &str) -> (RefreshOutcome, bool, bool, String) {
    (
        RefreshOutcome::Changed,
        true,
        is_other_value,
        value.to_owned(),
    )
}

#[tokio::test(start_paused = true)]
async fn recreated_parameter_with_same_version_changes() {
    let second = Parameter {
        value: "two",
        ..FIRST
    };
    assert_eq!(outcome(FIRST, second).await, changed(true, "two"));
    let later = Some(UNIX_EPOCH + Duration::from_secs(1));
    let second = Parameter {
        value: "two",
        created_at: later,
        ..FIRST
    };
    assert_eq!(outcome(FIRST, second).await, changed(true, "two"));
}

#[tokio::test(start_paused = true)]
async fn other_version_metadata_is_a_change() {
    let arn = Some("arn:aws:ssm:eu-west-1:111122223333:parameter/other");
    let created_at = Some(UNIX_EPOCH + Duration::from_secs(1));
    for second in [
        Parameter { arn, ..FIRST },
        Parameter {
            created_at,
            ..FIRST
        },
        Parameter {
            version: Some("2"),
            ..FIRST
        },
    ] {
        // The value is the same, so parts of the struct are.
        assert_eq!(outcome(FIRST, second).await, changed(false, "one"));
    }
}

fn unchanged() -> (RefreshOutcome, bool, bool, String) {
    (RefreshOutcome::Unchanged, false, false, "one".to_owned())
}

#[tokio::test(start_paused = true)]
async fn same_result_is_no_change() {
    let bare = Parameter {
        version: None,
        arn: None,
        created_at: None,
        ..FIRST
    };
    let arn = FIRST.arn;
    for parameter in [
        FIRST,
        bare.clone(),
        Parameter {
            arn,
            ..bare.clone()
        },
    ] {
        assert_eq!(outcome(parameter.clone(), parameter).await, unchanged());
    }
    // Without a version id, only the value counts.
    let dated = Parameter {
        created_at: Some(UNIX_EPOCH),
        ..bare.clone()
    };
    assert_eq!(outcome(bare.clone(), dated).await, unchanged());
    let second = Parameter {
        value: "two",
        ..bare.clone()
    };
    assert_eq!(outcome(bare, second).await, changed(true, "two"));
}

/// A source whose only secret can be deleted.
#[derive(Debug)]
struct Deletable(AtomicBool);

impl SecretSource for Deletable {
    fn name(&self) -> &'static str {
        "deletable"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        let result = if self.0.load(Ordering::Relaxed) {
            FetchResult::Missing(MissingReason::Secret)
        } else {
            FetchResult::Found(SecretValue::text("YWJj"))
        };
        Box::pin(async move { vec![result; requests.len()] })
    }
}

/// The bytes of a secret are raw, and those of a variable are base64.
#[tokio::test(start_paused = true)]
async fn binary_from_variable_is_another_value() {
    #[derive(FromSecrets)]
    struct Keys {
        #[secret("KEY", binary)]
        key: Vec<u8>,
    }
    #[derive(FromSecrets)]
    struct Text {
        #[secret("KEY")]
        key: String,
    }
    let source = Arc::new(Deletable(AtomicBool::new(false)));
    let loader = Loader::new()
        .source(Arc::clone(&source))
        .source(Env::from_vars([("KEY", "YWJj")]));
    let keys = Live::<Keys>::builder().loader(loader.clone()).load();
    let keys = keys.await.unwrap();
    let text = Live::<Text>::builder().loader(loader).load().await.unwrap();
    let mut values = project!(keys, key).subscribe();
    assert_eq!(keys.get().unwrap().key, b"YWJj");
    source.0.store(true, Ordering::Relaxed);
    assert_eq!(keys.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_eq!(keys.get().unwrap().key, b"abc");
    assert!(timeout(secs(1), values.changed()).await.is_ok());
    assert_eq!(keys.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    assert_eq!(text.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    assert_eq!(text.get().unwrap().key, "YWJj");
}

#[tokio::test(start_paused = true)]
async fn computed_defaults_are_no_change() {
    #[derive(FromSecrets)]
    struct WithDefault {
        #[secret("TOKEN")]
        token: String,
        #[secret("ABSENT", default = format!("{:?}", std::time::Instant::now()))]
        started: String,
    }
    let memory = from_secrets::source::Memory::new().with_secret("TOKEN", "one");
    let loader = Loader::new().source(memory.clone());
    let live = Live::<WithDefault>::builder()
        .loader(loader)
        .load()
        .await
        .unwrap();
    let before = live.get().unwrap().started.clone();
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    assert_eq!(live.get().unwrap().started, before);
    let _memory = memory.with_secret("TOKEN", "two");
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_eq!(live.get().unwrap().token, "two");
}
