//! Credentials that AWS rejects, that change on disk, and that concurrent loads wait for.

use std::time::Duration;

use from_secrets_tests::FakeAws;
use from_secrets_tests::unavailable_server::Refusal;

use super::{Variables, assert_failed, assert_loaded, aws, program, variables};
use from_secrets_tests::home::Home;

fn endpoint_of(aws: &FakeAws) -> Variables {
    variables([
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint()),
    ])
}

/// Asserts that the first load is rejected, and that the second one uses the renewed credentials on disk.
#[track_caller]
fn assert_renewed(home: &Home, aws: &FakeAws, expired: &str, renewed: &str) {
    let mut set = endpoint_of(aws);
    for (name, file) in [("EXPIRED", expired), ("RENEWED", renewed)] {
        set.push((name.to_owned(), home.path().join(file).into()));
    }
    let ended = program("renewed", home, &set).run();
    assert!(ended.stderr.contains("AT FIRST"), "{}", ended.stderr);
    assert_loaded(&ended);
}

#[test]
fn renewed_credentials_file_is_read_again() {
    let (aws, home) = (aws(), Home::new());
    let file =
        |key: &str| format!("[default]\naws_access_key_id = {key}\naws_secret_access_key = key\n");
    home.write(".aws/credentials", &file("REJECTED"));
    home.write("renewed", &file("AKID"));
    assert_renewed(&home, &aws, ".aws/credentials", "renewed");
}

#[test]
fn credential_process_is_run_again() {
    let (aws, home) = (aws(), Home::new());
    let keys =
        |key: &str| format!(r#"{{"Version":1,"AccessKeyId":"{key}","SecretAccessKey":"key"}}"#);
    let output = home.write("keys.json", &keys("REJECTED"));
    home.write("renewed", &keys("AKID"));
    home.write(
        ".aws/config",
        &format!("[default]\ncredential_process = cat {}\n", output.display()),
    );
    assert_renewed(&home, &aws, "keys.json", "renewed");
}

#[test]
fn locally_expired_credentials_are_sent() {
    let (aws, home) = (aws(), Home::new());
    let keys = r#"{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"key","SessionToken":"t","Expiration":"2001-01-01T00:00:00Z"}"#;
    let output = home.write("keys.json", keys);
    let log = home.path().join("log");
    home.write(
        ".aws/config",
        &format!(
            "[default]\ncredential_process = echo run >> {}; cat {}\n",
            log.display(),
            output.display()
        ),
    );
    let ended = program("twice", &home, &endpoint_of(&aws)).run();
    assert!(ended.success, "{}", ended.stderr);
    let runs = std::fs::read_to_string(log).unwrap();
    assert_eq!(runs.lines().count(), 1);
}

#[test]
fn concurrent_loads_share_a_failed_lookup() {
    let (aws, home, closed) = (aws(), Home::new(), Refusal::open());
    let mut set = endpoint_of(&aws);
    set.extend(variables([
        (
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            home.write("token", "jwt").to_str().unwrap().to_owned(),
        ),
        (
            "AWS_ROLE_ARN",
            "arn:aws:iam::123456789012:role/app".to_owned(),
        ),
        ("AWS_ENDPOINT_URL_STS", closed.endpoint().to_owned()),
    ]));
    let ended = program("twenty-at-once", &home, &set).run();
    assert_failed(&ended, &["unreachable"]);
    let attempts = ended.stderr.matches("CONNECTS").count();
    assert!(
        (1..=3).contains(&attempts),
        "{attempts} attempts: {}",
        ended.stderr
    );
    assert!(ended.took < Duration::from_secs(8), "{:?}", ended.took);
}
