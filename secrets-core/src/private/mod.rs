//! The interface of code that the derive generates.

mod debug;
mod defaults;

pub use serde::de::DeserializeOwned;

pub use crate::load::{Decoded, Values};
pub use crate::spec::{Field, Spec};
pub use debug::{Flattened, Shown, debug, flattened};
pub use defaults::text_default;
