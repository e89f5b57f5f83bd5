//! Texts of services and of the environment, which reach a terminal: no escape sequences, no additional lines.

use from_secrets::source::{
    Env, FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource, SecretValue,
    SourceError, SourceErrorKind,
};
use from_secrets::{FromSecrets, Loader};

/// A terminal sequence, a line break, and a mark of direction.
const ODD: &str = "odd\u{1b}[31m\u{7}\nfield `x`: forged\u{202e}";

#[derive(FromSecrets)]
#[expect(dead_code, reason = "only errors and reports are checked")]
struct Config {
    api_token: String,
}

/// Returns odd metadata or an odd error.
struct Odd {
    fails: bool,
}

impl SecretSource for Odd {
    fn name(&self) -> &'static str {
        "odd"
    }

    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        let result = |_: &SecretRequest| {
            if self.fails {
                let error = SourceError::new(SourceErrorKind::Internal, ODD.replace('\n', ""));
                let error = error.with_code(ODD).with_request_id("1".repeat(300));
                return FetchResult::Failed(error.with_hint(ODD.replace('\n', "")));
            }
            let value = SecretValue::text("a value").with_version_id(ODD);
            FetchResult::Found(value.with_arn("a".repeat(3_000)))
        };
        let results = requests.iter().map(result).collect();
        Box::pin(async { results })
    }
}

fn assert_printable(text: &str) {
    let is_odd = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!text.contains(is_odd), "{text:?}");
    assert!(!text.contains("\nfield `x`"), "{text:?}");
    assert!(text.len() < 1_000, "{text:?}");
}

#[test]
fn errors_contain_no_terminal_sequences() {
    let loader = Loader::new().source(Odd { fails: true });
    let error = loader.load_blocking::<Config>().err().unwrap();
    assert_printable(&format!("{error}\n{error:#}"));
    assert!(error.to_string().contains("odd[31m"), "{error}");
}

#[tokio::test]
async fn reports_contain_no_terminal_sequences() {
    let loader = Loader::new().source(Odd { fails: false });
    let (_, report) = loader.load_with_report::<Config>().await.unwrap();
    assert_printable(&report.to_string());
}

#[test]
fn odd_variables_are_not_suggested() {
    for odd in ["API_TOKE\u{1b}", "API_TOKEN\n"] {
        let loader = Loader::new().source(Env::from_vars([(odd, "a value")]));
        let error = loader.load_blocking::<Config>().err().unwrap();
        assert_printable(&format!("{error}\n{error:#}"));
    }
}
