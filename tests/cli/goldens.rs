//! Generated documents, validated with `parliament`, `cfn-lint` and `python-dotenv`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use from_secrets_tests::tool::{Verdict, check};

fn goldens_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../secrets-core/tests/generate/golden")
}

fn goldens() -> Vec<PathBuf> {
    let found = fs::read_dir(goldens_directory())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let found: Vec<PathBuf> = found.collect();
    assert!(found.len() >= 5, "{found:?}");
    found
}

fn read(golden: &Path, file: &str) -> String {
    fs::read_to_string(golden.join(file)).unwrap()
}

pub(crate) fn tool(tool: &str, text: &str) -> Verdict {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/check.py");
    check(&[&script.display().to_string(), tool], text)
}

#[track_caller]
pub(crate) fn clean(verdict: &Verdict, of: &Path) {
    assert!(
        verdict.success && verdict.output.is_empty(),
        "{}:\n{}",
        of.display(),
        verdict.output
    );
}

#[test]
fn policies_pass_parliament() {
    for golden in goldens() {
        let policy = fs::read_to_string(golden.join("policy.json")).unwrap_or_default();
        // Without secrets, no policy is required.
        if !policy.is_empty() {
            clean(&tool("policy", &policy), &golden);
        }
    }
    let shop = goldens_directory().join("shop");
    clean(&tool("policy", &read(&shop, "write_policy.json")), &shop);
    let wrong = read(&shop, "policy.json").replace("Version", "Vision");
    assert!(!tool("policy", &wrong).success, "an invalid policy passed");
}

#[test]
fn templates_pass_cfn_lint() {
    let mut templates = Vec::new();
    let shop = read(&goldens_directory().join("shop"), "sam.yaml");
    for golden in goldens() {
        // CloudFormation cannot create encrypted parameters.
        let text = |file| fs::read_to_string(golden.join(file)).unwrap_or_default();
        let secrets = text("cloudformation.yaml");
        let own = text("sam.yaml");
        if secrets.is_empty() && own.is_empty() {
            continue;
        }
        let has_policy = own.contains("Sid");
        let policy = if has_policy { &own } else { &shop };
        templates.push(template(&secrets, policy));
    }
    assert!(templates.len() >= 7, "{} templates", templates.len());
    let all = serde_json::Value::from(templates).to_string();
    clean(&tool("cloudformation", &all), &goldens_directory());
}

#[test]
fn cfn_lint_rejects_broken_templates() {
    let golden = goldens_directory().join("pocket");
    let (secrets, policy) = (
        read(&golden, "cloudformation.yaml"),
        read(&golden, "sam.yaml"),
    );
    for wrong in [
        template(&secrets.replace("Name:", "Nam:"), &policy),
        template(&secrets, &policy.replace("Action:", "Actions:")),
    ] {
        assert!(!tool("cloudformation", &wrong).success);
    }
}

/// Returns a template with the secrets, and with the policy twice: in a function, and as a resource whose statements
/// cfn-lint validates.
pub(crate) fn template(secrets: &str, policy: &str) -> String {
    let mut template =
        "AWSTemplateFormatVersion: \"2010-09-09\"\nTransform: AWS::Serverless-2016-10-31\n"
            .to_owned();
    let parameters = parameters(&format!("{secrets}{policy}"));
    if !parameters.is_empty() {
        template += "Parameters:\n";
    }
    for parameter in parameters {
        let _ = writeln!(template, "  {parameter}:\n    Type: String");
    }
    template += "Resources:\n";
    template += &indented(secrets, 2);
    template += "  App:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: s3://bucket/key\n      \
                 Handler: bootstrap\n      Runtime: provided.al2023\n      Policies:\n";
    template += &indented(policy, 8);
    template +=
        "  Policy:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n";
    template += &indented(&policy.replacen("- Version", "  Version", 1), 8);
    template
}

fn indented(text: &str, by: usize) -> String {
    let lines = text
        .lines()
        .map(|line| format!("{}{line}", " ".repeat(by)).trim_end().to_owned() + "\n");
    lines.collect()
}

/// Returns the template parameters in use.
fn parameters(text: &str) -> BTreeSet<String> {
    let name = |text: &str| {
        text.chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
    };
    let substituted = text.split("${").skip(1).filter(|rest| {
        rest.trim_start_matches(char::is_alphanumeric)
            .starts_with('}')
    });
    let referred = text.split("!Ref ").skip(1);
    substituted.chain(referred).map(name).collect()
}

#[test]
fn python_dotenv_reads_variables() {
    for golden in goldens() {
        let text = fs::read_to_string(golden.join("example.env")).unwrap_or_default();
        let verdict = tool("env", &text);
        let read: BTreeMap<String, Option<String>> = serde_json::from_str(&verdict.output).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let names = lines.filter_map(|line| line.split_once('='));
        let expected = names.map(|(name, _)| (name.to_owned(), Some(String::new())));
        assert_eq!(read, expected.collect());
    }
}
