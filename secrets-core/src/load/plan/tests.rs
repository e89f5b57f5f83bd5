use super::*;
use crate::source::VersionSelector;

fn plan(fields: &'static [Field]) -> Result<Plan, Vec<Flaw>> {
    let spec = Box::leak(Box::new(Spec::new("Test", fields)));
    let parameter = |name: &str| match name {
        "stage" => Some("prod".to_owned()),
        "DB" => Some(
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:password::".to_owned(),
        ),
        _ => None,
    };
    Plan::new(spec, &parameter)
}

fn address(leaf: &Leaf) -> (&str, Option<&str>, &VersionSelector) {
    let address = leaf.address.as_ref().unwrap();
    (
        address.request.id(),
        address.json_key.as_deref(),
        address.request.version(),
    )
}

#[test]
fn variable_omits_filled_placeholder() {
    const FIELDS: &[Field] = &[Field::given("key", "{stage}/pocket/api-key")];
    let plan = plan(FIELDS).unwrap();
    assert_eq!(
        address(&plan.leaves[0]),
        ("prod/pocket/api-key", None, &VersionSelector::Current)
    );
    assert_eq!(plan.leaves[0].variable.as_deref(), Some("POCKET_API_KEY"));
}

#[test]
fn placeholder_accepts_whole_reference() {
    const FIELDS: &[Field] = &[Field::given("password", "{DB}")
        .version_stage("AWSPREVIOUS")
        .no_env()];
    let plan = plan(FIELDS).unwrap();
    let (id, json_key, version) = address(&plan.leaves[0]);
    assert!(id.ends_with("secret:db-AbCdEf"));
    assert_eq!(json_key, Some("password"));
    assert_eq!(*version, VersionSelector::Stage("AWSPREVIOUS".to_owned()));
}

#[test]
fn reference_with_conflicting_key_is_rejected() {
    const FIELDS: &[Field] = &[Field::given("user", "{DB}").json_key("username").no_env()];
    assert!(
        plan(FIELDS).unwrap_err()[0]
            .message
            .contains("different JSON keys")
    );
}

#[test]
fn plan_errors_hide_placeholder_values() {
    const FIELDS: &[Field] = &[
        Field::given("a", "{value}").no_env(),
        Field::given("b", "{NO_ARN}").no_env(),
    ];
    let spec = Box::leak(Box::new(Spec::new("Test", FIELDS)));
    for value in [
        "{\"password\":\"canary\"}",
        "arn:canary",
        "{canary",
        "{canary}",
        "canary value",
        "canary",
    ] {
        let flaws = Plan::new(spec, &|_: &str| Some(value.to_owned())).unwrap_err();
        assert!(!flaws.is_empty(), "{value}");
        assert!(
            flaws.iter().all(|flaw| !flaw.message.contains("canary")),
            "{flaws:?}"
        );
        assert!(
            flaws.iter().all(|flaw| flaw.message.contains("`{")),
            "{flaws:?}"
        );
    }
}

#[test]
fn braces_in_placeholder_value_are_rejected() {
    const FIELDS: &[Field] = &[Field::given("key", "{a}/{b}").no_env()];
    let spec = Box::leak(Box::new(Spec::new("Test", FIELDS)));
    for value in [
        "{canary}x",
        "canary}",
        "aws\"\n${canary}`{name}",
        "{{resolve:secretsmanager:canary}}",
    ] {
        let only_a = |name: &str| (name == "a").then(|| value.to_owned());
        let flaws = Plan::new(spec, &only_a).unwrap_err();
        let message = &flaws[0].message;
        assert_eq!(flaws.len(), 1, "{flaws:?}");
        assert!(
            message.starts_with("`{a}/{b}` requires text without braces in the placeholder `a`")
        );
        assert!(!message.contains("canary"), "{message}");
    }
}

#[test]
fn placeholder_accepts_resolved_reference() {
    const FIELDS: &[Field] = &[Field::given("key", "{DB}").no_env()];
    let spec = Box::leak(Box::new(Spec::new("Test", FIELDS)));
    let resolved = |text: &str| {
        let value = text.to_owned();
        Plan::new(spec, &move |_: &str| Some(value.clone()))
    };
    let plan = resolved("{{resolve:secretsmanager:prod/db:SecretString:password}}").unwrap();
    assert_eq!(
        address(&plan.leaves[0]),
        ("prod/db", Some("password"), &VersionSelector::Current)
    );
    assert!(resolved("{{resolve:secretsmanager:{stage}/db}}").is_err());
}

#[test]
fn only_names_of_arns_need_them() {
    for (name, is_of_arn) in [
        ("ARN", true),
        ("DB_ARN", true),
        ("db_arn", true),
        ("DBARN", true),
        ("secretArn", true),
        ("learn", false),
        ("e_learn", false),
        ("ARN_OF_DB", false),
    ] {
        let declared = Box::leak(format!("{{{name}}}/key").into_boxed_str());
        let fields = Box::leak(Box::new([Field::given("key", declared).no_env()]));
        let spec = Box::leak(Box::new(Spec::new("Test", fields)));
        let plan = Plan::new(spec, &|_: &str| Some("prod".to_owned()));
        assert_eq!(plan.is_err(), is_of_arn, "{name}");
    }
}

#[test]
fn awscurrent_stage_equals_default_version() {
    const FIELDS: &[Field] = &[Field::given("a", "x").version_stage("AWSCURRENT")];
    assert_eq!(
        address(&plan(FIELDS).unwrap().leaves[0]).2,
        &VersionSelector::Current
    );
}

#[test]
fn each_unfilled_placeholder_is_reported() {
    const FIELDS: &[Field] = &[
        Field::given("a", "{x}/{stage}/{y}/a"),
        Field::given("b", "{z}/b"),
    ];
    let plan = plan(FIELDS).unwrap();
    let flaws = plan.unfilled(|_| true);
    let paths: Vec<_> = flaws.iter().map(|flaw| flaw.path.as_str()).collect();
    assert_eq!(paths, ["a", "a", "b"]);
    assert!(flaws[2].message.contains("`z`"));
    assert_eq!(plan.unfilled(|leaf| leaf == 1).len(), 1);
    assert_eq!(plan.unset_placeholders(), ["x", "y", "z"]);
    assert_eq!(address(&plan.leaves[0]).0, "{x}/prod/{y}/a");
}

#[test]
fn flaws_beside_unfilled_placeholders_are_found() {
    const FIELDS: &[Field] = &[
        Field::given("a", "{x}/{NO_ARN}").no_env(),
        Field::given("b", "{x}/b").env("B"),
        Field::given("c", "{y}/b").env("B"),
        Field::given("d", "{x}/d").aliases(&["{x}/b"]).no_env(),
    ];
    let spec = Box::leak(Box::new(Spec::new("Test", FIELDS)));
    let value = |name: &str| (name == "NO_ARN").then(|| "canary".to_owned());
    let flaws = Plan::new(spec, &value).unwrap_err();
    let paths: Vec<_> = flaws.iter().map(|flaw| flaw.path.as_str()).collect();
    assert_eq!(paths, ["a", "c", "d"], "{flaws:?}");
}

#[test]
fn nested_prefixes_join_outermost_first() {
    static LEAF: Spec = Spec::new(
        "Leaf",
        &[Field::derived("key", "KEY"), Field::given("own", "own")],
    );
    static MID: Spec = Spec::new(
        "Mid",
        &[Field::nested("leaf", &LEAF).prefix("b/").env_prefix("B_")],
    );
    const FIELDS: &[Field] = &[Field::nested("mid", &MID).prefix("a/")];
    let plan = plan(FIELDS).unwrap();
    assert_eq!(&*plan.leaves[0].path, "mid.leaf.key");
    assert_eq!(address(&plan.leaves[0]).0, "a/b/KEY");
    assert_eq!(plan.leaves[0].variable.as_deref(), Some("B_KEY"));
    assert_eq!(address(&plan.leaves[1]).0, "own");
    assert_eq!(plan.leaves[1].variable.as_deref(), Some("B_OWN"));
}

#[test]
fn variable_shared_between_secrets_is_rejected() {
    const FIELDS: &[Field] = &[Field::given("a", "x/key"), Field::given("b", "x_key")];
    let flaws = plan(FIELDS).unwrap_err();
    assert_eq!(flaws[0].path, "b");
    assert!(flaws[0].message.contains("`X_KEY`") && flaws[0].message.contains("`a`"));
}

#[test]
fn one_secret_may_fill_two_fields() {
    const FIELDS: &[Field] = &[Field::given("a", "x"), Field::given("b", "x")];
    assert!(plan(FIELDS).is_ok());
}

#[test]
fn variables_of_shells_are_refused() {
    static LOGIN: Spec = Spec::new(
        "Login",
        &[
            Field::derived("user", "USER"),
            Field::derived("password", "PASSWORD"),
        ],
    );
    const FIELDS: &[Field] = &[
        Field::derived("path", "PATH").env_only(),
        Field::given("name", "x").json_key("name").env("LOGNAME"),
        Field::derived("home", "HOME").no_env(),
        Field::nested("bare", &LOGIN),
        Field::nested("db", &LOGIN).prefix("DB_"),
        Field::nested("cache", &LOGIN).env_prefix("CACHE_"),
    ];
    let flaws = plan(FIELDS).unwrap_err();
    let messages: Vec<_> = flaws
        .iter()
        .map(|flaw| (flaw.path.as_str(), flaw.message.as_str()))
        .collect();
    let [("path", path), ("bare.user", user)] = messages[..] else {
        panic!("{messages:?}");
    };
    assert!(
        path.contains("`PATH`")
            && path.contains("add `env = \"TEST_PATH\"` to the field, or `env = \"PATH\"`"),
        "{path}"
    );
    assert!(
        user.contains("add `env_prefix = \"BARE_\"` to `bare`, or `env = \"LOGIN_USER\"`"),
        "{user}"
    );
}

#[test]
fn prefixed_logname_variable_is_rejected() {
    static LEAF: Spec = Spec::new("Leaf", &[Field::derived("name", "NAME")]);
    const FIELDS: &[Field] = &[Field::nested("log", &LEAF).env_prefix("LOG")];
    let flaws = plan(FIELDS).unwrap_err();
    assert!(
        flaws[0].message.contains("`LOGNAME`")
            && flaws[0].message.contains("; add `env = \"LEAF_NAME\"`")
    );
}

#[test]
fn underivable_variable_needs_own_key() {
    const FIELDS: &[Field] = &[Field::given("key", "{stage}")];
    let flaws = plan(FIELDS).unwrap_err();
    assert!(
        flaws[0].message.contains("add `env = \"KEY\"`"),
        "{flaws:?}"
    );
}

#[test]
fn clash_of_alias_has_own_hint() {
    const ALIAS: &[Field] = &[
        Field::given("a", "a"),
        Field::given("b", "b").env_aliases(&["A"]),
    ];
    const OWN: &[Field] = &[
        Field::given("a", "a").env_aliases(&["B"]),
        Field::given("b", "b"),
    ];
    for fields in [ALIAS, OWN] {
        let flaws = plan(fields).unwrap_err();
        assert!(
            flaws[0].message.ends_with("remove `env_alias`"),
            "{flaws:?}"
        );
    }
}

#[test]
fn each_secret_is_counted_once() {
    const FIELDS: &[Field] = &[
        Field::given("a", "x").json_key("a"),
        Field::given("b", "y").aliases(&["x", "z"]),
        Field::given("c", "x").json_key("c"),
        Field::derived("d", "D").env_only(),
    ];
    assert_eq!(plan(FIELDS).unwrap().secrets(), 3);
}

#[test]
fn plan_is_reused_for_same_placeholders() {
    const FIELDS: &[Field] = &[Field::given("key", "{stage}/key")];
    let spec: &'static Spec = Box::leak(Box::new(Spec::new("Test", FIELDS)));
    let reused = |stage: Option<&str>| Plan::reused(spec, &|_| stage.map(str::to_owned));
    let id = |plan: &Plan| address(&plan.leaves[0]).0.to_owned();
    let first = reused(Some("test")).unwrap();
    assert!(Arc::ptr_eq(&first, &reused(Some("test")).unwrap()));
    assert_eq!(id(&reused(Some("prod")).unwrap()), "prod/key");
    assert_eq!(id(&reused(None).unwrap()), "{stage}/key");
    assert_eq!(id(&reused(Some("test")).unwrap()), "test/key");
}
