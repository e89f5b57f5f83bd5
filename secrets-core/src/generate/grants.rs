//! The permissions that a load requires.

use std::collections::BTreeMap;

use from_secrets_syntax::Partition;

use super::deployment::{Deployment, kms_region};
use super::document::Notes;
use super::grant::{Condition, Grant, Resource, SecretResource};
use super::names::Names;
use super::parameters;
use super::pattern::{Id, PARAMETERS, SECRETS};
use super::regions::{other_regions, share_a_region};
use super::secrets::GrantedSecret;
use crate::source::VersionSelector;

/// Returns the grants in the order of the secrets.
pub(super) fn grants<'a>(
    deployment: &'a Deployment,
    secrets: &[GrantedSecret<'a>],
    notes: &mut Notes,
) -> Vec<Grant<'a>> {
    let is_parameter =
        |secret: &&GrantedSecret<'_>| deployment.parameter_store || secret.names_parameter;
    let (parameters, secrets): (Vec<_>, Vec<_>) = secrets.iter().partition(is_parameter);
    let resource = |secret: &GrantedSecret<'a>| SecretResource {
        id: secret.id,
        may_be_missing: secret.may_be_missing(),
        other_regions: other_regions(deployment, secret.id),
    };
    let mut grants = secrets_manager(deployment, &secrets, resource);
    let parameters = parameters::reads(&parameters, notes);
    let mut services = Vec::new();
    services.extend((!grants.is_empty()).then_some(SECRETS));
    services.extend((!parameters.is_empty()).then_some(PARAMETERS));
    grants.extend(parameters);
    if grants.is_empty() {
        notes.add("the struct has no secrets, so the policy is empty");
    } else if !deployment.kms_keys.is_empty() {
        note_replica_keys(deployment, notes);
        grants.push(decrypt(deployment, &services));
    }
    grants
}

/// Returns the grants for reading secrets.
pub(super) fn secrets_manager<'a>(
    deployment: &Deployment,
    secrets: &[&GrantedSecret<'a>],
    resource: impl Fn(&GrantedSecret<'a>) -> SecretResource<'a>,
) -> Vec<Grant<'a>> {
    let mut grants: Vec<Grant<'_>> = Vec::new();
    // Stages such as `a-b` and `ab` have the same letters.
    let mut sids = Names::default();
    for secret in secrets {
        for (sid, condition) in reads(secret) {
            let resource = Resource::Secret(resource(secret));
            match grants.iter_mut().find(|known| known.condition == condition) {
                Some(known) => known.resources.push(resource),
                None => grants.push(Grant {
                    sid: sids.unique(&sid),
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

/// A batch contains current versions in one region.
fn some_share_a_batch(deployment: &Deployment, secrets: &[&GrantedSecret<'_>]) -> bool {
    let unpinned = secrets.iter().filter(|secret| secret.is_read_unpinned());
    let ids: Vec<&str> = unpinned.map(|secret| secret.id).collect();
    let mut pairs = ids.iter().enumerate();
    pairs.any(|(i, one)| {
        let mut others = ids[..i].iter();
        others.any(|other| share_a_region(deployment, one, other))
    })
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
pub(super) fn decrypt<'a>(deployment: &Deployment, through: &[&str]) -> Grant<'a> {
    let mut services: Vec<String> = Vec::new();
    for region in deployment.kms_keys.iter().filter_map(|key| kms_region(key)) {
        let domain = Partition::of_region(region).dns_suffix;
        let hosts = through.iter();
        services.extend(hosts.map(|service| format!("{service}.{region}.{domain}")));
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

/// A replica is encrypted with a key of its own region.
pub(super) fn note_replica_keys(deployment: &Deployment, notes: &mut Notes) {
    if deployment.kms_keys.is_empty() {
        return;
    }
    for region in deployment.replicas() {
        if deployment.kms_keys_in(region).next().is_none() {
            notes.add(format!(
                "no KMS key in `{region}` is set, although KMS keys are regional; add the key of the replicas, unless it is `aws/secretsmanager`"
            ));
        }
    }
}

/// Explains ARNs without the suffix, if there are any.
pub(super) fn note_bare_arns(grants: &[Grant<'_>], notes: &mut Notes) {
    let mut resources = grants.iter().flat_map(|grant| &grant.resources);
    let is_bare = |resource: &Resource<'_>| match resource {
        Resource::Secret(secret) => secret.may_be_missing && Id::read(secret.id).has_bare_arn(),
        Resource::Parameter(_) | Resource::Text(_) => false,
    };
    if resources.any(is_bare) {
        notes.add("each secret that may be missing is also listed without `-??????`, because IAM evaluates this ARN for a secret that does not exist, and would deny the request");
    }
}

/// A `Sid` contains only letters and digits.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
