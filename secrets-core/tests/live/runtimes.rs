//! Runtimes come and go, and a live struct stays fresh.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use from_secrets::{Live, Refreshed};
use tokio::runtime::{Builder, Runtime};

use crate::support::{Config, MINUTE, Secrets, secs};

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// Waits in real time for what another thread does.
fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < secs(30), "not in time: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_struct_that_was_loaded_in_one_runtime_is_kept_fresh_by_the_next() {
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
            while live.current().await.unwrap().token != "token 2" {
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
            Refreshed::Unchanged
        );
    }
}

#[test]
fn a_static_is_shared_by_runtimes_that_end_one_after_the_other() {
    static LIVE: OnceLock<Live<Config>> = OnceLock::new();
    let secrets = Secrets::new();
    for i in 0..10 {
        let runtime = current_thread();
        runtime.block_on(async {
            if LIVE.get().is_none() {
                let live = secrets
                    .live()
                    .min_interval(Duration::ZERO)
                    .load()
                    .await
                    .unwrap();
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
fn a_refresh_that_is_cut_off_with_its_runtime_is_started_again_on_the_next() {
    let secrets = Secrets::new();
    let first = multi_thread();
    let live = first
        .block_on(secrets.live().min_interval(Duration::ZERO).load())
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
    assert_eq!(waiting.join().unwrap().unwrap(), Refreshed::Changed);
    assert_eq!(live.get().unwrap().token, "token 2");
    drop(cut_off);
}

#[test]
fn a_refresh_that_is_frozen_is_given_up_for_another() {
    let secrets = Secrets::new();
    let ttl = Duration::from_millis(20);
    let loader = secrets.loader().timeout(Duration::from_millis(100));
    let live = secrets.live().loader(loader).timer(false).ttl(ttl);
    let live = live.load_blocking().unwrap();
    let _secrets = secrets.clone().token("token 2");
    std::thread::sleep(ttl);
    let frozen = current_thread();
    let within = frozen.enter();
    // Starts a refresh on a runtime that nobody drives from here on.
    live.get().unwrap();
    drop(within);
    assert_eq!(
        current_thread().block_on(live.refresh()).unwrap(),
        Refreshed::Changed
    );
    assert_eq!(live.last().token, "token 2");
    // What wakes too late changes nothing.
    frozen.block_on(tokio::task::yield_now());
    assert_eq!(secrets.load_count(), 2);
}

#[test]
fn where_nobody_drives_the_runtime_access_refreshes_past_the_ttl() {
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
fn a_struct_that_is_too_old_is_noticed_without_any_runtime() {
    let secrets = Secrets::new();
    let runtime = current_thread();
    let ttl = Duration::from_millis(50);
    let live = runtime
        .block_on(secrets.live().ttl(ttl).max_stale(2 * ttl).load())
        .unwrap();
    secrets.fail(from_secrets::Cause::Unreachable);
    eventually("too old", || live.get().is_err());
    assert_eq!(live.last().token, "token 1");
}

#[test]
fn without_async_the_struct_is_loaded_and_kept_fresh_too() {
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
fn a_refresh_needs_no_driver_of_input_and_output_but_a_clock() {
    let secrets = Secrets::new();
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let live = runtime.block_on(secrets.live().ttl(MINUTE).load()).unwrap();
    assert_eq!(
        runtime.block_on(live.refresh()).unwrap(),
        Refreshed::Unchanged
    );
}

#[test]
fn handles_and_what_they_give_out_go_from_thread_to_thread() {
    fn assert_goes<T: Send + Sync + 'static>() {}
    assert_goes::<Live<Config>>();
    assert_goes::<from_secrets::Snapshot<Config>>();
    assert_goes::<from_secrets::Stale>();
    assert_goes::<from_secrets::Status>();
    assert_goes::<from_secrets::Part<Config, String>>();
    assert_goes::<from_secrets::PartSnapshot<Config, String>>();
    assert_goes::<from_secrets::Mapped<Config, String, String>>();
}
