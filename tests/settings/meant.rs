//! Signs of AWS: without credentials each causes an error that names it, and other variables are not used.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use super::{Variables, assert_failed, assert_loaded, aws, program, variables};
use from_secrets_tests::home::Home;

/// Asserts that the process used environment variables and did not open a connection.
#[track_caller]
fn assert_fell_back(home: &Home, set: &Variables) {
    let ended = program("once", home, set).run();
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stdout.trim(), "old values");
    assert!(!ended.stderr.contains("CONNECTS"), "{}", ended.stderr);
}

/// Asserts that the process failed within a second with an error that names the sign and its alternative.
#[track_caller]
fn assert_credentials_missing(home: &Home, set: &Variables, names: &[&str]) {
    let ended = program("within-a-second", home, set).run();
    assert_failed(&ended, names);
    assert_failed(&ended, &["FROM_SECRETS_SOURCES=env"]);
}

#[test]
fn incomplete_variables_are_an_error() {
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ] {
        let set = variables([(name, "incomplete".to_owned())]);
        assert_credentials_missing(&Home::new(), &set, &[name, "no AWS credentials found"]);
    }
}

#[test]
fn missing_named_file_is_an_error() {
    for name in ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"] {
        let set = variables([(name, "/nonexistent/aws".to_owned())]);
        assert_credentials_missing(
            &Home::new(),
            &set,
            &[name, "/nonexistent/aws", "does not exist"],
        );
    }
}

#[test]
fn unusable_named_file_is_an_error() {
    let home = Home::new();
    let latin = home.path().join("latin");
    std::fs::write(&latin, b"[default]\nregion = \xe9\n").unwrap();
    let broken = home.write("broken", "[default\nregion = x\n");
    let without = home.write("without", "[default]\nregion = us-east-1\n");
    for name in ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"] {
        for (path, what) in [
            (home.path(), "cannot be read"),
            (&latin, "UTF-8"),
            (&broken, "line 1"),
            (&without, name),
        ] {
            let set = variables([(name, path.to_str().unwrap().to_owned())]);
            assert_credentials_missing(&home, &set, &[name, what]);
        }
    }
}

#[test]
fn profile_name_with_space_is_explained() {
    let home = Home::new();
    let keys = "aws_access_key_id = AKID\naws_secret_access_key = key";
    home.write(".aws/config", &format!("[profile \"two words\"]\n{keys}\n"));
    let set = variables([("AWS_PROFILE", "two words".to_owned())]);
    assert_credentials_missing(
        &home,
        &set,
        &["`two words`", "AWS_PROFILE", "rename the profile"],
    );
}

#[test]
fn missing_file_beside_credentials_is_ignored() {
    let aws = aws();
    let set = variables([
        ("AWS_ACCESS_KEY_ID", "AKID".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "key".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL", aws.endpoint()),
        ("AWS_CONFIG_FILE", "/nonexistent/config".to_owned()),
        (
            "AWS_SHARED_CREDENTIALS_FILE",
            "/nonexistent/credentials".to_owned(),
        ),
    ]);
    assert_loaded(&program("once", &Home::new(), &set).run());
}

#[test]
fn null_device_means_no_file() {
    let set = variables([
        ("AWS_CONFIG_FILE", "/dev/null".to_owned()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".to_owned()),
    ]);
    assert_fell_back(&Home::new(), &set);
}

#[test]
fn metadata_settings_are_signs() {
    let closed = from_secrets_tests::unavailable_server::Refusal::open();
    let endpoint = variables([(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        closed.endpoint().to_owned(),
    )]);
    let ended = program("once", &Home::new(), &endpoint).run();
    assert_failed(&ended, &["unreachable", "instance metadata service"]);
    let home = Home::new();
    home.write(
        ".aws/config",
        &format!(
            "[default]\nec2_metadata_service_endpoint = {}\n",
            closed.endpoint()
        ),
    );
    let ended = program("once", &home, &Variables::new()).run();
    assert_failed(&ended, &["unreachable", "instance metadata service"]);
    let enabled = variables([
        ("AWS_EC2_METADATA_DISABLED", "false".to_owned()),
        (
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            closed.endpoint().to_owned(),
        ),
    ]);
    assert_failed(
        &program("once", &Home::new(), &enabled).run(),
        &["instance metadata service"],
    );
}

#[test]
fn incomplete_default_profile_is_an_error() {
    for (profile, named) in [
        ("aws_access_key_id = AKID", "profile `default`"),
        ("aws_secret_access_key = canary", "profile `default`"),
        (
            "role_arn = arn:aws:iam::123456789012:role/app",
            "profile `default`",
        ),
        (
            "role_arn = arn:aws:iam::123456789012:role/app\nsource_profile = missing",
            "missing",
        ),
        (
            "sso_session = missing\nsso_account_id = 123456789012\nsso_role_name = app",
            "missing",
        ),
        (
            "web_identity_token_file = /nonexistent/token",
            "profile `default`",
        ),
        (
            "credential_source = Elsewhere\nrole_arn = arn:aws:iam::123456789012:role/app",
            "Elsewhere",
        ),
    ] {
        let home = Home::new();
        home.write(".aws/config", &format!("[default]\n{profile}\n"));
        let ended = program("once", &home, &Variables::new()).run();
        assert_failed(&ended, &[named, "FROM_SECRETS_SOURCES=env"]);
        from_secrets_tests::canary::assert_absent(&ended.stderr);
    }
}

#[test]
fn selected_profile_without_credentials_fails() {
    let home = Home::new();
    home.write(".aws/config", "[profile work]\nregion = us-east-1\n");
    for (variable, profile, what) in [
        ("AWS_PROFILE", "work", "does not contain any"),
        ("AWS_PROFILE", "missing", "is not in"),
        ("AWS_DEFAULT_PROFILE", "missing", "is not in"),
        (
            "AWS_PROFILE",
            "works",
            "set `AWS_PROFILE` to `work`, or add the profile; the only profile is `work`",
        ),
    ] {
        let set = variables([(variable, profile.to_owned())]);
        assert_credentials_missing(&home, &set, &[variable, profile, what]);
    }
}

#[test]
fn region_alone_is_not_a_sign() {
    let home = Home::new();
    home.write(
        ".aws/config",
        "[default]\nregion = us-east-1\noutput = json\n",
    );
    let set = variables([
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]);
    assert_fell_back(&home, &set);
}

#[test]
fn invalid_settings_without_aws_are_ignored() {
    let set = variables([
        ("AWS_RETRY_MODE", "never".to_owned()),
        ("AWS_MAX_ATTEMPTS", "five".to_owned()),
        ("AWS_REGION", "not a region".to_owned()),
        ("AWS_ENDPOINT_URL", "not a URL".to_owned()),
        ("AWS_CA_BUNDLE", "/nonexistent/bundle".to_owned()),
        ("SSL_CERT_FILE", "/nonexistent/certificates".to_owned()),
        ("HTTPS_PROXY", "not a proxy".to_owned()),
    ]);
    assert_fell_back(&Home::new(), &set);
}

#[test]
fn unreadable_default_file_is_an_error() {
    // Permissions do not apply to root, so a link to itself simulates an unreadable file.
    let home = Home::new();
    std::fs::create_dir_all(home.path().join(".aws")).unwrap();
    let path = home.path().join(".aws/credentials");
    std::os::unix::fs::symlink(&path, &path).unwrap();
    assert_credentials_missing(
        &home,
        &Variables::new(),
        &[path.to_str().unwrap(), "cannot be read"],
    );
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert_credentials_missing(&home, &Variables::new(), &[path.to_str().unwrap()]);
    std::fs::remove_dir(&path).unwrap();
    std::fs::write(&path, b"[default]\naws_access_key_id = \xff\n").unwrap();
    assert_credentials_missing(&home, &Variables::new(), &[path.to_str().unwrap(), "UTF-8"]);
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    assert_fell_back(&home, &Variables::new());
}
