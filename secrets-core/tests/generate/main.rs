//! Generated documents, compared with golden files.
//!
//! `UPDATE_GOLDEN=1` overwrites the files.
#![cfg(all(feature = "derive", feature = "generate"))]

mod containers;
mod env;
mod golden;
mod guide;
mod lists;
mod managed;
mod notes;
mod policies;
mod structs;
mod templates;
