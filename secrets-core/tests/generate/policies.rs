//! The statements of IAM policies.

use std::collections::BTreeSet;

use from_secrets::generate::{Declaration, Document};
use from_secrets::{ErrorKind, FromSecrets};
use serde_json::Value;

use crate::structs::{Pocket, Shop};

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";

/// Each combination of necessity and variable.
#[derive(FromSecrets)]
#[secrets(rename_all = "kebab-case")]
#[allow(dead_code, reason = "only the declaration is used")]
struct Combinations {
    #[secret(env = false)]
    required: String,
    required_variable: String,
    #[secret(env = false)]
    optional: Option<String>,
    optional_variable: Option<String>,
    #[secret(env = false, default)]
    defaulted: String,
    #[secret(default)]
    defaulted_variable: String,
    #[secret(flatten)]
    nested: Option<Nested>,
}

#[derive(FromSecrets)]
#[secrets(rename_all = "kebab-case")]
#[allow(dead_code, reason = "only the declaration is used")]
struct Nested {
    #[secret(env = false)]
    in_optional: String,
}

fn declaration<T: FromSecrets>() -> Declaration {
    let declaration = Declaration::of::<T>();
    declaration.region("us-east-1").account("123456789012")
}

/// Returns the policies of a document.
fn policies(document: &Document) -> Vec<Value> {
    let policies = serde_json::Deserializer::from_str(document.text()).into_iter();
    policies.map(Result::unwrap).collect()
}

/// Returns the resources of all statements with an action.
fn resources(document: &Document, action: &str) -> Vec<String> {
    let mut resources = Vec::new();
    for policy in policies(document) {
        for statement in policy["Statement"].as_array().unwrap() {
            let actions = &statement["Action"];
            if actions == action
                || actions
                    .as_array()
                    .is_some_and(|all| all.contains(&action.into()))
            {
                let all = statement["Resource"].as_array().unwrap().iter();
                resources.extend(all.map(|resource| resource.as_str().unwrap().to_owned()));
            }
        }
    }
    resources
}

fn read(document: &Document) -> Vec<String> {
    resources(document, "secretsmanager:GetSecretValue")
}

#[test]
fn dispensable_secrets_have_bare_arns() {
    let policy = declaration::<Combinations>().iam_policy().unwrap();
    let bare: Vec<String> = read(&policy)
        .into_iter()
        .filter(|arn| !arn.ends_with("-??????"))
        .map(|arn| arn.strip_prefix(SECRET).unwrap().to_owned())
        .collect();
    let expected = [
        "required-variable",
        "optional",
        "optional-variable",
        "defaulted",
        "defaulted-variable",
        "in-optional",
    ];
    assert_eq!(bare, expected);
    assert_eq!(read(&policy).len(), 7 + bare.len());
}

#[test]
fn required_secret_has_no_bare_arn() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Required {
        #[secret(env = false)]
        token: String,
    }
    let policy = declaration::<Required>().iam_policy().unwrap();
    assert_eq!(read(&policy), [format!("{SECRET}TOKEN-??????")]);
    assert_eq!(policy.notes(), [""; 0]);
}

#[test]
fn required_arn_is_complete_or_partial() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Arns {
        #[secret(
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf",
            env = false
        )]
        complete: String,
        #[secret(
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db",
            env = false
        )]
        partial: String,
    }
    let policy = declaration::<Arns>().iam_policy().unwrap();
    let expected = ["db-AbCdEf", "db-AbCdEf-??????", "prod/db-??????"];
    assert_eq!(
        read(&policy),
        expected.map(|name| format!("{SECRET}{name}"))
    );
}

#[test]
fn open_placeholder_may_contain_suffix() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Open {
        #[secret(
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:{shared}",
            env = false
        )]
        shared: String,
        #[secret("{token}", env = false)]
        token: String,
    }
    let policy = declaration::<Open>().allow_wildcards().iam_policy();
    let shared = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*".to_owned();
    assert_eq!(
        read(&policy.unwrap()),
        [shared, format!("{SECRET}*-??????")]
    );
    let template = declaration::<Open>().sam_policy().unwrap();
    for end in ["secret:${Shared}\n", "secret:${Shared}-??????\n"] {
        assert!(template.text().contains(end), "{template}");
    }
}

#[test]
fn replica_is_in_partition_of_arn() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct China {
        #[secret(
            "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:db",
            env = false
        )]
        password: String,
    }
    let regions = |replica: &str| {
        let all = Declaration::of::<China>().replica_region(replica);
        let arns = read(&all.iam_policy().unwrap());
        let regions = arns.iter().map(|arn| arn.split(':').nth(3).unwrap());
        regions.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(regions("us-west-2"), ["cn-north-1"]);
    assert_eq!(regions("cn-northwest-1"), ["cn-north-1", "cn-northwest-1"]);
}

/// The ARNs of the struct are in `eu-west-1`.
#[test]
fn granted_regions_match_requested_regions() {
    let in_region = |region: &str, replicas: &[&str]| {
        let declaration = Declaration::of::<Shop>().account("123456789012");
        let declaration = declaration.allow_wildcards();
        let declaration = declaration.placeholder("stage", "prod").region(region);
        let replicas = replicas.iter().copied();
        let all = replicas.fold(declaration, Declaration::replica_region);
        let policy = all.iam_policy().unwrap();
        let regions = |part: &str| {
            let arns = read(&policy).into_iter().filter(|arn| arn.contains(part));
            let regions = arns.map(|arn| arn.split(':').nth(3).unwrap().to_owned());
            regions
                .collect::<BTreeSet<String>>()
                .into_iter()
                .collect::<Vec<_>>()
                .join(" ")
        };
        [regions(":prod/shop"), regions(":shared/key")]
    };
    // Without replicas, each secret is in its own region.
    assert_eq!(in_region("us-east-1", &[]), ["us-east-1", "eu-west-1"]);
    // The ARN is in the region of the deployment.
    let all = "eu-west-1 us-west-2";
    assert_eq!(in_region("eu-west-1", &["us-west-2"]), [all, all]);
    // The ARN is in a third region, and is requested only there.
    assert_eq!(
        in_region("us-east-1", &["us-west-2"]),
        ["us-east-1 us-west-2", "eu-west-1"]
    );
    // The ARN is in the region of a replica, and is also requested in the region of the deployment.
    let all = "eu-west-1 us-east-1 us-west-2";
    assert_eq!(
        in_region("us-east-1", &["us-west-2", "eu-west-1"]),
        [all, all]
    );
    // The region of the deployment is ignored in the list.
    assert_eq!(
        in_region("us-east-1", &["us-east-1", "us-west-2"]),
        ["us-east-1 us-west-2", "eu-west-1"]
    );
    assert_eq!(
        in_region("us-east-1", &["us-east-1"]),
        ["us-east-1", "eu-west-1"]
    );
}

#[test]
fn unset_region_covers_replicas_of_names() {
    let policy = Declaration::of::<Pocket>()
        .replica_region("us-west-2")
        .iam_policy()
        .unwrap();
    assert!(
        read(&policy)
            .iter()
            .all(|arn| arn.starts_with("arn:aws:secretsmanager:*:*:"))
    );
}

#[test]
fn replicas_share_a_batch() {
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
    let batches = |replicas: &[&str]| {
        let replicas = replicas.iter().copied();
        let all = replicas.fold(declaration::<Two>(), Declaration::replica_region);
        let policy = all.iam_policy().unwrap();
        resources(&policy, "secretsmanager:BatchGetSecretValue").len()
    };
    assert_eq!(batches(&[]), 0);
    assert_eq!(batches(&["us-west-2"]), 0);
    assert_eq!(batches(&["eu-west-1"]), 1);
}

#[test]
fn missing_replica_key_is_noted() {
    let key = |region: &str| format!("arn:aws:kms:{region}:123456789012:key/1");
    let one = declaration::<Pocket>()
        .replica_region("us-west-2")
        .kms_key(key("us-east-1"));
    let notes = one.iam_policy().unwrap().notes().join("\n");
    assert!(notes.contains("no KMS key in `us-west-2`"), "{notes}");
    let both = one.kms_key(key("us-west-2"));
    let policy = both.iam_policy().unwrap();
    assert!(
        !policy.notes().join("\n").contains("KMS"),
        "{:?}",
        policy.notes()
    );
    assert_eq!(
        resources(&policy, "kms:Decrypt"),
        [key("us-east-1"), key("us-west-2")]
    );
    for region in ["us-east-1", "us-west-2"] {
        assert!(
            policy
                .text()
                .contains(&format!("\"secretsmanager.{region}.amazonaws.com\""))
        );
    }
    let template = both.cloudformation().unwrap();
    let replica = format!(
        "    KmsKeyId: \"{}\"\n    ReplicaRegions:\n      - Region: us-west-2\n        KmsKeyId: \"{}\"\n",
        key("us-east-1"),
        key("us-west-2")
    );
    assert!(template.text().contains(&replica), "{}", template.text());
}

#[test]
fn similar_stages_have_unique_sids() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Stages {
        #[secret(name = "a", version_stage = "blue-1", env = false)]
        one: String,
        #[secret(name = "b", version_stage = "blue1", env = false)]
        other: String,
    }
    let policy = declaration::<Stages>().iam_policy().unwrap();
    let policy = &policies(&policy)[0];
    assert_eq!(policy["Statement"][0]["Sid"], "ReadStageblue1");
    assert_eq!(policy["Statement"][1]["Sid"], "ReadStageblue12");
}

#[test]
fn long_policy_is_split_with_note() {
    let long = declaration::<Shop>()
        .allow_wildcards()
        .placeholder("stage", "s".repeat(480))
        .replica_region("us-west-2");
    let policy = long.iam_policy().unwrap();
    let policies = policies(&policy);
    assert!(policies.len() > 1);
    for policy in &policies {
        assert!(policy.to_string().len() <= 6_144);
    }
    let note = format!("split into {} documents", policies.len());
    assert!(
        policy.notes().iter().any(|text| text.contains(&note)),
        "{:?}",
        policy.notes()
    );
}

#[test]
fn write_policy_allows_only_write_calls() {
    let key = "arn:aws:kms:us-east-1:123456789012:key/1";
    let policy = declaration::<Shop>()
        .placeholder("stage", "prod")
        .placeholder(
            "SHOP_CERTIFICATE_ARN",
            format!("{SECRET}certificate-AbCdEf"),
        )
        .kms_key(key)
        .iam_write_policy()
        .unwrap();
    let actions = |action: &str| resources(&policy, action);
    let shop = format!("{SECRET}prod/shop");
    let suffixed = format!("{shop}-??????");
    // Each call reports a missing secret as missing.
    for action in [
        "GetSecretValue",
        "CreateSecret",
        "TagResource",
        "PutSecretValue",
    ] {
        let arns = actions(&format!("secretsmanager:{action}"));
        assert!(
            arns.contains(&shop) && arns.contains(&suffixed),
            "{action}: {arns:?}"
        );
    }
    let put = actions("secretsmanager:PutSecretValue");
    assert_eq!(actions("secretsmanager:UpdateSecretVersionStage"), put);
    // The field is pinned.
    let is_pinned = |arn: &String| arn.contains("prod/db");
    let mut listed = actions("secretsmanager:ListSecretVersionIds");
    assert!(
        !put.iter().any(is_pinned) && listed.iter().any(is_pinned),
        "{listed:?}"
    );
    listed.retain(|arn| !is_pinned(arn));
    assert_eq!(listed, put);
    // A secret with an ARN exists already.
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/key-AbCdEf".to_owned();
    assert!(put.contains(&arn));
    assert!(!actions("secretsmanager:CreateSecret").contains(&arn));
    assert_eq!(actions("kms:Decrypt"), [key]);
    assert_eq!(actions("kms:GenerateDataKey"), [key]);
    let notes = policy.notes().join("\n");
    assert!(
        notes.contains("only `history` is permitted for `prod/db` because only pinned versions"),
        "{notes}"
    );
    for other in ["DescribeSecret", "DeleteSecret", "PutResourcePolicy"] {
        assert!(!policy.text().contains(other), "{other}");
    }
}

#[test]
fn write_policy_rejects_open_placeholders() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Open {
        #[secret("{stage}/{app}/token")]
        token: String,
        #[secret("{CERTIFICATE_ARN}", env = "CERTIFICATE")]
        certificate: String,
        #[secret(
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:{shared}",
            env = "SHARED"
        )]
        shared: String,
        #[secret("{pinned}/token", version_stage = "blue", env = "PINNED")]
        pinned: String,
    }
    let error = declaration::<Open>()
        .placeholder("app", "shop")
        .iam_write_policy()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    let text = format!("{error:#}");
    for (field, placeholder) in [
        ("token", "stage"),
        ("certificate", "CERTIFICATE_ARN"),
        ("shared", "shared"),
        ("pinned", "pinned"),
    ] {
        let hint = format!("`--placeholder {placeholder}=VALUE`");
        let mut lines = text.lines().map(str::trim);
        assert!(
            lines.any(|line| line.starts_with(&format!("field `{field}`")) && line.contains(&hint)),
            "{field}: {text}"
        );
    }
    // The other placeholder has a value.
    assert!(!text.contains("app="), "{text}");
}

#[test]
fn write_policy_rejects_replica_regions() {
    let declaration = declaration::<Pocket>().replica_region("us-west-2");
    let error = declaration.iam_write_policy().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert!(
        format!("{error:#}").contains("replicas are read-only"),
        "{error:#}"
    );
}
