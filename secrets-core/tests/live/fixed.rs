//! Structs for the tests of applications: values that never change, and clocks that tests move.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets::live::{RefreshOutcome, TestClock};
use from_secrets::{FromSecrets, Live, project};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::support::{MINUTE, Secrets, block_on, bounded, current_thread, secs};

#[derive(FromSecrets)]
struct Fixed {
    token: String,
    port: u16,
}

fn fixed() -> Live<Fixed> {
    Live::fixed(Fixed {
        token: "token".to_owned(),
        port: 1,
    })
}

#[derive(Debug, PartialEq)]
struct Rejected;

#[test]
fn fixed_struct_needs_no_runtime() {
    bounded(|| {
        let live = fixed();
        assert_eq!(live.get().unwrap().token, "token");
        assert_eq!(block_on(live.get_fresh()).unwrap().port, 1);
        assert_eq!(live.get_fresh_blocking().unwrap().port, 1);
        assert_eq!(block_on(live.refresh()).unwrap(), RefreshOutcome::Unchanged);
        assert_eq!(live.refresh_blocking().unwrap(), RefreshOutcome::Unchanged);
        let status = live.status();
        assert!(!status.is_stale() && status.failures() == 0);
        assert_eq!(*project!(live, token).get().unwrap(), "token");
        let both = project!(live, token, port).map(|fixed: &Fixed| fixed.port);
        assert_eq!(*both.get().unwrap(), 1);
        let mut changes = live.subscribe();
        drop((live, both));
        assert!(changes.changed_blocking().is_none());
    });
}

#[test]
fn rejected_fixed_credentials_return_the_error() {
    bounded(|| {
        let live = fixed();
        let runs = AtomicUsize::new(0);
        let reject = || {
            runs.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(Rejected)
        };
        assert_eq!(live.retry_on_blocking(|_| true, reject), Err(Rejected));
        let projection = project!(live, token);
        assert_eq!(
            projection.retry_on_blocking(|_| true, reject),
            Err(Rejected)
        );
        let derived = live.map(|fixed: &Fixed| fixed.port);
        assert_eq!(derived.retry_on_blocking(|_| true, reject), Err(Rejected));
        let rejected = live.retry_on(|_| true, || std::future::ready(reject()));
        assert_eq!(block_on(rejected), Err(Rejected));
        current_thread().block_on(async {
            let rejected = live.retry_on(|_| true, || std::future::ready(reject()));
            assert_eq!(rejected.await, Err(Rejected));
        });
        assert_eq!(runs.load(Ordering::SeqCst), 5);
    });
}

#[test]
fn moved_clock_never_stalls_refreshes() {
    bounded(|| {
        for background in [true, false] {
            for is_own in [true, false] {
                let secrets = Secrets::new();
                let runtime = current_thread();
                let clock = TestClock::new();
                let builder = secrets.live().background_refresh(background).clock(&clock);
                let live = if is_own {
                    builder.load_blocking().unwrap()
                } else {
                    runtime.block_on(builder.load()).unwrap()
                };
                runtime.block_on(async {
                    for _ in 0..20 {
                        for step in [10 * MINUTE, secs(2), secs(30), Duration::from_millis(1)] {
                            clock.advance(step);
                            live.get().unwrap();
                            clock.advance(step);
                            live.get_fresh().await.unwrap();
                            clock.advance(step);
                            yield_now().await;
                            clock.advance(secs(2));
                            live.refresh().await.unwrap();
                        }
                    }
                });
                assert_eq!(live.status().failures(), 0);
            }
        }
    });
}

#[test]
fn test_clock_drives_background_refresh() {
    bounded(|| {
        for is_own in [true, false] {
            let secrets = Secrets::new();
            let runtime = current_thread();
            let clock = TestClock::new();
            let builder = secrets.live().ttl(MINUTE).jitter(0.0).clock(&clock);
            let live = if is_own {
                builder.load_blocking().unwrap()
            } else {
                runtime.block_on(builder.load()).unwrap()
            };
            let mut changes = live.subscribe();
            runtime.block_on(async {
                for _ in 0..100 {
                    yield_now().await;
                }
                assert_eq!(secrets.load_count(), 1);
                let _secrets = secrets.clone().token("token 2");
                clock.advance(secs(61));
                let next = timeout(secs(30), changes.changed()).await;
                assert_eq!(next.unwrap().unwrap().token, "token 2");
            });
        }
    });
}

#[test]
fn test_clock_ends_the_bound_exactly() {
    bounded(|| {
        let secrets = Secrets::new();
        let clock = TestClock::new();
        let live = secrets
            .live()
            .ttl(MINUTE)
            .max_stale(10 * MINUTE)
            .background_refresh(false)
            .clock(&clock)
            .load_blocking()
            .unwrap();
        secrets.fail(from_secrets::source::SourceErrorKind::Internal);
        clock.advance(10 * MINUTE);
        assert!(live.get().is_ok() && !live.status().is_stale());
        clock.advance(Duration::from_nanos(1));
        assert!(live.get().is_err() && live.status().is_stale());
        assert!(live.get_fresh_blocking().is_err());
        assert_eq!(live.status().age(), 10 * MINUTE + Duration::from_nanos(1));
    });
}

#[test]
fn clones_of_a_clock_share_time() {
    let clock = TestClock::new();
    let other = clock.clone();
    let live = bounded(move || {
        let secrets = Secrets::new();
        let live = secrets.live().max_stale(10 * MINUTE).clock(&clock);
        Arc::new(live.load_blocking().unwrap())
    });
    other.advance(secs(10));
    assert_eq!(live.status().age(), secs(10));
}
