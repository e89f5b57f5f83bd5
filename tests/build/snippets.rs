//! Generates a struct whose secret names are placeholders, with random doc comments and JSON keys.

use std::fmt::Write as _;

use crate::random::Random;

/// The number of fields. A policy with more would exceed IAM's limits.
const FIELDS: usize = 24;

/// Parts of doc comments and keys that have a meaning in a document's language.
const PARTS: [&str; 30] = [
    "a",
    "key",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\"",
    "'",
    "`",
    "\\",
    "${",
    "${a}",
    "}",
    "%{",
    "#{",
    "#",
    " #",
    "{{resolve:",
    "{{resolve:secretsmanager:db}}",
    "}}",
    ": ",
    "- ",
    "!Sub ",
    "&",
    "*",
    "<",
    "|",
    "\u{85}",
    "\u{2028}",
    "é\u{1f600}",
];

/// The names. The placeholders `n0`, `n1`, … have values.
const NAMES: [&str; 5] = ["{}", "{}", "prod/{}", "{stage}/{}", "{STAGE}/{}/{version}"];

pub(crate) fn declared() -> String {
    let mut random = Random::new(1);
    let mut text = "#[derive(FromSecrets)]\n#[allow(dead_code, reason = \"only the declaration is used\")]\npub(crate) struct Snippets {\n".to_owned();
    let mut names = Vec::new();
    for number in 0..FIELDS {
        let name = random
            .one_of(&NAMES)
            .replace("{}", &format!("{{n{number}}}"));
        let doc = parts(&mut random, &PARTS);
        let key = match random.below(3) {
            0 => format!(
                ", json_key = {:?}",
                format!("k{}", parts(&mut random, &PARTS))
            ),
            _ => String::new(),
        };
        let kind = random.below(4);
        let (default, of) = match kind {
            0 => ("", "Option<String>"),
            1 => (", default = \"d\"", "String"),
            _ => ("", "String"),
        };
        let _ = writeln!(
            text,
            "#[doc = {doc:?}]\n#[secret({name:?}{key}, env = \"V{number}\"{default})]\nf{number}: {of},"
        );
        names.push((name, kind > 1));
    }
    let _ = write!(
        text,
        "}}\n/// The names, and whether the fields are required.\npub(crate) const NAMES: [(&str, bool); {FIELDS}] = {names:?};\n"
    );
    text
}

fn parts(random: &mut Random, all: &[&str]) -> String {
    let count = 1 + random.below(6);
    (0..count).map(|_| *random.one_of(all)).collect()
}
