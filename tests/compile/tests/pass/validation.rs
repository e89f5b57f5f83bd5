//! Functions of `validate`.

use from_secrets::report::FieldReport;
use from_secrets::source::Memory;
use from_secrets::{FromSecrets, SecretString};

use crate::load;

mod checks {
    pub(super) fn filled<T: AsRef<[u8]> + ?Sized>(value: &T) -> Result<(), &'static str> {
        if value.as_ref().is_empty() {
            return Err("it is empty");
        }
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "a function of `validate`")]
    pub(super) fn any<T>(_: &T) -> Result<(), std::convert::Infallible> {
        Ok(())
    }
}

trait Check {
    fn check(&self) -> Result<(), Box<dyn std::error::Error>>;
}

impl Check for u16 {
    fn check(&self) -> Result<(), Box<dyn std::error::Error>> {
        if *self == 0 {
            return Err("canary".into());
        }
        Ok(())
    }
}

fn short(text: &str) -> Result<(), ()> {
    (text.len() < 4).then_some(()).ok_or(())
}

#[derive(FromSecrets)]
#[secrets(validate = Self::check)]
struct Paths<T> {
    #[secret(validate = short)]
    coerced: String,
    #[secret(validate = checks::filled::<str>)]
    slice: Option<String>,
    #[secret(binary, validate = checks::filled)]
    bytes: Vec<u8>,
    #[secret(validate = Check::check)]
    method: u16,
    #[secret(validate = <u16 as Check>::check, parse)]
    qualified: u16,
    #[secret(validate = checks::any, env_only, default = 1)]
    setting: u16,
    #[secret(validate = checks::any::<T>)]
    generic: T,
    #[secret(validate = checks::any, default = "text")]
    text: SecretString,
}

impl<T> Paths<T> {
    fn check(&self) -> Result<(), std::num::ParseIntError> {
        self.coerced.parse::<u8>().map(drop)
    }
}

#[test]
fn validate_accepts_any_function_path() {
    let memory = |coerced: &str, method: &str| {
        Memory::new()
            .with_secret("COERCED", coerced)
            .with_binary("BYTES", b"a")
            .with_secret("METHOD", method)
            .with_secret("QUALIFIED", "1")
            .with_secret("GENERIC", "1")
    };
    let loaded: Paths<u8> = load(memory("123", "1"), &[]).unwrap();
    assert_eq!((loaded.coerced.as_str(), loaded.generic), ("123", 1));
    assert_eq!((loaded.slice, loaded.setting), (None, 1));
    assert_eq!(
        (loaded.bytes, loaded.method, loaded.qualified),
        (b"a".to_vec(), 1, 1)
    );
    drop(loaded.text);
    for (coerced, method, path) in [
        ("1234", "1", "coerced"),
        ("123", "0", "method"),
        ("abc", "1", "Paths"),
    ] {
        let error = load::<Paths<u8>>(memory(coerced, method), &[])
            .err()
            .unwrap();
        let failed: Vec<_> = error.failed_fields().map(FieldReport::path).collect();
        assert_eq!(failed, [path]);
        assert!(!format!("{error:#}").contains("canary"));
    }
}

mod with_garde {
    use garde::Validate;

    #[derive(from_secrets::FromSecrets, Validate)]
    #[secrets(validate = garde::Validate::validate)]
    pub(super) struct Config {
        #[garde(length(max = 3))]
        pub(super) key: String,
        #[garde(range(min = 1024))]
        pub(super) port: u16,
    }
}

mod with_validator {
    use validator::Validate;

    #[derive(from_secrets::FromSecrets, Validate)]
    #[secrets(validate = validator::Validate::validate)]
    pub(super) struct Config {
        #[validate(length(max = 3))]
        pub(super) key: String,
        #[validate(range(min = 1024))]
        pub(super) port: u16,
    }
}

#[test]
fn validation_crates_reject_without_values() {
    let memory = |key: &str| {
        Memory::new()
            .with_secret("KEY", key)
            .with_secret("PORT", "8080")
    };
    let loaded: with_garde::Config = load(memory("abc"), &[]).unwrap();
    assert_eq!((loaded.key.as_str(), loaded.port), ("abc", 8080));
    let loaded: with_validator::Config = load(memory("abc"), &[]).unwrap();
    assert_eq!((loaded.key.as_str(), loaded.port), ("abc", 8080));
    for error in [
        load::<with_garde::Config>(memory("canary"), &[]).err(),
        load::<with_validator::Config>(memory("canary"), &[]).err(),
    ] {
        let text = format!("{:#}", error.unwrap());
        assert!(text.contains("invalid: rejected by the function of `validate`"));
        assert!(!text.contains("canary"), "{text}");
    }
}
