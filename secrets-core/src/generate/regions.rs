//! The regions in which a load requests a secret.

use from_secrets_syntax::Arn;

use super::deployment::Deployment;
use super::pattern::{Id, PieceKind};

/// Returns the region of a secret, if it is known.
pub(super) fn home<'a>(deployment: &'a Deployment, id: &'a str) -> Option<&'a str> {
    match Id::read(id).kind {
        PieceKind::Name => deployment.region.as_deref(),
        PieceKind::Arn { .. } | PieceKind::OpenArn | PieceKind::ParameterArn => {
            let region = Arn::parse(id).ok()?.region;
            (!region.contains('{')).then_some(region)
        }
    }
}

/// Returns the regions in which a load requests a secret besides its own, as the source does: a secret in the region of
/// the deployment, or in a region with replicas, is in all of these. Any other secret is only in the region of its ARN.
/// An unknown region counts as that of the deployment.
pub(super) fn other_regions<'a>(deployment: &'a Deployment, id: &'a str) -> Vec<&'a str> {
    if deployment.replicas().next().is_none() {
        return Vec::new();
    }
    let own = deployment.region.as_deref();
    let known: Vec<&str> = own.into_iter().chain(deployment.replicas()).collect();
    let home = home(deployment, id).or(own);
    if own.is_some() && home.is_some_and(|home| !known.contains(&home)) {
        return Vec::new();
    }
    known
        .into_iter()
        .filter(|region| home != Some(region))
        .collect()
}

/// Returns whether a load can request two secrets in the same region. An unknown region may be equal to any other.
pub(super) fn share_a_region(deployment: &Deployment, one: &str, other: &str) -> bool {
    let regions = |id| {
        let mut regions = other_regions(deployment, id);
        regions.insert(0, home(deployment, id)?);
        Some(regions)
    };
    match (regions(one), regions(other)) {
        (Some(one), Some(other)) => one.iter().any(|region| other.contains(region)),
        _ => true,
    }
}
