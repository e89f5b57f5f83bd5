//! Guides: how something is done, a page each.
//!
//! | page | what it is about |
//! |---|---|
//! | [`local`] | a laptop: variables, `.env`, profiles, emulators |
//! | [`dotenv`] | the syntax of `.env` files, and how it differs from that of other readers |
//! | [`lambda`] | AWS Lambda: a fast start, the role, the extension |
//! | [`containers`] | ECS, EKS, EC2, Docker, systemd |
//! | [`iam`] | the rights that a program needs, and no others |
//! | [`sources`] | where secrets are looked for, in which order, and what each answer leads to |
//! | [`values`] | from a secret's text or bytes to a field's type |
//! | [`rotation`] | secrets that are rotated while the program runs |
//! | [`axum`] | a web service: state, a health check, clients that follow rotation |
//! | [`testing`] | tests of your own code |
//! | [`security`] | what is kept from whom, and what is not |
//! | [`errors`] | every failure of a load: its cause and its remedy |
//! | [`compile_errors`] | every mistake in a declaration: its cause and its remedy |
//! | [`coming_from`] | from the SDK by hand, `secretspec`, `config`, pydantic-settings, Spring |
//!
//! The attributes are described where they are written: at [`derive(FromSecrets)`](macro@crate::FromSecrets).

#[doc = include_str!("local.md")]
pub mod local {}

#[doc = include_str!("dotenv.md")]
pub mod dotenv {}

#[doc = include_str!("lambda.md")]
pub mod lambda {}

#[doc = include_str!("containers.md")]
pub mod containers {}

#[doc = include_str!("iam.md")]
pub mod iam {}

#[doc = include_str!("sources.md")]
pub mod sources {}

#[doc = include_str!("values.md")]
pub mod values {}

#[doc = include_str!("rotation.md")]
pub mod rotation {}

#[doc = include_str!("axum.md")]
pub mod axum {}

#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = include_str!("security.md")]
pub mod security {}

#[doc = include_str!("errors.md")]
pub mod errors {}

#[doc = include_str!("compile_errors.md")]
pub mod compile_errors {}

#[doc = include_str!("coming_from.md")]
pub mod coming_from {}
