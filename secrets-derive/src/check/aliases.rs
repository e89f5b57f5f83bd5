//! Former names of secrets, and former JSON keys.

use from_secrets_syntax::Reference;
use proc_macro2::Span;
use syn::LitStr;

use super::clashes::{pinned, reference};
use super::names::{check_json_key, check_one_version, read};
use crate::ast::{Address, Alias, Container, Reach, Struct, Value, Version};
use crate::ctxt::Ctxt;

/// A place that a field reads.
struct PlaceUse<'a> {
    field: &'a str,
    place: Reference,
    /// The place of the field's own name.
    own: Reference,
    /// The span of an alias.
    alias: Option<Span>,
}

pub(super) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    if let Container::OneSecret { name, aliases, .. } = &declared.naming.container {
        check_distinct(ctxt, &name.value, aliases);
        check_versions(ctxt, declared, aliases);
        let own = read(&name.value.value()).ok();
        if own.is_some_and(|own| own.version_id.is_some()) {
            for alias in aliases {
                report_version_id(ctxt, ID_IN_NAME, [name.value.span(), alias.span()]);
            }
        }
    }
    if declared.values().all(|(_, value)| value.aliases.is_empty()) {
        return;
    }
    let mut uses = Vec::new();
    for (field, value) in declared.values() {
        let aliases = value.aliases.iter();
        let aliases: Vec<(Reference, Span)> = aliases
            .filter_map(|alias| check_alias(ctxt, value, alias))
            .collect();
        let is_secret = matches!(value.reach, Reach::Chain { .. });
        let Some(own) = reference(value).filter(|_| is_secret) else {
            continue;
        };
        let places = aliases.into_iter().map(|(place, span)| (place, Some(span)));
        let all = std::iter::once((own.clone(), None)).chain(places);
        uses.extend(all.map(|(place, alias)| PlaceUse {
            field: &field.name,
            place,
            own: own.clone(),
            alias,
        }));
    }
    for (i, one) in uses.iter().enumerate() {
        if let Some(span) = one.alias {
            check_use(ctxt, one, span, &uses[..i], &uses);
        }
    }
}

/// Reports an alias of the struct that is its name, or occurs twice.
fn check_distinct(ctxt: &Ctxt, name: &LitStr, aliases: &[LitStr]) {
    let mut known = vec![name.value()];
    for alias in aliases {
        let text = alias.value();
        if known.contains(&text) {
            report_duplicate(ctxt, alias.span(), &text);
        } else {
            known.push(text);
        }
    }
}

/// Reports versions of fields that are not those of the struct's aliases.
fn check_versions(ctxt: &Ctxt, declared: &Struct<'_>, aliases: &[LitStr]) {
    for (_, value) in declared.values() {
        if !matches!(value.address, Address::Shared { .. }) {
            continue;
        }
        for alias in aliases {
            check_one_version(ctxt, "alias", alias, value);
            check_version_id(ctxt, alias, value);
        }
    }
}

fn report_duplicate(ctxt: &Ctxt, span: Span, text: &str) {
    ctxt.error(span, format!("duplicate name `{text}`"), "remove the alias");
}

/// Returns the place of a valid alias.
fn check_alias(ctxt: &Ctxt, value: &Value<'_>, alias: &Alias) -> Option<(Reference, Span)> {
    match alias {
        Alias::JsonKey(key) => {
            check_json_key(ctxt, "alias", key, "write a key, or remove `alias`");
            let place = Reference {
                json_key: Some(key.value()),
                ..reference(value)?
            };
            Some((place, key.span()))
        }
        Alias::Secret(name) => {
            let mut place = read(&name.value())
                .map_err(|problem| ctxt.problem(name.span(), &problem))
                .ok()?;
            if let Some(own) = reference(value) {
                place.json_key = place.json_key.or(own.json_key);
                place.version_stage = place.version_stage.or(own.version_stage);
            }
            check_one_version(ctxt, "alias", name, value);
            check_version_id(ctxt, name, value);
            Some((pinned(place, &value.reach), name.span()))
        }
    }
}

const ID_IN_NAME: &str = "`name` with a version ID cannot be used with the `alias` of a secret";

fn check_version_id(ctxt: &Ctxt, alias: &LitStr, value: &Value<'_>) {
    match (&value.reach, &value.address) {
        (
            Reach::Chain {
                version: Some(Version::Id(id)),
                ..
            },
            _,
        ) => {
            let message = "`version_id` cannot be used with the `alias` of a secret";
            report_version_id(ctxt, message, [id.span(), alias.span()]);
        }
        (Reach::Chain { .. }, Address::Explicit { name, .. })
            if reference(value).is_some_and(|own| own.version_id.is_some()) =>
        {
            report_version_id(ctxt, ID_IN_NAME, [name.span(), alias.span()]);
        }
        _ => {}
    }
}

/// The ID of a version exists in one secret only.
fn report_version_id(ctxt: &Ctxt, message: &str, spans: [Span; 2]) {
    let help = "remove one of them, or select the version by a stage";
    for span in spans {
        ctxt.error(span, message, help);
    }
}

/// Reports an alias that is another place of its field, or a place of a field with another value.
fn check_use(
    ctxt: &Ctxt,
    one: &PlaceUse<'_>,
    span: Span,
    before: &[PlaceUse<'_>],
    all: &[PlaceUse<'_>],
) {
    let name = one.place.json_key.as_ref().unwrap_or(&one.place.secret_id);
    let mut before = before.iter();
    if before.any(|other| other.field == one.field && other.place == one.place) {
        return report_duplicate(ctxt, span, name);
    }
    let mut all = all.iter();
    if let Some(other) = all.find(|other| other.own != one.own && other.place == one.place) {
        ctxt.error(
            span,
            format!("alias `{name}` is also read by `{}`", other.field),
            "remove the alias; it would be the value of another field",
        );
    }
}
