//! The deployment.

const TEMPLATE: &str = include_str!("../../pocket/template.yaml");

#[test]
fn the_function_may_read_exactly_the_two_secrets() {
    let scoped: Vec<&str> = TEMPLATE
        .lines()
        .filter_map(|line| line.split_once(":secret:"))
        .map(|(_, name)| name)
        .collect();
    assert_eq!(scoped, ["POCKET_KEY-??????", "POCKET_TOKEN-??????"]);

    let actions: Vec<&str> = TEMPLATE
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Action: "))
        .collect();
    assert_eq!(
        actions,
        [
            "secretsmanager:GetSecretValue",
            "secretsmanager:BatchGetSecretValue"
        ]
    );
}
