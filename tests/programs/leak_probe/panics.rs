//! User code that panics while it has a value.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets::live::TestClock;
use from_secrets::{FromSecrets, Live, Loader};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::show;

/// Panics without a word of the value, as a failed assertion does.
struct Fails;

impl<'de> Deserialize<'de> for Fails {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        assert!(text.is_empty(), "it is not what it should be");
        Err(D::Error::custom("empty"))
    }
}

impl std::str::FromStr for Fails {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        fails(text)
    }
}

impl TryFrom<Vec<u8>> for Fails {
    type Error = String;

    fn try_from(bytes: Vec<u8>) -> Result<Self, String> {
        fails(&String::from_utf8_lossy(&bytes))
    }
}

fn fails(text: &str) -> Result<Fails, String> {
    assert!(text.is_empty(), "it is not what it should be");
    Err("empty".to_owned())
}

macro_rules! failing {
    ($($(#[$attribute:meta])* $name:ident;)*) => {
        $(
            #[derive(FromSecrets)]
            #[expect(dead_code, reason = "never loaded")]
            struct $name {
                #[secret("IT", env = "IT")]
                $(#[$attribute])*
                it: Fails,
                #[secret("IT", env = "IT_TOO")]
                beside: Option<String>,
            }
        )*

        async fn each_fails(loader: &Loader) {
            $(
                let own = loader.clone();
                if let Err(broken) = tokio::spawn(async move { own.load::<$name>().await.err() }).await {
                    println!("{broken}\n{broken:?}");
                    print_panic(&*broken.into_panic());
                }
                if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(|| loader.load_blocking::<$name>().err())) {
                    print_panic(&*payload);
                }
            )*
        }
    };
}

failing! {
    InSerde;
    #[secret(parse)]
    InFromStr;
    #[secret(parse = fails)]
    InFunction;
    #[secret(binary)]
    InBytes;
}

fn print_panic(payload: &(dyn Any + Send)) {
    println!(
        "{:?} {:?}",
        payload.downcast_ref::<&str>(),
        payload.downcast_ref::<String>()
    );
}

/// Panics with the value, but not at first.
#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(dead_code, reason = "shown by `Debug` alone")]
struct Later {
    #[secret("IT", env = "IT")]
    it: Quotes,
}

struct Quotes;

static READ: AtomicUsize = AtomicUsize::new(0);

impl<'de> Deserialize<'de> for Quotes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        assert!(READ.fetch_add(1, Ordering::SeqCst) == 0, "{text}");
        Ok(Self)
    }
}

pub(super) async fn each(loader: &Loader) {
    each_fails(loader).await;
    later(loader).await;
}

/// The message of the panic goes to the user's panic hook, and is not repeated by the library.
async fn later(loader: &Loader) {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let clock = TestClock::new();
    let builder = Live::<Later>::builder().loader(loader.clone());
    match builder.background_refresh(false).clock(&clock).load().await {
        Ok(live) => {
            if let Err(error) = live.refresh().await {
                println!("PANICKED");
                show::error(&error);
            }
            show::status(&live.status());
            clock.advance(Duration::from_hours(48));
            live.get_fresh().await.err().iter().for_each(show::stale);
        }
        Err(error) => show::error(&error),
    }
    panic::set_hook(hook);
}
