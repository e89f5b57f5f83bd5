//! Writes to Secrets Manager, for `push`, `set` and `rollback`.
//!
//! A write is bound to the version that was read: see `source::aws`.

mod args;
mod bound;
mod change;
mod conflict;
mod describe;
mod input;
mod lines;
mod prompt;
mod report;
mod session;
mod show;
mod state;
mod targets;
mod terminal;
mod validate;
mod value;

pub(in crate::cli) use args::WriteArgs;
pub(in crate::cli) use bound::ROTATING;
pub(in crate::cli) use input::{fill_from_env, read_variables, value as variable_value};
pub(in crate::cli) use prompt::{EmptyInput, SlotIndex, canceled, confirm, prompt_for_value};
pub(in crate::cli) use report::{reject, with_hint};
pub(in crate::cli) use session::WriteSession;
pub(in crate::cli) use state::{StoredSecretValue, TargetSecret};
pub(in crate::cli) use targets::{FieldSlot, Unwritable, WriteObstacle, targets};
pub(in crate::cli) use terminal::{has_terminal_input, is_interactive};
pub(in crate::cli) use value::{read_file_value, read_stdin_value, text, without_line_break};
