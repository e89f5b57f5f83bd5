//! The types of fields.

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Secret,
    Port,
    Signed,
    Flag,
    Level,
    Address,
    Seconds,
    Bytes,
    List,
    Point,
}

pub(crate) const KINDS: [Kind; 11] = [
    Kind::Text,
    Kind::Secret,
    Kind::Port,
    Kind::Signed,
    Kind::Flag,
    Kind::Level,
    Kind::Address,
    Kind::Seconds,
    Kind::Bytes,
    Kind::List,
    Kind::Point,
];

impl Kind {
    /// Returns the Rust type.
    pub(crate) fn rust(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Secret => "SecretString",
            Self::Port => "u16",
            Self::Signed => "i64",
            Self::Flag => "bool",
            Self::Level => "Level",
            Self::Address => "IpAddr",
            Self::Seconds => "Duration",
            Self::Bytes => "Vec<u8>",
            Self::List => "Vec<u16>",
            Self::Point => "Point",
        }
    }

    /// Returns the attribute that the type requires.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Address => Some("parse"),
            Self::Seconds => Some("parse = seconds"),
            Self::Bytes => Some("binary"),
            _ => None,
        }
    }

    /// Returns the attribute of a default, and the reported value.
    pub(crate) fn default(self) -> (&'static str, &'static str) {
        match self {
            Self::Text | Self::Secret => ("default = \"quiet\"", "quiet"),
            Self::Port => ("default = 8080", "8080"),
            Self::Signed => ("default = -5", "-5"),
            Self::Flag => ("default", "false"),
            Self::Level => ("default = Level::Low", "low"),
            Self::Address => ("default = IpAddr::from([127, 0, 0, 1])", "127.0.0.1"),
            Self::Seconds => ("default = Duration::from_secs(3)", "3"),
            Self::Bytes => ("default", ""),
            Self::List => ("default = vec![1, 2]", "1,2"),
            Self::Point => ("default = Point { x: 1, y: None }", "1;-"),
        }
    }
}
