//! One version of a secret within one struct, whatever it was asked for as.

use crate::source::{Answer, Found, Request};

/// Gives all requests for one version of one secret the same answer.
///
/// A secret that is named in two ways, by its name and by its ARN, is asked for twice, and may be rotated in between: a
/// user of the old version and a password of the new one would make a struct that never was. The newer answer counts.
pub(crate) fn agree(requests: &[Request], answers: &mut [Answer]) {
    for i in 1..answers.len() {
        let same = (0..i).find(|&j| {
            requests[i].version() == requests[j].version()
                && are_versions_of_one(&answers[i], &answers[j])
        });
        if let Some(j) = same {
            let (newer, older) = if is_newer(&answers[i], &answers[j]) {
                (i, j)
            } else {
                (j, i)
            };
            answers[older] = answers[newer].clone();
        }
    }
}

fn are_versions_of_one(one: &Answer, other: &Answer) -> bool {
    let (Answer::Found(one), Answer::Found(other)) = (one, other) else {
        return false;
    };
    one.arn.is_some() && one.arn == other.arn && one.version_id != other.version_id
}

fn is_newer(one: &Answer, other: &Answer) -> bool {
    let created = |answer: &Answer| match answer {
        Answer::Found(Found { created_at, .. }) => *created_at,
        _ => None,
    };
    created(one) > created(other)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::source::Version;

    fn found(arn: &str, version: u64) -> Answer {
        let created = SystemTime::UNIX_EPOCH + Duration::from_secs(version);
        let found = Found::text("x").version_id(version.to_string());
        Answer::Found(found.arn(arn).created_at(created))
    }

    fn agreed(asked: &[Version], mut answers: Vec<Answer>) -> Vec<Option<String>> {
        let requests: Vec<_> = asked
            .iter()
            .map(|version| Request::new("x", version.clone()))
            .collect();
        agree(&requests, &mut answers);
        let version = |answer: &Answer| match answer {
            Answer::Found(found) => found.version_id.clone(),
            _ => None,
        };
        answers.iter().map(version).collect()
    }

    fn versions(expected: &[&str]) -> Vec<Option<String>> {
        expected
            .iter()
            .map(|version| Some((*version).to_owned()))
            .collect()
    }

    const CURRENT: Version = Version::Current;

    #[test]
    fn the_newer_answer_counts_for_all() {
        let answers = vec![found("a", 2), found("a", 3), found("b", 1), found("a", 1)];
        let asked = [CURRENT, CURRENT, CURRENT, CURRENT];
        assert_eq!(agreed(&asked, answers), versions(&["3", "3", "1", "3"]));
    }

    #[test]
    fn what_was_pinned_stays_what_it_is() {
        let previous = Version::Stage("AWSPREVIOUS".to_owned());
        let answers = vec![found("a", 2), found("a", 1)];
        assert_eq!(agreed(&[CURRENT, previous], answers), versions(&["2", "1"]));
    }
}
