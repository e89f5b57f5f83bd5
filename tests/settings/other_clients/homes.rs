//! Homes that follow from a seed: variables and shared files of AWS tools, with all that users write into them.

use std::fmt::Write as _;

use from_secrets_tests::Random;

/// The tests replace this text by the path of the home directory.
pub(super) const HOME: &str = "{HOME}";
/// The tests replace this text by the endpoint of the test.
pub(super) const SERVER: &str = "{SERVER}";

const ROLE: &str = "arn:aws:iam::123456789012:role/app";
const PROFILES: [&str; 4] = ["default", "dev", "work", "two words"];
const REGIONS: [&str; 4] = ["us-east-2", "us-west-2", "eu-west-3", "ap-south-1"];

/// The variables and files of a home, by path below it.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) variables: Vec<(&'static str, String)>,
    pub(super) files: Vec<(&'static str, String)>,
    /// What only some clients accept. Most homes have none.
    pub(super) oddities: Vec<Oddity>,
}

/// A variable or a line that clients read in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// A variable is blank, or has white space around its value.
    BlankVariable,
    /// A key of a file has no value.
    BlankValue,
    ByteOrderMark,
    /// A line is neither a section nor a pair.
    InvalidLine,
    /// A value ends with a comment after `;`.
    SemicolonComment,
    /// A value is within quotes.
    Quotes,
    /// `key: value`
    Colon,
    /// The key is indented.
    Indented,
    /// A line continues the value of the line before.
    Continued,
}

impl Draft {
    pub(super) fn new(seed: u64) -> Self {
        let mut writer = Writer {
            random: Random::new(seed),
            keys: 0,
            can_be_odd: false,
            oddities: Vec::new(),
            ignores_endpoints: false,
        };
        writer.can_be_odd = writer.random.in_a_hundred(35);
        writer.ignores_endpoints = writer.random.in_a_hundred(6);
        let mut draft = Self::default();
        writer.variables(&mut draft);
        writer.files(&mut draft);
        draft.oddities = writer.oddities;
        draft
    }

    /// Returns whether a variable is set.
    pub(super) fn has(&self, variable: &str) -> bool {
        self.variables.iter().any(|(name, _)| *name == variable)
    }

    /// Returns whether the home has any of these.
    pub(super) fn has_any(&self, oddities: &[Oddity]) -> bool {
        oddities.iter().any(|oddity| self.oddities.contains(oddity))
    }

    /// Returns whether a variable selects this profile.
    pub(super) fn selects(&self, profile: &str) -> bool {
        let mut variables = self.variables.iter();
        variables.any(|(name, value)| name.ends_with("_PROFILE") && value == profile)
    }

    /// Returns whether a line of a file satisfies the condition.
    pub(super) fn has_line(&self, condition: impl Fn(&str) -> bool) -> bool {
        let mut lines = self.files.iter().flat_map(|(_, text)| text.lines());
        lines.any(condition)
    }
}

impl std::fmt::Display for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, value) in &self.variables {
            writeln!(f, "  {name}={value:?}")?;
        }
        for (path, text) in &self.files {
            writeln!(f, "  --- {path}")?;
            for line in text.split_inclusive('\n') {
                writeln!(f, "  {line:?}")?;
            }
        }
        Ok(())
    }
}

struct Writer {
    random: Random,
    /// The number of access key ids so far, each of which is different.
    keys: usize,
    can_be_odd: bool,
    oddities: Vec<Oddity>,
    ignores_endpoints: bool,
}

impl Writer {
    /// Sets a variable in this many of a hundred homes.
    fn variable(&mut self, draft: &mut Draft, cases: usize, name: &'static str, values: &[&str]) {
        if self.random.in_a_hundred(cases) {
            let is_plain = |value: &&&str| !value.trim().is_empty() && value.trim() == **value;
            let plain: Vec<&str> = values.iter().filter(is_plain).copied().collect();
            let value = *self
                .random
                .one_of(if self.can_be_odd { values } else { &plain });
            if !plain.contains(&value) {
                self.oddities.push(Oddity::BlankVariable);
            }
            draft.variables.push((name, value.to_owned()));
        }
    }

    fn variables(&mut self, draft: &mut Draft) {
        self.key_variables(draft);
        let server = |label: &str| format!("{SERVER}/{label}");
        let profiles = [
            "default",
            "dev",
            "dev",
            "work",
            "two words",
            "missing",
            "DEV",
            "",
            " dev",
        ];
        self.variable(draft, 35, "AWS_PROFILE", &profiles);
        self.variable(draft, 8, "AWS_DEFAULT_PROFILE", &["work", "dev", ""]);
        let regions = [
            "eu-west-1",
            "eu-west-1",
            "eu-west-1",
            "",
            "  ",
            "eu-west-1 ",
        ];
        self.variable(draft, 40, "AWS_REGION", &regions);
        self.variable(
            draft,
            25,
            "AWS_DEFAULT_REGION",
            &["sa-east-1", "sa-east-1", ""],
        );
        let general = server("general");
        self.variable(
            draft,
            45,
            "AWS_ENDPOINT_URL",
            &[&general, &general, &general, ""],
        );
        let own = server("own");
        self.variable(
            draft,
            25,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            &[&own, &own, ""],
        );
        // Names of variables are case-sensitive.
        self.variable(draft, 4, "aws_region", &["us-west-1"]);
        self.variable(draft, 4, "aws_profile", &["work"]);
        self.variable(draft, 4, "aws_endpoint_url", &[&server("lower-case")]);
        for (name, file) in [
            ("AWS_CONFIG_FILE", "other/config"),
            ("AWS_SHARED_CREDENTIALS_FILE", "other/credentials"),
        ] {
            let (below, home) = (format!("{HOME}/{file}"), format!("~/{file}"));
            let paths = [
                &below,
                &below,
                &home,
                "{HOME}/missing",
                HOME,
                "/dev/null",
                "",
            ];
            self.variable(draft, 15, name, &paths);
        }
        if self.ignores_endpoints {
            let values = ["true", "TRUE", "false", ""];
            self.variable(draft, 100, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", &values);
        } else if self.random.in_a_hundred(6) {
            self.variable(draft, 100, "AWS_ROLE_ARN", &[ROLE]);
            let tokens = ["{HOME}/token", "{HOME}/token", "{HOME}/missing", ""];
            self.variable(draft, 100, "AWS_WEB_IDENTITY_TOKEN_FILE", &tokens);
        }
    }

    fn key_variables(&mut self, draft: &mut Draft) {
        const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
        if self.random.in_a_hundred(25) {
            let ids = ["KEYENV", "KEYENV", "KEYENV", "", " ", " KEYENV"];
            self.variable(draft, 100, "AWS_ACCESS_KEY_ID", &ids);
            self.variable(draft, 90, SECRET, &["hidden", "hidden", "hidden", "", " "]);
        } else {
            self.variable(draft, 4, SECRET, &["hidden"]);
        }
        self.variable(draft, 12, "AWS_SESSION_TOKEN", &["hidden", ""]);
    }

    fn files(&mut self, draft: &mut Draft) {
        let process = format!(
            r#"{{"Version":1,"AccessKeyId":"{}","SecretAccessKey":"hidden"}}"#,
            self.key()
        );
        draft.files.push(("process.json", process));
        draft.files.push(("token", "the token".to_owned()));
        for (path, cases, is_config) in [
            (".aws/config", 85, true),
            (".aws/credentials", 65, false),
            ("other/config", 50, true),
            ("other/credentials", 50, false),
        ] {
            if self.random.in_a_hundred(cases) {
                let text = self.file(is_config);
                draft.files.push((path, text));
            }
        }
    }

    fn file(&mut self, is_config: bool) -> String {
        let mut text = String::new();
        if self.can_be_odd && self.random.in_a_hundred(6) {
            self.oddities.push(Oddity::ByteOrderMark);
            text.push('\u{feff}');
        }
        for (profile, cases) in PROFILES.into_iter().zip([75, 65, 40, 25]) {
            if self.random.in_a_hundred(cases) {
                self.section(&mut text, profile, is_config);
            }
            if self.random.in_a_hundred(4) {
                self.section(&mut text, profile, is_config);
            }
        }
        if is_config && self.random.in_a_hundred(45) {
            let _ = writeln!(
                text,
                "[services local]\nsecrets_manager =\n  endpoint_url = {SERVER}/services\nsts =\n  endpoint_url = {SERVER}/sts"
            );
        }
        if self.can_be_odd && self.random.in_a_hundred(6) {
            self.oddities.push(Oddity::InvalidLine);
            let line = *self
                .random
                .one_of(&["not a pair\n", "[unclosed\n", "= value\n", "[]\n"]);
            text.push_str(line);
        }
        if self.random.in_a_hundred(5) {
            text = text.replace('\n', "\r\n");
        }
        text
    }

    fn section(&mut self, text: &mut String, profile: &str, is_config: bool) {
        let plain = match profile {
            "default" => "[default]".to_owned(),
            _ if !is_config => format!("[{profile}]"),
            "two words" => "[profile \"two words\"]".to_owned(),
            _ => format!("[profile {profile}]"),
        };
        let header = match self.random.below(40) {
            0 => format!("[profile {profile}]"),
            1 => format!("[{profile}]"),
            2 => plain.replace('[', "[ ").replace(']', " ]"),
            3 => plain.replace("profile ", "profile   "),
            4 => format!("{plain} # comment"),
            5 => format!("{plain}; comment"),
            6 => plain.replace("profile ", "profile\t"),
            7 => plain.replace("profile ", "PROFILE "),
            _ => plain,
        };
        let _ = writeln!(text, "{header}");
        self.credentials(text, is_config);
        if self.random.in_a_hundred(if is_config { 60 } else { 6 }) {
            let region = *self.random.one_of(&REGIONS);
            let region = if self.can_be_odd && self.random.in_a_hundred(8) {
                self.oddities.push(Oddity::BlankValue);
                ""
            } else {
                region
            };
            self.line(text, "region", region);
        }
        if is_config && self.random.in_a_hundred(22) {
            let url = format!("{SERVER}/profile");
            self.line(text, "endpoint_url", &url);
        }
        if is_config && self.random.in_a_hundred(20) {
            let name = *self.random.one_of(&["local", "local", "local", "missing"]);
            self.line(text, "services", name);
        }
        if self.random.in_a_hundred(8) {
            let _ = writeln!(
                text,
                "s3 =\n  addressing_style = path\n  endpoint_url = {SERVER}/nested\n  region = us-gov-west-1"
            );
        }
        if is_config && self.random.in_a_hundred(2) {
            self.line(text, "ignore_configured_endpoint_urls", "false");
        }
        if self.random.in_a_hundred(10) {
            let line = *self.random.one_of(&[
                "\n",
                "# comment\n",
                "; comment\n",
                "   \n",
                "  # comment\n",
                "#[default]\n",
            ]);
            text.push_str(line);
        }
    }

    fn credentials(&mut self, text: &mut String, is_config: bool) {
        let kind = self.random.below(100);
        let keys = if is_config { 35 } else { 84 };
        match kind {
            _ if kind < keys => self.keys(text),
            _ if self.ignores_endpoints => {}
            84..88 => {
                self.line(text, "role_arn", ROLE);
                let source = *self.random.one_of(&PROFILES);
                self.line(text, "source_profile", source);
                if self.random.in_a_hundred(20) {
                    self.keys(text);
                }
            }
            76..84 => {
                self.line(text, "role_arn", ROLE);
                let source = *self.random.one_of(&["default", "dev", "work", "missing"]);
                self.line(text, "source_profile", source);
            }
            72..76 => {
                self.line(text, "role_arn", ROLE);
                let source = *self.random.one_of(&[
                    "Environment",
                    "Environment",
                    "environment",
                    "Ec2InstanceMetadata",
                    "unknown",
                ]);
                self.line(text, "credential_source", source);
            }
            68..72 => self.line(text, "credential_process", "cat {HOME}/process.json"),
            67 => self.line(text, "credential_process", "false"),
            64..67 => {
                self.line(text, "role_arn", ROLE);
                let token = *self.random.one_of(&["{HOME}/token", "{HOME}/missing"]);
                self.line(text, "web_identity_token_file", token);
            }
            88..91 => {
                self.line(text, "sso_start_url", "https://example.awsapps.com/start");
                self.line(text, "sso_region", "us-east-1");
                self.line(text, "sso_account_id", "123456789012");
                self.line(text, "sso_role_name", "reader");
            }
            91 => self.line(text, "sso_session", "missing"),
            92 => {
                let key = self.key();
                self.line(text, "aws_access_key_id", &key);
            }
            93 => self.line(text, "aws_secret_access_key", "hidden"),
            94 if self.can_be_odd => {
                self.oddities.push(Oddity::BlankValue);
                self.line(text, "aws_access_key_id", "");
                self.line(text, "aws_secret_access_key", "");
            }
            95 => self.line(text, "source_profile", "work"),
            _ => {}
        }
    }

    fn keys(&mut self, text: &mut String) {
        let key = self.key();
        self.line(text, "aws_access_key_id", &key);
        self.line(text, "aws_secret_access_key", "hidden");
        if self.random.in_a_hundred(8) {
            self.line(text, "aws_session_token", "hidden");
        }
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("KEY{}", self.keys)
    }

    /// Writes a key and a value in one of the ways that users do.
    fn line(&mut self, text: &mut String, key: &str, value: &str) {
        let plain = format!("{key} = {value}");
        // The first ways are valid everywhere.
        let (line, oddity) = match self.random.below(60) {
            0 => (format!("{key}={value}"), None),
            1 => (format!("{key} ={value}"), None),
            2 => (format!("{plain}  "), None),
            3 => (format!("{} = {value}", key.to_ascii_uppercase()), None),
            4 => (format!("{plain} # comment"), None),
            5 => (format!("{key}\t=\t{value}"), None),
            6 => (format!("{plain}\n{plain}"), None),
            7 => (format!("{plain} ; comment"), Some(Oddity::SemicolonComment)),
            8 => (format!("{key} = \"{value}\""), Some(Oddity::Quotes)),
            9 => (format!("{key}: {value}"), Some(Oddity::Colon)),
            10 => (format!("  {plain}"), Some(Oddity::Indented)),
            11 => (format!("{plain}\n  continued"), Some(Oddity::Continued)),
            _ => (plain.clone(), None),
        };
        let line = match oddity {
            Some(oddity) if self.can_be_odd => {
                self.oddities.push(oddity);
                line
            }
            Some(_) => plain,
            None => line,
        };
        let _ = writeln!(text, "{line}");
    }
}
