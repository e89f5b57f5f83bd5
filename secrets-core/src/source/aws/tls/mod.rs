//! The HTTP client: TLS with the provider that is compiled in, root certificates, and proxies.

mod certificates;
mod client;
mod proxies;
mod user_agent;

pub(super) use client::{http_client, proxy_of};
