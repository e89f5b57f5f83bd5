//! What must be allowed where the names are those of parameters in Parameter Store.

use from_secrets_syntax::ParameterArn;

use super::document::Notes;
use super::grant::{Grant, Resource};
use super::pattern::{Id, PatternPiece, PieceKind};
use super::secrets::GrantedSecret;
use crate::source::VersionSelector;
use crate::source::aws_api::parameter_name::parameter_id;

/// References to Secrets Manager.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html>
const REFERENCES: &str = "aws/reference/secretsmanager/";

/// One call is for ten parameters, and each must be allowed for it; where one is denied, each is asked for alone.
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

/// Whether a parameter can have the id as its name, whatever stands for open placeholders.
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
            "`{id}` is left out, because it is no parameter's name"
        ));
    } else if is_reference(id) {
        notes.add(format!(
            "`{id}` refers to a secret, for which `secretsmanager:GetSecretValue` must be allowed too"
        ));
    }
    is_parameter
}

/// Whether its JSON keys may be parameters of their own. Pinned versions and references have nothing below them, and
/// nothing is looked for below an ARN.
fn can_be_a_path(secret: &GrantedSecret<'_>) -> bool {
    let takes_key = |address: &crate::load::plan::Address| {
        address.json_key.is_some() && *address.request.version() == VersionSelector::Current
    };
    let mut addresses = secret
        .leaves
        .iter()
        .filter_map(|leaf| leaf.address.as_ref());
    addresses.any(takes_key) && !is_reference(secret.id) && !ParameterArn::is_meant_by(secret.id)
}

fn is_reference(id: &str) -> bool {
    id.trim_start_matches('/').starts_with(REFERENCES)
}
