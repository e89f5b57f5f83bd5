//! A clock that several threads move.

use super::*;

#[test]
fn concurrent_advances_add_up() {
    explore(|| {
        let clock = TestClock::new();
        let start = clock.now();
        let threads = [TTL, MAX_STALE].map(|duration| {
            let clock = clock.clone();
            thread::spawn(move || clock.advance(duration))
        });
        for thread in threads {
            thread.join().expect("the thread ends");
        }
        assert_eq!(clock.now().since(start), TTL + MAX_STALE);
    });
}
