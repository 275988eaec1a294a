use crate::domain::{AudioFormat, ContentKind};

/// The GUID that a Sony Wave64 file begins with.
const W64: [u8; 16] = [
    0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0x00, 0x00,
];

impl ContentKind {
    /// How many bytes of a body tell audio from anything else.
    pub const ENOUGH: usize = 16;

    /// Tells what a body is from its first bytes: [`ContentKind::ENOUGH`], or all of a shorter
    /// body. More only help with web pages that begin with white space.
    #[must_use]
    pub fn sniff(first_bytes: &[u8]) -> Self {
        if first_bytes.is_empty() {
            return Self::Empty;
        }
        if is_wav(first_bytes) {
            return Self::Audio(AudioFormat::Wav);
        }
        if first_bytes.starts_with(b"fLaC") {
            return Self::Audio(AudioFormat::Flac);
        }
        let text = first_bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(first_bytes)
            .trim_ascii_start();
        match text.first() {
            Some(b'{' | b'[') => Self::Json,
            Some(b'<') if is_html(text) => Self::Html,
            _ => Self::Other,
        }
    }
}

fn is_wav(bytes: &[u8]) -> bool {
    let riff = [b"RIFF", b"RF64", b"BW64"]
        .iter()
        .any(|name| bytes.starts_with(*name));
    (riff && bytes.get(8..12) == Some(b"WAVE")) || bytes.starts_with(&W64)
}

/// A document type, a comment or a tag at the start; what else begins with `<` is no page.
fn is_html(text: &[u8]) -> bool {
    [
        "<!doctype",
        "<!--",
        "<html",
        "<head",
        "<body",
        "<title",
        "<meta",
        "<script",
    ]
    .iter()
    .any(|start| {
        text.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_bytes_tell_audio_from_everything_else() {
        let wav = ContentKind::Audio(AudioFormat::Wav);
        for (bytes, kind) in [
            (&b"RIFF\x24\0\0\0WAVEfmt "[..], wav),
            (b"RF64\xff\xff\xff\xffWAVEds64", wav),
            (b"BW64\xff\xff\xff\xffWAVEds64", wav),
            (&W64, wav),
            (b"fLaC\0\0\0\x22", ContentKind::Audio(AudioFormat::Flac)),
            (b"ID3\x04\0\0\0\0\0\0fLaC", ContentKind::Other),
            (b"RIFF\x24\0\0\0AVI LIST", ContentKind::Other),
            (b"RIFF", ContentKind::Other),
            (b"", ContentKind::Empty),
            (b"<!DOCTYPE html><html>", ContentKind::Html),
            (b"\xef\xbb\xbf\r\n  <HTML>", ContentKind::Html),
            (b"<?xml version=\"1.0\"?>", ContentKind::Other),
            (b" {\"error\":\"x\"}", ContentKind::Json),
            (b"[]", ContentKind::Json),
            (b"OggS\0\x02", ContentKind::Other),
        ] {
            assert_eq!(ContentKind::sniff(bytes), kind, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _kind = ContentKind::sniff(&bytes);
        }
    }
}
