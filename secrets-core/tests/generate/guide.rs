//! The guide's pages of platforms contain the documents that their structs generate.

#![allow(dead_code, reason = "only the declarations are used")]

use std::fs;
use std::path::Path;

use from_secrets::generate::{Declaration, Document};
use from_secrets::{Error, FromSecrets, SecretString};

/// Declares structs, and keeps their text to compare it with a page.
macro_rules! declare {
    ($text:ident: $($token:tt)*) => {
        const $text: &str = stringify!($($token)*);
        $($token)*
    };
}

declare! { POCKET:
    #[derive(FromSecrets)]
    #[secrets(prefix = "POCKET_", debug)]
    struct PocketConfig {
        key: SecretString,
        token: SecretString,
    }
}

declare! { SHOP:
    #[derive(FromSecrets)]
    #[secrets(debug)]
    struct ShopConfig {
        #[secret("prod/api-key")]
        api_key: SecretString,
        #[secret(flatten)]
        database: Database,
    }

    #[derive(FromSecrets)]
    #[secrets(name = "prod/db", env_prefix = "DB_", debug)]
    struct Database {
        host: String,
        port: u16,
        username: String,
        password: SecretString,
    }
}

fn pocket() -> Declaration {
    let declaration = Declaration::of::<PocketConfig>();
    declaration.region("eu-central-1").account("123456789012")
}

fn shop() -> Declaration {
    let declaration = Declaration::of::<ShopConfig>();
    declaration.region("eu-central-1").account("123456789012")
}

/// Checks that a page declares these structs, and contains these documents.
#[track_caller]
fn check<const N: usize>(page: &str, declared: &str, documents: [Result<Document, Error>; N]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/guide")
        .join(page);
    let text = fs::read_to_string(path).unwrap();
    let has_struct = without_spaces(&text).contains(&without_spaces(declared));
    assert!(has_struct, "{page} does not declare {declared}");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for document in documents {
        let document = document.unwrap();
        let expected: Vec<&str> = document.text().lines().map(str::trim).collect();
        let contains = lines.windows(expected.len()).any(|part| part == expected);
        assert!(contains, "{page} does not contain:\n{document}");
    }
}

/// Code without spaces, and without doc comments.
fn without_spaces(code: &str) -> String {
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("///"));
    lines
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect()
}

#[test]
fn lambda_page_contains_generated_documents() {
    let pocket = pocket();
    let documents = [pocket.iam_policy(), pocket.sam_policy(), pocket.terraform()];
    check("lambda.md", POCKET, documents);
}

#[test]
fn container_pages_contain_generated_documents() {
    let shop = shop();
    check("ecs.md", SHOP, [shop.iam_policy(), shop.ecs_secrets()]);
    let kubernetes = [shop.secret_provider_class(), shop.external_secret()];
    check("eks.md", SHOP, kubernetes);
    for page in ["eks.md", "ec2.md", "docker_compose.md"] {
        check(page, SHOP, [shop.iam_policy()]);
    }
}

#[test]
fn development_pages_contain_generated_policies() {
    for page in ["github_actions.md", "laptop.md"] {
        check(page, POCKET, [pocket().iam_policy()]);
    }
    let policy = shop().account("000000000000").iam_policy();
    check("emulators.md", SHOP, [policy]);
}
