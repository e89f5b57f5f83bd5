//! A whole program that loads secrets in one way and says how long they are: `start CONTENDER [COUNT]`.

use std::io;

use from_secrets_benches::{Contender, Wanted};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let which = arguments.next().expect("a contender");
    let count = arguments
        .next()
        .map_or(10, |count| count.parse().expect("a number"));
    println!("{}", load(&which, &Wanted::Secrets(count)));
    // Whoever measures looks at the process before it ends.
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
        #[cfg(feature = "caching")]
        "caching" => from_secrets_benches::Caching::new(wanted).load(),
        #[cfg(feature = "secretspec")]
        "secretspec" => from_secrets_benches::Secretspec::new(wanted).load(),
        #[cfg(feature = "secret-vault")]
        "secret-vault" => from_secrets_benches::SecretVault::new(wanted).load(),
        #[cfg(feature = "declared")]
        "declared" => from_secrets_benches::Declared::new(wanted).load(),
        other => panic!("no contender is built that is called `{other}`"),
    }
}
