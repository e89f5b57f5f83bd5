//! The values of lines: quotes, escapes and variables.

use from_secrets::{ExposeSecret, FromSecrets, SecretString};

use crate::support::{File, Token, load};

#[derive(FromSecrets)]
#[secrets(debug)]
pub(crate) struct Values {
    pub(crate) key: SecretString,
    #[secret(binary)]
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: String,
}

#[test]
fn quoted_multiline_and_base64_values_load() {
    let text = "\u{feff}# A comment.\r\nexport KEY='one $TWO\nthree' # more\nBYTES=/wAB\nTEXT=\"a\\nb\nc\"";
    let file = File::new(text);
    let loader = file.loader(&[]);
    let (values, report) = load::<Values>(&loader).unwrap();
    assert_eq!(values.key.expose_secret(), "one $TWO\nthree");
    assert_eq!(values.bytes, [0xff, 0x00, 0x01]);
    assert_eq!(values.text, "a\nb\nc");
    let reported = format!("{values:?} {report:?} {report} {loader:?}");
    assert!(
        !reported.contains("three") && !reported.contains("/wAB"),
        "{reported}"
    );
}

/// Returns the value of `TOKEN` in a file with this text, for a process with these variables.
fn value(text: &str, variables: &[(&str, &str)]) -> Option<String> {
    let file = File::new(text);
    let loaded = load::<Token>(&file.loader(variables));
    let (token, _) = loaded.unwrap_or_else(|error| panic!("{text:?}: {error:#}"));
    token.token
}

#[test]
fn dollar_without_braces_is_literal() {
    let variables = [("DB_USER", "u"), ("HOME", "/root"), ("word", "w")];
    for text in [
        "postgres://$DB_USER:$DB_PASSWORD@db/x",
        "pa$$word",
        "p$",
        "$",
        "a$HOME/b",
        "{\"a\": \"b # c\", \"port\": 5432}",
        "[\"$HOME\", 1]",
    ] {
        for line in [format!("TOKEN={text}\n"), format!("TOKEN='{text}'\n")] {
            assert_eq!(value(&line, &variables).as_deref(), Some(text), "{line}");
        }
    }
    assert_eq!(
        value("TOKEN=\"x$HOME\"", &variables).as_deref(),
        Some("x$HOME")
    );
}

#[test]
fn comment_after_json_may_contain_quotes() {
    for (text, expected) in [
        (r#"{"a": "b # c"} # the 5" disk"#, r#"{"a": "b # c"}"#),
        (r#"["a # b"] # "c" # d""#, r#"["a # b"]"#),
        // The string never ends.
        (r#"{"a # b"#, r#"{"a"#),
        (r#"{"a": "b # c # d"#, r#"{"a": "b"#),
        // Not JSON.
        (r#"a "b # c" # d"#, r#"a "b"#),
    ] {
        let value = value(&format!("TOKEN={text}\n"), &[]);
        assert_eq!(value.as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn braces_are_replaced_outside_single_quotes() {
    let variables = [("OUTER", "outer"), ("EMPTY", "")];
    for (text, expected) in [
        ("TOKEN=x${OUTER}y", "xoutery".to_owned()),
        ("OUTER=inner\nTOKEN=\"${OUTER}\"", "outer".to_owned()),
        ("EMPTY=inner\nTOKEN=${EMPTY}", "inner".to_owned()),
        ("TOKEN=a\nTOKEN=${TOKEN}b", "ab".to_owned()),
        ("TOKEN='${OUTER}${UNSET}'", "${OUTER}${UNSET}".to_owned()),
        ("TOKEN=${UNSET:-a:b}", "a:b".to_owned()),
        ("TOKEN=${EMPTY:-d}", "d".to_owned()),
        ("TOKEN=a${UNSET:-}", "a".to_owned()),
        ("TOKEN=$${OUTER}", "$outer".to_owned()),
        ("TOKEN=pa${w!rd}", "pa${w!rd}".to_owned()),
        ("TOKEN=${OUTER:?x}", "${OUTER:?x}".to_owned()),
        (
            "TOKEN={\"a\": \"${OUTER} # b\"} # c",
            "{\"a\": \"outer # b\"}".to_owned(),
        ),
    ] {
        assert_eq!(value(text, &variables), Some(expected), "{text}");
    }
}

#[test]
fn overlong_name_in_braces_is_literal() {
    for count in [257, 300_000] {
        let text = format!("abc${{{}}}", "A".repeat(count));
        assert_eq!(value(&format!("TOKEN={text}\n"), &[]), Some(text));
    }
    let file = File::new(format!("TOKEN=abc${{{}}}\n", "A".repeat(256)));
    assert!(load::<Token>(&file.loader(&[])).is_err());
}
