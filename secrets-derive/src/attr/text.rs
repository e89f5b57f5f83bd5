use std::ops::Deref;

use from_secrets_syntax::check_name;
use proc_macro2::Span;
use syn::{LitStr, Path};

/// A string literal, or the path of a constant.
#[derive(Clone)]
pub(crate) struct Text {
    /// The literal. For a constant, a text that no literal should contain, which all checks accept.
    literal: LitStr,
    constant: Option<Path>,
}

impl Text {
    pub(super) fn of_constant(path: Path, span: Span) -> Self {
        let segments: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let path_text = segments.join("/").replace("r#", "").replace('$', "");
        let stand_in = Some(format!("constant!{path_text}"));
        let stand_in = stand_in.filter(|text| check_name(text).is_ok());
        let stand_in = stand_in.unwrap_or_else(|| "constant!".to_owned());
        Self {
            literal: LitStr::new(&stand_in, span),
            constant: Some(path),
        }
    }

    pub(crate) fn constant(&self) -> Option<&Path> {
        self.constant.as_ref()
    }
}

impl From<LitStr> for Text {
    fn from(literal: LitStr) -> Self {
        Self {
            literal,
            constant: None,
        }
    }
}

impl Deref for Text {
    type Target = LitStr;

    fn deref(&self) -> &LitStr {
        &self.literal
    }
}
