//! Secrets Manager in several regions: one client at home, and a server for each region.

mod in_process;

use std::collections::BTreeMap;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Builder;
use aws_sdk_secretsmanager::config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint};
use from_secrets::report::{FieldOutcome, FieldReport, LoadReport};
use from_secrets::source::SecretsManager;

pub use in_process::{InProcessRegions, RegionalServer};

use crate::sdk;

/// The region of the client.
pub const HOME: &str = sdk::REGION;
/// The first region that the secrets are replicated to.
pub const WEST: &str = "us-west-2";
/// The second region that the secrets are replicated to.
pub const IRELAND: &str = "eu-west-1";
/// A region that is neither the home region nor a replica.
pub const TOKYO: &str = "ap-northeast-1";

/// Returns a client at home whose requests are sent to the endpoint of their region.
pub fn client<'a>(endpoints: impl IntoIterator<Item = (&'a str, String)>) -> Client {
    let endpoints = endpoints.into_iter();
    let endpoints = endpoints.map(|(region, url)| (region.to_owned(), url));
    let config = Builder::from(&sdk::config("http://no-endpoint.test"));
    let resolver = RegionalEndpoints(endpoints.collect());
    Client::from_conf(config.endpoint_resolver(resolver).build())
}

/// Returns a source whose secrets are replicated to these regions.
pub fn replicated(client: Client, replicas: &[&str]) -> SecretsManager {
    let source = SecretsManager::new().client(client);
    let replicas = replicas.iter().copied();
    replicas.fold(source, SecretsManager::replica)
}

/// Returns the region that provided each field, or `-`.
pub fn provided_by(report: &LoadReport) -> Vec<&str> {
    report.fields().iter().map(region).collect()
}

/// Returns the region in the ARN. The outcome names it, too, if it is a replica's.
fn region(field: &FieldReport) -> &str {
    let FieldOutcome::Found(provenance) = field.outcome() else {
        return "-";
    };
    let in_arn = provenance.arn().and_then(|arn| arn.split(':').nth(3));
    if let Some(replica) = provenance.replica_region() {
        assert_eq!(Some(replica), in_arn, "the outcome names the region");
    }
    in_arn.unwrap_or("-")
}

/// The URL of each region.
#[derive(Clone, Debug)]
struct RegionalEndpoints(BTreeMap<String, String>);

impl ResolveEndpoint for RegionalEndpoints {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        let region = params.region().unwrap_or_default();
        let endpoint = match self.0.get(region) {
            Some(url) => Ok(Endpoint::builder().url(url.clone()).build()),
            None => Err(format!("no server in `{region}`").into()),
        };
        EndpointFuture::ready(endpoint)
    }
}
