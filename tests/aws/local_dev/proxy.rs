//! Networks with a proxy.

use from_secrets_tests::fake_aws::Certificate;
use from_secrets_tests::process::Program;
use from_secrets_tests::unavailable_server::Refusal;
use from_secrets_tests::{Call, FakeAws, FakeResponse, ForwardProxy, canary};

use super::{bare, configured, connects, fails_with, loaded, with_keys};
use from_secrets_tests::home::Home;
use from_secrets_tests::structs::pocket;

const HOST: &str = "secretsmanager.us-east-1.amazonaws.com";

/// Returns the program with AWS's own endpoint, which trusts the server behind the proxy.
fn behind_proxy(home: &Home, aws: &FakeAws) -> Program {
    with_keys("once", home)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_CA_BUNDLE", aws.authority().unwrap())
}

#[test]
fn https_requests_go_through_the_proxy() {
    let aws = FakeAws::start_tls(pocket());
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let proxy = ForwardProxy::start(&aws.endpoint());
        let ended = behind_proxy(&Home::new(), &aws)
            .env(variable, proxy.url())
            .run();
        loaded(&ended, "the key the token");
        assert_eq!(
            proxy.requests(),
            [format!("CONNECT {HOST}:443")],
            "{variable}"
        );
    }
}

#[test]
fn http_requests_go_through_the_proxy() {
    let aws = FakeAws::start(pocket());
    let proxy = ForwardProxy::start(&aws.endpoint());
    let ended = configured("once", &Home::new(), &aws)
        .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://secrets.test")
        .env("HTTP_PROXY", proxy.url())
        .run();
    loaded(&ended, "the key the token");
    assert_eq!(proxy.requests(), ["POST http://secrets.test/"]);
}

#[test]
fn proxy_over_tls_is_used() {
    let aws = FakeAws::start_tls(pocket());
    let certificate = Certificate::create();
    let home = Home::new();
    let roots = [certificate.authority(), aws.authority().unwrap()]
        .map(|file| std::fs::read_to_string(file).unwrap());
    let roots = home.write("roots.pem", &roots.concat());
    let proxy = ForwardProxy::start_tls(&aws.endpoint(), certificate);
    let ended = behind_proxy(&home, &aws)
        .env("AWS_CA_BUNDLE", roots)
        .env("HTTPS_PROXY", proxy.url())
        .run();
    loaded(&ended, "the key the token");
    assert_eq!(proxy.requests(), [format!("CONNECT {HOST}:443")]);
}

#[test]
fn proxy_password_is_never_shown() {
    let aws = FakeAws::start_tls(pocket());
    let password = canary::MARK;
    let escape = |text: String, byte: u8| format!("{text}%{byte:02X}");
    let escaped = password.bytes().fold(String::new(), escape);
    let proxy = ForwardProxy::start_with_password(&aws.endpoint(), "user", password);
    let with = |userinfo: &str| {
        behind_proxy(&Home::new(), &aws).env("HTTPS_PROXY", proxy.url_with(userinfo))
    };
    let right = with(&format!("user:{escaped}"))
        .env("WRITE_EVERYTHING", "1")
        .run();
    loaded(&right, "the key the token");
    let wrong = with(&format!("other:{escaped}"));
    let wrong_everything = wrong.env("WRITE_EVERYTHING", "1").run();
    assert!(!wrong_everything.success);
    let none = behind_proxy(&Home::new(), &aws)
        .env("HTTPS_PROXY", proxy.url())
        .run();
    fails_with(
        &none,
        &[
            "through the proxy in `HTTPS_PROXY`",
            "requires a valid user and password",
            "http://USER:PASSWORD@HOST:PORT",
        ],
    );
    for ended in [&right, &wrong_everything, &none] {
        canary::assert_absent(&ended.stderr);
        assert!(!ended.stderr.contains(&escaped), "{}", ended.stderr);
    }
}

#[test]
fn excepted_host_goes_direct() {
    let aws = FakeAws::start_tls(pocket());
    let proxy = ForwardProxy::start(&aws.endpoint());
    for variable in ["NO_PROXY", "no_proxy"] {
        let ended = behind_proxy(&Home::new(), &aws)
            .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", "https://secrets.test")
            .env("HTTPS_PROXY", proxy.url())
            .env(variable, "other.example, .test")
            .run();
        fails_with(&ended, &["cannot reach https://secrets.test"]);
        assert_eq!(proxy.requests(), [""; 0], "{variable}");
    }
}

#[test]
fn loopback_and_containers_go_direct() {
    let unavailable = Refusal::open();
    let aws = FakeAws::start(pocket().when(|call: &Call| {
        let credentials = r#"{"AccessKeyId":"AKID","SecretAccessKey":"key","Token":"t","Expiration":"2999-01-01T00:00:00Z"}"#;
        call.operation.is_empty().then(|| FakeResponse::raw(200, credentials))
    }));
    for variable in ["HTTP_PROXY", "ALL_PROXY"] {
        let ended = bare("once", &Home::new())
            .env(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                format!("{}/credentials", aws.endpoint()),
            )
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint())
            .env(variable, unavailable.endpoint())
            .run();
        loaded(&ended, "the key the token");
    }
}

#[test]
fn unusable_proxy_is_an_error() {
    let aws = FakeAws::start_tls(pocket());
    for (url, problem) in [
        (
            "http://user:cAnArY@",
            "`HTTPS_PROXY` is not the URL of an HTTP proxy",
        ),
        (
            "ftp://cAnArY",
            "`HTTPS_PROXY` is not the URL of an HTTP proxy",
        ),
        (
            "http://[cAnArY",
            "`HTTPS_PROXY` is not the URL of an HTTP proxy",
        ),
        (
            "socks5://user:cAnArY@proxy:1080",
            "`HTTPS_PROXY` names a SOCKS proxy",
        ),
    ] {
        let ended = behind_proxy(&Home::new(), &aws)
            .env("HTTPS_PROXY", url)
            .run();
        fails_with(&ended, &[problem, "help", "NO_PROXY"]);
        canary::assert_absent(&ended.stderr);
        assert!(!connects(&ended), "{}", ended.stderr);
    }
}

#[test]
fn unreachable_proxy_is_named() {
    let aws = FakeAws::start_tls(pocket());
    let unavailable = Refusal::open();
    let ended = behind_proxy(&Home::new(), &aws)
        .env("HTTPS_PROXY", unavailable.endpoint())
        .run();
    fails_with(
        &ended,
        &[
            "unreachable",
            HOST,
            "through the proxy in `HTTPS_PROXY`",
            "NO_PROXY",
        ],
    );
}

#[test]
fn proxy_rejection_is_named() {
    let aws = FakeAws::start_tls(pocket());
    let proxy = ForwardProxy::start_refusing(&aws.endpoint());
    let ended = behind_proxy(&Home::new(), &aws)
        .env("HTTPS_PROXY", proxy.url())
        .run();
    fails_with(
        &ended,
        &[
            "`HTTPS_PROXY`: the proxy refused the connection to this host",
            "NO_PROXY",
        ],
    );
}
