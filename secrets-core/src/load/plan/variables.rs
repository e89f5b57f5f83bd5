//! The environment variables of values.

use from_secrets_syntax::{Derivation, own_variable};

use super::well_known::rejection;
use super::{Leaf, Planner, Scope};
use crate::spec::{self, Field, Spec, Variable};

impl Planner<'_> {
    pub(super) fn variable(
        &mut self,
        path: &str,
        field: &Field,
        leaf: &spec::ValueSpec,
        scope: &Scope,
        env_prefix: Option<&str>,
    ) -> Option<String> {
        let (name_prefix, name) = scope.name(leaf.name);
        let field = field.name();
        let derivation = Derivation {
            env_prefix,
            field,
            name_prefix,
            name,
            json_key: leaf.json_key,
        };
        match leaf.variable {
            Variable::None => None,
            Variable::Given(variable) => Some(variable.to_owned()),
            Variable::Derived => match derivation.variable() {
                Ok(variable) => Some(variable),
                Err(problem) if scope.shared.is_some() => {
                    let message = problem.message();
                    let parent = scope.path.trim_end_matches('.');
                    self.flaw(
                        path,
                        format!("{message}; add `env_prefix = \"…\"` to `{parent}`"),
                    )
                }
                Err(problem) => self.flaw(path, problem.to_string()),
            },
        }
    }

    /// Rejects a derived variable that the system sets for other purposes.
    pub(super) fn reject_well_known(&mut self, spec: &Spec, leaf: &Leaf, scope: &Scope) {
        let own = own_variable(spec.name(), leaf.field.name());
        let parent = scope.path.trim_end_matches('.').rsplit('.').next();
        let parent = parent.filter(|parent| !parent.is_empty() && scope.env_prefix.is_none());
        let variable = leaf.variable.as_deref();
        if let Some(message) = variable.and_then(|variable| rejection(variable, &own, parent)) {
            self.flaw::<()>(&leaf.path, message);
        }
    }
}
