//! The secrets of an agent, and its responses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;

use super::{AgentKind, AgentRequest, FakeAgent};
use crate::call::Call;
use crate::fake_aws::{FakeResponse, FakeSecretsManager, Script};
use crate::sdk::REGION;

type Rule = Arc<dyn Fn(&AgentRequest) -> Option<FakeResponse> + Send + Sync>;

/// The value of a version and its label.
type Labeled = (String, Option<String>);

pub(super) struct Place {
    kind: AgentKind,
    /// What the agent has kept.
    cache: FakeSecretsManager,
    /// What AWS has.
    pub(super) behind: FakeSecretsManager,
    pub(super) parameters: BTreeMap<String, Vec<Labeled>>,
    pub(super) token: String,
    pub(super) not_ready: usize,
    pub(super) supports_refresh: bool,
    pub(super) ends_connections: bool,
    pub(super) side_by_side: usize,
    pub(super) rule: Option<Rule>,
    pub(super) requested: Vec<AgentRequest>,
}

impl Place {
    pub(super) fn new(kind: AgentKind, vault: FakeSecretsManager) -> Self {
        Self {
            kind,
            cache: vault.clone(),
            behind: vault,
            parameters: BTreeMap::new(),
            token: FakeAgent::TOKEN.to_owned(),
            not_ready: 0,
            supports_refresh: kind == AgentKind::Agent,
            ends_connections: false,
            side_by_side: 0,
            rule: None,
            requested: Vec::new(),
        }
    }

    pub(super) fn hold(&mut self, vault: FakeSecretsManager) {
        self.cache = vault.clone();
        self.behind = vault;
    }

    pub(super) fn response(&mut self, requested: &AgentRequest) -> FakeResponse {
        if let Some(response) = self.rule.as_ref().and_then(|rule| rule(requested)) {
            return response;
        }
        if self.not_ready > 0 {
            self.not_ready -= 1;
            return FakeResponse::raw(400, "not ready to serve traffic, please wait");
        }
        if requested.is_forwarded {
            return FakeResponse::raw(400, "Forwarded");
        }
        if requested.token.as_deref() != Some(&self.token) {
            return FakeResponse::raw(403, "Bad Token");
        }
        match (requested.path.as_str(), self.kind) {
            ("/secretsmanager/get", _) => self.secret(requested),
            ("/systemsmanager/parameters/get", AgentKind::Extension) => self.parameter(requested),
            _ => FakeResponse::raw(404, "Not found"),
        }
    }

    fn secret(&mut self, requested: &AgentRequest) -> FakeResponse {
        let known: &[&str] = if self.supports_refresh {
            &["secretId", "versionId", "versionStage", "refreshNow"]
        } else {
            &["secretId", "versionId", "versionStage"]
        };
        if let Err(refusal) = checked(requested, known) {
            return refusal;
        }
        if requested.is_fresh() {
            self.cache = self.behind.clone();
        }
        self.cache.response(&Call {
            body: serde_json::Value::Null,
            path: String::new(),
            access_key: String::new(),
            user_agent: String::new(),
            sdk_user_agent: String::new(),
            operation: "GetSecretValue".to_owned(),
            ids: vec![requested.id().to_owned()],
            version_stage: requested.parameter("versionStage").map(str::to_owned),
            version_id: requested.parameter("versionId").map(str::to_owned),
            next_token: None,
            region: REGION.to_owned(),
            signed_at: None,
            nth: requested.nth,
            at: Instant::now(),
        })
    }

    fn parameter(&self, requested: &AgentRequest) -> FakeResponse {
        if let Err(refusal) = checked(requested, &["name", "version", "label", "withDecryption"]) {
            return refusal;
        }
        let Some(versions) = self.parameters.get(requested.id()) else {
            return FakeResponse::error("ParameterNotFound", "");
        };
        let is_meant = |number: usize, label: Option<&str>| {
            let by_number = requested.parameter("version");
            let by_label = requested.parameter("label");
            by_number.is_none_or(|requested| requested == number.to_string())
                && by_label.is_none_or(|requested| label == Some(requested))
        };
        let mut newest_first = versions.iter().enumerate().rev();
        match newest_first.find(|(i, (_, label))| is_meant(i + 1, label.as_deref())) {
            None => FakeResponse::error("ParameterVersionNotFound", ""),
            Some((i, (value, _))) => FakeResponse::json(&json!({
                "Parameter": {
                    "ARN": format!("arn:aws:ssm:{REGION}:123456789012:parameter{}", requested.id()),
                    "DataType": "text",
                    "LastModifiedDate": "2026-01-01T00:00:00.5Z",
                    "Name": requested.id(),
                    "Type": "SecureString",
                    // A value that is not decrypted is not returned.
                    "Value": if requested.parameter("withDecryption") == Some("true") { value } else { "AQICAH" },
                    "Version": i + 1,
                },
                "ResultMetadata": {},
            })),
        }
    }
}

/// Unknown parameters are refused, and so is a request that names nothing.
fn checked(requested: &AgentRequest, known: &[&str]) -> Result<(), FakeResponse> {
    let mut names = requested.query.iter().map(|(name, _)| name.as_str());
    if let Some(unknown) = names.find(|name| !known.contains(name)) {
        return Err(FakeResponse::raw(
            400,
            format!("unknown parameter: {unknown}"),
        ));
    }
    if requested.id().is_empty() {
        let first = known[0];
        return Err(FakeResponse::raw(400, format!("missing parameter {first}")));
    }
    Ok(())
}
