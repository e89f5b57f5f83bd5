//! `policy`

use clap::Args;

use super::place::{Place, write};
use super::stop::{Answer, Stop};
use crate::{FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &[
    "policy --region eu-central-1 --account 123456789012",
    "policy --parameter stage=prod > policy.json",
    "policy --parameter-store --region eu-central-1 --account 123456789012",
];

/// Write the least-privilege IAM policy for whoever loads the struct
///
/// It goes to standard output; where it is wider than it need be, a note on standard error says why.
#[derive(Args, Debug)]
pub(super) struct Policy {
    #[command(flatten)]
    place: Place,
}

impl Policy {
    pub(super) fn run<T: FromSecrets>(&self, loader: &Loader) -> Result<Answer, Stop> {
        write(self.place.declaration::<T>(loader).iam_policy())
    }
}
