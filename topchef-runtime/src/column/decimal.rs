//! Decimal numbers as texts: read exactly, and compared.
//!
//! It does not know where the texts are from.

#[cfg(any(feature = "sqlite", test))]
use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::parse::InputError;

/// The number that a text says, exactly and with all its decimal places: no float in between, and nothing is rounded.
///
/// Texts are numbers as JSON has them (RFC 8259, section 6), but for zeros that may stand before them.
///
/// # Errors
/// [`InputError`]: `type` when the text is no number, `precision` when it has more than 28 digits.
pub(crate) fn decimal(text: &str) -> Result<Decimal, InputError> {
    let number = Number::of(text).ok_or_else(|| InputError::new("type", "must be a number"))?;
    number.exact().ok_or_else(|| {
        InputError::new(
            "precision",
            "must have at most 28 digits (29 where they fit in 96 bits)",
        )
    })
}

/// How the database compares two texts of a column of decimals: by what they say, and what says no number last.
#[cfg(any(feature = "sqlite", test))]
pub(crate) fn compare_decimals(left: &str, right: &str) -> Ordering {
    match (decimal(left), decimal(right)) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => left.cmp(right),
    }
}

/// The parts of a number as it is written.
struct Number<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: &'a str,
}

impl<'a> Number<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = !whole.is_empty()
            && !digits.is_empty()
            && [whole, fraction, digits].into_iter().all(all_digits);
        is_number.then_some(Self {
            negative,
            whole,
            fraction,
            exponent,
        })
    }

    /// Nothing when it has more digits than a decimal.
    fn exact(&self) -> Option<Decimal> {
        let mut mantissa = 0_i128;
        for digit in self.whole.bytes().chain(self.fraction.bytes()) {
            mantissa = mantissa
                .checked_mul(10)?
                .checked_add(i128::from(digit - b'0'))?;
        }
        let exponent: i64 = self.exponent.parse().ok()?;
        let places = i64::try_from(self.fraction.len())
            .ok()?
            .checked_sub(exponent)?;
        let scale = u32::try_from(places.max(0)).ok()?;
        let mut tens = u32::try_from(places.min(0).checked_neg()?).ok()?;
        // Zero is zero however many others follow it.
        if mantissa == 0 {
            tens = 0;
        }
        mantissa = mantissa.checked_mul(10_i128.checked_pow(tens)?)?;
        if self.negative {
            mantissa = -mantissa;
        }
        Decimal::try_from_i128_with_scale(mantissa, scale).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        decimal(text).unwrap().to_string()
    }

    #[test]
    fn numbers_are_read_exactly_and_keep_their_places() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("0.10", "0.10"),
            ("-5", "-5"),
            ("1.5e3", "1500"),
            ("15E-1", "1.5"),
            ("1e+2", "100"),
            ("0e99", "0"),
            ("007", "7"),
            (
                "79228162514264337593543950335",
                "79228162514264337593543950335",
            ),
            (
                "0.0000000000000000000000000001",
                "0.0000000000000000000000000001",
            ),
            (
                "1234567890.123456789012345678",
                "1234567890.123456789012345678",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error_and_not_rounded() {
        for text in [
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
            "1.00000000000000000000000000001",
            "1e29",
            "1e-29",
            "1e999999999999999999999",
            "1e-9223372036854775808",
            "1e9223372036854775807",
            &"9".repeat(10_000),
        ] {
            assert_eq!(decimal(text).unwrap_err().code, "precision", "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_of_another_type() {
        for text in [
            "", "-", ".", "1.", ".5", "+1", "1_000", "1,5", " 1", "1 ", "0x1", "e5", "1e", "1e+",
            "1e1.5", "--1", "NaN", "inf", "1.2.3", "١",
        ] {
            assert_eq!(decimal(text).unwrap_err().code, "type", "{text}");
        }
    }

    #[test]
    fn texts_compare_as_numbers_and_any_text_has_a_place() {
        let mut texts = ["zebra", "10", "9.5", "-3", "apple", "9.50", "1e2", ""];
        texts.sort_by(|left, right| compare_decimals(left, right));
        assert_eq!(
            texts,
            ["-3", "9.5", "9.50", "10", "1e2", "", "apple", "zebra"]
        );
        assert_eq!(compare_decimals("1.50", "1.5"), Ordering::Equal);
    }
}
