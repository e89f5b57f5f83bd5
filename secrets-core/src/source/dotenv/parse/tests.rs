use super::*;
use crate::source::FetchResult;

fn parse_alone(text: &str) -> Result<Lines, BadLine> {
    parse(text.as_bytes(), &Env::from_vars([("SET", "set")]), &[])
}

fn get(text: &str, name: &str) -> Option<String> {
    let lines = parse_alone(text).unwrap();
    lines.get(name).map(|line| line.value.to_string())
}

#[test]
fn last_line_needs_no_newline() {
    for text in [
        "A=a",
        "A=a ",
        "A=a\n",
        "A=a\r\n",
        "A=a\r",
        "A=a # comment",
        "A=a\n ",
        "\u{feff}A=a",
    ] {
        assert_eq!(get(text, "A").as_deref(), Some("a"), "{text:?}");
    }
}

#[test]
fn names_may_be_quoted_and_foreign() {
    for (line, name) in [
        ("'A'=a", "A"),
        ("'A B' = a", "A B"),
        ("export GRÖSSE=a", "GRÖSSE"),
        ("GRO\u{308}SSE=a", "GRO\u{308}SSE"),
        ("名=a", "名"),
        ("a.b-c=a", "a.b-c"),
        ("1A=a", "1A"),
        ("export=a", "export"),
    ] {
        assert_eq!(get(line, name).as_deref(), Some("a"), "{line}");
    }
    for line in [
        "\"A\"=a",
        "“A”=a",
        "→A=a",
        "A/B=a",
        "B=b\n\u{feff}A=a",
        "''=a",
        "A: a",
        "A",
    ] {
        assert!(parse_alone(line).is_err(), "{line}");
    }
}

#[test]
fn lines_are_counted_with_each_newline() {
    let text = "A=a\r\nB=b\rC='c\r\nc\rc'\n\n# comment\n\tD=d";
    let lines = parse_alone(text).unwrap();
    let numbers = ["A", "B", "C", "D"].map(|name| lines.get(name).unwrap().number);
    assert_eq!(numbers, [1, 2, 3, 8]);
    assert_eq!(&*lines.get("C").unwrap().value, "c\nc\nc");
}

#[test]
fn only_certain_names_are_shown() {
    let name = |text: &str| {
        let lines = parse_alone(text).unwrap();
        lines.last().and_then(Line::certain_name).map(str::to_owned)
    };
    assert_eq!(name("DB_1=a").as_deref(), Some("DB_1"));
    for text in ["db=a", "A=", "A==", "A====", "JBSWY3DPEHPK3PXP=", "Zm9v=a"] {
        assert_eq!(name(text), None, "{text}");
    }
}

#[test]
fn literal_dollars_are_listed_once() {
    let text = "A=$SET$UNSET\nB=$A\nC=$SET${SET:?}\nD='$SET'\nE=\nF=$E";
    let kept = parse_alone(text).unwrap().kept;
    let kept: Vec<_> = kept
        .iter()
        .map(|kept| (kept.number, kept.name.as_str()))
        .collect();
    assert_eq!(kept, [(1, "SET"), (2, "A")]);
}

#[test]
fn debug_shows_no_line() {
    let lines = parse_alone("CANARY=canary\ncanary=").unwrap();
    let result = lines.fetch_all(&[crate::source::SecretRequest::variable("CANARY")]);
    assert!(matches!(result[..], [FetchResult::Found(_)]));
    let shown = format!("{lines:?} {result:?}").to_lowercase();
    assert!(!shown.contains("canary"), "{shown}");
}

/// Every text of a few parts: the parser ends without a panic, and its errors quote no value.
#[test]
fn parse_never_panics_or_leaks_values() {
    const PARTS: [&str; 17] = [
        "A", "=", "'", "\"", "\\", "\n", "\r", " ", "#", "$", "{", "}", ":-", "canary!", "export ",
        "ä", "\u{feff}",
    ];
    let count = PARTS.len();
    for index in 0..count.pow(3) {
        let part = |place: u32| PARTS[index / count.pow(place) % count];
        let text = [part(0), part(1), part(2)].concat();
        for text in [
            format!("A={text}"),
            format!("A=\"${{{text}"),
            format!("A=\n{text}="),
        ] {
            match parse_alone(&text) {
                Ok(lines) => assert!(format!("{lines:?}").starts_with("Lines"), "{text:?}"),
                Err(bad) => {
                    let error = bad.source_error(".env".as_ref());
                    assert!(!format!("{bad:?} {error:?}").contains("canary"), "{text:?}");
                }
            }
        }
    }
}
