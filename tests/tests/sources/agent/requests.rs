//! How many requests there are, on how many connections, and how they are written.

use from_secrets::{Environment, ExposeSecret, FromSecrets, Outcome, SecretString};
use from_secrets_tests::process::Program;
use from_secrets_tests::scripted::Entry;
use from_secrets_tests::{Answer, ScriptedAgent, Vault};

use super::{Pocket, loaded, pocket};
use from_secrets_tests::dead_end::BlackHole;

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

            /// Each secret is the text of its own name.
            #[track_caller]
            fn assert_right(&self) {
                assert_eq!(vec![$(self.$field.clone(),)*], Self::names());
            }
        }
    };
}

many!(a0 a1 a2 a3 a4 a5 a6 a7 a8 b0 b1 b2 b3 b4 b5 b6 b7 b8 c0 c1 c2 c3 c4 c5 c6 c7 c8
      d0 d1 d2 d3 d4 d5 d6 d7 d8 e0 e1 e2 e3 e4 e5 e6 e7 e8);

fn forty_five() -> Vault {
    let names = FortyFive::names();
    names
        .iter()
        .fold(Vault::new(), |vault, name| vault.text(name, name))
}

#[tokio::test]
async fn many_secrets_are_asked_for_three_at_a_time_on_connections_that_are_kept() {
    let agent = ScriptedAgent::start(forty_five());
    agent.side_by_side(3);
    let loaded: FortyFive = agent.loader().load().await.unwrap();
    loaded.assert_right();
    assert_eq!(agent.asked().len(), 45);
    assert_eq!(agent.most_at_once(), 3);
    assert_eq!(agent.connections(), 3);
}

#[tokio::test]
async fn the_extension_s_variable_says_how_many_at_a_time() {
    for (variable, expected) in [("1", 1), ("8", 8), ("0", 1)] {
        let agent = ScriptedAgent::start(forty_five());
        agent.side_by_side(expected);
        let variables = [("PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS", variable)];
        let loader = agent
            .loader()
            .environment(Environment::from_vars(variables));
        loader.load::<FortyFive>().await.unwrap().assert_right();
        assert_eq!(agent.most_at_once(), expected);
        assert_eq!(agent.connections(), expected);
    }
}

#[tokio::test]
async fn one_secret_takes_one_connection_however_many_fields_it_fills() {
    #[derive(FromSecrets)]
    #[secrets("prod/db")]
    struct Database {
        user: String,
        port: u16,
    }

    let vault = Vault::new().text("prod/db", r#"{"user":"app","port":"5432"}"#);
    let agent = ScriptedAgent::start(vault);
    let database: Database = agent.loader().load().await.unwrap();
    assert_eq!((database.user.as_str(), database.port), ("app", 5432));
    assert_eq!((agent.asked().len(), agent.connections()), (1, 1));
}

#[tokio::test]
async fn two_loads_at_once_have_connections_of_their_own() {
    let agent = ScriptedAgent::start(forty_five());
    agent.side_by_side(6);
    let loader = agent.loader();
    let (one, other) = tokio::join!(loader.load::<FortyFive>(), loader.load::<FortyFive>());
    one.unwrap().assert_right();
    other.unwrap().assert_right();
    assert_eq!((agent.asked().len(), agent.connections()), (90, 6));
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_opened_again() {
    // Announced: every answer is the last one of its connection.
    let agent = ScriptedAgent::start(forty_five());
    agent.end_connections();
    agent
        .loader()
        .load::<FortyFive>()
        .await
        .unwrap()
        .assert_right();
    assert_eq!((agent.asked().len(), agent.connections()), (45, 45));

    // And without a word, when the second request is there already.
    let agent = ScriptedAgent::start(pocket());
    agent.when(|asked| (asked.nth == 1).then(Answer::close));
    let one_by_one = [("PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS", "1")];
    let loader = agent
        .loader()
        .environment(Environment::from_vars(one_by_one));
    loaded(&loader.load::<Pocket>().await.unwrap());
    assert_eq!((agent.asked().len(), agent.connections()), (3, 2));
}

#[tokio::test]
async fn the_stage_is_always_said_and_names_are_encoded() {
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

    let agent = ScriptedAgent::start(Vault::new().text("prod/a+b=@c", "1").text("odd", "2"));
    agent.loader().load::<Odd>().await.unwrap();
    let mut targets: Vec<_> = agent
        .asked()
        .into_iter()
        .map(|asked| asked.target)
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
async fn versions_are_pinned_and_told() {
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
    let agent = ScriptedAgent::start(Vault::new().entry("db", entry));
    let (versions, report) = agent.loader().load_with_report::<Versions>().await.unwrap();
    assert_eq!(versions.current.expose_secret(), "now");
    assert_eq!(versions.previous.expose_secret(), "before");
    assert_eq!(versions.pinned.expose_secret(), "long ago");
    assert!(versions.pending.is_none());
    let Outcome::Answered {
        version_id,
        arn,
        created_at,
        ..
    } = report.fields()[2].outcome()
    else {
        panic!("{report:?}")
    };
    assert_eq!(version_id.as_deref(), Some(ID));
    assert_eq!(arn.as_deref(), Some(&*Vault::arn("us-east-1", "db")));
    assert!(created_at.is_some());
}

#[test]
fn a_whole_process_asks_by_its_environment_and_through_no_proxy() {
    let proxy = BlackHole::open();
    let agent = ScriptedAgent::start(pocket());
    let mut program = Program::at(env!("CARGO_BIN_EXE_load"))
        .arg("blocking")
        .env("FROM_SECRETS_SOURCES", "agent")
        .env(
            "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
            agent.port().to_string(),
        )
        .env("AWS_TOKEN", ScriptedAgent::TOKEN);
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
    assert_eq!(agent.asked().len(), 4);
}
