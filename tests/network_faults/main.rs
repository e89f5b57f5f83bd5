//! Loads over connections that delay, cut, truncate, duplicate, swap and corrupt data, while secrets rotate.
//!
//! With all faults, a load ends within its deadline. It returns a correct struct, or an error that names the failed
//! fields. It never mixes two versions of one secret, and sends at most as many requests as its attempts allow. A
//! dropped load leaves no tasks or connections behind.
//!
//! A seed selects the faults. `FROM_SECRETS_SEEDS` sets the number of seeds, and `FROM_SECRETS_SEED` runs one seed
//! alone. `from_secrets_tests::network_faults` defines the faults. A complete earlier response for the same secret
//! looks like a fresh one, so a value can be an older version. It must not be a value of another secret, a corrupted
//! value, or a default instead of an existing value.

mod blocking;
mod configs;
mod default;
mod dropping;
mod hours;
mod live;
mod loads;
mod rotating;
mod sockets;
