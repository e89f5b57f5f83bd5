//! The `SPEC` constant.

use from_secrets_syntax::{is_well_known, own_variable};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::{Expr, Lit, LitStr, UnOp};

use crate::ast::{
    Address, Decoder, Field, Loaded, Necessity, Nested, Presence, Reach, Struct, Value, Variable,
    Version,
};
use crate::attr::DefaultValue;
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
    quote!(&#runtime::__private::Spec::new(#name, &[#(#fields),*])#env_prefix)
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
    let secret = value.address.name();
    let constructor = match &value.address {
        Address::Derived { .. } => quote!(derived(#name, #secret)),
        Address::Explicit { .. } | Address::Shared { .. } => quote!(given(#name, #secret)),
    };
    let describe = describe(field);
    let json_key = call("json_key", value.address.json_key());
    let form = matches!(value.decoder, Decoder::Bytes).then(|| quote!(.binary()));
    let reach = reach(&value.reach);
    let necessity = match value.necessity {
        Necessity::Required => None,
        Necessity::Optional => Some(quote!(.optional())),
        Necessity::Defaulted(ref value) => {
            let text = call("with_default_text", default_text(value));
            Some(quote!(.defaulted() #text))
        }
    };
    let well_known = call("well_known", well_known(declared, field, value));
    quote!(#runtime::__private::Field::#constructor #describe #json_key #form #reach #necessity #well_known)
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

/// The constant rejects a prefix that has no effect, so the calls have the spans of the prefixes.
fn nested(declared: &Struct<'_>, field: &Field<'_>, nested: &Nested<'_>) -> TokenStream {
    let runtime = &declared.runtime;
    let Field { name, .. } = field;
    let Nested { ty, .. } = nested;
    let describe = describe(field);
    let constructor = quote! {
        #runtime::__private::Field::nested(#name, <#ty as #runtime::FromSecrets>::SPEC) #describe
    };
    let prefix = call("prefix", nested.prefix.as_ref().map(LitStr::value));
    let env_prefix = call("env_prefix", nested.env_prefix.as_ref().map(LitStr::value));
    let constructor = located(
        constructor,
        nested.prefix.as_ref().or(nested.env_prefix.as_ref()),
    );
    let prefix = located(prefix.to_token_stream(), nested.prefix.as_ref());
    let env_prefix = located(env_prefix.to_token_stream(), nested.env_prefix.as_ref());
    let presence = (nested.presence == Presence::Optional).then(|| quote!(.optional()));
    let allow = &field.allow;
    quote!(#allow #constructor #prefix #env_prefix #presence)
}

fn located(tokens: TokenStream, prefix: Option<&LitStr>) -> TokenStream {
    match prefix {
        Some(prefix) => super::located(tokens, prefix.span()),
        None => tokens,
    }
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
