//! Guides for common tasks, and references of all error messages.
//!
//! | page | content |
//! |---|---|
//! | [`tutorial`] | two secrets in a script on a laptop, and then in a Lambda function |
//! | [`command_line`] | the command line of an application: setup and subcommands |
//! | [`local`] | local development: environment variables, `.env` files, AWS profiles, emulators |
//! | [`dotenv`] | the syntax of `.env` files, and the differences from python-dotenv and dotenv |
//! | [`lambda`] | AWS Lambda: deployment with SAM, CDK or Terraform, cold starts, the Lambda extension |
//! | [`ecs`] | Amazon ECS and AWS Fargate: task definition, task role and execution role |
//! | [`eks`] | Amazon EKS: Pod Identity, IAM roles for service accounts, mounted files |
//! | [`ec2`] | Amazon EC2: instance profile, IMDSv2, systemd |
//! | [`github_actions`] | GitHub Actions: OpenID Connect, checks before a deployment |
//! | [`docker_compose`] | Docker Compose: environment variables, file secrets, AWS credentials |
//! | [`laptop`] | a laptop with IAM Identity Center (SSO) |
//! | [`emulators`] | LocalStack, MiniStack and moto |
//! | [`iam`] | least-privilege IAM policies |
//! | [`sources`] | sources, their order, fallback and settings |
//! | [`regions`] | several regions and accounts: settings per source, roles, failover to replicas |
//! | [`values`] | conversion of secrets to the types of fields |
//! | [`rotation`] | secrets that are rotated while the program runs |
//! | [`rds`] | Amazon RDS and Aurora: managed passwords, connection pools |
//! | [`axum`] | a web service with axum: state, health check, clients that follow rotation |
//! | [`observability`] | traces, log events, metrics, a dashboard and alerts |
//! | [`testing`] | unit tests and integration tests |
//! | [`conventions`] | many services: names, layers of `figment` and `config`, checks in pipelines |
//! | [`libraries`] | libraries: structs that applications load, custom sources and their tests |
//! | [`security`] | protection of secret values, and its limits |
//! | [`errors`] | all runtime errors, with cause and fix |
//! | [`compile_errors`] | all compile errors, with cause and fix |
//! | [`migrating`] | from the SDK, `aws_secretsmanager_caching`, `figment`, `config`, environment variables and other tools |
//!
//! [`derive(FromSecrets)`](macro@crate::FromSecrets) documents the attributes.

#[doc = include_str!("tutorial.md")]
pub mod tutorial {}

#[doc = include_str!("command_line.md")]
pub mod command_line {}

#[doc = include_str!("local.md")]
pub mod local {}

#[doc = include_str!("dotenv.md")]
pub mod dotenv {}

#[doc = include_str!("lambda.md")]
pub mod lambda {}

#[doc = include_str!("ecs.md")]
pub mod ecs {}

#[doc = include_str!("eks.md")]
pub mod eks {}

#[doc = include_str!("ec2.md")]
pub mod ec2 {}

#[doc = include_str!("github_actions.md")]
pub mod github_actions {}

#[doc = include_str!("docker_compose.md")]
pub mod docker_compose {}

#[doc = include_str!("laptop.md")]
pub mod laptop {}

#[doc = include_str!("emulators.md")]
pub mod emulators {}

#[doc = include_str!("iam.md")]
pub mod iam {}

#[doc = include_str!("sources.md")]
pub mod sources {}

#[doc = include_str!("regions.md")]
pub mod regions {}

#[doc = include_str!("values.md")]
pub mod values {}

#[doc = include_str!("rotation.md")]
pub mod rotation {}

#[doc = include_str!("rds.md")]
pub mod rds {}

#[doc = include_str!("axum.md")]
pub mod axum {}

#[doc = include_str!("observability.md")]
pub mod observability {}

#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = include_str!("conventions.md")]
pub mod conventions {}

#[doc = include_str!("libraries.md")]
pub mod libraries {}

#[doc = include_str!("security.md")]
pub mod security {}

#[doc = include_str!("errors.md")]
pub mod errors {}

#[doc = include_str!("compile_errors.md")]
pub mod compile_errors {}

#[doc = include_str!("migrating.md")]
pub mod migrating {}
