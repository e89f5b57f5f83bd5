#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
struct PocketConfig {
    /// Consumer key of the Pocket application.
    key: SecretString,
    /// Access token of the user whose list is read.
    token: SecretString,
}
