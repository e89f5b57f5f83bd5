//! `diff`

use clap::Args;
use zeroize::Zeroizing;

use super::console::{BAD, CHANGE, Detail, GOOD, PLAIN, note, print};
use super::exit::{CliError, ExitStatus};
use super::loading::{Loading, SourceWords};
use super::table::{Row, table};
use crate::error::Error;
use crate::load::blocking;
use crate::load::plan::{Leaf, Plan};
use crate::load::state::{FoundValue, LeafState, LoadState, Status};
use crate::load::{FromSecrets, Loader};
use crate::report::FieldOutcome;
use crate::source::{KeyedBy, SourceError};
use crate::spec::Reach;

pub(super) const EXAMPLES: &[&str] = &["diff env aws", "diff env aws --placeholder stage=prod"];

/// Compare the values of two source chains
///
/// Values are compared as the fields decode them and never shown: `5432` equals `"5432"`, the layout of JSON does not
/// matter, and bytes equal their base64. Fields with `env_only` are not compared. The exit code is 0 if there are no
/// differences.
#[derive(Args, Debug)]
pub(super) struct Diff {
    /// The first chain of sources, such as `env`, `aws` or `env,aws`
    #[arg(value_name = "CHAIN", value_parser = SourceWords::parse)]
    first: SourceWords,
    /// The second chain of sources
    #[arg(value_name = "CHAIN", value_parser = SourceWords::parse)]
    second: SourceWords,
    #[command(flatten)]
    loading: Loading,
}

/// The comparison of the two values of a field.
enum Comparison<'a> {
    Same,
    Differs,
    OnlyIn(&'a str),
    InNeither,
    Failed(&'a str, SourceError),
}

/// The value of a field in a chain.
enum DiffValue<'a> {
    Value(&'a FoundValue),
    Missing,
    Failed(&'a SourceError),
}

impl Diff {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
        detail: Detail,
    ) -> Result<ExitStatus, CliError> {
        let loader = self.loading.apply(loader);
        let (first, second) = (self.first.apply(loader.clone()), self.second.apply(loader));
        let both = async {
            let (plan, first) = first.fetch_values::<T>().await?;
            let (_, second) = second.fetch_values::<T>().await?;
            Ok((plan, first, second))
        };
        let (plan, first, second) = blocking::run(T::SPEC.name(), both)?;
        let mut rows = Vec::new();
        let mut differs = false;
        for (i, leaf) in plan.leaves.iter().enumerate() {
            if leaf.reach() == Reach::EnvironmentOnly {
                continue;
            }
            let comparison = self.compare(leaf, &first.leaves[i], &second.leaves[i]);
            differs |= comparison.is_difference();
            if let Comparison::Failed(chain, failure) = &comparison
                && !detail.is_detailed()
            {
                note(&format!("`{}` in {chain}: {failure}", leaf.path));
            }
            rows.push(comparison.row(&leaf.path));
        }
        print(&table(&["result", "field"], &rows))?;
        if detail.is_detailed() {
            print_failures::<T>(&plan, [first, second], detail);
        }
        Ok(ExitStatus::of(!differs))
    }

    fn compare(&self, leaf: &Leaf, first: &LeafState, second: &LeafState) -> Comparison<'_> {
        match (value_of(first), value_of(second)) {
            (DiffValue::Failed(failure), _) => {
                Comparison::Failed(&self.first.text, failure.clone())
            }
            (_, DiffValue::Failed(failure)) => {
                Comparison::Failed(&self.second.text, failure.clone())
            }
            (DiffValue::Missing, DiffValue::Missing) => Comparison::InNeither,
            (DiffValue::Value(_), DiffValue::Missing) => Comparison::OnlyIn(&self.first.text),
            (DiffValue::Missing, DiffValue::Value(_)) => Comparison::OnlyIn(&self.second.text),
            (DiffValue::Value(first), DiffValue::Value(second)) if equal(leaf, first, second) => {
                Comparison::Same
            }
            (DiffValue::Value(_), DiffValue::Value(_)) => Comparison::Differs,
        }
    }
}

fn value_of(state: &LeafState) -> DiffValue<'_> {
    match (&state.status, &state.outcome) {
        (_, Some(FieldOutcome::Failed(failure))) | (Status::Failed(failure), _) => {
            DiffValue::Failed(failure)
        }
        (Status::Found(found), _) => DiffValue::Value(found),
        (Status::Open { .. }, _) => DiffValue::Missing,
    }
}

fn equal(leaf: &Leaf, first: &FoundValue, second: &FoundValue) -> bool {
    if !leaf.field.is_binary() {
        return first.value.equals(&second.value);
    }
    let bytes = |found: &FoundValue| {
        let is_base64 = found.keyed_by == KeyedBy::EnvVar;
        let bytes = found.value.binary::<Vec<u8>>(is_base64);
        bytes.map(Zeroizing::new)
    };
    matches!((bytes(first), bytes(second)), (Ok(first), Ok(second)) if first == second)
}

/// Prints the full errors of both chains.
fn print_failures<T: FromSecrets>(plan: &Plan, chains: [LoadState; 2], detail: Detail) {
    for state in chains {
        let error = Error::fields_of(T::SPEC.name(), state.into_report(plan));
        if error.failed_fields().next().is_some() {
            detail.print_error(&error);
        }
    }
}

impl Comparison<'_> {
    fn is_difference(&self) -> bool {
        !matches!(self, Self::Same | Self::InNeither)
    }

    fn row(&self, field: &str) -> Row {
        let (style, outcome) = match self {
            Self::Same => (GOOD, "same".to_owned()),
            Self::Differs => (CHANGE, "differs".to_owned()),
            Self::OnlyIn(chain) => (CHANGE, format!("only in {chain}")),
            Self::InNeither => (PLAIN, "in neither".to_owned()),
            Self::Failed(chain, failure) => (BAD, format!("failed: {} ({chain})", failure.kind())),
        };
        let cells = vec![outcome, field.to_owned()];
        Row { style, cells }
    }
}
