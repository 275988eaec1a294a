use audio_housekeeper::domain::{
    AudioFormat, Damage, OperationId, OtherRecording, SetAside, Sha256Digest, Unfit,
};
use audio_housekeeper::store::{Change, Store};

use crate::doctor;

fn set_aside(byte: u8, unfit: Unfit, format: Option<AudioFormat>) -> SetAside {
    SetAside {
        operation: OperationId::from_bytes([byte; 16]),
        doctor: doctor("Dr. O'Neil"),
        path: "/home/a/J\u{fc}rgen (damaged).wav.part".into(),
        part: "/home/a/J\u{fc}rgen.wav.part".into(),
        size: 5000,
        sha256: Sha256Digest::of(&[byte]),
        format,
        unfit,
        reason: "it states 64000 bytes and has 4956".into(),
        at: "2026-11-23T14:02:11.123456789Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn what_was_set_aside_is_known_until_it_is_kept_or_discarded_and_for_its_service_only() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let damaged = Unfit::Damaged(Damage::Incomplete);
    let all = [
        set_aside(9, damaged, Some(AudioFormat::Wav)),
        set_aside(1, Unfit::Other(OtherRecording::Ds2), None),
        set_aside(5, Unfit::Empty, Some(AudioFormat::Flac)),
    ];
    for (one, service) in all.iter().zip(["here", "here", "elsewhere"]) {
        let change = Change::SetAside {
            service: service.into(),
            set_aside: Box::new(one.clone()),
        };
        store.apply(vec![change]).await.unwrap();
    }
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.set_aside("here").await, Ok(all[..2].to_vec()));
    assert_eq!(store.set_aside("elsewhere").await, Ok(all[2..].to_vec()));
    let end = Change::EndSetAside(all[0].operation.clone());
    store.apply(vec![end]).await.unwrap();
    assert_eq!(store.set_aside("here").await, Ok(all[1..2].to_vec()));
}
