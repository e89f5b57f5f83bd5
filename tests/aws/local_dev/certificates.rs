//! Root certificates of the system and of bundles.

use std::path::Path;

use from_secrets_tests::FakeAws;
use from_secrets_tests::fake_aws::Certificate;

use super::{configured, fails_with, loaded, with_values};
use from_secrets_tests::home::Home;
use from_secrets_tests::structs::pocket;

#[test]
fn bundle_replaces_the_system_roots() {
    let aws = FakeAws::start_tls(pocket());
    let authority = aws.authority().unwrap();
    let other = Certificate::create();
    let home = Home::new();
    let trusting = configured("once", &home, &aws)
        .env("AWS_CA_BUNDLE", &authority)
        .env("SSL_CERT_FILE", "/no/such/file");
    loaded(&trusting.run(), "the key the token");
    let untrusting = configured("once", &home, &aws)
        .env("AWS_CA_BUNDLE", other.authority())
        .env("SSL_CERT_FILE", &authority);
    fails_with(
        &untrusting.run(),
        &[
            "cannot reach https://127.0.0.1",
            "invalid peer certificate",
            "AWS_CA_BUNDLE",
        ],
    );
}

#[test]
fn empty_bundle_variable_counts_as_unset() {
    let aws = FakeAws::start_tls(pocket());
    let ended = configured("once", &Home::new(), &aws)
        .env("AWS_CA_BUNDLE", "")
        .env("SSL_CERT_FILE", aws.authority().unwrap())
        .run();
    loaded(&ended, "the key the token");
}

#[test]
fn unusable_bundle_names_setting_and_path() {
    let aws = FakeAws::start_tls(pocket());
    let home = Home::new();
    let empty = home.write("empty.pem", "");
    let text = home.write("text.pem", "hello");
    let cut = home.write("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    let unusable = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let unusable = home.write("unusable.pem", unusable);
    for (path, problem) in [
        (Path::new("/no/such/bundle.pem"), "which does not exist"),
        (home.path(), "which is not a regular file"),
        (&empty, "which contains no certificate"),
        (&text, "which contains no certificate"),
        (&cut, "which is not valid PEM"),
        (&unusable, "no certificate that TLS can use"),
    ] {
        let ended = configured("once", &home, &aws)
            .env("AWS_CA_BUNDLE", path)
            .run();
        let path = path.display().to_string();
        fails_with(&ended, &["`AWS_CA_BUNDLE`", &path, problem, "help"]);
        assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
        assert_eq!(aws.tally(), "0 batches, 0 gets");
    }
}

#[cfg(unix)]
#[test]
fn pipe_as_bundle_is_rejected() {
    let aws = FakeAws::start_tls(pocket());
    let home = Home::new();
    let pipe = home.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for variable in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
        let ended = configured("once", &home, &aws).env(variable, &pipe).run();
        fails_with(&ended, &[variable, "which is not a regular file"]);
    }
}

#[test]
fn missing_roots_error_has_hint() {
    let aws = FakeAws::start_tls(pocket());
    let home = Home::new();
    let empty = home.write("empty.pem", "");
    let garbage = home.write(
        "garbage.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    for (variable, path) in [
        ("SSL_CERT_FILE", Path::new("/no/such/file")),
        ("SSL_CERT_FILE", Path::new("/dev/null")),
        ("SSL_CERT_FILE", &empty),
        ("SSL_CERT_FILE", &garbage),
        ("SSL_CERT_DIR", Path::new("/no/such/directory")),
    ] {
        let ended = configured("once", &home, &aws).env(variable, path).run();
        fails_with(
            &ended,
            &[
                "this system has no root certificates",
                variable,
                "apt-get install ca-certificates",
                "AWS_CA_BUNDLE",
            ],
        );
        assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    }
    assert_eq!(aws.tally(), "0 batches, 0 gets");
}

#[test]
fn loads_without_tls_ignore_certificates() {
    let aws = FakeAws::start(pocket());
    let home = Home::new();
    for (variable, path) in [
        ("SSL_CERT_FILE", "/no/such/file"),
        ("SSL_CERT_DIR", "/no/such/directory"),
        ("AWS_CA_BUNDLE", "/no/such/bundle.pem"),
    ] {
        let ended = configured("once", &home, &aws).env(variable, path).run();
        loaded(&ended, "the key the token");
        assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
        let ended = with_values("once", &home).env(variable, path).run();
        loaded(&ended, "k t");
    }
}
