/// The candidate that a word was probably meant to be: spelt much like it, or with a part in common.
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    shortest(candidates, |candidate| has_part(candidate, word))
        .or_else(|| misspelt(word, candidates))
        .or_else(|| shortest(candidates, |candidate| has_part(word, candidate)))
}

fn shortest<'a>(candidates: &[&'a str], fits: impl Fn(&str) -> bool) -> Option<&'a str> {
    let fitting = candidates
        .iter()
        .copied()
        .filter(|candidate| fits(candidate));
    fitting.min_by_key(|candidate| candidate.len())
}

/// `stage` is a part of `version_stage`, and `env` of `env_var`.
fn has_part(whole: &str, part: &str) -> bool {
    let part = plain(part);
    plain(whole).split(|&c| c == '_').any(|piece| piece == part)
}

/// The candidate that a word is a misspelling of: a third of the letters may be wrong, and one in any case.
pub fn misspelt<'a>(word: &str, legal: &[&'a str]) -> Option<&'a str> {
    let (distance, meant) = legal
        .iter()
        .map(|&candidate| (distance(&plain(word), &plain(candidate)), candidate))
        .min_by_key(|&(distance, _)| distance)?;
    let length = word.chars().count().max(meant.chars().count());
    (distance <= (length / 3).max(1)).then_some(meant)
}

/// Case and separators are what people mix up first.
fn plain(word: &str) -> Vec<char> {
    word.to_lowercase().replace('-', "_").chars().collect()
}

/// How many letters have to be added, removed, replaced or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut two_above: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(two_above[j - 2] + 1);
            }
            row.push(least);
        }
        two_above = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANDIDATES: &[&str] = &["name", "json_key", "version_stage", "env", "env_only"];

    #[test]
    fn typo_finds_intended_word() {
        for (word, meant) in [
            ("naem", "name"),
            ("nmae", "name"),
            ("rename", "name"),
            ("jsonkey", "json_key"),
            ("json-key", "json_key"),
            ("JSON_KEY", "json_key"),
            ("evn", "env"),
            ("env_onyl", "env_only"),
        ] {
            assert_eq!(nearest(word, CANDIDATES), Some(meant), "{word}");
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
        assert_eq!(nearest("colour", CANDIDATES), None);
        assert_eq!(nearest("x", &[]), None);
    }

    #[test]
    fn distance_counts_edits_and_swaps() {
        let count = |a: &str, b: &str| distance(&plain(a), &plain(b));
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("abc", ""), 3);
        assert_eq!(count("abc", "abc"), 0);
        assert_eq!(count("abc", "axc"), 1);
        assert_eq!(count("abc", "acb"), 1);
        assert_eq!(count("kitten", "sitting"), 3);
    }
}
