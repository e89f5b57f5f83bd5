//! Former names of secrets.

use from_secrets::live::RefreshOutcome;
use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Live, Loader};

#[derive(FromSecrets)]
struct Renamed {
    #[secret("new", alias = "old")]
    token: String,
}

#[tokio::test(start_paused = true)]
async fn new_name_replaces_alias() {
    let secrets = Memory::new().with_secret("old", "token 1");
    let loader = Loader::new().source(secrets.clone());
    let live = Live::<Renamed>::builder()
        .loader(loader)
        .load()
        .await
        .unwrap();
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    secrets.set_secret("new", "token 2");
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_eq!(live.get().unwrap().token, "token 2");
    secrets.remove("old");
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    let ids = secrets.requests().into_iter();
    let ids: Vec<_> = ids.map(|request| request.id().to_owned()).collect();
    assert_eq!(ids.len(), 8);
    assert!(ids.chunks(2).all(|pair| pair == ["new", "old"]), "{ids:?}");
}
