//! The number of requests and connections, and the URLs of requests.

use from_secrets::report::FieldOutcome;
use from_secrets::source::Env;
use from_secrets::{ExposeSecret, FromSecrets, SecretString};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::process::Program;
use from_secrets_tests::{FakeAgent, FakeResponse, FakeSecretsManager};

use super::{Pocket, loaded, pocket};
use from_secrets_tests::unavailable_server::BlackHole;

macro_rules! many {
    ($($field:ident)*) => {
        #[derive(FromSecrets)]
        #[secrets(prefix = "MANY_")]
        struct FortyFive {
            $($field: String,)*
        }

        impl FortyFive {
            fn names() -> Vec<String> {
                vec![$(format!("MANY_{}", stringify!($field).to_uppercase()),)*]
            }

            /// Asserts that the value of each secret is its name.
            #[track_caller]
            fn assert_right(&self) {
                assert_eq!(vec![$(self.$field.clone(),)*], Self::names());
            }
        }
    };
}

many!(a0 a1 a2 a3 a4 a5 a6 a7 a8 b0 b1 b2 b3 b4 b5 b6 b7 b8 c0 c1 c2 c3 c4 c5 c6 c7 c8
      d0 d1 d2 d3 d4 d5 d6 d7 d8 e0 e1 e2 e3 e4 e5 e6 e7 e8);

fn forty_five() -> FakeSecretsManager {
    let names = FortyFive::names();
    names.iter().fold(FakeSecretsManager::new(), |vault, name| {
        vault.text(name, name)
    })
}

#[tokio::test]
async fn many_secrets_share_three_connections() {
    let agent = FakeAgent::start(forty_five());
    agent.side_by_side(3);
    let loaded: FortyFive = agent.loader().load().await.unwrap();
    loaded.assert_right();
    assert_eq!(agent.requested().len(), 45);
    assert_eq!(agent.most_at_once(), 3);
    assert_eq!(agent.connections(), 3);
}

#[tokio::test]
async fn extension_variable_sets_connection_count() {
    for (variable, expected) in [("1", 1), ("8", 8), ("0", 1)] {
        let agent = FakeAgent::start(forty_five());
        agent.side_by_side(expected);
        let variables = [("PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS", variable)];
        let loader = agent.loader().env(Env::from_vars(variables));
        loader.load::<FortyFive>().await.unwrap().assert_right();
        assert_eq!(agent.most_at_once(), expected);
        assert_eq!(agent.connections(), expected);
    }
}

#[tokio::test]
async fn fields_of_one_secret_share_request() {
    #[derive(FromSecrets)]
    #[secrets("prod/db")]
    struct Database {
        user: String,
        port: u16,
    }

    let vault = FakeSecretsManager::new().text("prod/db", r#"{"user":"app","port":"5432"}"#);
    let agent = FakeAgent::start(vault);
    let database: Database = agent.loader().load().await.unwrap();
    assert_eq!((database.user.as_str(), database.port), ("app", 5432));
    assert_eq!((agent.requested().len(), agent.connections()), (1, 1));
}

#[tokio::test]
async fn concurrent_loads_use_separate_connections() {
    let agent = FakeAgent::start(forty_five());
    agent.side_by_side(6);
    let loader = agent.loader();
    let (one, other) = tokio::join!(loader.load::<FortyFive>(), loader.load::<FortyFive>());
    one.unwrap().assert_right();
    other.unwrap().assert_right();
    assert_eq!((agent.requested().len(), agent.connections()), (90, 6));
}

#[tokio::test]
async fn closed_connection_is_reopened() {
    // Every response announces the end of its connection.
    let agent = FakeAgent::start(forty_five());
    agent.end_connections();
    agent
        .loader()
        .load::<FortyFive>()
        .await
        .unwrap()
        .assert_right();
    assert_eq!((agent.requested().len(), agent.connections()), (45, 45));

    // The connection is closed without notice, after the second request was sent.
    let agent = FakeAgent::start(pocket());
    agent.when(|requested| (requested.nth == 1).then(FakeResponse::close));
    let one_by_one = [("PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS", "1")];
    let loader = agent.loader().env(Env::from_vars(one_by_one));
    loaded(&loader.load::<Pocket>().await.unwrap());
    assert_eq!((agent.requested().len(), agent.connections()), (3, 2));
}

#[tokio::test]
async fn requests_include_stage_and_encoded_name() {
    #[derive(FromSecrets)]
    struct Odd {
        #[secret("prod/a+b=@c")]
        _name: String,
        #[secret(
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:odd-AbCdEf",
            env = false
        )]
        _arn: String,
    }

    let agent = FakeAgent::start(
        FakeSecretsManager::new()
            .text("prod/a+b=@c", "1")
            .text("odd", "2"),
    );
    agent.loader().load::<Odd>().await.unwrap();
    let mut targets: Vec<_> = agent
        .requested()
        .into_iter()
        .map(|requested| requested.target)
        .collect();
    targets.sort();
    assert_eq!(
        targets,
        [
            "/secretsmanager/get?secretId=arn%3Aaws%3Asecretsmanager%3Aus-east-1%3A123456789012%3Asecret%3Aodd-AbCdEf&versionStage=AWSCURRENT",
            "/secretsmanager/get?secretId=prod%2Fa%2Bb%3D%40c&versionStage=AWSCURRENT",
        ]
    );
}

#[tokio::test]
async fn pinned_versions_are_loaded_and_reported() {
    const ID: &str = "11111111-2222-4333-8444-555555555555";

    #[derive(FromSecrets)]
    struct Versions {
        #[secret("db")]
        current: SecretString,
        #[secret("db", version_stage = "AWSPREVIOUS", env = false)]
        previous: SecretString,
        #[secret("db", version_id = "11111111-2222-4333-8444-555555555555", env = false)]
        pinned: SecretString,
        #[secret("db", version_stage = "AWSPENDING", env = false)]
        pending: Option<SecretString>,
    }

    let entry = Entry::text("now")
        .version("AWSPREVIOUS", "before")
        .version("OLD", "long ago")
        .with_id(ID);
    let agent = FakeAgent::start(FakeSecretsManager::new().entry("db", entry));
    let (versions, report) = agent.loader().load_with_report::<Versions>().await.unwrap();
    assert_eq!(versions.current.expose_secret(), "now");
    assert_eq!(versions.previous.expose_secret(), "before");
    assert_eq!(versions.pinned.expose_secret(), "long ago");
    assert!(versions.pending.is_none());
    let FieldOutcome::Found(provenance) = report.fields()[2].outcome() else {
        panic!("{report:?}")
    };
    assert_eq!(provenance.version_id(), Some(ID));
    let arn = FakeSecretsManager::arn("us-east-1", "db");
    assert_eq!(provenance.arn(), Some(&*arn));
    assert!(provenance.created_at().is_some());
}

#[test]
fn process_reads_environment_and_bypasses_proxy() {
    let proxy = BlackHole::open();
    let agent = FakeAgent::start(pocket());
    let mut program = Program::at(env!("CARGO_BIN_EXE_load"))
        .arg("blocking")
        .env("FROM_SECRETS_SOURCES", "agent")
        .env(
            "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
            agent.port().to_string(),
        )
        .env("AWS_TOKEN", FakeAgent::TOKEN);
    for variable in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ] {
        program = program.env(variable, proxy.endpoint());
    }
    let ended = program.run();
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stdout.trim(), "the key the token\nthe key the token");
    assert_eq!(proxy.connections(), 0);
    assert_eq!(agent.requested().len(), 4);
}
