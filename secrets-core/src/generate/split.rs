//! Policies within IAM's limit of their length.

use serde::Serialize;

use super::names::Names;
use super::policy::{IamPolicy, Statement};

/// The maximum length of a managed policy, in characters that are not white space.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
const MAX_LENGTH: usize = 6_144;

/// Distributes statements over as few policies as their order permits. A statement that does not fit continues in the
/// next policy, with another `Sid`.
pub(super) fn split(statements: Vec<Statement>) -> Vec<IamPolicy> {
    let empty = length(&IamPolicy::new());
    let (mut policies, mut used) = (vec![IamPolicy::new()], empty);
    let mut sids = Names::default();
    for mut statement in statements {
        let resources = std::mem::take(&mut statement.resource);
        let mut is_open = false;
        for resource in resources {
            let added = length(&resource) + 1;
            if !is_open || used + added > MAX_LENGTH {
                let part = Statement {
                    sid: sids.unique(&statement.sid),
                    ..statement.clone()
                };
                let frame = length(&part) + 1;
                if used + frame + added > MAX_LENGTH && used > empty {
                    policies.push(IamPolicy::new());
                    used = empty;
                }
                if let Some(policy) = policies.last_mut() {
                    policy.statement.push(part);
                }
                used += frame;
                is_open = true;
            }
            let policy = policies.last_mut();
            if let Some(part) = policy.and_then(|policy| policy.statement.last_mut()) {
                part.resource.push(resource);
            }
            used += added;
        }
    }
    policies
}

/// Returns the length of a part of a policy as IAM counts it.
fn length(part: &impl Serialize) -> usize {
    let text = serde_json::to_string(part).unwrap_or_default();
    text.chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::super::policy::Actions;
    use super::*;

    fn statement(sid: &str, resources: usize) -> Statement {
        let arn = |number| {
            format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:{sid}/{number}-??????")
        };
        Statement {
            sid: sid.to_owned(),
            effect: "Allow",
            action: Actions::One("secretsmanager:GetSecretValue"),
            resource: (0..resources).map(arn).collect(),
            condition: None,
        }
    }

    fn resources(policies: &[IamPolicy]) -> Vec<&String> {
        let statements = policies.iter().flat_map(|policy| &policy.statement);
        statements
            .flat_map(|statement| &statement.resource)
            .collect()
    }

    #[test]
    fn short_policy_is_not_split() {
        assert_eq!(split(Vec::new()).len(), 1);
        let policies = split(vec![statement("One", 10), statement("Two", 10)]);
        assert_eq!(policies.len(), 1);
        assert_eq!(policies[0].statement.len(), 2);
    }

    #[test]
    fn every_part_is_within_the_limit() {
        for count in 1..300 {
            let statements = vec![
                statement("One", count),
                statement("Two", 40),
                statement("All", 1),
            ];
            let all: Vec<String> = statements
                .iter()
                .flat_map(|one| one.resource.clone())
                .collect();
            let policies = split(statements);
            assert!(
                policies.iter().all(|policy| length(policy) <= MAX_LENGTH),
                "{count}"
            );
            assert!(
                policies.iter().all(|policy| !policy.statement.is_empty()),
                "{count}"
            );
            assert_eq!(
                resources(&policies),
                all.iter().collect::<Vec<_>>(),
                "{count}"
            );
            let least = all.iter().map(|arn| arn.len() + 3).sum::<usize>() / MAX_LENGTH;
            assert!(policies.len() <= least + 2, "{count}: {}", policies.len());
            let sids = policies.iter().flat_map(|policy| &policy.statement);
            let mut sids: Vec<&str> = sids.map(|statement| statement.sid.as_str()).collect();
            let parts = sids.len();
            sids.sort_unstable();
            sids.dedup();
            assert_eq!(sids.len(), parts, "{count}");
        }
    }

    /// The number of characters of the first ARN varies by `padding`, so that some policies have exactly the maximum
    /// length. It is counted with commas after the last statement and after the last ARN of each statement.
    fn padded(sid: &str, resources: usize, padding: usize) -> Statement {
        let mut statement = statement(sid, resources);
        statement.resource[0] += &"x".repeat(padding);
        statement
    }

    #[test]
    fn policies_are_filled_to_the_limit() {
        for padding in 0..100 {
            let policies = split(vec![padded("One", 100, padding)]);
            assert!(policies.len() > 1);
            for pair in policies.windows(2) {
                let next = length(&pair[1].statement[0].resource[0]) + 1;
                let used = length(&pair[0]);
                assert!(
                    used <= MAX_LENGTH && used + next + 2 > MAX_LENGTH,
                    "{padding}"
                );
            }
        }
    }

    /// The length is counted with three commas that the policy of both statements does not contain.
    #[test]
    fn full_policy_precedes_next_statement() {
        let mut counts = Vec::new();
        for padding in 0..100 {
            let statements = vec![padded("One", 85, padding), statement("Two", 1)];
            let mut joined = IamPolicy::new();
            joined.statement.clone_from(&statements);
            let joined = length(&joined);
            let policies = split(statements);
            let used = policies.iter().map(length);
            assert!(used.max() <= Some(MAX_LENGTH), "{padding}");
            let expected = if joined + 3 > MAX_LENGTH { 2 } else { 1 };
            assert_eq!(policies.len(), expected, "{padding}");
            counts.push(expected);
        }
        counts.dedup();
        assert_eq!(counts, [1, 2]);
    }

    #[test]
    fn long_arn_has_own_policy() {
        let policies = split(vec![padded("One", 1, MAX_LENGTH), statement("Two", 1)]);
        let counts: Vec<usize> = policies
            .iter()
            .map(|policy| policy.statement.len())
            .collect();
        assert_eq!(counts, [1, 1]);
    }
}
