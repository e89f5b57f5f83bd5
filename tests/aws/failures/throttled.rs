//! Throttled batches. Their quota is a hundredth of that of single calls, so a fleet that starts at once exhausts it
//! first.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use from_secrets::FromSecrets;
use from_secrets::source::SourceErrorKind;
use from_secrets_tests::process::Program;
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager};

use from_secrets_tests::expect;
use from_secrets_tests::home::Home;
use from_secrets_tests::structs::{Pocket, pocket};

#[tokio::test]
async fn throttled_batch_falls_back_to_get() {
    let aws = FakeAws::start(pocket().when(|call| call.is_batch().then(FakeResponse::throttled)));
    let loader = aws.loader();
    for loads in 1..=2 {
        assert!(loader.load::<Pocket>().await.is_ok());
        let expected = if loads == 1 {
            "1 batch, 2 gets"
        } else {
            "2 batches, 4 gets"
        };
        assert_eq!(aws.tally(), expected);
    }
}

/// A quota of `rate` requests in a second, and as many at once.
struct Quota {
    rate: f64,
    left: Mutex<(f64, Instant)>,
}

impl Quota {
    fn of(rate: f64) -> Self {
        Self {
            rate,
            left: Mutex::new((rate, Instant::now())),
        }
    }

    fn allows(&self) -> bool {
        let mut left = self.left.lock().unwrap();
        let now = Instant::now();
        let regained = now.duration_since(left.1).as_secs_f64() * self.rate;
        *left = ((left.0 + regained).min(self.rate), now);
        let allows = left.0 >= 1.0;
        left.0 -= f64::from(allows);
        allows
    }
}

/// Returns secrets with a tenth of the quotas of AWS.
fn with_quotas(secrets: FakeSecretsManager) -> FakeSecretsManager {
    let (batches, gets) = (Quota::of(10.0), Quota::of(1000.0));
    secrets.when(move |call| {
        let quota = if call.is_batch() { &batches } else { &gets };
        (!quota.allows()).then(FakeResponse::throttled)
    })
}

#[test]
fn fleet_of_processes_starts_at_once() {
    const FLEET: usize = 100;
    let aws = FakeAws::start(with_quotas(pocket()));
    let (home, began) = (Home::new(), Instant::now());
    let failed: usize = std::thread::scope(|scope| {
        let start = || {
            let program = Program::at(env!("CARGO_BIN_EXE_load"))
                .arg("once")
                .env("HOME", home.path())
                .env("AWS_ACCESS_KEY_ID", "AKID")
                .env("AWS_SECRET_ACCESS_KEY", "key")
                .env("AWS_REGION", "us-east-1")
                .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint());
            usize::from(!program.run().success)
        };
        let fleet: Vec<_> = (0..FLEET).map(|_| scope.spawn(start)).collect();
        fleet
            .into_iter()
            .map(|process| process.join().unwrap())
            .sum()
    });
    assert_eq!(failed, 0, "of {FLEET} within {:?}", began.elapsed());
}

/// Two secrets in each of two regions.
#[derive(Debug, FromSecrets)]
#[expect(dead_code, reason = "only the requests matter")]
struct TwoRegions {
    a: Option<String>,
    b: Option<String>,
    #[secret(
        name = "arn:aws:secretsmanager:eu-south-1:123456789012:secret:C-AbCdEf",
        env = "C"
    )]
    c: Option<String>,
    #[secret(
        name = "arn:aws:secretsmanager:eu-south-1:123456789012:secret:D-AbCdEf",
        env = "D"
    )]
    d: Option<String>,
}

#[tokio::test]
async fn rejection_of_a_region_leaves_others() {
    let secrets = FakeSecretsManager::new().text("A", "a").text("B", "b");
    let aws = FakeAws::start(secrets.when(|call| {
        (call.region == "eu-south-1").then(|| {
            FakeResponse::error(
                "UnrecognizedClientException",
                "The security token is invalid.",
            )
        })
    }));
    let loader = aws.loader();
    for _ in 0..2 {
        let error = loader.load::<TwoRegions>().await.unwrap_err();
        assert_eq!(expect::failed(&error), ["c", "d"]);
        expect::failure(&error, "c", SourceErrorKind::Credentials);
    }
    assert_eq!(aws.tally(), "4 batches, 0 gets");
}

#[tokio::test]
async fn denied_region_batch_keeps_other_batches() {
    let secrets = FakeSecretsManager::new().text("A", "a").text("B", "b");
    let aws = FakeAws::start(secrets.when(|call| {
        (call.is_batch() && call.region == "eu-south-1").then(FakeResponse::batch_denied)
    }));
    let loader = aws.loader();
    for _ in 0..2 {
        assert!(loader.load::<TwoRegions>().await.is_ok());
    }
    let calls = aws.calls().all();
    let batches = |region: &str| {
        calls
            .iter()
            .filter(|call| call.is_batch() && call.region == region)
            .count()
    };
    assert_eq!((batches("us-east-1"), batches("eu-south-1")), (2, 1));
}

#[tokio::test]
async fn throttled_batch_costs_no_backoff() {
    let aws = FakeAws::start(pocket().when(|call| call.is_batch().then(FakeResponse::throttled)));
    let config = from_secrets_tests::sdk::config(&aws.endpoint());
    let retry =
        aws_config::retry::RetryConfig::standard().with_initial_backoff(Duration::from_mins(1));
    let config = config.into_builder().retry_config(retry).build();
    let loader = from_secrets::Loader::new().sdk_config(&config);
    assert!(loader.load::<Pocket>().await.is_ok());
    assert_eq!(aws.tally(), "1 batch, 2 gets");
}
