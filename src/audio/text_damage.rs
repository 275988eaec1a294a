/// Looks, while a file arrives, for what is left of one that something took for text on its way.
///
/// Real audio rules each way out within its first bytes, so that little is looked at.
#[derive(Debug)]
pub(super) struct TextDamage {
    /// `None` once it is clear that the file is no UTF-8.
    utf8: Option<Utf8>,
    /// `None` once a line feed came without a carriage return before it.
    breaks: Option<Breaks>,
    /// `None` once a byte came that has its highest bit.
    low: Option<Low>,
}

/// A file whose bytes above 7Fh were written as UTF-8.
#[derive(Debug, Default)]
struct Utf8 {
    /// The beginning of a character whose other bytes are to come.
    begun: Vec<u8>,
    /// Replacement characters (U+FFFD), each for a byte that was no text.
    replaced: u64,
    /// How many bytes the other characters have beyond one each.
    added: u64,
}

/// A file whose line feeds (0Ah) got a carriage return each.
#[derive(Debug, Default)]
struct Breaks {
    count: u64,
    after_return: bool,
}

/// A file without any byte above 7Fh.
#[derive(Debug, Default)]
struct Low {
    /// A bit for each value that came.
    values: u128,
    length: u64,
}

/// From so many on, no file has them by chance.
const BEYOND_CHANCE: u64 = 8;

/// How much of a file is looked at for its values, in bytes.
const ENOUGH_VALUES: u64 = 1 << 20;

impl Default for TextDamage {
    fn default() -> Self {
        Self {
            utf8: Some(Utf8::default()),
            breaks: Some(Breaks::default()),
            low: Some(Low::default()),
        }
    }
}

impl TextDamage {
    /// Takes the file's next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.low.is_some() && !bytes.is_ascii() {
            self.low = None;
        }
        if let Some(low) = &mut self.low {
            low.push(bytes);
        }
        if self.utf8.as_mut().is_some_and(|utf8| !utf8.push(bytes)) {
            self.utf8 = None;
        }
        if self
            .breaks
            .as_mut()
            .is_some_and(|breaks| !breaks.push(bytes))
        {
            self.breaks = None;
        }
    }

    /// Whether the file was taken for text, `excess` being by how many bytes it is longer than it
    /// states, where it states a length.
    pub(super) fn shows(&self, excess: Option<u64>) -> bool {
        if self.low.as_ref().is_some_and(Low::lacks_high_values) {
            return true;
        }
        let breaks = self.breaks.as_ref().map_or(0, |breaks| breaks.count);
        let (replaced, added) = self
            .utf8
            .as_ref()
            .map_or((0, 0), |utf8| (utf8.replaced, utf8.added));
        // Where bytes that happen to begin a character are replaced together, or are left, a
        // replacement adds less than 2.
        let most = added.saturating_add(replaced.saturating_mul(2));
        // What puts in a carriage return may do so only where none stands yet, which is seldom in
        // audio: hardly less than all breaks are new.
        let new_breaks = breaks.div_ceil(2)..=breaks;
        // It may do so after the bytes above 7Fh became several.
        let both = most..=most.saturating_add(breaks);
        match excess {
            Some(0) => false,
            Some(excess) => {
                (excess == breaks && breaks > 1)
                    || (excess == most && most > 1)
                    || (breaks >= BEYOND_CHANCE && new_breaks.contains(&excess))
                    || (most >= BEYOND_CHANCE && both.contains(&excess))
                    || (replaced >= BEYOND_CHANCE && excess <= *both.end())
            }
            None => breaks >= BEYOND_CHANCE || most >= 2 * BEYOND_CHANCE,
        }
    }
}

impl Utf8 {
    /// `false` where this is no UTF-8.
    fn push(&mut self, bytes: &[u8]) -> bool {
        if self.begun.is_empty() && bytes.is_ascii() {
            return true;
        }
        self.begun.extend_from_slice(bytes);
        let all = std::mem::take(&mut self.begun);
        let (text, left) = match std::str::from_utf8(&all) {
            Ok(text) => (text, &[][..]),
            Err(error) if error.error_len().is_some() => return false,
            Err(error) => {
                let (whole, left) = all.split_at(error.valid_up_to());
                (std::str::from_utf8(whole).unwrap_or_default(), left)
            }
        };
        for character in text.chars().filter(|character| !character.is_ascii()) {
            if character == char::REPLACEMENT_CHARACTER {
                self.replaced += 1;
            } else {
                self.added += character.len_utf8() as u64 - 1;
            }
        }
        self.begun = left.to_vec();
        true
    }
}

impl Breaks {
    /// `false` where a line feed has no carriage return before it.
    fn push(&mut self, bytes: &[u8]) -> bool {
        if bytes.contains(&b'\n') {
            let mut before = if self.after_return { b'\r' } else { 0 };
            for byte in bytes {
                if *byte == b'\n' {
                    if before != b'\r' {
                        return false;
                    }
                    self.count += 1;
                }
                before = *byte;
            }
        }
        self.after_return = bytes
            .last()
            .map_or(self.after_return, |last| *last == b'\r');
        true
    }
}

impl Low {
    fn push(&mut self, bytes: &[u8]) {
        if self.length < ENOUGH_VALUES && !self.has_most_values() {
            for byte in bytes {
                self.values |= 1 << (byte & 0x7f);
            }
        }
        self.length = self.length.saturating_add(bytes.len() as u64);
    }

    fn has_most_values(&self) -> bool {
        self.values.count_ones() >= 64
    }

    /// Whether most of the lower values are there and none of the higher, which no codec comes to.
    fn lacks_high_values(&self) -> bool {
        self.has_most_values() && self.length >= 2048
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 200 bytes of all values, with line feeds among them.
    fn bytes() -> Vec<u8> {
        (0..=255_u8)
            .map(|byte| byte.wrapping_mul(77))
            .filter(|byte| *byte != b'\r')
            .take(200)
            .collect()
    }

    fn shows(text: &[u8], original: Option<usize>) -> Vec<bool> {
        [1, 3, 64, usize::MAX]
            .into_iter()
            .map(|size| {
                let mut damage = TextDamage::default();
                for piece in text.chunks(size) {
                    damage.push(piece);
                }
                damage.shows(original.map(|original| (text.len() - original) as u64))
            })
            .collect()
    }

    #[test]
    fn each_way_in_which_bytes_are_taken_for_text_shows_in_the_length() {
        let original = bytes();
        let length = Some(original.len());
        let one_by_one: Vec<u8> = original
            .iter()
            .flat_map(|byte| {
                if *byte < 0x80 {
                    vec![*byte]
                } else {
                    b"\xef\xbf\xbd".to_vec()
                }
            })
            .collect();
        let lossy = String::from_utf8_lossy(&original).into_owned();
        let latin: String = original.iter().map(|byte| char::from(*byte)).collect();
        let breaks: Vec<u8> = original
            .repeat(4)
            .iter()
            .flat_map(|byte| {
                if *byte == b'\n' {
                    b"\r\n".to_vec()
                } else {
                    vec![*byte]
                }
            })
            .collect();
        assert_eq!(shows(&one_by_one, length), [true; 4]);
        assert_eq!(shows(lossy.as_bytes(), length), [true; 4]);
        assert_eq!(shows(latin.as_bytes(), length), [true; 4]);
        assert_eq!(shows(&breaks, Some(original.len() * 4)), [true; 4]);
        assert_eq!(shows(&original, length), [false; 4]);
        // Where no length is stated, the number of characters tells.
        assert_eq!(shows(&one_by_one, None), [true; 4]);
        assert_eq!(shows(latin.as_bytes(), None), [true; 4]);
        assert_eq!(shows(&original, None), [false; 4]);
    }

    /// Each line feed gets a carriage return; where `only_lone`, those that have one are left.
    fn with_breaks(bytes: &[u8], only_lone: bool) -> Vec<u8> {
        let mut before = 0;
        let mut broken = Vec::new();
        for byte in bytes {
            if *byte == b'\n' && !(only_lone && before == b'\r') {
                broken.push(b'\r');
            }
            broken.push(*byte);
            before = *byte;
        }
        broken
    }

    #[test]
    fn carriage_returns_show_also_where_some_line_feeds_had_one_before() {
        let original = [bytes().repeat(40), b"\r\n".to_vec()].concat();
        let lone = with_breaks(&original, true);
        assert!(lone.len() < with_breaks(&original, false).len());
        assert_eq!(shows(&lone, Some(original.len())), [true; 4]);
        // A text behind a recording whose sizes fit has breaks too.
        let fits = [&[0; 9000][..], &b"A line of a note\r\n".repeat(20)].concat();
        assert_eq!(shows(&fits, Some(fits.len())), [false; 4]);
        assert_eq!(shows(&fits, Some(fits.len() - 1)), [false; 4]);
        assert_eq!(shows(&fits, Some(9000)), [false; 4]);
    }

    #[test]
    fn bytes_that_became_several_show_also_where_line_feeds_got_a_carriage_return() {
        let original = [bytes().repeat(40), b"\r\n".to_vec()].concat();
        let latin: String = original.iter().map(|byte| char::from(*byte)).collect();
        let lossy = String::from_utf8_lossy(&original).into_owned();
        for text in [latin, lossy] {
            for only_lone in [true, false] {
                let broken = with_breaks(text.as_bytes(), only_lone);
                assert_eq!(shows(&broken, Some(original.len())), [true; 4]);
            }
        }
    }

    #[test]
    fn bytes_that_lost_their_highest_bit_show_by_their_values() {
        let loud: Vec<u8> = bytes().repeat(20);
        let stripped: Vec<u8> = loud.iter().map(|byte| byte & 0x7f).collect();
        let asked: Vec<u8> = loud
            .iter()
            .map(|byte| if *byte < 0x80 { *byte } else { b'?' })
            .collect();
        assert_eq!(shows(&stripped, Some(stripped.len())), [true; 4]);
        assert_eq!(shows(&asked, Some(asked.len())), [true; 4]);
        assert_eq!(shows(&loud, Some(loud.len())), [false; 4]);
        assert_eq!(shows(&[7; 9000], Some(9000)), [false; 4]);
    }

    #[test]
    fn text_in_a_quiet_recording_is_no_damage() {
        let tagged = [&[0; 9000][..], "TIT2 Müller, Größe".as_bytes()].concat();
        assert_eq!(shows(&tagged, Some(tagged.len())), [false; 4]);
        assert_eq!(shows(&tagged, Some(9000)), [false; 4]);
        assert_eq!(shows(&tagged, None), [false; 4]);
    }
}
