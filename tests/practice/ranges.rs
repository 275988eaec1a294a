//! Ranges, where the service is asked to know them.

use audio_housekeeper::practice::{Call, Effect, Etags, Fault, PracticeConfig, PracticeService};

use crate::raw::{DOCTOR, DOWNLOAD, PATIENCE, Raw, ask, ask_with, bearer, recording, service};

async fn ranging() -> PracticeService {
    service(PracticeConfig {
        ranges: true,
        ..PracticeConfig::default()
    })
    .await
}

async fn part(service: &PracticeService, headers: &str) -> Raw {
    let headers = format!("{}{headers}", bearer());
    ask_with(service, "GET", DOWNLOAD, &headers, PATIENCE).await
}

#[tokio::test]
async fn a_range_is_answered_with_exactly_that_part() {
    let service = ranging().await;
    let whole = ask(&service, "GET", DOWNLOAD).await;
    assert_eq!(whole.header("accept-ranges").unwrap(), "bytes");
    let etag = whole.header("etag").unwrap();
    assert!(etag.starts_with('"'));
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=1000-1999", 1000, 2000),
        ("bytes=99999-", 99_999, 100_000),
        ("bytes=-10", 99_990, 100_000),
    ] {
        for condition in [String::new(), format!("If-Range: {etag}\r\n")] {
            let answer = part(&service, &format!("Range: {range}\r\n{condition}")).await;
            assert_eq!(answer.status(), 206);
            assert_eq!(answer.body(), &recording()[from..to]);
            assert_eq!(
                answer.header("content-range").unwrap(),
                format!("bytes {from}-{}/100000", to - 1)
            );
        }
    }
    let beyond = part(&service, "Range: bytes=100000-\r\n").await;
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.header("content-range").unwrap(), "bytes */100000");
}

#[tokio::test]
async fn a_range_of_another_copy_is_answered_with_the_whole_of_this_one() {
    let service = ranging().await;
    let before = ask(&service, "GET", DOWNLOAD).await.header("etag").unwrap();
    service.put(DOCTOR, "letter.wav", "RIFF, replaced");
    let answer = part(
        &service,
        &format!("Range: bytes=5-\r\nIf-Range: {before}\r\n"),
    )
    .await;
    assert_eq!((answer.status(), answer.text()), (200, "RIFF, replaced"));
    assert_ne!(answer.header("etag").unwrap(), before);
}

#[tokio::test]
async fn a_range_can_be_answered_wrongly_or_not_at_all() {
    let service = ranging().await;
    service.set_faults(vec![Fault::on(Call::Download, Effect::WrongRange)]);
    let wrong = part(&service, "Range: bytes=1000-\r\n").await;
    assert_eq!(wrong.status(), 206);
    assert_eq!(
        wrong.header("content-range").unwrap(),
        "bytes 500-99999/100000"
    );
    assert_eq!(wrong.body(), &recording()[500..]);
    service.set_faults(vec![Fault::on(Call::Download, Effect::IgnoreRange)]);
    let whole = part(&service, "Range: bytes=1000-\r\n").await;
    assert_eq!((whole.status(), whole.body()), (200, &recording()[..]));
}

#[tokio::test]
async fn a_part_can_be_cut_too() {
    let service = ranging().await;
    service.set_faults(vec![Fault::on(Call::Download, Effect::CutAfter(10))]);
    let answer = part(&service, "Range: bytes=1000-\r\n").await;
    assert_eq!(answer.length(), Some(99_000));
    assert_eq!(answer.body(), &recording()[1000..1010]);
}

#[tokio::test]
async fn a_service_that_knows_no_ranges_sends_the_whole() {
    let service = service(PracticeConfig {
        etags: Etags::All,
        ..PracticeConfig::default()
    })
    .await;
    let answer = part(&service, "Range: bytes=1000-\r\n").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.body(), recording());
    assert_eq!(answer.header("accept-ranges"), None);
    assert!(answer.header("etag").is_some());
}
