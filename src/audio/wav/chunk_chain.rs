use crate::audio::check::split;
use crate::audio::wav::layout::Layout;

/// Tells whether the bytes behind an audio chunk of size 0 are chunks to the very end (there is no
/// audio then), or audio whose size was left open.
#[derive(Debug)]
pub(super) struct ChunkChain {
    layout: Layout,
    header: Vec<u8>,
    left: u64,
    padding: u64,
    broken: bool,
}

impl ChunkChain {
    pub(super) const fn new(layout: Layout) -> Self {
        Self {
            layout,
            header: Vec::new(),
            left: 0,
            padding: 0,
            broken: false,
        }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() && !self.broken {
            if self.left > 0 {
                let (passed, others) = split(rest, self.left);
                self.left = self.left.saturating_sub(passed.len() as u64);
                rest = others;
                continue;
            }
            let missing = self.layout.header_length() - self.header.len() as u64;
            let (more, others) = split(rest, missing);
            rest = others;
            self.header.extend_from_slice(more);
            if self.header.len() as u64 == self.layout.header_length() {
                let chunk = self.layout.chunk(&std::mem::take(&mut self.header));
                match chunk.and_then(|chunk| chunk.size) {
                    Some(size) => {
                        self.padding = self.layout.padding(size);
                        self.left = size.saturating_add(self.padding);
                    }
                    None => self.broken = true,
                }
            }
        }
    }

    /// Whether all that came are whole chunks; the last one's padding may be missing.
    pub(super) fn ends_here(&self) -> bool {
        !self.broken && self.header.is_empty() && (self.left == 0 || self.left == self.padding)
    }
}
