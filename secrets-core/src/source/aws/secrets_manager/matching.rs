//! Matches entries of a batch to requests: by ARN or name, never by order.

use aws_sdk_secretsmanager::types::SecretValueEntry;
use from_secrets_syntax::Arn;

use super::get::value;
use crate::source::FetchResult;
use crate::source::aws_api::response_check::completes;

/// One secret out of a batch. Its value is in our own buffer, which is wiped.
pub(super) struct BatchEntry {
    arn: Option<String>,
    name: Option<String>,
    pub(super) result: FetchResult,
}

impl From<SecretValueEntry> for BatchEntry {
    fn from(entry: SecretValueEntry) -> Self {
        let arn = entry.arn.clone();
        let result = value(
            entry.secret_string,
            entry.secret_binary,
            entry.version_id,
            entry.arn,
            entry.created_date,
        );
        Self {
            arn,
            name: entry.name,
            result,
        }
    }
}

/// The place of the entry that answers an id.
///
/// A name and an ARN of another account may go by the same name. So an entry that an ARN asks for is never taken for a
/// name, which is then asked for alone; only AWS knows in which account a name is looked up.
pub(super) fn entry_for(secret_id: &str, entries: &[BatchEntry], ids: &[&str]) -> Option<usize> {
    if Arn::is_meant_by(secret_id) {
        return entry_of_arn(secret_id, entries);
    }
    let arns = ids.iter().filter(|id| Arn::is_meant_by(id));
    let claimed: Vec<usize> = arns.filter_map(|arn| entry_of_arn(arn, entries)).collect();
    let is_named = |i: &usize| entries[*i].name.as_deref() == Some(secret_id);
    (0..entries.len())
        .filter(is_named)
        .find(|i| !claimed.contains(i))
}

/// An ARN that is whole is another secret's partial one only by accident, so it is looked for as it stands first.
fn entry_of_arn(requested: &str, entries: &[BatchEntry]) -> Option<usize> {
    let is = |arn: &str| arn == requested;
    let begins = |arn: &str| completes(arn, requested);
    let find = |fits: &dyn Fn(&str) -> bool| {
        entries
            .iter()
            .position(|entry| entry.arn.as_deref().is_some_and(fits))
    };
    find(&is).or_else(|| find(&begins))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-AbCdEf";
    const THEIRS: &str = "arn:aws:secretsmanager:us-east-1:222222222222:secret:db-GhIjKl";

    fn entry(arn: &str, name: &str) -> BatchEntry {
        SecretValueEntry::builder()
            .arn(arn)
            .name(name)
            .build()
            .into()
    }

    #[test]
    fn batch_entry_order_does_not_matter() {
        let entries = [entry(THEIRS, "db"), entry(OURS, "db")];
        let ids = ["db", THEIRS];
        assert_eq!(entry_for("db", &entries, &ids), Some(1));
        assert_eq!(entry_for(THEIRS, &entries, &ids), Some(0));
    }

    #[test]
    fn entry_requested_by_arn_skips_name() {
        let ids = ["db", THEIRS];
        assert_eq!(entry_for("db", &[entry(THEIRS, "db")], &ids), None);
        let twice = [entry(OURS, "db"), entry(OURS, "db")];
        assert_eq!(entry_for("db", &twice, &["db", OURS]), Some(1));
    }

    #[test]
    fn whole_arn_is_not_partial() {
        let longer = format!("{OURS}-GhIjKl");
        let entries = [entry(&longer, "db-AbCdEf"), entry(OURS, "db")];
        assert_eq!(entry_for(OURS, &entries, &[OURS]), Some(1));
    }

    #[test]
    fn partial_arn_needs_complete_name() {
        let entries = [
            entry(
                "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-prod-AbCdEf",
                "db-prod",
            ),
            entry(OURS, "db"),
        ];
        assert_eq!(
            entry_for(
                "arn:aws:secretsmanager:us-east-1:111111111111:secret:db",
                &entries,
                &[]
            ),
            Some(1)
        );
        assert_eq!(entry_for("prod", &entries, &[]), None);
    }
}
