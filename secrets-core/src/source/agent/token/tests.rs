use std::path::PathBuf;

use super::*;

const LAMBDA: bool = true;
const ELSEWHERE: bool = false;

fn tokens(variables: &[(&str, &str)], on_lambda: bool) -> Tokens {
    Tokens {
        default_file: "/nowhere/awssmatoken",
        ..Tokens::new(
            None,
            Environment::from_vars(variables.iter().copied()),
            on_lambda,
        )
    }
}

fn text(token: Option<Result<Token, Failure>>) -> Option<String> {
    token.map(|token| token.unwrap().header.to_str().unwrap().to_owned())
}

fn file(name: &str, content: &str) -> PathBuf {
    let name = format!("from-secrets-token-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn the_first_variable_that_is_set_has_it() {
    let all = [
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container"),
        ("AWS_SESSION_TOKEN", "session"),
        ("AWS_TOKEN", "agent"),
    ];
    for (count, expected) in [(3, "agent"), (2, "session"), (1, "container")] {
        let tokens = tokens(&all[..count], ELSEWHERE);
        assert_eq!(text(tokens.current()).as_deref(), Some(expected));
    }
    assert!(tokens(&[], ELSEWHERE).current().is_none());
    assert!(
        tokens(&[("AWS_TOKEN", "")], ELSEWHERE).current().is_none(),
        "empty counts as unset"
    );
}

#[test]
fn on_lambda_the_session_token_comes_first_and_the_others_where_it_is_refused() {
    let both = [("AWS_SESSION_TOKEN", "session"), ("AWS_TOKEN", "agent")];
    let tokens = tokens(&both, LAMBDA);
    let session = tokens.current().unwrap().unwrap();
    assert_eq!(session.header, "session");
    let agent = tokens.after(&session).unwrap().unwrap();
    assert_eq!(agent.header, "agent");
    assert!(tokens.after(&agent).is_none());
}

#[test]
fn elsewhere_a_refused_token_is_not_followed_by_another_variable_s() {
    let both = [("AWS_SESSION_TOKEN", "session"), ("AWS_TOKEN", "agent")];
    let tokens = tokens(&both, ELSEWHERE);
    let agent = tokens.current().unwrap().unwrap();
    assert!(tokens.after(&agent).is_none());
}

#[test]
fn what_the_code_says_is_the_only_one() {
    for on_lambda in [LAMBDA, ELSEWHERE] {
        let given = Some(SecretString::from("given"));
        let environment = Environment::from_vars([("AWS_TOKEN", "other")]);
        let tokens = Tokens::new(given, environment, on_lambda);
        let token = tokens.current().unwrap().unwrap();
        assert_eq!(token.header, "given");
        assert!(tokens.after(&token).is_none());
    }
}

#[test]
fn a_file_is_read_trimmed_and_read_again_once_refused() {
    let path = file("rotated", "first\n");
    let place = format!("file://{}", path.display());
    let tokens = tokens(&[("AWS_TOKEN", &place)], ELSEWHERE);
    let first = tokens.current().unwrap().unwrap();
    assert_eq!(first.header, "first");
    assert!(
        tokens.after(&first).is_none(),
        "the file still has the same"
    );
    std::fs::write(&path, "second\n").unwrap();
    assert_eq!(text(tokens.after(&first)).as_deref(), Some("second"));
    std::fs::write(&path, "third\n").unwrap();
    let renewed = tokens.after(&first);
    assert_eq!(
        text(renewed).as_deref(),
        Some("second"),
        "another request renewed it already"
    );
    std::fs::remove_file(path).unwrap();
}

#[test]
fn the_agent_s_own_file_is_used_where_no_variable_is_set() {
    let path = file("default", " own ");
    let own = |variables: &[(&str, &str)]| Tokens {
        default_file: path.to_str().unwrap().to_owned().leak(),
        ..tokens(variables, ELSEWHERE)
    };
    assert_eq!(text(own(&[]).current()).as_deref(), Some("own"));
    let with_variable = own(&[("AWS_SESSION_TOKEN", "session")]);
    assert_eq!(text(with_variable.current()).as_deref(), Some("session"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn only_a_session_token_may_be_there_for_another_reason() {
    for (variable, expected) in [
        ("AWS_TOKEN", true),
        ("AWS_SESSION_TOKEN", false),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", false),
    ] {
        let token = tokens(&[(variable, "x")], ELSEWHERE)
            .current()
            .unwrap()
            .unwrap();
        assert_eq!(token.is_meant_for_the_agent(), expected, "{variable}");
    }
}

#[test]
fn a_token_that_cannot_be_used_is_told_without_being_shown() {
    let empty = file("empty", "\n");
    let empty = format!("file://{}", empty.display());
    for (value, expected) in [
        ("canary\ntoken", "no HTTP header can carry"),
        ("  ", "is empty"),
        (&empty, "is empty"),
        ("file:///nowhere/token", "`/nowhere/token`"),
    ] {
        let tokens = tokens(&[("AWS_TOKEN", value)], ELSEWHERE);
        let failure = tokens.current().unwrap().unwrap_err();
        assert_eq!(failure.cause(), Cause::Credentials);
        let told = format!("{failure} {}", failure.hint().unwrap());
        assert!(told.contains(expected) && told.contains("`AWS_TOKEN`"));
        assert!(!told.contains("canary"), "{told}");
    }
    std::fs::remove_file(&empty["file://".len()..]).unwrap();
}
