/// Returns the candidate that is most similar to a word: one with a similar spelling or a common part.
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    shortest(candidates, |candidate| has_part(candidate, word))
        .or_else(|| misspelled(word, candidates))
        .or_else(|| shortest(candidates, |candidate| has_part(word, candidate)))
}

fn shortest<'a>(candidates: &[&'a str], fits: impl Fn(&str) -> bool) -> Option<&'a str> {
    let fitting = candidates
        .iter()
        .copied()
        .filter(|candidate| fits(candidate));
    fitting.min_by_key(|candidate| candidate.len())
}

/// For example, `stage` is a part of `version_stage`.
fn has_part(whole: &str, part: &str) -> bool {
    let part = normalized(part);
    normalized(whole)
        .split(|&c| c == '_')
        .any(|piece| piece == part)
}

/// Returns the candidate whose spelling is closest to a word. Up to a third of the letters may differ, and at least
/// one.
pub fn misspelled<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    closest(word, candidates, usize::MAX)
}

/// Returns the candidate whose spelling is closest to a word, as [`misspelled`] does, if they differ in at most two
/// letters. Use it for candidates that are not alternatives, such as all variables of a process.
pub fn mistyped<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    closest(word, candidates, 2)
}

fn closest<'a>(word: &str, candidates: &[&'a str], most: usize) -> Option<&'a str> {
    let (distance, closest) = candidates
        .iter()
        .map(|candidate| (normalized(candidate), *candidate))
        .filter(|(letters, _)| !differ_in_digits(&normalized(word), letters))
        .map(|(letters, candidate)| (distance(&normalized(word), &letters), candidate))
        .min_by_key(|&(distance, _)| distance)?;
    let length = word.chars().count().max(closest.chars().count());
    (distance <= (length / 3).max(1).min(most)).then_some(closest)
}

/// Ignores case and separators.
fn normalized(word: &str) -> Vec<char> {
    word.to_lowercase().replace('-', "_").chars().collect()
}

/// Returns whether two words differ only in digits, as `REPLICA_1` and `REPLICA_2` do. Neither is a typo of the other.
fn differ_in_digits(a: &[char], b: &[char]) -> bool {
    let is_letter = |c: &&char| !c.is_ascii_digit();
    a != b && a.iter().filter(is_letter).eq(b.iter().filter(is_letter))
}

/// Returns the number of insertions, deletions, substitutions and swaps of adjacent letters between two words.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut two_rows_back: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = previous[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(previous[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(two_rows_back[j - 2] + 1);
            }
            row.push(least);
        }
        two_rows_back = std::mem::replace(&mut previous, row);
    }
    previous[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANDIDATES: &[&str] = &["name", "json_key", "version_stage", "env", "env_only"];

    #[test]
    fn typo_finds_intended_word() {
        for (word, expected) in [
            ("naem", "name"),
            ("nmae", "name"),
            ("rename", "name"),
            ("jsonkey", "json_key"),
            ("json-key", "json_key"),
            ("JSON_KEY", "json_key"),
            ("evn", "env"),
            ("env_onyl", "env_only"),
        ] {
            assert_eq!(nearest(word, CANDIDATES), Some(expected), "{word}");
        }
    }

    #[test]
    fn partial_word_finds_whole_word() {
        assert_eq!(
            nearest("rename", &["name", "rename_all"]),
            Some("rename_all")
        );
        assert_eq!(nearest("stage", CANDIDATES), Some("version_stage"));
        assert_eq!(nearest("env_variable", CANDIDATES), Some("env"));
    }

    #[test]
    fn dissimilar_word_has_no_match() {
        assert_eq!(nearest("color", CANDIDATES), None);
        assert_eq!(nearest("x", &[]), None);
    }

    #[test]
    fn typo_differs_in_two_letters() {
        let known = ["POCKET_KEY", "HOME"];
        assert_eq!(mistyped("POCKET_KYE", &known), Some("POCKET_KEY"));
        assert_eq!(misspelled("POCKET_TOKEN", &known), Some("POCKET_KEY"));
        assert_eq!(mistyped("POCKET_TOKEN", &known), None);
        assert_eq!(mistyped("HOST", &known), None);
    }

    #[test]
    fn numbered_word_is_no_typo() {
        assert_eq!(misspelled("REPLICA_1", &["REPLICA_2"]), None);
        assert_eq!(
            misspelled("REPLICA_1", &["REPLICA_2", "REPLICAS_1"]),
            Some("REPLICAS_1")
        );
        assert_eq!(mistyped("API_KEY", &["API_KEY2"]), None);
        assert_eq!(mistyped("API_KEY2", &["API-KEY2"]), Some("API-KEY2"));
    }

    #[test]
    fn distance_counts_edits_and_swaps() {
        let count = |a: &str, b: &str| distance(&normalized(a), &normalized(b));
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("abc", ""), 3);
        assert_eq!(count("abc", "abc"), 0);
        assert_eq!(count("abc", "axc"), 1);
        assert_eq!(count("ab", "ba"), 1);
        assert_eq!(count("abc", "acb"), 1);
        assert_eq!(count("kitten", "sitting"), 3);
    }
}
