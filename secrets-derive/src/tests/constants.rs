//! Names that are constants. Only the load can check and compare their text.

use quote::quote;

use super::errors;

#[test]
fn constant_names_cause_no_clashes() {
    for fields in [
        // Both constants can have the same text.
        quote!(
            #[secret(name = A, env = "X")]
            a: String,
            #[secret(name = B, env = "X")]
            b: String,
        ),
        // The load derives the variable from the text.
        quote!(
            #[secret(name = A, env_alias = "CONSTANT_A")]
            a: String,
        ),
    ] {
        let declaration = quote!(struct Config { #fields });
        assert_eq!(errors(&declaration), [""; 0], "{declaration}");
    }
}

#[test]
fn prefixed_variable_of_constant_is_compared() {
    let messages = errors(&quote! {
        #[secrets(env_prefix = "SHOP_")]
        struct Config {
            #[secret(name = A, env_alias = "SHOP_KEY")]
            key: String,
        }
    });
    let expected = ["duplicate environment variable `SHOP_KEY`\nhelp: remove the alias"];
    assert_eq!(messages, expected);
}
