//! A runtime that is shut down while a change is followed.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets::live::{Derived, LiveBuilder, ProjectionSnapshot, RefreshOutcome, TestClock};
use from_secrets::{Live, project};

use crate::support::{Config, MINUTE, Secrets, bounded, eventually, multi_thread};

/// Loads a struct on a runtime, which is shut down while its first change is followed. Returns a value that is derived
/// from it. `refresh` starts the refresh.
fn shut_down_during_followers(
    secrets: &Secrets,
    set: impl FnOnce(LiveBuilder<Config>) -> LiveBuilder<Config>,
    refresh: impl FnOnce(&Live<Config>),
) -> (Live<Config>, Derived<String>) {
    let runtime = multi_thread();
    let live = runtime.block_on(secrets.load_live(set));
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let create = move |token: ProjectionSnapshot<Config, String>| {
        let hangs = counted.fetch_add(1, Ordering::SeqCst) == 1;
        async move {
            if hangs {
                pending::<()>().await;
            }
            Ok::<_, Infallible>(token.clone())
        }
    };
    let derived = runtime.block_on(project!(live, token).map_async(create));
    drop(secrets.clone().token("token 2"));
    refresh(&live);
    eventually("the change is followed", || {
        calls.load(Ordering::SeqCst) == 2
    });
    drop(runtime);
    (live, derived.unwrap())
}

#[test]
fn shutdown_during_followers_repeats_them() {
    bounded(|| {
        let secrets = Secrets::new();
        let clock = TestClock::new();
        let (live, derived) = shut_down_during_followers(
            &secrets,
            |live| live.clock(&clock).background_refresh(false),
            |live| {
                clock.advance(Duration::from_hours(1));
                drop(live.get().unwrap());
            },
        );
        assert_eq!(live.get().unwrap().token, "token 2");
        assert_eq!(*derived.get().unwrap(), "token 1");
        assert_eq!(live.status().derived_failures(), 1);
        clock.advance(MINUTE);
        drop(live.get().unwrap());
        eventually("the value follows", || *derived.last_good() == "token 2");
        eventually("the end", || live.status().derived_failures() == 0);
        assert_eq!(secrets.load_count(), 2);
    });
}

#[test]
fn refresh_survives_shutdown_during_followers() {
    bounded(|| {
        let secrets = Secrets::new();
        let caller = multi_thread();
        let mut refreshing = None;
        let (_live, derived) = shut_down_during_followers(
            &secrets,
            |live| live.min_refresh_interval(Duration::from_nanos(1)),
            |live| {
                let live = live.clone();
                refreshing = Some(caller.spawn(async move { live.refresh().await }));
            },
        );
        let refreshed = caller.block_on(refreshing.unwrap()).unwrap();
        assert_eq!(refreshed.unwrap(), RefreshOutcome::Changed);
        assert_eq!(*derived.get().unwrap(), "token 2");
    });
}
