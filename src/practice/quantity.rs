use std::time::Duration;

/// A size or a time that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a whole number with a unit of size after it.
    #[error("“{0}” is no size; write 1000, 64KiB, 10MB or 1GiB")]
    Size(String),
    /// Not a whole number with a unit of time after it.
    #[error("“{0}” is no time; write 50ms, 2s or 1min")]
    Duration(String),
}

/// Reads a size in bytes: a whole number, alone or with `B`, `KB`, `MB`, `GB` (powers of ten) or
/// `KiB`, `MiB`, `GiB`, `TiB` (powers of two).
///
/// # Errors
/// [`QuantityError::Size`] for anything else, and for what passes 64 bits.
pub fn parse_size(text: &str) -> Result<u64, QuantityError> {
    let (number, unit) = split(text);
    let factor: Option<u64> = match unit {
        "" | "B" => Some(1),
        "KB" | "kB" => Some(1_000),
        "MB" => Some(1_000_000),
        "GB" => Some(1_000_000_000),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        "TiB" => Some(1 << 40),
        _ => None,
    };
    number
        .parse()
        .ok()
        .zip(factor)
        .and_then(|(number, factor): (u64, u64)| number.checked_mul(factor))
        .ok_or_else(|| QuantityError::Size(text.to_owned()))
}

/// Reads a time: a whole number with `ms`, `s` or `min`.
///
/// # Errors
/// [`QuantityError::Duration`] for anything else.
pub fn parse_duration(text: &str) -> Result<Duration, QuantityError> {
    let (number, unit) = split(text);
    let milliseconds: Option<u64> = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "min" => Some(60_000),
        _ => None,
    };
    number
        .parse()
        .ok()
        .zip(milliseconds)
        .and_then(|(number, unit): (u64, u64)| number.checked_mul(unit))
        .map(Duration::from_millis)
        .ok_or_else(|| QuantityError::Duration(text.to_owned()))
}

fn split(text: &str) -> (&str, &str) {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_whole_numbers_with_a_unit() {
        assert_eq!(parse_size("1000"), Ok(1000));
        assert_eq!(parse_size("64KiB"), Ok(65_536));
        assert_eq!(parse_size("1GiB"), Ok(1 << 30));
        assert_eq!(parse_size("10MB"), Ok(10_000_000));
        assert_eq!(parse_duration("50ms"), Ok(Duration::from_millis(50)));
        assert_eq!(parse_duration("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse_duration("1min"), Ok(Duration::from_mins(1)));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "GiB", "1.5GiB", "-1", "1 MB", "99999999999TiB", "1gb"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
        for text in ["", "5", "s", "1h", "-1s", "1.5s"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
