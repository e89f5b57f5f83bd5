//! Unusual names and values.

use from_secrets::source::{Env, MissingReason, SecretsManager, Source, SourceErrorKind};
use from_secrets::{ErrorKind, ExposeSecret, FromSecrets, SecretString};
use from_secrets_tests::{FakeAws, FakeSecretsManager};

use from_secrets_tests::expect;

/// Loads a struct from one text secret named `IT`.
async fn load<T: FromSecrets>(text: &str) -> Result<T, from_secrets::Error> {
    let aws = FakeAws::start(FakeSecretsManager::new().text("IT", text));
    aws.loader().load().await
}

#[derive(Debug, FromSecrets)]
struct Text {
    it: String,
}

#[derive(Debug, FromSecrets)]
struct Number {
    it: u16,
}

#[derive(Debug, FromSecrets)]
struct Flag {
    it: bool,
}

#[derive(Debug, FromSecrets)]
struct Keyed {
    #[secret(name = "IT", json_key = "password")]
    password: String,
}

#[tokio::test]
async fn missing_placeholder_fails_before_any_request() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Two {
        #[secret("{stage}/it")]
        it: String,
        #[secret("{team}/other")]
        other: String,
        #[secret("PRESENT")]
        present: String,
    }
    let aws = FakeAws::start(FakeSecretsManager::new().text("PRESENT", "x"));
    let error = aws.loader().load::<Two>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    expect::details(
        &error,
        &[
            "`it`",
            "`{stage}/it`",
            "`stage`",
            "`other`",
            "`team`",
            "Loader::placeholder",
        ],
    );
    let values = [("IT", "i"), ("OTHER", "o"), ("PRESENT", "p")];
    let env_first = |values: &[_]| {
        let env = Env::from_vars(values.iter().copied());
        let sources = [Source::from(Env::new()), SecretsManager::new().into()];
        aws.loader().sources(sources).env(env)
    };
    let error = env_first(&values[..1]).load::<Two>().await.unwrap_err();
    expect::details(&error, &["`other`", "`team`"]);
    assert!(!format!("{error:#}").contains("`it`"), "{error:#}");
    env_first(&values).load::<Two>().await.unwrap();
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("0 batches, 0 gets", 0)
    );
}

#[tokio::test]
async fn invalid_placeholder_fails_before_any_request() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct One {
        #[secret("{stage}/it")]
        it: String,
    }
    let aws = FakeAws::start(FakeSecretsManager::new());
    let error = aws
        .loader()
        .placeholder("stage", "my stage")
        .load::<One>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    expect::details(
        &error,
        &[
            "`it`",
            "`{stage}/it`",
            "is not a secret name, ARN or reference after its placeholders are filled",
        ],
    );
    assert!(
        !format!("{error:#}").contains("my stage"),
        "a placeholder can contain a secret by mistake"
    );
    assert_eq!(aws.connections(), 0);
}

#[tokio::test]
async fn largest_value_loads_completely() {
    let large = "x".repeat(65_536);
    assert_eq!(load::<Text>(&large).await.unwrap().it, large);
}

#[tokio::test]
async fn ten_largest_values_load_in_batch() {
    let names = from_secrets_tests::structs::Ten::names();
    let large = "x".repeat(65_536);
    let aws = FakeAws::start(
        names
            .iter()
            .fold(FakeSecretsManager::new(), |secrets, name| {
                secrets.text(name, large.clone())
            }),
    );
    assert!(
        aws.loader()
            .load::<from_secrets_tests::structs::Ten>()
            .await
            .is_ok()
    );
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn non_utf8_bytes_never_fill_text() {
    let aws = FakeAws::start(FakeSecretsManager::new().binary("IT", &[0xff, 0xfe]));
    let error = aws.loader().load::<Text>().await.unwrap_err();
    expect::failure(&error, "it", SourceErrorKind::Malformed);
    expect::details(&error, &["`it`", "`IT`", "not UTF-8", "#[secret(binary)]"]);
}

#[tokio::test]
async fn null_json_key_falls_back() {
    let aws = FakeAws::start(FakeSecretsManager::new().text("IT", r#"{"password":null}"#));
    let error = aws.loader().load::<Keyed>().await.unwrap_err();
    expect::missing(&error, "password", &MissingReason::JsonNull);
    let environment = Env::from_vars([("IT_PASSWORD", "x")]);
    assert_eq!(
        aws.loader()
            .env(environment)
            .load::<Keyed>()
            .await
            .unwrap()
            .password,
        "x"
    );
}

#[tokio::test]
async fn duplicate_requested_json_key_is_malformed() {
    let error = load::<Keyed>(r#"{"password":"a","password":"b"}"#)
        .await
        .unwrap_err();
    expect::failure(&error, "password", SourceErrorKind::Malformed);
    expect::details(&error, &["`password`", "twice"]);
}

#[tokio::test]
async fn other_json_keys_may_be_duplicated() {
    assert_eq!(
        load::<Keyed>(r#"{"x":1,"x":2,"password":"a"}"#)
            .await
            .unwrap()
            .password,
        "a"
    );
}

#[tokio::test]
async fn only_text_keeps_trailing_newline() {
    #[derive(FromSecrets)]
    struct Secret {
        it: SecretString,
    }
    assert_eq!(load::<Text>("x\n").await.unwrap().it, "x\n");
    assert_eq!(
        load::<Secret>("x\r\n").await.unwrap().it.expose_secret(),
        "x\r\n"
    );
    assert_eq!(load::<Number>("5432\n").await.unwrap().it, 5432);
    assert!(load::<Flag>("true\r\n").await.unwrap().it);
}

#[tokio::test]
async fn non_numeric_text_error_names_type() {
    for text in ["", " ", "5 432", "65536", "-1", "0x10", "5432;", "٥٤٣٢"] {
        let error = load::<Number>(text).await.unwrap_err();
        expect::failure(&error, "it", SourceErrorKind::Malformed);
        expect::details(&error, &["`it`", "`IT`", "u16"]);
    }
}

#[tokio::test]
async fn empty_variable_counts_as_unset() {
    let aws = FakeAws::start(FakeSecretsManager::new());
    let empty = aws.loader().env(Env::from_vars([("IT", "")]));
    let error = empty.load::<Text>().await.unwrap_err();
    expect::missing(&error, "it", &MissingReason::Secret);
    expect::details(&error, &["`IT`", "empty"]);
}

#[tokio::test]
async fn arn_like_name_has_own_hint() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Suffixed {
        #[secret("prod/db-master")]
        db: String,
    }
    let aws = FakeAws::start(FakeSecretsManager::new());
    let error = aws.loader().load::<Suffixed>().await.unwrap_err();
    expect::details(&error, &["`prod/db-master`", "whole ARN", "suffix"]);
}

#[tokio::test]
async fn missing_arn_has_no_arn_hint() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct ByArn {
        #[secret(
            name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:GONE-AbCdEf",
            env = false
        )]
        it: String,
    }
    let aws = FakeAws::start(FakeSecretsManager::new());
    let error = aws.loader().load::<ByArn>().await.unwrap_err();
    let details = expect::details(&error, &["GONE-AbCdEf", "no such secret"]);
    assert!(!details.contains("whole ARN"), "{details}");
}

#[tokio::test]
async fn partial_arn_is_sent_unchanged() {
    #[derive(Debug, FromSecrets)]
    struct Partial {
        #[secret(
            name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:IT",
            env = false
        )]
        it: String,
        #[secret("OTHER")]
        other: String,
    }
    let aws = FakeAws::start(FakeSecretsManager::new().text("IT", "x").text("OTHER", "y"));
    let loaded: Partial = aws.loader().load().await.unwrap();
    assert_eq!([loaded.it, loaded.other], ["x", "y"]);
    assert!(
        aws.calls().all()[0]
            .is_request_for("arn:aws:secretsmanager:us-east-1:123456789012:secret:IT")
    );
}

#[tokio::test]
async fn similar_json_key_is_suggested() {
    let error = load::<Keyed>(r#"{"Password":"x","host":"db"}"#)
        .await
        .unwrap_err();
    expect::missing(
        &error,
        "password",
        &MissingReason::JsonKey {
            similar: Some("Password".to_owned()),
        },
    );
    let details = expect::details(&error, &["`password`", "did you mean `Password`"]);
    for misleading in [
        "fetch",
        "fail to",
        "no such secret",
        "create the secret",
        "unreachable",
    ] {
        assert!(!details.contains(misleading), "{details}");
    }
}

#[tokio::test]
async fn json_key_of_non_object_fails() {
    for (text, found) in [
        ("only text", "not JSON"),
        (r#"{"password":"x""#, "not JSON"),
        (r#"{"password":"x"} trailing"#, "not JSON"),
        ("", "not JSON"),
        (r#"["password"]"#, "expected a JSON object"),
        (r#""password""#, "expected a JSON object"),
        ("17", "expected a JSON object"),
        ("null", "expected a JSON object"),
    ] {
        let aws = FakeAws::start(FakeSecretsManager::new().text("IT", text));
        let loader = aws.loader().env(Env::from_vars([("IT_PASSWORD", "old")]));
        let error = loader.load::<Keyed>().await.unwrap_err();
        expect::failure(&error, "password", SourceErrorKind::Malformed);
        expect::not_requested(&error, "password", "env");
        expect::details(&error, &["`IT`", "`password`", found]);
    }
}

#[tokio::test]
async fn shared_variable_fails_before_any_request() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Inner {
        token: String,
    }
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Outer {
        #[secret(flatten)]
        inner: Inner,
        #[secret(name = "other", env = "TOKEN")]
        other: String,
    }
    let aws = FakeAws::start(FakeSecretsManager::new());
    let error = aws.loader().load::<Outer>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    expect::details(&error, &["`TOKEN`", "`inner.token`", "`other`"]);
    assert_eq!(aws.connections(), 0);
}

#[tokio::test]
async fn error_lists_every_failed_field() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Three {
        missing: String,
        #[secret("IT")]
        number: u16,
        #[secret(name = "IT", json_key = "password")]
        keyed: String,
        #[secret("PRESENT")]
        present: String,
    }
    let aws = FakeAws::start(
        FakeSecretsManager::new()
            .text("IT", "text")
            .text("PRESENT", "x"),
    );
    let error = aws.loader().load::<Three>().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["missing", "number", "keyed"]);
    assert!(
        error
            .to_string()
            .contains("3 fields failed: `missing` (missing); `number`, `keyed` (malformed)"),
        "{error}"
    );
}
