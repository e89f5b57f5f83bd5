//! The guide's error pages document every message, and no others.

mod derive;
mod documented;
mod links;
mod runtime;
mod troubleshooting;
