use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::source::SourceErrorKind;

const LAMBDA: bool = true;
const ELSEWHERE: bool = false;

/// The calls of a load, without its runtime.
impl Tokens {
    fn current_now(&self) -> Result<Option<Token>, SourceError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let deadline = Instant::now() + Duration::from_mins(1);
        runtime.block_on(self.current(deadline))
    }

    fn after_now(&self, rejected: &Token) -> Result<Option<Token>, SourceError> {
        self.reject(rejected);
        self.current_now()
    }
}

fn tokens(variables: &[(&str, &str)], on_lambda: bool) -> Tokens {
    Tokens {
        default_file: "/absent/awssmatoken",
        ..Tokens::new(None, Env::from_vars(variables.iter().copied()), on_lambda)
    }
}

fn text(token: Result<Option<Token>, SourceError>) -> Option<String> {
    let token = token.unwrap()?;
    Some(token.header.to_str().unwrap().to_owned())
}

fn file(name: &str, content: &str) -> PathBuf {
    let name = format!("from-secrets-token-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn first_nonempty_variable_provides_token() {
    let all = [
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container"),
        ("AWS_SESSION_TOKEN", "session"),
        ("AWS_TOKEN", "agent"),
    ];
    for (count, expected) in [(3, "agent"), (2, "session"), (1, "container")] {
        let tokens = tokens(&all[..count], ELSEWHERE);
        assert_eq!(text(tokens.current_now()).as_deref(), Some(expected));
    }
    assert!(tokens(&[], ELSEWHERE).current_now().unwrap().is_none());
    assert!(
        tokens(&[("AWS_TOKEN", "")], ELSEWHERE)
            .current_now()
            .unwrap()
            .is_none(),
        "empty counts as unset"
    );
}

#[test]
fn token_in_code_has_no_alternatives() {
    for on_lambda in [LAMBDA, ELSEWHERE] {
        let given = Some(SecretString::from("given"));
        let environment = Env::from_vars([("AWS_TOKEN", "other")]);
        let tokens = Tokens::new(given, environment, on_lambda);
        let token = tokens.current_now().unwrap().unwrap();
        assert_eq!(token.header, "given");
        assert!(tokens.after_now(&token).unwrap().is_none());
    }
}

#[test]
fn default_token_file_needs_unset_variables() {
    let path = file("default", " own ");
    let own = |variables: &[(&str, &str)]| Tokens {
        default_file: path.to_str().unwrap().to_owned().leak(),
        ..tokens(variables, ELSEWHERE)
    };
    assert_eq!(text(own(&[]).current_now()).as_deref(), Some("own"));
    let with_variable = own(&[("AWS_SESSION_TOKEN", "session")]);
    assert_eq!(
        text(with_variable.current_now()).as_deref(),
        Some("session")
    );
    std::fs::remove_file(path).unwrap();
}

#[test]
fn session_token_may_have_other_purposes() {
    for (variable, expected) in [
        ("AWS_TOKEN", true),
        ("AWS_SESSION_TOKEN", false),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", false),
    ] {
        let token = tokens(&[(variable, "x")], ELSEWHERE)
            .current_now()
            .unwrap()
            .unwrap();
        assert_eq!(token.is_meant_for_the_agent(), expected, "{variable}");
    }
}

#[test]
fn unusable_token_fails_without_showing_it() {
    let large = file("large", &"canary".repeat(20_000));
    let folder = std::env::temp_dir();
    let at = |path: &str| format!("file://{path}");
    for (value, expected) in [
        ("  ".to_owned(), "is empty"),
        ("canary\ntoken".to_owned(), "not valid in HTTP headers"),
        (at(large.to_str().unwrap()), "is longer than 64 KiB"),
        (at(folder.to_str().unwrap()), "it is a directory"),
        (at("/dev/zero"), "`/dev/zero` is not a regular file"),
        (
            at("canary"),
            "from `$AWS_TOKEN` (`AWS_TOKEN`): it does not exist",
        ),
        (
            at("/absent/token"),
            "`/absent/token` (`AWS_TOKEN`): it does not exist",
        ),
    ] {
        let tokens = tokens(&[("AWS_TOKEN", &value)], ELSEWHERE);
        let error = tokens.current_now().unwrap_err();
        assert_eq!(error.kind(), SourceErrorKind::Credentials);
        let text = format!("{error} {}", error.hint().unwrap());
        assert!(text.contains(expected) && text.contains("`AWS_TOKEN`"));
        assert!(!text.contains("canary"), "{text}");
    }
    std::fs::remove_file(large).unwrap();
}
