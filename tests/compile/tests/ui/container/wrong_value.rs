use from_secrets::{FromSecrets, SecretString};

#[derive(FromSecrets)]
#[secrets(prefix = POCKET, env_prefix = 5)]
struct NoString {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(prefix)]
struct NoValue {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(prefix("POCKET_"))]
struct List {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(debug = true)]
struct ValueOfFlag {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(debug = false)]
struct FlagTurnedOff {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(crate = 5)]
struct NoPath {
    key: SecretString,
}

#[derive(FromSecrets)]
#[secrets(crate = ::path::<u8>)]
struct GenericCratePath {
    a: SecretString,
}

fn main() {}
