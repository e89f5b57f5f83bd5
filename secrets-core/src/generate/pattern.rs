//! The ARN of a secret or a parameter, as far as it is known.

use from_secrets_syntax::{Arn, ParameterArn, Part, Template};

use super::deployment::Deployment;
use super::document::Notes;

/// Six characters that Secrets Manager appends to every name, as IAM's wildcard.
pub(super) const SUFFIX: &str = "-??????";

/// The services' words in ARNs and host names.
pub(super) const SECRETS: &str = "secretsmanager";
pub(super) const PARAMETERS: &str = "ssm";

/// How a piece of an id is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PatternPiece {
    Text(String),
    /// A placeholder without a value.
    Open(String),
}

/// An id in pieces.
#[derive(Clone, Debug)]
pub(super) struct Id {
    pub(super) pieces: Vec<PatternPiece>,
    pub(super) kind: PieceKind,
}

/// What an id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    Name,
    /// An ARN, which is partial for sure, or can be complete as well: only Secrets Manager knows whether `db-backup` at
    /// its end is a name, or the name `db` and its suffix.
    Arn {
        can_be_complete: bool,
    },
    /// A placeholder that stands for a whole ARN.
    OpenArn,
    /// The whole ARN of a parameter of Parameter Store.
    ParameterArn,
}

impl Id {
    pub(super) fn read(id: &str) -> Self {
        let template = Template::parse(id);
        let parts = template.as_ref().map(Template::parts).unwrap_or_default();
        let pieces: Vec<PatternPiece> = parts.iter().map(PatternPiece::of).collect();
        let kind = match &pieces[..] {
            [PatternPiece::Open(name)] if name.to_ascii_uppercase().ends_with("ARN") => {
                PieceKind::OpenArn
            }
            _ if ParameterArn::is_meant_by(id) => PieceKind::ParameterArn,
            _ if Arn::is_meant_by(id) => PieceKind::Arn {
                can_be_complete: can_be_complete(id),
            },
            _ => PieceKind::Name,
        };
        Self { pieces, kind }
    }

    /// The ARNs of a secret for an IAM policy, with IAM's own wildcards where something is not known.
    pub(super) fn iam(&self, place: &Deployment, notes: &mut Notes) -> Vec<String> {
        let id = self.with_stars(notes);
        let mut secret = |name: &str| format!("{}secret:{name}", prefix(place, SECRETS, notes));
        match self.kind {
            // The wildcard covers the suffix, too.
            PieceKind::Arn { .. } if id.ends_with('*') => vec![id],
            PieceKind::Arn { .. } => self.with_suffix(&id),
            PieceKind::ParameterArn => vec![id],
            PieceKind::Name => vec![secret(&id) + SUFFIX],
            PieceKind::OpenArn => vec![secret("*")],
        }
    }

    /// Everything that this ARN, as it is written, can mean to Secrets Manager.
    pub(super) fn with_suffix(&self, written: &str) -> Vec<String> {
        let can_be_complete = match self.kind {
            PieceKind::Arn { can_be_complete } => can_be_complete,
            PieceKind::OpenArn => true,
            PieceKind::ParameterArn => return vec![written.to_owned()],
            PieceKind::Name => false,
        };
        let complete = can_be_complete.then(|| written.to_owned());
        let partial = format!("{written}{SUFFIX}");
        complete.into_iter().chain([partial]).collect()
    }

    /// The ARN of a parameter, with the slash at the beginning of its name once.
    pub(super) fn iam_parameter(&self, place: &Deployment, notes: &mut Notes) -> String {
        let id = self.with_stars(notes);
        if self.kind == PieceKind::ParameterArn {
            return id;
        }
        let name = id.trim_start_matches('/');
        format!("{}parameter/{name}", prefix(place, PARAMETERS, notes))
    }

    fn with_stars(&self, notes: &mut Notes) -> String {
        let pieces = self.pieces.iter();
        pieces.map(|piece| piece.or_star(notes)).collect()
    }
}

impl PatternPiece {
    fn of(part: &Part<'_>) -> Self {
        match part {
            Part::Literal(text) => Self::Text((*text).to_owned()),
            Part::Placeholder(name) => Self::Open((*name).to_owned()),
        }
    }

    fn or_star(&self, notes: &mut Notes) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Open(name) => {
                notes.add(format!(
                    "`{{{name}}}` has no value, so `*` stands there and more can be read than need be; give the parameter `{name}`"
                ));
                "*".to_owned()
            }
        }
    }
}

/// A placeholder at the end can bring the suffix.
fn can_be_complete(arn: &str) -> bool {
    arn.ends_with('}') || Arn::parse(arn).is_ok_and(|arn| arn.names().count() > 1)
}

/// The beginning of a resource's ARN, up to its type.
pub(super) fn prefix(place: &Deployment, service: &str, notes: &mut Notes) -> String {
    let region = or_star(place.region.as_deref(), "region", notes);
    let account = or_star(place.account.as_deref(), "account", notes);
    let partition = place.partition_name();
    format!("arn:{partition}:{service}:{region}:{account}:")
}

fn or_star(value: Option<&str>, what: &str, notes: &mut Notes) -> String {
    value.map_or_else(
        || {
            notes.add(format!(
                "the {what} is not given, so `*` stands there; give the {what}"
            ));
            "*".to_owned()
        },
        str::to_owned,
    )
}
