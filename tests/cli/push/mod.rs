//! `push`: writing values to secrets.

mod failures;
mod input;
mod permissions;
mod rejections;
mod values;
