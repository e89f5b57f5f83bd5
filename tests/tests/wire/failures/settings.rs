//! Regions and endpoints that no request can be made with.

use from_secrets::{Cause, Environment, Error, Loader};
use from_secrets_tests::{Scripted, canary, sdk};

use crate::expect;
use crate::structs::{Pocket, pocket};

async fn refused(loader: Loader) -> Error {
    let old = Environment::from_vars([("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")]);
    let pocket = loader.environment(old).load::<Pocket>().await;
    pocket.expect_err("malformed settings are not hidden by the environment")
}

#[tokio::test]
async fn malformed_region_is_a_settings_error() {
    let aws = Scripted::start(pocket());
    for region in ["us east 1", "eu-west-1.evil.com/", "a/b", "r\u{e9}gion"] {
        let error = refused(aws.loader().region(region)).await;
        expect::failure(&error, "key", Cause::Configuration);
        expect::story(&error, &["region", "`Loader::region`"]);
    }
    assert_eq!(aws.connections(), 0);
}

#[tokio::test]
async fn malformed_endpoint_is_a_settings_error() {
    let password = format!("http://user:{}@", canary::MARK);
    for endpoint in [
        "foo",
        "localhost:4566",
        "ftp://x",
        "http://",
        "http://a b",
        &password,
    ] {
        let error = refused(Loader::new().sdk_config(&sdk::config(endpoint))).await;
        expect::failure(&error, "key", Cause::Configuration);
        let story = expect::story(&error, &["endpoint", "`SdkConfig`"]);
        canary::assert_absent(&story);
    }
}
