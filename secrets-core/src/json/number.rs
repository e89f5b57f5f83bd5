//! JSON numbers that keep their original digits.

use std::str::FromStr;

use zeroize::Zeroizing;

/// A number with all its digits, which are wiped when dropped.
#[derive(Clone)]
pub(crate) struct Number(Zeroizing<String>);

impl Number {
    /// Creates a number from the digits of a JSON number.
    pub(super) fn new(digits: &str) -> Self {
        Self(Zeroizing::new(digits.to_owned()))
    }

    /// Returns the original digits.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether it has neither a fraction nor an exponent, so that its digits are the only way to write it.
    pub(crate) fn is_integer(&self) -> bool {
        !self.0.contains(['.', 'e', 'E']) && self.as_str() != "-0"
    }

    /// Returns whether it is an integer of at most 64 bits, which every serde visitor can receive.
    pub(crate) fn is_small(&self) -> bool {
        self.is_integer() && (self.parse::<u64>().is_some() || self.parse::<i64>().is_some())
    }

    pub(crate) fn parse<T: FromStr>(&self) -> Option<T> {
        self.0.parse().ok()
    }

    /// Returns the nearest float, unless the number is out of range.
    pub(crate) fn as_f64(&self) -> Option<f64> {
        float(&self.0)
    }

    /// Returns whether the nearest float has the same digits.
    pub(crate) fn fits_f64(&self) -> bool {
        let Some(float) = self.as_f64() else {
            return false;
        };
        let written = Zeroizing::new(format!("{float:e}"));
        significant(&written) == significant(&self.0)
    }
}

macro_rules! from {
    ($($type:ty)*) => {
        $(impl From<$type> for Number {
            fn from(number: $type) -> Self {
                Self(Zeroizing::new(number.to_string()))
            }
        })*
    };
}

from! { u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f64 }

impl From<f32> for Number {
    fn from(number: f32) -> Self {
        f64::from(number).into()
    }
}

/// Parses a float. Returns `None` if it is out of range: `1e999` is not infinity, and `1e-999` is not zero.
pub(crate) fn float<T: FromStr + Into<f64> + Copy>(text: &str) -> Option<T> {
    let float: T = text.parse().ok()?;
    let wide: f64 = float.into();
    let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let is_lost = has_digits && (wide.is_infinite() || (wide == 0.0 && !is_zero(text)));
    (!is_lost).then_some(float)
}

fn is_zero(text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    !mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}

/// Returns the sign, the digits without leading and trailing zeros, and the power of ten of the first digit.
fn significant(text: &str) -> (bool, Zeroizing<String>, i64) {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = Zeroizing::new(String::with_capacity(text.len()));
    digits.push_str(whole);
    digits.push_str(fraction);
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let exponent: i64 = exponent.parse().unwrap_or_default();
    let power = if digits.len() == leading {
        0
    } else {
        exponent.saturating_add(length(whole) - length(&digits[..leading]))
    };
    let digits = Zeroizing::new(digits.trim_matches('0').to_owned());
    (is_negative, digits, power)
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_round_tripping_digits_fit_f64() {
        for exact in [
            "0",
            "-0",
            "0.1",
            "1e3",
            "1.50",
            "100",
            "-2.5E-3",
            "1e300",
            "0.0",
            "4.35",
            "5e-324",
            "9007199254740993.0e0",
        ] {
            let expected = exact != "9007199254740993.0e0";
            assert_eq!(Number::new(exact).fits_f64(), expected, "{exact}");
        }
        for lossy in [
            "0.10000000000000001",
            "3.14159265358979323846",
            "18446744073709551616",
            "1e999",
            "1e-999",
        ] {
            assert!(!Number::new(lossy).fits_f64(), "{lossy}");
        }
    }

    #[test]
    fn small_number_has_64_bits() {
        for small in ["0", "18446744073709551615", "-9223372036854775808"] {
            assert!(Number::new(small).is_small(), "{small}");
        }
        for other in [
            "18446744073709551616",
            "-9223372036854775809",
            "1.0",
            "1e3",
            "-0",
        ] {
            assert!(!Number::new(other).is_small(), "{other}");
        }
    }

    #[test]
    fn float_out_of_range_is_refused() {
        assert_eq!(float::<f64>("1e999"), None);
        assert_eq!(float::<f64>("-1e999"), None);
        assert_eq!(float::<f64>("1e-999"), None);
        assert_eq!(float::<f32>("1e39"), None);
        assert_eq!(float::<f64>("0e-999"), Some(0.0));
        assert_eq!(float::<f64>("-0.0"), Some(0.0));
        assert_eq!(float::<f64>("inf"), Some(f64::INFINITY));
    }
}
