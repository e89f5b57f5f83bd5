//! Responses in a script.

use std::io::Write as _;

/// The response to one request.
#[derive(Clone, Debug)]
pub(super) struct ScriptedResponse {
    pub(super) bytes: Vec<u8>,
    pub(super) ending: Ending,
    /// The status, unless the response is raw.
    pub(super) status: Option<u16>,
    pub(super) body: Vec<u8>,
    /// Whether the body matches its announced length.
    pub(super) is_whole: bool,
}

/// The state of the connection after the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Kept,
    Closed,
    Stalled,
}

/// The announcement of a body's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Announced,
    /// The announced length is larger than the body.
    Short,
    /// The announced length is smaller than the body.
    Long,
    /// Two chunks, the first of one byte.
    Chunked,
    /// Until the connection is closed.
    Open,
}

impl ScriptedResponse {
    pub(super) fn read_all(script: &[u8]) -> Vec<Self> {
        const MAX: usize = 8;
        let mut responses = vec![Vec::new()];
        for line in script.split_inclusive(|byte| *byte == b'\n') {
            if line == b"----\n" && responses.len() < MAX {
                responses.push(Vec::new());
            } else if let Some(last) = responses.last_mut() {
                last.extend_from_slice(line);
            }
        }
        responses.iter().map(|text| Self::read(text)).collect()
    }

    fn read(text: &[u8]) -> Self {
        if text.starts_with(b"HTTP/") {
            return Self::raw(text);
        }
        let end = text
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(text.len());
        let (line, rest) = text.split_at(end);
        match parse_line(line) {
            Some((status, length, ending)) => {
                Self::written(status, length, ending, rest.get(1..).unwrap_or_default())
            }
            None => Self::written(200, Length::Announced, Ending::Kept, text),
        }
    }

    fn raw(text: &[u8]) -> Self {
        Self {
            bytes: text.to_owned(),
            ending: Ending::Closed,
            status: None,
            body: text.to_owned(),
            is_whole: false,
        }
    }

    fn written(status: u16, length: Length, ending: Ending, body: &[u8]) -> Self {
        let ending = match (length, ending) {
            // A wrong length would desynchronize the connection.
            (Length::Short | Length::Long | Length::Open, Ending::Kept) => Ending::Closed,
            _ => ending,
        };
        let mut bytes = format!("HTTP/1.1 {status} x\r\n").into_bytes();
        let _ = match length {
            Length::Announced => write!(bytes, "content-length: {}\r\n\r\n", body.len()),
            Length::Short => write!(bytes, "content-length: {}\r\n\r\n", body.len() + 1),
            Length::Long => write!(bytes, "content-length: {}\r\n\r\n", body.len() / 2),
            Length::Chunked => write!(bytes, "transfer-encoding: chunked\r\n\r\n"),
            Length::Open => write!(bytes, "\r\n"),
        };
        if length == Length::Chunked {
            chunked(&mut bytes, body);
        } else {
            bytes.extend_from_slice(body);
        }
        let is_whole = matches!(length, Length::Announced | Length::Chunked)
            || length == Length::Open && ending == Ending::Closed;
        Self {
            bytes,
            ending,
            status: Some(status),
            body: body.to_owned(),
            is_whole,
        }
    }
}

fn chunked(bytes: &mut Vec<u8>, body: &[u8]) {
    let (first, rest) = body.split_at(body.len().min(1));
    for chunk in [first, rest] {
        if !chunk.is_empty() {
            let _ = write!(bytes, "{:x}\r\n", chunk.len());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
}

/// Parses a status and optional words, such as `400 chunked closed`.
fn parse_line(line: &[u8]) -> Option<(u16, Length, Ending)> {
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let status = words
        .next()?
        .parse()
        .ok()
        .filter(|status| (200..1000).contains(status))?;
    let (mut length, mut ending) = (Length::Announced, Ending::Kept);
    for word in words {
        match word {
            "short" => length = Length::Short,
            "long" => length = Length::Long,
            "chunked" => length = Length::Chunked,
            "open" => length = Length::Open,
            "closed" => ending = Ending::Closed,
            "stalled" => ending = Ending::Stalled,
            _ => return None,
        }
    }
    Some((status, length, ending))
}
