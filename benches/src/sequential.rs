//! The AWS console's sample, called for each secret sequentially.

use crate::by_hand::{ByHand, get};
use crate::{Contender, Wanted};

#[derive(Debug)]
pub struct Sequential(ByHand);

impl Contender for Sequential {
    fn new(wanted: &Wanted) -> Self {
        Self(ByHand::new(wanted, |config| config))
    }

    fn load(&mut self) -> usize {
        self.0.load(async |client, names| {
            let mut values = Vec::with_capacity(names.len());
            for name in names {
                values.push(get(client, name).await);
            }
            values
        })
    }
}
