//! `GetParametersByPath`: the parameters below a name as one JSON object.

use std::time::SystemTime;

use aws_sdk_ssm::operation::get_parameters_by_path::GetParametersByPathOutput;
use aws_sdk_ssm::types::Parameter;
use zeroize::Zeroizing;

use super::object::{Clash, object};
use super::{Store, left_out, region};
use crate::source::aws::Context;
use crate::source::{Answer, Cause, Failure, Found, Missing};

/// How many parameters stand on a page, at most.
const PAGE: i32 = 10;
/// How many pages are read. A thousand parameters are no object of a few keys.
const PAGES: usize = 100;

/// A parameter below a path. Its value is in our own buffer, which is wiped.
struct Leaf {
    name: String,
    value: Zeroizing<String>,
    modified: Option<SystemTime>,
}

impl Leaf {
    fn new(parameter: Parameter) -> Option<Self> {
        let modified = parameter.last_modified_date;
        Some(Self {
            value: Zeroizing::new(parameter.value?),
            name: parameter.name?,
            modified: modified.and_then(|time| SystemTime::try_from(time).ok()),
        })
    }
}

impl Context<'_, Store> {
    /// What lies below a path, as a JSON object of texts.
    pub(super) async fn below(&self, path: &str) -> Answer {
        match self.leaves(path).await {
            Ok(leaves) => assembled(path, &leaves),
            Err(answer) => answer,
        }
    }

    /// The parameters of all pages, or why they are not all there.
    async fn leaves(&self, path: &str) -> Result<Vec<Leaf>, Answer> {
        let mut leaves = Vec::new();
        let mut next = None;
        for _ in 0..PAGES {
            let page = self.page(path, next).await?;
            next = page.next_token.filter(|token| !token.is_empty());
            let parameters = page.parameters.into_iter().flatten();
            leaves.extend(parameters.filter_map(Leaf::new));
            if next.is_none() {
                return Ok(leaves);
            }
        }
        Err(Answer::Failed(endless(path)))
    }

    async fn page(
        &self,
        path: &str,
        token: Option<String>,
    ) -> Result<GetParametersByPathOutput, Answer> {
        let region = region(&self.connection.client);
        if let Some(failure) = self.rejected_in(region) {
            return Err(Answer::Failed(failure));
        }
        let call = self
            .connection
            .client
            .get_parameters_by_path()
            .path(path)
            .recursive(true)
            .with_decryption(true)
            .max_results(PAGE)
            .set_next_token(token);
        let page = self.within_deadline(region, call.send()).await;
        page.map_err(|error| match error.answer {
            Answer::Failed(failure) if failure.cause() == Cause::Denied => {
                Answer::Failed(denied(path, &failure))
            }
            answer => answer,
        })
    }
}

/// The version of an object is none of its parameters'; it is as new as the newest of them.
fn assembled(path: &str, leaves: &[Leaf]) -> Answer {
    let parameters = leaves.iter().map(|leaf| (&*leaf.name, leaf.value.as_str()));
    let text = match object(path, parameters) {
        Ok(Some(text)) => text,
        Ok(None) if leaves.is_empty() => return Answer::Missing(Missing::Parameter),
        Ok(None) => return left_out(),
        Err(clash) => return Answer::Failed(malformed(&clash)),
    };
    Answer::Found(Found {
        created_at: leaves.iter().filter_map(|leaf| leaf.modified).max(),
        ..Found::text(text)
    })
}

fn denied(path: &str, failure: &Failure) -> Failure {
    let message = format!(
        "there is no parameter `{path}`, and what lies below it cannot be read by path: {}",
        failure.message()
    );
    let hint = format!(
        "allow `ssm:GetParametersByPath` on `parameter{path}` for the role of this process, or store the JSON object in the parameter `{path}`"
    );
    let denied = Failure::new(Cause::Denied, message).with_hint(hint);
    let denied = match failure.code() {
        Some(code) => denied.with_code(code),
        None => denied,
    };
    match failure.request_id() {
        Some(id) => denied.with_request_id(id),
        None => denied,
    }
}

fn malformed(clash: &Clash) -> Failure {
    let Clash(name) = clash;
    let message =
        format!("`{name}` is a parameter and has others below it, so it is no value of an object");
    Failure::new(Cause::Malformed, message).with_hint("rename it, or those below it")
}

fn endless(path: &str) -> Failure {
    let message = format!("there are more than {PAGES} pages of parameters below `{path}`");
    Failure::new(Cause::Internal, message).with_hint("name a path with fewer parameters below it")
}
