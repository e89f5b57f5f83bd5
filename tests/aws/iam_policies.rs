//! Generated policies, on an emulator that enforces them.

use from_secrets::generate::Declaration;
use from_secrets::source::{Env, SourceErrorKind};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::emulator::put_names;
use from_secrets_tests::{Emulator, Kind, expect, sdk};
use serde_json::{Value, json};

/// Declares each combination of necessity and variable, with secrets whose names begin with a prefix.
macro_rules! combinations {
    ($name:ident, $prefix:literal) => {
        #[derive(Debug, FromSecrets)]
        #[secrets(prefix = $prefix, env_prefix = "V_", rename_all = "kebab-case")]
        struct $name {
            #[secret(env = false)]
            required: String,
            required_variable: String,
            #[secret(env = false)]
            optional: Option<String>,
            optional_variable: Option<String>,
            #[secret(env = false, default = "default")]
            defaulted: String,
            #[secret(default = "default")]
            defaulted_variable: String,
        }

        impl $name {
            fn values(self) -> [Option<String>; 6] {
                [
                    Some(self.required),
                    Some(self.required_variable),
                    self.optional,
                    self.optional_variable,
                    Some(self.defaulted),
                    Some(self.defaulted_variable),
                ]
            }
        }
    };
}

combinations!(Present, "combined/present/");
combinations!(Absent, "combined/absent/");
combinations!(AbsentButOne, "combined/but-one/");

const FIELDS: [&str; 6] = [
    "required",
    "required-variable",
    "optional",
    "optional-variable",
    "defaulted",
    "defaulted-variable",
];

fn emulator() -> &'static Emulator {
    Emulator::shared(Kind::MinistackWithIam)
}

/// Returns the generated policy of a struct in the emulator's account.
fn policy<T: FromSecrets>() -> Value {
    let declaration = Declaration::of::<T>();
    let declaration = declaration.region(sdk::REGION).account("000000000000");
    serde_json::from_str(declaration.iam_policy().unwrap().text()).unwrap()
}

/// Returns the loader of a user with a policy.
fn user(name: &str, policy: &Value) -> Loader {
    let credentials = emulator().user(name, policy);
    sdk::loader_as(emulator().endpoint(), credentials)
}

fn variables() -> Env {
    let names = ["REQUIRED", "OPTIONAL", "DEFAULTED"];
    let names = names.map(|name| (format!("V_{name}_VARIABLE"), "variable".to_owned()));
    Env::from_vars(names)
}

#[tokio::test]
async fn present_secrets_are_read() {
    let names = FIELDS.map(|field| format!("combined/present/{field}"));
    put_names(emulator(), &names.each_ref().map(String::as_str)).await;
    let loader = user("present", &policy::<Present>());
    for loader in [loader.clone(), loader.env(variables())] {
        let present: Present = loader.load().await.unwrap();
        assert_eq!(present.values(), names.clone().map(Some));
    }
}

#[tokio::test]
async fn absent_secrets_are_missing_unless_required() {
    let loader = user("absent", &policy::<Absent>());
    let result = loader.load::<Absent>().await;
    let error = result.map(Absent::values).unwrap_err();
    assert_eq!(expect::failed(&error), ["required", "required_variable"]);
    // Without a fallback, the policy does not list the ARN that IAM evaluates for a secret that does not exist.
    expect::failure(&error, "required", SourceErrorKind::Denied);
    expect::details(&error, &["missing, or not permitted", "no such secret"]);
    let error = loader.env(variables()).load::<Absent>().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["required"]);
}

#[tokio::test]
async fn absent_secrets_use_variable_or_default() {
    put_names(emulator(), &["combined/but-one/required"]).await;
    let loader = user("but-one", &policy::<AbsentButOne>());
    let one_variable = Env::from_vars([("V_REQUIRED_VARIABLE", "variable")]);
    let required = "combined/but-one/required";
    for (env, expected) in [
        (
            one_variable,
            [required, "variable", "", "", "default", "default"],
        ),
        (
            variables(),
            [required, "variable", "", "variable", "default", "variable"],
        ),
    ] {
        let but_one: AbsentButOne = loader.clone().env(env).load().await.unwrap();
        let values = but_one.values().map(Option::unwrap_or_default);
        assert_eq!(values, expected);
    }
}

#[tokio::test]
async fn absent_secret_alone_uses_its_variable() {
    #[derive(FromSecrets)]
    #[secrets(prefix = "combined/alone/", env_prefix = "V_")]
    struct Alone {
        token: String,
    }
    let loader = user("alone", &policy::<Alone>());
    let env = Env::from_vars([("V_TOKEN", "variable")]);
    let alone: Alone = loader.env(env).load().await.unwrap();
    assert_eq!(alone.token, "variable");
}

#[tokio::test]
async fn absent_secret_needs_its_bare_arn() {
    let mut policy = policy::<Absent>();
    let resources = policy["Statement"][0]["Resource"].as_array_mut().unwrap();
    let all = resources.len();
    resources.retain(|arn| arn.as_str().unwrap().ends_with("-??????"));
    assert_eq!((all, resources.len()), (11, 6));
    let loader = user("without-bare", &policy).env(variables());
    let error = loader.load::<Absent>().await.unwrap_err();
    assert_eq!(expect::failed(&error).len(), 6);
    expect::failure(&error, "optional", SourceErrorKind::Denied);
    let everything = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*" }
    ] });
    let loader = user("with-everything", &everything).env(variables());
    let error = loader.load::<Absent>().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["required"]);
}
