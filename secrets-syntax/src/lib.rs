//! The syntax of secret names, ARNs, references, templates and environment variables.
//!
//! The derive macro checks declarations with these rules at compile time. The runtime applies the same rules to names
//! that are known only at load time. This crate has no stable API; use `from-secrets` instead.

mod account;
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
mod version;
mod well_known;

pub use account::check_account;
pub use arn::Arn;
pub use name::{check_name, is_managed, suffix_like_an_arn};
pub use nearest::{misspelled, mistyped, nearest};
pub use parameter::{ParameterArn, check_parameter_name};
pub use partition::{Partition, check_partition};
pub use problem::Problem;
pub use reference::Reference;
pub use region::check_region;
pub use template::{Part, Template};
pub use variable::{Derivation, check_variable, screaming_snake};
pub use version::{
    check_stage, check_version_id, is_parameter_label, is_reserved_parameter, parameter_number,
};
pub use well_known::{is_well_known, own_variable};
