//! Derived variables that shells set are rejected by every entry point, before any source is queried.

use from_secrets::source::{Env, Memory};
use from_secrets::{Error, ErrorKind, FromSecrets, Loader};

#[derive(FromSecrets)]
#[allow(dead_code, reason = "never loaded")]
struct Login {
    user: String,
    password: String,
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Meant {
    #[secret(env = "USER")]
    user: String,
    #[secret(flatten, prefix = "DB_")]
    login: Prefixed,
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Prefixed {
    user: String,
}

/// A source that must not be queried.
fn loader() -> Loader {
    let secrets = Memory::new().with_error("USER", from_secrets::source::SourceErrorKind::Internal);
    Loader::new().source(secrets).source(Env::new())
}

#[track_caller]
fn is_refused<T>(result: Result<T, Error>) {
    let error = result.err().expect("the declaration is rejected");
    assert_eq!(error.kind(), ErrorKind::Declaration);
    let shown = format!("{error:#}");
    for part in ["`user`", "`USER`", "add `env = \"LOGIN_USER\"`"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shell_variable_is_rejected_everywhere() {
    is_refused(loader().load::<Login>().await);
    is_refused(loader().load_with_report::<Login>().await);
    is_refused(loader().load_blocking::<Login>());
    #[cfg(any(feature = "figment", feature = "config"))]
    is_refused(loader().layer::<Login>().await);
    #[cfg(feature = "live")]
    is_refused(
        from_secrets::Live::<Login>::builder()
            .loader(loader())
            .load()
            .await,
    );
    #[cfg(feature = "generate")]
    {
        use from_secrets::generate::Declaration;
        is_refused(Declaration::of::<Login>().iam_policy());
        is_refused(Declaration::of::<Login>().env_example());
        is_refused(Declaration::of::<Login>().markdown());
    }
}

#[tokio::test]
async fn variable_is_read_if_requested() {
    let secrets = Memory::new()
        .with_secret("USER", "app")
        .with_secret("DB_USER", "db");
    let meant: Meant = Loader::new().source(secrets).load().await.unwrap();
    assert_eq!(
        (meant.user.as_str(), meant.login.user.as_str()),
        ("app", "db")
    );
}
