//! Defaults with unnecessary quotation marks, such as `default = "8080"`.

use syn::{LitStr, Type};

use crate::ctxt::Ctxt;

/// Reports a string as the default of a number, a boolean or a character.
pub(super) fn check(ctxt: &Ctxt, ty: &Type, text: &LitStr) {
    let Type::Path(path) = ty else { return };
    let Some(name) = path.path.get_ident().map(ToString::to_string) else {
        return;
    };
    if path.qself.is_none()
        && let Some(literal) = literal(&name, text.value().trim())
    {
        ctxt.error(
            text.span(),
            format!("expected a default of type `{name}`, found a string literal"),
            format!("write `default = {literal}`"),
        );
    }
}

/// Returns the literal for this text, or an example if the text is not a value of the type. Returns `None` for other
/// types.
fn literal(ty: &str, text: &str) -> Option<String> {
    macro_rules! number {
        ($ty:ty) => {
            text.parse::<$ty>()
                .map_or_else(|_| "0".to_owned(), |number| number.to_string())
        };
    }
    Some(match ty {
        "bool" => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => "true".to_owned(),
            _ => "false".to_owned(),
        },
        "char" => format!("{:?}", text.chars().next().unwrap_or(' ')),
        "f32" | "f64" => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => format!("{number:?}"),
            _ => "0.0".to_owned(),
        },
        "i8" => number!(i8),
        "i16" => number!(i16),
        "i32" => number!(i32),
        "i64" | "isize" => number!(i64),
        "i128" => number!(i128),
        "u8" => number!(u8),
        "u16" => number!(u16),
        "u32" => number!(u32),
        "u64" | "usize" => number!(u64),
        "u128" => number!(u128),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggested_literals_have_field_type() {
        for (ty, text, expected) in [
            ("bool", "yes", "true"),
            ("bool", "", "false"),
            ("u16", "8080", "8080"),
            ("u16", "70000", "0"),
            ("i32", "-5", "-5"),
            ("u8", "five", "0"),
            ("f64", "1", "1.0"),
            ("f32", "nan", "0.0"),
            ("char", "\'", "'\\''"),
        ] {
            assert_eq!(literal(ty, text).as_deref(), Some(expected), "{ty} {text}");
        }
        assert_eq!(literal("String", "x"), None);
    }

    #[test]
    fn integer_literals_are_in_range() {
        for (ty, greatest, above) in [
            ("i8", "127", "128"),
            ("i16", "32767", "32768"),
            ("i32", "2147483647", "2147483648"),
            ("i64", "9223372036854775807", "9223372036854775808"),
            ("isize", "9223372036854775807", "9223372036854775808"),
            ("u8", "255", "256"),
            ("u16", "65535", "65536"),
            ("u32", "4294967295", "4294967296"),
            ("u64", "18446744073709551615", "18446744073709551616"),
            ("usize", "18446744073709551615", "18446744073709551616"),
            ("i128", "18446744073709551616", "1e9"),
            ("u128", "18446744073709551616", "-1"),
        ] {
            assert_eq!(literal(ty, greatest).as_deref(), Some(greatest), "{ty}");
            assert_eq!(literal(ty, above).as_deref(), Some("0"), "{ty}");
        }
    }
}
