use crate::audio::verdict::FrameDefect;

/// What ends the reading of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes at hand end before it does.
    More,
    /// This is wrong with it.
    Defect(FrameDefect),
}

/// Reads bits, the most significant first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'a> {
    rest: &'a [u8],
    /// The next bits, from the top. Below `filled` stand bits that `rest` begins with, or 0.
    cache: u64,
    /// How many bits of the cache were taken from `rest`: at most 63.
    filled: u32,
    length: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            cache: 0,
            filled: 0,
            length: bytes.len(),
        }
    }

    /// How many bytes were begun to be read.
    pub(super) fn position(&self) -> usize {
        self.length - self.rest.len() - self.filled as usize / 8
    }

    /// Goes on at the next whole byte, and returns the bits between.
    pub(super) fn align(&mut self) -> Result<u64, Stop> {
        self.unsigned(self.filled % 8)
    }

    /// Reads a number of up to 57 bits.
    #[inline]
    pub(super) fn unsigned(&mut self, bits: u32) -> Result<u64, Stop> {
        if self.filled < bits {
            self.refill();
            if self.filled < bits {
                return Err(Stop::More);
            }
        }
        Ok(self.shift_out(bits))
    }

    /// Reads a number of up to 57 bits in two's complement.
    #[inline]
    pub(super) fn signed(&mut self, bits: u32) -> Result<i64, Stop> {
        let unsigned = self.unsigned(bits)?;
        let unused = 64 - bits.clamp(1, 64);
        Ok((unsigned << unused).cast_signed() >> unused)
    }

    /// Counts the zeros before the next one, and passes over that as well.
    #[inline]
    pub(super) fn unary(&mut self) -> Result<u32, Stop> {
        let mut count: u32 = 0;
        loop {
            self.refill();
            let zeros = self.cache.leading_zeros();
            if zeros < self.filled {
                self.shift_out(zeros + 1);
                return Ok(count.saturating_add(zeros));
            }
            if self.filled == 0 {
                return Err(Stop::More);
            }
            count = count.saturating_add(self.filled);
            self.shift_out(self.filled);
        }
    }

    /// Reads a zigzagged Rice code (RFC 9639 section 9.2.7) with a parameter of up to 30.
    #[inline]
    pub(super) fn rice(&mut self, parameter: u32) -> Result<i64, Stop> {
        self.refill();
        let zeros = self.cache.leading_zeros();
        let folded = if zeros + 1 + parameter <= self.filled {
            let behind = self.cache << (zeros + 1);
            let low = (behind >> 1) >> (63 - parameter);
            self.cache = behind << parameter;
            self.filled -= zeros + 1 + parameter;
            (u64::from(zeros) << parameter) | low
        } else {
            let high = self.unary()?;
            (u64::from(high) << parameter) | self.unsigned(parameter)?
        };
        if folded > u64::from(u32::MAX) {
            return Err(Stop::Defect(FrameDefect::Subframe));
        }
        let folded = folded.cast_signed();
        Ok((folded >> 1) ^ -(folded & 1))
    }

    #[inline]
    fn shift_out(&mut self, bits: u32) -> u64 {
        // In two steps: none of them may be of 64.
        let value = (self.cache >> 1) >> (63 - bits);
        self.cache <<= bits;
        self.filled -= bits;
        value
    }

    #[inline]
    fn refill(&mut self) {
        if let Some(next) = self.rest.first_chunk::<8>() {
            self.cache |= u64::from_be_bytes(*next) >> self.filled;
            let taken = (63 - self.filled) >> 3;
            self.rest = self.rest.get(taken as usize..).unwrap_or_default();
            self.filled += taken * 8;
        } else {
            self.refill_at_end();
        }
    }

    #[cold]
    fn refill_at_end(&mut self) {
        while self.filled <= 55 {
            let Some((next, rest)) = self.rest.split_first() else {
                return;
            };
            self.cache |= u64::from(*next) << (56 - self.filled);
            self.filled += 8;
            self.rest = rest;
        }
    }
}
