//! IAM policies, `.env` templates and deployment snippets from a declaration.
//!
//! The documents are generated from the constant of the derive macro, without network access and without secret values.
//!
//! | document | method | content |
//! |---|---|---|
//! | IAM policy for loads | [`Declaration::iam_policy`] | JSON |
//! | IAM policy for `push`, `set`, `history` and `rollback` | [`Declaration::iam_write_policy`] | JSON |
//! | AWS SAM policy | [`Declaration::sam_policy`] | YAML |
//! | CloudFormation resources | [`Declaration::cloudformation`] | YAML |
//! | ECS `secrets` | [`Declaration::ecs_secrets`] | JSON |
//! | Terraform data sources | [`Declaration::terraform`] | HCL |
//! | AWS CDK policy | [`Declaration::cdk`] | TypeScript |
//! | Secrets Store CSI driver | [`Declaration::secret_provider_class`] | YAML |
//! | External Secrets Operator | [`Declaration::external_secret`] | YAML |
//! | `.env` template | [`Declaration::env_example`] | `.env` |
//! | documentation | [`Declaration::markdown`] | Markdown |
//!
//! The subcommands `policy`, `snippet`, `env` and `docs` of the command line (feature `cli`) print the same documents.

mod cdk;
mod cloudformation;
mod declaration;
mod deployment;
mod document;
mod documents;
mod ecs;
mod env;
mod external_secret;
mod grant;
mod grants;
mod iam;
mod markdown;
mod names;
mod parameters;
mod pattern;
mod placeholders;
mod policy;
mod regions;
mod sam;
mod secret_provider_class;
mod secrets;
mod split;
mod terraform;
mod variables;
mod writes;
mod yaml;

pub use declaration::Declaration;
pub use document::Document;
