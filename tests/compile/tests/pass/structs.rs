//! Structs of all kinds.

use from_secrets::FromSecrets;
use from_secrets::source::Memory;

use crate::{addresses, load};

mod visible {
    use from_secrets::FromSecrets;

    #[derive(FromSecrets)]
    pub(crate) struct Config {
        pub(crate) crate_wide: String,
        pub(super) parent_wide: String,
        #[expect(dead_code, reason = "never read")]
        private: String,
    }
}

#[test]
fn all_visibilities_are_supported() {
    let memory = Memory::new()
        .with_secret("CRATE_WIDE", "c")
        .with_secret("PARENT_WIDE", "p")
        .with_secret("PRIVATE", "x");
    let loaded: visible::Config = load(memory, &[]).unwrap();
    assert_eq!([loaded.crate_wide, loaded.parent_wide], ["c", "p"]);
}

#[derive(FromSecrets)]
#[expect(non_camel_case_types, reason = "a raw identifier")]
struct r#struct {
    r#type: String,
    #[secret(env_only)]
    r#match: u8,
}

#[test]
fn raw_identifiers_have_plain_names() {
    let memory = Memory::new().with_secret("TYPE", "t");
    let loaded: r#struct = load(memory.clone(), &[("MATCH", "1")]).unwrap();
    assert_eq!((loaded.r#type.as_str(), loaded.r#match), ("t", 1));
    assert_eq!(r#struct::SPEC.name(), "struct");
    assert_eq!(
        addresses::<r#struct>(memory, &[("MATCH", "1")]),
        ["type: TYPE $TYPE", "match:  $MATCH"]
    );
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, FromSecrets)]
#[serde(rename_all = "camelCase")]
struct WithOthers {
    #[serde(default)]
    #[secret("POCKET_KEY")]
    key: String,
}

#[test]
fn other_derives_are_compatible() {
    let loaded: WithOthers = load(Memory::new().with_secret("POCKET_KEY", "k"), &[]).unwrap();
    assert_eq!(loaded, loaded.clone());
}

#[derive(FromSecrets)]
struct Conditional {
    #[cfg_attr(all(), secret("POCKET_KEY"))]
    key: String,
    #[cfg(any())]
    never: NoSuchType,
}

#[test]
fn cfg_and_cfg_attr_are_respected() {
    assert_eq!(
        load::<Conditional>(Memory::new().with_secret("POCKET_KEY", "k"), &[])
            .unwrap()
            .key,
        "k"
    );
}

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
struct Empty {}

#[test]
fn empty_struct_loads() {
    assert_eq!(
        format!("{:?}", load::<Empty>(Memory::new(), &[]).unwrap()),
        "Empty"
    );
}

#[derive(FromSecrets)]
struct Described {
    /// One line.
    one: String,
    /// Two
    ///   lines.
    ///
    two: String,
    /** A block
     *  of lines. */
    block: String,
    none: String,
}

#[test]
fn doc_comments_describe_fields() {
    let memory = Memory::new()
        .with_secret("ONE", "1")
        .with_secret("TWO", "2")
        .with_secret("BLOCK", "3")
        .with_secret("NONE", "4");
    let loaded: Described = load(memory, &[]).unwrap();
    assert_eq!(
        [loaded.one, loaded.two, loaded.block, loaded.none],
        ["1", "2", "3", "4"]
    );
    let descriptions = Described::SPEC
        .fields()
        .iter()
        .map(from_secrets::spec::Field::description);
    assert_eq!(
        descriptions.collect::<Vec<_>>(),
        ["One line.", "Two\nlines.", "A block\nof lines.", ""]
    );
}

#[test]
fn struct_inside_function_loads() {
    #[derive(FromSecrets)]
    struct Local {
        key: String,
    }

    assert_eq!(
        load::<Local>(Memory::new().with_secret("KEY", "k"), &[])
            .unwrap()
            .key,
        "k"
    );
}
