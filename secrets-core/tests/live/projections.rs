//! Notices of changes, and parts of a struct.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Live, Loader, project};
use tokio::time::{sleep, timeout};

use crate::support::{Database, MINUTE, Secrets, secs};

#[tokio::test(start_paused = true)]
async fn only_changes_notify_subscribers() {
    let secrets = Secrets::new();
    let live = secrets.live().ttl(MINUTE).load().await.unwrap();
    let mut receiver = live.subscribe();
    assert!(
        timeout(Duration::from_hours(1), receiver.changed())
            .await
            .is_err()
    );
    assert!(secrets.load_count() > 60);

    let _secrets = secrets.token("token 2");
    live.refresh().await.unwrap();
    assert_eq!(receiver.changed().await.unwrap().token, "token 2");
}

#[tokio::test(start_paused = true)]
async fn unversioned_value_difference_is_a_change() {
    #[derive(FromSecrets)]
    struct Config {
        token: String,
    }
    #[derive(Debug)]
    struct Unversioned(std::sync::Mutex<&'static str>);
    impl from_secrets::source::SecretSource for Unversioned {
        fn name(&self) -> &'static str {
            "unversioned"
        }
        fn fetch<'a>(
            &'a self,
            requests: &'a [from_secrets::source::SecretRequest],
            _: from_secrets::source::FetchContext,
        ) -> from_secrets::source::FetchFuture<'a> {
            let found = from_secrets::source::SecretValue::text(*self.0.lock().unwrap());
            Box::pin(async move {
                vec![from_secrets::source::FetchResult::Found(found); requests.len()]
            })
        }
    }
    let source = Arc::new(Unversioned(std::sync::Mutex::new("one")));
    let loader = Loader::new().source(Arc::clone(&source));
    let live = Live::<Config>::builder()
        .loader(loader)
        .load()
        .await
        .unwrap();
    assert_eq!(
        live.refresh().await.unwrap(),
        from_secrets::live::RefreshOutcome::Unchanged
    );
    *source.0.lock().unwrap() = "two";
    assert_eq!(
        live.refresh().await.unwrap(),
        from_secrets::live::RefreshOutcome::Changed
    );
    assert_eq!(live.get().unwrap().token, "two");
}

#[tokio::test(start_paused = true)]
async fn projection_is_notified_of_own_changes() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let token = project!(live, token);
    let mut token_changes = token.subscribe();
    let database = project!(live, database);
    let mut database_changes = database.subscribe();
    let port = project!(live, database.port);
    let mut port_changes = port.subscribe();
    let _secrets = secrets.database(r#"{"password": "password 2", "port": "5432"}"#);
    live.refresh().await.unwrap();

    assert_eq!(
        timeout(secs(1), database_changes.changed())
            .await
            .unwrap()
            .unwrap()
            .password,
        "password 2"
    );
    assert!(timeout(secs(1), token_changes.changed()).await.is_err());
    assert!(
        timeout(secs(1), port_changes.changed()).await.is_err(),
        "a new version with the same port"
    );
    assert!(
        timeout(secs(1), database_changes.changed()).await.is_err(),
        "each change is reported once"
    );
    assert_eq!(*port.get().unwrap(), 5432);
}

#[tokio::test(start_paused = true)]
async fn projection_reaches_nested_and_raw_fields() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("settings")]
        r#type: Settings,
        typed: String,
        #[secret(skip)]
        calls: u32,
    }
    #[derive(serde::Deserialize)]
    struct Settings {
        level: u8,
    }
    let memory = Memory::new()
        .with_secret("settings", r#"{"level": 1}"#)
        .with_secret("TYPED", "x");
    let loader = Loader::new().source(memory.clone());
    let live = Live::<Config>::builder()
        .loader(loader)
        .load()
        .await
        .unwrap();
    let level = project!(live, r#type.level);
    let mut level_changes = level.subscribe();
    let typed = project!(live, typed);
    let mut typed_changes = typed.subscribe();
    let calls = project!(live, calls);
    let mut calls_changes = calls.subscribe();
    let _memory = memory.with_secret("settings", r#"{"level": 2}"#);
    live.refresh().await.unwrap();
    assert_eq!(
        *timeout(secs(1), level_changes.changed())
            .await
            .unwrap()
            .unwrap(),
        2
    );
    assert!(timeout(secs(1), typed_changes.changed()).await.is_err());
    assert!(timeout(secs(1), calls_changes.changed()).await.is_err());
    assert_eq!(
        (typed.get().unwrap().as_str(), *calls.get().unwrap()),
        ("x", 0)
    );
}

#[tokio::test(start_paused = true)]
async fn optional_struct_changes_separately() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret(flatten, prefix = "replica/")]
        replica: Option<Endpoint>,
        #[secret(flatten, prefix = "primary/")]
        primary: Endpoint,
        #[secret(skip)]
        #[expect(dead_code, reason = "it separates the other fields")]
        calls: [u64; 3],
    }
    #[derive(FromSecrets)]
    struct Endpoint {
        user: String,
        host: String,
    }
    let memory = Memory::new()
        .with_secret("primary/USER", "p")
        .with_secret("primary/HOST", "p")
        .with_secret("replica/USER", "r")
        .with_secret("replica/HOST", "r");
    let loader = Loader::new().source(memory.clone());
    let live = Live::<Config>::builder()
        .loader(loader)
        .load()
        .await
        .unwrap();
    let replica = project!(live, replica);
    let mut replica_changes = replica.subscribe();
    let primary = project!(live, primary);
    let mut primary_changes = primary.subscribe();
    let _memory = memory.with_secret("replica/HOST", "r2");
    live.refresh().await.unwrap();
    let changed = timeout(secs(1), replica_changes.changed())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(changed.as_ref().unwrap().host, "r2");
    assert!(timeout(secs(1), primary_changes.changed()).await.is_err());
    assert_eq!(primary.get().unwrap().user, "p");
}

#[tokio::test(start_paused = true)]
async fn mapped_projection_recomputes_only_on_change() {
    let secrets = Secrets::new();
    let live = secrets.live().ttl(MINUTE).load().await.unwrap();
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let pool = project!(live, database).map(move |database: &Database| {
        count.fetch_add(1, Ordering::SeqCst);
        database.password.clone()
    });
    assert_eq!(made.load(Ordering::SeqCst), 1);
    assert_eq!(*pool.get().unwrap(), "password 1");
    let secrets = secrets.token("token 2");
    sleep(10 * MINUTE).await;
    let first = pool.get().unwrap();
    assert_eq!(made.load(Ordering::SeqCst), 1);
    let _secrets = secrets.database(r#"{"password": "password 2", "port": 5432}"#);
    sleep(2 * MINUTE).await;
    let copy = pool.clone();
    assert_eq!(*copy.get().unwrap(), "password 2");
    assert_eq!(*pool.get().unwrap(), "password 2");
    assert_eq!(made.load(Ordering::SeqCst), 2);
    assert_eq!(
        *first, "password 1",
        "the old value stays alive while it is in use"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_never_see_mixed_versions() {
    let pair = |i: u32| format!(r#"{{"password": "password {i}", "port": {i}}}"#);
    let secrets = Secrets::new().database(&pair(0));
    let live = secrets
        .load_live(|live| live.min_refresh_interval(Duration::from_nanos(1)))
        .await;
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (live, stop) = (live.clone(), Arc::clone(&stop));
            std::thread::spawn(move || {
                let mut seen = 0;
                while !stop.load(Ordering::Relaxed) {
                    let config = live.get().unwrap();
                    let port = u32::from(config.database.port);
                    assert_eq!(config.database.password, format!("password {port}"));
                    assert!(port >= seen, "never back to an older one");
                    seen = port;
                }
                seen
            })
        })
        .collect();
    let mut secrets = secrets;
    for i in 1..=500 {
        secrets = secrets.database(&pair(i));
        live.refresh().await.unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.join().unwrap() <= 500);
    }
    assert_eq!(live.get().unwrap().database.port, 500);
}
