#[secrets(default)]
struct Pool<T> {
    size: T,
    #[secret(validate = small)]
    limit: Option<u16>,
    #[secret(default = "127.0.0.1")]
    address: IpAddr,
    #[secret(separator = ",", default = "1,2")]
    list: Vec<u8>,
    #[secret(default = "quiet")]
    level: String,
    #[secret(skip)]
    calls: u64,
    #[secret(flatten)]
    nested: Nested,
}
