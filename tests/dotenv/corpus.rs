//! The files of the comparison: those of `corpus.txt`, and combinations of parts of files.

use std::collections::BTreeSet;

const WRITTEN: &str = include_str!("corpus.txt");

/// The escapes for bytes that editors do not display.
const SIGNS: [(&str, &[u8]); 8] = [
    ("␊", b"\n"),
    ("␍", b"\r"),
    ("␉", b"\t"),
    ("␠", b" "),
    ("␀", b"\0"),
    ("<BOM>", b"\xef\xbb\xbf"),
    ("<NBSP>", b"\xc2\xa0"),
    ("<FF>", b"\xff"),
];

/// Returns the files of `corpus.txt`.
pub(crate) fn written() -> Vec<Vec<u8>> {
    let lines = WRITTEN.lines().filter(|line| !line.is_empty());
    let files = lines.filter(|line| !line.starts_with("// ") && *line != "//");
    files.map(decoded).collect()
}

fn decoded(mut line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(first) = line.chars().next() {
        let mut written = [0; 4];
        let itself = &*first.encode_utf8(&mut written);
        let sign = SIGNS.iter().find(|(sign, _)| line.starts_with(sign));
        let (sign, stands_for) = *sign.unwrap_or(&(itself, itself.as_bytes()));
        bytes.extend_from_slice(stands_for);
        line = &line[sign.len()..];
    }
    bytes
}

/// Returns every combination of a start of a line, a value, quotes and an end of a line.
pub(crate) fn combined() -> Vec<Vec<u8>> {
    const BEGINNINGS: [&str; 4] = ["A=", "A = ", "export A=", "B='b'\n\tA\t="];
    const QUOTES: [&str; 4] = ["", "'", "\"", "`"];
    const ENDS: [&str; 7] = [
        "",
        "\n",
        " \t\n",
        " # c\n",
        "#c\n",
        "\r\nB=b\r\n",
        " x\nB=b",
    ];
    const VALUES: [&str; 26] = [
        "",
        "a",
        "a b",
        " a ",
        "#a",
        "a#b",
        "a # b",
        "a'b",
        "a\"b",
        "a`b",
        "a\\'b",
        "a\\\"b",
        "a\\nb\\tc",
        "a\\\\",
        "a\\",
        "p$",
        "pa$$word",
        "$DB_USER:$DB_PASSWORD",
        "${HOME}/x",
        "x${UNSET}",
        "${UNSET:-d e}",
        "${EMPTY:-d}",
        "${B}",
        "{\"a\": \"b # c\"}",
        "a\nb\n",
        "ä\u{2028}ö",
    ];
    let mut files = BTreeSet::new();
    for beginning in BEGINNINGS {
        for value in VALUES {
            for quote in QUOTES {
                for end in ENDS {
                    files.insert(format!("{beginning}{quote}{value}{quote}{end}").into_bytes());
                }
            }
        }
    }
    files.into_iter().collect()
}
