//! What it does on systems that fork.

use std::process::exit;

use fork::{Fork, fork, waitpid};
use from_secrets::{ExposeSecret, FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
struct Pocket {
    key: SecretString,
}

pub(super) fn main() {
    let how = std::env::args().nth(1).unwrap_or_default();
    match how.as_str() {
        "follow-live" => return super::live::follow(),
        "refresh-live" => return super::live::refresh(),
        _ => {}
    }
    let load = match how.as_str() {
        "in-a-runtime" | "in-a-runtime-before-any-load" => load_in_a_runtime,
        _ => load_blocking,
    };
    if !how.ends_with("before-any-load") {
        load("parent");
    }
    in_child(|| {
        load("child");
        in_child(|| load("grandchild"));
    });
    load("parent");
}

fn load_blocking(whose: &str) {
    show(whose, Pocket::load_blocking());
}

fn load_in_a_runtime(whose: &str) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    show(whose, runtime.block_on(Pocket::load()));
}

fn show(whose: &str, loaded: Result<Pocket, from_secrets::Error>) {
    match loaded {
        Ok(pocket) => println!("{whose}: {}", pocket.key.expose_secret()),
        Err(error) => println!("{whose}: {error:#}"),
    }
}

/// Runs code in a child, and waits for its end.
pub(super) fn in_child(code: impl FnOnce()) {
    match fork() {
        Ok(Fork::Child) => {
            code();
            exit(0);
        }
        Ok(Fork::Parent(child)) => match waitpid(child) {
            Ok(0) => {}
            ended => println!("the child ended with {ended:?}"),
        },
        Err(error) => println!("no child: {error}"),
    }
}
