//! The syntax of the attributes: valid entries, and recovery after invalid ones.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::errors;
use crate::attr::FIELD_KEYS as KEYS;

fn on_field(attribute: &TokenStream) -> Vec<String> {
    errors(&quote! {
        struct Config {
            #attribute
            field: Vec<u8>,
        }
    })
}

fn on_struct(attribute: &TokenStream) -> Vec<String> {
    errors(&quote! {
        #attribute
        struct Config {
            field: Vec<u8>,
        }
    })
}

#[test]
fn every_field_key_is_accepted() {
    for attribute in [
        quote!(#[secret(name = "a")]),
        quote!(#[secret("a")]),
        quote!(#[secret("a", alias = "b")]),
        quote!(#[secret(json_key = "a")]),
        quote!(#[secret(version_stage = "a")]),
        quote!(#[secret(version_id = "a")]),
        quote!(#[secret(env = "A")]),
        quote!(#[secret(env = false)]),
        quote!(#[secret(env_alias = "A")]),
        quote!(#[secret(env_only)]),
        quote!(#[secret(default)]),
        quote!(#[secret(default = Vec::new())]),
        quote!(#[secret(parse)]),
        quote!(#[secret(parse = a::b)]),
        quote!(#[secret(with = a::b)]),
        quote!(#[secret(with = As::<A>)]),
        quote!(#[secret(deserialize_with = a::b::<C>)]),
        quote!(#[secret(separator = ",")]),
        quote!(#[secret(separator = ",", with = a)]),
        quote!(#[secret(binary)]),
        quote!(#[secret(validate = a::b)]),
        quote!(#[secret(validate = <A as B>::c::<D>)]),
        quote!(#[secret(flatten)]),
        quote!(#[secret(flatten, prefix = "a", env_prefix = "A")]),
        quote!(#[secret(skip)]),
        quote!(#[secret(skip, default = Vec::new())]),
        quote!(#[secret()]),
        quote!(#[secret("a", json_key = "b",)]),
        quote!(#[secret(json_key = "b", "a")]),
        quote!(#[secret("a")] #[secret(binary)]),
    ] {
        assert_eq!(on_field(&attribute), [""; 0], "{attribute}");
    }
}

#[test]
fn skip_excludes_every_other_key() {
    for key in KEYS.iter().filter(|key| !["default", "skip"].contains(key)) {
        let key = Ident::new(key, Span::call_site());
        let found = on_field(&quote!(#[secret(skip, #key)]));
        let expected = format!("`skip` cannot be used with `{key}`");
        assert!(
            found.iter().any(|error| error.starts_with(&expected)),
            "{key}: {found:?}"
        );
    }
}

#[test]
fn every_struct_key_is_accepted() {
    for attribute in [
        quote!(#[secrets(prefix = "a")]),
        quote!(#[secrets(name = "a")]),
        quote!(#[secrets("a")]),
        quote!(#[secrets("a", alias = "b", deny_unknown_keys)]),
        quote!(#[secrets(env_prefix = "A")]),
        quote!(#[secrets(rename_all = "kebab-case")]),
        quote!(#[secrets(debug)]),
        quote!(#[secrets(default)]),
        quote!(#[secrets(transparent)]),
        quote!(#[secrets(validate = Self::check)]),
        quote!(#[secrets(crate = ::a::b)]),
        quote!(#[secrets(crate = crate::b)]),
        quote!(#[secrets(crate = "a::b")]),
        quote!(#[secrets(prefix = "a")] #[secrets(debug, env_prefix = "A",)]),
    ] {
        assert_eq!(on_struct(&attribute), [""; 0], "{attribute}");
    }
}

#[test]
fn unparsable_key_does_not_hide_others() {
    for unreadable in [
        quote!(name "a"),
        quote!(name: "a"),
        quote!(name =),
        quote!(name = =),
        quote!(name = 5),
        quote!(name("a")),
        quote!(name::other = "a"),
        quote!(5),
        quote!(= "a"),
        quote!({ a, b }),
        quote!(default = 1 +),
        quote!(#),
        quote!(fn = "a"),
    ] {
        let attribute = quote!(#[secret(#unreadable, binray, env = "1")]);
        let messages = on_field(&attribute);
        assert_eq!(messages.len(), 3, "{unreadable}: {messages:#?}");
        let expected = ["unknown key `binray`", "variable name `1`"];
        for expected in expected {
            assert!(
                messages.iter().any(|message| message.contains(expected)),
                "{unreadable}: {messages:#?}"
            );
        }
    }
}

#[test]
fn missing_comma_does_not_hide_errors() {
    let messages = on_field(&quote!(#[secret(name = "a" binray env = "1")]));
    let count = |words: &str| {
        messages
            .iter()
            .filter(|message| message.contains(words))
            .count()
    };
    assert_eq!(count("expected `,`"), 2, "{messages:#?}");
    assert_eq!(count("unknown key `binray`"), 1, "{messages:#?}");
    assert_eq!(count("variable name `1`"), 1, "{messages:#?}");
}

#[test]
fn wrong_value_causes_no_further_errors() {
    for attribute in [
        quote!(#[secret(name = 5)]),
        quote!(#[secret(name = 5, json_key = 6, version_stage = 7)]),
        quote!(#[secret(env = 5, name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf")]),
        quote!(#[secret(flatten, prefix = 5, env_prefix = 6)]),
        quote!(#[secret(skip = 1, default("a"))]),
        quote!(#[secret(parse = "a", default(1))]),
    ] {
        let values = attribute
            .to_string()
            .matches(|c: char| c.is_ascii_digit())
            .count()
            .min(3);
        let messages = on_field(&attribute);
        assert!(
            !messages.is_empty() && messages.len() <= values.max(2),
            "{attribute}: {messages:#?}"
        );
        assert!(
            messages
                .iter()
                .all(|message| message.contains("expected ") && message.contains(" for `")),
            "{attribute}: {messages:#?}"
        );
    }
}

#[test]
fn types_are_rejected_as_paths() {
    for (attribute, expected) in [
        (
            quote!(#[secrets(crate = ::a::<u8>)]),
            "expected a path for `crate`",
        ),
        (
            quote!(#[secrets(crate = <A as B>::c)]),
            "expected a path for `crate`",
        ),
        (
            quote!(#[secrets(name = <A as B>::C)]),
            "expected a string literal for `name`",
        ),
    ] {
        let messages = on_struct(&attribute);
        assert_eq!(messages.len(), 1, "{attribute}: {messages:#?}");
        assert!(messages[0].starts_with(expected), "{messages:#?}");
    }
}

#[test]
fn misplaced_attributes_are_still_checked() {
    let messages = on_field(&quote!(#[secrets(name = "prod db", rename_all = "kebab-case")]));
    assert_eq!(messages.len(), 2, "{messages:#?}");
    assert!(messages[0].starts_with("`#[secrets]` is not allowed on a field"));
    assert!(messages[1].contains("in secret name"));

    let messages = on_struct(&quote!(#[secret(prefix = "prod db", binary)]));
    assert_eq!(messages.len(), 2, "{messages:#?}");
    assert!(messages[0].starts_with("`#[secret]` is not allowed on a struct"));
}

#[test]
fn conflict_is_reported_on_each_key() {
    let messages = on_field(&quote!(#[secret(skip, name = "a", env = "A")]));
    assert_eq!(messages.len(), 3, "{messages:#?}");
    for expected in [
        "`name` cannot be used with `skip`\n",
        "`env` cannot be used with `skip`\n",
        "`skip` cannot be used with `name`, `env`\n",
    ] {
        let mut messages = messages.iter();
        assert!(messages.any(|message| message.starts_with(expected)));
    }
}

#[test]
fn flatten_conflict_hides_other_conflicts() {
    for (attribute, reported) in [
        (quote!(#[secret(flatten, binary, parse)]), 3),
        (quote!(#[secret(flatten, binary, parse, validate = a)]), 5),
        (quote!(#[secret(flatten, binary, parse, default)]), 5),
    ] {
        let messages = on_field(&attribute);
        assert_eq!(messages.len(), reported, "{attribute}: {messages:#?}");
        let mut messages = messages.iter();
        assert!(messages.all(|message| message.contains("`flatten`")));
    }
}

#[test]
fn flag_with_empty_list_is_corrected() {
    let expected = ["unexpected list for `binary`\nhelp: write `binary`"];
    assert_eq!(on_field(&quote!(#[secret(binary())])), expected);
}

#[test]
fn expression_after_colon_is_not_shortened() {
    for (attribute, written) in [
        (quote!(#[secret(default: 5)]), "5"),
        (quote!(#[secret(default: 5 + 1)]), "…"),
    ] {
        let messages = on_field(&attribute);
        let expected = format!("write `default = {written}`");
        assert!(messages[0].contains(&expected), "{messages:#?}");
    }
}

#[test]
fn env_alias_causes_variable_clash() {
    let messages = errors(&quote! {
        struct Config {
            #[secret("a", env = "A")]
            a: String,
            #[secret("b", env_alias = "A")]
            b: String,
        }
    });
    assert_eq!(messages.len(), 2, "{messages:#?}");
    for message in messages {
        assert!(message.contains("remove `env_alias`"), "{message}");
    }
}
