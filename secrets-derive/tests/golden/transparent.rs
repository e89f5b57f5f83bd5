/// A token.
#[secrets("prod/token", alias = "prod/old", transparent, debug)]
struct Token<'a>(#[secret(json_key = "token", version_stage = "AWSPREVIOUS", env = "TOKEN")] Cow<'a, str>);
