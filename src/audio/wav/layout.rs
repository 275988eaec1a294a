use crate::audio::verdict::AudioKind;

/// How a kind of WAV writes its chunks down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Names of 4 bytes, sizes of 4 that leave the header out, even places.
    Riff,
    /// GUIDs, sizes of 8 that count the header, places that are multiples of 8.
    W64,
}

/// A chunk's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChunkHeader {
    pub(super) name: [u8; 4],
    /// The content's size in bytes; `None` where it is left open or stands elsewhere.
    pub(super) size: Option<u64>,
}

/// The `ds64` chunk of an RF64 (EBU Tech 3306 section 3.4).
#[derive(Debug)]
pub(super) struct LongSizes {
    /// Where the whole ends, in bytes.
    pub(super) stated_end: Option<u64>,
    /// The audio's size in bytes.
    pub(super) data: Option<u64>,
    others: Vec<([u8; 4], u64)>,
}

/// What follows the name in the GUIDs of a W64.
const W64_TAIL: &[u8; 12] = b"\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a";

impl Layout {
    pub(super) fn of(kind: AudioKind) -> Self {
        match kind {
            AudioKind::W64 => Self::W64,
            _ => Self::Riff,
        }
    }

    /// The length of a chunk's header, in bytes.
    pub(super) const fn header_length(self) -> u64 {
        match self {
            Self::Riff => 8,
            Self::W64 => 24,
        }
    }

    /// Where the file ends by its own header, in bytes; `None` where that is left open.
    pub(super) fn stated_end(self, header: &[u8]) -> Option<u64> {
        match self {
            Self::Riff => closed_32(u32_at(header, 4)?)?.checked_add(8),
            Self::W64 => closed_64(u64_at(header, 16)?),
        }
    }

    /// Reads a chunk's header; `None` where it can't be one.
    pub(super) fn chunk(self, bytes: &[u8]) -> Option<ChunkHeader> {
        let name = *bytes.first_chunk::<4>()?;
        match self {
            Self::Riff => {
                let size = u32_at(bytes, 4)?;
                name.iter()
                    .all(|byte| is_name_byte(*byte))
                    .then_some(ChunkHeader {
                        name,
                        size: (size != u32::MAX).then_some(u64::from(size)),
                    })
            }
            Self::W64 => {
                let size = u64_at(bytes, 16)?;
                let known = bytes.get(4..16) == Some(&W64_TAIL[..]);
                let open = size == 0 || size == u64::MAX;
                let audio = known && &name == b"data";
                Some(ChunkHeader {
                    // Other GUIDs may begin with the bytes of a name that is none.
                    name: if known { name } else { [0; 4] },
                    size: if open && audio {
                        None
                    } else {
                        Some(size.checked_sub(24)?)
                    },
                })
            }
        }
    }

    /// How many bytes stand between a chunk of this size and the next one.
    pub(super) const fn padding(self, size: u64) -> u64 {
        match self {
            Self::Riff => size & 1,
            Self::W64 => size.wrapping_neg() & 7,
        }
    }
}

impl LongSizes {
    /// Reads the chunk's content; `None` where it is too short.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let entries = usize::try_from(u32_at(content, 24)?).ok()?;
        let others = content
            .get(28..)?
            .chunks_exact(12)
            .take(entries)
            .filter_map(|entry| Some((*entry.first_chunk::<4>()?, u64_at(entry, 4)?)))
            .collect();
        Some(Self {
            stated_end: closed_64(u64_at(content, 0)?).and_then(|size| size.checked_add(8)),
            data: closed_64(u64_at(content, 8)?),
            others,
        })
    }

    /// The size of a chunk other than the audio, in bytes.
    pub(super) fn of(&self, name: [u8; 4]) -> Option<u64> {
        let (_, size) = self.others.iter().find(|(other, _)| *other == name)?;
        Some(*size)
    }
}

/// Whether a RIFF chunk's name may hold the byte.
pub(super) const fn is_name_byte(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
}

fn closed_32(size: u32) -> Option<u64> {
    (size != 0 && size != u32::MAX).then_some(u64::from(size))
}

fn closed_64(size: u64) -> Option<u64> {
    (size != 0 && size != u64::MAX).then_some(size)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let number = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*number))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let number = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*number))
}
