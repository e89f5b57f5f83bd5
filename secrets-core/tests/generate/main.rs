//! What declarations write, held against files that were read by eye, and by tools of others.
//!
//! `UPDATE_GOLDEN=1` writes the files anew; read the difference as a user would.
#![cfg(all(feature = "derive", feature = "generate"))]

mod golden;
mod guide;
mod managed;
mod notes;
mod structs;
