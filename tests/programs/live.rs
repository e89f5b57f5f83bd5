//! A program whose live struct outlives the runtimes that loaded and refreshed it. Its argument selects the case.
//!
//! It writes each token that it reads.
#![expect(clippy::print_stdout, reason = "the test reads its output")]

use std::error::Error;
use std::time::{Duration, Instant};

use from_secrets::live::LiveBuilder;
use from_secrets::{ExposeSecret, FromSecrets, Live, SecretString};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
struct Pocket {
    token: SecretString,
}

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("refresh") => refresh(&mut runtimes()),
        Some("refresh-after-one-was-cut-off") => refresh_after_one_was_cut_off(&mut runtimes()),
        Some("background-refresh") => background_refresh(&mut runtimes()),
        Some("read-without-a-runtime") => read_without_a_runtime(&mut runtimes()),
        other => panic!("no way to live is called `{other:?}`"),
    }
}

/// One is shut down before the next is used.
fn runtimes() -> impl Iterator<Item = Runtime> {
    let one = || Builder::new_current_thread().enable_all().build();
    let two = || {
        Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
    };
    (0..).map(move |i| if i % 2 == 0 { two() } else { one() }.expect("a runtime"))
}

fn refresh(runtimes: &mut impl Iterator<Item = Runtime>) -> Result<(), Box<dyn Error>> {
    let live = loaded(runtimes, |live| live)?;
    for runtime in runtimes.take(4) {
        runtime.block_on(live.refresh())?;
        report_to(&live);
    }
    Ok(())
}

fn refresh_after_one_was_cut_off(
    runtimes: &mut impl Iterator<Item = Runtime>,
) -> Result<(), Box<dyn Error>> {
    let live = loaded(runtimes, |live| live)?;
    for runtime in runtimes.take(2) {
        // Whether it came in time does not matter; that the runtime does not wait for it does.
        let moment = Duration::from_millis(1);
        let _ = runtime.block_on(async { timeout(moment, live.refresh()).await });
    }
    next(runtimes).block_on(live.refresh())?;
    report_to(&live);
    Ok(())
}

fn background_refresh(runtimes: &mut impl Iterator<Item = Runtime>) -> Result<(), Box<dyn Error>> {
    let live = loaded(runtimes, |live| {
        live.background_refresh(true).ttl(Duration::from_millis(50))
    })?;
    for runtime in runtimes.take(2) {
        let mut changes = live.subscribe();
        runtime.block_on(async { timeout(PATIENCE, changes.changed()).await })?;
        report_to(&live);
    }
    Ok(())
}

fn read_without_a_runtime(
    runtimes: &mut impl Iterator<Item = Runtime>,
) -> Result<(), Box<dyn Error>> {
    let live = loaded(runtimes, |live| live.ttl(Duration::from_nanos(1)))?;
    let (first, began) = (
        live.last_good().token.expose_secret().to_owned(),
        Instant::now(),
    );
    while live.get()?.token.expose_secret() == first {
        assert!(began.elapsed() < PATIENCE, "it is not refreshed");
        std::thread::yield_now();
    }
    report_to(&live);
    Ok(())
}

/// Loaded in a runtime that is no more.
fn loaded(
    runtimes: &mut impl Iterator<Item = Runtime>,
    set: impl FnOnce(LiveBuilder<Pocket>) -> LiveBuilder<Pocket>,
) -> Result<Live<Pocket>, from_secrets::Error> {
    let builder = Live::builder()
        .background_refresh(false)
        .min_refresh_interval(Duration::from_millis(1));
    let live = next(runtimes).block_on(set(builder).load())?;
    report_to(&live);
    Ok(live)
}

fn next(runtimes: &mut impl Iterator<Item = Runtime>) -> Runtime {
    runtimes.next().expect("there is always another")
}

fn report_to(live: &Live<Pocket>) {
    println!("{}", live.last_good().token.expose_secret());
}
