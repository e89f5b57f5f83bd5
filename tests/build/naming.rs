//! Names as lists of words, so that each spelling is written from the words and none is read back from another.

use crate::random::Random;

/// A name's words, in small letters.
pub(crate) type Words = Vec<&'static str>;

/// What fields are called. A struct takes each at most once.
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

/// What secrets are called that are given a name.
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

/// serde's spellings.
pub(crate) const SPELLINGS: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

/// The words in a spelling.
pub(crate) fn spelt(words: &[&str], spelling: &str) -> String {
    match spelling {
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

/// The words as an environment variable.
pub(crate) fn variable(words: &[&str]) -> String {
    spelt(words, "SCREAMING_SNAKE_CASE")
}

/// What stands before derived names: as written, as filled, and the words that a variable has of it.
pub(crate) type Prefix = (&'static str, &'static str, &'static [&'static str]);

/// The parameter `stage` is `live` in every load.
const PREFIXES: [Prefix; 5] = [
    ("prod/app/", "prod/app/", &["prod", "app"]),
    ("{stage}/web-", "live/web-", &["web"]),
    ("APP_", "APP_", &["app"]),
    ("{stage}/", "live/", &[]),
    ("eu.", "eu.", &["eu"]),
];

/// One of them.
pub(crate) fn prefix(random: &mut Random) -> Prefix {
    *random.one_of(&PREFIXES)
}

/// An ARN, whole or without its suffix.
pub(crate) fn arn(region: &str, name: &str, is_whole: bool) -> String {
    let suffix = if is_whole { "-AbCdEf" } else { "" };
    format!("arn:aws:secretsmanager:{region}:123456789012:secret:{name}{suffix}")
}
