//! What a read of a live struct costs, against a warm read of AWS's own caching client, in one process and one run.
//!
//! Medians of short rounds that take turns, because absolute times drift from machine to machine, and because a round
//! of a few milliseconds is seldom interrupted by other programs. Build it with `--release`. On a busy machine run it with
//! priority, as `chrt -r 1`: else its two threads may get one core between them.
#![expect(clippy::print_stdout, reason = "it prints its result")]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aws_secretsmanager_caching::SecretsManagerCachingClient;
use from_secrets::{FromSecrets, Live, LiveBuilder, Mapped, SecretString, part};
use from_secrets_tests::{Scripted, Vault, sdk};
use tokio::runtime::Handle;

const ROUNDS: usize = 301;
const TTL: Duration = Duration::from_hours(1);
const NAME: &str = "TOKEN";

#[derive(FromSecrets)]
struct Config {
    token: SecretString,
}

/// What is measured.
struct Readers {
    peer: SecretsManagerCachingClient,
    timed: Live<Config>,
    untimed: Live<Config>,
    mapped: Mapped<Config, SecretString, String>,
}

/// A way to read: its name in the table, how often it is called in a round, and the round.
type Read = (&'static str, u32, fn(&Readers, &Handle, u32));

const READS: [Read; 6] = [
    (
        "`aws_secretsmanager_caching`, a warm `get_secret_value`",
        5_000,
        peer,
    ),
    ("`Live::get`", 200_000, get),
    ("`Live::get` without a timer", 20_000, get_by_the_clock),
    ("`Live::current().await`", 100_000, current),
    (
        "`Live::current().await` without a timer",
        20_000,
        current_by_the_clock,
    ),
    ("`Mapped::get`", 50_000, mapped),
];

type Medians = [f64; READS.len()];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let aws = Scripted::start(Vault::new().text(NAME, "a token of forty characters, as many are"));
    let readers = readers(&aws).await;
    let handle = Handle::current();
    let measured = tokio::task::block_in_place(|| {
        let alone = alone(&readers, &handle);
        [alone, beside_another(&readers, &handle)]
    });
    assert_eq!(aws.calls().all().len(), 3, "each of them loads once");

    println!("| a call | one thread | times cheaper | two threads | times cheaper |");
    println!("|---|---|---|---|---|");
    for (i, (name, ..)) in READS.iter().enumerate() {
        let cells = measured
            .each_ref()
            .map(|nanos| format!("{:.1} ns | {:.1}", nanos[i], nanos[0] / nanos[i]));
        println!("| {name} | {} | {} |", cells[0], cells[1]);
    }
}

async fn readers(aws: &Scripted) -> Readers {
    let size = NonZeroUsize::new(10).expect("not zero");
    let peer = SecretsManagerCachingClient::new(sdk::client(&aws.endpoint()), size, TTL, false);
    let peer = peer.expect("a client");
    peer.get_secret_value(NAME, None, None, false)
        .await
        .expect("a secret");
    let live = |set: fn(LiveBuilder<Config>) -> LiveBuilder<Config>| {
        set(Live::builder().loader(aws.loader()).ttl(TTL).jitter(0.0)).load()
    };
    let timed = live(|live| live.timer(true)).await.expect("a load");
    let mapped = part!(timed, token).map(|_| "a client".to_owned());
    Readers {
        peer,
        timed,
        untimed: live(|live| live.timer(false)).await.expect("a load"),
        mapped,
    }
}

fn peer(readers: &Readers, handle: &Handle, calls: u32) {
    handle.block_on(async {
        for _ in 0..calls {
            let read = readers.peer.get_secret_value(NAME, None, None, false).await;
            black_box(read.expect("it is cached").secret_string);
        }
    });
}

fn get(readers: &Readers, _: &Handle, calls: u32) {
    for _ in 0..calls {
        black_box(&readers.timed.get().expect("it is fresh").token);
    }
}

fn get_by_the_clock(readers: &Readers, _: &Handle, calls: u32) {
    for _ in 0..calls {
        black_box(&readers.untimed.get().expect("it is fresh").token);
    }
}

fn current(readers: &Readers, handle: &Handle, calls: u32) {
    handle.block_on(async {
        for _ in 0..calls {
            black_box(&readers.timed.current().await.expect("it is fresh").token);
        }
    });
}

fn current_by_the_clock(readers: &Readers, handle: &Handle, calls: u32) {
    handle.block_on(async {
        for _ in 0..calls {
            black_box(&readers.untimed.current().await.expect("it is fresh").token);
        }
    });
}

fn mapped(readers: &Readers, _: &Handle, calls: u32) {
    for _ in 0..calls {
        black_box(readers.mapped.get().expect("it is fresh"));
    }
}

/// Nanoseconds a call, of each way to read.
fn alone(readers: &Readers, handle: &Handle) -> Medians {
    medians(readers, handle, |_| {})
}

/// The same while another thread reads in the same way, without a pause, so that it is on another core.
fn beside_another(readers: &Readers, handle: &Handle) -> Medians {
    let (wanted, under_way) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let i = wanted.load(Ordering::Relaxed);
                under_way.store(i, Ordering::Relaxed);
                READS[i].2(readers, handle, 1_000);
            }
        });
        let measured = medians(readers, handle, |i| {
            wanted.store(i, Ordering::Relaxed);
            while under_way.load(Ordering::Relaxed) != i {
                std::hint::spin_loop();
            }
        });
        is_over.store(true, Ordering::Relaxed);
        measured
    })
}

fn medians(readers: &Readers, handle: &Handle, prepare: impl Fn(usize)) -> Medians {
    let mut rounds = READS.map(|_| Vec::new());
    // The first round warms up and is not counted.
    for round in 0..=ROUNDS {
        for (i, (_, calls, read)) in READS.iter().enumerate() {
            prepare(i);
            let began = Instant::now();
            read(readers, handle, *calls);
            let took = began.elapsed();
            if round > 0 {
                rounds[i].push(took.as_secs_f64() * 1e9 / f64::from(*calls));
            }
        }
    }
    rounds.map(median)
}

fn median(mut nanos: Vec<f64>) -> f64 {
    nanos.sort_by(f64::total_cmp);
    nanos[nanos.len() / 2]
}
