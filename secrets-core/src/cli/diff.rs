//! `diff`

use clap::Args;
use zeroize::Zeroizing;

use super::console::{BAD, CHANGE, Detail, GOOD, PLAIN, note, print};
use super::loading::{Loading, Words};
use super::stop::{Answer, Stop};
use super::table::{Row, table};
use crate::blocking;
use crate::plan::{Leaf, Plan};
use crate::progress::{FoundValue, LeafState, Progress, Status};
use crate::report::Outcome;
use crate::source::{Failure, Freshness, KeyedBy};
use crate::spec::Reach;
use crate::{Error, FromSecrets, Loader};

pub(super) const EXAMPLES: &[&str] = &["diff env aws", "diff env aws --parameter stage=prod"];

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
    Failed(&'a str, Failure),
}

/// What a chain has for a field.
enum Held<'a> {
    Value(&'a FoundValue),
    Nothing,
    Failed(&'a Failure),
}

impl Diff {
    pub(super) fn run<T: FromSecrets + Send>(
        &self,
        loader: Loader,
        detail: Detail,
    ) -> Result<Answer, Stop> {
        let loader = self.loading.apply(loader);
        let (one, other) = (self.one.apply(loader.clone()), self.other.apply(loader));
        let both = async {
            let (plan, one) = ask::<T>(&one).await?;
            let (_, other) = ask::<T>(&other).await?;
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
                && !detail.is_story()
            {
                note(&format!("`{}` in {chain}: {failure}", leaf.path));
            }
            rows.push(compared.row(&leaf.path));
        }
        print(&table(&["answer", "field"], &rows))?;
        if detail.is_story() {
            tell_of_failures::<T>(&plan, [one, other], detail);
        }
        Ok(Answer::of(!differs))
    }

    fn compare(&self, leaf: &Leaf, one: &LeafState, other: &LeafState) -> Compared<'_> {
        match (held(one), held(other)) {
            (Held::Failed(failure), _) => Compared::Failed(&self.one.text, failure.clone()),
            (_, Held::Failed(failure)) => Compared::Failed(&self.other.text, failure.clone()),
            (Held::Nothing, Held::Nothing) => Compared::InNeither,
            (Held::Value(_), Held::Nothing) => Compared::OnlyIn(&self.one.text),
            (Held::Nothing, Held::Value(_)) => Compared::OnlyIn(&self.other.text),
            (Held::Value(one), Held::Value(other)) if alike(leaf, one, other) => Compared::Same,
            (Held::Value(_), Held::Value(_)) => Compared::Differs,
        }
    }
}

async fn ask<T: FromSecrets>(loader: &Loader) -> Result<(Plan, Progress), Error> {
    let (plan, progress, _) = loader.ask::<T>(Freshness::Any).await?;
    Ok((plan, progress))
}

fn held(state: &LeafState) -> Held<'_> {
    match (&state.status, &state.outcome) {
        (_, Some(Outcome::Failed(failure))) | (Status::Failed(failure), _) => Held::Failed(failure),
        (Status::Found(found), _) => Held::Value(found),
        (Status::Open { .. }, _) => Held::Nothing,
    }
}

fn alike(leaf: &Leaf, one: &FoundValue, other: &FoundValue) -> bool {
    if !leaf.field.is_binary() {
        return one.value.is_alike(&other.value);
    }
    let bytes = |found: &FoundValue| {
        let travelled_as_text = found.keyed_by == KeyedBy::Variable;
        let bytes = found.value.binary::<Vec<u8>>(travelled_as_text);
        bytes.map(Zeroizing::new)
    };
    matches!((bytes(one), bytes(other)), (Ok(one), Ok(other)) if one == other)
}

/// The whole story of what either chain could not answer.
fn tell_of_failures<T: FromSecrets>(plan: &Plan, chains: [Progress; 2], detail: Detail) {
    for progress in chains {
        let error = Error::fields_of(T::SPEC.name(), progress.into_report(plan));
        if error.fields().next().is_some() {
            detail.failure(&error);
        }
    }
}

impl Compared<'_> {
    fn is_difference(&self) -> bool {
        !matches!(self, Self::Same | Self::InNeither)
    }

    fn row(&self, field: &str) -> Row {
        let (style, answer) = match self {
            Self::Same => (GOOD, "same".to_owned()),
            Self::Differs => (CHANGE, "differs".to_owned()),
            Self::OnlyIn(chain) => (CHANGE, format!("only in {chain}")),
            Self::InNeither => (PLAIN, "in neither".to_owned()),
            Self::Failed(chain, failure) => (BAD, format!("failed: {} ({chain})", failure.cause())),
        };
        let cells = vec![answer, field.to_owned()];
        Row { style, cells }
    }
}
