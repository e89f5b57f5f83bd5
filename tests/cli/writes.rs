//! What is written from the declaration alone: `policy`, `env`, `docs`, `snippet`, `completions`.

use serde_json::Value;

use crate::support::{bare, ended, holds, of};

#[test]
fn policy_is_json_with_separate_notes() {
    let output = ended(
        bare()
            .args(["policy", "--region", "eu-central-1"])
            .args(of("shop")),
        0,
    );
    let policy: Value = serde_json::from_str(&output.stdout).unwrap();
    let first = &policy["Statement"][0]["Resource"][0];
    assert_eq!(
        first,
        "arn:aws:secretsmanager:eu-central-1:*:secret:shop/TOKEN-??????"
    );
    holds(&output.stderr, &["note: ", "give the account"]);

    let key = "arn:aws:kms:eu-central-1:123456789012:key/1";
    let place = [
        "--region",
        "eu-central-1",
        "--account",
        "123456789012",
        "--kms-key",
        key,
    ];
    let output = ended(bare().arg("policy").args(place).args(of("shop")), 0);
    assert_eq!(output.stderr, "");
    holds(&output.stdout, &["kms:Decrypt", key]);
}

#[test]
fn parameter_policy_includes_paths_of_keys() {
    let place = ["--region", "eu-central-1", "--account", "123456789012"];
    let policy = bare().args(["policy", "--parameter-store"]).args(place);
    let output = ended(policy.args(of("shop")), 0);
    assert_eq!(output.stderr, "");
    let policy: Value = serde_json::from_str(&output.stdout).unwrap();
    let arn = |name: &str| format!("arn:aws:ssm:eu-central-1:123456789012:parameter/{name}");
    let [all, below] = &policy["Statement"].as_array().unwrap()[..] else {
        panic!("{policy}")
    };
    assert_eq!(all["Action"][0], "ssm:GetParameter");
    assert_eq!(all["Action"][1], "ssm:GetParameters");
    assert_eq!(all["Resource"][0], arn("shop/TOKEN").as_str());
    assert_eq!(below["Action"], "ssm:GetParametersByPath");
    assert_eq!(below["Resource"][0], arn("shop/db").as_str());

    let sam = ["snippet", "sam", "--parameter-store"];
    let output = ended(bare().args(sam).args(of("shop")), 0);
    holds(&output.stdout, &[":ssm:", ":parameter/shop/TOKEN"]);
    let ecs = ["snippet", "ecs", "--parameter-store"];
    let output = ended(bare().args(ecs).args(of("shop")), 2);
    holds(&output.stderr, &["for secrets of Secrets Manager only"]);
}

#[test]
fn docs_and_env_describe_fields() {
    let output = ended(bare().args(["docs"]).args(of("shop")), 0);
    holds(
        &output.stdout,
        &["| `token` | `shop/TOKEN` |", "Token of the API."],
    );
    let output = ended(bare().arg("env"), 0);
    holds(
        &output.stdout,
        &[
            "# Token of the API.\nTOKEN=\n",
            "LEVEL=info\n",
            "LISTEN=8080\n",
        ],
    );
}

#[test]
fn each_tool_gets_its_snippet() {
    for (tool, part) in [
        ("ecs", "\"valueFrom\""),
        ("sam", "- Version: \"2012-10-17\""),
        ("cloudformation", "Type: AWS::SecretsManager::Secret"),
        ("terraform", "data \"aws_secretsmanager_secret\""),
    ] {
        let output = ended(bare().args(["snippet", tool]).args(of("shop")), 0);
        holds(&output.stdout, &[part]);
    }
    ended(bare().args(["snippet", "puppet"]), 2);
}

#[test]
fn invalid_placeholder_is_wrong_usage() {
    for subcommand in [&["policy"][..], &["docs"], &["env"], &["snippet", "sam"]] {
        let output = ended(bare().args(subcommand).args(of("not a name")), 2);
        holds(&output.stderr, &["is not a secret name, ARN or reference"]);
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = ended(bare().args(["completions", shell]), 0);
        holds(&output.stdout, &["app-secrets", "completions", "check"]);
        assert_eq!(output.stderr, "");
    }
}
