//! Readers while the struct is refreshed or becomes too old.

use super::*;

#[test]
fn snapshot_does_not_block_refresh() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        let reader = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                let snapshot = shared.get().expect("the struct is fresh");
                let process = shared.process();
                let failures = process.lock().schedule.failures;
                assert_eq!(failures, 0);
                drop(shared.get());
                *snapshot
            }
        });
        source.rotate(2);
        block_on(async { assert_eq!(refresh(&shared).await.unwrap(), 2) });
        assert!(reader.join().expect("the thread ends") <= 2);
    });
}

#[test]
fn reader_never_gets_struct_past_bound() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let (shared, clock) = (Arc::clone(&shared), clock.clone());
                thread::spawn(move || {
                    for _ in 0..4 {
                        let before = clock.now();
                        if let Ok(snapshot) = shared.get() {
                            assert!(
                                before <= snapshot.origin().lifetime.usable_until,
                                "the struct is too old"
                            );
                        }
                    }
                })
            })
            .collect();
        for _ in 0..4 {
            clock.advance(MAX_STALE / 2 + SECOND);
            thread::yield_now();
        }
        readers
            .into_iter()
            .for_each(|reader| reader.join().expect("the thread ends"));
    });
}
