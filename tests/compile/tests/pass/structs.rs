//! Structs of all kinds.

use from_secrets::{FromSecrets, Memory};

use crate::{addresses, load};

mod visible {
    use from_secrets::FromSecrets;

    #[derive(FromSecrets)]
    pub(crate) struct Config {
        pub(crate) crate_wide: String,
        pub(super) parent_wide: String,
        #[expect(dead_code, reason = "nobody can read it")]
        private: String,
    }
}

#[test]
fn visibility_is_no_hindrance() {
    let memory = Memory::new()
        .secret("CRATE_WIDE", "c")
        .secret("PARENT_WIDE", "p")
        .secret("PRIVATE", "x");
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
fn raw_identifiers_are_names_like_others() {
    let memory = Memory::new().secret("TYPE", "t");
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
fn other_derives_do_not_mind() {
    let loaded: WithOthers = load(Memory::new().secret("POCKET_KEY", "k"), &[]).unwrap();
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
fn cfg_and_cfg_attr_are_seen_through() {
    assert_eq!(
        load::<Conditional>(Memory::new().secret("POCKET_KEY", "k"), &[])
            .unwrap()
            .key,
        "k"
    );
}

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
struct Empty {}

#[test]
fn a_struct_can_be_empty_as_cfg_may_leave_it() {
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
fn doc_comments_describe_the_fields() {
    let memory = Memory::new()
        .secret("ONE", "1")
        .secret("TWO", "2")
        .secret("BLOCK", "3")
        .secret("NONE", "4");
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
fn a_struct_in_a_function_is_a_struct() {
    #[derive(FromSecrets)]
    struct Local {
        key: String,
    }

    assert_eq!(
        load::<Local>(Memory::new().secret("KEY", "k"), &[])
            .unwrap()
            .key,
        "k"
    );
}
