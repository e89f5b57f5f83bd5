//! The regions to which secrets are replicated.

use from_secrets_syntax::check_region;

use super::setting::{Setting, invalid_variable};
use crate::source::{Env, SourceError};

const VARIABLE: &str = "FROM_SECRETS_REPLICA_REGIONS";

/// Regions to which secrets are replicated, in the order of failover.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Replicas(Vec<String>);

impl Replicas {
    /// Checks the regions in code, or reads those in the variable if there are none.
    pub(super) fn read(in_code: &[String], env: &Env) -> Result<Self, SourceError> {
        if !in_code.is_empty() {
            let invalid =
                |problem: &str, hint| Setting::in_code("replica", "").invalid(problem, hint);
            let example = "call it with one region such as `us-west-2`";
            return Self::checked(in_code.iter().map(String::as_str), invalid, example);
        }
        let text = env.text(VARIABLE)?;
        match text.as_deref().map(|text| text.trim()) {
            None | Some("") => Ok(Self::default()),
            Some(text) => {
                let invalid = |problem: &str, hint| invalid_variable(VARIABLE, problem, hint);
                let example = "set it to regions such as `us-west-2`, separated by commas";
                Self::checked(text.split(',').map(str::trim), invalid, example)
            }
        }
    }

    fn checked<'r>(
        regions: impl Iterator<Item = &'r str>,
        invalid: impl Fn(&str, &'static str) -> SourceError,
        example: &'static str,
    ) -> Result<Self, SourceError> {
        let mut checked: Vec<String> = Vec::new();
        for (region, number) in regions.zip(1..) {
            if let Err(problem) = check_region(region) {
                let problem = format!("contains an invalid region (number {number}): {problem}");
                return Err(invalid(&problem, example));
            }
            if checked.iter().any(|known| known == region) {
                let problem = format!("contains the region `{region}` twice");
                return Err(invalid(&problem, "remove one of them"));
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let blank = Env::from_vars([(VARIABLE, " ")]);
        assert!(Replicas::read(&[], &blank).unwrap().is_empty());
    }
}
