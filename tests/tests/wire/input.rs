//! Odd names and odd values, each with its decided answer.

use from_secrets::{
    Cause, Environment, ErrorKind, ExposeSecret, FromSecrets, Missing, SecretString,
};
use from_secrets_tests::{Scripted, Vault};

use crate::expect;

/// Loads a struct from one text secret named `IT`.
async fn load<T: FromSecrets>(text: &str) -> Result<T, from_secrets::Error> {
    let aws = Scripted::start(Vault::new().text("IT", text));
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
async fn a_missing_parameter_is_told_before_any_request() {
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
    let aws = Scripted::start(Vault::new().text("PRESENT", "x"));
    let error = aws.loader().load::<Two>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    expect::story(
        &error,
        &[
            "`it`",
            "`{stage}/it`",
            "`stage`",
            "`other`",
            "`team`",
            "Loader::parameter",
        ],
    );
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("0 batches, 0 gets", 0)
    );
}

#[tokio::test]
async fn a_parameter_that_makes_a_bad_name_is_told_before_any_request() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct One {
        #[secret("{stage}/it")]
        it: String,
    }
    let aws = Scripted::start(Vault::new());
    let error = aws
        .loader()
        .parameter("stage", "my stage")
        .load::<One>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    expect::story(
        &error,
        &[
            "`it`",
            "`{stage}/it`",
            "with its parameters filled, is no secret name",
        ],
    );
    assert!(
        !format!("{error:#}").contains("my stage"),
        "a parameter may hold by mistake what nobody should read"
    );
    assert_eq!(aws.connections(), 0);
}

#[tokio::test]
async fn a_value_as_large_as_they_come_is_loaded_whole() {
    let large = "x".repeat(65_536);
    assert_eq!(load::<Text>(&large).await.unwrap().it, large);
}

#[tokio::test]
async fn twenty_values_as_large_as_they_come_are_loaded_in_one_batch() {
    let names = crate::structs::Ten::names();
    let large = "x".repeat(65_536);
    let aws = Scripted::start(
        names
            .iter()
            .fold(Vault::new(), |vault, name| vault.text(name, large.clone())),
    );
    assert!(aws.loader().load::<crate::structs::Ten>().await.is_ok());
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn bytes_that_are_no_text_do_not_fill_text() {
    let aws = Scripted::start(Vault::new().binary("IT", &[0xff, 0xfe]));
    let error = aws.loader().load::<Text>().await.unwrap_err();
    expect::failure(&error, "it", Cause::Malformed);
    expect::story(&error, &["`it`", "`IT`", "not UTF-8", "#[secret(binary)]"]);
}

#[tokio::test]
async fn null_under_a_json_key_is_missing_and_the_next_source_is_asked() {
    let aws = Scripted::start(Vault::new().text("IT", r#"{"password":null}"#));
    let error = aws.loader().load::<Keyed>().await.unwrap_err();
    expect::missing(&error, "password", &Missing::JsonNull);
    let environment = Environment::from_vars([("IT_PASSWORD", "x")]);
    assert_eq!(
        aws.loader()
            .environment(environment)
            .load::<Keyed>()
            .await
            .unwrap()
            .password,
        "x"
    );
}

#[tokio::test]
async fn a_json_key_that_stands_twice_is_not_chosen_from() {
    let error = load::<Keyed>(r#"{"password":"a","password":"b"}"#)
        .await
        .unwrap_err();
    expect::failure(&error, "password", Cause::Malformed);
    expect::story(&error, &["`password`", "twice"]);
}

#[tokio::test]
async fn other_json_keys_may_stand_twice() {
    assert_eq!(
        load::<Keyed>(r#"{"x":1,"x":2,"password":"a"}"#)
            .await
            .unwrap()
            .password,
        "a"
    );
}

#[tokio::test]
async fn a_newline_at_the_end_is_kept_for_text_and_dropped_for_numbers() {
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
async fn text_that_is_no_number_is_malformed_and_names_the_type() {
    for text in ["", " ", "5 432", "65536", "-1", "0x10", "5432;", "٥٤٣٢"] {
        let error = load::<Number>(text).await.unwrap_err();
        expect::failure(&error, "it", Cause::Malformed);
        expect::story(&error, &["`it`", "`IT`", "u16"]);
    }
}

#[tokio::test]
async fn an_empty_variable_counts_as_unset() {
    let aws = Scripted::start(Vault::new());
    let empty = aws
        .loader()
        .environment(Environment::from_vars([("IT", "")]));
    let error = empty.load::<Text>().await.unwrap_err();
    expect::missing(&error, "it", &Missing::Secret);
    expect::story(&error, &["`IT`", "empty"]);
}

#[tokio::test]
async fn a_name_that_looks_like_an_arn_s_end_has_its_own_hint() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Suffixed {
        #[secret("prod/db-master")]
        db: String,
    }
    let aws = Scripted::start(Vault::new());
    let error = aws.loader().load::<Suffixed>().await.unwrap_err();
    expect::story(&error, &["`prod/db-master`", "whole ARN", "suffix"]);
}

#[tokio::test]
async fn a_missing_secret_that_is_named_by_its_arn_is_not_to_be_named_by_its_arn() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct ByArn {
        #[secret(
            name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:GONE-AbCdEf",
            env = false
        )]
        it: String,
    }
    let aws = Scripted::start(Vault::new());
    let error = aws.loader().load::<ByArn>().await.unwrap_err();
    let story = expect::story(&error, &["GONE-AbCdEf", "no such secret"]);
    assert!(!story.contains("whole ARN"), "{story}");
}

#[tokio::test]
async fn a_partial_arn_is_asked_for_as_it_stands() {
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
    let aws = Scripted::start(Vault::new().text("IT", "x").text("OTHER", "y"));
    let loaded: Partial = aws.loader().load().await.unwrap();
    assert_eq!([loaded.it, loaded.other], ["x", "y"]);
    assert!(
        aws.calls().all()[0].asks_for("arn:aws:secretsmanager:us-east-1:123456789012:secret:IT")
    );
}

#[tokio::test]
async fn a_near_miss_of_a_json_key_is_suggested_and_is_no_failed_fetch() {
    let error = load::<Keyed>(r#"{"Password":"x","host":"db"}"#)
        .await
        .unwrap_err();
    expect::missing(
        &error,
        "password",
        &Missing::JsonKey {
            similar: Some("Password".to_owned()),
        },
    );
    let story = expect::story(&error, &["`password`", "did you mean `Password`"]);
    for misleading in [
        "fetch",
        "fail to",
        "no such secret",
        "create the secret",
        "unreachable",
    ] {
        assert!(!story.contains(misleading), "{story}");
    }
}

#[tokio::test]
async fn a_json_key_of_what_is_not_an_object_is_malformed() {
    for (text, found) in [
        ("only text", "not JSON"),
        (r#"{"password":"x""#, "not JSON"),
        (r#"{"password":"x"} trailing"#, "not JSON"),
        ("", "not JSON"),
        (r#"["password"]"#, "not an object"),
        (r#""password""#, "not an object"),
        ("17", "not an object"),
        ("null", "not an object"),
    ] {
        let aws = Scripted::start(Vault::new().text("IT", text));
        let loader = aws
            .loader()
            .environment(Environment::from_vars([("IT_PASSWORD", "old")]));
        let error = loader.load::<Keyed>().await.unwrap_err();
        expect::failure(&error, "password", Cause::Malformed);
        expect::not_asked(&error, "password", "env");
        expect::story(&error, &["`IT`", "`password`", found]);
    }
}

#[tokio::test]
async fn one_variable_for_two_secrets_is_told_before_any_request() {
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
    let aws = Scripted::start(Vault::new());
    let error = aws.loader().load::<Outer>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    expect::story(&error, &["`TOKEN`", "`inner.token`", "`other`"]);
    assert_eq!(aws.connections(), 0);
}

#[tokio::test]
async fn every_failed_field_is_told_at_once() {
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
    let aws = Scripted::start(Vault::new().text("IT", "text").text("PRESENT", "x"));
    let error = aws.loader().load::<Three>().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["missing", "number", "keyed"]);
    assert!(
        error
            .to_string()
            .contains("3 fields failed: `missing` (missing); `number`, `keyed` (malformed)"),
        "{error}"
    );
}
