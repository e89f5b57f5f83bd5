//! Placeholders without a value, which are variables of a document.

use super::grant::SecretResource;
use super::names::Names;
use super::pattern::{Id, PatternPiece, PieceKind, replica};
use super::secrets::GrantedSecret;

/// The placeholders without a value, each with its identifier.
#[derive(Debug)]
pub(super) struct Variables(Vec<(String, String)>);

impl Variables {
    /// Returns the placeholders of secrets. `{stage}` and `{STAGE}` can have similar identifiers.
    pub(super) fn new(
        secrets: &[GrantedSecret<'_>],
        names: &mut Names,
        identifier: impl Fn(&str) -> String,
    ) -> Self {
        let mut known: Vec<(String, String)> = Vec::new();
        for piece in secrets.iter().flat_map(|secret| Id::read(secret.id).pieces) {
            if let PatternPiece::Open(placeholder) = piece
                && known.iter().all(|(known, _)| *known != placeholder)
            {
                let identifier = names.unique(&identifier(&placeholder));
                known.push((placeholder, identifier));
            }
        }
        Self(known)
    }

    /// Returns the identifiers.
    pub(super) fn identifiers(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, identifier)| identifier.as_str())
    }

    /// Returns an ID in which each placeholder is replaced with an expression of its identifier.
    pub(super) fn fill(&self, id: &Id, expression: impl Fn(&str) -> String) -> String {
        let text = |piece: &PatternPiece| match piece {
            PatternPiece::Text(text) => text.clone(),
            PatternPiece::Open(placeholder) => {
                let mut known = self.0.iter();
                let known = known.find(|(known, _)| known == placeholder);
                expression(known.map_or(placeholder, |(_, identifier)| identifier))
            }
        };
        id.pieces.iter().map(text).collect()
    }
}

/// A language that replaces `${…}` in strings. The deployment provides the partition, the region and the account.
#[derive(Debug)]
pub(super) struct Substitution<'a> {
    pub(super) partition: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) variables: &'a Variables,
}

impl Substitution<'_> {
    /// Returns an ID with its variables.
    pub(super) fn text(&self, id: &Id) -> String {
        self.variables.fill(id, |name| format!("${{{name}}}"))
    }

    /// Returns the ARNs of a secret in its own region, and those in other regions.
    pub(super) fn arns(&self, secret: &SecretResource<'_>) -> Vec<String> {
        let mut arns = self.arns_in(secret.id, self.region, secret.may_be_missing);
        for region in &secret.other_regions {
            let id = match Id::read(secret.id).kind {
                PieceKind::Name => Some(secret.id.to_owned()),
                PieceKind::Arn { .. } => replica(secret.id, region),
                PieceKind::OpenArn | PieceKind::ParameterArn => None,
            };
            let id = id.iter();
            arns.extend(id.flat_map(|id| self.arns_in(id, region, secret.may_be_missing)));
        }
        arns
    }

    fn arns_in(&self, id: &str, region: &str, may_be_missing: bool) -> Vec<String> {
        let id = Id::read(id);
        let text = self.text(&id);
        let written = match id.kind {
            PieceKind::OpenArn | PieceKind::Arn { .. } | PieceKind::ParameterArn => text,
            PieceKind::Name => format!(
                "arn:{}:secretsmanager:{region}:{}:secret:{text}",
                self.partition, self.account
            ),
        };
        id.with_suffix(&written, may_be_missing)
    }

    /// Returns the ARN of a parameter in Parameter Store, with a single slash before its name.
    pub(super) fn parameter_arn(&self, id: &str) -> String {
        let id = Id::read(id);
        let text = self.text(&id);
        if id.kind == PieceKind::ParameterArn {
            return text;
        }
        let Self {
            partition,
            region,
            account,
            ..
        } = self;
        let name = text.trim_start_matches('/');
        format!("arn:{partition}:ssm:{region}:{account}:parameter/{name}")
    }
}
