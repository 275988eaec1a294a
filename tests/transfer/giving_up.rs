//! A download that is given up ends at once, whatever it is in the middle of.

use std::time::Duration;

use audio_housekeeper::api::Recording;
use audio_housekeeper::domain::ServerCopy;
use audio_housekeeper::transfer::{Step, Stop, TransferError, save, save_on};
use bytes::Bytes;
use support::recordings::second_of_wav;
use tokio_util::sync::CancellationToken;

use crate::{Book, Pieces, announced, folder, names_in, request};

fn crc(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    bytes.iter().fold(0, |crc, byte| {
        let begun = crc ^ (u32::from(*byte) << (bits - 8));
        (0..8).fold(begun, |crc, _| {
            let shifted = crc << 1;
            let carried = shifted >> bits != 0;
            (shifted ^ if carried { polynomial } else { 0 }) & ((1 << bits) - 1)
        })
    })
}

/// A frame of some 50 bytes that stands for 2 MiB of silence: 65,535 samples in each of eight
/// channels of 32 bits.
fn frame(number: u32) -> Vec<u8> {
    let mut frame = b"\xff\xf8\x70\x70".to_vec();
    // Numbers are written as characters are.
    let number = char::from_u32(number).unwrap();
    frame.extend(number.to_string().into_bytes());
    frame.extend(b"\xff\xfe");
    frame.push(u8::try_from(crc(&frame, 8, 0x07)).unwrap());
    frame.extend([0; 8 * 5]);
    let check = u16::try_from(crc(&frame, 16, 0x8005)).unwrap();
    frame.extend(check.to_be_bytes());
    frame
}

/// 400 KiB that take minutes to decode.
fn endless_silence() -> Vec<u8> {
    let mut file = b"fLaC\x80\0\0\x22\xff\xff\xff\xff\0\0\0\0\0\0".to_vec();
    // 8 kHz, eight channels of 32 bits, no total, and a digest.
    file.extend(b"\x01\xf4\x0f\xf0\0\0\0\0");
    file.extend([7; 16]);
    file.extend((0..8000).flat_map(frame));
    file
}

#[tokio::test]
async fn a_cancelled_download_ends_at_once_in_the_middle_of_audio_that_takes_minutes_to_decode() {
    for stalls in [true, false] {
        let folder = folder();
        let cancel = CancellationToken::new();
        let recording = Recording {
            copy: ServerCopy::default(),
            coding: None,
            from: 0,
            body: Box::new(Pieces {
                pieces: vec![Bytes::from(endless_silence())].into_iter(),
                stalls,
            }),
        };
        let (book, destination) = (Book::default(), request(folder.path().join("a.flac")));
        let saving = save(recording, destination, &book, |_| {}, cancel.clone());
        let cancelling = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            cancel.cancel();
        };
        let both = async { tokio::join!(saving, cancelling).0 };
        let saved = tokio::time::timeout(Duration::from_secs(20), both).await;
        assert!(matches!(saved.unwrap(), Err(TransferError::Cancelled)));
        assert!(names_in(folder.path()).is_empty());
    }
}

/// Ended so that what came is kept when the last byte is there: it is finished, for nothing is missing.
#[tokio::test]
async fn what_is_all_there_is_finished_where_it_is_to_be_kept() {
    let size = second_of_wav().len() as u64;
    for keeps in [true, false] {
        let folder = folder();
        let cancel = CancellationToken::new();
        let steps = |step| {
            if matches!(step, Step::Arriving(progress) if progress.received == size) {
                cancel.cancel();
            }
        };
        let stop = Stop {
            cancel: cancel.clone(),
            keeps: &|| keeps,
        };
        let (book, destination) = (Book::default(), request(folder.path().join("a.wav")));
        let saved = save_on(
            None,
            announced(&second_of_wav()),
            destination,
            &book,
            steps,
            stop,
        );
        let saved = saved.await.map_err(|not_saved| not_saved.error);
        if keeps {
            assert_eq!(saved.unwrap().size, size);
            assert_eq!(names_in(folder.path()), ["a.wav"]);
        } else {
            assert!(matches!(saved, Err(TransferError::Cancelled)));
            assert!(names_in(folder.path()).is_empty());
        }
    }
}
