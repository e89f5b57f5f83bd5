use std::fmt::Display;

/// Marks an error type whose text never contains a value.
///
/// Reports show the text of such an error if a `validate` function returns it. The text of all other errors is hidden,
/// because it could contain the rejected value. `&'static str` is marked.
///
/// ```
/// use from_secrets::report::ValueFree;
/// use from_secrets::source::Memory;
/// use from_secrets::{FromSecrets, Loader};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret(validate = unprivileged)]
///     port: u16,
/// }
///
/// /// The limit is a constant, and the port is not a part of the text.
/// struct Below(u16);
///
/// impl std::fmt::Display for Below {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         write!(f, "the port is below {}", self.0)
///     }
/// }
///
/// impl ValueFree for Below {}
///
/// fn unprivileged(port: &u16) -> Result<(), Below> {
///     if *port < 1024 { Err(Below(1024)) } else { Ok(()) }
/// }
///
/// let secrets = Memory::new().with_secret("PORT", "80");
/// let loaded = Loader::new().source(secrets).load_blocking::<Config>();
/// assert_eq!(
///     loaded.err().unwrap().to_string(),
///     "cannot load `Config`: field `port` (secret `PORT`): invalid: the port is below 1024"
/// );
/// ```
pub trait ValueFree: Display {}

impl ValueFree for &'static str {}
