//! The permissions for parameters in Parameter Store.

use from_secrets_syntax::ParameterArn;

use super::document::Notes;
use super::grant::{Grant, Resource};
use super::pattern::{Id, PatternPiece, PieceKind};
use super::secrets::GrantedSecret;
use crate::source::VersionSelector;
use crate::source::aws_api::parameter_name::parameter_id;

/// The prefix of references to Secrets Manager.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html>
const REFERENCES: &str = "aws/reference/secretsmanager/";

/// `GetParameters` requires permission for each of its parameters. If one is denied, each is requested with
/// `GetParameter`.
pub(super) fn reads<'a>(secrets: &[&GrantedSecret<'a>], notes: &mut Notes) -> Vec<Grant<'a>> {
    let secrets: Vec<&GrantedSecret<'a>> = secrets
        .iter()
        .copied()
        .filter(|secret| is_parameter(secret.id, notes))
        .collect();
    let objects = secrets.iter().filter(|secret| can_be_a_path(secret));
    let objects: Vec<&str> = objects.map(|secret| secret.id).collect();
    let all = secrets.iter().map(|secret| secret.id).collect();
    let parameters = vec!["ssm:GetParameter", "ssm:GetParameters"];
    let below = vec!["ssm:GetParametersByPath"];
    [
        grant("ReadParameters", parameters, all),
        grant("ReadParametersByPath", below, objects),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn grant<'a>(sid: &str, actions: Vec<&'static str>, ids: Vec<&'a str>) -> Option<Grant<'a>> {
    let resources: Vec<Resource<'a>> = ids.into_iter().map(Resource::Parameter).collect();
    (!resources.is_empty()).then(|| Grant {
        sid: sid.to_owned(),
        actions,
        resources,
        condition: None,
    })
}

/// Returns whether the ID is a valid name of a parameter, regardless of placeholders without a value.
fn is_parameter(id: &str, notes: &mut Notes) -> bool {
    let read = Id::read(id);
    let filled = read.pieces.iter().map(|piece| match piece {
        PatternPiece::Text(text) => text.as_str(),
        PatternPiece::Open(_) => "x",
    });
    let is_parameter = match read.kind {
        PieceKind::Name => parameter_id(&filled.collect::<String>()).is_some(),
        PieceKind::ParameterArn => true,
        PieceKind::Arn { .. } | PieceKind::OpenArn => false,
    };
    if !is_parameter {
        notes.add(format!(
            "`{id}` is omitted because it is not a valid parameter name"
        ));
    } else if is_reference(id) {
        notes.add(format!(
            "`{id}` refers to a secret, which also requires the permission `secretsmanager:GetSecretValue`"
        ));
    }
    is_parameter
}

/// Returns whether the JSON keys may be separate parameters. This is not supported for pinned versions, references and
/// ARNs.
fn can_be_a_path(secret: &GrantedSecret<'_>) -> bool {
    let has_key = |address: &crate::load::plan::Address| {
        address.json_key.is_some() && *address.request.version() == VersionSelector::Current
    };
    let mut addresses = secret
        .leaves
        .iter()
        .filter_map(|leaf| leaf.address.as_ref());
    addresses.any(has_key) && !is_reference(secret.id) && !ParameterArn::is_meant_by(secret.id)
}

fn is_reference(id: &str) -> bool {
    id.trim_start_matches('/').starts_with(REFERENCES)
}
