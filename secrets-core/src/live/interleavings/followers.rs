//! Retries, subscribers and derived values while the struct changes.

use super::*;

#[test]
fn rejected_operations_find_new_version() {
    for background_refresh in [false, true] {
        explore(move || {
            let (source, clock) = (NumberSource::new(), TestClock::new());
            let shared = live(&source, &clock, |policy| {
                policy.background_refresh = background_refresh;
            });
            let scope = FieldScope::all();
            source.rotate(2);
            block_on(async {
                let _ticking = Ticking::start(&clock, 10 * SECOND);
                let callers: Vec<_> = (0..3)
                    .map(|_| {
                        let (shared, scope) = (Arc::clone(&shared), scope.clone());
                        spawn(async move { call(&shared, &scope, 2).await })
                    })
                    .collect();
                for caller in callers {
                    assert_eq!(
                        caller.await.unwrap(),
                        Ok(()),
                        "the new version was not found"
                    );
                }
            });
        });
    }
}

#[test]
fn subscriber_returns_latest_change() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        let mut subscriber = Subscriber::new(&shared, FieldScope::all());
        let seen = spawn(async move {
            let mut seen = 1;
            while seen < 3 {
                let snapshot = subscriber
                    .changed()
                    .await
                    .expect("the struct is not dropped");
                assert!(*snapshot > seen, "an unchanged version was returned");
                seen = *snapshot;
            }
        });
        block_on(async {
            let _ticking = Ticking::start(&clock, 10 * SECOND);
            for version in [2, 3] {
                source.rotate(version);
                assert_eq!(refresh(&shared).await.unwrap(), version);
            }
            seen.await.unwrap();
        });
    });
}

#[test]
fn derived_value_follows_before_refresh_ends() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        source.rotate(2);
        let early = thread::spawn({
            let shared = Arc::clone(&shared);
            move || block_on(refresh(&shared)).map(drop)
        });
        let _ticking = Ticking::start(&clock, 10 * SECOND);
        let double = Derived::create(&shared, &FieldScope::all(), |version| version * 2);
        block_on(async {
            let before = *double.get().expect("the struct is fresh");
            assert!(before == 2 || before == 4);
            source.rotate(3);
            assert_eq!(refresh(&shared).await.unwrap(), 3);
            assert_eq!(*double.get().expect("the struct is fresh"), 6);
        });
        early
            .join()
            .expect("the thread ends")
            .expect("the refresh succeeds");
    });
}

#[test]
fn dropped_last_handle_ends_all_tasks() {
    for background_refresh in [false, true] {
        explore(move || {
            let (source, clock) = (NumberSource::new(), TestClock::new());
            let shared = live(&source, &clock, |policy| {
                policy.background_refresh = background_refresh;
            });
            let value = Arc::downgrade(&shared.current_full().value);
            let mut subscriber = Subscriber::new(&shared, FieldScope::all());
            let waiting = spawn(async move { subscriber.changed().await.is_none() });
            let refreshing = thread::spawn(move || {
                let process = shared.process();
                let number = process.lock().next_load();
                drop(shared.request_load(&process, (number, Trigger::Access, RunOn::Runtime)));
            });
            block_on(async {
                assert!(waiting.await.unwrap(), "a change was reported");
            });
            refreshing.join().expect("the thread ends");
            // Tasks end after they are polled.
            while value.upgrade().is_some() {
                thread::yield_now();
            }
        });
    }
}
