//! Which keys exclude each other.

use proc_macro2::Ident;

use syn::Type;

use super::optional::optional;
use crate::attr::{ContainerKeys, Env, FieldKeys};
use crate::ctxt::Ctxt;
use crate::suggest::list;

/// A key, what does not go with it, and what to do instead.
struct Rule {
    key: &'static str,
    excludes: &'static [&'static str],
    hint: &'static str,
}

const SKIP: [Rule; 1] = [Rule {
    key: "skip",
    excludes: &[
        "name",
        "json_key",
        "version_stage",
        "version_id",
        "env",
        "env_only",
        "parse",
        "binary",
        "flatten",
        "prefix",
        "env_prefix",
    ],
    hint: "a skipped field is not loaded, and only `default = …` goes with it",
}];

/// For a field that is an `Option`.
const FLATTEN_OPTIONAL: [Rule; 1] = [Rule {
    key: "flatten",
    excludes: &["default"],
    hint: "remove `default`; the field is `None` if no source has any of its values",
}];

const FLATTEN_REQUIRED: [Rule; 1] = [Rule {
    key: "flatten",
    excludes: &["default"],
    hint: "remove `default` and write the type as `Option<…>`, which is `None` if no source has any of its values",
}];

const FLATTEN: [Rule; 1] = [Rule {
    key: "flatten",
    excludes: &[
        "name",
        "json_key",
        "version_stage",
        "version_id",
        "env",
        "env_only",
        "parse",
        "binary",
    ],
    hint: "only `prefix` and `env_prefix` can be combined with `flatten`; set other keys on the fields of its type",
}];

const VALUE: [Rule; 3] = [
    Rule {
        key: "env_only",
        excludes: &["name", "json_key", "version_stage", "version_id"],
        hint: "such a field is read from an environment variable and no secret, so name that, `env = \"…\"`",
    },
    Rule {
        key: "version_stage",
        excludes: &["version_id"],
        hint: "a version is pinned by one of them",
    },
    Rule {
        key: "parse",
        excludes: &["binary"],
        hint: "text is parsed, and bytes are taken as they are, so keep one of them",
    },
];

pub(super) fn check_container(ctxt: &Ctxt, keys: &ContainerKeys) {
    if let (Some(prefix), Some(name)) = (keys.prefix.key(), keys.name.key()) {
        let hint = "`name` is the one secret that holds all fields, so write the prefix into it";
        report(ctxt, name, &[prefix], hint);
    }
}

pub(super) fn check_field(ctxt: &Ctxt, keys: &FieldKeys, ty: &Type) {
    let given = keys.given();
    let with_default = match optional(ty) {
        Some(_) => &FLATTEN_OPTIONAL,
        None => &FLATTEN_REQUIRED,
    };
    // A field that is not loaded, or loaded by its type, has nothing else to say.
    if broken(ctxt, &given, &SKIP) {
        return;
    }
    let nested = [&FLATTEN, with_default];
    if nested
        .into_iter()
        .filter(|rule| broken(ctxt, &given, *rule))
        .count()
        > 0
    {
        return;
    }
    broken(ctxt, &given, &VALUE);
    check_env_only(ctxt, keys);
    check_prefixes(ctxt, keys);
}

/// Whether some of the rules are broken. Each that is was reported.
fn broken(ctxt: &Ctxt, given: &[&Ident], rules: &[Rule]) -> bool {
    rules
        .iter()
        .filter(|rule| rule.is_broken(ctxt, given))
        .count()
        > 0
}

impl Rule {
    fn is_broken(&self, ctxt: &Ctxt, given: &[&Ident]) -> bool {
        let Some(key) = given.iter().find(|given| **given == self.key) else {
            return false;
        };
        let excluded: Vec<_> = given
            .iter()
            .copied()
            .filter(|given| self.excludes.iter().any(|excluded| *given == excluded))
            .collect();
        report(ctxt, key, &excluded, self.hint);
        !excluded.is_empty()
    }
}

/// Reports a conflict on each key.
fn report(ctxt: &Ctxt, key: &Ident, excluded: &[&Ident], hint: &str) {
    let message = |others: String| format!("`{key}` and {others} exclude each other; {hint}");
    for other in excluded {
        ctxt.error(other.span(), message(format!("`{other}`")));
    }
    if !excluded.is_empty() {
        let words: Vec<_> = excluded.iter().map(ToString::to_string).collect();
        ctxt.error(key.span(), message(list(&words)));
    }
}

/// Only `env = false` is wrong there: the field would be read from nowhere.
fn check_env_only(ctxt: &Ctxt, keys: &FieldKeys) {
    if let (Some(only), Some(env), Some(Env::None)) =
        (keys.env_only.key(), keys.env.key(), keys.env.as_value())
    {
        let message = "`env_only` and `env = false` exclude each other; the field would be read from nowhere, so keep one of them";
        ctxt.error(only.span(), message);
        ctxt.error(env.span(), message);
    }
}

fn check_prefixes(ctxt: &Ctxt, keys: &FieldKeys) {
    if keys.flatten.key().is_some() {
        return;
    }
    if let Some(key) = keys.prefix.key() {
        let hint = match keys.name.key() {
            Some(_) => "write it into the `name` of the field",
            None => "write the whole name, `name = \"…\"`, in its place",
        };
        ctxt.error(
            key.span(),
            format!("`prefix` goes only with `flatten`; {hint}"),
        );
    }
    if let Some(key) = keys.env_prefix.key() {
        let hint = match keys.env.as_value() {
            Some(Env::Variable(_)) => "write it into the `env` of the field",
            Some(Env::None) => "remove it, as the field has no variable",
            None => "write the whole variable, `env = \"…\"`, in its place",
        };
        ctxt.error(
            key.span(),
            format!("`env_prefix` goes only with `flatten`; {hint}"),
        );
    }
}
