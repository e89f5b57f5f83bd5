//! One load's requests, in the fewest calls.

use super::target::Target;
use super::together::Answered;
use super::{Store, left_out};
use crate::source::aws::Context;
use crate::source::aws::ask::side_by_side;
use crate::source::{Answer, Missing, Request};

impl Context<'_, Store> {
    /// An answer to every request, in order.
    pub(super) async fn ask_all(&self, requests: &[Request]) -> Vec<Answer> {
        let targets: Vec<_> = requests.iter().map(Target::of).collect();
        let parameters = self.ask_targets(&distinct(targets.iter().flatten())).await;
        let asked: Vec<_> = requests.iter().zip(&targets).collect();
        let absent = asked.iter().filter_map(|(request, target)| {
            let target = target.as_ref().ok()?;
            let is_absent = matches!(
                answer_to(target, &parameters),
                Some(Answer::Missing(Missing::Parameter))
            );
            (takes_keys(request) && is_absent).then_some(target)
        });
        let objects = self.ask_below(&distinct(absent)).await;
        let answer = |(request, target): &(&Request, &Result<Target, Missing>)| match target {
            Err(missing) => Answer::Missing(missing.clone()),
            Ok(target) => {
                let object = answer_to(target, &objects).filter(|_| takes_keys(request));
                let answer = object.or_else(|| answer_to(target, &parameters));
                answer.cloned().unwrap_or_else(left_out)
            }
        };
        asked.iter().map(answer).collect()
    }

    /// What lies below targets that are no parameters themselves, for those that can have something there.
    async fn ask_below<'t>(&self, targets: &[&'t Target]) -> Vec<Answered<'t>> {
        let calls = targets.iter().filter_map(|target| {
            let path = target.path()?;
            Some(async move { (*target, self.below(&path).await) })
        });
        side_by_side(calls.collect()).await
    }
}

fn takes_keys(request: &Request) -> bool {
    !request.json_keys().is_empty()
}

/// Different ids can name one parameter, and Parameter Store refuses to be asked for one twice.
fn distinct<'t>(targets: impl Iterator<Item = &'t Target>) -> Vec<&'t Target> {
    let mut distinct: Vec<&Target> = Vec::new();
    for target in targets {
        if !distinct.contains(&target) {
            distinct.push(target);
        }
    }
    distinct
}

fn answer_to<'a>(target: &Target, answers: &'a [Answered<'_>]) -> Option<&'a Answer> {
    let answered = answers.iter().find(|(known, _)| *known == target);
    answered.map(|(_, answer)| answer)
}
