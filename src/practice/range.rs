/// What a `Range` header asks of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedRange {
    /// Nothing that is understood, or several ranges: the whole body is the answer (RFC 9110
    /// section 14.2 lets a server ignore the header).
    Whole,
    /// The bytes from `from` up to, not including, `to`.
    Part {
        /// The first byte.
        from: u64,
        /// The byte after the last.
        to: u64,
    },
    /// A range that begins after the end.
    Unsatisfiable,
}

/// Reads a `Range` of one part (RFC 9110 section 14.1.2) against a body of `length` bytes.
pub fn asked_range(header: &str, length: u64) -> AskedRange {
    let spec = header
        .split_once('=')
        .filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes"))
        .and_then(|(_, spec)| spec.trim().split_once('-'));
    let Some((first, last)) = spec else {
        return AskedRange::Whole;
    };
    match (number(first), number(last)) {
        (Some(from), Some(last)) if last < from => AskedRange::Whole,
        (Some(from), Some(last)) => part(from, last.saturating_add(1).min(length)),
        (Some(from), None) if last.is_empty() => part(from, length),
        (None, Some(suffix)) if first.is_empty() => part(length.saturating_sub(suffix), length),
        _ => AskedRange::Whole,
    }
}

const fn part(from: u64, to: u64) -> AskedRange {
    if from < to {
        AskedRange::Part { from, to }
    } else {
        AskedRange::Unsatisfiable
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        use AskedRange::{Part, Unsatisfiable, Whole};
        for (header, asked) in [
            ("bytes=0-0", Part { from: 0, to: 1 }),
            ("bytes=3-", Part { from: 3, to: 10 }),
            ("Bytes=3-99", Part { from: 3, to: 10 }),
            ("bytes=-4", Part { from: 6, to: 10 }),
            ("bytes=-40", Part { from: 0, to: 10 }),
            ("bytes=10-", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=5-4", Whole),
            ("bytes=0-1,4-5", Whole),
            ("items=0-1", Whole),
            ("bytes=-", Whole),
            ("bytes=a-b", Whole),
        ] {
            assert_eq!(asked_range(header, 10), asked, "{header}");
        }
    }
}
