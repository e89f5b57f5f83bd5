//! Requests that AWS rejects because of their time.

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>
const EXPIRED: &str = "Signature expired: ";
const NOT_YET_CURRENT: &str = "Signature not yet current: ";

pub(crate) const HINT: &str = "set the clock of this machine, for example with NTP; a container or virtual machine uses the clock of its host";

/// Returns whether an error is about the time of the request.
pub(crate) fn is_meant_by(code: &str, text: &str) -> bool {
    matches!(
        code,
        "RequestExpired" | "RequestInTheFuture" | "RequestTimeTooSkewed"
    ) || text.contains(EXPIRED)
        || text.contains(NOT_YET_CURRENT)
}

/// Returns the message with the times from AWS's text. The rest of a text about a signature may quote the request.
pub(crate) fn message(text: &str) -> String {
    let wrong = "AWS rejected the request because this machine's clock is wrong";
    let limit = if text.contains(NOT_YET_CURRENT) {
        "at the latest"
    } else {
        "at the earliest"
    };
    match times(text)[..] {
        [sent, bound, ref more @ ..] => {
            let clock = more.first();
            let clock = clock.map_or_else(String::new, |now| format!(" (AWS's clock: {now})"));
            format!("{wrong}: the request's time is {sent}, and AWS accepts {bound} {limit}{clock}")
        }
        [sent] => format!("{wrong}: the request's time is {sent}"),
        [] => wrong.to_owned(),
    }
}

/// Returns the times in a text, `20240101T000000Z` or `2024-01-01T00:00:00Z`.
fn times(text: &str) -> Vec<&str> {
    let is_outside = |c: char| !c.is_ascii_alphanumeric() && !"-:".contains(c);
    text.split(is_outside)
        .filter(|word| is_time(word))
        .collect()
}

fn is_time(word: &str) -> bool {
    const BASIC: &str = "00000000T000000Z";
    const EXTENDED: &str = "0000-00-00T00:00:00Z";
    let shape: String = word
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    shape == BASIC || shape == EXTENDED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expired_signature_shows_only_times() {
        let text = "Signature expired: 20240101T000000Z is now earlier than 20240101T001000Z \
                    (20240101T001500Z - 5 min.) canary-token/20240101/us-east-1";
        assert_eq!(
            message(text),
            "AWS rejected the request because this machine's clock is wrong: the request's time is 20240101T000000Z, \
             and AWS accepts 20240101T001000Z at the earliest (AWS's clock: 20240101T001500Z)"
        );
    }

    #[test]
    fn future_signature_shows_latest_time() {
        let text =
            "Signature not yet current: 20240101T002000Z is still later than 20240101T000500Z";
        assert!(message(text).ends_with(
            "the request's time is 20240101T002000Z, and AWS accepts 20240101T000500Z at the latest"
        ));
    }

    #[test]
    fn clock_error_without_times_is_recognized() {
        let text = "The difference between the request time and the current time is too large.";
        assert!(is_meant_by("RequestTimeTooSkewed", text));
        assert!(message(text).ends_with("clock is wrong"));
        let text = "Request has expired. Timestamp date is 2024-01-01T00:00:00Z.";
        assert!(
            message(text).ends_with("clock is wrong: the request's time is 2024-01-01T00:00:00Z")
        );
    }

    #[test]
    fn other_signature_errors_are_different() {
        let text = "The request signature we calculated does not match the signature you provided.";
        assert!(!is_meant_by("InvalidSignatureException", text));
    }
}
