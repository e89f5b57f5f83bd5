//! Prompts on a terminal of another system: one line, without pasted line breaks.

use std::io::{self, Write as _, stderr, stdin};

use zeroize::Zeroizing;

/// Reads a line without showing it.
pub(in crate::cli::write) fn read_hidden(prompt: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let text = Zeroizing::new(rpassword::prompt_password(prompt)?);
    Ok(Some(Zeroizing::new(text.as_bytes().to_vec())))
}

/// Reads a line. Returns `None` at the end of input.
pub(in crate::cli::write) fn read_line(prompt: &str) -> io::Result<Option<String>> {
    let mut err = stderr().lock();
    err.write_all(prompt.as_bytes())
        .and_then(|()| err.flush())?;
    let mut line = String::new();
    let length = stdin().read_line(&mut line)?;
    Ok((length > 0).then_some(line))
}
