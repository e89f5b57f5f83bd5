//! Generic parameters, and the bounds that the fields require.

use std::borrow::Cow;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::str::FromStr;

use from_secrets::FromSecrets;
use from_secrets::source::Memory;

use crate::load;

#[derive(FromSecrets)]
#[secrets(debug)]
struct Decoded<T, U = u16>
where
    T: Debug,
{
    plain: T,
    list: Vec<T>,
    optional: Option<U>,
    #[secret(default)]
    default: U,
    #[secret(default = "text")]
    text: T,
    #[secret(env_only)]
    setting: U,
}

#[test]
fn type_parameters_are_decoded_by_serde() {
    let memory = Memory::new()
        .with_secret("PLAIN", "p")
        .with_secret("LIST", r#"["a"]"#)
        .with_secret("OPTIONAL", "1");
    let loaded: Decoded<String> = load(memory, &[("SETTING", "2")]).unwrap();
    assert_eq!(loaded.plain, "p");
    assert_eq!(loaded.list, ["a"]);
    assert_eq!(loaded.optional, Some(1));
    assert_eq!((loaded.default, loaded.setting), (0, 2));
    assert_eq!(loaded.text, "text");
    let shown = format!(
        "{:?}",
        load::<Decoded<String>>(
            Memory::new()
                .with_secret("PLAIN", "p")
                .with_secret("LIST", "[]"),
            &[("SETTING", "7")]
        )
        .unwrap()
    );
    assert!(shown.contains("setting: 7"), "{shown}");
}

#[derive(FromSecrets)]
struct Parsed<T: FromStr, const N: usize> {
    #[secret(parse)]
    number: T,
    #[secret(binary)]
    bytes: [u8; N],
    #[secret(skip)]
    marker: PhantomData<T>,
}

#[test]
fn parsed_and_binary_generics_compile() {
    let memory = Memory::new()
        .with_secret("NUMBER", "5")
        .with_binary("BYTES", &[1, 2]);
    let loaded: Parsed<u8, 2> = load(memory, &[]).unwrap();
    assert_eq!(
        (loaded.number, loaded.bytes, loaded.marker),
        (5, [1, 2], PhantomData)
    );
}

#[derive(FromSecrets)]
struct Borrowed<'a, T: ?Sized> {
    text: Cow<'a, str>,
    #[secret(skip)]
    marker: PhantomData<&'a T>,
}

#[test]
fn lifetimes_are_kept() {
    let loaded: Borrowed<'static, str> = load(Memory::new().with_secret("TEXT", "t"), &[]).unwrap();
    assert_eq!((&*loaded.text, loaded.marker), ("t", PhantomData));
}

#[derive(FromSecrets)]
struct Inner {
    key: String,
}

#[derive(FromSecrets)]
struct Nested<T, U> {
    #[secret(flatten, prefix = "A_")]
    one: T,
    #[secret(flatten)]
    other: Option<U>,
}

#[derive(FromSecrets)]
struct Defaults<T, const N: usize> {
    #[secret(default = "[1, 2]")]
    ports: Vec<T>,
    #[secret(binary, default = "AAAA")]
    key: [u8; N],
}

#[test]
fn decoded_defaults_require_no_conversion() {
    let loaded: Defaults<u16, 3> = load(Memory::new(), &[]).unwrap();
    assert_eq!((loaded.ports, loaded.key), (vec![1, 2], [0; 3]));
}

#[test]
fn type_parameter_can_be_flattened() {
    let memory = Memory::new().with_secret("A_KEY", "a");
    let loaded: Nested<Inner, Inner> = load(memory, &[]).unwrap();
    assert_eq!(loaded.one.key, "a");
    assert!(loaded.other.is_none());
}

mod module {
    /// A type with the same name as the generic parameter below.
    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    pub(super) struct T(u8);
}

#[derive(FromSecrets)]
struct LooksLikeIt<T> {
    number: module::T,
    parameter: T,
}

#[test]
fn path_ending_like_parameter_is_concrete() {
    let memory = Memory::new()
        .with_secret("NUMBER", "0")
        .with_secret("PARAMETER", "1");
    let loaded: LooksLikeIt<u8> = load(memory, &[]).unwrap();
    assert_eq!((loaded.number, loaded.parameter), (module::T::default(), 1));
}
