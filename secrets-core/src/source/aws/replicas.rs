//! The regions to which secrets are replicated.

use from_secrets_syntax::check_region;

use super::setting::{Setting, in_code};
use crate::source::{Env, SourceError};

const VARIABLE: &str = "FROM_SECRETS_REPLICA_REGIONS";

/// Regions to which secrets are replicated, in the order of failover.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Replicas(Vec<String>);

impl Replicas {
    /// Checks the regions in code, or reads those in the variable if there are none.
    pub(super) fn read(in_code: &[String], env: &Env) -> Result<Self, SourceError> {
        if !in_code.is_empty() {
            return Self::checked(in_code.iter().map(String::as_str), &replica_in_code());
        }
        let text = env.text(VARIABLE)?;
        match text.as_deref().map(|text| text.trim()) {
            None | Some("") => Ok(Self::default()),
            Some(text) => {
                let variable = Setting {
                    text: String::new(),
                    origin: format!("`{VARIABLE}`"),
                };
                Self::checked(text.split(',').map(str::trim), &variable)
            }
        }
    }

    fn checked<'r>(
        regions: impl Iterator<Item = &'r str>,
        setting: &Setting,
    ) -> Result<Self, SourceError> {
        let mut checked: Vec<String> = Vec::new();
        for (region, number) in regions.zip(1..) {
            if let Err(problem) = check_region(region) {
                let problem = format!("contains an invalid region (number {number}): {problem}");
                return Err(setting.invalid(
                    &problem,
                    "set it to regions such as `us-west-2`, separated by commas",
                ));
            }
            if checked.iter().any(|known| known == region) {
                let problem = format!("contains the region `{region}` twice");
                return Err(setting.invalid(&problem, "remove one of them"));
            }
            checked.push(region.to_owned());
        }
        Ok(Self(checked))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn regions(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

fn replica_in_code() -> Setting {
    in_code("replica")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_variable(text: &str) -> Result<Replicas, SourceError> {
        Replicas::read(&[], &Env::from_vars([(VARIABLE, text)]))
    }

    #[test]
    fn regions_in_code_precede_the_variable() {
        let env = Env::from_vars([(VARIABLE, "eu-west-1")]);
        let in_code = ["us-west-2".to_owned()];
        let read = Replicas::read(&in_code, &env).unwrap();
        assert_eq!(read.regions().collect::<Vec<_>>(), ["us-west-2"]);
        let read = Replicas::read(&[], &env).unwrap();
        assert_eq!(read.regions().collect::<Vec<_>>(), ["eu-west-1"]);
    }

    #[test]
    fn blank_variable_has_no_regions() {
        for text in ["", " "] {
            assert!(from_variable(text).unwrap().is_empty());
        }
        let spaced = from_variable(" us-west-2 , eu-west-1").unwrap();
        assert_eq!(spaced.regions().count(), 2);
    }

    #[test]
    fn invalid_regions_name_their_setting() {
        for (text, problem) in [
            ("us-west-2,,eu-west-1", "(number 2): the region is empty"),
            ("US-WEST-2", "uppercase"),
            ("us-west-2,us-west-2", "`us-west-2` twice"),
        ] {
            let error = from_variable(text).unwrap_err();
            assert!(error.message().contains(VARIABLE), "{error}");
            assert!(error.message().contains(problem), "{error}");
        }
        let in_code = ["us west".to_owned()];
        let error = Replicas::read(&in_code, &Env::from_vars([("A", "")])).unwrap_err();
        assert!(error.message().contains("`replica` in code"), "{error}");
    }
}
