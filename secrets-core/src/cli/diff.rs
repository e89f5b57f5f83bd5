//! `diff`

use clap::Args;
use zeroize::Zeroizing;

use super::console::{BAD, CHANGE, Detail, GOOD, PLAIN, note, print};
use super::exit::{CliError, ExitStatus};
use super::loading::{Loading, Words};
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

/// Tell which fields two chains answer differently
///
/// Values are compared in memory as the fields would take them, and never shown: `5432` and `"5432"` are the same, and so
/// are JSON in another layout, and bytes and their base64. Fields that are read from the environment only are left out.
/// The exit code is 0 if nothing differs.
#[derive(Args, Debug)]
pub(super) struct Diff {
    /// A chain of sources: `env`, `aws`, `env,aws`
    #[arg(value_name = "CHAIN", value_parser = Words::parse)]
    one: Words,
    /// Another one
    #[arg(value_name = "CHAIN", value_parser = Words::parse)]
    other: Words,
    #[command(flatten)]
    loading: Loading,
}

/// How two answers to a field compare.
enum Compared<'a> {
    Same,
    Differs,
    OnlyIn(&'a str),
    InNeither,
    Failed(&'a str, SourceError),
}

/// What a chain has for a field.
enum DiffValue<'a> {
    Value(&'a FoundValue),
    Nothing,
    Failed(&'a SourceError),
}

impl Diff {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
        detail: Detail,
    ) -> Result<ExitStatus, CliError> {
        let loader = self.loading.apply(loader);
        let (one, other) = (self.one.apply(loader.clone()), self.other.apply(loader));
        let both = async {
            let (plan, one) = fetch::<T>(&one).await?;
            let (_, other) = fetch::<T>(&other).await?;
            Ok((plan, one, other))
        };
        let (plan, one, other) = blocking::run(T::SPEC.name(), both)?;
        let mut rows = Vec::new();
        let mut differs = false;
        for (i, leaf) in plan.leaves.iter().enumerate() {
            if leaf.reach() == Reach::EnvironmentOnly {
                continue;
            }
            let compared = self.compare(leaf, &one.leaves[i], &other.leaves[i]);
            differs |= compared.is_difference();
            if let Compared::Failed(chain, failure) = &compared
                && !detail.is_detailed()
            {
                note(&format!("`{}` in {chain}: {failure}", leaf.path));
            }
            rows.push(compared.row(&leaf.path));
        }
        print(&table(&["answer", "field"], &rows))?;
        if detail.is_detailed() {
            report_failures::<T>(&plan, [one, other], detail);
        }
        Ok(ExitStatus::of(!differs))
    }

    fn compare(&self, leaf: &Leaf, one: &LeafState, other: &LeafState) -> Compared<'_> {
        match (value_of(one), value_of(other)) {
            (DiffValue::Failed(failure), _) => Compared::Failed(&self.one.text, failure.clone()),
            (_, DiffValue::Failed(failure)) => Compared::Failed(&self.other.text, failure.clone()),
            (DiffValue::Nothing, DiffValue::Nothing) => Compared::InNeither,
            (DiffValue::Value(_), DiffValue::Nothing) => Compared::OnlyIn(&self.one.text),
            (DiffValue::Nothing, DiffValue::Value(_)) => Compared::OnlyIn(&self.other.text),
            (DiffValue::Value(one), DiffValue::Value(other)) if equal(leaf, one, other) => {
                Compared::Same
            }
            (DiffValue::Value(_), DiffValue::Value(_)) => Compared::Differs,
        }
    }
}

async fn fetch<T: FromSecrets>(loader: &Loader) -> Result<(Plan, LoadState), Error> {
    let (plan, progress) = loader.fetch_values::<T>().await?;
    Ok((plan, progress))
}

fn value_of(state: &LeafState) -> DiffValue<'_> {
    match (&state.status, &state.outcome) {
        (_, Some(FieldOutcome::Failed(failure))) | (Status::Failed(failure), _) => {
            DiffValue::Failed(failure)
        }
        (Status::Found(found), _) => DiffValue::Value(found),
        (Status::Open { .. }, _) => DiffValue::Nothing,
    }
}

fn equal(leaf: &Leaf, one: &FoundValue, other: &FoundValue) -> bool {
    if !leaf.field.is_binary() {
        return one.value.equals(&other.value);
    }
    let bytes = |found: &FoundValue| {
        let travelled_as_text = found.keyed_by == KeyedBy::EnvVar;
        let bytes = found.value.binary::<Vec<u8>>(travelled_as_text);
        bytes.map(Zeroizing::new)
    };
    matches!((bytes(one), bytes(other)), (Ok(one), Ok(other)) if one == other)
}

/// The whole story of what either chain could not answer.
fn report_failures<T: FromSecrets>(plan: &Plan, chains: [LoadState; 2], detail: Detail) {
    for progress in chains {
        let error = Error::fields_of(T::SPEC.name(), progress.into_report(plan));
        if error.failed_fields().next().is_some() {
            detail.failure(&error);
        }
    }
}

impl Compared<'_> {
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
