//! Credentials, region and endpoint as boto3 and the bare SDK resolve them from the same variables and files: the
//! library uses the same, or there is a documented difference.
//!
//! `FROM_SECRETS_SEEDS=5000` compares that many homes, `FROM_SECRETS_SEED=4711` one alone.

mod differences;
mod homes;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use from_secrets_tests::home::Home;
use from_secrets_tests::process::Program;
use from_secrets_tests::sdk::assumed_role;
use from_secrets_tests::tool::run_python;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, ForwardProxy, seeds};
use serde_json::{Value, json};

use differences::{Client, DIFFERENCES};
use homes::{Draft, HOME, SERVER};

/// The number of homes, unless `FROM_SECRETS_SEEDS` is set.
const COUNT: u64 = 300;

/// What a client uses, or why it sends no request.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Used {
        /// `None` for a request that was not read: those to AWS itself.
        key: Option<String>,
        region: String,
        /// The setting that the endpoint is from, or `aws`.
        endpoint: String,
    },
    Refused(String),
}

impl Outcome {
    fn used(key: Option<&str>, region: &str, url: &str) -> Self {
        let is_local = url.contains("//127.0.0.1:");
        let label = url.trim_end_matches('/').rsplit('/').next();
        let label = label.filter(|_| is_local).unwrap_or("aws");
        Self::Used {
            key: key.map(str::to_owned),
            region: region.to_owned(),
            endpoint: label.to_owned(),
        }
    }

    /// Reads the result of boto3 or of the bare SDK.
    fn read(result: &Value) -> Self {
        let text = |name: &str| result[name].as_str();
        match text("refused") {
            Some(reason) => Self::Refused(reason.to_owned()),
            None => Self::used(
                text("key"),
                text("region").unwrap_or_default(),
                text("endpoint").unwrap_or_default(),
            ),
        }
    }

    fn is_refused_with(&self, reason: &str) -> bool {
        matches!(self, Self::Refused(own) if own == reason)
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Used { endpoint, .. } => Some(endpoint),
            Self::Refused(_) => None,
        }
    }

    fn region(&self) -> Option<&str> {
        match self {
            Self::Used { region, .. } => Some(region),
            Self::Refused(_) => None,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Refused(_), Self::Refused(_)) => true,
            (
                Self::Used {
                    key,
                    region,
                    endpoint,
                },
                Self::Used {
                    key: other_key,
                    region: other_region,
                    endpoint: other_endpoint,
                },
            ) => {
                (key.is_none() || key == other_key)
                    && region == other_region
                    && endpoint == other_endpoint
            }
            _ => false,
        }
    }
}

/// One home, and what each client makes of it.
struct Case {
    seed: u64,
    draft: Draft,
    ours: Outcome,
    boto3: Outcome,
    sdk: Outcome,
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "the number of homes and the count of each difference are results"
)]
fn settings_match_other_clients() {
    let cases = cases(&seeds::selected(COUNT));
    let mut found = vec![0; DIFFERENCES.len()];
    let mut undocumented = String::new();
    for case in &cases {
        for (client, theirs) in [(Client::Boto3, &case.boto3), (Client::Sdk, &case.sdk)] {
            if case.ours.is_same(theirs) {
                continue;
            }
            let mut known = DIFFERENCES.iter();
            let known = known.position(|known| known.explains(client, case, theirs));
            match known {
                Some(difference) => found[difference] += 1,
                None => {
                    let _ = writeln!(
                        undocumented,
                        "seed {} (to run it alone: FROM_SECRETS_SEED={}):\n  here:  {:?}\n  {client:?}: {theirs:?}\n{}",
                        case.seed, case.seed, case.ours, case.draft
                    );
                }
            }
        }
    }
    println!("{} homes", cases.len());
    for (difference, count) in DIFFERENCES.iter().zip(&found) {
        println!("{count:5} {:?}: {}", difference.from, difference.what);
    }
    assert!(
        undocumented.is_empty(),
        "undocumented differences:\n{undocumented}"
    );
    let used = cases.iter().filter(|case| case.ours.region().is_some());
    let is_small = cases.len() < 100;
    assert!(
        is_small || used.count() > cases.len() / 4,
        "few homes have credentials"
    );
    for (difference, count) in DIFFERENCES.iter().zip(&found) {
        assert!(
            cases.len() < 10_000 || *count > 0,
            "no home has this difference: {}",
            difference.what
        );
    }
}

fn cases(seeds: &[u64]) -> Vec<Case> {
    let secrets = FakeSecretsManager::new()
        .text("POCKET_KEY", "the key")
        .text("POCKET_TOKEN", "the token");
    let aws = FakeAws::start(secrets.when(sts));
    let proxy = ForwardProxy::start_refusing(&aws.endpoint());
    let homes: Vec<(u64, Draft, Home)> = seeds
        .iter()
        .map(|seed| (*seed, Draft::new(*seed), Home::new()))
        .collect();
    let environments: Vec<BTreeMap<String, String>> = homes
        .iter()
        .map(|(seed, draft, home)| write(*seed, draft, home, &aws, &proxy))
        .collect();
    let boto3 = run_python("clients", "settings.py", &json!(environments).to_string());
    assert!(boto3.success, "{}", boto3.output);
    let boto3: Vec<Value> = serde_json::from_str(&boto3.output).unwrap();
    let printed = run_all(&environments);
    let calls = calls(&aws);
    let cases = homes.into_iter().zip(boto3).zip(printed);
    cases
        .map(|(((seed, draft, _), boto3), [sdk, library])| Case {
            seed,
            draft,
            ours: of_library(&library, calls.get(&seed.to_string())),
            boto3: Outcome::read(&boto3),
            sdk: Outcome::read(&sdk),
        })
        .collect()
}

fn sts(call: &Call) -> Option<FakeResponse> {
    let is_sts = call.operation.starts_with("AssumeRole");
    let body = || assumed_role(&call.operation, &format!("R{}", call.access_key));
    is_sts.then(|| FakeResponse::raw(200, body()))
}

/// Writes the files of a home, and returns the variables of its processes.
fn write(
    seed: u64,
    draft: &Draft,
    home: &Home,
    aws: &FakeAws,
    proxy: &ForwardProxy,
) -> BTreeMap<String, String> {
    let server = format!("{}/{seed}", aws.endpoint());
    let path = home.path().to_str().unwrap();
    let replaced = |text: &str| text.replace(HOME, path).replace(SERVER, &server);
    for (file, text) in &draft.files {
        home.write(file, &replaced(text));
    }
    let common = [
        ("HOME", path.to_owned()),
        ("PATH", std::env::var("PATH").unwrap_or_default()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("AWS_MAX_ATTEMPTS", "1".to_owned()),
        ("AWS_ENDPOINT_URL_STS", format!("{server}/sts")),
        // No request leaves this machine.
        ("HTTPS_PROXY", proxy.url()),
        ("POCKET_KEY", "old".to_owned()),
        ("POCKET_TOKEN", "values".to_owned()),
    ];
    let own = draft.variables.iter();
    let own = own.map(|(name, value)| (*name, replaced(value)));
    let all = common.into_iter().chain(own);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Runs the program in each environment. It writes the result of the bare SDK, and of the library.
fn run_all(environments: &[BTreeMap<String, String>]) -> Vec<[Value; 2]> {
    let printed: Vec<_> = environments.iter().map(|_| Mutex::new(None)).collect();
    let next = Mutex::new(environments.iter().zip(&printed));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some((environment, slot)) = next.lock().unwrap().next() else {
                        return;
                    };
                    *slot.lock().unwrap() = Some(run(environment));
                }
            });
        }
    });
    let printed = printed.into_iter();
    printed
        .map(|slot| slot.into_inner().unwrap().unwrap())
        .collect()
}

fn run(environment: &BTreeMap<String, String>) -> [Value; 2] {
    let program = Program::at(env!("CARGO_BIN_EXE_aws_settings"));
    let program = environment
        .iter()
        .fold(program, |program, (name, value)| program.env(name, value));
    let ended = program.run();
    let mut lines = ended.stdout.lines().map(serde_json::from_str);
    [(); 2].map(|()| match lines.next() {
        Some(Ok(line)) => line,
        _ => panic!("{}\n{}", ended.stdout, ended.stderr),
    })
}

/// Returns the first request to Secrets Manager of each home: the paths begin with the seeds.
fn calls(aws: &FakeAws) -> BTreeMap<String, Call> {
    let mut first = BTreeMap::new();
    for call in aws.calls().all() {
        let seed = call.path.split('/').nth(1).unwrap_or_default().to_owned();
        if call.is_batch() || call.is_get() {
            first.entry(seed).or_insert(call);
        }
    }
    first
}

fn of_library(printed: &Value, call: Option<&Call>) -> Outcome {
    if let Some(call) = call {
        let url = format!("http://127.0.0.1:0{}", call.path);
        return Outcome::used(Some(&call.access_key), &call.region, &url);
    }
    let Some(error) = printed["error"].as_str() else {
        return Outcome::Refused(format!("fallback to {}", printed["loaded"]));
    };
    let host = error.split("https://secretsmanager.").nth(1);
    match host.and_then(|host| host.split_once(".amazonaws.com")) {
        Some((region, _)) => Outcome::used(None, region, "https://aws"),
        None => Outcome::Refused(error.lines().take(4).collect::<Vec<_>>().join(" | ")),
    }
}
