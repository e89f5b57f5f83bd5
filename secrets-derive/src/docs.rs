use syn::{Attribute, Lit, Meta};

use crate::attr::literal;

/// Returns the trimmed lines of a doc comment, without leading and trailing empty lines.
pub(crate) fn description(attributes: &[Attribute]) -> String {
    let comments: Vec<_> = attributes.iter().filter_map(comment).collect();
    let lines: Vec<_> = comments.iter().flat_map(|comment| lines(comment)).collect();
    lines.join("\n").trim().to_owned()
}

fn comment(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match literal(&pair.value) {
            Some(Lit::Str(text)) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Lines of a block comment may begin with a star.
fn lines(comment: &str) -> impl Iterator<Item = &str> {
    let block = comment.contains('\n');
    comment.split('\n').map(move |line| {
        let line = line.trim();
        if block {
            line.strip_prefix('*').unwrap_or(line).trim_start()
        } else {
            line
        }
    })
}

#[cfg(test)]
mod tests {
    use syn::{Attribute, parse_quote};

    use super::*;

    #[test]
    fn doc_lines_are_trimmed_and_joined() {
        let attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = ""]),
            parse_quote!(#[doc = " Consumer key "]),
            parse_quote!(#[doc(hidden)]),
            parse_quote!(#[doc = include_str!("x")]),
            parse_quote!(#[secret("x")]),
            parse_quote!(#[deprecated = "use another key"]),
            parse_quote!(#[doc = " of Pocket."]),
            parse_quote!(#[doc = ""]),
            parse_quote!(#[doc = " * kept"]),
            parse_quote!(#[doc = " "]),
        ];
        assert_eq!(
            description(&attributes),
            "Consumer key\nof Pocket.\n\n* kept"
        );
    }

    #[test]
    fn block_comment_stars_are_removed() {
        let attributes: Vec<Attribute> =
            vec![parse_quote!(#[doc = "\n * Consumer key\n * of *Pocket*.\n "])];
        assert_eq!(description(&attributes), "Consumer key\nof *Pocket*.");
    }

    #[test]
    fn missing_comment_yields_empty_description() {
        assert_eq!(description(&[]), "");
        assert_eq!(description(&[parse_quote!(#[doc = "  "])]), "");
    }
}
