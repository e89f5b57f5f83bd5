//! Which entry of a batch answers which request: by ARN or name, never by order.

use aws_sdk_secretsmanager::types::SecretValueEntry;
use from_secrets_syntax::{Arn, suffix_like_an_arn};

use super::single::value;
use crate::source::Answer;

/// One secret out of a batch. Its value is in our own buffer, which is wiped.
pub(super) struct Entry {
    arn: Option<String>,
    name: Option<String>,
    pub(super) answer: Answer,
}

impl From<SecretValueEntry> for Entry {
    fn from(entry: SecretValueEntry) -> Self {
        let arn = entry.arn.clone();
        let answer = value(
            entry.secret_string,
            entry.secret_binary,
            entry.version_id,
            entry.arn,
        );
        Self {
            arn,
            name: entry.name,
            answer,
        }
    }
}

/// The place of the entry that answers an id.
///
/// A name and an ARN of another account may go by the same name, so an entry that some ARN asks for is taken for a
/// name only where there is no other of that name.
pub(super) fn entry_for(secret_id: &str, entries: &[Entry], ids: &[&str]) -> Option<usize> {
    if Arn::is_meant_by(secret_id) {
        return entries.iter().position(|entry| is_arn_of(secret_id, entry));
    }
    let named = || (0..entries.len()).filter(|&i| entries[i].name.as_deref() == Some(secret_id));
    let claimed = |i: usize| {
        ids.iter()
            .any(|id| Arn::is_meant_by(id) && is_arn_of(id, &entries[i]))
    };
    named().find(|&i| !claimed(i)).or_else(|| named().next())
}

/// A partial ARN lacks the hyphen and the six characters at the end.
fn is_arn_of(asked: &str, entry: &Entry) -> bool {
    let Some(arn) = entry.arn.as_deref() else {
        return false;
    };
    arn == asked
        || arn
            .strip_prefix(asked)
            .is_some_and(|rest| rest.len() == 7 && suffix_like_an_arn(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-AbCdEf";
    const THEIRS: &str = "arn:aws:secretsmanager:us-east-1:222222222222:secret:db-GhIjKl";

    fn entry(arn: &str, name: &str) -> Entry {
        SecretValueEntry::builder()
            .arn(arn)
            .name(name)
            .build()
            .into()
    }

    #[test]
    fn names_and_arns_find_their_entry_in_any_order() {
        let entries = [entry(THEIRS, "db"), entry(OURS, "db")];
        let ids = ["db", THEIRS];
        assert_eq!(entry_for("db", &entries, &ids), Some(1));
        assert_eq!(entry_for(THEIRS, &entries, &ids), Some(0));
    }

    #[test]
    fn one_entry_answers_a_name_and_its_arn() {
        let entries = [entry(OURS, "db")];
        let ids = ["db", OURS];
        assert_eq!(entry_for("db", &entries, &ids), Some(0));
        assert_eq!(entry_for(OURS, &entries, &ids), Some(0));
    }

    #[test]
    fn a_partial_arn_is_matched_whole_and_never_by_a_shared_beginning() {
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
