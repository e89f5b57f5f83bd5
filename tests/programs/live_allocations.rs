//! A program that measures the allocations of reads, and the allocated memory after some refreshes and after ten times
//! as many.
//!
//! Its arguments are the number of refreshes, and the endpoint of a Secrets Manager that returns a new version in every
//! other response. Without an endpoint, it uses a source within the process. It writes numbers to standard output.
#![expect(clippy::print_stdout, reason = "the test reads its output")]

use std::alloc::System;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cap::Cap;
use from_secrets::live::{Derived, RefreshOutcome};
use from_secrets::source::{
    Env, FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource, SecretValue,
};
use from_secrets::{Error, FromSecrets, Live, Loader, SecretString, project};
use from_secrets_tests::sdk;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const READS: u32 = 100_000;

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
struct Pocket {
    #[expect(dead_code, reason = "only refreshed")]
    key: SecretString,
    token: SecretString,
}

/// A placeholder for a pool of connections.
type Pool = Derived<SecretString>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let all: u32 = arguments
        .next()
        .and_then(|all| all.parse().ok())
        .expect("a number");
    let loader = match arguments.next() {
        Some(endpoint) => sdk::loader(&endpoint),
        None => Loader::new()
            .source(Rotating::default())
            .env(Env::from_vars::<&str, &str>([])),
    };
    let live = Live::<Pocket>::builder()
        .loader(loader)
        .ttl(Duration::from_hours(1))
        .background_refresh(false)
        .min_refresh_interval(Duration::from_nanos(1))
        .load()
        .await?;
    let pool = project!(live, token).map(SecretString::clone);

    let mut changes = refresh(all / 10, &live, &pool).await?;
    let after_a_tenth = ALLOCATOR.allocated();
    changes += refresh(all - all / 10, &live, &pool).await?;
    let after_all = ALLOCATOR.allocated();
    let before_reads = ALLOCATOR.total_allocated();
    read(&live, &pool);
    let by_reads = ALLOCATOR.total_allocated() - before_reads;

    println!("bytes after a tenth: {after_a_tenth}");
    println!("bytes after all: {after_all}");
    println!("changes: {changes}");
    println!("bytes by reads: {by_reads}");
    Ok(())
}

/// Refreshes that many times and reads each struct. Returns how many refreshes changed it.
async fn refresh(times: u32, live: &Live<Pocket>, pool: &Pool) -> Result<u32, Error> {
    let mut changes = 0;
    for _ in 0..times {
        changes += u32::from(live.refresh().await? == RefreshOutcome::Changed);
        black_box(pool.get().is_ok());
        drop(black_box(live.status()));
    }
    Ok(changes)
}

fn read(live: &Live<Pocket>, pool: &Pool) {
    for _ in 0..READS {
        black_box(live.get().is_ok());
        black_box(pool.get().is_ok());
    }
}

/// Every other response has a new version.
#[derive(Debug, Default)]
struct Rotating(AtomicU32);

impl SecretSource for Rotating {
    fn name(&self) -> &'static str {
        "rotating"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        let version = self.0.fetch_add(1, Ordering::Relaxed) / 2;
        Box::pin(async move {
            let found = |request: &SecretRequest| {
                let text = format!("{} {version:06}", request.id());
                FetchResult::Found(SecretValue::text(text).with_version_id(version.to_string()))
            };
            requests.iter().map(found).collect()
        })
    }
}
