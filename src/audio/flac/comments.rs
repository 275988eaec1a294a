/// Walks a block of Vorbis comments (RFC 9639 section 8.6): each text inside it is stored after
/// its length.
#[derive(Debug, Default)]
pub(super) struct Comments {
    stage: Stage,
    /// The bytes of a number so far, the lowest first.
    number: u32,
    number_bytes: u32,
    /// Bytes of a text that are still to come.
    text: u32,
    /// Texts that are still to come, once their count is known.
    texts: u32,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Vendor,
    Count,
    Texts,
}

impl Comments {
    /// Takes the next bytes of the block.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((byte, others)) = rest.split_first() {
            if self.text > 0 {
                let passed = rest
                    .len()
                    .min(usize::try_from(self.text).unwrap_or(usize::MAX));
                self.text -= u32::try_from(passed).unwrap_or(self.text);
                rest = rest.get(passed..).unwrap_or_default();
            } else if self.is_whole() {
                // What fills the block up.
                return;
            } else {
                self.number |= u32::from(*byte) << (8 * self.number_bytes);
                self.number_bytes += 1;
                rest = others;
                if self.number_bytes == 4 {
                    self.take_number();
                }
            }
        }
    }

    /// Whether all texts have come.
    pub(super) fn is_whole(&self) -> bool {
        self.stage == Stage::Texts && self.texts == 0 && self.text == 0
    }

    fn take_number(&mut self) {
        let number = std::mem::take(&mut self.number);
        self.number_bytes = 0;
        match self.stage {
            Stage::Vendor => {
                self.text = number;
                self.stage = Stage::Count;
            }
            Stage::Count => {
                self.texts = number;
                self.stage = Stage::Texts;
            }
            Stage::Texts => {
                self.text = number;
                self.texts = self.texts.saturating_sub(1);
            }
        }
    }
}
