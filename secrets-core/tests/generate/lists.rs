//! Documents of lists with a separator.

use from_secrets::FromSecrets;
use from_secrets::generate::Declaration;

#[derive(FromSecrets)]
#[allow(dead_code, reason = "only the declaration is used")]
struct Lists {
    /// Trusted proxies.
    #[secret(env_only, separator = ",")]
    proxies: Vec<String>,
    #[secret(separator = "|")]
    scopes: Vec<String>,
    #[secret(separator = " ")]
    words: Vec<String>,
    #[secret(separator = "; ")]
    parts: Vec<String>,
}

#[test]
fn documents_describe_the_separator() {
    let declaration = Declaration::of::<Lists>();
    assert_eq!(
        declaration.env_example().unwrap().text(),
        "# Trusted proxies.\n# Items are separated by `,`.\nPROXIES=\n\n# Items are separated by `|`.\nSCOPES=\n\n\
         # Items are separated by spaces.\nWORDS=\n\n# Items are separated by \"; \".\nPARTS=\n"
    );
    let table = declaration.markdown().unwrap();
    for description in [
        "| Trusted proxies. Items are separated by `,`. |",
        "| Items are separated by `\\|`. |",
        "| Items are separated by spaces. |",
        "| Items are separated by \"; \". |",
    ] {
        assert!(table.text().contains(description), "{}", table.text());
    }
}
