//! Several loads of one struct.

use from_secrets::FromSecrets;
use from_secrets::source::Memory;

use crate::support::{failure, load};

#[derive(FromSecrets)]
#[secrets(debug)]
struct Staged {
    #[secret("{STAGE}/token", env = "TOKEN")]
    token: String,
    #[secret("{STAGE}/user", env = "USERNAME")]
    user: String,
}

#[test]
fn changed_placeholder_changes_the_secret() {
    let memory = Memory::new()
        .with_secret("test/token", "a")
        .with_secret("test/user", "b")
        .with_secret("prod/token", "c")
        .with_secret("prod/user", "d");
    for (stage, expected) in [("test", "ab"), ("prod", "cd"), ("test", "ab")] {
        let staged: Staged = load(&memory, &[("STAGE", stage)]).unwrap();
        assert_eq!(staged.token + &staged.user, expected);
    }
    let error = failure::<Staged>(&memory, &[]);
    let message = format!("{error:#}");
    assert!(message.contains("`STAGE`"), "{message}");
}

#[test]
fn later_load_requests_missing_fields_again() {
    let memory = Memory::new()
        .with_secret("test/token", "a")
        .with_secret("test/user", "b");
    let variables = [("STAGE", "test"), ("TOKEN", "x"), ("USERNAME", "y")];
    let loaded = |memory: &Memory| {
        let staged: Staged = load(memory, &variables).unwrap();
        staged.token + &staged.user
    };
    assert_eq!(loaded(&memory), "ab");
    assert_eq!(loaded(&Memory::new().with_secret("test/token", "a")), "ay");
    assert_eq!(loaded(&Memory::new()), "xy");
    assert_eq!(loaded(&memory), "ab");
}
