//! Refreshes whose values a `validate` function rejects.

use std::time::Duration;

use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Live, Loader};

#[derive(FromSecrets)]
#[secrets(validate = Pool::check, debug)]
struct Pool {
    #[secret(validate = used)]
    size: u16,
    limit: u16,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "a function of `validate`"
)]
fn used(size: &u16) -> Result<(), &'static str> {
    match size {
        0 => Err("the pool is empty"),
        13 => panic!("the size is unlucky"),
        _ => Ok(()),
    }
}

impl Pool {
    fn check(&self) -> Result<(), &'static str> {
        if self.size > self.limit {
            return Err("the pool is larger than its limit");
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn rejected_refresh_keeps_last_struct() {
    let memory = Memory::new()
        .with_secret("SIZE", "4")
        .with_secret("LIMIT", "8");
    let builder = Live::<Pool>::builder().loader(Loader::new().source(memory.clone()));
    let builder = builder.background_refresh(false);
    let live = builder
        .min_refresh_interval(Duration::from_millis(1))
        .load()
        .await
        .unwrap();
    for (size, reason) in [
        (
            "0",
            "field `size` (secret `SIZE`): invalid: the pool is empty",
        ),
        (
            "9",
            "struct `Pool`: invalid: the pool is larger than its limit",
        ),
        (
            "13",
            "field `size` (secret `SIZE`): invalid: the function of `validate` panicked",
        ),
    ] {
        memory.set_secret("SIZE", size);
        tokio::time::sleep(Duration::from_mins(10)).await;
        let error = live.refresh().await.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        assert_eq!(live.last_good().size, 4);
    }
    memory.set_secret("SIZE", "5");
    tokio::time::sleep(Duration::from_mins(10)).await;
    live.refresh().await.unwrap();
    assert_eq!(live.get().unwrap().size, 5);
}
