//! The labels of a call, which its span and its metrics share, and checks of labels that come from outside.

/// The longest code or name in spans, events and metrics.
const LONGEST: usize = 64;

/// Returns an error code, unless it looks like something else: it leaves the process, and comes from a service.
pub(crate) fn code_label(code: Option<&str>) -> Option<&str> {
    code.filter(|code| is_word(code, b"_."))
}

/// Returns the name of a source, or `other` if it looks like something else.
pub(crate) fn source_label(name: &str) -> &str {
    if is_word(name, b"_.-") { name } else { "other" }
}

fn is_word(text: &str, punctuation: &[u8]) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || punctuation.contains(&byte);
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// A call to a service.
#[cfg(any(feature = "agent", feature = "aws"))]
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(any(feature = "aws", feature = "metrics")),
    expect(dead_code, reason = "only metrics and spans of the SDK use all labels")
)]
pub(crate) struct CallLabels<'a> {
    /// The source in the chain.
    pub(crate) source: &'static str,
    /// The service, as the AWS SDKs call it.
    pub(crate) service: &'static str,
    /// The operation of the service.
    pub(crate) method: &'static str,
    /// The region of the service, unless only the agent has it.
    pub(crate) region: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_words_are_codes() {
        for code in ["AccessDeniedException", "E403", "a.b_c", &"x".repeat(64)] {
            assert_eq!(code_label(Some(code)), Some(code));
        }
        for text in [
            "",
            "a b",
            "a-b",
            "pass=word",
            "schlüssel",
            "a\n",
            &"x".repeat(65),
        ] {
            assert_eq!(code_label(Some(text)), None, "{text:?}");
        }
    }

    #[test]
    fn only_short_words_are_source_names() {
        assert_eq!(source_label("env-files"), "env-files");
        for text in ["", "vault at https://vault.example", &"x".repeat(65)] {
            assert_eq!(source_label(text), "other");
        }
    }
}
