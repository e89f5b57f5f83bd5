//! Base64 in JSON and in environment variables.

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, decoded_len_estimate};
use zeroize::Zeroizing;

/// The text is not base64.
pub(crate) struct NotBase64;

/// Decodes base64, with or without padding and line breaks.
pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, NotBase64> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    // The command `base64` wraps its lines. The buffers are allocated in their final size, so that they do not leave
    // copies when they grow, and they are wiped even if the text is not base64.
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(decoded_len_estimate(digits.len())));
    GeneralPurpose::new(&STANDARD, LENIENT)
        .decode_vec(&*digits, &mut bytes)
        .map_err(|_| NotBase64)?;
    Ok(bytes.to_vec())
}
