//! What a person can do where each answer marks the recording anew.

use std::fs;

use audio_housekeeper::practice::{Call, Effect, Fault};
use axum::http::HeaderValue;
use axum::http::header::ETAG;
use support::AMELIA;
use support::driver::desk;

#[test]
fn comparing_by_downloading_again_leads_to_a_delete_where_the_mark_differs_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("saved");
    fs::create_dir(&place).unwrap();
    let mut driver = desk(folder.path());
    for number in 1..12 {
        let mark = HeaderValue::from_str(&format!("\"{number}\"")).unwrap();
        let fault = Fault::on(Call::Download, Effect::SetHeader(ETAG, mark));
        driver.service.add_fault(fault.from(number));
    }
    driver.back_up(AMELIA, &place.join("a.wav"));
    driver.ask_delete(AMELIA);
    assert!(
        driver.shows("of an earlier recording"),
        "{}",
        driver.listing()
    );
    driver.click("Compare by downloading again");
    driver.wait_for("same as on the server");
    driver.click("Delete");
    driver.wait_for("Deleted. Nuxera has nothing under this name now.");
    assert_eq!(driver.count(Call::Delete), 1);
    assert_eq!(support::names_in(&place), ["a.wav"]);
}
