//! Regions, endpoints and certificates in the settings of AWS tools.

use from_secrets_tests::FakeAws;

use super::{bare, configured, connects, fails_with, loaded, with_keys, with_values};
use crate::failures::an_hour_ahead;
use from_secrets_tests::home::Home;
use from_secrets_tests::structs::pocket;

#[test]
fn configured_endpoint_is_used() {
    let aws = FakeAws::start(pocket());
    let ended = configured("once", &Home::new(), &aws)
        .env("POCKET_KEY", "old")
        .run();
    loaded(&ended, "the key the token");
    assert!(
        connects(&ended),
        "the log does not contain connections: {}",
        ended.stderr
    );
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("1 batch, 0 gets", 1)
    );
}

#[test]
fn general_endpoint_variable_is_used() {
    let aws = FakeAws::start(pocket());
    let ended = with_keys("once", &Home::new())
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL", aws.endpoint())
        .run();
    loaded(&ended, "the key the token");
}

#[test]
fn profile_provides_keys_and_region() {
    let aws = FakeAws::start(pocket());
    let home = Home::new();
    home.write(
        ".aws/credentials",
        "[work]\naws_access_key_id = AKID\naws_secret_access_key = key\n",
    );
    home.write(".aws/config", "[profile work]\nregion = eu-central-1\n");
    let ended = bare("once", &home)
        .env("AWS_PROFILE", "work")
        .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint())
        .run();
    loaded(&ended, "the key the token");
    assert_eq!(aws.calls().all()[0].region, "eu-central-1");
}

#[test]
fn missing_region_error_has_hint() {
    let ended = with_keys("once", &Home::new())
        .env("POCKET_KEY", "k")
        .env("POCKET_TOKEN", "t")
        .run();
    fails_with(
        &ended,
        &["no region", "AWS_REGION", "FROM_SECRETS_SOURCES=env"],
    );
    assert!(!connects(&ended), "{}", ended.stderr);
}

#[test]
fn default_region_applies_without_configuration() {
    let aws = FakeAws::start(pocket());
    let program = with_keys("with-a-default-region", &Home::new());
    let ended = program
        .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint())
        .run();
    loaded(&ended, "the key the token");
    assert_eq!(aws.calls().all()[0].region, "us-west-2");
    assert_eq!(
        ended.stderr.matches("CONNECTS").count(),
        1,
        "{}",
        ended.stderr
    );
}

#[test]
fn environment_overrides_default_region() {
    let aws = FakeAws::start(pocket());
    loaded(
        &configured("with-a-default-region", &Home::new(), &aws).run(),
        "the key the token",
    );
    assert_eq!(aws.calls().all()[0].region, "us-east-1");
}

#[test]
fn old_region_variable_is_used() {
    let aws = FakeAws::start(pocket());
    let program =
        with_keys("once", &Home::new()).env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint());
    loaded(
        &program.env("AWS_DEFAULT_REGION", "eu-west-3").run(),
        "the key the token",
    );
    assert_eq!(aws.calls().all()[0].region, "eu-west-3");
}

#[test]
fn empty_aws_variables_count_as_unset() {
    let aws = FakeAws::start(pocket());
    let home = Home::new();
    let region = configured("once", &home, &aws)
        .env("AWS_REGION", "")
        .env("AWS_DEFAULT_REGION", "eu-west-3")
        .run();
    loaded(&region, "the key the token");
    assert_eq!(aws.calls().all()[0].region, "eu-west-3");
    let keys = with_values("once", &home)
        .env("AWS_ACCESS_KEY_ID", "")
        .env("AWS_SECRET_ACCESS_KEY", "")
        .env("AWS_PROFILE", "");
    loaded(&keys.run(), "k t");
}

#[test]
fn clock_skew_is_corrected_without_configuration() {
    let aws = FakeAws::start(pocket().when(an_hour_ahead));
    let ended = configured("once", &Home::new(), &aws).run();
    loaded(&ended, "the key the token");
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

#[test]
fn cert_file_authority_is_trusted() {
    let aws = FakeAws::start_tls(pocket());
    let authority = aws.authority().unwrap();
    let ended = configured("once", &Home::new(), &aws)
        .env("SSL_CERT_FILE", authority)
        .run();
    loaded(&ended, "the key the token");
}
