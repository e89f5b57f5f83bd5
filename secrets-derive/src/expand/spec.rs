//! The `SPEC` constant.

use from_secrets_syntax::{is_well_known, own_variable};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Expr, Lit, LitStr, Path, UnOp};

use super::located;
use crate::ast::{
    Address, Alias, Container, Decoder, Field, Loaded, Necessity, Nested, Presence, Reach, Struct,
    Value, Variable, Version, is_collection,
};
use crate::attr::{DefaultValue, Text};
use crate::check::derived_variable;

pub(super) fn spec(declared: &Struct<'_>) -> TokenStream {
    let runtime = &declared.runtime;
    let name = declared.ident.unraw().to_string();
    let fields = declared
        .loaded()
        .map(|(field, loaded)| self::field(declared, field, loaded));
    let env_prefix = call(
        "env_prefix",
        declared
            .env_prefix
            .as_ref()
            .map(|prefix| prefix.value.value()),
    );
    let denies_unknown_keys = matches!(
        declared.naming.container,
        Container::OneSecret {
            denies_unknown_keys: true,
            ..
        }
    );
    let deny_unknown_keys = denies_unknown_keys.then(|| quote!(.deny_unknown_keys()));
    quote!(&#runtime::__private::Spec::new(#name, &[#(#fields),*])#env_prefix #deny_unknown_keys)
}

fn field(declared: &Struct<'_>, field: &Field<'_>, loaded: &Loaded<'_>) -> TokenStream {
    match loaded {
        Loaded::Value(value) => self::value(declared, field, value),
        Loaded::Nested(nested) => self::nested(declared, field, nested),
    }
}

fn value(declared: &Struct<'_>, field: &Field<'_>, value: &Value<'_>) -> TokenStream {
    let runtime = &declared.runtime;
    let Field { name, .. } = field;
    let constructor = match &value.address {
        Address::Derived { name: secret, .. } => quote!(derived(#name, #secret)),
        // A transparent struct has one secret, too: `flatten` can replace its name.
        Address::Explicit { name: secret, .. } if declared.form.is_transparent() => {
            let secret = text(runtime, secret);
            quote!(shared(#name, #secret))
        }
        Address::Explicit { name: secret, .. } => {
            let secret = text(runtime, secret);
            quote!(given(#name, #secret))
        }
        Address::Shared { name: secret, .. } => {
            let secret = text(runtime, secret);
            quote!(shared(#name, #secret))
        }
    };
    let describe = describe(field);
    let json_key = call("json_key", value.address.json_key());
    let aliases = aliases(declared, value);
    let form = match value.decoder {
        Decoder::Bytes => Some(quote!(.binary())),
        Decoder::Serde if value.separator.is_none() && is_collection(value.ty) => {
            Some(quote!(.json()))
        }
        _ => None,
    };
    let separator = call("separated_by", value.separator.as_ref().map(LitStr::value));
    let reach = reach(&value.reach);
    let necessity = match value.necessity {
        Necessity::Required => declared.default.as_ref().map(|_| quote!(.defaulted())),
        Necessity::Optional => Some(quote!(.optional())),
        Necessity::Defaulted(ref value) => {
            let text = call("with_default_text", default_text(value));
            Some(quote!(.defaulted() #text))
        }
    };
    let well_known = call("well_known", well_known(declared, field, value));
    quote!(#runtime::__private::Field::#constructor #describe #json_key #aliases #form #separator #reach #necessity #well_known)
}

fn aliases(declared: &Struct<'_>, value: &Value<'_>) -> TokenStream {
    let shared = match (&declared.naming.container, &value.address) {
        (Container::OneSecret { aliases, .. }, Address::Shared { .. }) => &aliases[..],
        _ => &[],
    };
    let (mut secrets, mut json_keys): (Vec<_>, Vec<_>) = (shared.iter().collect(), Vec::new());
    for alias in &value.aliases {
        match alias {
            Alias::Secret(name) => secrets.push(name),
            Alias::JsonKey(key) => json_keys.push(key),
        }
    }
    let secrets = call_with_list("aliases", &secrets);
    let json_keys = call_with_list("json_key_aliases", &json_keys);
    let variables = call_with_list("env_aliases", &value.env_aliases.iter().collect::<Vec<_>>());
    quote!(#secrets #json_keys #variables)
}

/// Returns the error for a variable that the system sets. It applies only if the struct is loaded without an outer
/// prefix.
fn well_known(declared: &Struct<'_>, field: &Field<'_>, value: &Value<'_>) -> Option<String> {
    let prefix = declared.env_prefix.as_ref().map(|prefix| &prefix.value);
    let derived = value
        .derives_variable()
        .then(|| derived_variable(prefix, field, value));
    let variable = derived?.ok().filter(|variable| is_well_known(variable))?;
    let Field { name, .. } = field;
    let subject = declared.ident.unraw().to_string();
    let own = own_variable(&subject, name);
    Some(format!(
        "`{name}` of `{subject}` derives the environment variable `{variable}`, which shells, containers or the operating system set\nhelp: add `env = \"{own}\"` to the field, or `env = \"{variable}\"` to read this variable"
    ))
}

/// Returns the text of a literal default. Other expressions are known only at run time.
fn default_text(value: &DefaultValue) -> Option<String> {
    match value {
        DefaultValue::Text(text) => Some(text.value()),
        DefaultValue::Expr(Expr::Lit(literal)) => literal_text(&literal.lit),
        DefaultValue::Expr(Expr::Unary(negative)) => match (&negative.op, &*negative.expr) {
            (UnOp::Neg(_), Expr::Lit(literal)) => Some(format!("-{}", literal_text(&literal.lit)?)),
            _ => None,
        },
        DefaultValue::OfType | DefaultValue::Expr(_) => None,
    }
}

fn literal_text(literal: &Lit) -> Option<String> {
    match literal {
        Lit::Int(number) => Some(number.base10_digits().to_owned()),
        Lit::Float(number) => Some(number.base10_digits().to_owned()),
        Lit::Bool(value) => Some(value.value.to_string()),
        Lit::Char(value) => Some(value.value().to_string()),
        _ => None,
    }
}

fn reach(reach: &Reach) -> TokenStream {
    match reach {
        Reach::Chain { version, variable } => {
            let version = match version {
                Some(Version::Stage(stage)) => call("version_stage", Some(stage.value())),
                Some(Version::Id(id)) => call("version_id", Some(id.value())),
                None => None,
            };
            let variable = match variable {
                Variable::Derived => None,
                Variable::Explicit(variable) => call("env", Some(variable.value())),
                Variable::None => Some(quote!(.no_env())),
            };
            quote!(#version #variable)
        }
        Reach::EnvironmentOnly { variable } => {
            let variable = call("env", variable.as_ref().map(LitStr::value));
            quote!(#variable .env_only())
        }
    }
}

/// The constant rejects a key that has no effect, so the calls have the spans of the keys.
fn nested(declared: &Struct<'_>, field: &Field<'_>, nested: &Nested<'_>) -> TokenStream {
    let runtime = &declared.runtime;
    let Field { name, .. } = field;
    let Nested { ty, .. } = nested;
    let describe = describe(field);
    let constructor = quote! {
        #runtime::__private::Field::nested(#name, <#ty as #runtime::FromSecrets>::SPEC) #describe
    };
    let prefix = |prefix: &LitStr| Text::from(prefix.clone());
    let keys = [
        ("name_of_nested", nested.name.clone()),
        ("prefix", nested.prefix.as_ref().map(prefix)),
        ("env_prefix", nested.env_prefix.as_ref().map(prefix)),
    ];
    let keys = keys
        .iter()
        .filter_map(|(method, text)| Some((method, text.as_ref()?)));
    let first = keys.clone().next().map(|(_, text)| text.span());
    let constructor = match first {
        Some(span) => located(constructor, span),
        None => constructor,
    };
    let calls = keys.map(|(method, key)| {
        let method = Ident::new(method, Span::call_site());
        let text = text(runtime, key);
        located(quote!(.#method(#text)), key.span())
    });
    let presence = (nested.presence == Presence::Optional).then(|| quote!(.optional()));
    let allow = &field.allow;
    quote!(#allow #constructor #(#calls)* #presence)
}

/// Returns a literal, or a constant that is checked at compile time. An error points at the constant.
fn text(runtime: &Path, text: &Text) -> TokenStream {
    if let Some(path) = text.constant() {
        let check = quote!(#runtime::__private::secret_name(#path));
        return located(check, text.span());
    }
    let text = text.value();
    quote!(#text)
}

fn describe(field: &Field<'_>) -> Option<TokenStream> {
    let description = Some(field.description.clone()).filter(|text| !text.is_empty());
    call("describe", description)
}

fn call(method: &str, argument: Option<String>) -> Option<TokenStream> {
    let argument = argument?;
    let method = Ident::new(method, Span::call_site());
    Some(quote!(.#method(#argument)))
}

fn call_with_list(method: &str, texts: &[&LitStr]) -> Option<TokenStream> {
    let method = Ident::new(method, Span::call_site());
    let texts = texts.iter().map(|text| text.value());
    (texts.len() > 0).then(|| quote!(.#method(&[#(#texts),*])))
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn only_literal_defaults_have_text() {
        for (default, text) in [
            (parse_quote!(8_080u16), Some("8080")),
            (parse_quote!(-5), Some("-5")),
            (parse_quote!(0.5), Some("0.5")),
            (parse_quote!(-0.5f32), Some("-0.5")),
            (parse_quote!(true), Some("true")),
            (parse_quote!('/'), Some("/")),
            (parse_quote!(b"a"), None),
            (parse_quote!(PORT), None),
            (parse_quote!(-PORT), None),
            (parse_quote!(!1), None),
            (parse_quote!(1 + 1), None),
        ] {
            assert_eq!(default_text(&DefaultValue::Expr(default)).as_deref(), text);
        }
    }
}
