#[secrets("{stage}/shop", rename_all = "camelCase", env_prefix = "SHOP_", crate = ::wrapper::from_secrets, debug)]
pub(crate) struct Shop<'a, T, const N: usize>
where
    T: Clone,
{
    /// A JSON key of the
    /// shop's secret.
    api_key: SecretString,
    #[secret(json_key = "/users/0/name")]
    user: Option<T>,
    #[secret("prod/db", json_key = "password", version_stage = "AWSPREVIOUS", env = false)]
    password: Cow<'a, str>,
    #[secret(name = "prod/other", version_id = "a1b2", env = "OTHER")]
    other: Vec<T>,
    #[secret(parse, default)]
    level: T,
    #[secret(parse = limits::parse, default = Limits::new(8, [1, 2]))]
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
