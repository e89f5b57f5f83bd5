//! The interface of code that the derive generates.

mod debug;
mod defaults;
mod transparent;

pub use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as DeserializeError};

pub use crate::decode::{Input, Mismatch};
pub use crate::load::{Decoded, HiddenReason, Validated, Validity, Values};
pub use crate::spec::{Field, Spec, secret_name};
pub use debug::{Flattened, Shown, debug, debug_newtype, flattened};
pub use defaults::{DecodedDefault, TextDefault, text_default};
pub use transparent::transparent;
