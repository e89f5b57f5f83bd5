//! Repeated loads, whose instructions are counted: `counted CONTENDER (COUNT | json) LOADS`.
//!
//! The first load opens a connection, and is not counted. Without loads, the start of the program is counted.

use from_secrets_benches::{Contender, Declared, Expert, Limit, Wanted};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [contender, wanted, loads] = &arguments[..] else {
        panic!("three arguments");
    };
    let wanted = match wanted.as_str() {
        "json" => Wanted::Json,
        count => Wanted::Secrets(count.parse().expect("a number")),
    };
    let mut contender: Box<dyn Contender> = match contender.as_str() {
        "expert" => Box::new(Expert::new(&wanted)),
        "limit" => Box::new(Limit::new(&wanted)),
        "declared" => Box::new(Declared::new(&wanted)),
        other => panic!("unknown contender `{other}`"),
    };
    assert_eq!(contender.load(), wanted.total());
    for _ in 0..loads.parse().expect("a number") {
        assert_eq!(counted(&mut *contender), wanted.total());
    }
}

/// The profiler counts the instructions of this function.
#[inline(never)]
fn counted(contender: &mut dyn Contender) -> usize {
    contender.load()
}
