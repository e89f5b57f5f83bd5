//! Generated documents with any deployment settings.

use from_secrets::generate::{Declaration, Document};
use from_secrets::{Error, FromSecrets, SecretString};
use serde_json::{Deserializer, Value};

/// Names of all kinds, with placeholders.
#[derive(FromSecrets)]
#[expect(dead_code, reason = "only the declaration is used")]
#[secrets(prefix = "{stage}/shop/")]
struct Shop {
    /// A description with "quotes", `backticks` and <tags>.
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

/// Generates all documents with the settings in the lines: stage, ARN, region, account, partition, KMS key. Empty lines
/// are not set.
pub fn check(text: &str) {
    let mut lines = text
        .split('\n')
        .map(|line| Some(line).filter(|line| !line.is_empty()));
    let mut next = || lines.next().flatten();
    let (stage, arn, region, account, partition, key) =
        (next(), next(), next(), next(), next(), next());
    let set = |with: fn(Declaration, &str) -> Declaration, value: Option<&str>, declaration| {
        match value {
            Some(value) => with(declaration, value),
            None => declaration,
        }
    };
    let secrets = Declaration::of::<Shop>();
    let secrets = set(
        |declaration, stage| declaration.placeholder("stage", stage),
        stage,
        secrets,
    );
    let secrets = set(
        |declaration, arn| declaration.placeholder("SECRET_ARN", arn),
        arn,
        secrets,
    );
    let secrets = set(
        |declaration, region| declaration.region(region),
        region,
        secrets,
    );
    let secrets = set(
        |declaration, account| declaration.account(account),
        account,
        secrets,
    );
    let secrets = set(
        |declaration, partition| declaration.partition(partition),
        partition,
        secrets,
    );
    let secrets = set(|declaration, key| declaration.kms_key(key), key, secrets);
    check_documents(&secrets.clone().parameter_store());
    check_documents(&secrets);
}

fn check_documents(declaration: &Declaration) {
    let policy = declaration.clone().allow_wildcards().iam_policy();
    if let Ok(policy) = &policy {
        json(policy).iter().for_each(check_policy);
    }
    if let Ok(secrets) = declaration.ecs_secrets() {
        assert_eq!(json(&secrets).len(), 1);
    }
    for document in [declaration.sam_policy(), declaration.env_example()] {
        // All documents reject the same names.
        assert_eq!(policy.is_ok(), document.is_ok(), "{}", shown(&document));
        check_lines(&document);
    }
    check_lines(&declaration.cloudformation());
    check_lines(&declaration.terraform());
    check_lines(&declaration.cdk());
    check_lines(&declaration.secret_provider_class());
    check_lines(&declaration.external_secret());
    check_lines(&declaration.markdown());
}

/// Checks that every statement has actions and resources in printable ASCII.
fn check_policy(policy: &Value) {
    let statements = policy["Statement"].as_array().expect("statements");
    assert!(!statements.is_empty(), "{policy}");
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow");
        for key in ["Action", "Resource"] {
            let items = match &statement[key] {
                Value::Array(items) => &items[..],
                item => std::slice::from_ref(item),
            };
            let is_printable = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
            let is_valid = |item: &Value| {
                item.as_str()
                    .is_some_and(|text| !text.is_empty() && is_printable(text))
            };
            assert!(
                !items.is_empty() && items.iter().all(is_valid),
                "{key} of {statement}"
            );
        }
    }
}

/// Parses the JSON of a document. A policy without a statement is an empty text, and a long policy is several.
fn json(document: &Document) -> Vec<Value> {
    let values = Deserializer::from_str(document.text()).into_iter();
    let values: Result<_, _> = values.collect();
    values.expect("the document is JSON")
}

/// Checks that a text ends with a newline.
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
