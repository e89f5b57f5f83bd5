//! The time of warm reads and refreshes in one process, as one line of JSON each.
//!
//! The figures are medians of short alternating rounds, which are rarely interrupted by other programs. On a busy
//! machine, run it with priority (`chrt -r 1`), so that its two threads have a core each.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use from_secrets::live::{Derived, LiveBuilder};
use from_secrets::{FromSecrets, Live, project};
use from_secrets_benches::{Caching, Contender, One, SecretVault, Ten, Wanted, median};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use tokio::runtime::{Handle, Runtime};

const ROUNDS: usize = 301;
const REFRESHES: usize = 25;
const TTL: Duration = Duration::from_hours(1);

/// The measured readers.
struct Readers {
    handle: Handle,
    caching: Caching,
    secret_vault: SecretVault,
    timed: Live<One>,
    untimed: Live<One>,
    derived: Derived<String>,
    swap: ArcSwap<One>,
}

/// A kind of read: its name, the number of calls in a round, and the round.
type Read = (&'static str, u32, fn(&Readers, u32));

const READS: [Read; 8] = [
    ("`aws_secretsmanager_caching`, warm", 5_000, caching),
    ("`secret-vault`, warm", 5_000, secret_vault),
    ("`Live::get`", 200_000, get),
    (
        "`Live::get` without background refresh",
        20_000,
        get_by_the_clock,
    ),
    ("`Live::get_fresh().await`", 100_000, get_fresh),
    (
        "`Live::get_fresh().await` without background refresh",
        20_000,
        get_fresh_by_the_clock,
    ),
    ("`Derived::get`", 50_000, derived),
    (
        "`ArcSwap::load` and a reading of the coarse clock",
        200_000,
        swap_and_clock,
    ),
];

type Medians = [f64; READS.len()];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    refreshes(&runtime);
    let readers = readers(&runtime);
    let (one, two) = (alone(&readers), beside_another(&readers));
    for (i, (name, ..)) in READS.iter().enumerate() {
        println!(
            "{}",
            json!({ "read": name, "nanoseconds": one[i], "beside_another": two[i] })
        );
    }
}

fn readers(runtime: &Runtime) -> Readers {
    let wanted = Wanted::Secrets(1);
    let (mut caching, mut secret_vault) = (Caching::new(&wanted), SecretVault::new(&wanted));
    caching.load();
    secret_vault.load();
    let live = |set: fn(LiveBuilder<One>) -> LiveBuilder<One>| {
        let loading = set(Live::builder().ttl(TTL).jitter(0.0)).load();
        runtime.block_on(loading).expect("a load")
    };
    let timed = live(|live| live.background_refresh(true));
    let derived = project!(timed, a).map(|_| "a client".to_owned());
    let untimed = live(|live| live.background_refresh(false));
    let value = runtime.block_on(One::load()).expect("a load");
    Readers {
        handle: runtime.handle().clone(),
        caching,
        secret_vault,
        timed,
        untimed,
        derived,
        swap: ArcSwap::from_pointee(value),
    }
}

fn caching(readers: &Readers, calls: u32) {
    let (_, name) = readers.caching.parts();
    readers.handle.block_on(async {
        for _ in 0..calls {
            black_box(readers.caching.read(name, false).await);
        }
    });
}

fn secret_vault(readers: &Readers, calls: u32) {
    let (_, reference) = readers.secret_vault.parts();
    readers.handle.block_on(async {
        for _ in 0..calls {
            black_box(readers.secret_vault.read(reference, str::len).await);
        }
    });
}

fn get(readers: &Readers, calls: u32) {
    for _ in 0..calls {
        black_box(&readers.timed.get().expect("a fresh struct").a);
    }
}

fn get_by_the_clock(readers: &Readers, calls: u32) {
    for _ in 0..calls {
        black_box(&readers.untimed.get().expect("a fresh struct").a);
    }
}

fn get_fresh(readers: &Readers, calls: u32) {
    readers.handle.block_on(async {
        for _ in 0..calls {
            black_box(&readers.timed.get_fresh().await.expect("a fresh struct").a);
        }
    });
}

fn get_fresh_by_the_clock(readers: &Readers, calls: u32) {
    readers.handle.block_on(async {
        for _ in 0..calls {
            black_box(&readers.untimed.get_fresh().await.expect("a fresh struct").a);
        }
    });
}

fn derived(readers: &Readers, calls: u32) {
    for _ in 0..calls {
        black_box(readers.derived.get().expect("a fresh struct"));
    }
}

/// A struct that other threads can replace, and a bound for its age, need these two reads.
fn swap_and_clock(readers: &Readers, calls: u32) {
    for _ in 0..calls {
        black_box(clock_gettime(ClockId::MonotonicCoarse).tv_nsec);
        black_box(&readers.swap.load().a);
    }
}

/// Returns the nanoseconds per call for each kind of read.
fn alone(readers: &Readers) -> Medians {
    medians(readers, |_| {})
}

/// Returns the nanoseconds per call while another thread reads continuously on another core.
fn beside_another(readers: &Readers) -> Medians {
    let (wanted, under_way) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let i = wanted.load(Ordering::Relaxed);
                under_way.store(i, Ordering::Relaxed);
                READS[i].2(readers, 1_000);
            }
        });
        let measured = medians(readers, |i| {
            wanted.store(i, Ordering::Relaxed);
            while under_way.load(Ordering::Relaxed) != i {
                std::hint::spin_loop();
            }
        });
        is_over.store(true, Ordering::Relaxed);
        measured
    })
}

fn medians(readers: &Readers, prepare: impl Fn(usize)) -> Medians {
    let mut rounds = READS.map(|_| Vec::new());
    // The first round is a warm-up.
    for round in 0..=ROUNDS {
        for (i, (_, calls, read)) in READS.iter().enumerate() {
            prepare(i);
            let began = Instant::now();
            read(readers, *calls);
            let took = began.elapsed();
            if round > 0 {
                rounds[i].push(took.as_secs_f64() * 1e9 / f64::from(*calls));
            }
        }
    }
    rounds.map(median)
}

/// Refreshes ten secrets repeatedly.
fn refreshes(runtime: &Runtime) {
    let wanted = Wanted::Secrets(10);
    let (mut caching, mut secret_vault) = (Caching::new(&wanted), SecretVault::new(&wanted));
    let live = Live::<Ten>::builder()
        .background_refresh(false)
        .min_refresh_interval(Duration::from_nanos(1))
        .load();
    let live = runtime.block_on(live).expect("a load");
    let mut ways: [(&str, Box<dyn FnMut()>); 3] = [
        (
            "`aws_secretsmanager_caching`, forced refresh",
            Box::new(|| assert_eq!(caching.load(), wanted.total())),
        ),
        (
            "`secret-vault`, `refresh`",
            Box::new(|| assert_eq!(secret_vault.load(), wanted.total())),
        ),
        (
            "`Live::refresh`",
            Box::new(|| {
                runtime.block_on(live.refresh()).expect("a refresh");
            }),
        ),
    ];
    let mut seconds = [const { Vec::new() }; 3];
    for round in 0..=REFRESHES {
        for ((_, refresh), seconds) in ways.iter_mut().zip(&mut seconds) {
            let began = Instant::now();
            refresh();
            if round > 0 {
                seconds.push(began.elapsed().as_secs_f64());
            }
        }
    }
    for ((name, _), seconds) in ways.iter().zip(seconds) {
        println!("{}", json!({ "refresh": name, "seconds": median(seconds) }));
    }
}
