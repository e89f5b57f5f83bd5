//! Regions and endpoints for which the SDK cannot build a request.

use from_secrets::source::{Env, SourceErrorKind};
use from_secrets::{Error, Loader};
use from_secrets_tests::{FakeAws, canary, sdk};

use from_secrets_tests::expect;
use from_secrets_tests::structs::{Pocket, pocket};

async fn refused(loader: Loader) -> Error {
    let old = Env::from_vars([("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")]);
    let pocket = loader.env(old).load::<Pocket>().await;
    pocket.expect_err("malformed settings are not hidden by the environment")
}

#[tokio::test]
async fn malformed_region_is_a_settings_error() {
    let aws = FakeAws::start(pocket());
    for region in ["us east 1", "eu-west-1.evil.com/", "a/b", "r\u{e9}gion"] {
        let error = refused(aws.loader().region(region)).await;
        expect::failure(&error, "key", SourceErrorKind::Configuration);
        expect::details(&error, &["`region` in code", "is not a region"]);
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
        expect::failure(&error, "key", SourceErrorKind::Configuration);
        let details = expect::details(&error, &["endpoint", "`SdkConfig`"]);
        canary::assert_absent(&details);
    }
}
