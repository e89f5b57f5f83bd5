//! The deployment template.

use from_secrets::generate::Declaration;
use from_secrets_examples::pocket::PocketConfig;

const TEMPLATE: &str = include_str!("../../pocket/template.yaml");

#[test]
fn template_policy_matches_declaration() {
    let written = Declaration::of::<PocketConfig>().sam_policy().unwrap();
    let policies = TEMPLATE
        .lines()
        .skip_while(|line| line.trim() != "Policies:");
    let policies = policies
        .skip(1)
        .take_while(|line| line.starts_with("        "))
        .filter(|line| !line.trim_start().starts_with('#'));
    let policies: Vec<&str> = policies.filter_map(|line| line.get(8..)).collect();
    let written: Vec<&str> = written.text().lines().collect();
    assert_eq!(
        policies, written,
        "update it with `pocket-secrets snippet sam`"
    );
}
