//! A `SecretProviderClass` for the AWS provider of the Secrets Store CSI driver.

use std::fmt::Write as _;

use super::deployment::Deployment;
use super::document::Notes;
use super::pattern::{Id, PatternPiece};
use super::secrets::{GrantedSecret, included, secrets};
use super::yaml::quoted;
use crate::load::plan::Leaf;

/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/integrating_csi_driver_SecretProviderClass.html>
pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let consequence = "a pod does not start if one of its secrets is absent";
    let secrets = included(deployment, secrets(leaves), notes, consequence);
    let mut text = format!(
        "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata:\n  name: {}\nspec:\n  provider: aws\n  parameters:\n",
        quoted(&deployment.application)
    );
    if let Some(region) = &deployment.region {
        let _ = writeln!(text, "    region: {}", quoted(region));
    }
    let objects = objects(&secrets, notes);
    // An empty block scalar would be an empty text.
    text += if objects.is_empty() {
        "    objects: \"[]\"\n"
    } else {
        "    objects: |\n"
    };
    notes.add("the role also requires the permission `secretsmanager:DescribeSecret`; with EKS Pod Identity, add the parameter `usePodIdentity: \"true\"`");
    notes.add("the application reads the files with `FROM_SECRETS_SOURCES=files,aws`, and with `FROM_SECRETS_DIRECTORY` set to the mount path");
    text + &objects
}

fn objects(secrets: &[GrantedSecret<'_>], notes: &mut Notes) -> String {
    let mut text = String::new();
    let mut files: Vec<(String, &str)> = Vec::new();
    for secret in secrets {
        let file = secret.id.replace('/', "_");
        let other = files.iter().find(|(known, _)| *known == file);
        let obstacle = match (obstacle(secret), other) {
            (Some(reason), _) => Some(reason.to_owned()),
            (None, Some((_, other))) => Some(format!("its file would be that of `{other}`")),
            (None, None) => None,
        };
        if let Some(reason) = obstacle {
            notes.add(format!("`{}` is omitted because {reason}", secret.id));
            continue;
        }
        let is_open = |piece: &PatternPiece| matches!(piece, PatternPiece::Open(_));
        if Id::read(secret.id).pieces.iter().any(is_open) {
            notes.add("replace the placeholders in braces, or set their values");
        }
        let kind = if secret.names_parameter {
            "ssmparameter"
        } else {
            "secretsmanager"
        };
        let _ = writeln!(
            text,
            "      - objectName: {}\n        objectType: {kind}",
            quoted(secret.id)
        );
        files.push((file, secret.id));
    }
    text
}

/// Returns why the secret cannot be read from a file.
fn obstacle(secret: &GrantedSecret<'_>) -> Option<&'static str> {
    if !secret.is_read_unpinned() {
        Some("only pinned versions of it are read, which are not read from files")
    } else if secret.id == "." || secret.id.starts_with("..") {
        Some("a file cannot have its name")
    } else {
        None
    }
}
