//! A program that goes down every way into the library, and says whatever it can be made to say of what it got.
//!
//! Where the values come from, the environment says; its argument says what is tried: all `types`, all
//! `entries`, or only a few `loads`.
//! It writes what is shown to standard output, and what any crate logs to standard error. None of it may show a value.
#![expect(clippy::print_stdout, reason = "it speaks to the test that runs it")]

mod entries;
mod own;
mod panics;
mod parts;
mod shapes;
mod show;

use std::time::Duration;

use from_secrets::Loader;
use from_secrets::source::{Memory, Source};
use from_secrets_tests::logs;

use entries::Entry;
use shapes::{Blabbing, Database, Number, Plain};

fn main() {
    if std::env::var_os("FILTERED").is_some() {
        logs::write_own();
    } else {
        logs::write_everything();
    }
    let how = std::env::args().nth(1).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let loader = loader();
    show::debug(&loader);
    runtime.block_on(async {
        match how.as_str() {
            "types" => {
                shapes::each(&loader).await;
                panics::each(&loader).await;
            }
            "entries" => {
                for entry in Entry::ALL {
                    entry.run::<Plain>(&loader).await;
                    entry.run::<Number>(&loader).await;
                    entry.run::<Database>(&loader).await;
                }
            }
            "loads" => {
                for entry in [
                    Entry::LoadWithReport,
                    Entry::LoadBlocking,
                    Entry::Layer,
                    Entry::Live,
                ] {
                    entry.run::<Blabbing>(&loader).await;
                }
            }
            other => panic!("nothing is called `{other}`"),
        }
        show::responses();
        parts::show().await;
    });
    println!("DONE");
}

/// Sources of this process get the value from a file, so that it stands nowhere else.
fn loader() -> Loader {
    let loader = Loader::new().timeout(Duration::from_millis(700));
    let value = || {
        let path = std::env::var("VALUE").expect("a path");
        std::fs::read(path).expect("a file")
    };
    match std::env::var("SOURCE").as_deref() {
        Ok("memory") => {
            let memory = Memory::new().with_binary("IT", &value());
            show::debug(&memory);
            show::debug(&Source::from(memory.clone()));
            loader.source(memory)
        }
        Ok("own") => loader.source(own::Careless::new(value())),
        _ => loader,
    }
}
