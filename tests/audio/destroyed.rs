//! Recordings that were cut, or that something took for text on their way.

use audio_housekeeper::domain::AudioState::Damaged;

use crate::made::{SPEECH, bare_flac, chunk, format, wav_of};
use crate::recorders::{AUDIO, EXACT, Row, speech, with_field, with_sizes};

/// Each byte above 7Fh becomes what `text` makes of it.
fn taken_for_text(wav: &[u8], text: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    wav.iter()
        .flat_map(|byte| {
            if *byte < 0x80 {
                vec![*byte]
            } else {
                text(*byte)
            }
        })
        .collect()
}

/// What is destroyed.
pub fn rows() -> Vec<Row> {
    let whole = with_sizes(EXACT, AUDIO);
    let open = with_sizes(0, 0);
    let replaced = |_| b"\xef\xbf\xbd".to_vec();
    let widened = |byte| char::from(byte).to_string().into_bytes();
    let damaged = |name, wav| (name, wav, Damaged, None);
    let breaks = |wav: &[u8]| {
        wav.iter()
            .flat_map(|byte| match byte {
                b'\n' => b"\r\n".to_vec(),
                byte => vec![*byte],
            })
            .collect::<Vec<u8>>()
    };
    // No byte of this header is above 7Fh, so that it survives.
    let quiet = {
        let audio = &speech()[..0x5600];
        let chunks = [chunk("fmt ", &format(11_025, 1, 16)), chunk("data", audio)];
        wav_of(&chunks)
    };
    vec![
        damaged("5,000 of 64,044 bytes", whole[..5000].to_vec()),
        damaged("the last byte lost", whole[..whole.len() - 1].to_vec()),
        damaged("a header without its audio", whole[..44].to_vec()),
        damaged("replaced, sizes stated", taken_for_text(&whole, replaced)),
        damaged("replaced, header whole", taken_for_text(&quiet, replaced)),
        damaged("replaced, sizes open", taken_for_text(&open, replaced)),
        damaged("widened, header whole", taken_for_text(&quiet, widened)),
        damaged("widened, sizes open", taken_for_text(&open, widened)),
        damaged("Latin-1 by a decoder", {
            String::from_utf8_lossy(&quiet).into_owned().into_bytes()
        }),
        damaged("question marks", taken_for_text(&quiet, |_| b"?".to_vec())),
        damaged(
            "seven bits",
            taken_for_text(&quiet, |byte| vec![byte & 0x7f]),
        ),
        damaged("line ends", breaks(&quiet)),
        damaged("line ends, where there were some", {
            // As unix2dos: a line feed that has its carriage return is left alone.
            let had_some = with_field(quiet.clone(), 4000, b"\r\n");
            let mut file = breaks(&had_some);
            let doubled = file.windows(3).position(|three| three == b"\r\r\n");
            file.remove(doubled.unwrap());
            file
        }),
        damaged("widened, then line ends", {
            breaks(&taken_for_text(&quiet, widened))
        }),
        damaged("line ends, sizes open", breaks(&open)),
        damaged(
            "a FLAC replaced",
            taken_for_text(&bare_flac(SPEECH), replaced),
        ),
    ]
}
