//! A part of a live struct that has a `Debug`.

use from_secrets::{FromSecrets, Live, Loader, Memory, part};
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
    let memory = Memory::new().secret("PASSWORD", &value("part"));
    show::debug(&memory);
    let loader = Loader::new().sources([memory]);
    let live = Live::<Whole>::builder().loader(loader).timer(false);
    let live = live.load().await.expect("it is loaded");
    let part = part!(live, database);
    show::debug(&part.get().expect("it is fresh"));
    show::debug(&part);
}
