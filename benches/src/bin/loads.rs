//! Loads of all sizes by all contenders in one process: time, requests and allocations, as one line of JSON each.
//!
//! The contenders run alternately, so that load on the machine affects all of them. The figures are medians.

use std::time::{Duration, Instant};

use from_secrets_benches::{
    Batch, Caching, Concurrent, Contender, Declared, Expert, Limit, SecretVault, Secretspec,
    Sequential, Wanted, median, requests,
};
use serde_json::json;

/// The maximum and the minimum number of rounds.
const ROUNDS: std::ops::RangeInclusive<usize> = 3..=25;

/// The time limit for the rounds of one size.
const PATIENCE: Duration = Duration::from_secs(6);

type Contenders = Vec<(&'static str, Box<dyn Contender>)>;

#[derive(Default)]
struct Measured {
    seconds: Vec<f64>,
    requests: Vec<f64>,
    allocations: Vec<f64>,
    bytes: Vec<f64>,
}

fn main() {
    for wanted in Wanted::ALL {
        let mut contenders = contenders(&wanted);
        let mut measured: Vec<_> = contenders.iter().map(|_| Measured::default()).collect();
        let began = Instant::now();
        for round in 0..=*ROUNDS.end() {
            for ((name, contender), measured) in contenders.iter_mut().zip(&mut measured) {
                // The first round opens connections and is ignored.
                let measured = (round > 0).then_some(measured);
                load(name, contender.as_mut(), &wanted, measured);
            }
            if round >= *ROUNDS.start() && began.elapsed() > PATIENCE {
                break;
            }
        }
        for ((name, _), measured) in contenders.iter().zip(measured) {
            report(name, &wanted, measured);
        }
    }
}

fn contenders(wanted: &Wanted) -> Contenders {
    vec![
        ("sequential", Box::new(Sequential::new(wanted))),
        ("concurrent", Box::new(Concurrent::new(wanted))),
        ("batch", Box::new(Batch::new(wanted))),
        ("expert", Box::new(Expert::new(wanted))),
        ("limit", Box::new(Limit::new(wanted))),
        ("caching", Box::new(Caching::new(wanted))),
        ("secretspec", Box::new(Secretspec::new(wanted))),
        ("secret-vault", Box::new(SecretVault::new(wanted))),
        ("declared", Box::new(Declared::new(wanted))),
    ]
}

fn load(
    name: &str,
    contender: &mut dyn Contender,
    wanted: &Wanted,
    measured: Option<&mut Measured>,
) {
    let before = requests();
    let (mut total, mut took) = (0, Duration::ZERO);
    let allocated = allocation_counter::measure(|| {
        let began = Instant::now();
        total = contender.load();
        took = began.elapsed();
    });
    assert_eq!(total, wanted.total(), "{name} loads all values");
    if let Some(measured) = measured {
        measured.seconds.push(took.as_secs_f64());
        measured.requests.push((requests() - before) as f64);
        measured.allocations.push(allocated.count_total as f64);
        measured.bytes.push(allocated.bytes_total as f64);
    }
}

fn report(name: &str, wanted: &Wanted, measured: Measured) {
    let wanted = match wanted {
        Wanted::Secrets(count) => count.to_string(),
        Wanted::Json => "json".to_owned(),
    };
    let line = json!({
        "contender": name,
        "wanted": wanted,
        "rounds": measured.seconds.len(),
        "seconds": median(measured.seconds),
        "requests": median(measured.requests),
        "allocations": median(measured.allocations),
        "bytes": median(measured.bytes),
    });
    println!("{line}");
}
