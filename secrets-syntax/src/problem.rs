use std::fmt;

/// An error in a piece of text, with a hint.
///
/// `Display` writes both on one line: `message; help`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    message: String,
    help: String,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }

    /// Returns what is wrong with the text.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns how to correct the text, as an imperative.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problem_displays_message_and_help() {
        let problem = Problem::new("name is empty", "use 1 character");
        assert_eq!(problem.message(), "name is empty");
        assert_eq!(problem.help(), "use 1 character");
        assert_eq!(problem.to_string(), "name is empty; use 1 character");
    }
}
