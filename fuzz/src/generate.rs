//! What the files promise that a declaration writes, whatever is known of the place where it is deployed.

use from_secrets::generate::{Declaration, Document};
use from_secrets::{Error, FromSecrets, SecretString};
use serde_json::Value;

/// Names of every kind, with a parameter.
#[derive(FromSecrets)]
#[expect(dead_code, reason = "it is declared, and never loaded")]
#[secrets(prefix = "{stage}/shop/")]
struct Shop {
    /// Shown to nobody. "Quoted", `ticked`, and <marked>.
    api_key: SecretString,
    #[secret("{stage}/db", json_key = "password")]
    password: SecretString,
    #[secret("{SECRET_ARN}", env = "DEPLOYED")]
    deployed: Option<SecretString>,
    #[secret(
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shared-AbCdEf",
        env = "SHARED"
    )]
    shared: SecretString,
    #[secret(env_only, default = 8080)]
    port: u16,
}

/// Writes everything with what the lines say: stage, ARN, region, account, partition, key, each maybe empty for none.
pub fn check(text: &str) {
    let mut lines = text
        .split('\n')
        .map(|line| Some(line).filter(|line| !line.is_empty()));
    let mut next = || lines.next().flatten();
    let (stage, arn, region, account, partition, key) =
        (next(), next(), next(), next(), next(), next());
    let said =
        |with: fn(Declaration, &str) -> Declaration, what: Option<&str>, declaration| match what {
            Some(what) => with(declaration, what),
            None => declaration,
        };
    let secrets = Declaration::of::<Shop>();
    let secrets = said(
        |declaration, stage| declaration.placeholder("stage", stage),
        stage,
        secrets,
    );
    let secrets = said(
        |declaration, arn| declaration.placeholder("SECRET_ARN", arn),
        arn,
        secrets,
    );
    let secrets = said(
        |declaration, region| declaration.region(region),
        region,
        secrets,
    );
    let secrets = said(
        |declaration, account| declaration.account(account),
        account,
        secrets,
    );
    let secrets = said(
        |declaration, partition| declaration.partition(partition),
        partition,
        secrets,
    );
    let secrets = said(|declaration, key| declaration.kms_key(key), key, secrets);
    check_documents(&secrets.clone().parameter_store());
    check_documents(&secrets);
}

fn check_documents(declaration: &Declaration) {
    let policy = declaration.iam_policy();
    if let Ok(policy) = &policy {
        check_policy(policy);
    }
    if let Ok(secrets) = declaration.ecs_secrets() {
        json(&secrets);
    }
    for document in [declaration.sam_policy(), declaration.env_example()] {
        // One rule for all of them: what cannot be named cannot be granted.
        assert_eq!(policy.is_ok(), document.is_ok(), "{}", shown(&document));
        check_lines(&document);
    }
    check_lines(&declaration.cloudformation());
    check_lines(&declaration.terraform());
    check_lines(&declaration.markdown());
}

/// Every statement allows what it names, and names something.
fn check_policy(policy: &Document) {
    let policy = json(policy);
    let statements = policy["Statement"].as_array().expect("statements");
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow");
        for key in ["Action", "Resource"] {
            let is_said = match &statement[key] {
                Value::String(text) => !text.is_empty(),
                Value::Array(items) => !items.is_empty() && items.iter().all(Value::is_string),
                _ => false,
            };
            assert!(is_said, "{key} of {statement}");
        }
    }
}

fn json(document: &Document) -> Value {
    serde_json::from_str(document.text()).expect("the document is JSON")
}

/// Text files end in a newline.
fn check_lines(document: &Result<Document, Error>) {
    if let Ok(document) = document {
        let text = document.text();
        assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    }
}

fn shown(document: &Result<Document, Error>) -> String {
    match document {
        Ok(document) => document.text().to_owned(),
        Err(error) => format!("{error:#}"),
    }
}
