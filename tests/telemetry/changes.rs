//! The log events of a refresh name the secrets and the fields whose values changed.

use std::fs;
use std::path::Path;
use std::time::Duration;

use from_secrets::live::RefreshOutcome;
use from_secrets::source::{Dotenv, Env, Memory};
use from_secrets::{FromSecrets, Live, Loader};
use from_secrets_tests::canary;
use from_secrets_tests::logs::Logs;
use tokio::time::timeout;

/// The values of placeholders, which events must not contain.
const STAGE: &str = "hiddenstage";

/// Loads a struct, changes its secrets, and refreshes it. Returns the messages of changes with their attributes.
async fn changes<T: FromSecrets + Send + Sync + 'static>(
    secrets: &Memory,
    change: impl FnOnce(),
) -> Vec<String> {
    let loader = Loader::new().source(secrets.clone());
    changes_of::<T>(loader, change).await
}

async fn changes_of<T: FromSecrets + Send + Sync + 'static>(
    loader: Loader,
    change: impl FnOnce(),
) -> Vec<String> {
    let logs = Logs::capture();
    let loader = loader
        .env(Env::from_vars::<&str, &str>([]))
        .placeholder("stage", STAGE)
        .placeholder("TOKEN_SECRET", format!("{STAGE}/token"));
    let live = Live::<T>::builder()
        .loader(loader)
        .background_refresh(false);
    let live = live.load().await.unwrap();
    let mut subscriber = live.subscribe();
    change();
    let outcome = live.refresh().await.unwrap();
    let is_noticed = timeout(Duration::ZERO, subscriber.changed()).await.is_ok();
    assert_eq!(is_noticed, outcome == RefreshOutcome::Changed);
    let text = logs.text();
    canary::assert_absent(&text);
    assert!(!text.contains(STAGE), "{text}");
    let lines = logs.own().into_iter().map(|line| line.text);
    let lines = lines.filter_map(|line| {
        let message = line.strip_prefix("message=")?;
        let (message, attributes) = message.split_once(" config=")?;
        let attributes = attributes.split_once(' ')?.1.trim_end();
        let is_change = message.starts_with("secrets ");
        is_change.then(|| format!("{message}: {attributes}"))
    });
    let lines: Vec<String> = lines.collect();
    let is_changed = !lines[0].contains("have not changed");
    assert_eq!(outcome == RefreshOutcome::Changed, is_changed, "{lines:?}");
    lines
}

fn value(about: impl std::fmt::Display) -> String {
    canary::value(&about.to_string())
}

const UNCHANGED: [&str; 1] = ["secrets were refreshed and have not changed: "];

#[derive(FromSecrets)]
#[secrets(name = "{stage}/service")]
#[expect(dead_code, reason = "only loaded")]
struct TenKeys {
    a: String,
    b: String,
    c: String,
    d: String,
    e: String,
    f: String,
    g: String,
    h: String,
    i: String,
    j: Option<String>,
}

/// The JSON secret of [`TenKeys`], with other values of some keys.
fn ten_keys(rotated: &str, version: u32) -> String {
    let keys = ('a'..='j').map(|key| {
        let version = if rotated.contains(key) { version } else { 1 };
        (key.to_string(), value(format!("{key}{version}")).into())
    });
    serde_json::Value::Object(keys.collect()).to_string()
}

#[tokio::test]
async fn only_rotated_keys_are_named() {
    let id = format!("{STAGE}/service");
    for (rotated, fields) in [
        ("g", "g"),
        ("aj", "a, j"),
        ("abcdefghij", "a, b, c, d, e, f, g, h, i, j"),
    ] {
        let secrets = Memory::new().with_secret(&id, &ten_keys("", 1));
        let lines = changes::<TenKeys>(&secrets, || secrets.set_secret(&id, &ten_keys(rotated, 2)));
        assert_eq!(
            lines.await,
            [format!(
                "secrets have changed: secrets={{stage}}/service fields={fields}"
            )]
        );
    }
    let secrets = Memory::new().with_secret(&id, &ten_keys("", 1));
    assert_eq!(changes::<TenKeys>(&secrets, || ()).await, UNCHANGED);
}

#[tokio::test]
async fn same_values_are_no_changed_fields() {
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct TwoSecrets {
        key: String,
        token: String,
    }
    const SAME: &str = "secrets have other versions with the same values";
    let secrets = Memory::new()
        .with_secret("KEY", &value("key"))
        .with_secret("TOKEN", &value("token"));
    let store = |key: &str, token: &str| {
        secrets.set_secret("KEY", &value(key));
        secrets.set_secret("TOKEN", &value(token));
    };
    let same = changes::<TwoSecrets>(&secrets, || store("key", "token"));
    assert_eq!(same.await, [format!("{SAME}: secrets=KEY, TOKEN")]);
    let both = changes::<TwoSecrets>(&secrets, || store("key", "new"));
    assert_eq!(
        both.await,
        [
            "secrets have changed: secrets=TOKEN fields=token".to_owned(),
            format!("{SAME}: secrets=KEY"),
        ]
    );
}

#[tokio::test]
async fn value_that_appears_has_changed() {
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct Settings {
        key: String,
        #[secret("{stage}/proxy")]
        proxy: Option<String>,
        #[secret(default = 80)]
        port: u16,
    }
    let proxy = format!("{STAGE}/proxy");
    let secrets = Memory::new().with_secret("KEY", &value("key"));
    let set = |proxy_value: &str, port: &str| {
        secrets.set_secret(&proxy, proxy_value);
        secrets.set_secret("PORT", port);
    };
    let both = ["secrets have changed: secrets={stage}/proxy, PORT fields=proxy, port"];
    let changed = changes::<Settings>(&secrets, || set(&value("proxy"), "90"));
    assert_eq!(changed.await, both);
    let changed = changes::<Settings>(&secrets, || set(&value("proxy 2"), "91"));
    assert_eq!(changed.await, both);
    let changed = changes::<Settings>(&secrets, || {
        secrets.remove(&proxy);
        secrets.remove("PORT");
    });
    assert_eq!(changed.await, both);
    assert_eq!(changes::<Settings>(&secrets, || ()).await, UNCHANGED);
}

#[tokio::test]
async fn changed_alias_is_named() {
    #[derive(FromSecrets)]
    #[secrets("{stage}/new", alias = "{stage}/old")]
    #[expect(dead_code, reason = "only loaded")]
    struct Renamed {
        #[secret(alias = "pwd")]
        password: String,
    }
    let [new, old] = ["new", "old"].map(|name| format!("{STAGE}/{name}"));
    let json = |key: &str, version: u32| format!(r#"{{"{key}": {:?}}}"#, value(version));
    let secrets = Memory::new().with_secret(&old, &json("password", 1));
    let changed = changes::<Renamed>(&secrets, || secrets.set_secret(&old, &json("password", 2)));
    let of_old = ["secrets have changed: secrets={stage}/old fields=password"];
    assert_eq!(changed.await, of_old);
    let moved = changes::<Renamed>(&secrets, || secrets.set_secret(&new, &json("pwd", 2)));
    assert_eq!(
        moved.await,
        ["secrets have other versions with the same values: secrets={stage}/new"]
    );
    let changed = changes::<Renamed>(&secrets, || secrets.set_secret(&new, &json("password", 3)));
    assert_eq!(
        changed.await,
        ["secrets have changed: secrets={stage}/new fields=password"]
    );
}

#[tokio::test]
async fn alias_of_equal_name_is_skipped() {
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct Collapsed {
        #[secret(
            "hiddenstage/key",
            alias = "{stage}/key",
            alias = "{stage}/old",
            env = "KEY"
        )]
        key: String,
    }
    let old = format!("{STAGE}/old");
    let secrets = Memory::new().with_secret(&old, &value(1));
    let changed = changes::<Collapsed>(&secrets, || secrets.set_secret(&old, &value(2)));
    assert_eq!(
        changed.await,
        ["secrets have changed: secrets={stage}/old fields=key"]
    );
}

#[tokio::test]
async fn nested_structs_have_their_own_secrets() {
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct Service {
        #[secret(flatten)]
        main: Database,
        #[secret(flatten, name = "{stage}/replica")]
        replica: Option<Database>,
        #[secret(flatten, prefix = "{stage}/mail/")]
        mail: Mail,
    }
    #[derive(FromSecrets)]
    #[secrets(name = "{stage}/main")]
    #[expect(dead_code, reason = "only loaded")]
    struct Database {
        username: String,
        password: String,
        #[secret(skip)]
        pool: u32,
    }
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct Mail {
        api_key: String,
    }
    let [main, replica, post] =
        ["main", "replica", "mail/API_KEY"].map(|name| format!("{STAGE}/{name}"));
    let database = |version: u32| {
        let (user, password) = (value("user"), value(version));
        format!(r#"{{"username": {user:?}, "password": {password:?}}}"#)
    };
    let secrets = Memory::new()
        .with_secret(&main, &database(1))
        .with_secret(&post, &value(1));
    let changed = changes::<Service>(&secrets, || {
        secrets.set_secret(&main, &database(2));
        secrets.set_secret(&replica, &database(2));
    });
    assert_eq!(
        changed.await,
        [
            "secrets have changed: secrets={stage}/main, {stage}/replica \
             fields=main.password, replica.username, replica.password"
        ]
    );
    let changed = changes::<Service>(&secrets, || {
        secrets.set_secret(&post, &value(2));
        secrets.remove(&replica);
    });
    assert_eq!(
        changed.await,
        [
            "secrets have changed: secrets={stage}/replica, {stage}/mail/API_KEY \
             fields=replica.username, replica.password, mail.api_key"
        ]
    );
}

#[tokio::test]
async fn references_are_named_by_their_secret() {
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct References {
        #[secret("{{resolve:secretsmanager:{stage}/db:SecretString:user}}")]
        user: String,
        #[secret("{{resolve:secretsmanager:{stage}/db:SecretString:password}}")]
        password: String,
        #[secret("{TOKEN_SECRET}", env = "TOKEN")]
        token: String,
        #[secret("KEY", binary)]
        key: Vec<u8>,
        #[secret("KEY", binary, version_stage = "AWSPREVIOUS", env = "PREVIOUS_KEY")]
        previous_key: Option<Vec<u8>>,
    }
    let db = format!("{STAGE}/db");
    let token = format!("{STAGE}/token");
    let json = |version: u32| {
        let (user, password) = (value(format!("user {version}")), value(version));
        format!(r#"{{"user": {user:?}, "password": {password:?}}}"#)
    };
    let secrets = Memory::new()
        .with_secret(&db, &json(1))
        .with_secret(&token, &value(1))
        .with_binary("KEY", &[1, 255]);
    let changed = changes::<References>(&secrets, || {
        secrets.set_secret(&db, &json(2));
        secrets.set_secret(&token, &value(2));
        secrets.set_binary("KEY", &[2, 255]);
    });
    assert_eq!(
        changed.await,
        [
            "secrets have changed: secrets={stage}/db, {TOKEN_SECRET}, KEY \
             fields=user, password, token, key, previous_key"
        ]
    );
}

#[tokio::test]
async fn variables_are_no_secrets() {
    #[derive(FromSecrets)]
    #[expect(dead_code, reason = "only loaded")]
    struct Variables {
        #[secret(env_alias = "OLD_TOKEN")]
        token: String,
        #[secret(env_only)]
        port: Option<u16>,
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changes.env");
    let write = |lines: &[(&str, &str)]| {
        let lines = lines
            .iter()
            .map(|(name, value)| format!("{name}='{value}'\n"));
        fs::write(&file, lines.collect::<String>()).unwrap();
    };
    let secrets = Memory::new();
    let loader = || {
        let variables = Dotenv::new().path(&file);
        Loader::new().source(secrets.clone()).source(variables)
    };
    let [one, two, three] = [1, 2, 3].map(value);
    write(&[("OLD_TOKEN", &one)]);
    let renamed = || write(&[("TOKEN", &one), ("PORT", "80")]);
    let changed = changes_of::<Variables>(loader(), renamed);
    assert_eq!(changed.await, ["secrets have changed: fields=port"]);
    let changed = changes_of::<Variables>(loader(), || write(&[("TOKEN", &two)]));
    assert_eq!(changed.await, ["secrets have changed: fields=token, port"]);

    let of_secret = ["secrets have changed: secrets=TOKEN fields=token"];
    let changed = changes_of::<Variables>(loader(), || secrets.set_secret("TOKEN", &three));
    assert_eq!(changed.await, of_secret);
    let changed = changes_of::<Variables>(loader(), || secrets.remove("TOKEN"));
    assert_eq!(changed.await, of_secret);
}
