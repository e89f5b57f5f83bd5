//! Names as lists of words, so that each case is generated from the words instead of another case.

use crate::random::Random;

/// The words of a name, in lowercase.
pub(crate) type Words = Vec<&'static str>;

/// Names of fields. A struct uses each at most once.
pub(crate) const FIELDS: [&[&str]; 44] = [
    &["key"],
    &["token"],
    &["api", "key"],
    &["member"],
    &["password"],
    &["host", "name"],
    &["port"],
    &["signing", "key"],
    &["salt"],
    &["level"],
    &["timeout"],
    &["address"],
    &["origin", "list"],
    &["is", "open"],
    &["offset"],
    &["place"],
    &["client", "secret", "text"],
    &["region", "hint"],
    &["owner"],
    &["seed"],
    &["web", "hook"],
    &["proxy", "login"],
    &["license"],
    &["motto"],
    &["mirror"],
    &["bucket"],
    &["cursor"],
    &["ticket"],
    &["window"],
    &["queue", "name"],
    &["ledger"],
    &["parcel"],
    &["anchor"],
    &["beacon"],
    &["cipher", "key"],
    &["docket"],
    &["engine"],
    &["folder"],
    &["gadget"],
    &["harbor"],
    &["island"],
    &["jacket"],
    &["kernel"],
    &["lantern"],
];

/// Explicit names of secrets.
pub(crate) const SECRETS: [&[&str]; 8] = [
    &["prod", "db"],
    &["shared", "token"],
    &["team", "mail"],
    &["billing", "hook"],
    &["search", "cluster"],
    &["audit", "sink"],
    &["old", "queue"],
    &["cache", "front"],
];

/// The cases of serde.
pub(crate) const CASES: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

/// Joins words in a case.
pub(crate) fn spell(words: &[&str], case: &str) -> String {
    match case {
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => words.join("_").to_uppercase(),
        "PascalCase" => words.iter().map(|word| capital(word)).collect(),
        "camelCase" => {
            let rest = words[1..].iter().map(|word| capital(word));
            std::iter::once(words[0].to_owned()).chain(rest).collect()
        }
        "kebab-case" => words.join("-"),
        "SCREAMING-KEBAB-CASE" => words.join("-").to_uppercase(),
        _ => words.join("_"),
    }
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

/// Joins words as an environment variable.
pub(crate) fn variable(words: &[&str]) -> String {
    spell(words, "SCREAMING_SNAKE_CASE")
}

/// A prefix: its template, its value, and its words for a derived variable.
pub(crate) type Prefix = (&'static str, &'static str, &'static [&'static str]);

/// The placeholder `stage` is `live` in all loads.
const PREFIXES: [Prefix; 5] = [
    ("prod/app/", "prod/app/", &["prod", "app"]),
    ("{stage}/web-", "live/web-", &["web"]),
    ("APP_", "APP_", &["app"]),
    ("{stage}/", "live/", &[]),
    ("eu.", "eu.", &["eu"]),
];

/// Returns a random prefix.
pub(crate) fn prefix(random: &mut Random) -> Prefix {
    *random.one_of(&PREFIXES)
}

/// Returns a complete or partial ARN.
pub(crate) fn arn(region: &str, name: &str, is_complete: bool) -> String {
    let suffix = if is_complete { "-AbCdEf" } else { "" };
    format!("arn:aws:secretsmanager:{region}:123456789012:secret:{name}{suffix}")
}
