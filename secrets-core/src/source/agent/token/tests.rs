use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::source::SourceErrorKind;

const LAMBDA: bool = true;
const ELSEWHERE: bool = false;

/// The calls of a load, without its runtime.
impl Tokens {
    pub(in crate::source::agent) fn current_now(&self) -> Result<Option<Token>, SourceError> {
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
fn lambda_tries_session_token_first() {
    let both = [("AWS_SESSION_TOKEN", "session"), ("AWS_TOKEN", "agent")];
    let tokens = tokens(&both, LAMBDA);
    let session = tokens.current_now().unwrap().unwrap();
    assert_eq!(session.header, "session");
    let agent = tokens.after_now(&session).unwrap().unwrap();
    assert_eq!(agent.header, "agent");
    assert!(tokens.after_now(&agent).unwrap().is_none());
}

#[test]
fn rejected_token_is_final_outside_lambda() {
    let both = [("AWS_SESSION_TOKEN", "session"), ("AWS_TOKEN", "agent")];
    let tokens = tokens(&both, ELSEWHERE);
    let agent = tokens.current_now().unwrap().unwrap();
    assert!(tokens.after_now(&agent).unwrap().is_none());
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
fn rejected_token_file_is_reread_once() {
    let path = file("rotated", "first\n");
    let place = format!("file://{}", path.display());
    let tokens = tokens(&[("AWS_TOKEN", &place)], ELSEWHERE);
    let first = tokens.current_now().unwrap().unwrap();
    assert_eq!(first.header, "first");
    assert!(
        tokens.after_now(&first).unwrap().is_none(),
        "the file still has the same"
    );
    std::fs::write(&path, "second\n").unwrap();
    assert_eq!(text(tokens.after_now(&first)).as_deref(), Some("second"));
    std::fs::write(&path, "third\n").unwrap();
    let renewed = tokens.after_now(&first);
    assert_eq!(
        text(renewed).as_deref(),
        Some("second"),
        "another request renewed it already"
    );
    std::fs::remove_file(path).unwrap();
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
fn unusable_token_error_hides_token() {
    let empty = file("empty", "\n");
    let empty = format!("file://{}", empty.display());
    for (value, expected) in [
        ("canary\ntoken", "not valid in HTTP headers"),
        ("  ", "is empty"),
        (&empty, "is empty"),
        ("file:///absent/token", "`/absent/token`"),
    ] {
        let tokens = tokens(&[("AWS_TOKEN", value)], ELSEWHERE);
        let error = tokens.current_now().unwrap_err();
        assert_eq!(error.kind(), SourceErrorKind::Credentials);
        let text = format!("{error} {}", error.hint().unwrap());
        assert!(text.contains(expected) && text.contains("`AWS_TOKEN`"));
        assert!(!text.contains("canary"), "{text}");
    }
    std::fs::remove_file(&empty["file://".len()..]).unwrap();
}

#[test]
fn unreadable_token_file_fails() {
    let large = file("large", &"canary".repeat(20_000));
    let folder = std::env::temp_dir();
    for (path, expected) in [
        (large.to_str().unwrap(), "is longer than 64 KiB"),
        (folder.to_str().unwrap(), "it is a directory"),
        ("/dev/zero", "`/dev/zero` is not a regular file"),
        (
            "canary",
            "from `$AWS_TOKEN` (`AWS_TOKEN`): it does not exist",
        ),
        (
            "/absent/token",
            "from `/absent/token` (`AWS_TOKEN`): it does not exist",
        ),
    ] {
        let place = format!("file://{path}");
        let tokens = tokens(&[("AWS_TOKEN", &place)], ELSEWHERE);
        let error = tokens.current_now().unwrap_err();
        assert_eq!(error.kind(), SourceErrorKind::Credentials);
        let text = format!("{error} {}", error.hint().unwrap());
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
    std::fs::remove_file(large).unwrap();
}

#[cfg(unix)]
#[test]
fn token_pipe_without_writer_fails() {
    let pipe = std::env::temp_dir().join(format!("from-secrets-token-{}-pipe", std::process::id()));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let place = format!("file://{}", pipe.display());
    let tokens = tokens(&[("AWS_TOKEN", &place)], ELSEWHERE);
    let error = tokens.current_now().unwrap_err();
    assert!(error.message().contains("is not a regular file"), "{error}");
    std::fs::remove_file(pipe).unwrap();
}
