//! `push`: writing values to secrets.

mod failures;
mod input;
mod permissions;
#[cfg(unix)]
mod prompts;
mod rejections;
mod values;
