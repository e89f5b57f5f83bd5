//! Snippets of structs with random names and doc comments, read by parsers.

use std::collections::BTreeSet;
use std::path::Path;

use from_secrets::Error;
use from_secrets::generate::{Declaration, Document};
use from_secrets_tests::random::Random;
use from_secrets_tests::tool::{Verdict, check, check_with_node};
use serde_json::{Value, json};

use crate::goldens::{clean, template, tool};
use random::{NAMES, Snippets};

#[allow(clippy::all, clippy::pedantic, reason = "the doc comments are random")]
mod random {
    use from_secrets::FromSecrets;

    include!(concat!(env!("OUT_DIR"), "/snippets.rs"));
}

/// Parts of names: legal characters that have a meaning in a language, and words that do.
const PARTS: [&str; 22] = [
    "@team/", "2fa", "/+/", "/", "!", "rds!db-1", "a", "A", "_", "-", "=", ".", "+", "-AbCdEf",
    "source", "true", "null", "9", "..", "db", "Stage", "=@",
];

/// The values of the placeholders in the names of the struct.
struct Case {
    values: Vec<String>,
    includes_optional: bool,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let value = |random: &mut Random| {
            let count = 1 + random.below(5);
            (0..count)
                .map(|_| *random.one_of(&PARTS))
                .collect::<String>()
        };
        Self {
            values: NAMES.iter().map(|_| value(&mut random)).collect(),
            includes_optional: random.in_a_hundred(50),
        }
    }

    fn declaration(&self) -> Declaration {
        let declaration = Declaration::of::<Snippets>()
            .region("us-east-1")
            .account("123456789012")
            .allow_wildcards();
        let values = self.values.iter().enumerate();
        let declaration = values.fold(declaration, |declaration, (number, value)| {
            declaration.placeholder(format!("n{number}"), value)
        });
        if self.includes_optional {
            declaration.include_optional()
        } else {
            declaration
        }
    }

    /// Returns the names of the secrets that a document can contain, with `*` for open placeholders.
    fn names(&self) -> BTreeSet<String> {
        let fields = NAMES.iter().zip(&self.values).enumerate();
        let chosen =
            fields.filter(|(_, ((_, is_required), _))| *is_required || self.includes_optional);
        let name = |(number, ((name, _), value)): (usize, (&(&str, bool), &String))| {
            open(&name.replace(&format!("{{n{number}}}"), value))
        };
        chosen.map(name).collect()
    }
}

/// Replaces each placeholder, in any syntax, with `*`.
fn open(text: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        out += before.strip_suffix('$').unwrap_or(before);
        out.push('*');
        rest = after.split_once('}').unwrap().1;
    }
    out + rest
}

fn texts(result: &Value) -> BTreeSet<String> {
    let texts = result.as_array().unwrap_or_else(|| panic!("{result}"));
    texts
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

fn results(verdict: &Verdict) -> Vec<Value> {
    assert!(verdict.success, "{}", verdict.output);
    serde_json::from_str(&verdict.output).unwrap()
}

fn script(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

type Write = fn(&Declaration) -> Result<Document, Error>;

const FORMATS: [(&str, Write); 6] = [
    ("cloudformation", Declaration::cloudformation),
    ("sam", Declaration::sam_policy),
    ("terraform", Declaration::terraform),
    ("secret_provider_class", Declaration::secret_provider_class),
    ("external_secret", Declaration::external_secret),
    ("ecs", Declaration::ecs_secrets),
];

/// The names of each format are exactly those of the struct, except for those that a note omits.
#[test]
fn parsers_read_the_declared_names() {
    let cases: Vec<Case> = (0..40).map(Case::new).collect();
    let text = |case: &Case, write: Write| write(&case.declaration()).unwrap();
    let documents: Vec<Value> = cases
        .iter()
        .flat_map(|case| FORMATS.map(|(format, write)| json!([format, text(case, write).text()])))
        .collect();
    let python = script("python/snippets.py").display().to_string();
    let read = results(&check(&[&python], &Value::from(documents).to_string()));
    let modules: Vec<String> = cases
        .iter()
        .map(|case| text(case, Declaration::cdk).text().to_owned())
        .collect();
    let cdk = results(&check_with_node(
        &script("node/cdk.cjs"),
        &Value::from(modules).to_string(),
    ));
    assert_eq!(read.len(), cases.len() * FORMATS.len());
    assert_eq!(cdk.len(), cases.len());
    assert!(cases.iter().any(|case| !case.names().is_empty()));
    for ((case, read), cdk) in cases.iter().zip(read.chunks(FORMATS.len())).zip(&cdk) {
        let [cloudformation, sam, terraform, class, external, ecs] = read else {
            unreachable!("six formats")
        };
        let opened = |result: &Value| {
            texts(result)
                .iter()
                .map(|text| open(text))
                .collect::<BTreeSet<_>>()
        };
        let names = case.names();
        let own: BTreeSet<String> = names
            .iter()
            .filter(|name| !name.contains('!'))
            .cloned()
            .collect();
        assert_eq!(opened(cloudformation), own);
        assert_eq!(opened(terraform), names);
        // A file has at most one secret, and cannot have every name.
        let files: BTreeSet<String> = names.iter().map(|name| name.replace('/', "_")).collect();
        let is_file = |file: &&String| *file != "." && !file.starts_with("..");
        let classes = opened(class);
        assert!(classes.is_subset(&names), "{classes:?}");
        assert_eq!(
            classes.len(),
            files.iter().filter(is_file).count(),
            "{classes:?}"
        );
        assert!(opened(external).is_subset(&names));
        for arn in opened(ecs) {
            let name = arn.split(':').nth(6).unwrap();
            assert!(names.contains(name), "{arn}");
        }
        // The policies of other languages grant the same as the IAM policy.
        let mut granted = BTreeSet::new();
        let policy = text(case, Declaration::iam_policy);
        for policy in serde_json::Deserializer::from_str(policy.text()).into_iter::<Value>() {
            for statement in policy.unwrap()["Statement"].as_array().unwrap() {
                granted.extend(texts(&statement["Resource"]));
            }
        }
        assert_eq!(texts(cdk), granted);
        let stack = |arn: &String| {
            let arn = arn
                .replace("${AWS::Partition}", "aws")
                .replace("${AWS::Region}", "us-east-1");
            open(&arn.replace("${AWS::AccountId}", "123456789012"))
        };
        assert_eq!(
            texts(sam).iter().map(stack).collect::<BTreeSet<_>>(),
            granted
        );
    }
}

#[test]
fn random_templates_pass_cfn_lint() {
    let template = |seed| {
        let declaration = Case::new(seed).declaration();
        let secrets = declaration.cloudformation().unwrap();
        let policy = declaration.sam_policy().unwrap();
        template(secrets.text(), policy.text())
    };
    let templates: Vec<String> = (0..2).map(template).collect();
    let all = Value::from(templates).to_string();
    clean(&tool("cloudformation", &all), Path::new("seeds 0 and 1"));
}

#[test]
fn broken_snippets_are_rejected() {
    let documents = [
        ("terraform", "data \"a\" \"b\" {\n  name = \"\n}\n"),
        (
            "cloudformation",
            "A:\n  Properties:\n    Name: x\nA:\n  Properties:\n    Name: y\n",
        ),
        (
            "secret_provider_class",
            "spec:\n  parameters:\n    objects: \"- [\"\n",
        ),
    ];
    let python = script("python/snippets.py").display().to_string();
    for broken in results(&check(&[&python], &json!(documents).to_string())) {
        assert!(broken["error"].is_string(), "{broken}");
    }
    let broken = results(&check_with_node(
        &script("node/cdk.cjs"),
        "[\"export function (\"]",
    ));
    assert!(broken[0]["error"].is_string(), "{broken:?}");
}
