//! Requests to an agent, as they arrived.

use crate::serve::Whole;

/// One request to an agent.
#[derive(Clone, Debug)]
pub struct AgentRequest {
    /// The path, as it was written.
    pub path: String,
    /// The parameters of the query, decoded.
    pub query: Vec<(String, String)>,
    /// The path and the query, as they were written.
    pub target: String,
    /// The token that was shown.
    pub token: Option<String>,
    /// How many requests came before it.
    pub nth: usize,
    pub(crate) is_forwarded: bool,
}

impl AgentRequest {
    pub(crate) fn read(request: &Whole, nth: usize) -> Self {
        let header = |name: &str| {
            let value = request.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let uri = request.uri();
        Self {
            path: uri.path().to_owned(),
            query: pairs(uri.query().unwrap_or_default()),
            target: uri.to_string(),
            token: header("X-Aws-Parameters-Secrets-Token"),
            nth,
            is_forwarded: header("X-Forwarded-For").is_some(),
        }
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The requested secret or parameter.
    pub fn id(&self) -> &str {
        self.parameter("secretId")
            .or_else(|| self.parameter("name"))
            .unwrap_or_default()
    }

    /// Whether the cache is to be passed by.
    pub fn is_fresh(&self) -> bool {
        self.parameter("refreshNow") == Some("true")
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let written = query.split('&').filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    };
    written.map(pair).collect()
}

/// As forms are: `+` is a space.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                rest = tail;
                16 * digit(*high) + digit(*low)
            }
            (b'+', _) => b' ',
            (other, _) => *other,
        });
    }
    String::from_utf8(bytes).expect("a query is UTF-8")
}

fn digit(byte: u8) -> u8 {
    let digit = char::from(byte).to_digit(16).expect("two digits behind %");
    u8::try_from(digit).expect("a digit is small")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_string_is_percent_decoded() {
        let pairs = pairs("a=%2Fb%C3%BC+c&d=&e");
        let expected = [("a", "/bü c"), ("d", ""), ("e", "")];
        assert_eq!(pairs, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }
}
