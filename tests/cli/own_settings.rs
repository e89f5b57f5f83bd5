//! Sources with settings in the code of the application.

use from_secrets_tests::home::Home;
use from_secrets_tests::process::Program;
use from_secrets_tests::{FakeAws, FakeSecretsManager};

use crate::support::{assert_contains, at, bare, of, row, run};

/// Two versions of a secret, and a JSON secret.
fn start() -> FakeAws {
    let secrets = FakeSecretsManager::new().text("own/db", r#"{"password":"p-1","port":1}"#);
    secrets.put("own/TOKEN", "t-1");
    secrets.put("own/TOKEN", "t-2");
    FakeAws::start(secrets)
}

fn regions(aws: &FakeAws) -> Vec<String> {
    let mut regions: Vec<String> = aws
        .calls()
        .all()
        .into_iter()
        .map(|call| call.region)
        .collect();
    regions.sort();
    regions.dedup();
    regions
}

fn in_region(aws: &FakeAws, declaration: &str, args: &[&str]) -> Program {
    let program = at(&aws.endpoint()).env("STRUCT", declaration);
    program.args(args).args(of("own")).input("t-3")
}

#[test]
fn commands_use_region_of_source() {
    for args in [
        &["set", "token", "--yes"][..],
        &["history", "token"],
        &["rollback", "token", "--yes"],
        &["check"],
    ] {
        for (declaration, option, region) in [
            ("in_region", &[][..], "eu-west-1"),
            ("two_regions", &[], "eu-west-1"),
            ("in_region", &["--region", "us-west-2"], "us-west-2"),
            ("two_regions", &["--region", "us-west-2"], "us-west-2"),
        ] {
            if args[0] == "check" && declaration == "two_regions" {
                continue;
            }
            let aws = start();
            let args = [args, option].concat();
            let ended = in_region(&aws, declaration, &args).run();
            assert_eq!(regions(&aws), [region], "{args:?}\n{}", ended.stderr);
            let is_noted = ended.stderr.contains("this command uses the first one");
            assert_eq!(is_noted, declaration == "two_regions", "{}", ended.stderr);
        }
    }
}

#[test]
fn sources_in_environment_select_region() {
    let aws = start();
    let set = in_region(&aws, "app", &["set", "token", "--yes"]);
    let output = run(set.env("FROM_SECRETS_SOURCES", "aws@eu-west-1,env"), 0);
    row(&output.stdout, &["update", "own/TOKEN", "eu-west-1"]);
    assert_eq!(regions(&aws), ["eu-west-1"]);
    let set = in_region(&aws, "app", &["set", "token", "--yes"]);
    let output = run(set.env("FROM_SECRETS_SOURCES", "aws@eu-west-1@x"), 2);
    assert_contains(&output.stderr, &["FROM_SECRETS_SOURCES"]);
}

#[test]
fn profile_overrides_profile_of_source() {
    let (payments, platform) = (start(), start());
    let home = Home::new();
    let profile = |name: &str, aws: &FakeAws| {
        format!(
            "[profile {name}]\nregion = us-east-1\naws_access_key_id = {name}\naws_secret_access_key = b\n\
             endpoint_url = {}\n",
            aws.endpoint()
        )
    };
    let config = profile("payments", &payments) + &profile("platform", &platform);
    let config = home.write("config", &config);
    // The profile replaces a client of the application.
    let history = ["history", "token", "--profile", "platform"];
    let program = bare().env("STRUCT", "with_client").args(history);
    run(program.args(of("own")).env("AWS_CONFIG_FILE", &config), 0);
    assert_eq!(platform.calls().all().len(), 1);
    platform.calls().clear();

    let program = |args: &[&str]| {
        let program = bare().env("STRUCT", "in_profile").args(args);
        program
            .args(of("own"))
            .env("AWS_CONFIG_FILE", &config)
            .input("t-3")
    };
    run(program(&["set", "token", "--yes"]), 0);
    assert!(platform.calls().all().is_empty());
    let keys = payments
        .calls()
        .all()
        .into_iter()
        .map(|call| call.access_key);
    assert!(keys.into_iter().all(|key| key == "payments"));
    run(program(&["history", "token", "--profile", "platform"]), 0);
    assert_eq!(platform.calls().all().len(), 1);
    let diff = [
        "diff",
        "--profile",
        "platform",
        "--against-profile",
        "payments",
    ];
    let output = run(program(&diff), 1);
    row(&output.stdout, &["differs", "token"]);
    row(&output.stdout, &["same", "password"]);
}
