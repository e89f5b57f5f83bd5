//! A program that loads secrets with one contender and prints the total length of the values: `start CONTENDER
//! [COUNT]`.

use std::io;

use from_secrets_benches::{Contender, Wanted};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let which = arguments.next().expect("a contender");
    let count = arguments
        .next()
        .map_or(10, |count| count.parse().expect("a number"));
    println!("{}", load(&which, &Wanted::Secrets(count)));
    // Wait until the process has been measured.
    io::copy(&mut io::stdin(), &mut io::sink()).expect("standard input");
}

fn load(which: &str, wanted: &Wanted) -> usize {
    match which {
        #[cfg(feature = "sequential")]
        "sequential" => from_secrets_benches::Sequential::new(wanted).load(),
        #[cfg(feature = "concurrent")]
        "concurrent" => from_secrets_benches::Concurrent::new(wanted).load(),
        #[cfg(feature = "batch")]
        "batch" => from_secrets_benches::Batch::new(wanted).load(),
        #[cfg(feature = "expert")]
        "expert" => from_secrets_benches::Expert::new(wanted).load(),
        #[cfg(feature = "limit")]
        "limit" => from_secrets_benches::Limit::new(wanted).load(),
        #[cfg(feature = "caching")]
        "caching" => from_secrets_benches::Caching::new(wanted).load(),
        #[cfg(feature = "secretspec")]
        "secretspec" => from_secrets_benches::Secretspec::new(wanted).load(),
        #[cfg(feature = "secret-vault")]
        "secret-vault" => from_secrets_benches::SecretVault::new(wanted).load(),
        #[cfg(feature = "declared")]
        "declared" => from_secrets_benches::Declared::new(wanted).load(),
        other => panic!("the contender `{other}` is not compiled in"),
    }
}
