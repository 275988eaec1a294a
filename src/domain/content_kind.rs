use crate::domain::{AudioFormat, ContentKind, OtherRecording};

/// The GUID that a Sony Wave64 file begins with.
const W64: [u8; 16] = [
    0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0x00, 0x00,
];

/// What the kinds of a RIFF file begin with.
const RIFFS: [&[u8; 4]; 3] = [b"RIFF", b"RF64", b"BW64"];

impl ContentKind {
    /// How many bytes of a body tell audio from anything else.
    pub const ENOUGH: usize = 24;

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
        if first_bytes.starts_with(b"ID3") {
            return Self::Tagged;
        }
        if let Some(other) = other_recording(first_bytes) {
            return Self::OtherRecording(other);
        }
        let text = first_bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(first_bytes)
            .trim_ascii_start();
        match text.first() {
            Some(b'{' | b'[') => Self::Json,
            Some(b'<') if is_html(text) => Self::Html,
            _ if is_base64(text) => Self::Base64,
            _ => Self::Other,
        }
    }

    /// Whether so short a body could be the beginning of a WAV or FLAC: it ends inside that by
    /// which [`ContentKind::sniff`] tells them.
    #[must_use]
    pub fn is_cut_marker(body: &[u8]) -> bool {
        let is_part_of = |marker: &[u8]| marker.starts_with(body);
        let is_riff = RIFFS.iter().any(|name| body.starts_with(*name)) && body.len() < 12;
        let begins_one = RIFFS.iter().any(|name| is_part_of(*name));
        !body.is_empty() && (is_riff || begins_one || is_part_of(&W64) || is_part_of(b"fLaC"))
    }
}

fn is_wav(bytes: &[u8]) -> bool {
    let riff = RIFFS.iter().any(|name| bytes.starts_with(*name));
    (riff && (bytes.get(8..12) == Some(b"WAVE") || is_riff_taken_for_text(bytes)))
        || bytes.starts_with(&W64)
}

/// Whether the file's size, the four bytes before `WAVE`, has become longer, as it does where
/// something took the recording for text and wrote some of them in two or three bytes.
fn is_riff_taken_for_text(bytes: &[u8]) -> bool {
    let Some(size) = bytes.get(4..).and_then(|rest| {
        let longer = rest.windows(4).take(13).position(|name| name == b"WAVE")?;
        rest.get(..longer).filter(|size| size.len() > 4)
    }) else {
        return false;
    };
    let characters = std::str::from_utf8(size).map(|size| size.chars().count());
    let breaks = size.windows(2).filter(|pair| *pair == b"\r\n").count();
    characters == Ok(4) || characters == Ok(4 + breaks)
}

/// What begins so and is a recording of another kind.
fn other_recording(bytes: &[u8]) -> Option<OtherRecording> {
    const ASF: &[u8] = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11";
    let [first, second, ..] = bytes else {
        return None;
    };
    let after_one = bytes.get(1..4).unwrap_or_default();
    let dictation = (1..=9).contains(first);
    Some(match bytes {
        _ if dictation && after_one == b"dss" => OtherRecording::Dss,
        _ if dictation && after_one == b"ds2" => OtherRecording::Ds2,
        _ if bytes.starts_with(b"OggS") => OtherRecording::Ogg,
        _ if bytes.get(4..8) == Some(b"ftyp") => OtherRecording::M4a,
        _ if bytes.starts_with(b"#!AMR") => OtherRecording::Amr,
        _ if bytes.starts_with(ASF) => OtherRecording::Wma,
        _ if bytes.starts_with(b"FORM") && matches!(bytes.get(8..12), Some(b"AIFF" | b"AIFC")) => {
            OtherRecording::Aiff
        }
        _ if bytes.starts_with(b"caff") => OtherRecording::Caf,
        _ if bytes.starts_with(b".snd") => OtherRecording::Au,
        _ if bytes.starts_with(b"\x1a\x45\xdf\xa3") => OtherRecording::WebM,
        // A frame of layer III (ISO 11172-3 section 2.4.1.3) of a bit rate and sample rate that exist.
        _ if *first == 0xff
            && matches!(second, 0xfa | 0xfb | 0xf2 | 0xf3 | 0xe2 | 0xe3)
            && bytes
                .get(2)
                .is_some_and(|third| !matches!(third >> 4, 0 | 15) && third & 0x0c != 0x0c) =>
        {
            OtherRecording::Mp3
        }
        _ => return None,
    })
}

/// What `RIFF`, `RF64`, `BW64` and `fLaC` begin with in base64, in quotes or as a `data:` address
/// too.
fn is_base64(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    text.starts_with(b"data:audio/")
        || [&b"UklGR"[..], b"UkY2N", b"Qlc2N", b"ZkxhQ"]
            .iter()
            .any(|start| text.starts_with(start))
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
            (b"ID3\x04\0\0\0\0\0\0fLaC", ContentKind::Tagged),
            (b"RIFF\x24\xef\xbf\xbd\0\0WAVEfmt ", wav),
            (b"RIFF\x24\xc3\xba\0\0WAVEfmt ", wav),
            (b"RIFF\x24\r\n\0\0WAVEfmt ", wav),
            (b"RIFF\x24\0\0\0\0WAVEfmt ", ContentKind::Other),
            (b"UklGRiR3AQBXQVZF", ContentKind::Base64),
            (b"\"ZkxhQwAAACIQABAA", ContentKind::Base64),
            (b"data:audio/wav;base64,UklG", ContentKind::Base64),
            (b"UklG is no name", ContentKind::Other),
            (b"RIFF\x24\0\0\0AVI LIST", ContentKind::Other),
            (b"RIFF", ContentKind::Other),
            (b"", ContentKind::Empty),
            (b"<!DOCTYPE html><html>", ContentKind::Html),
            (b"\xef\xbb\xbf\r\n  <HTML>", ContentKind::Html),
            (b"<?xml version=\"1.0\"?>", ContentKind::Other),
            (b" {\"error\":\"x\"}", ContentKind::Json),
            (b"[]", ContentKind::Json),
            (b"\x20RIFF\x24\0\0\0WAVE", ContentKind::Other),
        ] {
            assert_eq!(ContentKind::sniff(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn recordings_of_other_kinds_are_told_by_their_first_bytes() {
        for (bytes, kind) in [
            (&b"\x03dss\x01\0"[..], OtherRecording::Dss),
            (b"\x07ds2\x02\0", OtherRecording::Ds2),
            (b"\xff\xfb\x90\x64", OtherRecording::Mp3),
            (b"\xff\xf3\x40\xc4", OtherRecording::Mp3),
            (b"OggS\0\x02", OtherRecording::Ogg),
            (b"\0\0\0\x20ftypM4A ", OtherRecording::M4a),
            (b"#!AMR\n", OtherRecording::Amr),
            (
                b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9",
                OtherRecording::Wma,
            ),
            (b"FORM\0\0\x10\0AIFFCOMM", OtherRecording::Aiff),
            (b"caff\0\x01", OtherRecording::Caf),
            (b".snd\0\0\0\x20", OtherRecording::Au),
            (b"\x1a\x45\xdf\xa3\x9f", OtherRecording::WebM),
        ] {
            assert_eq!(
                ContentKind::sniff(bytes),
                ContentKind::OtherRecording(kind),
                "{bytes:?}"
            );
        }
        for bytes in [&b"\xff\xfb\xf0\0"[..], b"\xff\xff\xff\xff", b"\x0bdss"] {
            assert_eq!(ContentKind::sniff(bytes), ContentKind::Other, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _kind = ContentKind::sniff(&bytes);
        }
    }
}
