//! `diff`

mod compare;
mod json;
mod side;
mod side_error;

use clap::Args;

use super::console::{BAD, CHANGE, Detail, GOOD, PLAIN, note, print};
use super::exit::{CliError, ExitStatus};
use super::format::{OutputFormat, print_json};
use super::loading::{Loading, pair, with_chain};
use super::table::{Row, table};
use crate::error::Error;
use crate::format::listed;
use crate::load::plan::Plan;
use crate::load::state::LoadState;
use crate::load::{FromSecrets, Loader};
use compare::{AwsSettings, Comparison};
use side::Side;

pub(super) const EXAMPLES: &[&str] = &[
    "diff env dotenv",
    "diff --placeholder stage=test --against stage=prod --format json",
    #[cfg(feature = "aws")]
    "diff env aws",
    #[cfg(feature = "aws")]
    "diff aws --against-region eu-west-1",
];

/// Compare the values of two source chains, stages, regions or accounts
///
/// Values are compared as the fields decode them and never shown: `5432` equals `"5432"`, the layout of JSON does not
/// matter, and bytes equal their base64. Fields with `env_only` are not compared.
///
/// With `--against…`, the second side has the same chain and other settings. Without a chain in the arguments, that is
/// the application's chain without environment variables, which would be equal on both sides. A value from a region
/// other than the requested one, such as from a replica, is an error. A value that does not depend on the region or
/// profile is an error if these are compared, for example that of an environment variable.
///
/// The exit code is 0 without differences, 1 with differences, and 2 if a side could not be queried. This includes a
/// source that is skipped because it is not configured. A field without a value on both sides is not a difference.
#[derive(Args, Debug)]
pub(super) struct Diff {
    /// The first chain of sources, such as `env`, `aws` or `env,aws`
    #[arg(value_name = "CHAIN")]
    first: Option<String>,
    /// The second chain of sources; defaults to the first one
    #[arg(value_name = "CHAIN")]
    second: Option<String>,
    /// A value for the placeholder `{NAME}` on the second side (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    against: Vec<(String, String)>,
    /// The AWS region of the second side
    #[cfg(feature = "aws")]
    #[arg(long, value_name = "REGION")]
    against_region: Option<String>,
    /// The AWS profile of the second side
    #[cfg(feature = "aws")]
    #[arg(long, value_name = "PROFILE")]
    against_profile: Option<String>,
    #[command(flatten)]
    loading: Loading,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,
}

impl Diff {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
        detail: Detail,
    ) -> Result<ExitStatus, CliError> {
        let sides = self.sides::<T>(loader)?;
        let (plan, first) = sides[0].fetch::<T>()?;
        let (_, second) = sides[1].fetch::<T>()?;
        let labels = [&*sides[0].label, &*sides[1].label];
        let compared = compare::all(&plan, [&first, &second], labels, self.aws_settings());
        match self.format {
            OutputFormat::Table => print(&formatted(&compared))?,
            OutputFormat::Json => {
                print_json(&json::document(T::SPEC.name(), labels, &compared))?;
            }
        }
        for (problem, fields) in problems(&compared) {
            note(&format!("{} in {problem}", listed(fields)));
        }
        if detail.is_detailed() {
            print_failures::<T>(&plan, [first, second], detail);
        }
        let comparisons = || compared.iter().map(|(_, comparison)| comparison);
        Ok(if comparisons().any(Comparison::is_unknown) {
            ExitStatus::NoResult
        } else {
            ExitStatus::of(!comparisons().any(Comparison::is_difference))
        })
    }

    fn sides<T: FromSecrets>(&self, loader: Loader) -> Result<[Side; 2], CliError> {
        let is_against = self.is_against();
        if self.second.is_none() && !is_against {
            let message = "specify two chains, or a second side with `--against NAME=VALUE`, `--against-region` or \
                           `--against-profile`";
            return Err(CliError::Usage(message.to_owned()));
        }
        let loader = self.loading.apply(loader);
        let side = |chain: &String| {
            let loader = with_chain(loader.clone(), chain)?;
            Ok::<_, CliError>(Side::new(chain.clone(), loader))
        };
        let mut sides = match (&self.first, &self.second) {
            (Some(first), Some(second)) => [side(first)?, side(second)?],
            (Some(chain), None) => Side::both(with_chain(loader, chain)?),
            (None, _) => {
                let Some(secrets) = loader.clone().without_variables()? else {
                    let message = "the application's chain has only environment variables, which are equal on both \
                                   sides; specify a chain, such as `aws`";
                    return Err(CliError::Usage(message.to_owned()));
                };
                // Placeholders can be in the `.env` file of the removed source.
                let plan = loader.filled_plan::<T>(|_| true)?;
                Side::both(secrets.placeholders_of(&plan))
            }
        };
        for (name, value) in &self.against {
            sides[0].show_placeholder(name);
            sides[1].set_placeholder(name, value);
        }
        #[cfg(feature = "aws")]
        {
            if let Some(region) = &self.against_region {
                sides[0].show("region", self.loading.region.as_deref());
                sides[1].set("region", region, Loader::override_region);
            }
            if let Some(profile) = &self.against_profile {
                sides[0].show("profile", self.loading.profile.as_deref());
                sides[1].set("profile", profile, Loader::override_profile);
            }
        }
        Ok(sides)
    }

    /// Returns the AWS settings that are compared, if any.
    #[cfg_attr(
        not(feature = "aws"),
        expect(clippy::unused_self, reason = "the options need the feature `aws`")
    )]
    fn aws_settings(&self) -> Option<AwsSettings<'_>> {
        #[cfg(feature = "aws")]
        let (first, second, profile) = (
            self.loading.region.as_deref(),
            self.against_region.as_deref(),
            self.against_profile.as_deref(),
        );
        #[cfg(not(feature = "aws"))]
        let (first, second, profile) = (None, None, None::<&str>);
        let regions = second.map(|second| [first, Some(second)]);
        (regions.is_some() || profile.is_some()).then_some(AwsSettings { regions })
    }

    fn is_against(&self) -> bool {
        #[cfg(feature = "aws")]
        let has_aws = self.against_region.is_some() || self.against_profile.is_some();
        #[cfg(not(feature = "aws"))]
        let has_aws = false;
        has_aws || !self.against.is_empty()
    }
}

fn formatted(compared: &[(&str, Comparison<'_>)]) -> String {
    let row = |(field, comparison): &(&str, Comparison<'_>)| {
        let style = match comparison {
            Comparison::Same => GOOD,
            Comparison::Differs | Comparison::OnlyIn(_) => CHANGE,
            Comparison::InNeither => PLAIN,
            Comparison::Failed(_) => BAD,
        };
        let cells = vec![comparison.to_string(), (*field).to_owned()];
        Row { style, cells }
    };
    let rows: Vec<Row> = compared.iter().map(row).collect();
    table(&["result", "field"], &rows)
}

/// Returns each error with its sides, and the fields that have it.
fn problems<'a>(compared: &'a [(&str, Comparison<'a>)]) -> Vec<(String, Vec<&'a str>)> {
    let mut problems: Vec<(String, Vec<&str>)> = Vec::new();
    for (field, comparison) in compared {
        let texts = match comparison.failures() {
            [(first, failure), (second, other)] if failure == other => {
                vec![format!("{first} and {second}: {failure}")]
            }
            failures => failures
                .iter()
                .map(|(label, failure)| format!("{label}: {failure}"))
                .collect(),
        };
        for text in texts {
            match problems.iter_mut().find(|(known, _)| *known == text) {
                Some((_, fields)) => fields.push(field),
                None => problems.push((text, vec![field])),
            }
        }
    }
    problems
}

/// Prints the full errors of both sides.
fn print_failures<T: FromSecrets>(plan: &Plan, sides: [LoadState; 2], detail: Detail) {
    for state in sides {
        let error = Error::fields_of(T::SPEC.name(), state.into_report(plan));
        if error.failed_fields().next().is_some() {
            detail.print_error(&error);
        }
    }
}
