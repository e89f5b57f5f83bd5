//! Failures of Secrets Manager: their kinds, the requests that they cost, and no fallback.

mod batch;
mod broken;
mod clock;
mod credentials;
mod denied;
mod first_line;
mod mistaken;
mod service;
mod settings;
mod throttled;
mod time;

pub(crate) use clock::an_hour_ahead;
use from_secrets::Error;
use from_secrets::source::Env;
use from_secrets_tests::FakeAws;

use from_secrets_tests::structs::Pocket;

/// Loads [`Pocket`] with old values of both fields in the environment, to which a failure must not fall back.
async fn refused(aws: &FakeAws) -> Error {
    let old = Env::from_vars([("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")]);
    aws.loader()
        .env(old)
        .load::<Pocket>()
        .await
        .expect_err("a failure does not fall back to the environment")
}

/// Loads [`Pocket`] without another source, and checks its values.
async fn loaded(aws: &FakeAws) {
    use from_secrets::ExposeSecret;
    let pocket: Pocket = aws.loader().load().await.unwrap();
    assert_eq!(
        (pocket.key.expose_secret(), pocket.token.expose_secret()),
        ("the key", "the token")
    );
}
