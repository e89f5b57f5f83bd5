//! Loads with the default loader, which share the clients of the process.

use std::process::Command;
use std::time::Duration;

use from_secrets::FromSecrets;
use from_secrets_tests::network_faults::{FaultPlan, FaultyProxy};
use from_secrets_tests::{FakeAws, Random};

use crate::configs::{Judged, Middle, judge};
use crate::dropping::dropped_after;
use crate::rotating::Rotating;

/// The child process of the test below: the same program with its own environment.
const CHILD: &str = "FROM_SECRETS_TESTS_CHILD";
const NAME: &str = "default::later_default_loads_survive_drops";

#[test]
fn later_default_loads_survive_drops() {
    if std::env::var_os(CHILD).is_some() {
        return drop_loads();
    }
    let secrets = Rotating::new(Middle::SECRETS, 0);
    let server = FakeAws::start(secrets);
    let proxy = FaultyProxy::before(&server.endpoint(), FaultPlan::clear());
    let program = std::env::current_exe().expect("a test is a program");
    let child = Command::new(program)
        .args(["--exact", NAME, "--nocapture"])
        .env_clear()
        .env(CHILD, "1")
        .envs([
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ])
        .env("AWS_ENDPOINT_URL", proxy.endpoint())
        .output()
        .expect("the program starts again");
    let reported = String::from_utf8_lossy(&child.stderr).into_owned()
        + &String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{reported}");
}

fn drop_loads() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut random = Random::new(1);
        for _ in 0..100 {
            dropped_after(random.below(40), Middle::load()).await;
        }
        let most = open_files();
        for _ in 0..100 {
            dropped_after(random.below(40), Middle::load()).await;
        }
        assert!(Middle::load().await.is_ok(), "a later load failed");
        // Abandoned connections are closed soon.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let open = open_files();
        assert!(
            open <= most + 5,
            "{open} files are open, after at most {most}"
        );
    });
    assert!(
        Middle::load_blocking().is_ok(),
        "a load on another runtime failed"
    );
}

/// Returns the number of open files, or 0 if the system does not report it.
fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Checks the values too, because the secrets are known here.
#[tokio::test]
async fn loads_from_scripted_server_are_right() {
    let secrets = Rotating::new(Middle::SECRETS, 0);
    let server = FakeAws::start(secrets.clone());
    let result = server.loader().load::<Middle>().await;
    judge(
        &result.unwrap_or_else(|error| panic!("{error:#}")),
        &secrets,
    );
}
