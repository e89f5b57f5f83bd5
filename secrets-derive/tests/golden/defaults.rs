#[secrets(default)]
struct Pool<T> {
    size: T,
    #[secret(validate = small)]
    limit: Option<u16>,
    #[secret(default = "127.0.0.1")]
    address: IpAddr,
    #[secret(separator = ",", default = "1,2")]
    list: Vec<T>,
    #[secret(separator = ",", default = "a,b")]
    tags: Tags<T>,
    #[secret(binary, default = "AAAA")]
    key: Key<T>,
    #[secret(default = "medium")]
    mode: Mode<T>,
    #[secret(default = "quiet")]
    level: String,
    #[secret(skip)]
    calls: PhantomData<T>,
    #[secret(flatten)]
    nested: Nested,
}
