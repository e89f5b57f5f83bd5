//! How secret names, ARNs, references, templates and environment variables are written.
//!
//! The derive checks a declaration with these rules at compile time, and the runtime reads names that are only
//! known at load time with the very same ones. The two cannot disagree, because there is one copy. Use the
//! `from-secrets` crate; this one has no stable interface of its own.

mod arn;
mod name;
mod nearest;
mod parameter;
mod partition;
mod problem;
mod reference;
mod region;
mod template;
mod variable;
mod well_known;

pub use arn::Arn;
pub use name::{check_name, is_managed, suffix_like_an_arn};
pub use nearest::{misspelt, nearest};
pub use parameter::{ParameterArn, check_parameter_name};
pub use partition::Partition;
pub use problem::Problem;
pub use reference::Reference;
pub use region::check_region;
pub use template::{Part, Template};
pub use variable::{Derivation, check_variable, screaming_snake};
pub use well_known::{is_well_known, own_variable};
