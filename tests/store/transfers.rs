use audio_housekeeper::domain::OperationId;
use audio_housekeeper::store::{Store, Transfer};

use crate::doctor;

fn transfer(byte: u8) -> Transfer {
    Transfer {
        operation: OperationId::from_bytes([byte; 16]),
        service: "practice".into(),
        doctor: doctor("Dr. O'Neil & S\u{f8}n, 100%+"),
        destination: "/home/a/J\u{fc}rgen.wav".into(),
        part: "/home/a/J\u{fc}rgen.wav.part".into(),
        person: Some("A. Person".into()),
        begun_at: "2026-11-23T14:02:11.123456789Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn a_download_that_began_and_did_not_end_is_named_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for byte in [9, 1, 5] {
        store.begin_transfer(transfer(byte)).await.unwrap();
    }
    store.end_transfer(&transfer(1).operation).await.unwrap();
    store.end_transfer(&transfer(77).operation).await.unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(
        store.unfinished_transfers().await,
        Ok(vec![transfer(9), transfer(5)])
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_that_is_not_unicode_is_kept_as_it_is() {
    use std::os::unix::ffi::OsStringExt;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let odd = std::ffi::OsString::from_vec(b"/a/\xff\xfe.wav".to_vec());
    let transfer = Transfer {
        destination: odd.into(),
        ..transfer(1)
    };
    store.begin_transfer(transfer.clone()).await.unwrap();
    assert_eq!(store.unfinished_transfers().await, Ok(vec![transfer]));
}
