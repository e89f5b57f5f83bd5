//! `BatchGetSecretValue` by hand: sequential requests for twenty secrets each.

use std::collections::HashMap;

use aws_sdk_secretsmanager::Client;

use crate::by_hand::ByHand;
use crate::{Contender, Wanted};

/// The maximum of the API.
const MOST: usize = 20;

/// The SDK with its default features.
#[cfg(feature = "batch")]
#[derive(Debug)]
pub struct Batch(ByHand);

#[cfg(feature = "batch")]
impl Contender for Batch {
    fn new(wanted: &Wanted) -> Self {
        Self(ByHand::new(wanted, |config| config))
    }

    fn load(&mut self) -> usize {
        load(&self.0)
    }
}

/// The SDK with TLS on ring, and without the sources of credentials that servers do not need.
#[cfg(feature = "expert")]
#[derive(Debug)]
pub struct Expert(ByHand);

#[cfg(feature = "expert")]
impl Contender for Expert {
    fn new(wanted: &Wanted) -> Self {
        use aws_smithy_http_client::Builder;
        use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

        Self(ByHand::new(wanted, |config| {
            let tls = Provider::Rustls(CryptoMode::Ring);
            config.http_client(Builder::new().tls_provider(tls).build_https())
        }))
    }

    fn load(&mut self) -> usize {
        load(&self.0)
    }
}

fn load(by_hand: &ByHand) -> usize {
    by_hand.load(async |client, names| {
        let mut found = HashMap::new();
        for names in names.chunks(MOST) {
            found.extend(batch(client, names).await);
        }
        // In the order of the names.
        let value = |name: &String| found.remove(name).expect("a secret");
        names.iter().map(value).collect()
    })
}

async fn batch(client: &Client, names: &[String]) -> Vec<(String, String)> {
    let call = client
        .batch_get_secret_value()
        .set_secret_id_list(Some(names.to_vec()));
    let entries = call
        .send()
        .await
        .expect("a batch")
        .secret_values
        .unwrap_or_default();
    let named = entries.into_iter();
    named
        .map(|entry| {
            (
                entry.name.expect("a name"),
                entry.secret_string.expect("text"),
            )
        })
        .collect()
}
