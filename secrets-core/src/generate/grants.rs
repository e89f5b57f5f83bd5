//! What must be allowed to whoever loads the struct.

use std::collections::BTreeMap;

use from_secrets_syntax::{Arn, Partition};

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::{Condition, Grant, Resource};
use super::parameters;
use super::pattern::{PARAMETERS, SECRETS};
use super::secrets::GrantedSecret;
use crate::source::VersionSelector;

/// The grants, in the order of the secrets.
pub(super) fn grants<'a>(
    place: &Deployment,
    secrets: &[GrantedSecret<'a>],
    notes: &mut Notes,
) -> Vec<Grant<'a>> {
    let is_parameter =
        |secret: &&GrantedSecret<'_>| place.parameter_store || secret.names_parameter;
    let (parameters, secrets): (Vec<_>, Vec<_>) = secrets.iter().partition(is_parameter);
    let mut grants = secrets_manager(place, &secrets);
    let parameters = parameters::reads(&parameters, notes);
    let mut services = Vec::new();
    services.extend((!grants.is_empty()).then_some(SECRETS));
    services.extend((!parameters.is_empty()).then_some(PARAMETERS));
    grants.extend(parameters);
    if !place.kms_keys.is_empty() {
        grants.push(decrypt(place, &services, notes));
    }
    if grants.is_empty() {
        notes.add("no field is a secret, so nothing needs to be allowed");
    }
    grants
}

fn secrets_manager<'a>(place: &Deployment, secrets: &[&GrantedSecret<'a>]) -> Vec<Grant<'a>> {
    let mut grants: Vec<Grant<'_>> = Vec::new();
    for secret in secrets {
        for (sid, condition) in reads(secret) {
            let resource = Resource::Secret(secret.id);
            match grants.iter_mut().find(|known| known.condition == condition) {
                Some(known) => known.resources.push(resource),
                None => grants.push(Grant {
                    sid,
                    actions: vec!["secretsmanager:GetSecretValue"],
                    resources: vec![resource],
                    condition,
                }),
            }
        }
    }
    if some_share_a_batch(place, secrets) {
        grants.push(batch());
    }
    grants
}

/// A pinned version is granted alone, unless the secret is read unpinned too. Batches cannot say which stage they mean,
/// so what is read unpinned is granted without a condition.
fn reads(secret: &GrantedSecret<'_>) -> Vec<(String, Option<Condition>)> {
    if secret.is_read_unpinned() {
        return vec![("ReadSecrets".to_owned(), None)];
    }
    let versions = secret.versions.iter();
    versions.filter_map(|version| pinned(version)).collect()
}

fn pinned(version: &VersionSelector) -> Option<(String, Option<Condition>)> {
    let (key, what, value) = match version {
        VersionSelector::Current => return None,
        VersionSelector::Stage(stage) => ("secretsmanager:VersionStage", "Stage", stage),
        VersionSelector::Id(id) => ("secretsmanager:VersionId", "Version", id),
    };
    let values = BTreeMap::from([(key, vec![value.clone()])]);
    let sid = format!("Read{what}{}", letters(value));
    Some((sid, Some(Condition::from([("StringEquals", values)]))))
}

/// A batch is for one region, and for what is not pinned. A region that is not known may be any.
fn some_share_a_batch(place: &Deployment, secrets: &[&GrantedSecret<'_>]) -> bool {
    let region = |id| match Arn::parse(id) {
        Ok(arn) => Some(arn.region),
        Err(_) => place.region.as_deref(),
    };
    let unpinned = secrets.iter().filter(|secret| secret.is_read_unpinned());
    let regions: Vec<Option<&str>> = unpinned.map(|secret| region(secret.id)).collect();
    let same = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
    let mut places = regions.iter().enumerate();
    places.any(|(i, a)| regions[..i].iter().any(|b| same(*a, *b)))
}

/// AWS scopes this action to nothing narrower, and it is no right to read any secret.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
fn batch<'a>() -> Grant<'a> {
    Grant {
        sid: "ReadSecretsInOneRequest".to_owned(),
        actions: vec!["secretsmanager:BatchGetSecretValue"],
        resources: vec![Resource::Text("*".to_owned())],
        condition: None,
    }
}

/// Only through the service that holds the secrets.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
fn decrypt<'a>(place: &Deployment, through: &[&str], notes: &mut Notes) -> Grant<'a> {
    let mut services: Vec<String> = Vec::new();
    for key in &place.kms_keys {
        match key.split(':').nth(3).filter(|region| !region.is_empty()) {
            Some(region) => {
                let domain = Partition::of_region(region).dns_suffix;
                let hosts = through.iter();
                services.extend(hosts.map(|service| format!("{service}.{region}.{domain}")));
            }
            None => notes.add(format!(
                "the KMS key `{key}` is not given by its ARN, which IAM needs; give the ARN"
            )),
        }
    }
    services.sort();
    services.dedup();
    let values = BTreeMap::from([("kms:ViaService", services)]);
    Grant {
        sid: "DecryptSecrets".to_owned(),
        actions: vec!["kms:Decrypt"],
        resources: place.kms_keys.iter().cloned().map(Resource::Text).collect(),
        condition: Some(Condition::from([("StringEquals", values)])),
    }
}

/// A `Sid` takes letters and digits only.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
