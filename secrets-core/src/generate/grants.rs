//! The permissions that a load requires.

use std::collections::BTreeMap;

use from_secrets_syntax::{Arn, Partition};

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::{Condition, Grant, Resource};
use super::parameters;
use super::pattern::{PARAMETERS, SECRETS};
use super::secrets::GrantedSecret;
use crate::source::VersionSelector;

/// Returns the grants in the order of the secrets.
pub(super) fn grants<'a>(
    deployment: &Deployment,
    secrets: &[GrantedSecret<'a>],
    notes: &mut Notes,
) -> Vec<Grant<'a>> {
    let is_parameter =
        |secret: &&GrantedSecret<'_>| deployment.parameter_store || secret.names_parameter;
    let (parameters, secrets): (Vec<_>, Vec<_>) = secrets.iter().partition(is_parameter);
    let mut grants = secrets_manager(deployment, &secrets);
    let parameters = parameters::reads(&parameters, notes);
    let mut services = Vec::new();
    services.extend((!grants.is_empty()).then_some(SECRETS));
    services.extend((!parameters.is_empty()).then_some(PARAMETERS));
    grants.extend(parameters);
    if !deployment.kms_keys.is_empty() {
        grants.push(decrypt(deployment, &services, notes));
    }
    if grants.is_empty() {
        notes.add("the struct has no secrets, so the policy is empty");
    }
    grants
}

fn secrets_manager<'a>(deployment: &Deployment, secrets: &[&GrantedSecret<'a>]) -> Vec<Grant<'a>> {
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
    if some_share_a_batch(deployment, secrets) {
        grants.push(batch());
    }
    grants
}

/// A grant for a pinned version has a condition, unless the current version is read too. A batch request cannot specify
/// a stage, so grants for current versions have no condition.
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

/// A batch contains current versions in one region. An unknown region may be equal to any other.
fn some_share_a_batch(deployment: &Deployment, secrets: &[&GrantedSecret<'_>]) -> bool {
    let region = |id| match Arn::parse(id) {
        Ok(arn) => Some(arn.region),
        Err(_) => deployment.region.as_deref(),
    };
    let unpinned = secrets.iter().filter(|secret| secret.is_read_unpinned());
    let regions: Vec<Option<&str>> = unpinned.map(|secret| region(secret.id)).collect();
    let same = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
    let mut pairs = regions.iter().enumerate();
    pairs.any(|(i, a)| regions[..i].iter().any(|b| same(*a, *b)))
}

/// AWS does not support resources for this action. It does not permit reading any secret by itself.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
fn batch<'a>() -> Grant<'a> {
    Grant {
        sid: "ReadSecretsInOneRequest".to_owned(),
        actions: vec!["secretsmanager:BatchGetSecretValue"],
        resources: vec![Resource::Text("*".to_owned())],
        condition: None,
    }
}

/// The condition restricts the key to requests through the service of the secrets.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
fn decrypt<'a>(deployment: &Deployment, through: &[&str], notes: &mut Notes) -> Grant<'a> {
    let mut services: Vec<String> = Vec::new();
    for key in &deployment.kms_keys {
        match key.split(':').nth(3).filter(|region| !region.is_empty()) {
            Some(region) => {
                let domain = Partition::of_region(region).dns_suffix;
                let hosts = through.iter();
                services.extend(hosts.map(|service| format!("{service}.{region}.{domain}")));
            }
            None => notes.add(format!(
                "the KMS key `{key}` is not an ARN, which IAM requires; specify its ARN"
            )),
        }
    }
    services.sort();
    services.dedup();
    let values = BTreeMap::from([("kms:ViaService", services)]);
    Grant {
        sid: "DecryptSecrets".to_owned(),
        actions: vec!["kms:Decrypt"],
        resources: deployment
            .kms_keys
            .iter()
            .cloned()
            .map(Resource::Text)
            .collect(),
        condition: Some(Condition::from([("StringEquals", values)])),
    }
}

/// A `Sid` contains only letters and digits.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
