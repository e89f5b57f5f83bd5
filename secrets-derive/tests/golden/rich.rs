#[secrets("{stage}/shop", alias = "{stage}/store", rename_all = "camelCase", env_prefix = "SHOP_", validate = Self::check, crate = ::wrapper::from_secrets, debug)]
pub(crate) struct Shop<'a, T, const N: usize>
where
    T: Clone,
{
    /// A JSON key of the
    /// shop's secret.
    api_key: SecretString,
    #[secret(json_key = "/users/0/name", shown, alias = "user")]
    user: Option<T>,
    #[secret("prod/db", json_key = "password", version_stage = "AWSPREVIOUS", env = false)]
    password: Cow<'a, str>,
    #[secret(name = "prod/other", version_id = "a1b2", env = "OTHER", env_alias = "SHOP", env_alias = "ANOTHER")]
    other: Vec<T>,
    #[secret(with = separate::items, separator = ";")]
    items: Vec<T>,
    #[secret(parse, default)]
    level: T,
    #[secret(parse = limits::parse, validate = limits::check, default = Limits::new(8, [1, 2]))]
    limits: Limits,
    #[secret(binary)]
    key: Option<[u8; N]>,
    #[secret(env_only, default = "localhost")]
    host: String,
    #[secret(env_only, env = "PORT")]
    r#port: Option<T>,
    #[secret(flatten, prefix = "PRIMARY_", env_prefix = "PRIMARY_")]
    primary: Database,
    #[secret(flatten)]
    replica: std::option::Option<Nested<T>>,
    #[secret(skip)]
    calls: PhantomData<T>,
    #[secret(skip, default = "unnamed")]
    label: String,
}
