//! How a load of ten secrets compares with what one would write by hand on the SDK, at 20 ms a request.
//!
//! Ratios of medians of runs that take turns, with warm clients, because absolute times drift from machine to machine.
//! Build it with `--release`.
#![expect(clippy::print_stdout, reason = "it prints its result")]

use std::time::{Duration, Instant};

use aws_sdk_secretsmanager::Client;
use from_secrets::{Environment, FromSecrets, Loader};
use from_secrets_tests::{Scripted, Vault, sdk};

const LATENCY: Duration = Duration::from_millis(20);
const RUNS: usize = 20;
const NAMES: [&str; 10] = [
    "TEN_A", "TEN_B", "TEN_C", "TEN_D", "TEN_E", "TEN_F", "TEN_G", "TEN_H", "TEN_I", "TEN_J",
];

#[derive(FromSecrets)]
#[secrets(prefix = "TEN_")]
struct Ten {
    a: String,
    b: String,
    c: String,
    d: String,
    e: String,
    f: String,
    g: String,
    h: String,
    i: String,
    j: String,
}

impl Ten {
    fn into_values(self) -> Vec<String> {
        vec![
            self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h, self.i, self.j,
        ]
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let vault = NAMES
        .iter()
        .fold(Vault::new(), |vault, name| vault.text(name, *name));
    let aws = Scripted::start(vault.latency(LATENCY));
    let client = sdk::client(&aws.endpoint());
    let loader = Loader::new()
        .environment(Environment::from_vars::<&str, &str>([]))
        .client(sdk::client(&aws.endpoint()));

    let (mut one_by_one, mut by_hand, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    // The first round opens the connections and is not counted.
    for round in 0..=RUNS {
        let taken = [
            timed(sequential(&client)).await,
            timed(batch(&client)).await,
            timed(async { loader.load::<Ten>().await.expect("a load").into_values() }).await,
        ];
        if round > 0 {
            one_by_one.push(taken[0]);
            by_hand.push(taken[1]);
            ours.push(taken[2]);
        }
    }
    let (one_by_one, by_hand, ours) = (median(one_by_one), median(by_hand), median(ours));
    println!("one by one on the SDK: {one_by_one:.2?}");
    println!("a batch by hand:       {by_hand:.2?}");
    println!("from-secrets:          {ours:.2?}");
    println!(
        "against one by one:    {:.2} times faster",
        one_by_one.as_secs_f64() / ours.as_secs_f64()
    );
    println!(
        "against the batch:     {:+.2} %",
        (ours.as_secs_f64() / by_hand.as_secs_f64() - 1.0) * 100.0
    );
}

async fn timed(load: impl Future<Output = Vec<String>>) -> Duration {
    let began = Instant::now();
    let values = load.await;
    let took = began.elapsed();
    assert_eq!(values, NAMES);
    took
}

async fn sequential(client: &Client) -> Vec<String> {
    let mut values = Vec::new();
    for name in NAMES {
        let output = client
            .get_secret_value()
            .secret_id(name)
            .send()
            .await
            .expect("a secret");
        values.push(output.secret_string.expect("text"));
    }
    values
}

async fn batch(client: &Client) -> Vec<String> {
    let ids = NAMES.map(str::to_owned).to_vec();
    let output = client
        .batch_get_secret_value()
        .set_secret_id_list(Some(ids))
        .send()
        .await
        .expect("a batch");
    let entries = output.secret_values.unwrap_or_default();
    let value = |name: &str| {
        entries
            .iter()
            .find(|entry| entry.name() == Some(name))
            .and_then(|entry| entry.secret_string())
    };
    NAMES
        .iter()
        .map(|name| value(name).expect("text").to_owned())
        .collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
