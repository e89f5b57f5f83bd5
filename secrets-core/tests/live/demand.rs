//! Refreshes on demand, and one at a time.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use from_secrets::live::{RefreshOutcome, TestClock};
use from_secrets::source::SourceErrorKind;
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, sleep};

use crate::support::{MINUTE, Secrets, secs};

#[tokio::test(start_paused = true)]
async fn refresh_reports_whether_version_changed() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    let _secrets = secrets.token("token 2");
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_eq!(live.get().unwrap().token, "token 2");
}

#[tokio::test(start_paused = true)]
async fn only_refreshes_bypass_cache() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false))
        .await;
    live.refresh().await.unwrap();
    advance(6 * MINUTE).await;
    live.get_fresh().await.unwrap();
    assert_eq!(secrets.fresh(), [false, true, true]);
}

#[tokio::test(start_paused = true)]
async fn scheduled_refreshes_are_not_on_demand() {
    let secrets = Secrets::new();
    let background = secrets.live().load().await.unwrap();
    sleep(7 * MINUTE).await;
    drop(background);
    // The first period is random.
    let loads = secrets.load_count();
    assert!(loads > 1);
    let live = secrets
        .load_live(|live| live.background_refresh(false))
        .await;
    advance(6 * MINUTE).await;
    live.get_fresh().await.unwrap();
    assert_eq!(secrets.load_count(), loads + 2);
    assert!(secrets.on_demand().iter().all(|on_demand| !on_demand));
}

#[tokio::test(start_paused = true)]
async fn refresh_and_rejection_are_on_demand() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false).rotation_window(secs(0)))
        .await;
    live.refresh().await.unwrap();
    let rejected = live.retry_on(|()| true, || std::future::ready(Err::<(), _>(())));
    rejected.await.unwrap_err();
    advance(6 * MINUTE).await;
    live.get_fresh().await.unwrap();
    assert_eq!(secrets.on_demand(), [false, true, true, false]);
}

#[tokio::test(start_paused = true)]
async fn demand_does_not_join_running_refresh() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false))
        .await;
    secrets.delay(secs(1));
    advance(6 * MINUTE).await;
    let (fresh, demanded) = tokio::join!(live.get_fresh(), async {
        sleep(Duration::from_millis(500)).await;
        live.refresh().await
    });
    assert!(fresh.is_ok() && demanded.is_ok());
    assert_eq!(secrets.on_demand(), [false, false, true]);
}

#[tokio::test(start_paused = true)]
async fn failed_demand_marks_no_later_refresh() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false))
        .await;
    secrets.fail(SourceErrorKind::Unreachable);
    live.refresh().await.unwrap_err();
    secrets.recover();
    advance(6 * MINUTE).await;
    live.get_fresh().await.unwrap();
    assert_eq!(secrets.on_demand(), [false, true, false]);
}

#[tokio::test(start_paused = true)]
async fn rejected_demand_marks_no_later_refresh() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false))
        .await;
    let (rejected, mut rejection) = tokio::sync::mpsc::channel(1);
    live.on_change({
        let live = live.clone();
        move |_| {
            let (live, rejected) = (live.clone(), rejected.clone());
            async move { rejected.send(live.refresh().await).await.unwrap() }
        }
    });
    let _secrets = secrets.clone().token("token 2");
    advance(6 * MINUTE).await;
    live.get_fresh().await.unwrap();
    rejection.recv().await.unwrap().unwrap_err();
    advance(6 * MINUTE).await;
    live.get_fresh().await.unwrap();
    assert_eq!(secrets.on_demand(), [false, false, false]);
}

#[tokio::test(start_paused = true)]
async fn concurrent_demands_share_one_refresh() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets.token("token 2");
    secrets.delay(secs(1));
    let mut callers = JoinSet::new();
    for _ in 0..1_000 {
        let live = live.clone();
        callers.spawn(async move { live.refresh().await.unwrap() });
    }
    let all = callers.join_all().await;
    assert!(
        all.iter()
            .all(|&refreshed| refreshed == RefreshOutcome::Changed)
    );
    assert_eq!(secrets.load_count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_accesses_share_one_refresh() {
    let secrets = Secrets::new();
    let clock = TestClock::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false).clock(&clock).ttl(secs(1)))
        .await;
    let _secrets = secrets.clone().token("token 2");
    secrets.delay(Duration::from_millis(500));
    clock.advance(secs(2));
    let mut callers = JoinSet::new();
    for _ in 0..1_000 {
        let live = live.clone();
        callers.spawn(async move { live.get_fresh().await.unwrap().token.clone() });
    }
    let all = callers.join_all().await;
    assert!(all.iter().all(|token| token == "token 2"));
    assert_eq!(secrets.load_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn rate_limited_demands_share_one_refresh() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.min_refresh_interval(secs(10)))
        .await;
    live.refresh().await.unwrap();
    let start = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let live = live.clone();
        callers.spawn(async move { live.refresh().await.unwrap() });
    }
    callers.join_all().await;
    assert!(start.elapsed() >= secs(10) && start.elapsed() < secs(11));
    assert_eq!(secrets.load_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn refresh_survives_cancelled_caller() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets.token("token 2");
    secrets.delay(secs(2));
    let impatient = tokio::time::timeout(secs(1), live.refresh()).await;
    assert!(impatient.is_err());
    tokio::time::sleep(secs(2)).await;
    assert_eq!(live.get().unwrap().token, "token 2");
    assert_eq!(secrets.load_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn demand_ignores_refresh_already_running() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets.token("token 2");
    secrets.delay(secs(4));
    let before = tokio::spawn({
        let live = live.clone();
        async move { live.refresh().await.unwrap() }
    });
    tokio::time::sleep(secs(2)).await;
    let secrets = secrets.token("token 3");
    let mut callers = JoinSet::new();
    for _ in 0..1_000 {
        let live = live.clone();
        callers.spawn(async move {
            let refreshed = live.refresh().await.unwrap();
            (refreshed, live.get().unwrap().token.clone())
        });
    }
    let all = callers.join_all().await;
    let expected = (RefreshOutcome::Changed, "token 3".to_owned());
    assert!(all.iter().all(|found| *found == expected));
    assert_eq!(before.await.unwrap(), RefreshOutcome::Changed);
    assert_eq!(secrets.load_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn queued_refresh_reports_earlier_change() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets.token("token 2");
    secrets.delay(secs(4));
    let before = live.refresh();
    let behind = async {
        tokio::time::sleep(secs(2)).await;
        live.refresh().await
    };
    let (_, refreshed) = tokio::join!(before, behind);
    assert_eq!(refreshed.unwrap(), RefreshOutcome::Changed);
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    assert_eq!(secrets.load_count(), 4);
}

#[tokio::test(start_paused = true)]
async fn demand_skips_backoff_after_failure() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.backoff(MINUTE, 10 * MINUTE))
        .await;
    secrets.fail(SourceErrorKind::Throttled);
    let error = live.refresh().await.unwrap_err();
    assert_eq!(error.failed_fields().count(), 4, "{error:#}");
    secrets.recover();
    advance(secs(1)).await;
    let start = Instant::now();
    live.refresh().await.unwrap();
    assert!(start.elapsed() < secs(1));
}

#[tokio::test]
async fn user_panic_is_a_failed_refresh() {
    #[derive(from_secrets::FromSecrets)]
    struct Picky {
        #[secret("API_TOKEN", parse = picky)]
        token: String,
    }
    #[expect(clippy::unnecessary_wraps, reason = "`parse` requires a result")]
    fn picky(text: &str) -> Result<String, std::convert::Infallible> {
        assert!(text == "token 1", "not the value that this test began with");
        Ok(text.to_owned())
    }

    let memory = from_secrets::source::Memory::new().with_secret("API_TOKEN", "token 1");
    let loader = from_secrets::Loader::new().source(memory.clone());
    let live = from_secrets::Live::<Picky>::builder()
        .loader(loader)
        .load()
        .await
        .unwrap();
    let _memory = memory.with_secret("API_TOKEN", "token 2");
    let error = live.refresh().await.unwrap_err();
    assert_eq!(error.kind(), from_secrets::ErrorKind::Runtime);
    assert_eq!(live.get().unwrap().token, "token 1");
    assert_eq!(live.status().failures(), 1);
}

#[tokio::test(start_paused = true)]
async fn later_failure_keeps_earlier_success() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false))
        .await;
    let secrets = secrets.token("token 2");
    let mut early = pin!(live.refresh());
    let mut context = Context::from_waker(Waker::noop());
    assert!(early.as_mut().poll(&mut context).is_pending());
    sleep(secs(1)).await;
    secrets.fail(SourceErrorKind::Unreachable);
    live.refresh().await.unwrap_err();
    assert_eq!(early.await.unwrap(), RefreshOutcome::Changed);
}
