//! Terraform data sources, and a policy document.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::{Grant, Resource, SecretResource};
use super::grants::grants;
use super::iam::note_length;
use super::names::Names;
use super::pattern::{Id, PARAMETERS, PatternPiece, PieceKind, SECRETS, prefix, replica};
use super::secrets::{GrantedSecret, note_left_out, requested_secrets, secrets};
use super::variables::Variables;
use crate::load::plan::Leaf;

/// Words that cannot be the name of a variable.
/// <https://developer.hashicorp.com/terraform/language/values/variables>
const RESERVED: &[&str] = &[
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "locals",
    "providers",
    "source",
    "version",
];

pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let secrets = secrets(leaves);
    let requested = requested_secrets(leaves);
    let variables = Variables::new(&requested, &mut Names::reserving(RESERVED), identifier);
    for variable in variables.identifiers() {
        notes.add(format!("the module requires the variable `{variable}`"));
    }
    let mut names = Names::default();
    let mut sources: HashMap<&str, String> = HashMap::new();
    let mut blocks = Vec::new();
    let by_name = secrets
        .iter()
        .filter(|secret| Id::read(secret.id).kind == PieceKind::Name && !secret.names_parameter);
    let is_included =
        |secret: &&GrantedSecret<'_>| deployment.include_optional || !secret.is_dispensable();
    let (included, others): (Vec<_>, Vec<_>) = by_name.partition(is_included);
    let left_out = others
        .iter()
        .flat_map(|secret| secret.leaves.iter().copied());
    note_left_out(
        left_out,
        notes,
        "a data source fails if its secret is absent",
    );
    for secret in included {
        let name = names.unique(&identifier(secret.id));
        blocks.push(source(&name, &variables.string(secret.id)));
        sources.insert(secret.id, name);
    }
    let grants = grants(deployment, &requested, notes);
    if deployment.replicas().next().is_some() {
        note_open_arns(&requested, notes);
    }
    note_length(deployment, &complete(&grants, &sources), notes);
    let mut module = Module {
        deployment,
        variables: &variables,
        sources,
        notes,
    };
    let statements = grants.iter().map(|grant| module.statement(grant));
    let statements: Vec<String> = statements.collect();
    if !statements.is_empty() {
        blocks.push(format!(
            "data \"aws_iam_policy_document\" \"secrets\" {{\n{}}}\n",
            statements.join("\n")
        ));
    }
    blocks.join("\n")
}

fn source(name: &str, id: &str) -> String {
    format!("data \"aws_secretsmanager_secret\" \"{name}\" {{\n  name = {id}\n}}\n")
}

/// The data sources, and the settings for other ARNs.
struct Module<'a> {
    deployment: &'a Deployment,
    variables: &'a Variables,
    /// The names of data sources by the ID of the secret.
    sources: HashMap<&'a str, String>,
    notes: &'a mut Notes,
}

impl Module<'_> {
    fn statement(&mut self, grant: &Grant<'_>) -> String {
        let actions: Vec<String> = grant.actions.iter().map(|action| quoted(action)).collect();
        let mut text = format!(
            "  statement {{\n    sid     = {}\n    actions = [{}]\n    resources = [\n",
            quoted(&grant.sid),
            actions.join(", ")
        );
        let resources = grant.resources.iter();
        for resource in resources.flat_map(|resource| self.resource(resource)) {
            let _ = writeln!(text, "      {resource},");
        }
        text += "    ]\n";
        for (operator, keys) in grant.condition.iter().flatten() {
            for (key, values) in keys {
                let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                let _ = write!(
                    text,
                    "\n    condition {{\n      test     = {}\n      variable = {}\n      values   = [{}]\n    }}\n",
                    quoted(operator),
                    quoted(key),
                    values.join(", ")
                );
            }
        }
        text + "  }\n"
    }

    fn resource(&mut self, resource: &Resource<'_>) -> Vec<String> {
        match resource {
            Resource::Secret(secret) => {
                let mut arns = self.arns(secret);
                for region in &secret.other_regions {
                    arns.extend(self.replicas(secret, region));
                }
                arns
            }
            Resource::Parameter(id) => vec![self.parameter(id)],
            Resource::Text(text) => vec![quoted(text)],
        }
    }

    /// Returns the ARN of a data source. It is complete, so that no wildcard is necessary. For other secrets, returns
    /// all interpretations of an ARN in the declaration, or the ARNs of a name.
    fn arns(&mut self, secret: &SecretResource<'_>) -> Vec<String> {
        if let Some(name) = self.sources.get(secret.id) {
            return vec![format!("data.aws_secretsmanager_secret.{name}.arn")];
        }
        let written = self.written(secret.id);
        self.interpretations(secret, &written)
    }

    /// Returns the ARNs of the replicas in a region. An ARN that is not known yet is changed by an expression.
    fn replicas(&mut self, secret: &SecretResource<'_>, region: &str) -> Vec<String> {
        let is_open = Id::read(secret.id).kind == PieceKind::OpenArn;
        if !is_open && !self.sources.contains_key(secret.id) {
            let arn = replica(&self.written(secret.id), region);
            return arn.map_or_else(Vec::new, |arn| self.interpretations(secret, &arn));
        }
        let elsewhere = |arn: &String| {
            format!("replace({arn}, \"/^(arn:[^:]+:[^:]+:)[^:]+/\", \"$${{1}}{region}\")")
        };
        self.arns(secret).iter().map(elsewhere).collect()
    }

    /// Returns the ARN in the declaration, or that of a name.
    fn written(&mut self, id: &str) -> String {
        match Id::read(id).kind {
            PieceKind::Name => format!(
                "{}secret:{id}",
                prefix(self.deployment, SECRETS, self.notes)
            ),
            PieceKind::Arn { .. } | PieceKind::OpenArn | PieceKind::ParameterArn => id.to_owned(),
        }
    }

    fn interpretations(&self, secret: &SecretResource<'_>, written: &str) -> Vec<String> {
        let arns = Id::read(secret.id).with_suffix(written, secret.may_be_missing);
        arns.iter().map(|arn| self.variables.string(arn)).collect()
    }

    /// Returns the ARN of a parameter. A data source would store the parameter's value in the Terraform state.
    fn parameter(&mut self, id: &str) -> String {
        if Id::read(id).kind == PieceKind::ParameterArn {
            return self.variables.string(id);
        }
        let begin = prefix(self.deployment, PARAMETERS, self.notes);
        let name = id.trim_start_matches('/');
        self.variables.string(&format!("{begin}parameter/{name}"))
    }
}

impl Variables {
    /// Returns a string or an expression.
    fn string(&self, id: &str) -> String {
        let id = Id::read(id);
        let text = self.fill(&id, |name| format!("${{var.{name}}}"));
        match &id.pieces[..] {
            [PatternPiece::Open(_)] => text[2..text.len() - 1].to_owned(),
            _ => format!("\"{text}\""),
        }
    }
}

fn note_open_arns(secrets: &[GrantedSecret<'_>], notes: &mut Notes) {
    for secret in secrets {
        if Id::read(secret.id).kind == PieceKind::OpenArn {
            notes.add(format!(
                "`{}` is a whole ARN, so its replicas are listed regardless of its region",
                secret.id
            ));
        }
    }
}

/// Returns the grants without the ARNs of missing secrets: the secret of a data source exists.
fn complete<'a>(grants: &[Grant<'a>], sources: &HashMap<&str, String>) -> Vec<Grant<'a>> {
    let mut grants = grants.to_vec();
    for resource in grants.iter_mut().flat_map(|grant| &mut grant.resources) {
        if let Resource::Secret(secret) = resource {
            secret.may_be_missing &= !sources.contains_key(secret.id);
        }
    }
    grants
}

/// Returns the name of a variable or of a data source, which does not begin with a digit.
fn identifier(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let name = words.join("_").to_ascii_lowercase();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("secret_{name}").trim_end_matches('_').to_owned()
    }
}

/// Returns a string without interpolation and directives.
fn quoted(text: &str) -> String {
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    let text: String = text.chars().map(escaped).collect();
    format!("\"{}\"", text.replace("${", "$${").replace("%{", "%%{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_an_identifier() {
        for (name, expected) in [
            ("prod/db", "prod_db"),
            ("2fa/key", "secret_2fa_key"),
            ("@team/token", "team_token"),
            ("/+/", "secret"),
        ] {
            assert_eq!(identifier(name), expected);
        }
    }

    #[test]
    fn quoted_text_has_no_interpolation() {
        assert_eq!(quoted("a\"${b}%{c}\n\\"), "\"a\\\"$${b}%%{c}\\n\\\\\"");
        assert_eq!(quoted("a\u{1b}b"), "\"a\\u001bb\"");
    }
}
