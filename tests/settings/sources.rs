//! Places that issue credentials: their use, their errors, and files that block until the deadline.

use std::process::Command;
use std::time::Duration;

use from_secrets_tests::unavailable_server::{BlackHole, Refusal};
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager};

use super::{Variables, assert_failed, assert_loaded, aws, program, variables};
use from_secrets_tests::home::Home;

fn web_identity(home: &Home, sts: &str, aws: &FakeAws) -> Variables {
    let token = home.write("token", "jwt");
    variables([
        (
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            token.to_str().unwrap().to_owned(),
        ),
        (
            "AWS_ROLE_ARN",
            "arn:aws:iam::123456789012:role/app".to_owned(),
        ),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint()),
        ("AWS_ENDPOINT_URL_STS", sts.to_owned()),
    ])
}

fn container(uri: &str, aws: &FakeAws) -> Variables {
    variables([
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri.to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint()),
    ])
}

fn metadata(endpoint: &str, aws: &FakeAws) -> Variables {
    variables([
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint.to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint()),
    ])
}

#[test]
fn issued_credentials_are_used() {
    let (aws, home) = (aws(), Home::new());
    for set in [
        web_identity(&home, &aws.endpoint(), &aws),
        container(&format!("{}/credentials", aws.endpoint()), &aws),
        metadata(&aws.endpoint(), &aws),
    ] {
        assert_loaded(&program("once", &home, &set).run());
    }
    let calls = aws.calls().all();
    let keys: Vec<&str> = calls
        .iter()
        .filter(|call| call.is_batch())
        .map(|call| call.access_key.as_str())
        .collect();
    assert_eq!(keys, ["ASSUMED", "ISSUED", "ISSUED"]);
}

#[test]
fn user_agent_includes_credential_calls() {
    const ENTRY: &str = concat!("lib/from-secrets/", env!("CARGO_PKG_VERSION"));
    let (aws, home) = (aws(), Home::new());
    assert_loaded(&program("once", &home, &web_identity(&home, &aws.endpoint(), &aws)).run());
    home.write(
        ".aws/config",
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/app\nsource_profile = keys\n\
         [profile keys]\naws_access_key_id = AKID\naws_secret_access_key = key\n",
    );
    let role = variables([
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL", aws.endpoint()),
    ]);
    assert_loaded(&program("once", &home, &role).run());
    let calls = aws.calls().all();
    let operations: Vec<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
    let expected = [
        "AssumeRoleWithWebIdentity",
        "BatchGetSecretValue",
        "AssumeRole",
        "BatchGetSecretValue",
    ];
    assert_eq!(operations, expected);
    for call in calls {
        assert_eq!(call.user_agent.matches(ENTRY).count(), 1, "{call:?}");
    }
}

#[test]
fn instance_role_uses_instance_region() {
    let (aws, home) = (aws(), Home::new());
    home.write(
        ".aws/config",
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/app\ncredential_source = Ec2InstanceMetadata\n",
    );
    let mut set = metadata(&aws.endpoint(), &aws);
    set.extend(variables([("AWS_ENDPOINT_URL_STS", aws.endpoint())]));
    assert_loaded(&program("once", &home, &set).run());
    let calls = aws.calls().all();
    let signed: Vec<_> = calls
        .iter()
        .filter(|call| !call.region.is_empty())
        .collect();
    let keys: Vec<&str> = signed.iter().map(|call| call.access_key.as_str()).collect();
    assert_eq!(keys, ["ISSUED", "ASSUMED"]);
    assert!(signed.iter().all(|call| call.region == "us-east-1"));
}

#[test]
fn refused_connection_is_unreachable() {
    let (aws, home, closed) = (aws(), Home::new(), Refusal::open());
    for (set, place) in [
        (web_identity(&home, closed.endpoint(), &aws), "AWS_ROLE_ARN"),
        (
            container(closed.endpoint(), &aws),
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ),
        (
            metadata(closed.endpoint(), &aws),
            "instance metadata service",
        ),
    ] {
        let ended = program("once", &home, &set).run();
        assert_failed(&ended, &["unreachable", place]);
        assert!(
            !ended.stderr.contains("no usable credentials"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn silent_endpoint_ends_at_the_deadline() {
    let (aws, home, silent) = (aws(), Home::new(), BlackHole::open());
    for set in [
        web_identity(&home, &silent.endpoint(), &aws),
        container(&silent.endpoint(), &aws),
        metadata(&silent.endpoint(), &aws),
    ] {
        let ended = program("within-a-second", &home, &set).run();
        assert_failed(&ended, &["unreachable"]);
        assert!(ended.took < Duration::from_secs(5), "{:?}", ended.took);
    }
}

#[test]
fn issuer_error_keeps_its_kind() {
    let home = Home::new();
    let start = |response: FakeResponse| {
        let secrets = FakeSecretsManager::new()
            .text("POCKET_KEY", "the key")
            .text("POCKET_TOKEN", "the token");
        FakeAws::start(secrets.when(move |call: &Call| {
            let is_issuer = call.operation.is_empty() || call.operation.starts_with("Assume");
            is_issuer.then(|| response.clone())
        }))
    };
    let sts_error = |status, code, message| {
        FakeResponse::raw(
            status,
            format!(
                "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
            ),
        )
    };
    for (response, cause, text) in [
        (
            sts_error(
                403,
                "AccessDenied",
                "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            ),
            "no usable credentials",
            "Not authorized to perform",
        ),
        (
            sts_error(400, "Throttling", "Rate exceeded"),
            "throttled",
            "Throttling",
        ),
        (
            sts_error(500, "InternalFailure", "broken"),
            "internal failure",
            "InternalFailure",
        ),
        (
            sts_error(400, "ExpiredTokenException", "Token expired"),
            "no usable credentials",
            "ExpiredTokenException",
        ),
    ] {
        let aws = start(response);
        let ended = program("once", &home, &web_identity(&home, &aws.endpoint(), &aws)).run();
        assert_failed(&ended, &[cause, text, "trust policy"]);
        assert!(!ended.stderr.contains("sso login"), "{}", ended.stderr);
        assert!(!ended.stderr.contains("Error {"), "{}", ended.stderr);
    }
    for (status, cause) in [
        (403, "no usable credentials"),
        (429, "throttled"),
        (503, "internal failure"),
    ] {
        let aws = start(FakeResponse::raw(status, "canary"));
        let ended = program("once", &home, &container(&aws.endpoint(), &aws)).run();
        assert_failed(&ended, &[cause, &status.to_string()]);
        from_secrets_tests::canary::assert_absent(&ended.stderr);
    }
}

#[test]
fn container_uri_secrets_are_not_shown() {
    let aws = aws();
    for uri in [
        "http://user:cAnArY@example.com/?token=cAnArY",
        "cAnArY",
        "ftp://cAnArY/",
    ] {
        let ended = program("within-a-second", &Home::new(), &container(uri, &aws)).run();
        assert_failed(&ended, &["AWS_CONTAINER_CREDENTIALS_FULL_URI"]);
        from_secrets_tests::canary::assert_absent(&ended.stderr);
    }
}

#[test]
fn line_break_after_key_is_trimmed() {
    let (aws, home) = (aws(), Home::new());
    let set = variables([
        ("AWS_ACCESS_KEY_ID", "AKID\r".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "key\n".to_owned()),
        ("AWS_SESSION_TOKEN", "token\r\n".to_owned()),
        ("AWS_REGION", "us-east-1\n".to_owned()),
        ("AWS_MAX_ATTEMPTS", "5 ".to_owned()),
        ("AWS_RETRY_MODE", "legacy".to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint()),
        ("AWS_ENDPOINT_URL", String::new()),
    ]);
    assert_loaded(&program("once", &home, &set).run());
    home.write(
        ".aws/credentials",
        "\u{feff}[default]\r\naws_access_key_id = AKID\r\r\naws_secret_access_key = key\r\n",
    );
    let process = home.write(
        "keys.json",
        "{\"Version\":1,\"AccessKeyId\":\"PROCESS\\r\\n\",\"SecretAccessKey\":\"key\"}",
    );
    home.write(
        ".aws/config",
        &format!(
            "[profile process]\ncredential_process = cat {}\n",
            process.display()
        ),
    );
    let from_file = variables([
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint()),
    ]);
    assert_loaded(&program("once", &home, &from_file).run());
    let mut from_process = from_file;
    from_process.extend(variables([("AWS_PROFILE", "process".to_owned())]));
    assert_loaded(&program("once", &home, &from_process).run());
    let keys: Vec<String> = aws
        .calls()
        .all()
        .into_iter()
        .map(|call| call.access_key)
        .collect();
    assert_eq!(keys, ["AKID", "AKID", "PROCESS"]);
}

#[test]
fn blocking_file_ends_at_the_deadline() {
    let (aws, home) = (aws(), Home::new());
    let pipe = home.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let path = pipe.to_str().unwrap();
    let mut token = web_identity(&home, &aws.endpoint(), &aws);
    token.retain(|(name, _)| name != "AWS_WEB_IDENTITY_TOKEN_FILE");
    token.extend(variables([(
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        path.to_owned(),
    )]));
    let mut authorization = container(&aws.endpoint(), &aws);
    authorization.extend(variables([(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        path.to_owned(),
    )]));
    for (set, name) in [
        (
            variables([("AWS_CONFIG_FILE", path.to_owned())]),
            "$AWS_CONFIG_FILE",
        ),
        (
            variables([("AWS_SHARED_CREDENTIALS_FILE", path.to_owned())]),
            "$AWS_SHARED_CREDENTIALS_FILE",
        ),
        (token, path),
        (authorization, "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ] {
        for how in [
            "within-a-second",
            "within-a-second-on-two-threads",
            "blocking-within-a-second",
        ] {
            let ended = program(how, &home, &set).run();
            assert_failed(&ended, &[name, "unreachable"]);
            assert!(
                ended.took < Duration::from_secs(5),
                "{how}: {:?}",
                ended.took
            );
        }
    }
}

#[test]
fn indented_comments_of_files_are_ignored() {
    let (aws, home) = (aws(), Home::new());
    let keys = "aws_access_key_id = AKID\naws_secret_access_key = key";
    home.write(
        ".aws/credentials",
        &format!("[default]\n  # a comment\n{keys}\n"),
    );
    home.write(
        ".aws/config",
        &format!(
            "[default]\n\t; a comment\nregion = us-east-1\nservices = local\n[services local]\nsecrets_manager =\n  # a comment\n  \
             endpoint_url = {}\n",
            aws.endpoint()
        ),
    );
    assert_loaded(&program("once", &home, &Variables::new()).run());
}

#[test]
fn region_of_source_profile_is_used() {
    let (aws, home) = (aws(), Home::new());
    let role = "role_arn = arn:aws:iam::123456789012:role/app";
    let keys = "aws_access_key_id = AKID\naws_secret_access_key = key";
    home.write(
        ".aws/config",
        &format!(
            "[default]\n{role}\nsource_profile = middle\n[profile middle]\n{role}\nsource_profile = keys\n\
             [profile keys]\n{keys}\nregion = eu-west-3\n"
        ),
    );
    let set = variables([("AWS_ENDPOINT_URL", aws.endpoint())]);
    assert_loaded(&program("once", &home, &set).run());
    let regions: Vec<String> = aws
        .calls()
        .all()
        .into_iter()
        .map(|call| call.region)
        .collect();
    assert_eq!(regions, ["eu-west-3"; 3]);
}

#[test]
fn circular_source_profiles_have_no_region() {
    let (aws, home) = (aws(), Home::new());
    home.write(
        ".aws/config",
        "[default]\nsource_profile = other\n[profile other]\nsource_profile = default\n",
    );
    let mut set = variables([
        ("AWS_ACCESS_KEY_ID", "AKID".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "key".to_owned()),
    ]);
    set.extend(variables([("AWS_ENDPOINT_URL", aws.endpoint())]));
    assert_failed(&program("once", &home, &set).run(), &["no region"]);
}

#[test]
fn endpoint_of_the_profile_is_used() {
    let (aws, home) = (aws(), Home::new());
    let keys = "aws_access_key_id = AKID\naws_secret_access_key = key\nregion = us-east-1";
    let by_service = format!(
        "[default]\n{keys}\nservices = local\nendpoint_url = http://127.0.0.1:1\n[services local]\nsecrets_manager =\n  endpoint_url = {}\n",
        aws.endpoint()
    );
    let general = format!("[default]\n{keys}\nendpoint_url = {}\n", aws.endpoint());
    for config in [by_service, general] {
        home.write(".aws/config", &config);
        assert_loaded(&program("once", &home, &Variables::new()).run());
    }
    let ignored = variables([("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true".to_owned())]);
    let ended = program("within-a-second", &home, &ignored).run();
    assert_failed(&ended, &["amazonaws.com"]);
}

#[test]
fn runtime_without_io_is_reported() {
    let aws = aws();
    let set = variables([
        ("AWS_ACCESS_KEY_ID", "AKID".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "key".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint()),
    ]);
    let ended = program("without-io", &Home::new(), &set).run();
    assert!(
        !ended.success && ended.stderr.contains("enable_all"),
        "{}",
        ended.stderr
    );
    let ended = program("without-io", &Home::new(), &Variables::new()).run();
    assert!(ended.success, "{}", ended.stderr);
}
