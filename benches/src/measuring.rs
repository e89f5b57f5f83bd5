//! Shared code of the measuring programs.

use std::io::Read;
use std::net::TcpStream;

/// Returns the median.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Returns the number of requests so far. The server writes it to each connection at the address in `STAND_CALLS`.
pub fn requests() -> u64 {
    let address = std::env::var("STAND_CALLS").expect("the address in STAND_CALLS");
    let mut text = String::new();
    let mut stream = TcpStream::connect(address).expect("the server");
    stream.read_to_string(&mut text).expect("a number");
    text.trim().parse().expect("a number")
}
