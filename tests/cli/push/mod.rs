//! `push`: writing values to secrets.

mod failures;
mod input;
mod rejections;
mod values;
