//! Placeholders and hints in arguments.

use serde_json::Value;

use crate::support::{assert_contains, bare, of, run};

#[test]
fn mistyped_placeholder_has_a_suggestion() {
    for args in [
        &["check", "--placeholder", "ap=x"][..],
        &["policy", "--placeholder", "apq=x"],
        &["docs", "--placeholder", "app=x", "--placeholder", "appp=x"],
        &["diff", "env", "--against", "ap=x"],
        &["run", "--placeholder", "ap=x", "--", "true"],
    ] {
        let output = run(bare().args(args), 2);
        assert_contains(
            &output.stderr,
            &["`App` does not have", "did you mean `app`?"],
        );
    }
    let output = run(bare().args(["check", "--placeholder", "stage=x"]), 2);
    assert_contains(&output.stderr, &["the placeholder `stage`; it has `app`"]);
}

#[test]
fn hints_name_options_of_the_command() {
    let output = run(bare().args(["check", "--source", "env"]), 2);
    assert_contains(&output.stderr, &["add `--placeholder app=…`"]);
    let output = run(
        bare()
            .args(["check", "--source", "aws"])
            .args(of("x"))
            .env("AWS_ACCESS_KEY_ID", "a")
            .env("AWS_SECRET_ACCESS_KEY", "b"),
        2,
    );
    assert_contains(&output.stdout, &["`--region`"]);
    assert!(!output.stdout.contains("Loader::"), "{}", output.stdout);
}

#[test]
fn docs_are_json_on_request() {
    let output = run(bare().args(["docs", "--format", "json"]).args(of("x")), 0);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["struct"], "App");
    let password = &document["fields"][1];
    assert_eq!(password["field"], "password");
    assert_eq!(password["secret"], "x/db");
    assert_eq!(password["json_key"], "password");
    assert_eq!(password["variable"], "DB_PASSWORD");
    assert_eq!(password["required"], true);
}

#[cfg(target_os = "linux")]
#[test]
fn narrow_terminal_keeps_names_whole() {
    use std::process::{Command, Stdio};

    let program = env!("CARGO_BIN_EXE_app-secrets");
    let app = "a-long-name/of-an-application/in-a-company";
    for columns in [40, 80] {
        let line = format!(
            "stty rows 24 cols {columns}; NO_COLOR=1 TERM=xterm AWS_EC2_METADATA_DISABLED=true \
             FROM_SECRETS_SOURCES=aws,env AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_REGION=us-east-1 \
             AWS_MAX_ATTEMPTS=1 AWS_ENDPOINT_URL=http://127.0.0.1:1 {program} check --placeholder app={app}"
        );
        let script = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .stdin(Stdio::null())
            .output()
            .expect("`script` is installed (Debian package `bsdutils`)");
        let text = String::from_utf8_lossy(&script.stdout);
        for name in ["TOKEN", "CERTIFICATE", "mail/PASSWORD"] {
            let name = format!("{app}/{name}");
            let words = || text.split_whitespace();
            assert!(
                words().any(|word| word == name),
                "`{name}` is not in:\n{text}"
            );
        }
    }
}
