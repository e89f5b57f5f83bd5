//! YAML for CloudFormation and SAM.

use super::grant::SecretResource;
use super::pattern::{Id, PatternPiece, PieceKind, replica};

/// Returns a scalar in double quotation marks.
pub(super) fn quoted(text: &str) -> String {
    // JSON strings are valid YAML.
    serde_json::Value::from(text).to_string()
}

/// Returns the name of a template parameter or resource, which contains only letters and digits.
pub(super) fn logical_id(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        let all_capitals = !word.chars().any(|c| c.is_ascii_lowercase());
        let rest: String = letters.collect();
        let rest = if all_capitals {
            rest.to_ascii_lowercase()
        } else {
            rest
        };
        first.into_iter().chain(rest.chars()).collect::<String>()
    };
    words.map(capital).collect()
}

/// Returns the ARNs of a secret in the partition, region and account of the stack, and those of its replicas.
/// Placeholders without a value are template parameters.
pub(super) fn arns(secret: SecretResource<'_>, replica_regions: &[String]) -> Vec<String> {
    let mut arns = arns_in(secret.id, "${AWS::Region}", secret.may_be_missing);
    for region in replica_regions {
        let read = Id::read(secret.id);
        let id = match read.kind {
            PieceKind::Name => Some(secret.id.to_owned()),
            PieceKind::Arn { .. } => replica(secret.id, region),
            PieceKind::OpenArn | PieceKind::ParameterArn => None,
        };
        arns.extend(
            id.iter()
                .flat_map(|id| arns_in(id, region, secret.may_be_missing)),
        );
    }
    arns
}

fn arns_in(id: &str, region: &str, may_be_missing: bool) -> Vec<String> {
    let id = Id::read(id);
    let text: String = id.pieces.iter().map(substituted).collect();
    let written = match id.kind {
        PieceKind::OpenArn | PieceKind::Arn { .. } | PieceKind::ParameterArn => text,
        PieceKind::Name => format!(
            "arn:${{AWS::Partition}}:secretsmanager:{region}:${{AWS::AccountId}}:secret:{text}"
        ),
    };
    let arns = id.with_suffix(&written, may_be_missing);
    arns.iter().map(|arn| reference(arn)).collect()
}

/// Returns `!Ref` for a single template parameter, otherwise the substituted text.
fn reference(text: &str) -> String {
    let name = text
        .strip_prefix("${")
        .and_then(|name| name.strip_suffix('}'));
    match name.filter(|name| !name.contains("${")) {
        Some(name) => format!("!Ref {name}"),
        None => substitution(text),
    }
}

/// Returns the ARN of a parameter in Parameter Store, with a single slash before its name.
pub(super) fn parameter_arn(id: &str) -> String {
    let id = Id::read(id);
    let text: String = id.pieces.iter().map(substituted).collect();
    if id.kind == PieceKind::ParameterArn {
        return substitution(&text);
    }
    let name = text.trim_start_matches('/');
    substitution(&format!(
        "arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter/{name}"
    ))
}

/// Returns a name, with `!Sub` if it contains placeholders without a value.
pub(super) fn name(id: &str) -> String {
    substitution(
        &Id::read(id)
            .pieces
            .iter()
            .map(substituted)
            .collect::<String>(),
    )
}

/// Returns the template parameters of an ID.
pub(super) fn parameters(id: &str) -> Vec<String> {
    let open = |piece: &PatternPiece| match piece {
        PatternPiece::Open(name) => Some(logical_id(name)),
        PatternPiece::Text(_) => None,
    };
    Id::read(id).pieces.iter().filter_map(open).collect()
}

fn substituted(piece: &PatternPiece) -> String {
    match piece {
        PatternPiece::Text(text) => text.clone(),
        PatternPiece::Open(name) => format!("${{{}}}", logical_id(name)),
    }
}

/// Returns `!Sub` for a text with template parameters. The text is quoted if its first character has a meaning in YAML.
fn substitution(text: &str) -> String {
    if text.contains("${") && text.starts_with(['!', '@', '=', '-']) {
        format!("!Sub {}", quoted(text))
    } else if text.contains("${") {
        format!("!Sub {text}")
    } else {
        quoted(text)
    }
}
