//! Loads over connections that delay, cut, truncate, double, swap and corrupt what they carry, while secrets rotate.
//!
//! Whatever happens, a load ends within its deadline; it gives a struct that is right, or an error that names the failed
//! fields; it never mixes two versions of one secret; it makes no more requests than its attempts allow; and one that is
//! dropped at whichever moment leaves nothing behind.
//!
//! Which faults there are is chosen by a seed: `FROM_SECRETS_SEEDS` says how many are run, `FROM_SECRETS_SEED` runs one
//! alone. What is fair is said where the faults are: `from_secrets_tests::network_faults`. An answer that is whole, of the right
//! secret and an earlier time cannot be told from a fresh one, so a value may be an older version; it may not be another
//! one's, a changed one, or a default in place of a value that is there.

mod blocking;
mod configs;
mod default;
mod dropping;
mod live;
mod loads;
mod rotating;
mod sockets;
