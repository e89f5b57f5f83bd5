//! What little YAML is written here.

use super::pattern::{Id, PatternPiece, PieceKind};

/// A scalar in double quotation marks, which can hold anything.
pub(super) fn quoted(text: &str) -> String {
    // JSON's strings are YAML's.
    serde_json::Value::from(text).to_string()
}

/// The name of a template's parameter or resource: letters and digits only.
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

/// A secret's ARNs as CloudFormation puts them together in the stack's own partition, region and account. Open
/// placeholders are parameters of the template.
pub(super) fn arns(id: &str) -> Vec<String> {
    let id = Id::read(id);
    let text: String = id.pieces.iter().map(substituted).collect();
    let written = match id.kind {
        PieceKind::OpenArn | PieceKind::Arn { .. } | PieceKind::ParameterArn => text,
        PieceKind::Name => format!(
            "arn:${{AWS::Partition}}:secretsmanager:${{AWS::Region}}:${{AWS::AccountId}}:secret:{text}"
        ),
    };
    let arns = id.with_suffix(&written);
    arns.iter().map(|arn| reference(arn)).collect()
}

/// The text, and `!Ref` if it is one parameter as a whole.
fn reference(text: &str) -> String {
    let name = text
        .strip_prefix("${")
        .and_then(|name| name.strip_suffix('}'));
    match name.filter(|name| !name.contains("${")) {
        Some(name) => format!("!Ref {name}"),
        None => substitution(text),
    }
}

/// The same for a parameter of Parameter Store, whose ARN has its slash once.
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

/// The text with its open placeholders as parameters, and `!Sub` where it needs that.
pub(super) fn name(id: &str) -> String {
    substitution(
        &Id::read(id)
            .pieces
            .iter()
            .map(substituted)
            .collect::<String>(),
    )
}

/// The parameters that a template needs for an id.
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

/// Plain as people write it, unless YAML would read something else in its first character.
fn substitution(text: &str) -> String {
    if text.contains("${") && text.starts_with(['!', '@', '=', '-']) {
        format!("!Sub {}", quoted(text))
    } else if text.contains("${") {
        format!("!Sub {text}")
    } else {
        quoted(text)
    }
}
