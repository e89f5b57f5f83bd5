//! Region, endpoint and trust, said as to every AWS tool.

use from_secrets_tests::Scripted;

use super::{bare, configured, connects, loaded, told, with_keys, with_values};
use crate::failures::an_hour_ahead;
use crate::home::Home;
use crate::structs::pocket;

#[test]
fn with_credentials_the_configured_endpoint_is_connected_to() {
    let aws = Scripted::start(pocket());
    let ended = configured("once", &Home::new(), &aws)
        .env("POCKET_KEY", "old")
        .run();
    loaded(&ended, "the key the token");
    assert!(
        connects(&ended),
        "the listener hears connections: {}",
        ended.stderr
    );
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("1 batch, 0 gets", 1)
    );
}

#[test]
fn the_general_endpoint_variable_is_honoured() {
    let aws = Scripted::start(pocket());
    let ended = with_keys("once", &Home::new())
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL", aws.endpoint())
        .run();
    loaded(&ended, "the key the token");
}

#[test]
fn a_profile_gives_keys_and_region() {
    let aws = Scripted::start(pocket());
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
fn credentials_without_a_region_are_an_error_with_a_remedy() {
    let ended = with_keys("once", &Home::new())
        .env("POCKET_KEY", "k")
        .env("POCKET_TOKEN", "t")
        .run();
    told(
        &ended,
        &["no region", "AWS_REGION", "FROM_SECRETS_SOURCES=env"],
    );
    assert!(!connects(&ended), "{}", ended.stderr);
}

#[test]
fn a_default_region_is_asked_where_nothing_names_one() {
    let aws = Scripted::start(pocket());
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
fn a_default_region_gives_way_to_the_environment() {
    let aws = Scripted::start(pocket());
    loaded(
        &configured("with-a-default-region", &Home::new(), &aws).run(),
        "the key the token",
    );
    assert_eq!(aws.calls().all()[0].region, "us-east-1");
}

#[test]
fn the_old_region_variable_is_honoured() {
    let aws = Scripted::start(pocket());
    let program =
        with_keys("once", &Home::new()).env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint());
    loaded(
        &program.env("AWS_DEFAULT_REGION", "eu-west-3").run(),
        "the key the token",
    );
    assert_eq!(aws.calls().all()[0].region, "eu-west-3");
}

#[test]
fn empty_variables_of_aws_count_as_unset() {
    let aws = Scripted::start(pocket());
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
    let aws = Scripted::start(pocket().when(an_hour_ahead));
    let ended = configured("once", &Home::new(), &aws).run();
    loaded(&ended, "the key the token");
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

#[test]
fn a_server_over_tls_is_trusted_by_its_authority() {
    let aws = Scripted::start_tls(pocket());
    let authority = aws.authority().unwrap();
    let ended = configured("once", &Home::new(), &aws)
        .env("SSL_CERT_FILE", authority)
        .run();
    loaded(&ended, "the key the token");
}
