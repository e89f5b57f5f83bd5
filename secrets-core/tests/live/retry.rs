//! Operations whose credentials are refused.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets::{Live, Stale};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::support::{Config, MINUTE, Secrets, secs};

#[derive(Debug, PartialEq)]
enum Refusal {
    WrongPassword,
    Other,
}

impl From<Stale> for Refusal {
    fn from(_: Stale) -> Self {
        Self::Other
    }
}

fn is_refused(error: &Refusal) -> bool {
    *error == Refusal::WrongPassword
}

/// A service that takes this token only.
#[expect(clippy::unused_async, reason = "as a real one would be")]
async fn call(live: &Live<Config>, valid: &str) -> Result<(), Refusal> {
    let config = live.get()?;
    if config.token == valid {
        Ok(())
    } else {
        Err(Refusal::WrongPassword)
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_runs_again_with_the_rotated_credentials() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets.token("token 2");
    let runs = Cell::new(0);
    let result = live.retry_on(is_refused, || {
        runs.set(runs.get() + 1);
        call(&live, "token 2")
    });
    assert_eq!(result.await, Ok(()));
    assert_eq!((runs.get(), secrets.load_count()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn an_operation_does_not_run_again_when_no_version_moved() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let runs = Cell::new(0);
    let result = live.retry_on(is_refused, || {
        runs.set(runs.get() + 1);
        call(&live, "another token")
    });
    assert_eq!(result.await, Err(Refusal::WrongPassword));
    assert_eq!((runs.get(), secrets.load_count()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn other_errors_and_successes_ask_for_nothing() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let other = live
        .retry_on(is_refused, || async { Err::<(), _>(Refusal::Other) })
        .await;
    assert_eq!(other, Err(Refusal::Other));
    assert_eq!(
        live.retry_on(is_refused, || call(&live, "token 1")).await,
        Ok(())
    );
    assert_eq!(secrets.load_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_moved_in_the_meantime_needs_no_request() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets.token("token 2");
    let first = Cell::new(true);
    let result = live.retry_on(is_refused, || async {
        if first.replace(false) {
            live.refresh().await.unwrap();
            return Err(Refusal::WrongPassword);
        }
        call(&live, "token 2").await
    });
    assert_eq!(result.await, Ok(()));
    assert_eq!(secrets.load_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn callers_who_are_refused_together_share_the_refresh_and_all_succeed() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    // The demand is deferred, too: it must be waited for by all.
    live.refresh().await.unwrap();
    let secrets = secrets.token("token 2");
    secrets.delay(Duration::from_millis(300));
    let mut callers = JoinSet::new();
    for i in 0..1_000 {
        let live = live.clone();
        callers.spawn(async move {
            sleep(Duration::from_millis(i)).await;
            live.retry_on(is_refused, || call(&live, "token 2")).await
        });
    }
    assert!(callers.join_all().await.iter().all(Result::is_ok));
    assert_eq!(secrets.load_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_asked_before_the_rotation_does_not_answer_for_it() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    secrets.delay(secs(2));
    let before = live.refresh();
    let refused = async {
        sleep(secs(1)).await;
        let _secrets = secrets.clone().token("token 2");
        live.retry_on(is_refused, || call(&live, "token 2")).await
    };
    let (_, result) = tokio::join!(before, refused);
    assert_eq!(result, Ok(()));
    assert_eq!(secrets.load_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_is_simply_wrong_is_no_storm_and_soon_no_delay() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .timer(false)
        .ttl(10_000 * MINUTE)
        .max_stale(Duration::MAX)
        .load()
        .await
        .unwrap();
    secrets.delay(Duration::from_millis(50));
    let refused = AtomicUsize::new(0);
    let slow = AtomicUsize::new(0);
    let start = Instant::now();
    while start.elapsed() < Duration::from_hours(1) {
        let called = Instant::now();
        let result = live
            .retry_on(is_refused, || call(&live, "another token"))
            .await;
        assert_eq!(result, Err(Refusal::WrongPassword));
        refused.fetch_add(1, Ordering::Relaxed);
        if called.elapsed() > Duration::from_millis(40) {
            slow.fetch_add(1, Ordering::Relaxed);
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert!(refused.into_inner() > 30_000);
    // Twice as seldom each time: 12 doublings of a second are more than an hour.
    assert!(
        (8..=14).contains(&secrets.load_count()),
        "{}",
        secrets.load_count()
    );
    assert!(slow.into_inner() <= 14);
}

#[tokio::test(start_paused = true)]
async fn within_the_rotation_window_a_version_that_is_still_to_come_is_waited_for() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .rotation_window(secs(10))
        .load()
        .await
        .unwrap();
    let rotation = tokio::spawn({
        let secrets = secrets.clone();
        async move {
            sleep(Duration::from_millis(3_500)).await;
            secrets.token("token 2")
        }
    });
    let start = Instant::now();
    let mut callers = JoinSet::new();
    for i in 0..100 {
        let live = live.clone();
        callers.spawn(async move {
            sleep(Duration::from_millis(10 * i)).await;
            live.retry_on(is_refused, || call(&live, "token 2")).await
        });
    }
    assert!(callers.join_all().await.iter().all(Result::is_ok));
    assert!(start.elapsed() <= secs(5), "{:?}", start.elapsed());
    // The first load, and one in each second up to the rotation.
    assert!(secrets.load_count() <= 6, "{}", secrets.load_count());
    drop(rotation.await);
}

#[tokio::test(start_paused = true)]
async fn after_the_rotation_window_a_wrong_credential_is_told_at_once() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .rotation_window(secs(5))
        .load()
        .await
        .unwrap();
    let start = Instant::now();
    let result = live
        .retry_on(is_refused, || call(&live, "another token"))
        .await;
    assert_eq!(result, Err(Refusal::WrongPassword));
    assert!(
        start.elapsed() >= secs(4) && start.elapsed() <= secs(6),
        "{:?}",
        start.elapsed()
    );
    sleep(secs(30)).await;
    let loads = secrets.load_count();
    let start = Instant::now();
    for _ in 0..100 {
        let result = live
            .retry_on(is_refused, || call(&live, "another token"))
            .await;
        assert_eq!(result, Err(Refusal::WrongPassword));
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(secrets.load_count() <= loads + 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_does_not_keep_others_from_asking() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    live.refresh().await.unwrap();
    let gone = live.retry_on(is_refused, || call(&live, "token 2"));
    assert!(
        tokio::time::timeout(Duration::from_millis(100), gone)
            .await
            .is_err()
    );
    let _secrets = secrets.token("token 2");
    let result = live.retry_on(is_refused, || call(&live, "token 2")).await;
    assert_eq!(result, Ok(()));
}
