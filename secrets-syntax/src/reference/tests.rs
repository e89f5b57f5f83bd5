use super::*;

const ARN: &str = "arn:aws:secretsmanager:us-west-2:123456789012:secret:prod/db-AbCdEf";

fn parts(text: &str) -> (String, Option<String>, Option<String>, Option<String>) {
    let reference = Reference::parse(text).unwrap();
    (
        reference.secret_id,
        reference.json_key,
        reference.version_stage,
        reference.version_id,
    )
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "compared with parts that may be absent"
)]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn names_and_arns_parse_unchanged() {
    assert_eq!(parts("prod/db"), ("prod/db".to_owned(), None, None, None));
    assert_eq!(parts(ARN), (ARN.to_owned(), None, None, None));
}

#[test]
fn ecs_value_from_accepts_empty_parts() {
    assert_eq!(
        parts(&format!("{ARN}:password::")),
        (ARN.to_owned(), some("password"), None, None)
    );
    assert_eq!(
        parts(&format!("{ARN}::AWSPREVIOUS:")),
        (ARN.to_owned(), None, some("AWSPREVIOUS"), None)
    );
    assert_eq!(
        parts(&format!("{ARN}:::v1")),
        (ARN.to_owned(), None, None, some("v1"))
    );
}

#[test]
fn cloudformation_reference_accepts_name_or_arn() {
    assert_eq!(
        parts("{{resolve:secretsmanager:prod/db:SecretString:password}}"),
        ("prod/db".to_owned(), some("password"), None, None)
    );
    assert_eq!(
        parts(&format!(
            "{{{{resolve:secretsmanager:{ARN}:SecretString:password:AWSPENDING}}}}"
        )),
        (ARN.to_owned(), some("password"), some("AWSPENDING"), None)
    );
    assert_eq!(
        parts("{{resolve:secretsmanager:prod/db}}"),
        ("prod/db".to_owned(), None, None, None)
    );
}

#[test]
fn placeholder_may_replace_whole_id() {
    assert_eq!(parts("{DB_ARN}"), ("{DB_ARN}".to_owned(), None, None, None));
    assert_eq!(
        parts("{DB_ARN}:password::"),
        ("{DB_ARN}".to_owned(), some("password"), None, None)
    );
    assert_eq!(
        parts("{stage}/db"),
        ("{stage}/db".to_owned(), None, None, None)
    );
}

#[test]
fn filled_reference_rejects_placeholders() {
    assert!(Reference::parse_filled("{abc}").is_err());
    assert!(Reference::parse_filled("{{resolve:secretsmanager:{a}}}").is_err());
    assert!(Reference::parse_filled("{{resolve:secretsmanager:a}}").is_ok());
}

#[test]
fn invalid_references_are_rejected() {
    for text in [
        "prod db",
        "prod:db",
        "",
        "{stage}/a b",
        "{{resolve:s3:name}}",
        "{{resolve:secretsmanager:arn:aws:ssm:us-east-1:123456789012:parameter/db}}",
        "{{resolve:secretsmanager:prod/db:SecretBinary}}",
        "{{resolve:secretsmanager:prod/db",
        &format!("{ARN}:a:b:c:d"),
        &format!("{ARN}:a:AWSCURRENT:v1"),
    ] {
        assert!(Reference::parse(text).is_err(), "{text}");
    }
}

#[test]
fn version_outside_of_limits_is_rejected() {
    for (part, expected) in [
        ("x\0:", "invalid character '\\0' in version stage"),
        ("x\n{stage}:", "invalid character '\\n' in version stage"),
        (
            &format!("{}:", "s".repeat(257)),
            "version stage is longer than 256",
        ),
        (":a\tb", "invalid character '\\t' in version ID"),
        (":{id}\t", "invalid character '\\t' in version ID"),
        (
            &format!(":{}", "i".repeat(65)),
            "version ID is longer than 64",
        ),
    ] {
        let ecs = format!("{ARN}::{part}");
        let resolved = format!("{{{{resolve:secretsmanager:db:SecretString::{part}}}}}");
        for text in [ecs, resolved] {
            let problem = Reference::parse(&text).unwrap_err().to_string();
            assert!(problem.starts_with(expected), "{problem}");
        }
    }
    let longest = [
        format!("{}:", "é".repeat(256)),
        format!(":{}", "i".repeat(64)),
    ];
    for part in longest
        .iter()
        .map(String::as_str)
        .chain(["{stage}:", ":{id}", ":v-{n}"])
    {
        assert!(
            Reference::parse(&format!("{ARN}::{part}")).is_ok(),
            "{part}"
        );
    }
}

#[test]
fn arn_of_longest_name_is_accepted() {
    let complete = |length: usize| {
        let name = "a".repeat(length);
        format!("arn:aws:secretsmanager:us-west-2:123456789012:secret:{name}-AbCdEf")
    };
    for length in [505, 506, 512] {
        let text = complete(length);
        assert_eq!(parts(&text), (text.clone(), None, None, None));
    }
    assert!(Reference::parse(&complete(513)).is_err());
}

#[test]
fn managed_names_parse_in_every_notation() {
    let name = "rds!db-1b2c";
    let arn = format!("arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-AbCdEf");
    let partial = arn.strip_suffix("-AbCdEf").unwrap();
    for id in [name, &arn, partial] {
        assert_eq!(parts(id), (id.to_owned(), None, None, None));
        assert_eq!(
            parts(&format!(
                "{{{{resolve:secretsmanager:{id}:SecretString:password}}}}"
            )),
            (id.to_owned(), some("password"), None, None)
        );
    }
    assert_eq!(
        parts(&format!("{arn}:password:AWSPREVIOUS:")),
        (arn.clone(), some("password"), some("AWSPREVIOUS"), None)
    );
    assert!(Reference::parse("{service}!db-{id}").is_ok());
}

const PARAMETER: &str = "arn:aws:ssm:us-west-2:123456789012:parameter/prod/db";

#[test]
fn parameter_notations_have_name_and_version() {
    for (text, id, stage, version) in [
        (PARAMETER, PARAMETER, None, None),
        (&format!("{PARAMETER}:3"), PARAMETER, None, some("3")),
        (&format!("{PARAMETER}:good"), PARAMETER, some("good"), None),
        ("{{resolve:ssm:/prod/db}}", "/prod/db", None, None),
        ("{{resolve:ssm:db:3}}", "db", None, some("3")),
        ("{{resolve:ssm-secure:/a/b:12}}", "/a/b", None, some("12")),
        (
            &format!("{{{{resolve:ssm:{PARAMETER}:3}}}}"),
            PARAMETER,
            None,
            some("3"),
        ),
        (
            "{{resolve:ssm:/{stage}/db:{V}}}",
            "/{stage}/db",
            None,
            some("{V}"),
        ),
        (
            "arn:aws:ssm:{AWS_REGION}:123456789012:parameter{NAME}",
            "arn:aws:ssm:{AWS_REGION}:123456789012:parameter{NAME}",
            None,
            None,
        ),
    ] {
        assert!(Reference::parse(text).unwrap().names_parameter, "{text}");
        assert_eq!(parts(text), (id.to_owned(), None, stage, version), "{text}");
    }
    assert!(!Reference::parse("/prod/db").unwrap().names_parameter);
}

#[test]
fn malformed_parameter_notations_are_rejected() {
    for text in [
        "{{resolve:ssm:}}",
        "{{resolve:ssm:a+b}}",
        "{{resolve:ssm:/{stage}/a!b}}",
        "{{resolve:ssm:/prod//db}}",
        "{{resolve:ssm:/prod/db:good}}",
        "{{resolve:ssm:/prod/db:3:4}}",
        "{{resolve:ssm:/prod/db:0}}",
        "{{resolve:ssm:/prod/db:03}}",
        "{{resolve:ssm:/prod/db:18446744073709551616}}",
        &format!("{PARAMETER}:AWSPREVIOUS"),
        &format!("{PARAMETER}:ssm-old"),
        &format!("{PARAMETER}:3rd"),
        &format!("{PARAMETER}:a b"),
        &format!("{PARAMETER}:a\u{1b}{{b}}"),
        &format!("{PARAMETER}:{}", "l".repeat(101)),
        "{{resolve:ssm:/prod/db",
        &format!("{{{{resolve:ssm:{ARN}}}}}"),
        &format!("{PARAMETER}:password::"),
        "arn:aws:ssm:us-west-2:123456789012:document/db",
    ] {
        assert!(Reference::parse(text).is_err(), "{text}");
    }
}
