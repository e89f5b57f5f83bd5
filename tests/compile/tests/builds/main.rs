//! Tests that build whole packages: the size of generated code, its use of the stack, and the errors of constants.

mod package;

use package::{Package, wide_struct};

const IMPORTS: &str = "use from_secrets::{FromSecrets, SecretString};\n";

#[test]
fn generated_code_grows_linearly_with_fields() {
    let size = |fields: usize| {
        let library = format!("{IMPORTS}{}", wide_struct("Config", fields));
        let package = Package::write(&format!("fields-{fields}"), &library, "fn main() {}");
        package.size_of_ir()
    };
    // Subtracts the constant part.
    let base = size(20);
    let (small, large) = (size(100) - base, size(420) - base);
    assert!(small > 0, "{base}, {small}");
    assert!(
        large <= 6 * small,
        "80 more fields take {small} bytes of IR, and 400 more take {large}"
    );
}

#[test]
fn nested_structs_load_on_small_stacks() {
    let library = format!("{IMPORTS}{}{}", wide_struct("Part", 400), outer(20));
    let program = include_str!("program.rs");
    let loaded = Package::write("nested", &library, program).run();
    assert_eq!(loaded.trim(), "8000 fields");
}

/// Returns a struct with this number of nested structs.
fn outer(parts: usize) -> String {
    let field = |part| {
        format!(
            "#[secret(flatten, prefix = \"P{part}_\", env_prefix = \"P{part}_\")] pub part{part}: Part,\n"
        )
    };
    let fields: String = (0..parts).map(field).collect();
    format!("#[derive(FromSecrets)]\n#[secrets(debug)]\npub struct Outer {{\n{fields}}}\n")
}

#[test]
fn shell_variable_load_fails_to_build() {
    let program = |load: &str| {
        let structs = r#"
            #[derive(from_secrets::FromSecrets)]
            struct Login { user: String }
            #[derive(from_secrets::FromSecrets)]
            struct Prefixed { #[secret(flatten, prefix = "DB_")] login: Login }
            #[derive(from_secrets::FromSecrets)]
            struct Bare { #[secret(flatten)] login: Box<Login> }
            #[derive(from_secrets::FromSecrets)]
            struct Meant { #[secret(env = "USER")] user: String }
        "#;
        format!(
            "#![allow(dead_code)]\nuse from_secrets::FromSecrets as _;\n{structs}\nfn main() {{ let _ = {load}; }}"
        )
    };
    let package = |name: &str, load: &str| Package::write(name, "", &program(load));
    for load in [
        "Login::load()",
        "Bare::load_blocking()",
        "Box::<Login>::load()",
    ] {
        let error = package("shell", load).build_error();
        assert!(
            error.contains("`user` of `Login` derives the environment variable `USER`"),
            "{error}"
        );
        assert!(
            error.contains(r#"add `env = "LOGIN_USER"` to the field"#),
            "{error}"
        );
    }
    package(
        "no-shell",
        "(Prefixed::load(), Meant::load(), from_secrets::Loader::new().load::<Login>())",
    )
    .run();
}

#[test]
fn renamed_dependency_needs_no_path() {
    let program = r"
        #[derive(secrets::FromSecrets)]
        #[secrets(debug)]
        struct Config { pub key: String }
        fn main() {
            let _ = async { secrets::Loader::new().load::<Config>().await.map(|config| config.key) };
        }
    ";
    Package::with_dependency("secrets", "renamed", "", program).run();
}
