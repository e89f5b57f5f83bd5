//! The types of fields.

/// What a field holds.
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
    /// The type, as it is written.
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

    /// The attribute that the type needs.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Address => Some("parse"),
            Self::Seconds => Some("parse = seconds"),
            Self::Bytes => Some("binary"),
            _ => None,
        }
    }

    /// A default as it is written, and what the field then tells.
    pub(crate) fn default(self) -> (&'static str, &'static str) {
        match self {
            Self::Text | Self::Secret => ("default = \"calm\"", "calm"),
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
