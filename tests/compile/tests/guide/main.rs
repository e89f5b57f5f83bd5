//! The guide's pages about errors have every message that there is, and no other.

mod derive;
mod documented;
mod runtime;
