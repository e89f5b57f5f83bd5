//! The secrets to load.

/// The field names of ten secrets, and the keys of the JSON secret.
const TEN: &str = "ABCDEFGHIJ";

/// The name of the secret that is a JSON object of ten keys.
const JSON: &str = "JSON";

/// The secrets of a measurement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wanted {
    /// This number of secrets: 1, 2, 10, 20, 45 or 200.
    Secrets(usize),
    /// One secret with ten JSON keys.
    Json,
}

impl Wanted {
    /// All measured sizes.
    pub const ALL: [Self; 7] = [
        Self::Secrets(1),
        Self::Secrets(2),
        Self::Secrets(10),
        Self::Secrets(20),
        Self::Secrets(45),
        Self::Secrets(200),
        Self::Json,
    ];

    /// Returns the names of the secrets in nested groups of ten: `A`, `P_A`, `K_P_A`.
    pub fn names(self) -> Vec<String> {
        let count = match self {
            Self::Json => return vec![JSON.to_owned()],
            Self::Secrets(count) => count,
        };
        let groups: &[&str] = match count {
            0..=10 => &[""],
            11..=100 => &["P_", "Q_", "R_", "S_", "T_"],
            _ => {
                return ["K_", "L_"]
                    .iter()
                    .flat_map(|half| tens(half, "PQRSTUVWXY"))
                    .collect();
            }
        };
        let letters = groups.iter().flat_map(|group| ten(group));
        letters.take(count).collect()
    }

    /// Returns the total length of the values.
    pub fn total(self) -> usize {
        match self {
            Self::Secrets(_) => self.names().iter().map(|name| value(name).len()).sum(),
            Self::Json => TEN.chars().map(|key| value(&key.to_string()).len()).sum(),
        }
    }

    /// Returns the total length of the values in the JSON secret.
    #[cfg(feature = "json")]
    pub(crate) fn total_of_json(text: &str) -> usize {
        let keys: std::collections::BTreeMap<String, String> =
            serde_json::from_str(text).expect("an object of texts");
        keys.values().map(String::len).sum()
    }

    /// Returns the secrets with their values.
    pub fn contents(self) -> Vec<(String, String)> {
        let names = self.names().into_iter();
        match self {
            Self::Secrets(_) => names.map(|name| (name.clone(), value(&name))).collect(),
            Self::Json => names.map(|name| (name, object())).collect(),
        }
    }
}

fn tens<'a>(half: &'a str, groups: &'a str) -> impl Iterator<Item = String> + 'a {
    groups
        .chars()
        .flat_map(move |group| ten(&format!("{half}{group}_")))
}

fn ten(prefix: &str) -> Vec<String> {
    TEN.chars()
        .map(|letter| format!("{prefix}{letter}"))
        .collect()
}

/// The length of a typical database password.
fn value(name: &str) -> String {
    format!("{name:-<32}")
}

fn object() -> String {
    let members: Vec<_> = ten("")
        .iter()
        .map(|key| format!("\"{}\":\"{}\"", key.to_lowercase(), value(key)))
        .collect();
    format!("{{{}}}", members.join(","))
}
