//! Decimal numbers in the form in which `PostgreSQL` sends and takes them.
//!
//! It does not know where they come from.
//! sqlx's own form loses the decimal places of zero, and rounds where a number has too many.

use rust_decimal::Decimal;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, Postgres};
use sqlx::{Encode, Type};

pub(super) const OID: u32 = 1700;

const NEGATIVE: u16 = 0x4000;

/// How many numbers one digit of `PostgreSQL`'s can be.
const BASE: u128 = 10_000;

/// A decimal on its way into a statement.
pub(super) struct Numeric(pub(super) Decimal);

impl Type<Postgres> for Numeric {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(OID))
    }
}

impl Encode<'_, Postgres> for Numeric {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&sent(self.0)?);
        Ok(IsNull::No)
    }
}

/// The number of digits, the weight of the first, the sign, the decimal places; then the digits.
fn sent(number: Decimal) -> Result<Vec<u8>, BoxDynError> {
    let (digits, weight) = digits(number)?;
    let sign = if number.is_sign_negative() && !number.is_zero() {
        NEGATIVE
    } else {
        0
    };
    let mut bytes = Vec::with_capacity(8 + 2 * digits.len());
    bytes.extend_from_slice(&u16::try_from(digits.len())?.to_be_bytes());
    bytes.extend_from_slice(&weight.to_be_bytes());
    bytes.extend_from_slice(&sign.to_be_bytes());
    bytes.extend_from_slice(&u16::try_from(number.scale())?.to_be_bytes());
    for digit in digits {
        bytes.extend_from_slice(&digit.to_be_bytes());
    }
    Ok(bytes)
}

/// Its digits of base 10000, and how many of them stand before the point, less one.
fn digits(number: Decimal) -> Result<(Vec<u16>, i16), BoxDynError> {
    let scale = number.scale();
    // The point stands between two digits; 29 digits of ten and three zeros are fewer than fit in 128 bits.
    let mut rest = number.mantissa().unsigned_abs() * 10_u128.pow((4 - scale % 4) % 4);
    let mut digits = Vec::new();
    while rest > 0 {
        digits.push(u16::try_from(rest % BASE)?);
        rest /= BASE;
    }
    let places = i16::try_from(scale.div_ceil(4))?;
    let weight = i16::try_from(digits.len())? - places - 1;
    digits.reverse();
    while digits.last() == Some(&0) {
        digits.pop();
    }
    let weight = if digits.is_empty() { 0 } else { weight };
    Ok((digits, weight))
}

/// The number that these bytes are; nothing when it is none, is infinite, or has more digits than a decimal has.
pub(super) fn received(bytes: &[u8]) -> Option<Decimal> {
    let (header, digits) = bytes.split_first_chunk::<8>()?;
    let [
        _,
        _,
        weight_high,
        weight_low,
        sign_high,
        sign_low,
        scale_high,
        scale_low,
    ] = *header;
    let weight = i64::from(i16::from_be_bytes([weight_high, weight_low]));
    let sign = u16::from_be_bytes([sign_high, sign_low]);
    // Places that a decimal does not have may only be zeros.
    let scale = u16::from_be_bytes([scale_high, scale_low]);
    let scale = u32::from(scale).min(Decimal::MAX_SCALE);
    if sign != 0 && sign != NEGATIVE {
        return None;
    }
    let mut mantissa = 0_u128;
    let (digits, _) = digits.as_chunks::<2>();
    for digit in digits {
        let digit = u16::from_be_bytes(*digit);
        mantissa = mantissa.checked_mul(BASE)?.checked_add(digit.into())?;
    }
    let exponent = 4 * (weight + 1 - i64::try_from(digits.len()).ok()?) + i64::from(scale);
    let mantissa = i128::try_from(scaled(mantissa, exponent)?).ok()?;
    let signed = if sign == NEGATIVE {
        -mantissa
    } else {
        mantissa
    };
    Decimal::try_from_i128_with_scale(signed, scale).ok()
}

/// A number times ten to the power of the exponent, where that is whole.
fn scaled(number: u128, exponent: i64) -> Option<u128> {
    if number == 0 {
        return Some(0);
    }
    let power = 10_u128.checked_pow(u32::try_from(exponent.unsigned_abs()).ok()?)?;
    if exponent >= 0 {
        return number.checked_mul(power);
    }
    number.is_multiple_of(power).then_some(number / power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were_with_all_their_places() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "10000",
            "1.50",
            "0.0001",
            "-0.00012",
            "12345.67890",
            "100.00",
            "79228162514264337593543950335",
            "-79228162514264337593543950335",
            "7.9228162514264337593543950335",
            "0.0000000000000000000000000001",
        ] {
            let number: Decimal = text.parse().unwrap();
            let back = received(&sent(number).unwrap()).unwrap();
            assert_eq!(back.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_decimal_is_nothing() {
        let of = |weight: i16, sign: u16, scale: u16, digits: &[u16]| {
            let mut bytes = Vec::new();
            bytes.extend(u16::try_from(digits.len()).unwrap().to_be_bytes());
            bytes.extend(weight.to_be_bytes());
            bytes.extend(sign.to_be_bytes());
            bytes.extend(scale.to_be_bytes());
            bytes.extend(digits.iter().flat_map(|digit| digit.to_be_bytes()));
            received(&bytes)
        };
        for sign in [0xC000, 0xD000, 0xF000] {
            assert_eq!(of(0, sign, 0, &[]), None);
        }
        assert_eq!(of(30000, 0, 0, &[1]), None);
        assert_eq!(of(-30000, 0, 16000, &[1]), None);
        assert_eq!(of(7, 0, 0, &[9999; 8]), None);
        assert_eq!(received(b"short"), None);
        // Many places, of which all that a decimal does not have are zeros.
        let third = of(-1, 0, 40, &[5000]).unwrap();
        assert_eq!(third, "0.5".parse().unwrap());
    }
}
