//! The checks of the fuzz targets. Each check is a function that panics if an invariant is violated.
//!
//! A proc-macro crate cannot be linked, so the modules of the derive macro are compiled here again, with the same
//! names.

extern crate proc_macro;

pub mod agent;
#[path = "../../tests/support/canary.rs"]
pub mod canary;
pub mod declaration;
pub mod decode;
pub mod dotenv;
pub mod generate;
pub mod json;
pub mod json_keys;
pub mod loading;
pub mod references;
pub mod structure;

#[path = "../../secrets-derive/src/ast/mod.rs"]
mod ast;
#[path = "../../secrets-derive/src/attr/mod.rs"]
mod attr;
#[path = "../../secrets-derive/src/case.rs"]
mod case;
#[path = "../../secrets-derive/src/check/mod.rs"]
mod check;
#[path = "../../secrets-derive/src/ctxt.rs"]
mod ctxt;
#[path = "../../secrets-derive/src/derive.rs"]
mod derive;
#[path = "../../secrets-derive/src/docs.rs"]
mod docs;
#[path = "../../secrets-derive/src/expand/mod.rs"]
mod expand;
#[path = "../../secrets-derive/src/fallback.rs"]
mod fallback;
#[path = "../../secrets-derive/src/runtime.rs"]
mod runtime;
#[path = "../../secrets-derive/src/suggest.rs"]
mod suggest;
