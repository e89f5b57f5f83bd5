//! Files that cannot be read or parsed.

use from_secrets::source::{Dotenv, SourceErrorKind};

use crate::support::{CANARY, File, Settings, Token, fails, load, loader};
use crate::values::Values;

#[test]
fn bad_line_error_hides_content() {
    for (text, place) in [
        (
            format!("KEY=x\n{CANARY} {CANARY}\n"),
            "line 2 (after `KEY`): expected `NAME=value`",
        ),
        (
            format!("KEY=x\n\n{CANARY}\n"),
            "line 3 (after `KEY`): expected `NAME=value`",
        ),
        (CANARY.to_owned(), "line 1: expected `NAME=value`"),
        (
            format!("KEY=x\nCANARY=\nTEXT: {CANARY}"),
            "line 3: expected `NAME=value`",
        ),
        (
            format!("KEY={CANARY}\nCANARY32==\nTEXT: {CANARY}"),
            "line 3: expected `NAME=value`",
        ),
        (
            format!("KEY=x\nTEXT=\"{CANARY}\n"),
            "line 2 (`TEXT`): unclosed quote",
        ),
        (
            format!("KEY='x\ny'\nTEXT='{CANARY}' {CANARY}"),
            "line 3 (`TEXT`): unexpected text after",
        ),
        (format!("KEY=x\ncanary='{CANARY}"), "line 2: unclosed quote"),
        (
            format!("KEY={CANARY}${{TEXT}}"),
            "line 1 (`KEY`): `TEXT` is not set in the environment or in a line above",
        ),
        (
            format!("KEY={CANARY}${{TEXT:-{CANARY}${{A}}}}"),
            "(`KEY`): default of `TEXT` contains a nested `${`",
        ),
        (
            format!("KEY=x\r\nTEXT={CANARY}\0"),
            "line 2: text contains a NUL character",
        ),
    ] {
        let file = File::new(text);
        let error = load::<Values>(&file.loader(&[])).err().unwrap();
        let path = format!("`{}`, ", file.path().display());
        fails(&error, SourceErrorKind::Malformed, &[&path, place]);
        assert_eq!(error.failed_fields().count(), 3, "{error:#}");
    }
    let file = File::new(b"KEY=x\rTEXT=canary\xff");
    let error = load::<Values>(&file.loader(&[])).err().unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["line 2: text is not UTF-8"],
    );
}

#[test]
fn uncertain_names_are_not_shown() {
    let message = |text: &str| {
        let file = File::new(text);
        let error = load::<Values>(&file.loader(&[])).err().unwrap();
        let shown = format!("{error:#}");
        assert!(!shown.contains("NNWG"), "{shown}");
        shown
    };
    let wrapped = "CONFIG={\"totp\":\"MFRGGZDFMZTWQ2LK\nNNWG23TPOBYXE43U=";
    for rest in ["\"}", "\", \"a\": \"b\"}", "${UNSET}", ",x\nKEY"] {
        let shown = message(&format!("{wrapped}{rest}\n"));
        assert!(shown.contains(", line "), "{shown}");
        assert!(
            !shown.contains(" (`") && !shown.contains("(after"),
            "{shown}"
        );
    }
    // A field reads `KEY`. Base32 and base64 do not contain `_`.
    assert!(message("KEY=\"x").contains("line 1 (`KEY`): unclosed quote"));
    assert!(message("OTHER=\"x").contains("line 1: unclosed quote"));
    assert!(message("OTHER_1=\"x").contains("line 1 (`OTHER_1`): unclosed quote"));
    assert!(message("OTHER_1=x\ny").contains("line 2 (after `OTHER_1`): expected"));
}

#[test]
fn folder_or_oversized_file_is_rejected() {
    let large = File::new(format!("TOKEN={}", CANARY.repeat(100_000)));
    let error = load::<Token>(&large.loader(&[])).err().unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &[large.path().to_str().unwrap(), "1 MiB"],
    );
    let folder = std::env::temp_dir();
    let error = load::<Token>(&loader([Dotenv::new().path(&folder)], &[]))
        .err()
        .unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &[folder.to_str().unwrap(), "is a directory"],
    );
}

#[test]
fn rejected_value_is_not_shown() {
    let file = File::new(format!("PORT={CANARY}\nHOST=h\nTOKEN=t\n"));
    let error = load::<Settings>(&file.loader(&[])).err().unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["an integer from 0 to 65535"],
    );
}

#[test]
fn exponential_expansion_is_rejected() {
    let mut text = format!("TOKEN={}\n", "canary".repeat(100));
    for _ in 0..60 {
        text += "TOKEN=${TOKEN}${TOKEN}\n";
    }
    let file = File::new(text);
    let error = load::<Token>(&file.loader(&[])).err().unwrap();
    fails(
        &error,
        SourceErrorKind::Malformed,
        &["(`TOKEN`): values larger than 1 MiB after replacement"],
    );
}

#[test]
fn large_malformed_file_parse_terminates() {
    for part in [
        "${", "${A:-", "$A", "${A}x}", "$", "'", "\\", "#", "A=\n", "${:",
    ] {
        let text = part.repeat(300_000 / part.len());
        for file in [
            format!("TOKEN={text}"),
            format!("TOKEN=\"{text}"),
            format!("A=\n{text}"),
        ] {
            let file = File::new(file);
            // Only the end of the load matters, not its result.
            drop(load::<Token>(&file.loader(&[])));
        }
    }
}

#[test]
fn misspelled_line_is_named_in_error() {
    let file = File::new(format!("PORT=1\n\nTOKNE={CANARY}\nHSOT=h\nOTHER=o\n"));
    let error = load::<Settings>(&file.loader(&[])).err().unwrap();
    let text = format!("{error:#}");
    assert!(!text.contains(CANARY), "a value leaked");
    let path = file.path().display();
    for part in [
        "not set; did you mean `TOKNE` in line 3?".to_owned(),
        "not set; did you mean `HSOT` in line 4?".to_owned(),
        format!(
            "rename `TOKNE` in line 3 of {path} to `TOKEN`, or set the environment variable `TOKEN`"
        ),
    ] {
        assert!(text.contains(&part), "{part}\n{text}");
    }
    let file = File::new("PORT=1\nHOST=h\ntokens=x\n");
    let error = load::<Settings>(&file.loader(&[])).err().unwrap();
    let path = file.path().display();
    let hint = format!("rename `tokens` in line 3 of {path} to `TOKEN`, or set the");
    assert!(format!("{error:#}").contains(&hint), "{error:#}");
    let file = File::new("PORT=1\nOTHER=x\nHOST=h\n");
    let error = load::<Settings>(&file.loader(&[])).err().unwrap();
    assert!(!format!("{error:#}").contains("did you mean"), "{error:#}");
}
