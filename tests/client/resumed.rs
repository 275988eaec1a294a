//! Downloads that are cut and gone on with, against a service that keeps ranges or plays that it
//! does.

use std::sync::Arc;
use std::time::Duration;

use audio_housekeeper::api::{
    ApiError, Connector, Download, HttpConnector, RecordingsApi, ResumePoint,
};
use audio_housekeeper::domain::ServiceOrigin;
use audio_housekeeper::practice::{
    Call, Effect, Fault, PracticeConfig, PracticeService, Recordings,
};
use fastrand::Rng;
use futures_util::future::join_all;
use support::recordings::{flac, wav};

use crate::{DOCTOR, doctor};

/// How often each recording is cut, in the one test and in the other.
const CUTS: usize = 50;

async fn ranging(bytes: &[u8]) -> (PracticeService, Arc<dyn RecordingsApi>) {
    let service = PracticeService::start(PracticeConfig {
        recordings: Recordings::None,
        ranges: true,
        ..PracticeConfig::default()
    });
    let service = service.await.unwrap();
    service.put(DOCTOR, "letter", bytes.to_vec());
    let origin = ServiceOrigin::parse(&service.origin()).unwrap();
    let api = HttpConnector::default().connect(&origin, service.token());
    (service, api.unwrap())
}

/// What came of a copy by now, and where to go on with it.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    resume: Option<ResumePoint>,
}

impl Kept {
    /// Downloads, or goes on, until the end or until it is cut. Where the bytes came from.
    async fn on(&mut self, api: &dyn RecordingsApi) -> Result<u64, ApiError> {
        let doctor = doctor();
        let download = api.download(&doctor, Duration::MAX, self.resume.as_ref());
        let Download::Recording(mut recording) = download.await? else {
            panic!("a download found nothing");
        };
        self.bytes
            .truncate(usize::try_from(recording.from).unwrap());
        let end = loop {
            match recording.body.next().await {
                Ok(Some(bytes)) => self.bytes.extend(bytes),
                Ok(None) => break Ok(recording.from),
                Err(error) => break Err(error),
            }
        };
        self.resume = ResumePoint::new(recording.copy, self.bytes.len() as u64);
        end
    }
}

fn cut_after(bytes: usize, reset: bool) -> Fault {
    let bytes = bytes as u64;
    let effect = if reset {
        Effect::ResetAfter(bytes)
    } else {
        Effect::CutAfter(bytes)
    };
    Fault::on(Call::Download, effect)
}

#[tokio::test]
async fn a_download_cut_anywhere_and_gone_on_with_has_the_same_bytes_as_the_whole() {
    let gone_on_with = async |whole: Vec<u8>| {
        let mut random = Rng::with_seed(16);
        let (service, api) = ranging(&whole).await;
        for cut in 0..CUTS {
            // Fewer than these don't show that it is a recording.
            let place = match cut {
                0 => 24,
                1 => whole.len() - 1,
                _ => random.usize(24..whole.len()),
            };
            let mut kept = Kept::default();
            service.set_faults(vec![cut_after(place, cut % 3 == 2).only(1)]);
            kept.on(&*api).await.unwrap_err();
            assert_eq!(kept.bytes, whole[..kept.bytes.len()], "cut at {place}");
            let came = kept.bytes.len() as u64;
            if cut % 3 != 2 {
                assert_eq!(came, place as u64, "all that was sent has come");
            }
            let from = kept.on(&*api).await.unwrap();
            assert_eq!((from, &kept.bytes), (came, &whole), "cut at {place}");
            assert!(kept.resume.is_none(), "nothing is missing");
        }
        let asked = service.requests().len();
        assert_eq!(asked, 2 * CUTS, "each went on at the first try");
    };
    join_all([wav(200_044, 3), flac(2)].map(gone_on_with)).await;
}

#[tokio::test]
async fn a_download_cut_again_and_again_gets_to_its_end() {
    let mut random = Rng::with_seed(61);
    for whole in [wav(100_044, 5), flac(2)] {
        let (service, api) = ranging(&whole).await;
        let mut kept = Kept::default();
        let mut tries = 0;
        loop {
            service.set_faults(vec![cut_after(random.usize(24..whole.len() / 20), false)]);
            let came = kept.bytes.len() as u64;
            tries += 1;
            match kept.on(&*api).await {
                Ok(from) => {
                    assert_eq!(from, came);
                    break;
                }
                Err(_) => assert!(kept.bytes.len() as u64 > came),
            }
        }
        assert_eq!(kept.bytes, whole);
        assert!(tries > 10, "{tries}");
        assert_eq!(service.requests().len(), tries);
    }
}

#[tokio::test]
async fn a_service_that_keeps_ranges_badly_or_has_another_copy_by_now_sends_the_whole() {
    let (whole, other) = (wav(100_044, 7), wav(100_044, 8));
    for (effect, bytes, requests) in [
        (Some(Effect::IgnoreRange), &whole, 2),
        (Some(Effect::WrongRange), &whole, 3),
        (None, &other, 2),
    ] {
        let (service, api) = ranging(&whole).await;
        let mut kept = Kept::default();
        service.set_faults(vec![cut_after(50_000, false)]);
        kept.on(&*api).await.unwrap_err();
        assert!(kept.resume.is_some());
        service.put(DOCTOR, "letter", bytes.clone());
        let effect = effect.map(|effect| Fault::on(Call::Download, effect));
        service.set_faults(effect.into_iter().collect());
        assert_eq!(kept.on(&*api).await.unwrap(), 0);
        assert_eq!(&kept.bytes, bytes);
        assert_eq!(service.requests().len(), requests);
    }
}
