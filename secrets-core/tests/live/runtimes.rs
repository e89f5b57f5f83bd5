//! Runtimes come and go, and a live struct stays fresh.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use from_secrets::live::{RefreshOutcome, StalePolicy, TestClock};
use from_secrets::{Live, project};
use tokio::runtime::{Builder, Runtime};

use crate::support::{
    Config, MINUTE, Secrets, block_on, bounded, current_thread, eventually, multi_thread, secs,
};

#[test]
fn second_runtime_continues_refreshes() {
    for (first, second) in [
        (current_thread(), multi_thread()),
        (multi_thread(), current_thread()),
    ] {
        let secrets = Secrets::new();
        let ttl = Duration::from_millis(50);
        let live = first.block_on(secrets.live().ttl(ttl).load()).unwrap();
        drop(first);
        let _secrets = secrets.clone().token("token 2");
        second.block_on(async {
            while live.get_fresh().await.unwrap().token != "token 2" {
                tokio::task::yield_now().await;
            }
            // From here on the timer does it.
            let loads = secrets.load_count();
            while secrets.load_count() < loads + 3 {
                tokio::time::sleep(ttl / 5).await;
            }
        });
        assert_eq!(
            second.block_on(live.refresh()).unwrap(),
            RefreshOutcome::Unchanged
        );
    }
}

#[test]
fn static_works_across_successive_runtimes() {
    static LIVE: OnceLock<Live<Config>> = OnceLock::new();
    let secrets = Secrets::new();
    for i in 0..10 {
        let runtime = current_thread();
        runtime.block_on(async {
            if LIVE.get().is_none() {
                let live = secrets
                    .load_live(|live| live.min_refresh_interval(Duration::from_nanos(1)))
                    .await;
                drop(LIVE.set(live));
            }
            let live = LIVE.get().unwrap();
            let token = format!("token {i}");
            drop(secrets.clone().token(&token));
            live.refresh().await.unwrap();
            assert_eq!(live.get().unwrap().token, token);
        });
    }
}

#[test]
fn aborted_refresh_restarts_on_next_runtime() {
    let secrets = Secrets::new();
    let first = multi_thread();
    let live = first
        .block_on(
            secrets
                .live()
                .min_refresh_interval(Duration::from_nanos(1))
                .load(),
        )
        .unwrap();
    secrets.delay(Duration::from_hours(1));
    let cut_off = first.spawn({
        let live = live.clone();
        async move { live.refresh().await }
    });
    eventually("the refresh begins", || secrets.load_count() == 2);
    let waiting = std::thread::spawn({
        let live = live.clone();
        move || current_thread().block_on(live.refresh())
    });
    secrets.delay(Duration::ZERO);
    drop(secrets.token("token 2"));
    first.shutdown_background();
    assert_eq!(waiting.join().unwrap().unwrap(), RefreshOutcome::Changed);
    assert_eq!(live.get().unwrap().token, "token 2");
    drop(cut_off);
}

#[test]
fn access_refreshes_without_driven_runtime() {
    let secrets = Secrets::new();
    let runtime = current_thread();
    let ttl = Duration::from_millis(100);
    let live = runtime.block_on(secrets.live().ttl(ttl).load()).unwrap();
    let _secrets = secrets.clone().token("token 2");
    // No runtime here: the refresh runs on a thread of the library's own.
    eventually("a refresh", || live.get().unwrap().token == "token 2");
    drop(runtime);
}

#[test]
fn stale_struct_fails_without_runtime() {
    let secrets = Secrets::new();
    let runtime = current_thread();
    let ttl = Duration::from_millis(50);
    let loader = secrets.loader().timeout(ttl);
    let live = secrets.live().loader(loader).ttl(ttl).max_stale(3 * ttl);
    let live = runtime.block_on(live.load()).unwrap();
    secrets.fail(from_secrets::source::SourceErrorKind::Unreachable);
    eventually("too old", || live.get().is_err());
    assert_eq!(live.last_good().token, "token 1");
}

#[test]
fn blocking_load_is_kept_fresh() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .ttl(Duration::from_millis(50))
        .load_blocking()
        .unwrap();
    let _secrets = secrets.clone().token("token 2");
    let changes = Arc::new(AtomicUsize::new(0));
    eventually("the timer", || {
        changes.fetch_add(1, Ordering::Relaxed);
        live.get().unwrap().token == "token 2"
    });
}

#[test]
fn refresh_works_without_io_driver() {
    let secrets = Secrets::new();
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let live = runtime.block_on(secrets.live().ttl(MINUTE).load()).unwrap();
    assert_eq!(
        runtime.block_on(live.refresh()).unwrap(),
        RefreshOutcome::Unchanged
    );
}

#[test]
fn public_live_types_are_send_sync() {
    fn assert_goes<T: Send + Sync + 'static>() {}
    assert_goes::<Live<Config>>();
    assert_goes::<from_secrets::live::Snapshot<Config>>();
    assert_goes::<from_secrets::live::StaleError>();
    assert_goes::<from_secrets::live::LiveStatus>();
    assert_goes::<from_secrets::live::Projection<Config, String>>();
    assert_goes::<from_secrets::live::ProjectionSnapshot<Config, String>>();
    assert_goes::<from_secrets::live::Derived<String>>();
}

/// A struct that is loaded on a runtime, with every setting of the background refresh.
fn on_runtime(runtime: &Runtime, secrets: &Secrets, background: bool) -> Live<Config> {
    let builder = secrets.live().background_refresh(background).ttl(SHORT);
    runtime.block_on(builder.load()).unwrap()
}

const SHORT: Duration = Duration::from_millis(100);

/// Uses everything that waits, without `async`.
fn use_twins(secrets: &Secrets, live: &Live<Config>, round: usize) {
    let token = format!("token {round}");
    let is_new = || {
        let config = live.last_good();
        if config.token == token {
            Ok(())
        } else {
            Err(())
        }
    };
    let mut changes = live.subscribe();
    drop(secrets.clone().token(&token));
    assert_eq!(live.refresh_blocking().unwrap(), RefreshOutcome::Changed);
    assert_eq!(changes.changed_blocking().unwrap().token, token);
    // Within the shortest interval, so it waits.
    assert_eq!(live.refresh_blocking().unwrap(), RefreshOutcome::Unchanged);
    let token = format!("token {}", round + 1);
    drop(secrets.clone().token(&token));
    live.retry_on_blocking(
        |(): &()| true,
        || {
            let config = live.last_good();
            if config.token == token {
                Ok(())
            } else {
                Err(())
            }
        },
    )
    .unwrap();
    is_new().unwrap_err();
    eventually("the TTL is over", || live.status().age() > SHORT);
    assert_eq!(live.get_fresh_blocking().unwrap().token, token);
}

#[test]
fn blocking_twins_work_on_any_runtime() {
    let cases = [(true, true), (true, false), (false, true), (false, false)];
    let threads: Vec<_> = cases
        .into_iter()
        .map(|(is_current_thread, background)| {
            std::thread::spawn(move || {
                bounded(move || {
                    let home = if is_current_thread {
                        current_thread()
                    } else {
                        multi_thread()
                    };
                    let secrets = Secrets::new();
                    let live = on_runtime(&home, &secrets, background);
                    // Without a runtime, on its own, which it blocks, and on another one.
                    use_twins(&secrets, &live, 10);
                    home.block_on(async { use_twins(&secrets, &live, 20) });
                    multi_thread().block_on(async { use_twins(&secrets, &live, 30) });
                    let own = secrets.live().background_refresh(background).ttl(SHORT);
                    let own = own.load_blocking().unwrap();
                    home.block_on(async { use_twins(&secrets, &own, 40) });
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn async_methods_work_without_runtime() {
    bounded(|| {
        let secrets = Secrets::new();
        let home = current_thread();
        let lives = [
            on_runtime(&home, &secrets, true),
            on_runtime(&home, &secrets, false),
            secrets.live().ttl(SHORT).load_blocking().unwrap(),
        ];
        let timerless = Builder::new_current_thread().build().unwrap();
        for (i, live) in lives.iter().enumerate() {
            let mut round = 10 * (i + 1);
            let mut next = || {
                round += 1;
                let token = format!("token {round}");
                drop(secrets.clone().token(&token));
                token
            };
            let mut changes = live.subscribe();
            let token = next();
            assert_eq!(block_on(live.refresh()).unwrap(), RefreshOutcome::Changed);
            assert_eq!(block_on(changes.changed()).unwrap().token, token);
            let token = next();
            let operate = || {
                let is_new = live.last_good().token == token;
                std::future::ready(if is_new { Ok(()) } else { Err(()) })
            };
            block_on(live.retry_on(|(): &()| true, operate)).unwrap();
            let token = next();
            timerless.block_on(async {
                assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
                let operate = || {
                    let is_new = live.last_good().token == token;
                    std::future::ready(if is_new { Ok(()) } else { Err(()) })
                };
                live.retry_on(|(): &()| true, operate).await.unwrap();
                eventually("the TTL is over", || {
                    live.get().unwrap();
                    live.status().age() < SHORT || live.get_fresh_blocking().is_ok()
                });
                assert_eq!(live.get_fresh().await.unwrap().token, token);
                let token = project!(live, token).map(String::clone);
                drop((token.get().unwrap(), live.get().unwrap()));
            });
        }
    });
}

#[test]
fn stale_policy_waits_without_runtime() {
    bounded(|| {
        let secrets = Secrets::new();
        let home = current_thread();
        let builder = secrets.live().background_refresh(false).ttl(SHORT);
        let builder = builder.stale_policy(StalePolicy::Wait(SHORT));
        let live = home.block_on(builder.load()).unwrap();
        secrets.delay(secs(5));
        eventually("the TTL is over", || live.status().age() > SHORT);
        let loads = secrets.load_count();
        let start = std::time::Instant::now();
        assert_eq!(live.get_fresh_blocking().unwrap().token, "token 1");
        assert_eq!(block_on(live.get_fresh()).unwrap().token, "token 1");
        home.block_on(async { drop(live.get_fresh_blocking().unwrap()) });
        assert!(start.elapsed() >= 3 * SHORT);
        assert_eq!(secrets.load_count(), loads + 1);
    });
}

#[test]
fn entered_shut_down_runtime_is_avoided() {
    bounded(|| {
        let secrets = Secrets::new();
        for runtime in [current_thread(), multi_thread()] {
            let live = on_runtime(&runtime, &secrets, true);
            let handle = runtime.handle().clone();
            runtime.shutdown_background();
            let _entered = handle.enter();
            for _ in 0..2 {
                live.refresh_blocking().unwrap();
                block_on(live.refresh()).unwrap();
                drop(live.get_fresh_blocking().unwrap());
                drop(live.get().unwrap());
            }
        }
    });
}

#[test]
fn blocking_refresh_replaces_blocked_home() {
    bounded(|| {
        current_thread().block_on(replace_blocked_refresh());
        let replacing =
            one_worker().block_on(async { tokio::spawn(replace_blocked_refresh()).await });
        replacing.unwrap();
    });
}

async fn replace_blocked_refresh() {
    let secrets = Secrets::new();
    let loader = secrets.loader().timeout(Duration::from_hours(1));
    let live = secrets
        .load_live(|live| live.loader(loader).background_refresh(false))
        .await;
    secrets.delay(secs(600));
    let other = live.clone();
    let waiting = tokio::spawn(async move { other.refresh().await });
    while secrets.load_count() < 2 {
        tokio::task::yield_now().await;
    }
    // The refresh that runs here cannot go on while this blocks its thread.
    secrets.delay(Duration::ZERO);
    let secrets = secrets.token("token 2");
    live.refresh_blocking().unwrap();
    assert_eq!(live.get().unwrap().token, "token 2");
    waiting.await.unwrap().unwrap();
    assert_eq!(secrets.load_count(), 3);
}

#[test]
fn main_thread_joins_refresh_of_worker() {
    bounded(|| {
        let secrets = Secrets::new();
        let clock = TestClock::new();
        let runtime = one_worker();
        let builder = secrets.live().clock(&clock).background_refresh(false);
        let builder = builder.stale_policy(StalePolicy::Wait(Duration::from_hours(1)));
        let live = runtime.block_on(builder.load()).unwrap();
        clock.advance(Duration::from_hours(1));
        secrets.delay(SHORT);
        runtime.block_on(async {
            let other = live.clone();
            let waiting = tokio::spawn(async move { other.get_fresh().await.map(drop) });
            eventually("the refresh begins", || secrets.load_count() == 2);
            // This does not block the worker.
            drop(live.get_fresh_blocking().unwrap());
            waiting.await.unwrap().unwrap();
            assert_eq!(secrets.load_count(), 2);
        });
    });
}

/// A runtime with a worker besides the thread that calls `block_on`.
fn one_worker() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

#[test]
fn undriven_runtime_keeps_background_refresh_running() {
    bounded(|| {
        for shut_down in [true, false] {
            let secrets = Secrets::new();
            let runtime = current_thread();
            let live = on_runtime(&runtime, &secrets, true);
            let mut changes = live.subscribe();
            let derived = project!(live, token).map(String::clone);
            drop(secrets.clone().token("token 2"));
            let kept = if shut_down {
                runtime.shutdown_background();
                None
            } else {
                Some(runtime)
            };
            // Without any access.
            assert_eq!(changes.changed_blocking().unwrap().token, "token 2");
            eventually("the value follows", || *derived.last_good() == "token 2");
            drop(secrets.clone().token("token 3"));
            assert_eq!(changes.changed_blocking().unwrap().token, "token 3");
            drop(kept);
        }
    });
}
