//! The types of fields.

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Secret,
    Port,
    /// A port that is validated.
    Even,
    Signed,
    Flag,
    Level,
    Address,
    Seconds,
    /// Seconds of a function of serde's signature.
    Pause,
    Bytes,
    List,
    /// A list with a separator.
    Items,
    Point,
}

pub(crate) const KINDS: [Kind; 14] = [
    Kind::Text,
    Kind::Secret,
    Kind::Port,
    Kind::Even,
    Kind::Signed,
    Kind::Flag,
    Kind::Level,
    Kind::Address,
    Kind::Seconds,
    Kind::Pause,
    Kind::Bytes,
    Kind::List,
    Kind::Items,
    Kind::Point,
];

impl Kind {
    /// Returns the Rust type.
    pub(crate) fn rust(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Secret => "SecretString",
            Self::Port | Self::Even => "u16",
            Self::Signed => "i64",
            Self::Flag => "bool",
            Self::Level => "Level",
            Self::Address => "IpAddr",
            Self::Seconds | Self::Pause => "Duration",
            Self::Bytes => "Vec<u8>",
            Self::List | Self::Items => "Vec<u16>",
            Self::Point => "Point",
        }
    }

    /// Returns the attribute that the type requires.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Even => Some("validate = even"),
            Self::Address => Some("parse"),
            Self::Seconds => Some("parse = seconds"),
            Self::Pause => Some("deserialize_with = from_seconds"),
            Self::Items => Some("separator = \",\""),
            Self::Bytes => Some("binary"),
            _ => None,
        }
    }

    /// Returns whether a transparent struct can be the type: serde decodes it, and no function has its type.
    pub(crate) fn has_newtype(self) -> bool {
        !matches!(
            self,
            Self::Even | Self::Address | Self::Seconds | Self::Pause | Self::Bytes
        )
    }

    /// Returns the expression of a field in the `Default` of its struct, and the reported value.
    pub(crate) fn of_struct(self) -> (&'static str, &'static str) {
        match self {
            Self::Text | Self::Secret => ("\"of the struct\".into()", "of the struct"),
            Self::Port | Self::Even => ("9090", "9090"),
            Self::Signed => ("-6", "-6"),
            Self::Flag => ("true", "true"),
            Self::Level => ("Level::High", "high"),
            Self::Address => ("IpAddr::from([127, 0, 0, 2])", "127.0.0.2"),
            Self::Seconds | Self::Pause => ("Duration::from_secs(4)", "4"),
            Self::Bytes => ("vec![1, 2]", "0102"),
            Self::List | Self::Items => ("vec![3, 4]", "3,4"),
            Self::Point => ("Point { x: 2, y: Some(\"struct\".into()) }", "2;struct"),
        }
    }

    /// Returns the attribute of a default, and the reported value.
    pub(crate) fn default(self) -> (&'static str, &'static str) {
        match self {
            Self::Text | Self::Secret => ("default = \"quiet\"", "quiet"),
            Self::Port | Self::Even => ("default = 8080", "8080"),
            Self::Signed => ("default = -5", "-5"),
            Self::Flag => ("default", "false"),
            Self::Level => ("default = Level::Low", "low"),
            Self::Address => ("default = \"127.0.0.1\"", "127.0.0.1"),
            Self::Seconds | Self::Pause => ("default = Duration::from_secs(3)", "3"),
            Self::Bytes => ("default", ""),
            Self::List | Self::Items => ("default = vec![1, 2]", "1,2"),
            Self::Point => ("default = Point { x: 1, y: None }", "1;-"),
        }
    }
}
