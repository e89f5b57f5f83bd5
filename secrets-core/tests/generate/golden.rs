//! All documents of all structs.

use std::path::Path;
use std::{env, fs};

use from_secrets::Error;
use from_secrets::generate::{Declaration, Document};

use crate::structs::{Momento, Pocket, Renamed, Settings, Shop};

type Write = fn(&Declaration) -> Result<Document, Error>;

const DOCUMENTS: [(&str, Write); 10] = [
    ("policy.json", Declaration::iam_policy),
    ("sam.yaml", Declaration::sam_policy),
    ("cloudformation.yaml", Declaration::cloudformation),
    ("ecs.json", Declaration::ecs_secrets),
    ("terraform.tf", Declaration::terraform),
    ("cdk.ts", Declaration::cdk),
    (
        "secret_provider_class.yaml",
        Declaration::secret_provider_class,
    ),
    ("external_secret.yaml", Declaration::external_secret),
    ("example.env", Declaration::env_example),
    ("table.md", Declaration::markdown),
];

fn check(name: &str, declaration: &Declaration) {
    check_these(name, declaration, &DOCUMENTS);
}

fn check_these(name: &str, declaration: &Declaration, documents: &[(&str, Write)]) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/generate/golden")
        .join(name);
    let declaration = declaration.clone().allow_wildcards();
    for (file, write) in documents {
        let path = directory.join(file);
        let document = write(&declaration).unwrap();
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(&directory).unwrap();
            fs::write(&path, document.text()).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            document.text(),
            golden,
            "{} differs; set UPDATE_GOLDEN=1 to overwrite it",
            path.display()
        );
    }
}

#[test]
fn aliases_match_golden() {
    check("renamed", &Declaration::of::<Renamed>());
}

#[test]
fn plain_secrets_match_golden() {
    check(
        "pocket",
        &Declaration::of::<Pocket>()
            .region("eu-central-1")
            .account("123456789012"),
    );
}

#[test]
fn pinned_stage_matches_golden() {
    check("momento", &Declaration::of::<Momento>());
}

#[test]
fn all_address_kinds_match_golden() {
    let declaration = Declaration::of::<Shop>()
        .region("eu-west-1")
        .account("123456789012")
        .placeholder("stage", "prod")
        .kms_key("arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef");
    check("shop", &declaration);
}

#[test]
fn replicas_match_golden() {
    let key = |region: &str| format!("arn:aws:kms:{region}:123456789012:key/mrk-0123");
    let declaration = Declaration::of::<Shop>()
        .region("eu-west-1")
        .account("123456789012")
        .placeholder("stage", "prod")
        .replica_region("eu-central-1")
        .kms_key(key("eu-west-1"))
        .kms_key(key("eu-central-1"));
    check("shop-replicas", &declaration);
}

#[test]
fn write_policy_matches_golden() {
    let declaration = Declaration::of::<Shop>()
        .region("eu-west-1")
        .account("123456789012")
        .placeholder("stage", "prod")
        .placeholder(
            "SHOP_CERTIFICATE_ARN",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:certificate-AbCdEf",
        )
        .kms_key("arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef");
    let documents: [(&str, Write); 1] = [("write_policy.json", Declaration::iam_write_policy)];
    check_these("shop", &declaration, &documents);
}

#[test]
fn unset_placeholders_match_golden() {
    check("shop-open", &Declaration::of::<Shop>().partition("aws-cn"));
}

#[test]
fn optional_fields_match_golden() {
    let declaration = Declaration::of::<Shop>()
        .region("eu-west-1")
        .account("123456789012")
        .placeholder("stage", "prod")
        .include_optional();
    let changed = [
        "cloudformation.yaml",
        "ecs.json",
        "terraform.tf",
        "secret_provider_class.yaml",
        "external_secret.yaml",
    ];
    let documents = DOCUMENTS.into_iter();
    let documents: Vec<_> = documents
        .filter(|(file, _)| changed.contains(file))
        .collect();
    check_these("shop-optional", &declaration, &documents);
}

#[test]
fn struct_without_secrets_matches_golden() {
    check("settings", &Declaration::of::<Settings>());
}

#[test]
fn parameter_store_documents_match_golden() {
    let declaration = Declaration::of::<Shop>()
        .parameter_store()
        .allow_wildcards();
    let key = "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
    let known = declaration
        .clone()
        .region("eu-west-1")
        .account("123456789012")
        .placeholder("stage", "prod")
        .kms_key(key);
    let documents: Vec<_> = DOCUMENTS
        .into_iter()
        .filter(|(_, write)| write(&declaration).is_ok())
        .collect();
    let files: Vec<&str> = documents.iter().map(|(file, _)| *file).collect();
    assert_eq!(
        files,
        [
            "policy.json",
            "sam.yaml",
            "cdk.ts",
            "example.env",
            "table.md"
        ]
    );
    check_these("shop-parameters", &known, &documents);
    check_these("shop-parameters-open", &declaration, &documents);
}
