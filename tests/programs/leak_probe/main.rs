//! A program that calls the entire library, and writes all texts that contain information about the loaded values.
//!
//! Its environment specifies the sources. Its argument specifies the calls: all `types`, all `entries`, or only a few
//! `loads`. It writes texts to standard output, and the log of all crates to standard error. The values must not appear
//! in either of them.
#![expect(clippy::print_stdout, reason = "the test reads its output")]

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

/// The sources of this process read the value from a file, so that it does not appear in the environment.
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
