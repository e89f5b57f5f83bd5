//! Refreshes of structs whose names contain placeholders.

use std::time::Duration;

use from_secrets::live::LiveBuilder;
use from_secrets::source::{Env, Memory};
use from_secrets::{ErrorKind, FromSecrets, Live, Loader};
use tokio::time::sleep;

#[derive(FromSecrets)]
#[secrets(debug)]
struct Staged {
    #[secret(name = "{stage}/token", env = "TOKEN")]
    token: String,
}

fn live(loader: Loader) -> LiveBuilder<Staged> {
    let builder = Live::builder()
        .loader(loader)
        .min_refresh_interval(Duration::from_millis(1));
    builder.background_refresh(false)
}

#[tokio::test(start_paused = true)]
async fn refresh_needs_placeholder_once_configured() {
    let memory = Memory::new()
        .with_secret("test/token", "of memory")
        .unconfigured();
    let loader = Loader::new()
        .source(memory.clone())
        .source(Env::new())
        .env(Env::from_vars([("TOKEN", "of env")]));
    let live = live(loader.clone()).load().await.unwrap();
    sleep(Duration::from_secs(1)).await;
    live.refresh().await.unwrap();
    assert_eq!(live.get().unwrap().token, "of env");

    memory.recover();
    sleep(Duration::from_secs(1)).await;
    let error = live.refresh().await.unwrap_err();
    assert!(
        format!("{error:?}").contains("the placeholder `stage`"),
        "{error:?}"
    );
    assert_eq!(live.get().unwrap().token, "of env");
    assert!(memory.requests().is_empty());
    let filled = self::live(loader.clone().placeholder("stage", "test"));
    assert_eq!(
        filled.load().await.unwrap().get().unwrap().token,
        "of memory"
    );
    let unfilled = self::live(loader).load().await.unwrap_err();
    assert_eq!(unfilled.kind(), ErrorKind::Declaration);
}
