//! A projection of a live struct whose type has a `Debug`.

use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Live, Loader, project};
use from_secrets_tests::canary::value;

use super::show;

#[derive(FromSecrets)]
#[secrets(debug)]
struct Whole {
    #[secret(flatten)]
    database: Database,
}

#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(dead_code, reason = "shown by `Debug` alone")]
struct Database {
    password: String,
}

pub(super) async fn show() {
    let memory = Memory::new().with_secret("PASSWORD", &value("projection"));
    show::debug(&memory);
    let loader = Loader::new().source(memory);
    let live = Live::<Whole>::builder()
        .loader(loader)
        .background_refresh(false);
    let live = live.load().await.expect("it is loaded");
    let projection = project!(live, database);
    show::debug(&projection.get().expect("it is fresh"));
    show::debug(&projection.last_good());
    show::debug(&projection);
}
