//! Structs in `macro_rules`.

use from_secrets::FromSecrets;
use from_secrets::source::Memory;

use crate::{addresses, load};

macro_rules! config {
    (
        $(#[$meta:meta])* $vis:vis struct $name:ident($secret:literal, $prefix:expr) {
            $($field:ident: $ty:ty = $key:literal or $default:expr,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(FromSecrets)]
        #[secrets($secret, env_prefix = $prefix)]
        $vis struct $name {
            $(
                #[doc = $key]
                #[secret(json_key = $key, default = $default)]
                $field: $ty,
            )*
        }
    };
}

config! {
    #[derive(Debug)]
    pub(crate) struct Config("prod/config", "CONFIG_") {
        host: String = "host" or "localhost",
        port: u16 = "port" or 8000 + 80,
    }
}

macro_rules! optional {
    ($name:ident, $ty:ty, $inner:ty, $parse:path) => {
        #[derive(FromSecrets)]
        struct $name {
            optional: $ty,
            inside: Option<$inner>,
            #[secret(parse = $parse)]
            parsed: Option<$inner>,
        }
    };
}

fn number(text: &str) -> Result<u16, std::num::ParseIntError> {
    text.parse()
}

optional!(Passed, Option<u16>, u16, number);

#[test]
fn macro_generated_struct_loads() {
    let memory = Memory::new().with_secret("prod/config", r#"{"port": 1}"#);
    let loaded: Config = load(memory.clone(), &[]).unwrap();
    assert_eq!((loaded.host.as_str(), loaded.port), ("localhost", 1));
    assert_eq!(
        addresses::<Config>(memory, &[]),
        [
            "host: prod/config#host $CONFIG_HOST",
            "port: prod/config#port $CONFIG_PORT",
        ]
    );
    let descriptions = Config::SPEC
        .fields()
        .iter()
        .map(from_secrets::spec::Field::description);
    assert_eq!(descriptions.collect::<Vec<_>>(), ["host", "port"]);
}

#[test]
fn option_from_macro_is_optional() {
    let loaded: Passed = load(Memory::new(), &[]).unwrap();
    assert_eq!(
        (loaded.optional, loaded.inside, loaded.parsed),
        (None, None, None)
    );
    let loaded: Passed = load(Memory::new().with_secret("PARSED", "3"), &[]).unwrap();
    assert_eq!(loaded.parsed, Some(3));
}
