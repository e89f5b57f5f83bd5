//! Clients of AWS at the fake servers of the other suites: boto3, the AWS CLI, and the agent with its cache.

mod agent;
mod differences;
mod python;
