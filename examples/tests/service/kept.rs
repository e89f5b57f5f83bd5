//! A pool that is kept when its password is rotated.

use from_secrets::source::Memory;
use from_secrets::{Live, Loader};
use from_secrets_examples::service::{Config, kept_pool};
use from_secrets_tests::{Postgres, canary};

use crate::scenario::described;

const NAME: &str = "kept";

#[tokio::test]
async fn kept_pool_connects_with_new_password() {
    let (old, new) = (canary::value("old"), canary::value("new"));
    Postgres::shared().create(NAME, &old);
    let secrets = Memory::new().with_secret(NAME, &described(NAME, &old));
    let loader = Loader::new().source(secrets.clone());
    let loader = loader.placeholder("DATABASE_SECRET", NAME);
    let builder = Live::<Config>::builder().loader(loader);
    let live = builder.background_refresh(false).load().await.unwrap();
    let pool = kept_pool(&live);
    let open = pool.acquire().await.unwrap();

    Postgres::shared().set_password(NAME, &new);
    assert!(pool.acquire().await.is_err(), "the old password works");
    let _ = secrets.with_secret(NAME, &described(NAME, &new));
    live.refresh().await.unwrap();

    // The pool opens another connection, because the first one is in use.
    pool.acquire().await.unwrap();
    drop(open);
}
