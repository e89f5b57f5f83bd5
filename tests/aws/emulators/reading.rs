//! Loads by name, ARN and reference.

use from_secrets::source::Env;
use from_secrets::{ExposeSecret, FromSecrets, SecretBox, SecretString};
use from_secrets_tests::{Emulator, Proxy};
use serde_json::json;

use super::{on_each_emulator, put, put_binary};
use from_secrets_tests::structs::FortyFive;

on_each_emulator! {
    field_names_select_secrets,
    whole_and_partial_arns_load_secret,
    ten_json_keys_share_one_request,
    json_pointer_selects_nested_value,
    console_strings_fill_numbers,
    bytes_fill_bytes,
    forty_five_secrets_are_three_requests,
    placeholder_selects_stage,
    ecs_value_from_reference_loads,
    cloudformation_reference_loads,
    missing_secrets_fall_back_to_environment,
}

async fn field_names_select_secrets(emulator: &Emulator) {
    #[derive(FromSecrets)]
    #[secrets(prefix = "READING_")]
    struct Config {
        key: SecretString,
        token: String,
        #[secret("reading/given.name")]
        given: String,
    }
    for (name, text) in [
        ("READING_KEY", "k"),
        ("READING_TOKEN", "t"),
        ("reading/given.name", "g"),
    ] {
        put(emulator, name, text).await;
    }
    let proxy = Proxy::before(emulator.endpoint());
    let config: Config = proxy.loader().load().await.unwrap();
    assert_eq!(
        (config.key.expose_secret(), &*config.token, &*config.given),
        ("k", "t", "g")
    );
    assert_eq!(proxy.tally(), "1 batch, 0 gets");
}

#[derive(FromSecrets)]
struct ByArn {
    #[secret(name = "{ARN}", env = false)]
    value: String,
}

async fn whole_and_partial_arns_load_secret(emulator: &Emulator) {
    let whole = put(emulator, "reading/by-arn", "x").await;
    let partial = &whole[..whole.len() - "-AbCdEf".len()];
    for arn in [&whole, partial] {
        let loaded: ByArn = emulator
            .loader()
            .placeholder("ARN", arn)
            .load()
            .await
            .unwrap();
        assert_eq!(loaded.value, "x", "{arn}");
    }
}

async fn ten_json_keys_share_one_request(emulator: &Emulator) {
    #[derive(FromSecrets)]
    #[secrets("reading/ten")]
    struct Keys {
        a: u8,
        b: u8,
        c: u8,
        d: u8,
        e: u8,
        f: u8,
        g: u8,
        h: u8,
        i: u8,
        j: u8,
    }
    let text =
        json!({ "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9, "j": 10 })
            .to_string();
    put(emulator, "reading/ten", &text).await;
    let proxy = Proxy::before(emulator.endpoint());
    let k: Keys = proxy.loader().load().await.unwrap();
    assert_eq!(
        [k.a, k.b, k.c, k.d, k.e, k.f, k.g, k.h, k.i, k.j],
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    );
    assert_eq!(proxy.tally(), "0 batches, 1 get");
}

async fn json_pointer_selects_nested_value(emulator: &Emulator) {
    #[derive(FromSecrets)]
    struct Config {
        #[secret(name = "reading/deep", json_key = "/users/1/name")]
        second: String,
    }
    put(
        emulator,
        "reading/deep",
        r#"{"users":[{"name":"one"},{"name":"two"}]}"#,
    )
    .await;
    assert_eq!(
        emulator.loader().load::<Config>().await.unwrap().second,
        "two"
    );
}

async fn console_strings_fill_numbers(emulator: &Emulator) {
    #[derive(FromSecrets)]
    #[secrets("reading/database")]
    struct Database {
        host: String,
        port: u16,
        tls: bool,
        ratio: f64,
    }
    put(
        emulator,
        "reading/database",
        r#"{"host":"db","port":"5432","tls":"true","ratio":"0.5"}"#,
    )
    .await;
    let database: Database = emulator.loader().load().await.unwrap();
    assert_eq!(
        (database.host.as_str(), database.port, database.tls),
        ("db", 5432, true)
    );
    assert!((database.ratio - 0.5).abs() < f64::EPSILON);
}

async fn bytes_fill_bytes(emulator: &Emulator) {
    #[derive(FromSecrets)]
    struct Config {
        #[secret(name = "reading/bytes", binary)]
        raw: Vec<u8>,
        #[secret(name = "reading/bytes", binary)]
        fixed: [u8; 3],
        #[secret(name = "reading/bytes", binary)]
        shared: hyper::body::Bytes,
        #[secret("reading/bytes")]
        by_serde: Vec<u8>,
        #[secret(name = "reading/utf8")]
        text: String,
        #[secret(name = "reading/utf8", binary)]
        boxed: SecretBox<[u8]>,
    }
    put_binary(emulator, "reading/bytes", &[0, 159, 255]).await;
    put_binary(emulator, "reading/utf8", "grün".as_bytes()).await;
    let config: Config = emulator.loader().load().await.unwrap();
    assert_eq!(
        (config.raw.as_slice(), config.fixed),
        (&[0, 159, 255][..], [0, 159, 255])
    );
    assert_eq!(config.shared, config.by_serde);
    assert_eq!(config.by_serde, [0, 159, 255]);
    assert_eq!(
        (config.text.as_str(), config.boxed.expose_secret()),
        ("grün", "grün".as_bytes())
    );
}

async fn forty_five_secrets_are_three_requests(emulator: &Emulator) {
    for name in FortyFive::names() {
        put(emulator, &name, &name).await;
    }
    let proxy = Proxy::before(emulator.endpoint());
    proxy
        .loader()
        .load::<FortyFive>()
        .await
        .unwrap()
        .assert_right();
    assert_eq!(proxy.tally(), "3 batches, 0 gets");
}

async fn placeholder_selects_stage(emulator: &Emulator) {
    #[derive(FromSecrets)]
    #[secrets(prefix = "{stage}/reading/", rename_all = "kebab-case")]
    struct Config {
        api_key: String,
    }
    put(emulator, "test/reading/api-key", "of test").await;
    put(emulator, "prod/reading/api-key", "of prod").await;
    let load = |loader: from_secrets::Loader| async move {
        loader.load::<Config>().await.unwrap().api_key
    };
    assert_eq!(
        load(emulator.loader().placeholder("stage", "test")).await,
        "of test"
    );
    let environment = Env::from_vars([("stage", "prod")]);
    assert_eq!(load(emulator.loader().env(environment)).await, "of prod");
}

#[derive(FromSecrets)]
struct ByReference {
    #[secret(name = "{REFERENCE}", env = false)]
    password: String,
}

async fn ecs_value_from_reference_loads(emulator: &Emulator) {
    let arn = put(emulator, "reading/ecs", r#"{"password":"first"}"#).await;
    super::rotate(emulator, "reading/ecs", r#"{"password":"second"}"#).await;
    let password = |reference: String| async move {
        let loader = emulator.loader().placeholder("REFERENCE", reference);
        loader.load::<ByReference>().await.unwrap().password
    };
    assert_eq!(password(format!("{arn}:password::")).await, "second");
    assert_eq!(
        password(format!("{arn}:password:AWSPREVIOUS:")).await,
        "first"
    );
    assert_eq!(
        password(format!("{arn}:::")).await,
        r#"{"password":"second"}"#
    );
}

async fn cloudformation_reference_loads(emulator: &Emulator) {
    put(
        emulator,
        "reading/cloudformation",
        r#"{"password":"first"}"#,
    )
    .await;
    super::rotate(
        emulator,
        "reading/cloudformation",
        r#"{"password":"second"}"#,
    )
    .await;
    let password = |parts: &'static str| async move {
        let reference = format!("{{{{resolve:secretsmanager:reading/cloudformation{parts}}}}}");
        let loader = emulator.loader().placeholder("REFERENCE", reference);
        loader.load::<ByReference>().await.unwrap().password
    };
    assert_eq!(password(":SecretString:password").await, "second");
    assert_eq!(
        password(":SecretString:password:AWSPREVIOUS").await,
        "first"
    );
    assert_eq!(password("").await, r#"{"password":"second"}"#);
}

async fn missing_secrets_fall_back_to_environment(emulator: &Emulator) {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("reading/here")]
        here: String,
        #[secret("reading/elsewhere")]
        elsewhere: String,
        #[secret(name = "reading/here", json_key = "absent", env = "BY_KEY")]
        by_key: Option<String>,
    }
    put(emulator, "reading/here", r#"{"other":1}"#).await;
    let environment = [
        ("READING_HERE", "old"),
        ("READING_ELSEWHERE", "from the shell"),
        ("BY_KEY", "by key"),
    ];
    let loader = emulator.loader().env(Env::from_vars(environment));
    let (config, report) = loader.load_with_report::<Config>().await.unwrap();
    assert_eq!(config.here, r#"{"other":1}"#);
    assert_eq!(
        (config.elsewhere.as_str(), config.by_key.as_deref()),
        ("from the shell", Some("by key"))
    );
    assert_eq!(
        from_secrets_tests::expect::provided_by(&report),
        ["aws", "env", "env"]
    );
}
