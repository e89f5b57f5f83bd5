//! A live struct that a child inherits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use from_secrets::live::LiveBuilder;
use from_secrets::source::{
    FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource, SecretValue, Source,
    SourceError, SourceErrorKind,
};
use from_secrets::{FromSecrets, Live, Loader};

use super::unix::in_child;

#[derive(FromSecrets)]
struct Config {
    #[secret("TOKEN", env = false)]
    token: String,
}

const TIMEOUT: Duration = Duration::from_millis(100);
const TTL: Duration = Duration::from_millis(100);
const MAX_STALE: Duration = Duration::from_millis(300);
/// The longest time in which a child does not notice that it is one.
const LEASE: Duration = Duration::from_secs(1);
const FORKS: usize = 30;

/// Returns the number in the token, or 0. A lock could be inherited in its locked state.
#[derive(Clone, Debug)]
struct Tokens(Arc<AtomicUsize>);

impl Tokens {
    fn set(&self, number: usize) {
        self.0.store(number, Ordering::SeqCst);
    }
}

impl SecretSource for Tokens {
    fn name(&self) -> &'static str {
        "tokens"
    }

    fn fetch<'a>(&'a self, _: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        let response = match self.0.load(Ordering::SeqCst) {
            0 => FetchResult::Failed(SourceError::new(SourceErrorKind::Unreachable, "an outage")),
            number => FetchResult::Found(SecretValue::text(format!("token {number}"))),
        };
        Box::pin(async { vec![response] })
    }
}

fn tokens(timeout: Duration) -> (Tokens, LiveBuilder<Config>) {
    let tokens = Tokens(Arc::new(AtomicUsize::new(1)));
    let source = Source::from(tokens.clone());
    let loader = Loader::new().source(source).timeout(timeout);
    (tokens, Live::builder().loader(loader).ttl(TTL))
}

/// Its threads are the parent's, and yet it follows rotation and keeps the bound.
pub(super) fn follow() {
    let (tokens, builder) = tokens(TIMEOUT);
    let live = builder.max_stale(MAX_STALE).load_blocking();
    let live = live.expect("it is loaded");
    live.get().expect("it is fresh");
    in_child(|| {
        tokens.set(2);
        until(|| live.get().is_ok_and(|config| config.token == "token 2"));
        println!("child: followed");
        tokens.set(0);
        let began = Instant::now();
        until(|| live.get().is_err());
        let longest = MAX_STALE + LEASE;
        println!("child: too old in time: {}", began.elapsed() <= longest);
    });
    println!("parent: {}", live.get().expect("it is fresh").token);
}

/// A child of a process in the middle of a refresh refreshes for itself.
pub(super) fn refresh() {
    // A child waits up to two seconds for a lock that it inherited.
    let (tokens, builder) = tokens(Duration::from_secs(10));
    let builder = builder.min_refresh_interval(Duration::from_nanos(1));
    let live = builder.load_blocking().expect("it is loaded");
    let is_over = Arc::new(AtomicBool::new(false));
    let refreshing = spawn({
        let (live, is_over) = (live.clone(), Arc::clone(&is_over));
        move || {
            while !is_over.load(Ordering::Relaxed) {
                live.refresh_blocking().expect("it is refreshed");
            }
        }
    });
    for number in 2..FORKS {
        in_child(|| {
            tokens.set(number);
            live.refresh_blocking().expect("it is refreshed");
            println!("{}", live.last_good().token);
        });
    }
    is_over.store(true, Ordering::Relaxed);
    refreshing.join().expect("it ends");
    println!("parent: {}", live.last_good().token);
}

fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        sleep(Duration::from_millis(1));
    }
}
