//! Concurrent requests.

use futures_util::future::join_all;

use crate::by_hand::{ByHand, get};
use crate::{Contender, Wanted};

#[derive(Debug)]
pub struct Concurrent(ByHand);

impl Contender for Concurrent {
    fn new(wanted: &Wanted) -> Self {
        Self(ByHand::new(wanted, |config| config))
    }

    fn load(&mut self) -> usize {
        self.0
            .load(async |client, names| join_all(names.iter().map(|name| get(client, name))).await)
    }
}
