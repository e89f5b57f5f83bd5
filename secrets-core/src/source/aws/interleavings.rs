//! Loads that share clients, lookups of credentials, and the memory of denied batches.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use futures_util::future::{Either, select};
use shuttle::future::{block_on, spawn, yield_now};
use shuttle::sync::atomic::AtomicU32;
use shuttle::thread;

use super::cache::Cache;
use super::lookup_gate::LookupGate;
use super::panics::caught_async;
use super::regional::{RegionalClient, RegionalClients};
use super::slot::SharedSlot;
use crate::per_process::PerProcess;
use crate::source::{FetchResult, SourceError, SourceErrorKind};
use crate::sync::explore;

/// A client that contains the number of its attempt.
type Slot = Arc<SharedSlot<u32>>;

/// Returns the client of a slot. Each attempt to create one is counted.
async fn open(slot: &Slot, attempts: &Arc<AtomicU32>, outcome: Outcome) -> Option<Arc<u32>> {
    let attempts = Arc::clone(attempts);
    let open = || async move {
        let attempt = attempts.fetch_add(1, SeqCst) + 1;
        yield_now().await;
        match outcome {
            Outcome::Works => Ok(attempt),
            _ if attempt > 1 => Ok(attempt),
            Outcome::FailsFirst => Err(FetchResult::Failed(error())),
            Outcome::PanicsFirst => std::panic::resume_unwind(Box::new("without the hook")),
        }
    };
    slot.get_or_open(open).await.ok()
}

#[derive(Clone, Copy)]
enum Outcome {
    Works,
    FailsFirst,
    PanicsFirst,
}

fn error() -> SourceError {
    SourceError::new(SourceErrorKind::Credentials, "no AWS credentials found")
}

/// Runs code on threads, and returns their results.
fn on_threads<T: Send + 'static>(
    count: u32,
    code: impl Fn(u32) -> T + Send + Sync + 'static,
) -> Vec<T> {
    let code = Arc::new(code);
    let start = |index| {
        let code = Arc::clone(&code);
        thread::spawn(move || code(index))
    };
    let threads: Vec<_> = (0..count).map(start).collect();
    let threads = threads.into_iter();
    threads
        .map(|thread| thread.join().expect("the thread ends"))
        .collect()
}

#[test]
fn loads_share_client_of_key() {
    static CLIENTS: PerProcess<Cache<(&str, u32), SharedSlot<u32>>> = PerProcess::new();
    explore(|| {
        let attempts = Arc::default();
        let opened = Arc::clone(&attempts);
        let clients = on_threads(5, move |index| {
            let (region, runtime) = (["us-east-1", "eu-west-1"][index as usize % 2], index / 4);
            let slot = CLIENTS.with(|clients| clients.entry((region, runtime), 3));
            block_on(open(&slot, &attempts, Outcome::Works)).expect("the attempt works")
        });
        assert_eq!(opened.load(SeqCst), 3, "a client was created twice");
        assert!(Arc::ptr_eq(&clients[0], &clients[2]));
        assert!(Arc::ptr_eq(&clients[1], &clients[3]));
        assert!(!Arc::ptr_eq(&clients[0], &clients[4]));
    });
}

#[test]
fn failed_attempt_is_repeated_once() {
    for outcome in [Outcome::FailsFirst, Outcome::PanicsFirst] {
        explore(move || {
            let (slot, attempts) = (Slot::default(), Arc::default());
            let opened = Arc::clone(&attempts);
            let clients = on_threads(3, move |_| {
                block_on(async {
                    // A load catches panics of its attempt.
                    let first = caught_async(open(&slot, &attempts, outcome)).await;
                    match first.ok().flatten() {
                        Some(client) => client,
                        None => open(&slot, &attempts, outcome)
                            .await
                            .expect("the second attempt works"),
                    }
                })
            });
            assert!(clients.iter().all(|client| **client == 2));
            assert_eq!(opened.load(SeqCst), 2, "two attempts ran at the same time");
        });
    }
}

#[test]
fn dropped_load_leaves_attempt_to_others() {
    explore(|| {
        let (slot, attempts) = (Slot::default(), Arc::default());
        let dropped = spawn({
            let (slot, attempts) = (Arc::clone(&slot), Arc::clone(&attempts));
            async move {
                let attempt = Box::pin(open(&slot, &attempts, Outcome::Works));
                let ended = select(attempt, Box::pin(yield_now())).await;
                drop::<Either<_, _>>(ended);
            }
        });
        block_on(async {
            let client = open(&slot, &attempts, Outcome::Works).await;
            assert!(client.is_some(), "the load got the error of another one");
            dropped.await.expect("the task ends");
        });
        assert!(attempts.load(SeqCst) <= 2);
    });
}

#[test]
fn rejected_client_is_replaced_once() {
    explore(|| {
        let (slot, attempts) = (Slot::default(), Arc::default());
        let opened = Arc::clone(&attempts);
        on_threads(3, move |_| {
            let open = || block_on(open(&slot, &attempts, Outcome::Works));
            let client = open().expect("the attempt works");
            if *client == 1 {
                slot.forget_if(|known| std::ptr::eq(known, &raw const *client));
                assert_eq!(open().as_deref(), Some(&2));
            }
        });
        assert_eq!(opened.load(SeqCst), 2, "a new client was replaced");
    });
}

/// A client for a region.
#[derive(Clone)]
struct FakeClient(String);

impl RegionalClient for FakeClient {
    fn region(&self) -> Option<&str> {
        Some(&self.0)
    }

    fn in_region(&self, region: &str) -> Self {
        thread::yield_now();
        Self(region.to_owned())
    }
}

#[test]
fn denied_batches_are_remembered_once() {
    explore(|| {
        let clients = RegionalClients::new(FakeClient("us-east-1".to_owned()));
        let logged = [AtomicU32::new(0), AtomicU32::new(0)];
        let result = on_threads(4, {
            let (clients, logged) = (Arc::clone(&clients), Arc::new(logged));
            move |index| {
                let place = index as usize % 2;
                let region = ["us-east-1", "eu-west-1"][place];
                assert_eq!(clients.client_in(region).region(), Some(region));
                if !clients.denies_batches(region) && clients.remember_denial(region) {
                    logged[place].fetch_add(1, SeqCst);
                }
                assert!(clients.denies_batches(region), "the denial was forgotten");
                Arc::clone(&logged)
            }
        });
        let logged: Vec<u32> = result[0].iter().map(|count| count.load(SeqCst)).collect();
        assert_eq!(logged, [1, 1], "a denial was logged twice");
        assert!(!clients.denies_batches("us-west-2"));
    });
}

#[test]
fn lookup_error_reaches_only_waiting_calls() {
    explore(|| {
        let gate = LookupGate::default();
        let lookups = AtomicU32::new(0);
        let running = AtomicU32::new(0);
        let shared = Arc::new((gate, lookups, running));
        let counted = Arc::clone(&shared);
        on_threads(3, move |_| {
            let (gate, lookups, running) = &*shared;
            let look_up = || async {
                assert_eq!(running.fetch_add(1, SeqCst), 0, "two lookups run");
                let lookup = lookups.fetch_add(1, SeqCst) + 1;
                yield_now().await;
                running.fetch_sub(1, SeqCst);
                if lookup == 1 { Err(error()) } else { Ok(()) }
            };
            block_on(async {
                if gate.run(look_up()).await.is_err() {
                    let again = gate.run(look_up()).await;
                    assert!(again.is_ok(), "an earlier error was returned");
                }
            });
        });
        assert!(counted.1.load(SeqCst) <= 4);
    });
}
