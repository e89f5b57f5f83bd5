//! Loads a struct of 20 × 400 fields on a thread with the default stack size.

use from_secrets::source::Env;
use from_secrets::{ExposeSecret as _, Loader};
use nested::Outer;

const STACK: usize = 2 << 20;

fn main() {
    let load = || {
        let outer: Outer = loader().load_blocking().expect("a load");
        assert_eq!(outer.part19.field395.expose_secret(), "19");
        println!("{} fields", format!("{outer:?}").matches("field").count());
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    let thread = thread.spawn(load).expect("a thread");
    thread.join().expect("no panic");
}

fn loader() -> Loader {
    let variable = |part, field| (format!("P{part}_FIELD{field}"), format!("{part}"));
    let variables = (0..20).flat_map(|part| (0..400).map(move |field| variable(part, field)));
    Loader::new()
        .source(Env::new())
        .env(Env::from_vars(variables))
}
