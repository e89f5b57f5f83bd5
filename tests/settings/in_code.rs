//! A profile and a role that the application sets in code.

use from_secrets_tests::home::Home;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager};

use super::{Variables, assert_failed, assert_loaded, aws, other_services, program, variables};

const ROLE: &str = "arn:aws:iam::123456789012:role/reader";

fn two_profiles(home: &Home) {
    home.write(
        ".aws/credentials",
        "[default]\naws_access_key_id = DEFAULT\naws_secret_access_key = key\n\
         [payments]\naws_access_key_id = PAYMENTS\naws_secret_access_key = key\n",
    );
    home.write(
        ".aws/config",
        "[default]\nregion = us-east-1\n[profile payments]\nregion = eu-west-1\n",
    );
}

fn with_keys(aws: &FakeAws) -> Variables {
    variables([
        ("AWS_ACCESS_KEY_ID", "VARIABLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "key".to_owned()),
        ("AWS_ENDPOINT_URL", aws.endpoint()),
    ])
}

#[test]
fn profile_in_code_precedes_variables() {
    let (aws, home) = (aws(), Home::new());
    two_profiles(&home);
    let ended = program("with-a-profile", &home, &with_keys(&aws))
        .env("AWS_PROFILE", "default")
        .env("PROFILE_IN_CODE", "payments")
        .run();
    assert_loaded(&ended);
    let calls = aws.calls().all();
    assert_eq!(calls[0].access_key, "PAYMENTS");
    assert_eq!(calls[0].region, "eu-west-1");
}

#[test]
fn missing_profile_in_code_is_named() {
    let (aws, home) = (aws(), Home::new());
    two_profiles(&home);
    let ended = program("with-a-profile", &home, &with_keys(&aws))
        .env("AWS_REGION", "us-east-1")
        .env("PROFILE_IN_CODE", "payment")
        .run();
    assert_failed(&ended, &["`payment`", "`profile` in code", ".aws/config"]);
    assert_eq!(aws.calls().all().len(), 0);
}

#[test]
fn role_in_code_is_assumed() {
    let (aws, home) = (aws(), Home::new());
    let ended = program("with-a-role", &home, &with_keys(&aws))
        .env("AWS_REGION", "us-east-1")
        .env("ROLE_IN_CODE", ROLE)
        .run();
    assert_loaded(&ended);
    let calls = aws.calls().all();
    let keys: Vec<(&str, &str)> = calls
        .iter()
        .map(|call| (call.operation.as_str(), call.access_key.as_str()))
        .collect();
    assert_eq!(
        keys,
        [
            ("AssumeRole", "VARIABLE"),
            ("BatchGetSecretValue", "ASSUMED")
        ]
    );
}

#[test]
fn denied_role_error_quotes_aws() {
    let home = Home::new();
    let denied = |call: &Call| match call.operation.as_str() {
        "AssumeRole" => Some(FakeResponse::raw(
            403,
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: \
             arn:aws:iam::210987654321:user/dev is not authorized to perform: sts:AssumeRole on \
             resource: arn:aws:iam::123456789012:role/reader</Message></Error></ErrorResponse>",
        )),
        _ => other_services(call),
    };
    let aws = FakeAws::start(FakeSecretsManager::new().when(denied));
    let ended = program("with-a-role", &home, &with_keys(&aws))
        .env("AWS_REGION", "us-east-1")
        .env("ROLE_IN_CODE", ROLE)
        .run();
    assert_failed(
        &ended,
        &[
            &format!("cannot assume the role `{ROLE}`"),
            "is not authorized to perform: sts:AssumeRole",
            "AccessDenied",
            "trust policy",
        ],
    );
}

#[test]
fn role_without_credentials_falls_back() {
    let (aws, home) = (aws(), Home::new());
    let ended = program("with-a-role", &home, &Vec::new())
        .env("ROLE_IN_CODE", ROLE)
        .run();
    assert!(!ended.success);
    assert!(
        ended.stderr.contains("no AWS credentials"),
        "{}",
        ended.stderr
    );
    assert_eq!(aws.calls().all().len(), 0);
}
