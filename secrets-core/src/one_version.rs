//! One version of a secret within one struct, whatever it was asked for as.

use std::collections::HashMap;
use std::time::SystemTime;

use crate::source::{Answer, Found, Request, Version};

/// Gives all requests for one version of one secret the same answer.
///
/// A secret that is named in two ways, by its name and by its ARN, is asked for twice, and may be rotated in between: a
/// user of the old version and a password of the new one would make a struct that never was. The newer answer counts.
pub(crate) fn agree(requests: &[Request], answers: &mut [Answer]) {
    for (i, newest) in newest(requests, answers).into_iter().enumerate() {
        if let Some(newest) = newest
            && version(&answers[i]) != version(&answers[newest])
        {
            answers[i] = answers[newest].clone();
        }
    }
}

/// For each answer the newest one to the same: it is its own newest, so none is lost where they are exchanged.
fn newest(requests: &[Request], answers: &[Answer]) -> Vec<Option<usize>> {
    let mut newest = HashMap::new();
    let keys: Vec<_> = requests.iter().zip(answers).map(key).collect();
    for (i, key) in keys.iter().enumerate().filter(|(_, key)| key.is_some()) {
        let best = newest.entry(key).or_insert(i);
        if created(&answers[i]) > created(&answers[*best]) {
            *best = i;
        }
    }
    keys.iter().map(|key| newest.get(&key).copied()).collect()
}

/// The secret that was found, and which of its versions was asked for.
fn key<'a>((request, answer): (&'a Request, &'a Answer)) -> Option<(&'a str, &'a Version)> {
    Some((found(answer)?.arn.as_deref()?, request.version()))
}

fn found(answer: &Answer) -> Option<&Found> {
    match answer {
        Answer::Found(found) => Some(found),
        _ => None,
    }
}

fn version(answer: &Answer) -> Option<&str> {
    found(answer)?.version_id.as_deref()
}

fn created(answer: &Answer) -> Option<SystemTime> {
    found(answer)?.created_at
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(arn: &str, version: u64) -> Answer {
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
        let version = |answer| version(answer).map(str::to_owned);
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
        let answers = vec![
            answer("a", 2),
            answer("a", 3),
            answer("b", 1),
            answer("a", 1),
        ];
        let asked = [CURRENT, CURRENT, CURRENT, CURRENT];
        assert_eq!(agreed(&asked, answers), versions(&["3", "3", "1", "3"]));
        let answers = vec![answer("a", 1), answer("a", 1), answer("a", 2)];
        assert_eq!(agreed(&asked[1..], answers), versions(&["2", "2", "2"]));
    }

    #[test]
    fn what_was_pinned_stays_what_it_is() {
        let previous = Version::Stage("AWSPREVIOUS".to_owned());
        let answers = vec![answer("a", 2), answer("a", 1)];
        assert_eq!(agreed(&[CURRENT, previous], answers), versions(&["2", "1"]));
    }
}
