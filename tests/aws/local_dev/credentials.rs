//! Credentials from the places where AWS tools look for them.

use from_secrets_tests::unavailable_server::Refusal;
use from_secrets_tests::{Call, FakeAws, FakeResponse};

use super::{bare, connects, fails_with, loaded, with_values};
use from_secrets_tests::home::Home;
use from_secrets_tests::structs::pocket;

#[test]
fn unreachable_container_credentials_are_an_error() {
    let unavailable = Refusal::open();
    let ended = with_values("once", &Home::new())
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", unavailable.endpoint())
        .env("AWS_REGION", "us-east-1")
        .run();
    fails_with(&ended, &["unreachable", "FROM_SECRETS_SOURCES=env"]);
}

#[test]
fn web_identity_without_file_fails() {
    let ended = with_values("once", &Home::new())
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", "/no/such/token")
        .env("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/app")
        .env("AWS_REGION", "us-east-1")
        .run();
    fails_with(
        &ended,
        &["no usable credentials", "FROM_SECRETS_SOURCES=env"],
    );
}

#[test]
fn container_credentials_are_used() {
    let aws = FakeAws::start(pocket().when(|call: &Call| {
        let credentials = r#"{"AccessKeyId":"AKID","SecretAccessKey":"key","Token":"t","Expiration":"2999-01-01T00:00:00Z"}"#;
        call.operation.is_empty().then(|| FakeResponse::raw(200, credentials))
    }));
    let ended = bare("once", &Home::new())
        .env(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            format!("{}/credentials", aws.endpoint()),
        )
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint())
        .run();
    loaded(&ended, "the key the token");
    assert_eq!(aws.tally(), "1 batch, 0 gets, 1 of another kind");
}

#[test]
fn missing_profile_error_names_profile() {
    let ended = with_values("once", &Home::new())
        .env("AWS_PROFILE", "missing")
        .env("AWS_REGION", "us-east-1")
        .run();
    fails_with(
        &ended,
        &[
            "no usable credentials",
            "missing",
            "FROM_SECRETS_SOURCES=env",
        ],
    );
    assert!(!connects(&ended), "{}", ended.stderr);
}

#[test]
fn credential_process_provides_keys() {
    let aws = FakeAws::start(pocket());
    let home = Home::new();
    let keys = home.write(
        "keys.json",
        r#"{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"key"}"#,
    );
    let print = if cfg!(windows) { "type" } else { "cat" };
    home.write(
        ".aws/config",
        &format!(
            "[default]\nregion = us-east-1\ncredential_process = {print} {}\n",
            keys.display()
        ),
    );
    let ended = bare("once", &home)
        .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint())
        .run();
    loaded(&ended, "the key the token");
}

#[test]
fn expired_sso_login_has_hint() {
    let home = Home::new();
    home.write(
        ".aws/config",
        "[default]\nregion = us-east-1\nsso_session = dev-session\nsso_account_id = 123456789012\nsso_role_name = dev\n\
         [sso-session dev-session]\nsso_region = us-east-1\nsso_start_url = https://example.invalid/start\n",
    );
    // The file name is the SHA-1 hash of the session name.
    home.write(
        ".aws/sso/cache/6a8732fe3624aef043e5f7811b597bd5e2a56b39.json",
        r#"{"accessToken":"x","expiresAt":"2020-01-01T00:00:00Z","region":"us-east-1","startUrl":"https://example.invalid/start"}"#,
    );
    let ended = with_values("once", &home).run();
    fails_with(
        &ended,
        &[
            "no usable credentials",
            "aws sso login",
            "FROM_SECRETS_SOURCES=env",
        ],
    );
    assert!(!connects(&ended), "{}", ended.stderr);
}
