//! The notes of documents.

use from_secrets::generate::{Declaration, Document};
use from_secrets::{Error, ErrorKind, FromSecrets};

use crate::structs::{Momento, Pocket, Settings, Shop};

pub(crate) fn has_note(document: &Document, text: &str) -> bool {
    document.notes().iter().any(|note| note.contains(text))
}

#[test]
fn region_and_account_leave_one_note() {
    let policy = Declaration::of::<Pocket>()
        .region("eu-central-1")
        .account("123456789012");
    let policy = policy.iam_policy().unwrap();
    assert!(has_note(&policy, "also listed without `-??????`"));
    assert_eq!(policy.notes().len(), 1, "{:?}", policy.notes());
}

#[test]
fn only_bare_arns_are_noted() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Arns {
        #[secret("{FIRST_ARN}", env = "FIRST")]
        first: String,
        #[secret(
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:{second}",
            env = "SECOND"
        )]
        second: String,
    }
    let open = Declaration::of::<Arns>().allow_wildcards();
    for document in [open.iam_policy(), open.sam_policy()] {
        assert!(!has_note(&document.unwrap(), "also listed without"));
    }
    let policy = open.placeholder("second", "token").iam_policy().unwrap();
    assert!(has_note(&policy, "also listed without"));
}

#[test]
fn broad_policy_notes_missing_inputs() {
    let open = Declaration::of::<Shop>().allow_wildcards();
    let policy = open.iam_policy().unwrap();
    assert!(has_note(&policy, "set the region"), "{:?}", policy.notes());
    assert!(has_note(&policy, "set the account"));
    assert!(has_note(&policy, "set the placeholder `stage`"));
    assert!(has_note(
        &policy,
        "set the placeholder `SHOP_CERTIFICATE_ARN`"
    ));
}

/// `*` would permit reading other secrets.
#[test]
fn policy_requires_values_of_placeholders() {
    let unfilled = |declaration: &Declaration| {
        let error = declaration.iam_policy().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Declaration);
        format!("{error:#}")
    };
    let open = Declaration::of::<Shop>();
    for declaration in [open.clone(), open.clone().parameter_store()] {
        let error = unfilled(&declaration);
        for text in [
            "requires a value for the placeholder `stage`",
            "requires a value for the placeholder `SHOP_CERTIFICATE_ARN`",
            "field `certificate`",
            "`--allow-wildcards`",
        ] {
            assert!(error.contains(text), "{error}");
        }
    }
    let stage = open.placeholder("stage", "prod");
    assert!(!unfilled(&stage).contains("`stage`"));
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:certificate-AbCdEf";
    let filled = stage.placeholder("SHOP_CERTIFICATE_ARN", arn);
    let policy = filled.iam_policy().unwrap();
    assert!(!policy.text().contains(":secret:*"), "{policy}");
}

#[test]
fn field_with_flaws_is_counted_once() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Config {
        #[secret("{stage}/{team}/token")]
        token: String,
    }
    let error = Declaration::of::<Config>().iam_policy().unwrap_err();
    let text = format!("{error:#}");
    let summary = "cannot load `Config`: 1 field cannot be looked up as declared: `token`";
    assert!(text.starts_with(summary), "{text}");
    for name in ["stage", "team"] {
        assert!(
            text.contains(&format!("the placeholder `{name}`")),
            "{text}"
        );
    }
}

/// A load requests the former names, too.
#[test]
fn policy_requires_placeholders_of_aliases() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Config {
        #[secret(name = "token", alias = "{old}/token")]
        token: String,
    }
    let error = Declaration::of::<Config>().iam_policy().unwrap_err();
    assert!(
        format!("{error:#}").contains("the placeholder `old`"),
        "{error:#}"
    );
}

#[test]
fn struct_without_secrets_needs_no_permission() {
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1";
    for declaration in [
        Declaration::of::<Settings>(),
        Declaration::of::<Settings>().kms_key(key),
    ] {
        for document in [
            declaration.iam_policy(),
            declaration.iam_write_policy(),
            declaration.sam_policy(),
            declaration.terraform(),
        ] {
            let document = document.unwrap();
            assert!(has_note(&document, "the policy is empty"));
            assert_eq!(document.text(), "");
        }
    }
}

#[test]
fn invalid_settings_fail_all_documents() {
    let declaration = Declaration::of::<Momento>()
        .kms_key("alias/secrets")
        .account("1234");
    for document in [
        declaration.iam_policy(),
        declaration.iam_write_policy(),
        declaration.sam_policy(),
        declaration.terraform(),
        declaration.cloudformation(),
        declaration.ecs_secrets(),
    ] {
        let error = document.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Declaration);
        let text = format!("{error:#}");
        assert!(text.contains("`alias/secrets` is an alias"), "{text}");
        assert!(text.contains("specify the 12 digits"), "{text}");
    }
}

type Write = fn(&Declaration) -> Result<Document, Error>;

#[test]
fn omitted_optional_fields_are_noted() {
    let shop = Declaration::of::<Shop>().placeholder("stage", "prod");
    let documents: [Write; 5] = [
        Declaration::cloudformation,
        Declaration::ecs_secrets,
        Declaration::terraform,
        Declaration::secret_provider_class,
        Declaration::external_secret,
    ];
    for document in documents {
        let (short, long) = (
            document(&shop).unwrap(),
            document(&shop.clone().include_optional()).unwrap(),
        );
        let note =
            "`replica.user_name`, `replica.password`; include them with `--include-optional`";
        assert!(has_note(&short, note), "{:?}", short.notes());
        assert!(!has_note(&long, "--include-optional"));
        assert!(short.text().len() < long.text().len());
        assert!(long.text().contains("prod/replica/password"), "{long}");
    }
    // A policy has to allow reading a secret that may exist.
    for document in [
        shop.clone().allow_wildcards().iam_policy(),
        shop.sam_policy(),
        shop.terraform(),
        shop.cdk(),
    ] {
        let document = document.unwrap();
        assert!(
            document
                .text()
                .contains("secret:prod/replica/password-??????"),
            "{document}"
        );
    }
}

#[test]
fn invalid_placeholder_error_hides_value() {
    let declaration = Declaration::of::<Shop>().placeholder("stage", "my canary");
    let error = declaration.iam_policy().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert!(!format!("{error:#}").contains("canary"), "{error:#}");
    assert!(format!("{error:#}").contains("`{stage}/shop`"), "{error:#}");
}

#[test]
fn secrets_across_regions_skip_batch_permission() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Two {
        here: String,
        #[secret(
            name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:there-AbCdEf",
            env = "THERE"
        )]
        there: String,
    }
    let policy = |region: &str| {
        Declaration::of::<Two>()
            .region(region)
            .iam_policy()
            .unwrap()
    };
    assert!(!policy("us-east-1").text().contains("BatchGetSecretValue"));
    assert!(policy("eu-west-1").text().contains("BatchGetSecretValue"));
}

#[test]
fn invalid_parameters_and_references_are_noted() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Odd {
        #[secret(name = "user@host", env = "AT")]
        at: String,
        #[secret("/aws/reference/secretsmanager/db", json_key = "user")]
        reference: String,
    }
    let declaration = Declaration::of::<Odd>().parameter_store();
    let policy = declaration.iam_policy().unwrap();
    assert!(
        has_note(
            &policy,
            "`user@host` is omitted because it is not a valid parameter name"
        ),
        "{:?}",
        policy.notes()
    );
    assert!(has_note(
        &policy,
        "requires the permission `secretsmanager:GetSecretValue`"
    ));
    assert!(!policy.text().contains("user@host"));
    assert!(!policy.text().contains("GetParametersByPath"));
}

#[test]
fn parameters_reject_secrets_manager_documents() {
    let declaration = Declaration::of::<Pocket>().parameter_store();
    for written in [
        declaration.cloudformation(),
        declaration.ecs_secrets(),
        declaration.terraform(),
        declaration.secret_provider_class(),
        declaration.external_secret(),
        declaration.iam_write_policy(),
    ] {
        let error = written.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Declaration);
        assert!(
            format!("{error:#}").contains("supports only Secrets Manager"),
            "{error:#}"
        );
    }
}

#[test]
fn region_selects_partition_and_host() {
    for (partition, region, host) in [
        ("aws-cn", "cn-north-1", "amazonaws.com.cn"),
        ("aws-us-gov", "us-gov-west-1", "amazonaws.com"),
        ("aws-eusc", "eusc-de-east-1", "amazonaws.eu"),
        ("aws-iso", "us-iso-east-1", "c2s.ic.gov"),
    ] {
        let resource = format!("arn:{partition}:secretsmanager:{region}:");
        let policy = Declaration::of::<Pocket>()
            .region(region)
            .iam_policy()
            .unwrap();
        assert!(policy.text().contains(&resource), "{}", policy.text());
        let key = format!("arn:{partition}:kms:{region}:123456789012:key/k");
        let policy = Declaration::of::<Pocket>()
            .kms_key(key)
            .iam_policy()
            .unwrap();
        let expected = format!("\"secretsmanager.{region}.{host}\"");
        assert!(policy.text().contains(&expected), "{}", policy.text());
    }
}

#[test]
fn document_displays_its_text() {
    let policy = Declaration::of::<Pocket>().iam_policy().unwrap();
    assert!(!policy.text().is_empty());
    assert_eq!(policy.to_string(), policy.text());
}
