//! ARN patterns of secrets and parameters.

use from_secrets_syntax::{Arn, ParameterArn, Part, Partition, Template};

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::SecretResource;

/// The IAM wildcard for the six characters that Secrets Manager appends to every name.
pub(super) const SUFFIX: &str = "-??????";

/// The services in ARNs and host names.
pub(super) const SECRETS: &str = "secretsmanager";
pub(super) const PARAMETERS: &str = "ssm";

/// A piece of an ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PatternPiece {
    Text(String),
    /// A placeholder without a value.
    Open(String),
}

/// An ID in pieces.
#[derive(Clone, Debug)]
pub(super) struct Id {
    pub(super) pieces: Vec<PatternPiece>,
    pub(super) kind: PieceKind,
}

/// The kind of an ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    Name,
    /// An ARN of a secret. It can be complete if it ends like `db-backup`, which is either a name or the name `db` with
    /// its suffix.
    Arn {
        can_be_complete: bool,
    },
    /// A placeholder for a whole ARN.
    OpenArn,
    /// The ARN of a parameter in Parameter Store.
    ParameterArn,
}

impl Id {
    pub(super) fn read(id: &str) -> Self {
        let template = Template::parse(id);
        let parts = template.as_ref().map(Template::parts).unwrap_or_default();
        let pieces: Vec<PatternPiece> = parts.iter().map(PatternPiece::of).collect();
        let kind = match &pieces[..] {
            [PatternPiece::Open(name)] if Arn::is_named_by(name) => PieceKind::OpenArn,
            _ if ParameterArn::is_meant_by(id) => PieceKind::ParameterArn,
            _ if Arn::is_meant_by(id) => PieceKind::Arn {
                can_be_complete: can_be_complete(id),
            },
            _ => PieceKind::Name,
        };
        Self { pieces, kind }
    }

    /// Returns the ARNs of a secret for an IAM policy, with IAM wildcards for unknown parts.
    pub(super) fn iam(
        &self,
        deployment: &Deployment,
        secret: &SecretResource<'_>,
        notes: &mut Notes,
    ) -> Vec<String> {
        let id = self.with_stars(notes);
        let mut named = |name: &str| format!("{}secret:{name}", prefix(deployment, SECRETS, notes));
        let mut arns = match self.kind {
            // The wildcard also covers the suffix.
            PieceKind::Arn { .. } if id.ends_with('*') => vec![id],
            PieceKind::Arn { .. } => self.with_suffix(&id, secret.may_be_missing),
            PieceKind::ParameterArn => vec![id],
            PieceKind::Name => self.with_suffix(&named(&id), secret.may_be_missing),
            PieceKind::OpenArn => vec![named("*")],
        };
        let regions = secret.other_regions.iter();
        let replicas: Vec<String> = regions
            .flat_map(|region| arns.iter().filter_map(|arn| replica(arn, region)))
            .collect();
        arns.extend(replicas);
        arns
    }

    /// Returns whether the ARN of a missing secret is known: a placeholder at the end may contain the suffix.
    pub(super) fn has_bare_arn(&self) -> bool {
        let is_open = matches!(self.pieces.last(), Some(PatternPiece::Open(_)));
        match self.kind {
            PieceKind::Name => true,
            PieceKind::Arn { .. } => !is_open,
            PieceKind::OpenArn | PieceKind::ParameterArn => false,
        }
    }

    /// Returns all interpretations of an ARN by Secrets Manager: complete and partial. The ARN of a secret that may be
    /// missing is also listed without a suffix.
    pub(super) fn with_suffix(&self, written: &str, may_be_missing: bool) -> Vec<String> {
        let can_be_complete = match self.kind {
            PieceKind::Arn { can_be_complete } => can_be_complete,
            PieceKind::OpenArn => true,
            PieceKind::ParameterArn => return vec![written.to_owned()],
            PieceKind::Name => false,
        };
        let is_bare = can_be_complete || may_be_missing;
        let complete = is_bare.then(|| written.to_owned());
        let partial = format!("{written}{SUFFIX}");
        complete.into_iter().chain([partial]).collect()
    }

    /// Returns the ARN of a parameter for an IAM policy.
    pub(super) fn iam_parameter(&self, deployment: &Deployment, notes: &mut Notes) -> String {
        let id = self.with_stars(notes);
        if self.kind == PieceKind::ParameterArn {
            return id;
        }
        let name = id.trim_start_matches('/');
        format!("{}parameter/{name}", prefix(deployment, PARAMETERS, notes))
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
                    "`{{{name}}}` has no value, so the policy contains `*` and is broader than necessary; set the placeholder `{name}`"
                ));
                "*".to_owned()
            }
        }
    }
}

/// Returns the ARN of a replica in a region, unless the ARN already covers it. Replicas are in the same partition.
pub(super) fn replica(arn: &str, region: &str) -> Option<String> {
    let mut parts: Vec<&str> = arn.splitn(5, ':').collect();
    let [_, partition, _, own, _] = parts[..] else {
        return None;
    };
    let is_other = own != "*" && own != region;
    let is_possible =
        !Partition::is_known(partition) || Partition::of_region(region).name == partition;
    (is_other && is_possible).then(|| {
        parts[3] = region;
        parts.join(":")
    })
}

/// A placeholder at the end may contain the suffix.
fn can_be_complete(arn: &str) -> bool {
    arn.ends_with('}') || Arn::parse(arn).is_ok_and(|arn| arn.names().count() > 1)
}

/// Returns the beginning of a resource's ARN, up to the resource type.
pub(super) fn prefix(deployment: &Deployment, service: &str, notes: &mut Notes) -> String {
    let region = or_star(deployment.region.as_deref(), "region", notes);
    let account = or_star(deployment.account.as_deref(), "account", notes);
    let partition = deployment.partition_name();
    format!("arn:{partition}:{service}:{region}:{account}:")
}

fn or_star(value: Option<&str>, what: &str, notes: &mut Notes) -> String {
    value.map_or_else(
        || {
            notes.add(format!(
                "the {what} is not set, so the policy contains `*`; set the {what}"
            ));
            "*".to_owned()
        },
        str::to_owned,
    )
}
