//! The syntax of names and references: parsed texts can be formatted and parsed again with the same result, and texts
//! that the AWS documentation does not allow are rejected.

use from_secrets_syntax::{
    Arn, Derivation, ParameterArn, Part, Reference, Template, check_name, check_parameter_name,
    check_variable, misspelled, nearest, screaming_snake, suffix_like_an_arn,
};

/// Words for suggestions.
const WORDS: [&str; 6] = [
    "name",
    "json_key",
    "version_stage",
    "env",
    "env_only",
    "Ärger",
];

/// Parses the text in all notations.
pub fn check(text: &str) {
    name(text);
    variable(text);
    template(text);
    arn(text);
    parameter_arn(text);
    reference(text);
    derivation(text);
    words(text);
}

fn name(text: &str) {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || "/_+=.@-!".contains(c);
    let is_name = (1..=512).contains(&text.len()) && text.chars().all(is_legal);
    assert_eq!(check_name(text).is_ok(), is_name, "{text:?}");
    // A valid name is never interpreted as another notation.
    if is_name && !Arn::is_meant_by(text) {
        let reference = Reference::parse(text).expect("a name is a reference");
        assert_eq!(reference, bare(text));
    }
    if suffix_like_an_arn(text) {
        let (_, suffix) = text.split_at(text.len() - 7);
        assert!(suffix.starts_with('-') && suffix[1..].bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}

fn variable(text: &str) {
    let is_legal = |(place, c): (usize, char)| {
        c == '_' || c.is_ascii_alphabetic() || place > 0 && c.is_ascii_digit()
    };
    let is_variable = !text.is_empty() && text.char_indices().all(is_legal);
    assert_eq!(check_variable(text).is_ok(), is_variable, "{text:?}");
    let written = screaming_snake(text);
    assert!(
        !written.starts_with('_') && !written.ends_with('_') && !written.contains("__"),
        "{text:?}"
    );
    if written.is_ascii() {
        assert!(
            !written.contains(|c: char| c.is_ascii_lowercase()),
            "{text:?}"
        );
        assert_eq!(screaming_snake(&written), written, "{text:?}");
    }
}

fn template(text: &str) {
    let Ok(template) = Template::parse(text) else {
        return;
    };
    let written: String = template.parts().iter().map(|part| write(*part)).collect();
    assert_eq!(written, text);
    let names: Vec<&str> = template.placeholders().collect();
    for name in &names {
        assert!(check_variable(name).is_ok(), "{name:?} in {text:?}");
    }
    let kept = template.fill(|name| Some(format!("{{{name}}}")));
    assert_eq!(kept.as_deref(), Ok(text));
    assert_eq!(
        template.fill(|_| Some(String::new())),
        Ok(template.literal())
    );
    match template.fill(|_| None) {
        Ok(filled) => assert!(names.is_empty() && filled == text, "{text:?}"),
        Err(missing) => assert!(!names.is_empty() && missing == names, "{text:?}"),
    }
}

fn write(part: Part<'_>) -> String {
    match part {
        Part::Literal(text) => text.to_owned(),
        Part::Placeholder(name) => format!("{{{name}}}"),
    }
}

fn arn(text: &str) {
    let Ok(arn) = Arn::parse(text) else {
        return;
    };
    assert!(Arn::is_meant_by(text), "{text:?}");
    let parts: Vec<&str> = text.split(':').collect();
    assert_eq!(parts[1], arn.partition);
    assert_eq!(parts[3..5], [arn.region, arn.account]);
    assert_origin(arn.partition, arn.region, arn.account);
    assert_eq!(parts[6], arn.resource);
    let names: Vec<&str> = arn.names().collect();
    assert_eq!(names[0], arn.resource);
    if let Some(name) = names.get(1) {
        let suffix = arn.resource.strip_prefix(name);
        assert!(suffix.is_some_and(|suffix| suffix.len() == 7), "{text:?}");
    }
}

/// Asserts that AWS can have assigned these parts of an ARN. Placeholders can be in any of them.
fn assert_origin(partition: &str, region: &str, account: &str) {
    let literal = |part| Template::parse(part).map(|part| part.literal());
    let is_name_character = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    for name in [partition, region] {
        let literal = literal(name).expect("a part of an ARN is a template");
        assert!(literal.chars().all(is_name_character), "{name:?}");
    }
    let digits = literal(account).expect("an account is a template");
    assert!(
        digits.bytes().all(|byte| byte.is_ascii_digit()),
        "{account:?}"
    );
    assert!(account.len() == 12 || account.contains('{'), "{account:?}");
}

fn parameter_arn(text: &str) {
    let Ok(arn) = ParameterArn::parse(text) else {
        return;
    };
    assert!(ParameterArn::is_meant_by(text), "{text:?}");
    assert_origin(arn.partition, arn.region, arn.account);
    assert!(Arn::parse(text).is_err(), "{text:?}");
    assert!(arn.names().contains(&arn.name()), "{text:?}");
    assert!(text.ends_with(arn.path), "{text:?}");
}

fn reference(text: &str) {
    let read = Reference::parse(text);
    if let Ok(reference) = &read {
        check_parts(reference);
        for written in written(reference) {
            assert_eq!(
                Reference::parse(&written).as_ref(),
                Ok(reference),
                "{text:?} is formatted as {written:?}"
            );
        }
    }
    if let Ok(filled) = Reference::parse_filled(text) {
        assert_eq!(read.as_ref(), Ok(&filled), "{text:?}");
        assert!(!filled.secret_id.contains(['{', '}']), "{text:?}");
        if filled.names_parameter {
            let name = ParameterArn::parse(&filled.secret_id).map(|arn| arn.name());
            let name = name.unwrap_or_else(|_| filled.secret_id.clone());
            assert!(check_parameter_name(&name).is_ok(), "{text:?}");
        } else if !filled.is_arn() {
            assert!(check_name(&filled.secret_id).is_ok(), "{text:?}");
        }
    }
}

fn check_parts(reference: &Reference) {
    let Reference {
        secret_id,
        json_key,
        version_stage,
        version_id,
        names_parameter,
    } = reference;
    let parts = [
        Some(secret_id),
        json_key.as_ref(),
        version_stage.as_ref(),
        version_id.as_ref(),
    ];
    for part in parts.into_iter().flatten() {
        assert!(!part.is_empty(), "{reference:?}");
    }
    assert!(
        version_stage.is_none() || version_id.is_none(),
        "{reference:?}"
    );
    assert_eq!(reference.is_arn(), Arn::is_meant_by(secret_id));
    if reference.is_arn() {
        let is_parameter = ParameterArn::parse(secret_id).is_ok();
        assert_eq!(is_parameter, *names_parameter, "{reference:?}");
        assert_eq!(
            Arn::parse(secret_id).is_err(),
            is_parameter,
            "{reference:?}"
        );
    }
    if *names_parameter {
        assert!(json_key.is_none(), "{reference:?}");
        return;
    }
    // The ID by itself has no other parts.
    assert_eq!(Reference::parse(secret_id).as_ref(), Ok(&bare(secret_id)));
}

/// Formats the reference in all notations that support its parts.
fn written(reference: &Reference) -> Vec<String> {
    let Reference {
        secret_id,
        json_key,
        version_stage,
        version_id,
        names_parameter,
    } = reference;
    // A colon after it would make it an ARN.
    if secret_id == "arn" {
        return Vec::new();
    }
    let [key, stage, id] =
        [json_key, version_stage, version_id].map(|part| part.as_deref().unwrap_or_default());
    if *names_parameter {
        let version = format!("{stage}{id}");
        let resolved = format!("{{{{resolve:ssm:{secret_id}:{version}}}}}");
        let with_version = format!("{secret_id}:{version}");
        let is_written = [
            (resolved, stage.is_empty()),
            (with_version, reference.is_arn()),
        ];
        let written = is_written.into_iter().filter(|(_, is)| *is);
        return written.map(|(text, _)| text).collect();
    }
    let mut written = vec![format!(
        "{{{{resolve:secretsmanager:{secret_id}:SecretString:{key}:{stage}:{id}}}}}"
    )];
    if reference.is_arn() {
        written.push(format!("{secret_id}:{key}:{stage}:{id}"));
    }
    written
}

fn derivation(text: &str) {
    let mut lines = text.splitn(4, '\n');
    let [name, field, name_prefix, json_key] = std::array::from_fn(|_| lines.next());
    for env_prefix in [None, name_prefix] {
        let derivation = Derivation {
            env_prefix,
            field: field.unwrap_or("field"),
            name_prefix: name_prefix.unwrap_or_default(),
            name: name.unwrap_or_default(),
            json_key,
        };
        match derivation.variable() {
            Ok(variable) => assert!(
                check_variable(&variable).is_ok(),
                "{text:?} gives {variable:?}"
            ),
            Err(problem) => assert!(!problem.to_string().is_empty(), "{text:?}"),
        }
    }
}

fn words(text: &str) {
    let line = text.lines().next().unwrap_or_default();
    for found in [nearest(line, &WORDS), misspelled(line, &WORDS)]
        .into_iter()
        .flatten()
    {
        assert!(WORDS.contains(&found));
    }
    if WORDS.contains(&line) {
        assert_eq!(
            (nearest(line, &WORDS), misspelled(line, &WORDS)),
            (Some(line), Some(line))
        );
    }
}

fn bare(secret_id: &str) -> Reference {
    Reference {
        secret_id: secret_id.to_owned(),
        json_key: None,
        version_stage: None,
        version_id: None,
        names_parameter: false,
    }
}
