//! Values that are recognized wherever they show, in every form that a value can have.

use base64::prelude::{BASE64_STANDARD, Engine};
use from_secrets_tests::canary::value;
use serde_json::json;

/// A value and its name.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Whether every entry is tried with it.
    pub(crate) is_typical: bool,
    make: fn() -> Vec<u8>,
}

impl Kind {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        (self.make)()
    }

    /// The value, where it is text.
    pub(crate) fn text(&self) -> Option<String> {
        String::from_utf8(self.bytes()).ok()
    }
}

const fn kind(name: &'static str, make: fn() -> Vec<u8>) -> Kind {
    Kind {
        name,
        is_typical: false,
        make,
    }
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        is_typical: true,
        ..kind("text", || value("text").into_bytes())
    },
    kind("text over lines", || {
        format!("\n{}\r\n{}\n", value("one"), value("two")).into_bytes()
    }),
    kind("malformed number", || {
        format!("12{}", value("34")).into_bytes()
    }),
    kind("object", || {
        let canary = value("object");
        let object = json!({
            "host": &canary, "port": &canary, "password": [&canary, { &canary: &canary }], &canary: &canary,
        });
        object.to_string().into_bytes()
    }),
    Kind {
        is_typical: true,
        ..kind("object of a text", || {
            json!({ "password": value("key") }).to_string().into_bytes()
        })
    },
    kind("variant", || {
        json!({ "Slow": value("variant") }).to_string().into_bytes()
    }),
    kind("array", || {
        json!([value("array"), [value("array")]])
            .to_string()
            .into_bytes()
    }),
    kind("text in quotes", || {
        json!(value("quoted")).to_string().into_bytes()
    }),
    Kind {
        is_typical: true,
        ..kind("JSON that breaks off", || {
            let text = json!({ "password": value("whole"), "host": value("cut") }).to_string();
            text.as_bytes()[..text.len() - 4].to_vec()
        })
    },
    kind("base64", || {
        BASE64_STANDARD.encode(value("base64")).into_bytes()
    }),
    kind("base64 that breaks off", || {
        (BASE64_STANDARD.encode(value("base64")) + "=!").into_bytes()
    }),
    kind("URL", || {
        format!("postgres://app:{}@host/%22%2F%2B%C3%A9", value("url")).into_bytes()
    }),
    Kind {
        is_typical: true,
        ..kind("bytes", || [value("bytes").as_bytes(), &[0xFF, 0]].concat())
    },
];
