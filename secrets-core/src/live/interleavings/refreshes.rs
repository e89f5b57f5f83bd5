//! Loads that run at the same time, fail, freeze, or lose their runtime.

use super::*;

#[test]
fn concurrent_refreshes_return_current_version() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        source.rotate(2);
        block_on(async {
            let _ticking = Ticking::start(&clock, 10 * SECOND);
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    let shared = Arc::clone(&shared);
                    spawn(async move { refresh(&shared).await })
                })
                .collect();
            for caller in callers {
                assert_eq!(caller.await.unwrap().unwrap(), 2);
            }
        });
        assert!(source.loads() <= 3);
    });
}

#[test]
fn refresh_never_returns_older_load() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        block_on(async {
            let _ticking = Ticking::start(&clock, 10 * SECOND);
            let earlier = Arc::clone(&shared);
            let earlier = spawn(async move { refresh(&earlier).await });
            yield_now().await;
            source.rotate(2);
            assert_eq!(
                refresh(&shared).await.unwrap(),
                2,
                "an older load was returned"
            );
            earlier.await.unwrap().unwrap();
        });
    });
}

#[test]
fn frozen_refresh_never_replaces_newer_struct() {
    for thaws_early in [false, true] {
        explore(move || {
            let (source, clock) = (NumberSource::new(), TestClock::new());
            let shared = live(&source, &clock, |_| {});
            source.0.is_gated.store(true, SeqCst);
            let frozen = spawn({
                let shared = Arc::clone(&shared);
                async move { refresh(&shared).await }
            });
            block_on(async {
                while !source.0.is_waiting.load(SeqCst) {
                    thread::yield_now();
                }
                clock.advance(3 * TIMEOUT);
                let _ticking = Ticking::start(&clock, 10 * SECOND);
                source.rotate(2);
                if thaws_early {
                    source.0.gate.notify_one();
                }
                // The frozen refresh counts as blocked until its first poll has returned.
                while refresh(&shared).await.is_err() {
                    clock.advance(SECOND);
                    thread::yield_now();
                }
                source.0.gate.notify_one();
                for _ in 0..20 {
                    yield_now().await;
                    assert_eq!(value(&shared), 2, "the frozen refresh replaced the struct");
                }
                drop(frozen.await);
            });
        });
    }
}

#[test]
fn refresh_survives_shutdown_of_runtime() {
    for background_refresh in [false, true] {
        explore(move || {
            let (source, clock) = (NumberSource::new(), TestClock::new());
            let shared = live(&source, &clock, |policy| {
                policy.background_refresh = background_refresh;
            });
            source.rotate(2);
            let executor = Arc::clone(&shared.settings.executor);
            let end = thread::spawn(move || executor.shut_down());
            block_on(async {
                let _ticking = Ticking::start(&clock, 10 * SECOND);
                assert_eq!(refresh(&shared).await.unwrap(), 2);
            });
            end.join().expect("the thread ends");
        });
    }
}

#[test]
fn panicking_load_is_a_failed_refresh() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        source.0.panics.store(true, SeqCst);
        source.rotate(2);
        block_on(async {
            let _ticking = Ticking::start(&clock, 10 * SECOND);
            let error = refresh(&shared).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Runtime);
            assert_eq!(value(&shared), 1);
            assert_eq!(refresh(&shared).await.unwrap(), 2);
        });
    });
}

#[test]
fn background_refresh_follows_rotation() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |policy| policy.background_refresh = true);
        let mut subscriber = Subscriber::new(&shared, FieldScope::all());
        source.rotate(2);
        block_on(async {
            let _ticking = Ticking::start(&clock, 2 * TTL);
            let snapshot = subscriber
                .changed()
                .await
                .expect("the struct is not dropped");
            assert_eq!(*snapshot, 2);
        });
    });
}
