//! The templates of CloudFormation, SAM, CDK and Terraform.

use from_secrets::FromSecrets;
use from_secrets::generate::Declaration;

use crate::notes::has_note;
use crate::structs::{Pocket, Shop};

fn key(region: &str) -> String {
    format!("arn:aws:kms:{region}:123456789012:key/1")
}

#[test]
fn snippets_contain_replicas() {
    let shop = Declaration::of::<Shop>()
        .region("eu-west-1")
        .placeholder("stage", "prod")
        .replica_region("us-west-2");
    let sam = shop.sam_policy().unwrap();
    for replica in [
        "secretsmanager:us-west-2:${AWS::AccountId}:secret:prod/shop-??????\n",
        "\"arn:aws:secretsmanager:us-west-2:123456789012:secret:shared/key-AbCdEf\"\n",
    ] {
        assert!(sam.text().contains(replica), "{}", sam.text());
    }
    let notes = sam.notes().join("\n");
    assert!(
        notes.contains("`{SHOP_CERTIFICATE_ARN}` is a whole ARN"),
        "{notes}"
    );
    let terraform = shop.terraform().unwrap();
    for expression in [
        "data.aws_secretsmanager_secret.prod_shop.arn",
        "var.shop_certificate_arn",
    ] {
        let replica = format!(
            "      replace({expression}, \"/^(arn:[^:]+:[^:]+:)[^:]+/\", \"$${{1}}us-west-2\"),\n"
        );
        assert!(terraform.text().contains(&replica), "{}", terraform.text());
    }
    let literal = "\"arn:aws:secretsmanager:us-west-2:123456789012:secret:shared/key-AbCdEf\",\n";
    assert!(terraform.text().contains(literal), "{}", terraform.text());
    // An ARN in a third region is requested only there.
    let elsewhere = shop.region("us-east-1");
    for document in [elsewhere.sam_policy(), elsewhere.terraform()] {
        let document = document.unwrap();
        assert!(
            !document
                .text()
                .contains("us-west-2:123456789012:secret:shared"),
            "{document}"
        );
    }
}

#[test]
fn template_contains_keys_of_its_region() {
    let all = Declaration::of::<Pocket>()
        .region("us-east-1")
        .kms_key(key("us-east-1"))
        .kms_key(key("eu-west-1"));
    let template = all.cloudformation().unwrap();
    assert!(template.text().contains(&key("us-east-1")), "{template}");
    assert!(!template.text().contains("eu-west-1"), "{template}");
    let notes = template.notes().join("\n");
    let unused = format!("the KMS key `{}` is not used", key("eu-west-1"));
    assert!(notes.contains(&unused), "{notes}");
    assert!(!notes.contains("several KMS keys"), "{notes}");
    let replicated = all
        .replica_region("eu-west-1")
        .replica_region("eu-central-1");
    let template = replicated
        .kms_key("arn:aws:kms:us-east-1:123456789012:key/2")
        .cloudformation()
        .unwrap();
    let keys: Vec<&str> = template
        .text()
        .lines()
        .filter(|line| line.contains("Kms"))
        .collect();
    assert!(
        keys.iter().all(|line| line.contains("eu-west-1")),
        "{keys:?}"
    );
    let notes = template.notes().join("\n");
    for note in [
        "several KMS keys in the region of the stack are set",
        "no KMS key in `eu-central-1` is set",
    ] {
        assert!(notes.contains(note), "{notes}");
    }
    assert!(!notes.contains("is not used"), "{notes}");
}

#[test]
fn region_like_other_type_is_quoted() {
    let template = Declaration::of::<Pocket>()
        .replica_region("us-west-2")
        .replica_region("no")
        .replica_region("123")
        .cloudformation()
        .unwrap();
    for region in ["us-west-2", "\"no\"", "\"123\""] {
        let line = format!("      - Region: {region}\n");
        assert!(template.text().contains(&line), "{template}");
    }
}

#[test]
fn long_template_policy_is_noted() {
    let shop = |length: usize| {
        Declaration::of::<Shop>()
            .placeholder("stage", "s".repeat(length))
            .replica_region("us-west-2")
    };
    let note = "the policy will exceed 6,144 characters";
    for document in [Declaration::sam_policy, Declaration::terraform] {
        assert!(has_note(&document(&shop(480)).unwrap(), note));
        assert!(!has_note(&document(&shop(20)).unwrap(), note));
    }
}

/// The secret of a data source exists, so its ARN is listed once.
#[test]
fn data_sources_shorten_the_policy() {
    #[derive(FromSecrets)]
    #[secrets(prefix = "{stage}/", env_prefix = "")]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Six {
        a: String,
        b: String,
        c: String,
        d: String,
        e: String,
        f: String,
    }
    let six = Declaration::of::<Six>().placeholder("stage", "s".repeat(500));
    let note = "the policy will exceed 6,144 characters";
    assert!(has_note(&six.sam_policy().unwrap(), note));
    assert!(!has_note(&six.terraform().unwrap(), note));
}

#[test]
fn unset_region_keeps_other_keys() {
    let template = Declaration::of::<Pocket>()
        .replica_region("us-west-2")
        .kms_key(key("us-east-1"))
        .kms_key(key("us-west-2"))
        .cloudformation()
        .unwrap();
    let expected = format!(
        "    KmsKeyId: \"{}\"\n    ReplicaRegions:\n      - Region: us-west-2\n        KmsKeyId: \"{}\"\n",
        key("us-east-1"),
        key("us-west-2")
    );
    assert!(template.text().contains(&expected), "{}", template.text());
}

/// A second deployment would create a secret with the name of a replica.
#[test]
fn replicas_limit_template_to_one_region() {
    let note = "deploy the template in one region only; it also creates the replicas in";
    let single = Declaration::of::<Pocket>().region("us-east-1");
    assert!(!has_note(&single.cloudformation().unwrap(), note));
    let replicated = single
        .replica_region("us-west-2")
        .replica_region("eu-west-1");
    let template = replicated.cloudformation().unwrap();
    let expected = format!("{note} `us-west-2`, `eu-west-1`");
    assert!(has_note(&template, &expected), "{:?}", template.notes());
}

#[test]
fn regional_arns_in_templates_are_noted() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Whole {
        #[secret("{TOKEN_ARN}", env = "TOKEN")]
        token: String,
        named: String,
    }
    let plain = Declaration::of::<Whole>().region("us-east-1");
    let with_key = plain.clone().kms_key(key("us-east-1"));
    let replicated = plain.clone().replica_region("us-west-2");
    for (declaration, is_regional, has_replicas) in [
        (plain, false, false),
        (with_key, true, false),
        (replicated, true, true),
    ] {
        for template in [declaration.sam_policy(), declaration.cdk()] {
            let template = template.unwrap();
            let notes = template.notes();
            let regional = has_note(&template, "if the stack is deployed in several regions");
            assert_eq!(regional, is_regional, "{notes:?}");
            let whole = has_note(&template, "so its replicas are not listed");
            assert_eq!(whole, has_replicas, "{notes:?}");
        }
        let module = declaration.terraform().unwrap();
        let whole = "is a whole ARN, so its replicas are listed regardless of its region";
        let noted: Vec<_> = module
            .notes()
            .iter()
            .filter(|note| note.contains(whole))
            .collect();
        assert_eq!(noted.len(), usize::from(has_replicas), "{noted:?}");
        assert!(
            noted.iter().all(|note| note.contains("`{TOKEN_ARN}`")),
            "{noted:?}"
        );
    }
}

#[test]
fn word_ending_like_arn_is_name() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Words {
        #[secret("{learn}", env = "LEARN")]
        learn: String,
        #[secret("{db_arn}", env = "DB")]
        db: String,
    }
    let declaration = Declaration::of::<Words>().allow_wildcards();
    let template = declaration.cloudformation().unwrap();
    assert!(template.text().contains("Name: !Ref Learn\n"), "{template}");
    assert!(!template.text().contains("DbArn"), "{template}");
    let module = declaration.terraform().unwrap();
    assert!(module.text().contains("name = var.learn\n"), "{module}");
}

#[test]
fn reserved_words_are_not_variables() {
    #[derive(FromSecrets)]
    #[allow(dead_code, reason = "only the declaration is used")]
    struct Reserved {
        #[secret("{version}/{default}/token")]
        token: String,
    }
    let declaration = Declaration::of::<Reserved>();
    let module = declaration.terraform().unwrap();
    assert!(
        module
            .text()
            .contains("\"${var.version2}/${var.default}/token\""),
        "{module}"
    );
    let function = declaration.cdk().unwrap();
    assert!(
        function.text().contains("${version}/${default2}/token"),
        "{function}"
    );
}
