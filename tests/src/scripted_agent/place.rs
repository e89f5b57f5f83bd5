//! What an agent has, and how it answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;

use super::{AgentKind, Asked, ScriptedAgent};
use crate::call::Call;
use crate::scripted::{Answer, Script, Vault};
use crate::sdk::REGION;

type Rule = Arc<dyn Fn(&Asked) -> Option<Answer> + Send + Sync>;

/// The value of a version and its label.
type Labelled = (String, Option<String>);

pub(super) struct Place {
    kind: AgentKind,
    /// What the agent has kept.
    cache: Vault,
    /// What AWS has.
    pub(super) behind: Vault,
    pub(super) parameters: BTreeMap<String, Vec<Labelled>>,
    pub(super) token: String,
    pub(super) not_ready: usize,
    pub(super) knows_refresh: bool,
    pub(super) ends_connections: bool,
    pub(super) side_by_side: usize,
    pub(super) rule: Option<Rule>,
    pub(super) asked: Vec<Asked>,
}

impl Place {
    pub(super) fn new(kind: AgentKind, vault: Vault) -> Self {
        Self {
            kind,
            cache: vault.clone(),
            behind: vault,
            parameters: BTreeMap::new(),
            token: ScriptedAgent::TOKEN.to_owned(),
            not_ready: 0,
            knows_refresh: kind == AgentKind::Agent,
            ends_connections: false,
            side_by_side: 0,
            rule: None,
            asked: Vec::new(),
        }
    }

    pub(super) fn hold(&mut self, vault: Vault) {
        self.cache = vault.clone();
        self.behind = vault;
    }

    pub(super) fn answer(&mut self, asked: &Asked) -> Answer {
        if let Some(answer) = self.rule.as_ref().and_then(|rule| rule(asked)) {
            return answer;
        }
        if self.not_ready > 0 {
            self.not_ready -= 1;
            return Answer::raw(400, "not ready to serve traffic, please wait");
        }
        if asked.is_forwarded {
            return Answer::raw(400, "Forwarded");
        }
        if asked.token.as_deref() != Some(&self.token) {
            return Answer::raw(403, "Bad Token");
        }
        match (asked.path.as_str(), self.kind) {
            ("/secretsmanager/get", _) => self.secret(asked),
            ("/systemsmanager/parameters/get", AgentKind::Extension) => self.parameter(asked),
            _ => Answer::raw(404, "Not found"),
        }
    }

    fn secret(&mut self, asked: &Asked) -> Answer {
        let known: &[&str] = if self.knows_refresh {
            &["secretId", "versionId", "versionStage", "refreshNow"]
        } else {
            &["secretId", "versionId", "versionStage"]
        };
        if let Err(refusal) = checked(asked, known) {
            return refusal;
        }
        if asked.is_fresh() {
            self.cache = self.behind.clone();
        }
        self.cache.answer(&Call {
            path: String::new(),
            access_key: String::new(),
            user_agent: String::new(),
            operation: "GetSecretValue".to_owned(),
            ids: vec![asked.id().to_owned()],
            version_stage: asked.parameter("versionStage").map(str::to_owned),
            version_id: asked.parameter("versionId").map(str::to_owned),
            next_token: None,
            region: REGION.to_owned(),
            signed_at: None,
            nth: asked.nth,
            at: Instant::now(),
        })
    }

    fn parameter(&self, asked: &Asked) -> Answer {
        if let Err(refusal) = checked(asked, &["name", "version", "label", "withDecryption"]) {
            return refusal;
        }
        let Some(versions) = self.parameters.get(asked.id()) else {
            return Answer::error("ParameterNotFound", "");
        };
        let is_meant = |number: usize, label: Option<&str>| {
            let by_number = asked.parameter("version");
            let by_label = asked.parameter("label");
            by_number.is_none_or(|asked| asked == number.to_string())
                && by_label.is_none_or(|asked| label == Some(asked))
        };
        let mut newest_first = versions.iter().enumerate().rev();
        match newest_first.find(|(i, (_, label))| is_meant(i + 1, label.as_deref())) {
            None => Answer::error("ParameterVersionNotFound", ""),
            Some((i, (value, _))) => Answer::json(&json!({
                "Parameter": {
                    "ARN": format!("arn:aws:ssm:{REGION}:123456789012:parameter{}", asked.id()),
                    "DataType": "text",
                    "LastModifiedDate": "2026-01-01T00:00:00.5Z",
                    "Name": asked.id(),
                    "Type": "SecureString",
                    // What is not decrypted is no value.
                    "Value": if asked.parameter("withDecryption") == Some("true") { value } else { "AQICAH" },
                    "Version": i + 1,
                },
                "ResultMetadata": {},
            })),
        }
    }
}

/// Unknown parameters are refused, and so is a request that names nothing.
fn checked(asked: &Asked, known: &[&str]) -> Result<(), Answer> {
    let mut names = asked.query.iter().map(|(name, _)| name.as_str());
    if let Some(unknown) = names.find(|name| !known.contains(name)) {
        return Err(Answer::raw(400, format!("unknown parameter: {unknown}")));
    }
    if asked.id().is_empty() {
        let first = known[0];
        return Err(Answer::raw(400, format!("missing parameter {first}")));
    }
    Ok(())
}
