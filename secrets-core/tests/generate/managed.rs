//! Managed secrets, and explicit references to parameters.

use from_secrets::FromSecrets;
use from_secrets::generate::Declaration;

use crate::structs::Pocket;

#[derive(FromSecrets)]
#[allow(dead_code, reason = "only the declaration is used")]
struct Config {
    #[secret("rds!db-1", json_key = "password")]
    managed: String,
    #[secret("{{resolve:ssm:/prod/db:3}}")]
    parameter: String,
    #[secret(
        name = "arn:aws:ssm:eu-west-1:123456789012:parameter/mail",
        env = "MAIL"
    )]
    arn: String,
}

fn declaration() -> Declaration {
    let declaration = Declaration::of::<Config>();
    declaration.region("eu-central-1").account("123456789012")
}

const SECRET: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1";
const PARAMETER: &str = "arn:aws:ssm:eu-central-1:123456789012:parameter/prod/db";
const ARN: &str = "arn:aws:ssm:eu-west-1:123456789012:parameter/mail";

#[track_caller]
fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn policies_allow_secrets_and_parameters() {
    let key = "arn:aws:kms:eu-central-1:123456789012:key/1";
    let policy = declaration().kms_key(key).iam_policy().unwrap();
    let secret = format!("\"{SECRET}-??????\"");
    let (parameter, arn) = (format!("\"{PARAMETER}\""), format!("\"{ARN}\""));
    let services = ["secretsmanager.eu-central-1", "ssm.eu-central-1"];
    assert_contains(
        policy.text(),
        &[&secret, &parameter, &arn, "ssm:GetParameters"],
    );
    assert_contains(policy.text(), &services);

    let policy = declaration().parameter_store().iam_policy().unwrap();
    assert_contains(policy.text(), &[&parameter, &arn]);
    assert!(!policy.text().contains("secretsmanager"));
    assert!(policy.notes()[0].contains("`rds!db-1` is omitted"));

    let sam = declaration().sam_policy().unwrap();
    assert_contains(
        sam.text(),
        &["secret:rds!db-1-??????", "parameter/prod/db\n", &arn],
    );
    let terraform = declaration().terraform().unwrap();
    assert_contains(terraform.text(), &["name = \"rds!db-1\"", &parameter, &arn]);
    assert!(!terraform.text().contains("aws_ssm_parameter"));
}

#[test]
fn snippets_keep_references() {
    let ecs = declaration().ecs_secrets().unwrap();
    let secret = format!("\"{SECRET}:password::\"");
    assert_contains(
        ecs.text(),
        &[
            &secret,
            &format!("\"{PARAMETER}:3\""),
            &format!("\"{ARN}\""),
        ],
    );
    let template = declaration().cloudformation().unwrap();
    assert_eq!(template.text(), "");
    let notes = template.notes().join("\n");
    assert_contains(
        &notes,
        &[
            "`rds!db-1` is omitted",
            "`/prod/db` is omitted",
            "is a parameter",
        ],
    );
    let env = declaration().env_example().unwrap();
    assert_contains(
        env.text(),
        &["RDS_DB_1_PASSWORD=\n", "PROD_DB=\n", "MAIL=\n"],
    );
}

#[test]
fn write_policy_omits_parameters() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Parameters {
        #[secret("{{resolve:ssm:/prod/db}}")]
        only: String,
    }
    let empty = "the struct has no secrets in Secrets Manager, so the policy is empty";
    let policy = Declaration::of::<Parameters>().iam_write_policy().unwrap();
    assert_eq!(policy.text(), "");
    let omitted = "`/prod/db` is omitted because it is a parameter in Parameter Store";
    assert_eq!(policy.notes(), [omitted, empty]);
    let policy = Declaration::of::<Pocket>().iam_write_policy().unwrap();
    assert!(!policy.notes().contains(&empty.to_owned()));
}
