//! Every variable and profile key that the SDK reads, with unusual values: each load ends before its deadline with a
//! struct or with an error that names the setting, without a panic.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets_tests::FakeAws;
use from_secrets_tests::process::Ended;

use super::{Variables, aws, program, variables};
use from_secrets_tests::home::Home;

/// The load's own deadline is one second. The rest is for a busy machine.
const LONGEST: Duration = Duration::from_secs(8);

const VARIABLES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_ACCOUNT_ID",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE",
    "AWS_AUTH_SCHEME_PREFERENCE",
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULTS_MODE",
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULT_REGION",
    "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
    "AWS_DISABLE_REQUEST_COMPRESSION",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_EC2_METADATA_V1_DISABLED",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC",
    "AWS_ENDPOINT_URL_STS",
    "AWS_EXECUTION_ENV",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_MAX_ATTEMPTS",
    "AWS_NEW_RETRIES_2026",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "AWS_RETRY_MODE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SDK_UA_APP_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_SIGV4A_SIGNING_REGION_SET",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
];

const PROFILE_KEYS: &[&str] = &[
    "account_id_endpoint_mode",
    "auth_scheme_preference",
    "aws_access_key_id",
    "aws_account_id",
    "aws_secret_access_key",
    "aws_session_token",
    "ca_bundle",
    "cli_pager",
    "credential_process",
    "credential_source",
    "defaults_mode",
    "disable_clock_skew_correction",
    "disable_request_compression",
    "duration_seconds",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "ec2_metadata_v1_disabled",
    "endpoint_url",
    "external_id",
    "ignore_configured_endpoint_urls",
    "login_session",
    "max_attempts",
    "mfa_serial",
    "output",
    "region",
    "request_checksum_calculation",
    "request_min_compression_size_bytes",
    "response_checksum_validation",
    "retry_mode",
    "role_arn",
    "role_session_name",
    "s3",
    "sdk_ua_app_id",
    "services",
    "sigv4a_signing_region_set",
    "source_profile",
    "sso_account_id",
    "sso_region",
    "sso_registration_scopes",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "sts_regional_endpoints",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
];

/// Configurations, whose own settings are varied too.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Base {
    Keys,
    Profile,
    WebIdentity,
    Container,
    Metadata,
    /// No AWS.
    LocalMachine,
}

impl Base {
    fn variables(self, home: &Home, aws: &FakeAws) -> Variables {
        let url = aws.endpoint();
        let mut set = variables([
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", url.clone()),
            ("AWS_ENDPOINT_URL", url.clone()),
        ]);
        set.extend(match self {
            Self::LocalMachine => return Variables::new(),
            Self::Keys => variables([
                ("AWS_ACCESS_KEY_ID", "AKID".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", "key".to_owned()),
            ]),
            Self::Profile => {
                profile(home, "");
                Variables::new()
            }
            Self::WebIdentity => variables([
                (
                    "AWS_WEB_IDENTITY_TOKEN_FILE",
                    text(&home.write("token", "jwt")),
                ),
                (
                    "AWS_ROLE_ARN",
                    "arn:aws:iam::123456789012:role/app".to_owned(),
                ),
                ("AWS_ENDPOINT_URL_STS", url),
            ]),
            Self::Container => variables([(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                format!("{url}/credentials"),
            )]),
            Self::Metadata => variables([("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)]),
        });
        set
    }
}

impl Case {
    /// Returns the effective configuration: a base whose own variable is blank does not apply.
    fn effective(&self) -> Base {
        let is_blank = self
            .value
            .to_str()
            .is_some_and(|text| text.trim().is_empty());
        match (self.base, self.setting) {
            (Base::Container, "AWS_CONTAINER_CREDENTIALS_FULL_URI")
            | (Base::Metadata, "AWS_EC2_METADATA_SERVICE_ENDPOINT")
                if is_blank =>
            {
                Base::LocalMachine
            }
            (base, _) => base,
        }
    }

    /// Returns whether a valid value selects another server than the test's.
    fn selects_other_server(&self) -> bool {
        self.setting
            .eq_ignore_ascii_case("aws_ignore_configured_endpoint_urls")
            || self.setting == "ignore_configured_endpoint_urls"
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("Unicode").to_owned()
}

/// Writes a profile with keys and one more line.
fn profile(home: &Home, line: &str) {
    home.write(
        ".aws/config",
        &format!("[default]\naws_access_key_id = AKID\naws_secret_access_key = key\n{line}\n"),
    );
}

/// Returns values that a setting can have by mistake.
fn unusual_values(home: &Home) -> Vec<OsString> {
    let directory = home.path().join("a directory");
    std::fs::create_dir_all(&directory).expect("a directory");
    let pipe = home.path().join("pipe");
    if !pipe.exists() {
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|status| status.success()));
    }
    let texts = [
        "",
        " ",
        "\r",
        "\n",
        "x\r\n",
        "é",
        "0",
        "-1",
        "five",
        "5 ",
        "99999999999999999999999",
        "true",
        "legacy",
        "a b",
        "/",
        "http://",
        "http:// x",
        "https://user:pass@[::1",
        "default",
        "/dev/zero",
    ];
    let texts = texts.iter().map(OsString::from);
    let raw = OsStr::from_bytes(b"\xff\xfe").to_owned();
    texts.chain([raw, directory.into(), pipe.into()]).collect()
}

/// Returns how a process failed the test.
fn fault(ended: &Ended, base: Base, names: &[&str]) -> Option<&'static str> {
    let loaded = ended.stdout.trim();
    let expected: &[&str] = match base {
        Base::LocalMachine => &["old values", "the key the token"],
        _ => &["the key the token"],
    };
    if ended.stderr.contains("panicked") {
        Some("panicked")
    } else if ended.took > LONGEST {
        Some("ended too late")
    } else if ended.success {
        (!expected.contains(&loaded)).then_some("used old values")
    } else if ended.code != Some(1) {
        Some("was ended by a signal")
    } else {
        let is_named = names.iter().any(|name| ended.stderr.contains(name));
        (!is_named).then_some("did not name the setting")
    }
}

/// One process of the test.
struct Case {
    base: Base,
    setting: &'static str,
    value: OsString,
    in_profile: bool,
}

fn cases(home: &Home) -> Vec<Case> {
    let mut cases = Vec::new();
    let values = unusual_values(home);
    let bases = [
        Base::Keys,
        Base::Profile,
        Base::WebIdentity,
        Base::Container,
        Base::Metadata,
        Base::LocalMachine,
    ];
    for base in bases {
        for setting in VARIABLES {
            for value in &values {
                cases.push(Case {
                    base,
                    setting,
                    value: value.clone(),
                    in_profile: false,
                });
            }
        }
    }
    for setting in PROFILE_KEYS {
        for value in &values {
            cases.push(Case {
                base: Base::Profile,
                setting,
                value: value.clone(),
                in_profile: true,
            });
        }
    }
    cases
}

fn run(case: &Case, aws: &FakeAws) -> Option<String> {
    let home = Home::new();
    let mut set = case.base.variables(&home, aws);
    if case.in_profile {
        let mut line = format!("{} = ", case.setting).into_bytes();
        line.extend_from_slice(case.value.as_bytes());
        let mut file =
            b"[default]\naws_access_key_id = AKID\naws_secret_access_key = key\n".to_vec();
        file.extend(line);
        file.push(b'\n');
        std::fs::write(home.path().join(".aws/config"), file).expect("a file");
    } else {
        set.retain(|(name, _)| name != case.setting);
        set.push((case.setting.to_owned(), case.value.clone()));
    }
    let program = program("within-a-second", &home, &set);
    let Ok(ended) = catch_unwind(AssertUnwindSafe(|| program.run())) else {
        return Some(format!(
            "{:?}: {} = {:?} does not end",
            case.base,
            case.setting,
            case.value.to_string_lossy()
        ));
    };
    let config = home.path().join(".aws/config");
    let names = if case.in_profile {
        vec![
            case.setting,
            "the profile `default`",
            config.to_str().expect("Unicode"),
        ]
    } else {
        vec![case.setting]
    };
    let names = if case.selects_other_server() && case.value == "true" {
        vec!["amazonaws.com"]
    } else {
        names
    };
    fault(&ended, case.effective(), &names).map(|fault| {
        let mut reported = String::new();
        let _ = write!(
            reported,
            "{:?}: {} = {:?} {fault}: {}",
            case.base,
            case.setting,
            case.value.to_string_lossy(),
            ended.stderr
        );
        reported
    })
}

#[test]
fn unusual_settings_never_panic() {
    let (home, aws) = (Home::new(), aws());
    let cases = cases(&home);
    // 7 and the number of values are coprime, so that every setting and every value occurs.
    let step = std::env::var("FROM_SECRETS_SWEEP").map_or(7, |_| 1);
    let selected: Vec<&Case> = cases.iter().step_by(step).collect();
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = selected.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if run(case, &aws).is_some() {
                        faults.lock().expect("no panic").push(*case);
                    }
                }
            });
        }
    });
    // On a busy machine a healthy server may not respond within a second. Without concurrent cases it does.
    let suspects = faults.into_inner().expect("no panic");
    let alone = |case: &Case| {
        (0..3)
            .map(|_| run(case, &aws))
            .reduce(Option::and)
            .flatten()
    };
    let faults: Vec<String> = suspects.into_iter().filter_map(alone).collect();
    assert!(
        faults.is_empty(),
        "{} of {} faults:\n{}",
        faults.len(),
        selected.len(),
        faults.join("\n")
    );
}
