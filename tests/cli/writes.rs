//! Generated documents: `policy`, `env`, `docs`, `snippet` and `completions`.

use std::fs;

use from_secrets_tests::home::Home;
use serde_json::Value;

use crate::support::{assert_contains, bare, of, run};

#[test]
fn policy_is_json_with_separate_notes() {
    let output = run(
        bare()
            .args(["policy", "--region", "eu-central-1"])
            .args(of("shop")),
        0,
    );
    let policy: Value = serde_json::from_str(&output.stdout).unwrap();
    let resources = &policy["Statement"][0]["Resource"];
    let token = "arn:aws:secretsmanager:eu-central-1:*:secret:shop/TOKEN";
    assert_eq!(resources[0], token);
    assert_eq!(resources[1], format!("{token}-??????").as_str());
    assert_contains(&output.stderr, &["note: ", "set the account"]);

    let key = "arn:aws:kms:eu-central-1:123456789012:key/1";
    let deployment = [
        "--region",
        "eu-central-1",
        "--account",
        "123456789012",
        "--kms-key",
        key,
    ];
    let output = run(bare().arg("policy").args(deployment).args(of("shop")), 0);
    let notes: Vec<&str> = output.stderr.lines().collect();
    assert!(
        notes.len() == 1 && notes[0].contains("also listed without"),
        "{notes:?}"
    );
    assert_contains(&output.stdout, &["kms:Decrypt", key]);
}

#[test]
fn policy_options_select_writes_and_replicas() {
    let deployment = ["--region", "us-east-1", "--account", "123456789012"];
    let policy = || bare().arg("policy").args(deployment).args(of("shop"));
    let replicas = [
        "--replica-region",
        "us-west-2",
        "--replica-region",
        "eu-west-1",
    ];
    let output = run(policy().args(replicas), 0);
    for region in ["us-east-1", "us-west-2", "eu-west-1"] {
        let arn =
            format!("\"arn:aws:secretsmanager:{region}:123456789012:secret:shop/TOKEN-??????\"");
        assert_contains(&output.stdout, &[&arn]);
    }
    assert!(!output.stdout.contains("CreateSecret"), "{}", output.stdout);
    let output = run(policy().arg("--write"), 0);
    assert_contains(&output.stdout, &["CreateSecret", "PutSecretValue"]);
    let output = run(
        policy().args(["--write", "--replica-region", "us-west-2"]),
        2,
    );
    assert_contains(
        &output.stderr,
        &["`--replica-region` has no effect on `policy --write`; omit it"],
    );
}

#[test]
fn policy_includes_replicas_in_code() {
    let program = |subcommand: &[&str]| {
        let program = bare().env("STRUCT", "replicated").args(subcommand);
        run(program.args(["--region", "us-east-1"]).args(of("shop")), 0)
    };
    let regions = |output: &str| {
        let names = ["us-east-1", "us-west-2", "eu-west-1", "ap-south-1"];
        names.map(|name| output.contains(&format!(":secretsmanager:{name}:")))
    };
    let output = program(&["policy"]);
    assert_eq!(regions(&output.stdout), [true, true, true, false]);
    let note = "the replica region `us-west-2` is set in the code of the application";
    assert_contains(&output.stderr, &[note]);
    let output = program(&["policy", "--replica-region", "ap-south-1"]);
    assert_eq!(regions(&output.stdout), [true, false, false, true]);
    let output = program(&["policy", "--write"]);
    assert_eq!(regions(&output.stdout), [true, false, false, false]);
}

#[test]
fn wildcards_need_an_option() {
    let policy = || bare().args(["policy", "--region", "eu-central-1"]);
    let output = run(policy(), 2);
    assert_eq!(output.stdout, "");
    assert_contains(
        &output.stderr,
        &["`--placeholder app=VALUE`", "`--allow-wildcards`"],
    );
    let output = run(policy().arg("--allow-wildcards"), 0);
    assert_contains(&output.stdout, &[":secret:*/TOKEN-??????"]);
    assert_contains(&output.stderr, &["set the placeholder `app`"]);
    let output = run(policy().args(["--write", "--allow-wildcards"]), 2);
    let error = "`--allow-wildcards` has no effect on `policy --write`; omit it";
    assert_contains(&output.stderr, &[error]);
}

#[test]
fn unused_options_are_rejected() {
    let key = "arn:aws:kms:eu-central-1:123456789012:key/1";
    for (tool, option, value) in [
        ("ecs", "--replica-region", "us-west-2"),
        ("ecs", "--kms-key", key),
        ("sam", "--account", "123456789012"),
        ("sam", "--partition", "aws"),
        ("cloudformation", "--region", "us-east-1"),
        ("cloudformation", "--account", "123456789012"),
        ("cloudformation", "--partition", "aws"),
        ("cdk", "--account", "123456789012"),
        ("secret-provider-class", "--replica-region", "us-west-2"),
        ("external-secret", "--region", "us-east-1"),
    ] {
        let arguments = ["snippet", tool, option, value];
        let output = run(bare().args(arguments).args(of("shop")), 2);
        let error = format!("`{option}` has no effect on `snippet {tool}`; omit it");
        assert_contains(&output.stderr, &[&error]);
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn invalid_deployment_settings_are_rejected() {
    for (arguments, problem) in [
        (["--account", "1234"], "specify the 12 digits"),
        (["--region", "eu_west_1"], "the region contains `_`"),
        (["--partition", "amazon"], "the partition is not valid"),
        (["--kms-key", "alias/shop"], "`alias/shop` is an alias"),
    ] {
        let output = run(bare().arg("policy").args(arguments).args(of("shop")), 2);
        assert_contains(&output.stderr, &[problem]);
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn parameter_policy_includes_paths_of_keys() {
    let deployment = ["--region", "eu-central-1", "--account", "123456789012"];
    let policy = bare()
        .args(["policy", "--parameter-store"])
        .args(deployment);
    let output = run(policy.args(of("shop")), 0);
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
    let output = run(bare().args(sam).args(of("shop")), 0);
    assert_contains(&output.stdout, &[":ssm:", ":parameter/shop/TOKEN"]);
    let ecs = ["snippet", "ecs", "--parameter-store"];
    let output = run(bare().args(ecs).args(of("shop")), 2);
    assert_contains(&output.stderr, &["supports only Secrets Manager"]);
}

#[test]
fn docs_and_env_describe_fields() {
    let output = run(bare().args(["docs"]).args(of("shop")), 0);
    assert_contains(
        &output.stdout,
        &["| `token` | `shop/TOKEN` |", "Token of the API."],
    );
    let output = run(bare().arg("env"), 0);
    assert_contains(
        &output.stdout,
        &[
            "# Token of the API.\nTOKEN=\n",
            "# LEVEL=info\n",
            "# LISTEN=8080\n",
        ],
    );
}

#[test]
fn created_env_file_is_private() {
    let directory = Home::new();
    let path = directory.path().join(".env");
    let create = || {
        bare()
            .args(["env", "--output"])
            .arg(path.display().to_string())
    };
    let output = run(create().args(of("shop")), 0);
    assert_eq!(output.stdout, "");
    assert_contains(&output.stderr, &["add it to `.gitignore`"]);
    let printed = run(bare().arg("env").args(of("shop")), 0).stdout;
    assert_eq!(fs::read_to_string(&path).unwrap(), printed);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The file may contain values by now.
    fs::write(&path, "TOKEN=x\n").unwrap();
    let output = run(create().args(of("shop")), 2);
    assert_contains(
        &output.stderr,
        &["already exists; remove it, or specify another file"],
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "TOKEN=x\n");
}

#[cfg(unix)]
#[test]
fn partial_env_file_is_removed() {
    let directory = Home::new();
    let program = env!("CARGO_BIN_EXE_app-secrets");
    let path = directory.path().join(".env");
    // The limit makes the write fail, as a full disk does.
    let script = format!(
        "trap '' XFSZ; ulimit -f 0; {program} env --output {}",
        path.display()
    );
    let output = run(crate::support::shell("http://127.0.0.1:1", &script), 2);
    assert_contains(&output.stderr, &["cannot write `"]);
    assert!(!path.exists());
}

#[test]
fn every_tool_has_a_snippet() {
    for (tool, part) in [
        ("ecs", "\"valueFrom\""),
        ("sam", "- Version: \"2012-10-17\""),
        ("cloudformation", "Type: AWS::SecretsManager::Secret"),
        ("terraform", "data \"aws_secretsmanager_secret\""),
        ("cdk", "export function readSecrets"),
        ("secret-provider-class", "kind: SecretProviderClass"),
        ("external-secret", "kind: ExternalSecret"),
    ] {
        let output = run(bare().args(["snippet", tool]).args(of("shop")), 0);
        assert_contains(&output.stdout, &[part]);
    }
    run(bare().args(["snippet", "puppet"]), 2);
    // A policy contains optional fields in any case.
    run(bare().args(["policy", "--include-optional"]), 2);
    run(bare().args(["snippet", "sam", "--include-optional"]), 2);
}

#[test]
fn invalid_placeholder_is_usage_error() {
    for subcommand in [&["policy"][..], &["docs"], &["env"], &["snippet", "sam"]] {
        let output = run(bare().args(subcommand).args(of("not a name")), 2);
        assert_contains(&output.stderr, &["is not a secret name, ARN or reference"]);
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(bare().args(["completions", shell]), 0);
        assert_contains(&output.stdout, &["app-secrets", "completions", "check"]);
        assert_eq!(output.stderr, "");
    }
}
