//! A program that loads two secrets. Its argument selects the kind of load.
//!
//! It writes the values or the details of the error, and the servers that its HTTP client connected to.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the test reads its output"
)]

use std::process::ExitCode;
use std::time::Duration;

use from_secrets::source::SecretsManager;
use from_secrets::{Error, ExposeSecret, FromSecrets, Loader, SecretString};
use from_secrets_tests::logs;
use tokio::runtime::{Builder, Runtime};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
struct Pocket {
    key: SecretString,
    token: SecretString,
}

#[derive(FromSecrets)]
#[secrets(prefix = "{POCKET_STAGE}/", env_prefix = "POCKET_", debug)]
struct Staged {
    key: SecretString,
    token: SecretString,
}

fn main() -> ExitCode {
    if std::env::var_os("WRITE_EVERYTHING").is_some() {
        logs::write_everything();
    } else {
        logs::announce_connections();
    }
    let how = std::env::args().nth(1).unwrap_or_default();
    match run(&how) {
        Ok(loaded) => {
            for pocket in loaded {
                println!(
                    "{} {}",
                    pocket.key.expose_secret(),
                    pocket.token.expose_secret()
                );
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(how: &str) -> Result<Vec<Pocket>, Error> {
    match how {
        "once" => Ok(vec![current_thread().block_on(Pocket::load())?]),
        "twice" => current_thread()
            .block_on(async { Ok(vec![Pocket::load().await?, Pocket::load().await?]) }),
        "within-a-second" => Ok(vec![current_thread().block_on(hurried().load())?]),
        "within-a-second-on-two-threads" => Ok(vec![multi_thread().block_on(hurried().load())?]),
        "blocking-within-a-second" => Ok(vec![hurried().load_blocking()?]),
        "without-io" => Ok(vec![without_io().block_on(Pocket::load())?]),
        "twenty-at-once" => multi_thread().block_on(twenty_at_once()),
        "renewed" => current_thread().block_on(renewed()),
        "placeholder" => {
            let Staged { key, token } = current_thread().block_on(Staged::load())?;
            Ok(vec![Pocket { key, token }])
        }
        "with-a-default-region" => {
            let loader = Loader::new().default_region("us-west-2");
            Ok(vec![current_thread().block_on(loader.load())?])
        }
        "with-a-profile" => {
            let source = SecretsManager::new().profile(variable("PROFILE_IN_CODE"));
            let loader = Loader::new().source(source);
            Ok(vec![current_thread().block_on(loader.load())?])
        }
        "with-a-role" => {
            let source = SecretsManager::new().assume_role(variable("ROLE_IN_CODE"));
            let loader = Loader::new().source(source.external_id("tenant-7"));
            Ok(vec![current_thread().block_on(loader.load())?])
        }
        "at-once" => multi_thread().block_on(async {
            let (one, other) =
                tokio::join!(tokio::spawn(Pocket::load()), tokio::spawn(Pocket::load()));
            Ok(vec![one.expect("no panic")?, other.expect("no panic")?])
        }),
        "in-one-runtime-after-the-other" => {
            let first = multi_thread().block_on(Pocket::load())?;
            Ok(vec![first, multi_thread().block_on(Pocket::load())?])
        }
        "blocking" => blocking(),
        "blocking-in-a-current-thread-runtime" => current_thread().block_on(async { blocking() }),
        "blocking-in-a-multi-thread-runtime" => multi_thread().block_on(async { blocking() }),
        "async-and-then-blocking-in-a-current-thread-runtime" => current_thread()
            .block_on(async { Ok(vec![Pocket::load().await?, Pocket::load_blocking()?]) }),
        "async-and-then-blocking-in-a-multi-thread-runtime" => multi_thread().block_on(async {
            let both = async { Ok(vec![Pocket::load().await?, Pocket::load_blocking()?]) };
            tokio::spawn(both).await.expect("no panic")
        }),
        "in-many-runtimes-at-once" => in_many_runtimes(),
        other => panic!("no way to load is called `{other}`"),
    }
}

/// Sets a short timeout, so that a test of a blocked load is short.
fn hurried() -> Loader {
    Loader::new().timeout(Duration::from_secs(1))
}

async fn twenty_at_once() -> Result<Vec<Pocket>, Error> {
    let loads: Vec<_> = (0..20).map(|_| tokio::spawn(Pocket::load())).collect();
    let mut loaded = Vec::new();
    for load in loads {
        loaded.push(load.await.expect("no panic"));
    }
    loaded.into_iter().take(1).collect()
}

/// Loads, puts the file `RENEWED` in place of the file `EXPIRED`, and loads again.
async fn renewed() -> Result<Vec<Pocket>, Error> {
    if let Err(error) = Pocket::load().await {
        eprintln!("AT FIRST: {error:#}");
    }
    let path = |name| std::env::var_os(name).expect("a path");
    std::fs::rename(path("RENEWED"), path("EXPIRED")).expect("a file");
    Ok(vec![Pocket::load().await?])
}

fn variable(name: &str) -> String {
    std::env::var(name).expect("a setting of the test")
}

/// Blocks the thread, though it may drive a runtime.
fn blocking() -> Result<Vec<Pocket>, Error> {
    Ok(vec![Pocket::load_blocking()?, Pocket::load_blocking()?])
}

/// Threads that each build a runtime, load, and end it, again and again.
fn in_many_runtimes() -> Result<Vec<Pocket>, Error> {
    let load = || {
        (0..20)
            .map(|_| current_thread().block_on(Pocket::load()))
            .collect()
    };
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(load)).collect();
    let loaded: Result<Vec<Vec<Pocket>>, Error> = threads
        .into_iter()
        .map(|thread| thread.join().expect("no panic"))
        .collect();
    Ok(loaded?.into_iter().flatten().take(1).collect())
}

fn current_thread() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn without_io() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}
