//! Parameter Store as AWS documents it, with rules before it that break it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{FakeResponse, Script};
use crate::call::Call;
use crate::sdk;

/// How many names and parameters one request is about, at most.
const MOST: usize = 10;

/// Stored parameters, and the failures that replace reading them.
#[derive(Clone, Default)]
pub struct FakeParameterStore {
    stored: BTreeMap<String, Parameter>,
    denied: Vec<(&'static str, String)>,
    arrivals: usize,
    rules: Vec<Rule>,
}

type Rule = Arc<dyn Fn(&Call) -> Option<FakeResponse> + Send + Sync>;

impl fmt::Debug for FakeParameterStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeParameterStore").finish_non_exhaustive()
    }
}

/// One parameter: the text of each version, the first one first, and labels of versions.
#[derive(Clone, Debug, Default)]
pub struct Parameter {
    versions: Vec<String>,
    labels: Vec<(String, usize)>,
}

impl Parameter {
    /// A parameter in its first version.
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().then(text)
    }

    /// One more version.
    pub fn then(mut self, text: impl Into<String>) -> Self {
        self.versions.push(text.into());
        self
    }

    /// Sets the label of the last version.
    pub fn labeled(mut self, label: &str) -> Self {
        self.labels.push((label.to_owned(), self.versions.len()));
        self
    }

    /// The number of the version that a selector means.
    fn version(&self, selector: Option<&str>) -> Option<usize> {
        let Some(selector) = selector else {
            return Some(self.versions.len());
        };
        let labels = self.labels.iter();
        let labeled = labels.rev().find(|(label, _)| label == selector);
        let number = labeled.map_or_else(|| selector.parse().ok(), |(_, number)| Some(*number));
        number.filter(|number| (1..=self.versions.len()).contains(number))
    }
}

impl FakeParameterStore {
    /// Without a parameter.
    pub fn new() -> Self {
        Self::default()
    }

    /// A parameter that holds text.
    pub fn text(self, name: &str, text: impl Into<String>) -> Self {
        self.parameter(name, Parameter::text(text))
    }

    /// A parameter, whatever it is.
    pub fn parameter(mut self, name: &str, parameter: Parameter) -> Self {
        self.stored.insert(name.to_owned(), parameter);
        self
    }

    /// This parameter must be read neither alone nor with others.
    pub fn denied(self, name: &str) -> Self {
        self.without("GetParameter", name)
            .without("GetParameters", name)
    }

    /// The right to an operation on a name, or on whatever has it as its beginning, is not granted.
    pub fn without(mut self, operation: &'static str, name: &str) -> Self {
        self.denied.push((operation, name.to_owned()));
        self
    }

    /// Adds a rule that can replace responses. The first rule that matches is used.
    pub fn when(
        mut self,
        rule: impl Fn(&Call) -> Option<FakeResponse> + Send + Sync + 'static,
    ) -> Self {
        self.rules.push(Arc::new(rule));
        self
    }

    /// Delays responses until this number of requests has arrived, which proves that they are concurrent.
    pub fn side_by_side(self, arrivals: usize) -> Self {
        Self { arrivals, ..self }
    }

    /// The ARN of a parameter, which may be given as one already: so another account shares it.
    pub fn arn(name: &str) -> String {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        let bare = name.trim_start_matches('/');
        format!("arn:aws:ssm:{}:123456789012:parameter/{bare}", sdk::REGION)
    }

    /// Returns IAM's response to an operation.
    pub fn denial(operation: &str, name: &str) -> FakeResponse {
        let message = format!(
            "User: arn:aws:sts::123456789012:assumed-role/app/session is not authorized to perform: ssm:{operation} \
             on resource: {} because no identity-based policy allows the ssm:{operation} action",
            Self::arn(name)
        );
        FakeResponse::error("AccessDeniedException", &message)
    }

    fn refused(&self, call: &Call) -> Option<FakeResponse> {
        let is_denied = |id: &&String| {
            let mut denied = self.denied.iter();
            denied.any(|(operation, name)| *operation == call.operation && id.starts_with(name))
        };
        let denied = call.ids.iter().find(is_denied)?;
        Some(Self::denial(&call.operation, denied))
    }

    /// Returns each name once, in an order of its own.
    fn get_all(&self, call: &Call) -> FakeResponse {
        let mut names = call.ids.clone();
        names.sort();
        names.dedup();
        if names.len() != call.ids.len() || !(1..=MOST).contains(&names.len()) {
            return invalid("the names must be between 1 and 10, and differ");
        }
        if let Some(bad) = names.iter().find(|name| !is_name(name)) {
            return invalid(&format!("invalid name: {bad}"));
        }
        let (mut found, mut absent) = (Vec::new(), Vec::new());
        for name in &names {
            match self.read(name) {
                Ok(parameter) => found.push(parameter),
                Err(_) => absent.push(name),
            }
        }
        FakeResponse::json(&json!({ "Parameters": found, "InvalidParameters": absent }))
    }

    fn get(&self, name: &str) -> FakeResponse {
        if name.is_empty() {
            return invalid("the name must have at least one character");
        }
        match self.read(name) {
            Ok(parameter) => FakeResponse::json(&json!({ "Parameter": parameter })),
            Err(code) => FakeResponse::error(code, ""),
        }
    }

    fn read(&self, requested: &str) -> Result<Value, &'static str> {
        let (id, selector) = split(requested);
        let is_asked = |name: &&String| *name == id || Self::arn(name) == id;
        let name = self
            .stored
            .keys()
            .find(is_asked)
            .ok_or("ParameterNotFound")?;
        let parameter = &self.stored[name];
        let version = parameter
            .version(selector)
            .ok_or("ParameterVersionNotFound")?;
        let mut described = described(name, parameter, version);
        if let Some(selector) = selector {
            described["Selector"] = format!(":{selector}").into();
        }
        Ok(described)
    }

    fn below(&self, call: &Call) -> FakeResponse {
        let path = &call.ids[0];
        if !path.starts_with('/') || path.starts_with("/aws/reference") {
            return invalid("the parameter name must begin with a forward slash");
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let is_listed = |name: &str| call.body["Recursive"] == true || !name.contains('/');
        let parameters: Vec<Value> = self
            .stored
            .iter()
            .filter(|(name, _)| name.strip_prefix(&below).is_some_and(is_listed))
            .map(|(name, parameter)| described(name, parameter, parameter.versions.len()))
            .collect();
        let start: usize = match &call.next_token {
            Some(token) => token.parse().expect("a token of this server"),
            None => 0,
        };
        let end = parameters.len().min(start + MOST);
        let mut page = json!({ "Parameters": parameters[start..end] });
        if end < parameters.len() {
            page["NextToken"] = end.to_string().into();
        }
        FakeResponse::json(&page)
    }
}

/// An id, and the version or label behind it. An ARN has five colons of its own.
fn split(requested: &str) -> (&str, Option<&str>) {
    let within = if requested.starts_with("arn:") { 5 } else { 0 };
    match requested.match_indices(':').nth(within) {
        Some((at, _)) => (&requested[..at], Some(&requested[at + 1..])),
        None => (requested, None),
    }
}

fn invalid(message: &str) -> FakeResponse {
    FakeResponse::error("ValidationException", message)
}

fn is_name(name: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || "_.-/:".contains(c);
    let can_have_levels = name.starts_with('/') || name.starts_with("arn:");
    name.chars().all(is_known) && (can_have_levels || !name.contains('/'))
}

fn described(name: &str, parameter: &Parameter, version: usize) -> Value {
    let shared = name.split_once(":parameter");
    json!({
        "Name": shared.map_or(name, |(_, path)| path),
        "ARN": FakeParameterStore::arn(name),
        "Type": "SecureString",
        "Value": parameter.versions[version - 1],
        "Version": version,
        "LastModifiedDate": 1_767_225_600.5,
        "DataType": "text",
    })
}

impl Script for FakeParameterStore {
    fn response(&self, call: &Call) -> FakeResponse {
        let ruled = self.rules.iter().find_map(|rule| rule(call));
        let ruled = ruled.or_else(|| self.refused(call));
        let response = ruled.unwrap_or_else(|| match call.operation.as_str() {
            "GetParameters" => self.get_all(call),
            "GetParameter" => self.get(&call.ids[0]),
            "GetParametersByPath" => self.below(call),
            other => FakeResponse::error("UnknownOperationException", other),
        });
        if self.arrivals == 0 {
            response
        } else {
            response.once_arrived(self.arrivals)
        }
    }
}
