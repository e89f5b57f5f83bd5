//! What is written from the declaration alone: `policy`, `env`, `docs`, `snippet`, `completions`.

use serde_json::Value;

use crate::support::{bare, ended, holds, of};

#[test]
fn a_policy_is_json_and_says_beside_it_what_is_wide() {
    let said = ended(
        bare()
            .args(["policy", "--region", "eu-central-1"])
            .args(of("shop")),
        0,
    );
    let policy: Value = serde_json::from_str(&said.stdout).unwrap();
    let first = &policy["Statement"][0]["Resource"][0];
    assert_eq!(
        first,
        "arn:aws:secretsmanager:eu-central-1:*:secret:shop/TOKEN-??????"
    );
    holds(&said.stderr, &["note: ", "give the account"]);

    let key = "arn:aws:kms:eu-central-1:123456789012:key/1";
    let place = [
        "--region",
        "eu-central-1",
        "--account",
        "123456789012",
        "--kms-key",
        key,
    ];
    let said = ended(bare().arg("policy").args(place).args(of("shop")), 0);
    assert_eq!(said.stderr, "");
    holds(&said.stdout, &["kms:Decrypt", key]);
}

#[test]
fn a_policy_for_parameters_allows_each_and_what_lies_below_json_keys() {
    let place = ["--region", "eu-central-1", "--account", "123456789012"];
    let policy = bare().args(["policy", "--parameter-store"]).args(place);
    let said = ended(policy.args(of("shop")), 0);
    assert_eq!(said.stderr, "");
    let policy: Value = serde_json::from_str(&said.stdout).unwrap();
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
    let said = ended(bare().args(sam).args(of("shop")), 0);
    holds(&said.stdout, &[":ssm:", ":parameter/shop/TOKEN"]);
    let ecs = ["snippet", "ecs", "--parameter-store"];
    let said = ended(bare().args(ecs).args(of("shop")), 2);
    holds(&said.stderr, &["for secrets of Secrets Manager only"]);
}

#[test]
fn a_struct_of_the_application_is_documented() {
    let said = ended(bare().args(["docs"]).args(of("shop")), 0);
    holds(
        &said.stdout,
        &["| `token` | `shop/TOKEN` |", "Token of the API."],
    );
    let said = ended(bare().arg("env"), 0);
    holds(
        &said.stdout,
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
        let said = ended(bare().args(["snippet", tool]).args(of("shop")), 0);
        holds(&said.stdout, &[part]);
    }
    ended(bare().args(["snippet", "puppet"]), 2);
}

#[test]
fn a_parameter_that_makes_no_name_is_wrong_usage() {
    for subcommand in [&["policy"][..], &["docs"], &["env"], &["snippet", "sam"]] {
        let said = ended(bare().args(subcommand).args(of("not a name")), 2);
        holds(&said.stderr, &["no secret name, ARN or reference"]);
        assert_eq!(said.stdout, "");
    }
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = ended(bare().args(["completions", shell]), 0);
        holds(&said.stdout, &["app-secrets", "completions", "check"]);
        assert_eq!(said.stderr, "");
    }
}
